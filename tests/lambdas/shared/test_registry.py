import json
from decimal import Decimal
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from shared.registry import load_registry, parse_registry

POLICY = {
    "schema_version": 1,
    "tenant": "writer",
    "display_name": "Writer",
    "owner": {"team": "Docs", "email": "docs@example.com", "cost_centre": "CC-7"},
    "monthly_limit_usd": "500",
    "alert_percentages": [90, 75],
    "stop_percentage": 100,
    "mode": "enforce",
    "guard": "observe",
    "cost_tags": {},
    "budget_name": "finops-writer",
    "alert_topic_arn": "arn:aws:sns:eu-west-1:111122223333:finops-writer",
    "suspension_policy_arn": "arn:aws:iam::111122223333:policy/finops/suspension/writer",
}
PROFILE: dict[str, Any] = {
    "schema_version": 1,
    "tenant": "writer",
    "alias": "smart",
    "base_model_id": "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "model_source": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "scope": "geo",
    "cost_tags": {},
    "metered": True,
    "region": "eu-west-1",
    "profile_arn": "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc",
    "profile_id": "abc",
    "price": {"rates": {"input": "3", "output": "15"}, "source": "litellm", "as_of": "2026-11-20"},
    "hourly_cap_usd": "20.83",
    "burst_alarm_name": "finops-burst-eu-west-1-writer-smart",
}
CALLER = {
    "schema_version": 1,
    "tenant": "writer",
    "shared_with": ["chat"],
    "role_arn": "arn:aws:iam::111122223333:role/apps/Writer",
}


def entries(**changed):
    values = {
        "/finops/writer/policy": json.dumps(POLICY),
        "/finops/writer/profiles/smart": json.dumps(PROFILE),
        "/finops/writer/callers/1a2b": json.dumps(CALLER),
        "/finops/writer/state": "{}",
        "/finops/_platform/commands": "{}",
    }
    return values | changed


def with_policy(**changed):
    return entries(**{"/finops/writer/policy": json.dumps(POLICY | changed)})


def test_a_tenant_is_read_with_its_profiles_callers_and_state():
    registry = parse_registry(entries())
    policy = registry.policies["writer"]
    profile = registry.profiles["writer"]["smart"]
    assert registry.faults == ()
    assert registry.tenants == ["writer"]
    assert registry.unguarded == []
    assert registry.states == {"writer": "{}"}
    assert policy.monthly_limit_usd == Decimal(500)
    assert policy.alert_percentages == (Decimal(75), Decimal(90))
    assert profile.rates is not None
    assert profile.hourly_cap_usd == Decimal("20.83")
    assert registry.by_model_id[PROFILE["profile_arn"]] is profile
    assert registry.by_model_id["abc"] is profile
    assert registry.callers["writer"][0].role_name == "Writer"
    assert registry.callers["writer"][0].shared_with == ("chat",)


FORMER = PROFILE | {
    "profile_arn": f"{PROFILE['profile_arn'][:-3]}old",
    "profile_id": "old",
    "replaced_at": "2026-11-20T10:00:00+00:00",
}


def with_former(**changed):
    return entries(**{"/finops/writer/replaced/smart/old": json.dumps(FORMER | changed)})


def test_a_replaced_profile_is_still_its_tenants_and_its_aliass_without_a_burst_alarm():
    registry = parse_registry(with_former())
    assert registry.faults == ()
    (former,) = registry.replaced["writer"].values()
    assert registry.by_model_id["old"] is former
    assert (former.alias, former.key, former.burst_alarm_name) == ("smart", "smart/old", None)
    assert former.rates is not None
    assert list(registry.watched("writer")) == ["smart", "smart/old"]
    assert registry.profiles["writer"]["smart"].profile_id == "abc"


def test_what_an_alias_leads_to_again_is_not_replaced_whatever_an_entry_says():
    again = {key: PROFILE[key] for key in ("profile_arn", "profile_id")}
    path = "/finops/writer/replaced/smart/abc"
    registry = parse_registry(entries(**{path: json.dumps(FORMER | again)}))
    assert registry.replaced == {}
    assert [entry.key for entry in registry.revived] == ["smart/abc"]
    assert registry.by_model_id["abc"] is registry.profiles["writer"]["smart"]
    assert registry.faults == ()


@pytest.mark.parametrize(
    "changed", [{"replaced_at": None}, {"replaced_at": "yesterday"}, {"profile_id": "other"}]
)
def test_fails_when_an_entry_of_a_replaced_profile_does_not_say_since_when_or_which(changed):
    registry = parse_registry(with_former(**changed))
    assert [fault.path for fault in registry.faults] == ["/finops/writer/replaced/smart/old"]
    assert registry.replaced == {}


def test_what_an_older_entry_lacks_has_its_default():
    policy = parse_registry(entries()).policies["writer"]
    assert policy.hard_cap_percentage == 120
    assert policy.approval_timeout_minutes == 60
    assert policy.approval_on_timeout == "stop"
    assert policy.daily_cap_usd is None
    assert policy.cool_down_minutes is None
    assert policy.retired is False


def test_a_fractional_percentage_is_read_exactly():
    policy = parse_registry(with_policy(alert_percentages=[33.1])).policies["writer"]
    assert policy.alert_percentages == (Decimal("33.1"),)


def test_a_profile_without_a_price_has_no_rates():
    older = {k: v for k, v in PROFILE.items() if k != "price"}
    registry = parse_registry(entries(**{"/finops/writer/profiles/smart": json.dumps(older)}))
    assert registry.profiles["writer"]["smart"].rates is None
    assert registry.profiles["writer"]["smart"].price_as_of is None


@pytest.mark.parametrize(
    "changed",
    [
        {"monthly_limit_usd": "0"},
        {"monthly_limit_usd": "many"},
        {"monthly_limit_usd": "1e400"},
        {"mode": "stop"},
        {"alert_percentages": "75"},
        {"approval": {"on_timeout": "wait"}},
        {"approval": []},
        {"schema_version": 2},
        {"retired": "yes"},
        {"owner": {"team": "Docs"}},
        {"daily_cap_usd": "-1"},
        {"cool_down_minutes": 1.5},
    ],
)
def test_a_faulty_policy_is_a_fault_that_leaves_the_rest_readable(changed):
    registry = parse_registry(with_policy(**changed))
    assert [fault.path for fault in registry.faults] == ["/finops/writer/policy"]
    assert registry.faulty_tenants == {"writer"}
    assert registry.tenants == ["writer"]
    assert registry.unguarded == []
    assert "smart" in registry.profiles["writer"]


def test_a_profile_of_a_tenant_without_a_policy_is_unguarded():
    only_profile = {k: v for k, v in entries().items() if "profiles" in k}
    assert parse_registry(only_profile).unguarded == ["writer"]


def test_a_profile_claimed_by_two_aliases_belongs_to_neither_and_is_a_fault():
    registry = parse_registry(entries(**{"/finops/thief/profiles/mine": json.dumps(PROFILE)}))
    assert registry.by_model_id == {}
    assert [fault.path for fault in registry.faults] == [
        "/finops/thief/profiles/mine",
        "/finops/writer/profiles/smart",
    ]


@given(
    st.dictionaries(
        st.sampled_from(sorted(entries())),
        st.text()
        | st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(POLICY)), inner),
        ).map(json.dumps),
    )
)
def test_no_entry_whatever_it_holds_breaks_the_reading_of_another(changed):
    registry = parse_registry(entries(**changed, **{"/finops/chat/policy": json.dumps(POLICY)}))
    assert "chat" in registry.policies


@given(st.dictionaries(st.sampled_from(sorted(POLICY)), st.none() | st.integers() | st.text()))
def test_a_policy_is_either_read_or_a_fault(changed):
    registry = parse_registry(with_policy(**changed))
    assert ("writer" in registry.policies) != ("writer" in registry.faulty_tenants)


@mock_aws
def test_every_page_of_the_registry_is_read():
    ssm = boto3.client("ssm", region_name="eu-west-1")
    for number in range(25):
        name = f"/finops/tenant-{number}/policy"
        ssm.put_parameter(Name=name, Value=json.dumps(POLICY), Type="String")
    assert len(load_registry(ssm).policies) == 25
