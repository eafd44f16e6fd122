"""What AWS may answer instead of an answer, and the probes the emulator has no resources for."""

from typing import Any

import botocore.exceptions
import pytest

from finops_constructs.evidence.live.comparison import compare_live
from finops_constructs.evidence.live.probes import PROBES
from tests.evidence.assemblies import ACCOUNT, NOW, PLATFORM, TENANT, evidence_of, strongest

ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/Auditor/jane"


class Answers:
    """Stands for AWS: `service.operation` -> an answer, or an error code to raise."""

    region = "eu-west-1"

    def __init__(self, **answers):
        identity = {"Account": ACCOUNT, "Arn": ARN}
        self.answers = {"sts.get_caller_identity": identity, **answers}

    def client(self, service, _region=None):
        return _Client(self, service)


class _Client:
    def __init__(self, aws, service):
        self._aws, self._service = aws, service

    def __getattr__(self, operation):
        def ask(**_):
            answer = self._aws.answers[f"{self._service}.{operation}"]
            if isinstance(answer, str):
                error: Any = {"Error": {"Code": answer, "Message": answer}}
                raise botocore.exceptions.ClientError(error, operation)
            return answer

        return ask

    def get_paginator(self, operation):
        pages = self._aws.answers[f"{self._service}.{operation}"]
        return type("Pages", (), {"paginate": lambda *_, **__: pages})()


def deployed(stacks, **answers):
    """Both stacks are deployed as they are; every resource's physical id is its logical id."""
    resources = {**stacks[PLATFORM], **stacks[TENANT]}
    listed = [{"LogicalResourceId": each, "PhysicalResourceId": each} for each in resources]
    return Answers(
        **{
            "cloudformation.get_template": {"TemplateBody": {"Resources": resources}},
            "cloudformation.list_stack_resources": [{"StackResourceSummaries": listed}],
            **answers,
        }
    )


def only(*logical_ids):
    """The tenant, and these resources of the platform."""
    stacks = strongest()
    return stacks | {PLATFORM: {each: stacks[PLATFORM][each] for each in logical_ids}}


@pytest.fixture
def look(tmp_path, monkeypatch):
    def compare(stacks, aws):
        evidence = evidence_of(tmp_path, stacks)
        found = compare_live(tmp_path, evidence, aws, now=NOW)
        assert found.callers == (ARN,)
        return {
            (f.logical_id, f.property): (o.state.value, o.detail)
            for f, o in found.observations.items()
            if f.stack == PLATFORM
        }

    # The tenant's resources are not what these tests are about.
    kinds = {each["Type"] for each in strongest()[TENANT].values()}
    for kind in kinds & set(PROBES):
        monkeypatch.delitem(PROBES, kind)
    return compare


GROUP = "/finops/bedrock-invocations"
ROLE_POLICY = PROBES["AWS::IAM::RolePolicy"]
LOGGING = "bedrock.get_model_invocation_logging_configuration"


@pytest.mark.parametrize(
    ("answer", "state", "detail"),
    [
        (
            {"loggingConfig": {"cloudWatchConfig": {"logGroupName": GROUP}}},
            "as-declared",
            "template and resource say so",
        ),
        ({}, "drifted", "(not set) (not-evidenced) instead of /finops/bedrock-invocations"),
        (
            {"loggingConfig": {"cloudWatchConfig": {"logGroupName": "/foreign"}}},
            "drifted",
            "/foreign (supports) instead of /finops/bedrock-invocations (supports)",
        ),
        (
            "AccessDeniedException",
            "not-checked",
            "get_model_invocation_logging_configuration: AccessDeniedException",
        ),
    ],
)
def test_the_log_of_calls_as_bedrock_has_it(look, answer, state, detail):
    stacks = only("Calls")
    found = look(stacks, deployed(stacks, **{LOGGING: answer}))
    seen, told = found["Calls", "LogGroupName"]
    assert seen == state
    assert told.startswith(detail)


def test_a_stack_that_may_not_be_read_is_not_checked(look):
    found = look(only("Calls"), Answers(**{"cloudformation.get_template": "AccessDenied"}))
    assert set(found.values()) == {("not-checked", "get_template: AccessDenied")}


def test_a_url_that_anybody_may_call_is_found(look):
    stacks = only("Url")
    aws = deployed(stacks, **{"lambda.get_function_url_config": {"AuthType": "NONE"}})
    stacks[PLATFORM]["Url"]["Properties"]["TargetFunctionArn"] = "finops-commands"
    assert look(stacks, aws)["Url", "AuthType"][0] == "drifted"


def test_a_policy_attached_to_the_auditors_role_by_hand_is_found(look):
    stacks = only("Auditor")
    reading = stacks[PLATFORM]["Auditor"]["Properties"]["Policies"][0]["PolicyDocument"]
    answers = {
        "iam.list_role_policies": {"PolicyNames": ["read"]},
        "iam.get_role_policy": {"PolicyDocument": reading},
        "iam.list_attached_role_policies": {"AttachedPolicies": []},
    }
    assert look(stacks, deployed(stacks, **answers)) == {
        ("Auditor", "Policies (Allow)"): ("as-declared", "template and resource say so")
    }
    admin = {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    answers["iam.list_attached_role_policies"] = {"AttachedPolicies": [admin]}
    (found,) = look(stacks, deployed(stacks, **answers)).values()
    assert found[0] == "drifted"
    assert "AdministratorAccess" in found[1]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"PolicyDocument": {"Statement": []}}, "drifted"),
        ("NoSuchEntity", "drifted"),
        ("AccessDenied", "not-checked"),
    ],
)
def test_a_standing_deny_somebody_took_off_a_caller_is_found(look, monkeypatch, answer, state):
    stacks = only()
    stacks[PLATFORM]["Deny"] = strongest()[TENANT]["Deny"]
    monkeypatch.setitem(PROBES, "AWS::IAM::RolePolicy", ROLE_POLICY)
    found = look(stacks, deployed(stacks, **{"iam.get_role_policy": answer}))
    assert found["Deny", "PolicyDocument.Statement"][0] == state


def test_a_type_that_is_not_asked_is_compared_by_its_deployed_template(look):
    stacks = only("Metering")
    assert set(look(stacks, deployed(stacks)).values()) == {
        ("as-declared", "the deployed template says so; the resource itself was not asked")
    }
