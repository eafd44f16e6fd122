import json
from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Annotations, Match, Template

from finops_constructs import ApplicationInferenceProfile, TokenRates
from tests.stacks_under_test import SONNET, TAGS, flat, new_stack, only, resources

PROFILE = "AWS::Bedrock::ApplicationInferenceProfile"


def profile(stack: Stack, alias: str = "smart", **changes):
    props: dict[str, Any] = {"tenant": "writer", "cost_tags": TAGS, "model": SONNET}
    return ApplicationInferenceProfile(stack, f"Profile-{alias}", alias=alias, **props | changes)


def test_a_profile_carries_the_cost_tags_its_tenant_and_its_alias_but_not_the_state():
    stack = new_stack()
    profile(stack)
    tags = {tag["Key"]: tag["Value"] for tag in only(stack, PROFILE)["Tags"]}
    assert tags == TAGS.as_dict() | {"finops:tenant": "writer", "finops:alias": "smart"}


def test_a_profile_is_copied_from_the_system_profile_of_its_own_account_and_region():
    stack = new_stack()
    profile(stack)
    source = flat(only(stack, PROFILE)["ModelSource"]["CopyFrom"])
    assert source.endswith(f":bedrock:eu-west-1:111122223333:inference-profile/{SONNET}")


def test_the_name_changes_with_what_replaces_a_profile_and_with_nothing_else():
    def name(**changes):
        stack = new_stack()
        profile(stack, **changes)
        return only(stack, PROFILE)["InferenceProfileName"]

    assert name() == name(price=TokenRates(input=1, output=2))
    names = {
        name(),
        name(description="other"),
        name(model=SONNET.removeprefix("eu.")),
        name(alias="x2"),
    }
    assert len(names) == 4
    assert all(len(each) <= 64 for each in names)


def test_the_longest_tenant_and_alias_still_make_a_legal_name():
    stack = new_stack()
    profile(stack, alias="a" * 20, tenant="t" * 32)
    assert len(only(stack, PROFILE)["InferenceProfileName"]) <= 64


def test_the_registry_entry_tells_what_the_opaque_arn_does_not():
    stack = new_stack()
    profile(stack)
    (entry,) = [
        each["Properties"]
        for each in resources(stack, "AWS::SSM::Parameter").values()
        if each["Properties"]["Name"] == "/finops/writer/profiles/smart"
    ]
    value = json.loads(flat(entry["Value"]))
    assert value["base_model_id"] == SONNET.removeprefix("eu.")
    assert (value["scope"], value["region"], value["metered"]) == ("eu", "eu-west-1", True)
    assert value["profile_arn"].endswith("InferenceProfileArn}")
    assert value["cost_tags"] == TAGS.as_dict()
    assert value["schema_version"] == 1


def test_several_profiles_of_a_tenant_share_one_suspension_policy_that_names_each():
    stack = new_stack()
    profile(stack, "smart")
    profile(stack, "fast", model="eu.amazon.nova-lite-v1:0")
    policy = only(stack, "AWS::IAM::ManagedPolicy")
    assert policy["Path"] == "/finops/suspension/eu-west-1/"
    assert policy["ManagedPolicyName"] == "finops-suspension-eu-west-1-writer"
    assert "Roles" not in policy
    known, replaced = policy["PolicyDocument"]["Statement"]
    assert {known["Effect"], replaced["Effect"]} == {"Deny"}
    assert "Condition" not in known
    assert len(known["Resource"]) == 2
    assert replaced["Condition"] == {"StringEquals": {"aws:ResourceTag/finops:tenant": "writer"}}


def test_a_profile_outlives_its_replacement_but_not_its_tenant():
    stack = new_stack()
    profile(stack)
    (own,) = resources(stack, PROFILE).values()
    assert (own["UpdateReplacePolicy"], own["DeletionPolicy"]) == ("Retain", "Delete")


def test_an_imported_profile_can_be_granted_without_being_defined():
    stack = new_stack()
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
    imported = ApplicationInferenceProfile.from_profile_arn(
        stack, "Imported", profile_arn=arn, tenant="writer", alias="smart", model=SONNET
    )
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    imported.grant_invoke(role)
    template = Template.from_stack(stack)
    template.resource_count_is(PROFILE, 0)
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {"PolicyDocument": {"Statement": Match.array_with([Match.object_like({"Resource": arn})])}},
    )


def test_an_adopted_profile_is_tagged_registered_and_guarded_but_never_recreated():
    stack = new_stack()
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
    ApplicationInferenceProfile.from_profile_arn(
        stack, "Old", profile_arn=arn, tenant="writer", alias="smart", model=SONNET
    ).adopt(TAGS)
    template = Template.from_stack(stack)
    template.resource_count_is(PROFILE, 0)
    release = only(stack, "Custom::FinOpsTenantRelease")
    (adopted,) = release["AdoptedProfiles"]
    assert adopted["Arn"] == arn
    assert adopted["Tags"] == TAGS.as_dict() | {"finops:tenant": "writer", "finops:alias": "smart"}
    assert only(stack, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"][0]["Resource"] == [
        arn
    ]
    template.has_resource_properties(
        "AWS::SSM::Parameter", {"Name": "/finops/writer/profiles/smart"}
    )


def test_two_tenants_and_two_aliases_in_one_stack_do_not_collide():
    stack = new_stack()
    for tenant in ("writer", "chat"):
        for alias in ("smart", "fast"):
            ApplicationInferenceProfile(
                stack, f"{tenant}-{alias}", tenant=tenant, alias=alias, cost_tags=TAGS, model=SONNET
            )
    names = [
        each["Properties"]["Name"] for each in resources(stack, "AWS::SSM::Parameter").values()
    ]
    assert len(names) == len(set(names)) == 4
    assert len(resources(stack, "AWS::Lambda::Function")) == 1


def test_fails_when_an_alias_is_defined_twice_in_a_stack():
    stack = new_stack()
    profile(stack)
    with pytest.raises(
        ValueError, match="tenant 'writer' has its alias 'smart' in this stack already"
    ):
        ApplicationInferenceProfile(
            stack, "Again", tenant="writer", alias="smart", cost_tags=TAGS, model=SONNET
        )


def test_fails_when_a_model_has_no_price_and_the_tenant_gives_none():
    with pytest.raises(
        ValueError, match=r"Profile-smart: no token price for 'eu\.acme\.zeta-v1:0'"
    ):
        profile(new_stack(), model="eu.acme.zeta-v1:0")


def test_a_tenants_own_price_or_metered_false_stands_in_for_a_missing_one():
    priced = profile(new_stack(), model="eu.acme.zeta-v1:0", price=TokenRates(input=1, output=2))
    assert priced.rates is not None
    assert priced.rates.output == 2
    unmetered = profile(new_stack(), model="eu.acme.zeta-v1:0", metered=False)
    assert unmetered.rates is None
    with pytest.raises(ValueError, match="not metered"):
        unmetered.metric_estimated_cost()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tenant": "Writer"}, "tenant must be 2 to 32 lower-case"),
        ({"tenant": "a--b"}, "single hyphens"),
        ({"alias": "x" * 21}, "alias must be 2 to 20"),
        ({"model": "nonsense"}, "model: not a Bedrock model: 'nonsense'"),
        (
            {"model": f"arn:aws:bedrock:eu-west-2:111122223333:inference-profile/{SONNET}"},
            "is in Region eu-west-2, this stack is in eu-west-1",
        ),
        (
            {"model": f"arn:aws:bedrock:eu-west-1:999922223333:inference-profile/{SONNET}"},
            "is in account 999922223333",
        ),
        ({"guard": "maybe"}, "guard must be one of observe, enforce, got 'maybe'"),
    ],
)
def test_fails_when_an_argument_cannot_serve_and_says_what_would(changes, said):
    alias = changes.pop("alias", "smart")
    with pytest.raises(ValueError, match=said):
        profile(new_stack(), alias, **changes)


@pytest.mark.parametrize("name", ["tenant", "alias", "model", "description"])
def test_fails_when_a_name_is_a_token_because_paths_are_built_from_it(name):
    stack = new_stack()
    token = CfnParameter(stack, "P").value_as_string
    with pytest.raises(ValueError, match=f"{name} must be a literal"):
        profile(stack, **{name: token}) if name != "alias" else profile(stack, token)


def test_a_stack_without_a_fixed_region_takes_the_price_that_holds_in_every_region():
    from aws_cdk import App

    stack = Stack(App(), "Anywhere")
    assert profile(stack).rates is not None


def test_a_model_about_to_be_retired_warns_ninety_days_ahead():
    def warnings(today):
        stack = new_stack()
        stack.node.set_context("finops-constructs:today", today)
        profile(stack)
        return Annotations.from_stack(stack).find_warning(
            "*", Match.string_like_regexp(".*AWS retires.*2027-04-08.*")
        )

    assert len(warnings("2027-01-08")) == 1
    assert len(warnings("2027-01-07")) == 0
