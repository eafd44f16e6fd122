import json
import time
from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from tenant_release import handler as release
from tests.lambdas.custom_resources import CONTEXT, custom_resource_event
from tests.lambdas.fake_aws import FakeBedrock

PASSES = 2  # where nothing is found any more
ACCOUNT = "123456789012"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
DENY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*"}],
    }
)


@pytest.fixture(autouse=True)
def _untimed(account, monkeypatch):
    monkeypatch.setattr(release, "_READ_BACK_SECONDS", 0)
    monkeypatch.setattr(release, "_SECONDS_BETWEEN_PASSES", 0)


@pytest.fixture
def suspended():
    """A suspended tenant: its policy is attached to two roles."""
    iam = boto3.client("iam")
    arn = iam.create_policy(
        PolicyName="writer", Path="/finops/suspension/eu-west-1/", PolicyDocument=DENY
    )["Policy"]["Arn"]
    for role in ("own", "foreign"):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    boto3.client("ssm").put_parameter(
        Name="/finops/writer/policy", Value=json.dumps({"mode": "enforce"}), Type="String"
    )
    return arn


def request(kind, arn, **properties):
    base = {
        "Tenant": "writer",
        "SuspensionPolicyArn": arn,
        "PolicyParameter": "/finops/writer/policy",
        "ServiceToken": "x",
    }
    return custom_resource_event(kind, base | properties, OldResourceProperties=base)


def attached(arn):
    found = boto3.client("iam").list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]
    return sorted(role["RoleName"] for role in found)


def policy_entry():
    return json.loads(
        boto3.client("ssm").get_parameter(Name="/finops/writer/policy")["Parameter"]["Value"]
    )


def test_deleting_the_owner_detaches_everybody_and_retires_the_tenant_first(suspended, answers):
    release.handler(request("Delete", suspended, Owner="true"), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert attached(suspended) == []
    assert policy_entry() == {"mode": "enforce", "retired": True}
    boto3.client("iam").delete_policy(PolicyArn=suspended)


def test_what_a_running_switch_attaches_and_writes_once_more_is_let_go_of_too(
    suspended, answers, monkeypatch
):
    waits = []

    def a_run_of_the_switch_ends(seconds):
        waits.append(seconds)
        if len(waits) == 1:
            boto3.client("iam").attach_role_policy(RoleName="own", PolicyArn=suspended)
            boto3.client("ssm").put_parameter(
                Name="/finops/writer/state", Value="{}", Type="String"
            )

    monkeypatch.setattr(time, "sleep", a_run_of_the_switch_ends)
    state = {"StateParameter": "/finops/writer/state"}
    release.handler(request("Delete", suspended, Owner="true", **state), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert attached(suspended) == []
    boto3.client("iam").delete_policy(PolicyArn=suspended)
    names = [each["Name"] for each in boto3.client("ssm").describe_parameters()["Parameters"]]
    assert names == ["/finops/writer/policy"]
    assert len(waits) == 2  # it looked until a look found nothing


@pytest.mark.parametrize("written", [True, False])
def test_deleting_the_owner_deletes_the_state_entry_if_there_is_one(suspended, answers, written):
    ssm = boto3.client("ssm")
    if written:
        ssm.put_parameter(Name="/finops/writer/state", Value="{}", Type="String")
    state = {"StateParameter": "/finops/writer/state"}
    release.handler(request("Delete", suspended, Owner="true", **state), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    names = [each["Name"] for each in ssm.describe_parameters()["Parameters"]]
    assert names == ["/finops/writer/policy"]


def test_deleting_an_importing_stack_leaves_the_state_entry(suspended, answers):
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/finops/writer/state", Value="{}", Type="String")
    state = {"StateParameter": "/finops/writer/state"}
    release.handler(request("Delete", suspended, RoleNames=["own"], **state), CONTEXT)
    assert ssm.get_parameter(Name="/finops/writer/state")["Parameter"]["Value"] == "{}"


def test_deleting_an_importing_stack_detaches_its_own_roles_only(suspended, answers):
    release.handler(request("Delete", suspended, RoleNames=["own"]), CONTEXT)
    assert attached(suspended) == ["foreign"]
    assert "retired" not in policy_entry()


def test_deleting_twice_or_what_never_was_succeeds(answers):
    gone = f"arn:aws:iam::{ACCOUNT}:policy/finops/suspension/eu-west-1/writer"
    for _ in range(2):
        release.handler(request("Delete", gone, Owner="true"), CONTEXT)
    assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]


def test_creating_a_retired_tenant_again_lifts_its_retirement(suspended, answers):
    release.handler(request("Delete", suspended, Owner="true"), CONTEXT)
    release.handler(request("Create", suspended, Owner="true"), CONTEXT)
    assert policy_entry() == {"mode": "enforce"}


def test_the_physical_id_never_changes_so_an_update_never_replaces(suspended, answers):
    release.handler(request("Create", suspended), CONTEXT)
    update = request("Update", suspended, Owner="true")
    release.handler(update | {"PhysicalResourceId": answers[0]["PhysicalResourceId"]}, CONTEXT)
    assert answers[0]["PhysicalResourceId"] == answers[1]["PhysicalResourceId"]


def test_it_never_claims_to_have_let_go_of_what_is_still_attached(suspended, answers, monkeypatch):
    monkeypatch.setattr(release, "_attached_roles", lambda *_: ["own"])
    release.handler(request("Delete", suspended, Owner="true"), CONTEXT)
    assert answers[0]["Status"] == "FAILED"
    assert "still attached to own" in answers[0]["Reason"]


def test_any_failure_is_answered_with_its_reason_and_where_to_look(answers):
    broken = request("Delete", "not-an-arn")
    del broken["ResourceProperties"]["Tenant"]
    release.handler(broken, CONTEXT)
    assert answers[0]["Status"] == "FAILED"
    assert "KeyError" in answers[0]["Reason"]
    assert "2026/11/24" in answers[0]["Reason"]


def test_adopting_tags_and_letting_go_untags_the_guards_own_and_the_suspension(
    suspended, answers, monkeypatch
):
    bedrock = boto3.client("bedrock")
    arn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc"
    tags = {"bedrock:tool": "Writer", "finops:tenant": "writer"}
    original = boto3.client
    monkeypatch.setattr(
        boto3,
        "client",
        lambda name, **kw: bedrock if name == "bedrock" else original(name, **kw),
    )
    with Stubber(bedrock) as stub:
        stub.add_response(
            "tag_resource",
            {},
            {
                "resourceARN": arn,
                "tags": [
                    {"key": "bedrock:tool", "value": "Writer"},
                    {"key": "finops:tenant", "value": "writer"},
                ],
            },
        )
        untagged = {"resourceARN": arn, "tagKeys": ["finops:tenant", "finops:state"]}
        for _ in range(PASSES):
            stub.add_response("untag_resource", {}, untagged)
        adopted = [{"Arn": arn, "Tags": tags}]
        release.handler(request("Create", suspended, AdoptedProfiles=adopted), CONTEXT)
        release.handler(request("Delete", suspended, AdoptedProfiles=adopted), CONTEXT)
        stub.assert_no_pending_responses()
    assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]


def test_deleting_takes_the_suspension_off_the_stacks_own_profiles(suspended, answers, monkeypatch):
    bedrock = boto3.client("bedrock")
    prefix = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/"
    original = boto3.client
    monkeypatch.setattr(
        boto3,
        "client",
        lambda name, **kw: bedrock if name == "bedrock" else original(name, **kw),
    )
    with Stubber(bedrock) as stub:
        asked = {"resourceARN": f"{prefix}stays", "tagKeys": ["finops:state"]}
        for _ in range(PASSES):
            stub.add_response("untag_resource", {}, asked)
            stub.add_client_error(
                "untag_resource",
                "ResourceNotFoundException",
                expected_params=asked | {"resourceARN": f"{prefix}gone"},
            )
        own = [f"{prefix}stays", f"{prefix}gone"]
        release.handler(request("Delete", suspended, Owner="true", OwnProfiles=own), CONTEXT)
        stub.assert_no_pending_responses()
    assert answers[0]["Status"] == "SUCCESS"


PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/"
OWN = {"finops:tenant": "writer", "finops:alias": "smart"}


@pytest.fixture
def bedrock(monkeypatch):
    """Profiles: the stack's own, one it replaced, and others that must stay."""
    fake, client = FakeBedrock(), boto3.client
    monkeypatch.setattr(
        boto3,
        "client",
        lambda name, **kw: fake if name == "bedrock" else client(name, **kw),
    )
    for profile_id, name, tags in [
        ("own", "writer-smart-00000001", OWN),
        ("old", "writer-smart-00000002", OWN),
        ("hand", "smart-of-the-writers", OWN),
        ("other-alias", "writer-fast-00000001", OWN | {"finops:alias": "fast"}),
        ("other-tenant", "writer-smart-00000003", OWN | {"finops:tenant": "writer-smart"}),
        ("adopted", "writer-smart-00000004", OWN),
        ("untagged", "writer-smart-00000005", {}),
    ]:
        fake.create(PROFILE + profile_id, **tags)
        fake.made[PROFILE + profile_id] = (name, datetime.now(UTC))
    return fake


def profiles_left(bedrock):
    return {arn.removeprefix(PROFILE) for arn in bedrock.tags}


OWNED = {
    "Owner": "true",
    "OwnProfiles": [f"{PROFILE}own"],
    "OwnAliases": ["smart"],
    "AdoptedProfiles": [{"Arn": f"{PROFILE}adopted", "Tags": {}}],
}


def test_deleting_a_tenant_deletes_what_its_aliases_led_to_before_and_nothing_else(
    suspended, answers, bedrock
):
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/finops/writer/replaced/smart/old", Value="{}", Type="String")
    before = profiles_left(bedrock)
    release.handler(request("Delete", suspended, **OWNED), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert before - profiles_left(bedrock) == {"old"}
    names = [each["Name"] for each in ssm.describe_parameters()["Parameters"]]
    assert names == ["/finops/writer/policy"]


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_deployment_deletes_no_profile(suspended, answers, bedrock, kind):
    before = profiles_left(bedrock)
    release.handler(request(kind, suspended, **OWNED), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert profiles_left(bedrock) == before


def test_deleting_a_stack_of_an_earlier_release_looks_for_no_profile(suspended, answers, bedrock):
    older = {"Owner": "true", "OwnProfiles": [f"{PROFILE}own"]}
    release.handler(request("Delete", suspended, **older), CONTEXT)
    assert answers[0]["Status"] == "SUCCESS"
    assert bedrock.calls["list"] == 0
