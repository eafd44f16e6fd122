"""A function URL is called as the CLI calls it: by urllib, signed by botocore."""

import json
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer

from local.environment import Credentials
from tests.local.functions import arn, function

pytestmark = pytest.mark.emulator
ROLE = "arn:aws:iam::111122223333:role/ops/oncall"
TELLS_WHO_CALLED = """
import json

def handler(event, context):
    who = event["requestContext"]["authorizer"]["iam"]["userArn"]
    return {"statusCode": 200, "body": json.dumps({"who": who, "said": event["body"]})}
"""


@pytest.fixture
def url(stack):
    made = stack.apply(
        {
            "Function": function(TELLS_WHO_CALLED),
            "Url": {
                "Type": "AWS::Lambda::Url",
                "Properties": {"AuthType": "AWS_IAM", "TargetFunctionArn": arn("Function")},
            },
            "Entry": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Name": "/finops/_platform/commands",
                    "Type": "String",
                    "Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]},
                },
            },
        },
        url={"Fn::GetAtt": ["Url", "FunctionUrl"]},
    )
    return made["url"]


@pytest.fixture
def session(emulator):
    return emulator.assume_role(ROLE, "ada")


def post(url, body, credentials=None, *, service="lambda", region="eu-west-1"):
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    if credentials:
        keys = (
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.session_token,
        )
        SigV4Auth(Signer(*keys), service, region).add_auth(request)
    sent = urllib.request.Request(url, data=body, headers=dict(request.headers), method="POST")
    with urllib.request.urlopen(sent, timeout=10) as answer:
        return json.loads(answer.read())


def refusal(*arguments, **options):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(*arguments, **options)
    assert refused.value.code == 403
    return json.loads(refused.value.read())["Message"]


def test_a_signed_call_reaches_the_function_which_sees_whose_session_it_is(url, session):
    answer = post(url, b'{"command": "status"}', session)
    assert answer == {
        "who": "arn:aws:sts::111122223333:assumed-role/oncall/ada",
        "said": '{"command": "status"}',
    }


def test_a_user_and_the_account_itself_are_told_apart(emulator, url):
    iam = emulator.client("iam")
    iam.create_user(UserName="grace")
    made = iam.create_access_key(UserName="grace")["AccessKey"]
    user = Credentials(access_key_id=made["AccessKeyId"], secret_access_key=made["SecretAccessKey"])
    assert post(url, b"{}", user)["who"] == "arn:aws:iam::111122223333:user/grace"
    root = Credentials.of_account(emulator.account)
    assert post(url, b"{}", root)["who"] == "arn:aws:iam::111122223333:root"


def test_the_url_in_the_registry_is_the_one_that_is_served(emulator, url):
    read = emulator.client("ssm").get_parameter(Name="/finops/_platform/commands")
    assert read["Parameter"]["Value"] == url
    assert url.startswith(emulator.endpoint_url)
    assert url.endswith("/")


def test_a_call_that_is_unsigned_or_badly_signed_never_reaches_the_function(url, session):
    assert refusal(url, b"{}") == "Forbidden"
    forged = replace(session, secret_access_key="x" * 40)
    assert "signature we calculated does not match" in refusal(url, b"{}", forged)
    without_token = replace(session, session_token=None)
    assert "security token" in refusal(url, b"{}", without_token)
    assert "scoped to lambda" in refusal(url, b"{}", session, service="execute-api")
    assert "scoped to lambda" in refusal(url, b"{}", session, region="us-east-1")
    nobody = Credentials(access_key_id="AKIA" + "X" * 16, secret_access_key="x" * 40)
    assert "security token" in refusal(url, b"{}", nobody)


def test_a_body_that_was_changed_on_the_way_is_refused(url, session):
    request = AWSRequest("POST", url, data=b'{"command": "status"}')
    keys = session.access_key_id, session.secret_access_key, session.session_token
    SigV4Auth(Signer(*keys), "lambda", "eu-west-1").add_auth(request)
    changed = urllib.request.Request(
        url, data=b'{"command": "resume"}', headers=dict(request.headers), method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(changed, timeout=10)
    assert refused.value.code == 403
