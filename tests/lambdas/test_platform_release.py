import json
import time
import types

import boto3
import pytest

from platform_release import handler as release
from platform_release.release import Release
from shared.registry import parse_registry
from tests.lambdas.custom_resources import CONTEXT, custom_resource_event
from tests.lambdas.fake_aws import FakeBedrock, error
from tests.lambdas.platform_under_test import PLACE, REGION, policy_arn, profile_arn

PROPERTIES = {
    "KillSwitchFunctionName": "finops-kill-switch",
    "SuspensionPolicyPath": f"/finops/suspension/{REGION}/",
}


class FakeLambda:
    exceptions = types.SimpleNamespace(ResourceNotFoundException=KeyError)

    def __init__(self):
        self.concurrency = {}

    def put_function_concurrency(self, **asked):
        self.concurrency[asked["FunctionName"]] = asked["ReservedConcurrentExecutions"]


@pytest.fixture
def functions(platform, monkeypatch):
    functions = FakeLambda()
    original = boto3.client
    fakes = {"bedrock": WithExceptions(platform.bedrock), "lambda": functions}
    monkeypatch.setattr(boto3, "client", lambda name, **kw: fakes.get(name) or original(name, **kw))
    monkeypatch.setattr(release, "_SECONDS_BETWEEN", 0)
    monkeypatch.setattr(release, "_SECONDS_BETWEEN_PASSES", 0)
    return functions


class WithExceptions:
    """The fake Bedrock with its exceptions as boto3's client has them."""

    exceptions = types.SimpleNamespace(
        ClientError=type(error("x")), ResourceNotFoundException=type(error("x"))
    )

    def __init__(self, bedrock: FakeBedrock):
        self._bedrock = bedrock

    def __getattr__(self, name):
        return getattr(self._bedrock, name)


def delete():
    event = custom_resource_event(
        "Delete", PROPERTIES, PhysicalResourceId="finops-platform-release"
    )
    release.handler(event, CONTEXT)


def suspend(platform, *tenants):
    for tenant in tenants:
        platform.add_tenant(tenant, roles=(f"{tenant}-app",))
        platform.spend(tenant, 900)
    platform.run()


def test_deleting_the_platform_lets_go_of_every_tenant_and_keeps_the_tables(
    platform, functions, answers
):
    suspend(platform, "writer", "reader")
    delete()
    assert answers[0]["Status"] == "SUCCESS"
    for tenant in ("writer", "reader"):
        assert platform.stopped(tenant) == set()
        assert platform.attached(tenant) == set()
        assert platform.journal(tenant)
    names = platform.services("ssm").get_parameters_by_path(Path="/finops/", Recursive=True)
    assert not [p["Name"] for p in names["Parameters"] if p["Name"].endswith("/state")]
    assert functions.concurrency == {"finops-kill-switch": 0}


def test_a_suspension_of_a_tenant_that_is_registered_no_more_is_let_go_of_too(
    platform, functions, answers
):
    suspend(platform, "writer")
    platform.remove("/finops/writer/policy")
    platform.remove("/finops/writer/callers/writer-app")
    delete()
    assert answers[0]["Status"] == "SUCCESS"
    assert platform.attached("writer") == set()


def test_deleting_twice_or_an_empty_platform_succeeds(platform, functions, answers):
    delete()
    delete()
    assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]


def test_profiles_and_roles_that_are_gone_hinder_nothing(platform, functions, answers):
    suspend(platform, "writer")
    del platform.bedrock.tags[profile_arn("writer", "smart")]
    iam = platform.services("iam")
    iam.detach_role_policy(RoleName="writer-app", PolicyArn=policy_arn("writer"))
    iam.delete_role(RoleName="writer-app")
    delete()
    assert answers[0]["Status"] == "SUCCESS"


def test_what_a_running_switch_suspends_once_more_is_let_go_of_too(
    platform, functions, answers, monkeypatch
):
    suspend(platform, "writer")
    arn = profile_arn("writer", "smart")
    passes = []

    def once_more(seconds):
        passes.append(seconds)
        if len(passes) == 1:
            platform.bedrock.tags[arn]["finops:state"] = "suspended"

    monkeypatch.setattr(release, "_SECONDS_BETWEEN_PASSES", 1)
    monkeypatch.setattr(time, "sleep", lambda seconds: once_more(seconds) if seconds == 1 else None)
    delete()
    assert answers[0]["Status"] == "SUCCESS"
    assert platform.stopped("writer") == set()


def test_what_cannot_be_let_go_of_is_named_and_hinders_nothing_else(
    platform, functions, answers, monkeypatch
):
    suspend(platform, "writer", "reader")
    stuck = profile_arn("writer", "smart")
    untag = platform.bedrock.untag_resource

    def refuse(**asked):
        if asked["resourceARN"] == stuck:
            raise error("AccessDeniedException")
        return untag(**asked)

    monkeypatch.setattr(platform.bedrock, "untag_resource", refuse)
    delete()
    assert answers[0]["Status"] == "FAILED"
    assert stuck in answers[0]["Reason"]
    assert platform.stopped("writer") == {"smart"}
    assert platform.stopped("reader") == set()
    assert platform.attached("writer") == set()


def test_only_what_lies_in_this_account_and_region_is_touched():
    elsewhere = profile_arn("writer", "smart").replace("eu-west-1", "eu-west-2")
    entries = {
        f"/finops/writer/profiles/{alias}": json.dumps(
            {
                "schema_version": 1,
                "base_model_id": "m",
                "model_source": "m",
                "region": REGION,
                "profile_arn": arn,
                "profile_id": arn[-3:],
            }
        )
        for alias, arn in (("near", profile_arn("writer", "fast")), ("far", elsewhere))
    }
    mine = Release(place=PLACE, policy_path=f"/finops/suspension/{REGION}/")
    assert mine.profile_arns(parse_registry(entries)) == (profile_arn("writer", "fast"),)
    far = policy_arn("writer").replace("/eu-west-1/", "/eu-west-2/")
    assert mine.own_policies([policy_arn("writer"), far]) == [policy_arn("writer")]
