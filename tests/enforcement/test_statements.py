import json

import pytest

from finops_constructs.enforcement.statements import (
    GuardExemptions,
    invoke_statements,
    standing_deny_statements,
    suspension_statements,
)

PROFILE = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abcdefghijkl"
ALL = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/*"
MODEL = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"
ROLE = "arn:aws:iam::111122223333:role/app"


def standing_deny(partition="aws", exempt=None, name_prefix=""):
    return standing_deny_statements(
        partition=partition,
        tenants=["writer"],
        role_arn=ROLE,
        exempt=exempt or GuardExemptions(),
        name_prefix=name_prefix,
    )


def grant():
    return invoke_statements(
        tenant="writer",
        aliases=["smart", "fast", "smart"],
        profile_arns=[PROFILE],
        all_profiles=ALL,
        system_profiles=ALL.replace("application-", ""),
        foundation_models="arn:aws:bedrock:*::foundation-model/*",
    )


def test_the_grant_names_no_wildcard_action_and_no_statement():
    statements = grant()
    assert {action for s in statements for action in s["Action"]} == {
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
    }
    assert not any("Sid" in statement for statement in statements)


def test_the_grant_knows_a_replaced_profile_by_tenant_and_alias_and_as_not_suspended():
    (by_tag,) = [s for s in grant() if s["Resource"] == [ALL]]
    assert by_tag["Condition"] == {
        "StringEquals": {
            "aws:ResourceTag/finops:tenant": "writer",
            "aws:ResourceTag/finops:alias": ["fast", "smart"],
        },
        "StringNotEquals": {"aws:ResourceTag/finops:state": "suspended"},
    }


def test_the_grant_allows_models_only_under_a_condition_on_the_profile():
    assert grant()[-1]["Condition"] == {"ArnLike": {"bedrock:InferenceProfileArn": [ALL]}}


def test_the_suspension_policy_denies_its_profiles_and_by_their_tenant_replaced_ones():
    known, replaced = suspension_statements([PROFILE], tenant="writer", all_profiles=ALL)
    assert (known["Effect"], known["Resource"]) == ("Deny", [PROFILE])
    assert "Condition" not in known
    assert (replaced["Effect"], replaced["Resource"]) == ("Deny", ALL)
    assert replaced["Condition"] == {"StringEquals": {"aws:ResourceTag/finops:tenant": "writer"}}


def test_the_standing_deny_never_allows_and_every_statement_has_a_name_of_its_own():
    statements = standing_deny()
    assert {statement["Effect"] for statement in statements} == {"Deny"}
    sids = [statement["Sid"] for statement in statements]
    assert len(set(sids)) == len(sids)
    assert all(sid.startswith("FinOps") for sid in sids)


@pytest.mark.parametrize("partition", ["aws-us-gov", "${Token[AWS.Partition.3]}"])
def test_every_resource_of_the_standing_deny_is_of_the_partition_it_is_given(partition):
    text = json.dumps([s for s in standing_deny(partition) if s["Sid"] != "FinOpsOwnPolicies"])
    assert "arn:aws:" not in text
    assert f"arn:{partition}:bedrock:" in text


def test_the_standing_deny_refuses_no_reading():
    for statement in standing_deny():
        actions = statement.get("Action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            verb = action.split(":")[1]
            assert not verb.startswith(("Get", "List", "Describe", "*Get", "*List", "*Describe"))


def test_on_the_platform_a_caller_may_look_and_call_the_commands_url_and_nothing_else():
    (platform,) = [s for s in standing_deny() if s["Sid"] == "FinOpsPlatform"]
    verbs = [action.split(":")[1] for action in platform["NotAction"]]
    assert [v for v in verbs if not v.startswith(("Get", "*Get", "Describe", "Query", "Scan"))] == [
        "InvokeFunctionUrl"
    ]


def test_the_landing_zones_prefix_is_in_the_functions_that_are_protected():
    (platform,) = [s for s in standing_deny(name_prefix="eb-") if s["Sid"] == "FinOpsPlatform"]
    assert platform["Resource"][-1].endswith(":function:eb-finops-*")


def test_exemptions_change_two_statements_only():
    exempt = GuardExemptions(mantle=True, api_keys=True, batch_jobs=True, models=(MODEL,))
    changed = [
        before["Sid"]
        for before, after in zip(standing_deny(), standing_deny(exempt=exempt), strict=True)
        if before != after
    ]
    assert changed == ["FinOpsOtherModels", "FinOpsOtherRoutes"]
