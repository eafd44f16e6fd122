import pytest

from local.testing import StackError
from tests.local.functions import function

pytestmark = pytest.mark.emulator
LAYER = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:20"
ANSWERING = """
import json, os, urllib.request
import boto3
from aws_lambda_powertools import Logger

def handler(event, context):
    asked = event["ResourceProperties"]
    boto3.client("ssm").put_parameter(
        Name=f"/told/{asked['tenant']}/{event['RequestType']}",
        Type="String", Overwrite=True, Value=os.environ["AWS_REGION"])
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": asked["tenant"],
               "Data": {"Seen": asked["tenant"]}}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(
        urllib.request.Request(event["ResponseURL"], data=body, method="PUT"))
"""


def release(tenant):
    service = {"Fn::GetAtt": ["Function", "Arn"]}
    return {
        "Type": "Custom::FinOpsTenantRelease",
        "DependsOn": ["Function"],
        "Properties": {"ServiceToken": service, "tenant": tenant},
    }


def told(emulator, tenant):
    read = emulator.client("ssm").get_parameters_by_path(Path=f"/told/{tenant}")["Parameters"]
    return sorted(item["Name"].rsplit("/", 1)[1] for item in read)


def test_a_function_with_a_layer_of_another_account_answers_for_its_custom_resource(
    emulator, stack
):
    resources = {"Function": function(ANSWERING, Layers=[LAYER]), "Release": release("writer")}
    seen = stack.apply(resources, seen={"Fn::GetAtt": ["Release", "Seen"]})
    assert seen == {"seen": "writer"}
    stack.apply(resources | {"Release": release("writer-2")})
    stack.delete()
    assert told(emulator, "writer") == ["Create", "Delete"]
    assert told(emulator, "writer-2") == ["Delete", "Update"]


def test_a_function_that_breaks_fails_its_stack_at_once_with_its_error(stack):
    broken = "def handler(event, context):\n    raise KeyError('tenant gone')\n"
    with pytest.raises(StackError, match="tenant gone"):
        stack.apply({"Function": function(broken, Layers=[LAYER]), "Release": release("writer")})
