"""The role of the release function lets go of one tenant, and can do nothing else."""

import pytest

from local.bedrock_calls import through
from local.simulator import Request
from tests.iam import scenarios
from tests.iam.catalogue import ALL_ROUTES, SUSPENSION, UNRELATED
from tests.iam.deployed import ACCOUNT, REGION
from tests.iam.tampering import TAMPERING

ROLE = f"arn:aws:iam::{ACCOUNT}:role/apps/writer-app"
PROFILES = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/"
BUDGET = f"arn:aws:budgets::{ACCOUNT}:budget/writer-budget"
LOOKS = {"bedrock:ListInferenceProfiles", "bedrock:ListTagsForResource"}
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/finops/"


@pytest.fixture
def release(adopting):
    return adopting.caller("finops-writer-FinOpsTenantReleaseRoleCBAEE6C9")


def attachment(action, policy, role=ROLE):
    return Request(action=action, resource=role, context={"iam:PolicyARN": policy})


def request(action, resource):
    return Request(action=action, resource=resource)


def test_it_may_detach_the_suspension_policy_read_back_and_mark_the_tenant(simulator, release):
    needed = [
        attachment("iam:DetachRolePolicy", SUSPENSION),
        request("iam:ListEntitiesForPolicy", SUSPENSION),
        request("ssm:GetParameter", f"{PARAMETER}writer/policy"),
        request("ssm:PutParameter", f"{PARAMETER}writer/policy"),
        request("ssm:DeleteParameter", f"{PARAMETER}writer/state"),
    ]
    assert simulator.allowed(release, needed)


@pytest.mark.parametrize("verb", ["Tag", "Untag"])
def test_it_may_tag_what_the_tenant_adopts_and_nothing_else(simulator, release, verb):
    calls = {
        arn: [request(f"{service}:{verb}Resource", arn)]
        for service, arn in [
            ("bedrock", scenarios.ADOPTED),
            ("bedrock", f"{PROFILES}somebodyelse"),
            ("budgets", BUDGET),
            ("budgets", f"{BUDGET}-other"),
        ]
    }
    assert simulator.allowed_ones(release, calls) == {scenarios.ADOPTED, BUDGET}


def test_without_adoption_it_may_tag_nothing(simulator, enforced):
    release = enforced.caller("finops-writer-FinOpsTenantReleaseRoleCBAEE6C9")
    own = enforced.profile("writer", "smart").arn
    assert not simulator.allowed(release, [request("bedrock:TagResource", own)])


def test_it_may_take_the_suspension_off_its_own_tenants_profiles_and_no_other_tag(
    simulator, enforced
):
    release = enforced.caller("finops-writer-FinOpsTenantReleaseRoleCBAEE6C9")
    own = enforced.profile("writer", "smart").arn

    def untag(tenant, **keys):
        context = {"aws:ResourceTag/finops:tenant": tenant, **keys}
        return [Request(action="bedrock:UntagResource", resource=own, context=context)]

    calls = {
        "its own": untag("writer", **{"aws:TagKeys": "finops:state"}),
        "another tenant's": untag("chatbot", **{"aws:TagKeys": "finops:state"}),
        "another tag": untag("writer", **{"aws:TagKeys": "finops:tenant"}),
        "no tag": untag("writer"),
    }
    assert simulator.allowed_ones(release, calls) == {"its own"}


def test_it_may_find_and_delete_the_profiles_of_its_own_tenant_and_no_others(simulator, enforced):
    release = enforced.caller("finops-writer-FinOpsTenantReleaseRoleCBAEE6C9")
    own = enforced.profile("writer", "smart").arn

    def delete(**tags):
        context = {f"aws:ResourceTag/finops:{key}": value for key, value in tags.items()}
        return [Request(action="bedrock:DeleteInferenceProfile", resource=own, context=context)]

    calls = {
        "list": [request("bedrock:ListInferenceProfiles", "*")],
        "tags": [request("bedrock:ListTagsForResource", own)],
        "entry": [request("ssm:DeleteParameter", f"{PARAMETER}writer/replaced/smart/abc")],
        "its own": delete(tenant="writer"),
        "another tenant's": delete(tenant="chatbot"),
        "untagged": delete(),
        "another's entry": [request("ssm:DeleteParameter", f"{PARAMETER}chatbot/replaced/a/b")],
        "an alias": [request("ssm:DeleteParameter", f"{PARAMETER}writer/profiles/smart")],
    }
    needed = {"list", "tags", "entry", "its own"}
    assert simulator.allowed_ones(release, calls) == needed


def test_it_may_touch_no_other_policy_entry_or_model(simulator, adopting, release):
    elsewhere = f"{PARAMETER}writer/callers/0123456789abcdef"
    forbidden = [
        attachment("iam:AttachRolePolicy", SUSPENSION),
        attachment("iam:DetachRolePolicy", SUSPENSION.replace("-writer", "-chatbot")),
        attachment("iam:DetachRolePolicy", SUSPENSION.replace(REGION, "eu-west-2")),
        attachment("iam:DetachRolePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        request("iam:DetachRolePolicy", ROLE),
        request("ssm:PutParameter", f"{PARAMETER}chatbot/policy"),
        request("ssm:PutParameter", elsewhere),
        request("ssm:DeleteParameter", f"{PARAMETER}writer/policy"),
        request("ssm:DeleteParameter", f"{PARAMETER}chatbot/state"),
        request("ssm:PutParameter", f"{PARAMETER}writer/state"),
        request("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:a"),
        *ALL_ROUTES,
        *UNRELATED,
        *(r for sid, requests in TAMPERING.items() if sid != "FinOpsRegistry" for r in requests),
    ]
    allowed = attachment("iam:DetachRolePolicy", SUSPENSION)
    calls = {
        f"{r.action} {r.resource} {r.context}": [r]
        for r in forbidden
        if (r.context != allowed.context or r.action != allowed.action) and r.action not in LOOKS
    }
    calls["a call"] = through(adopting.profile("writer", "smart"))
    assert simulator.allowed_ones(release, calls) == set()
