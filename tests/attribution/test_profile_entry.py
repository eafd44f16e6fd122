import json
from decimal import Decimal
from typing import Any

import pytest
from aws_cdk import CfnParameter

from finops_constructs import ApplicationInferenceProfile, TokenRates
from tests.stacks_under_test import SONNET, TAGS, flat, new_stack, only

GLOBAL_SONNET = "global.anthropic.claude-sonnet-4-5-20250929-v1:0"


def profile(stack, **changes):
    props: dict[str, Any] = {"tenant": "writer", "alias": "smart", "cost_tags": TAGS}
    props |= {"model": SONNET} | changes
    return ApplicationInferenceProfile(stack, "Smart", **props)


def entry(stack):
    return json.loads(flat(only(stack, "AWS::SSM::Parameter")["Value"]))


def test_the_entry_holds_the_price_with_its_tiers_its_source_and_its_date():
    stack = new_stack()
    profile(stack, model=GLOBAL_SONNET)
    price = entry(stack)["price"]
    assert price["rates"] == {
        "input": "3",
        "output": "15",
        "cache_read": "0.3",
        "cache_write_5m": "3.75",
        "cache_write_1h": "6",
    }
    (tier,) = price["tiers"]
    assert (tier["above_input_tokens"], tier["rates"]["output"]) == (200_000, "22.5")
    assert len(price["as_of"]) == len("2026-11-24")
    assert price["source"]


def test_the_tenants_own_rates_have_no_date_and_no_rate_that_was_not_given():
    stack = new_stack()
    profile(stack, price=TokenRates(input=Decimal("1.50"), output=Decimal(6)))
    price = entry(stack)["price"]
    assert price["rates"] == {"input": "1.50", "output": "6"}
    assert (price["source"], price["as_of"]) == ("the tenant's own rates", None)


def test_an_unmetered_alias_has_no_price():
    stack = new_stack()
    profile(stack, metered=False)
    assert (entry(stack)["metered"], entry(stack)["price"]) == (False, None)


def test_an_alias_has_no_cap_until_something_watches_it():
    stack = new_stack()
    watched = profile(stack)
    assert watched.entry is not None
    watched.entry.watch(hourly_cap_usd=Decimal("20.83"), burst_alarm_name="finops-burst-x")
    found = entry(stack)
    assert (found["hourly_cap_usd"], found["burst_alarm_name"]) == ("20.83", "finops-burst-x")


def test_without_a_burst_alarm_the_entry_says_so():
    stack = new_stack()
    profile(stack)
    found = entry(stack)
    assert (found["hourly_cap_usd"], found["burst_alarm_name"]) == (None, None)


def test_a_cap_known_at_deployment_only_passes_through():
    stack = new_stack()
    cap = CfnParameter(stack, "Cap", type="Number").value_as_number
    watched = profile(stack)
    assert watched.entry is not None
    watched.entry.watch(hourly_cap_usd=cap, burst_alarm_name="finops-burst-x")
    assert '"hourly_cap_usd":"${Cap}"' in flat(only(stack, "AWS::SSM::Parameter")["Value"])


def test_a_profile_of_another_stack_has_no_entry_here():
    arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123"
    imported = ApplicationInferenceProfile.from_profile_arn(
        new_stack(), "Old", profile_arn=arn, tenant="writer", alias="smart", model=SONNET
    )
    assert imported.entry is None
    imported.adopt(TAGS)
    assert imported.entry is not None


@pytest.mark.parametrize("amount", [Decimal("1E+2"), 1e-3, Decimal("0.000001")])
def test_money_is_never_written_with_an_exponent(amount):
    stack = new_stack()
    watched = profile(stack)
    assert watched.entry is not None
    watched.entry.watch(hourly_cap_usd=amount, burst_alarm_name="finops-burst-x")
    assert "E" not in entry(stack)["hourly_cap_usd"].upper()
