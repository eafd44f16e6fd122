"""What the stacks write into the registry is what the platform's functions read out of it."""

from decimal import Decimal

from aws_cdk import App

from finops_constructs.prices.price_list import load_price_list
from finops_constructs.stacks.tenant_stack import TenantStack
from shared.registry import parse_registry
from tests.organisation_under_test import platform, tenant
from tests.stacks_under_test import flat, resources


def read(config):
    stack = TenantStack(
        App(builtin_cloud_formation_validation=False),
        f"finops-{config.id}",
        tenant=config,
        platform=platform(),
        prices=load_price_list(),
    )
    registry = parse_registry(
        {
            each["Properties"]["Name"]: flat(each["Properties"]["Value"])
            for each in resources(stack, "AWS::SSM::Parameter").values()
        }
    )
    assert registry.faults == ()
    return registry


def test_a_tenant_of_defaults_is_read_as_it_was_meant():
    registry = read(tenant())
    policy = registry.policies["writer"]
    assert policy.monthly_limit_usd == 500
    assert (policy.stop_percentage, policy.hard_cap_percentage) == (100, 120)
    assert (policy.mode, policy.guard, policy.approval_on_timeout) == ("shadow", "observe", "stop")
    assert (policy.approval_timeout_minutes, policy.cool_down_minutes) == (60, None)
    assert policy.owner is not None
    assert policy.owner.email == "writer@example.com"
    assert [caller.role_name for caller in registry.callers["writer"]] == ["writer-app"]
    assert registry.unguarded == []


def test_every_setting_of_a_tenant_arrives():
    config = tenant(
        caps={"hourly_usd": "10", "daily_usd": "100.50"},
        mode="approve",
        approval={"timeout_minutes": 30, "on_timeout": "hold"},
        cool_down_minutes=90,
        budget={"monthly_limit_usd": "700", "hard_cap_percentage": 130, "stop_percentage": 95},
    )
    policy = read(config).policies["writer"]
    assert (policy.mode, policy.approval_on_timeout) == ("approve", "hold")
    assert (policy.approval_timeout_minutes, policy.cool_down_minutes) == (30, 90)
    assert policy.daily_cap_usd == Decimal("100.50")
    assert (policy.stop_percentage, policy.hard_cap_percentage) == (95, 130)


def test_the_rates_of_every_alias_arrive_exactly():
    models = {
        "old": {
            "model": "anthropic.claude-sonnet-5-5",
            "price": {"input": "2.123456", "output": 9},
        },
        "smart": {"model": "eu.anthropic.claude-haiku-5-5"},
        "off": {"model": "eu.amazon.nova-lite-v1:0", "metered": False},
    }
    profiles = read(tenant(models=models)).profiles["writer"]
    own = profiles["old"].rates
    assert own is not None
    assert own.base.input == 2_123_456_000_000
    assert own.base.cache_read is None
    assert profiles["old"].price_as_of is None
    haiku = profiles["smart"].rates
    assert haiku is not None
    assert haiku.above == (100_000,)
    assert haiku.tiers[1].input == 5 * haiku.tiers[0].input
    assert profiles["smart"].price_as_of is not None
    assert (profiles["off"].metered, profiles["off"].rates) == (False, None)
