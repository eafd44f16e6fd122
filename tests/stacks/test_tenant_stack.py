import json

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from finops_constructs.prices.price_list import load_price_list
from finops_constructs.stacks.tenant_stack import TenantStack
from tests.organisation_under_test import platform, tenant
from tests.stacks_under_test import SONNET, flat, only, resources


def stack(config=None, **platform_changes):
    config = config or tenant()
    return TenantStack(
        App(builtin_cloud_formation_validation=False),
        f"finops-{config.id}",
        tenant=config,
        platform=platform(**platform_changes),
        prices=load_price_list(),
    )


def entries(of):
    return {
        each["Properties"]["Name"]: json.loads(flat(each["Properties"]["Value"]))
        for each in resources(of, "AWS::SSM::Parameter").values()
    }


def test_a_tenant_is_its_profiles_one_budget_one_topic_and_its_registry_entries():
    template = Template.from_stack(stack())
    template.resource_count_is("AWS::Bedrock::ApplicationInferenceProfile", 2)
    template.resource_count_is("AWS::Budgets::Budget", 1)
    template.resource_count_is("AWS::SNS::Topic", 1)
    template.resource_count_is("AWS::SSM::Parameter", 4)
    template.resource_count_is("Custom::FinOpsTenantRelease", 1)
    template.resource_count_is("AWS::KMS::Key", 0)


def test_a_tenant_observes_and_shadows_by_default():
    of = stack()
    policy = entries(of)["/finops/writer/policy"]
    assert (policy["guard"], policy["mode"]) == ("observe", "shadow")
    standing = [
        p
        for p in resources(of, "AWS::IAM::RolePolicy").values()
        if p["Properties"]["PolicyName"].startswith("finops-standing-deny")
    ]
    assert standing == []


def test_the_organisations_own_dimension_is_on_profiles_and_in_the_budgets_filter():
    config = tenant(
        cost_tags={"tool": "W", "project": "Alpha", "environment": "prod", "extra": "CC-1042"}
    )
    of = stack(config, attribution={"extra_tag_key": "bedrock:cost-centre"})
    for each in resources(of, "AWS::Bedrock::ApplicationInferenceProfile").values():
        assert {"Key": "bedrock:cost-centre", "Value": "CC-1042"} in each["Properties"]["Tags"]
    keys = [
        each["Tags"]["Key"]
        for each in only(of, "AWS::Budgets::Budget")["Budget"]["FilterExpression"]["And"]
        if "Tags" in each
    ]
    assert "bedrock:cost-centre" in keys


def test_alerts_go_to_the_owner_and_the_channels_once_each():
    config = tenant(alerts={"emails": ["writer@example.com", "oncall@example.com"]})
    endpoints = [
        flat(s["Properties"]["Endpoint"])
        for s in resources(stack(config), "AWS::SNS::Subscription").values()
    ]
    assert sorted(endpoints)[1:] == ["oncall@example.com", "writer@example.com"]
    assert endpoints.count("writer@example.com") == 1


def test_alerts_are_encrypted_with_the_platforms_key_found_by_its_alias():
    assert flat(only(stack(), "AWS::SNS::Topic")["KmsMasterKeyId"]).endswith(":alias/finops")


def test_an_existing_profile_and_an_existing_budget_are_adopted():
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
    config = tenant(
        models={"smart": {"model": "eu.amazon.nova-lite-v1:0", "profile_arn": arn}},
        budget={"monthly_limit_usd": "500", "adopt_budget": "old-budget"},
    )
    of = stack(config)
    template = Template.from_stack(of)
    template.resource_count_is("AWS::Bedrock::ApplicationInferenceProfile", 0)
    template.resource_count_is("AWS::Budgets::Budget", 0)
    assert entries(of)["/finops/writer/policy"]["budget_name"] == "old-budget"
    assert entries(of)["/finops/writer/profiles/smart"]["profile_arn"] == arn


def test_a_description_makes_another_profile_of_the_same_model_beside_the_replaced_one():
    def name(**more):
        of = stack(tenant(models={"smart": {"model": SONNET, **more}}))
        (profile,) = resources(of, "AWS::Bedrock::ApplicationInferenceProfile").values()
        return profile["Properties"]["InferenceProfileName"]

    assert name() != name(description="back to Sonnet 4.5")


def test_the_exemptions_of_a_tenant_reach_its_standing_deny():
    config = tenant(guard="enforce", allow={"mantle": True})
    (deny,) = [
        p["Properties"]["PolicyDocument"]
        for p in resources(stack(config), "AWS::IAM::RolePolicy").values()
        if p["Properties"]["PolicyName"].startswith("finops-standing-deny")
    ]
    assert "bedrock-mantle:CreateInference" not in json.dumps(deny)


def test_negotiated_prices_make_a_model_usable_that_the_list_lacks():
    models = {"own": {"model": "eu.acme.zeta-v1:0"}}
    overlay = {
        "model": "acme.zeta-v1:0",
        "scope": "eu",
        "rates": {"input": "1", "output": "2"},
        "source": "contract 7",
        "as_of": "2026-11-01",
    }
    settings = platform(prices={"overlay": [overlay]})
    TenantStack(
        App(builtin_cloud_formation_validation=False),
        "finops-writer",
        tenant=tenant(models=models),
        platform=settings,
        prices=load_price_list().with_overlay(settings.prices.overlay),
    )
    with pytest.raises(ValueError, match="no token price"):
        stack(tenant(models=models))


def test_one_tenant_stack_can_stand_in_two_regions_of_one_account():
    names = []
    for region in ("eu-west-1", "eu-west-2"):
        of = stack(tenant(guard="enforce", region=region))
        names += [
            each["Properties"].get("ManagedPolicyName")
            for each in resources(of, "AWS::IAM::ManagedPolicy").values()
        ]
        for each in resources(of, "AWS::IAM::Role").values():
            assert each["Properties"]["Path"] == f"/finops/{region}/"
            assert "RoleName" not in each["Properties"]
    assert len(names) == len(set(names)) == 2
