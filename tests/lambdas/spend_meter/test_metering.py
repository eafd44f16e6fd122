from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.attribution.model_source import Scope
from finops_constructs.prices.cost import TokenUsage, cost_usd
from finops_constructs.prices.model_price import ModelPrice, Rates, Tier
from shared.ledger import UNATTRIBUTED, alias_key, failed_key, role_key
from spend_meter.delivery import log_events
from spend_meter.metering import meter
from spend_meter.rejection import Reason
from tests.lambdas.invocations import (
    LONG_RATES,
    NOW,
    RATES,
    event,
    profile_arn,
    record,
    usual_registry,
)

TODAY = date(2026, 11, 25)
REGISTRY = usual_registry()


def metered(*records, **options):
    events = log_events([event(i, each) for i, each in enumerate(records)])
    return meter(events, profile_of=REGISTRY.by_model_id.get, now=NOW, **options)


def items(*records, **options):
    updates = metered(*records, **options).updates
    assert len({(u.pk, u.sk) for u in updates}) == len(updates)
    return {(u.pk, u.sk): u.added for u in updates}


def alias_item(found, tenant="writer", alias="smart", day=TODAY):
    return found[tuple(alias_key(tenant, alias, day).values())]


def role_item(found, role="App", tenant="writer", day=TODAY):
    return found[tuple(role_key(tenant, role, day).values())]


def reason_of(*records):
    result = metered(*records)
    assert result.records == 0
    assert [p for at in result.rejected.values() for p in at] == list(range(len(records)))
    (reason,) = result.rejected
    assert not [u for u in result.updates if u.sk[0] in "AR"]
    return reason


def test_a_call_is_added_to_its_aliass_hour_and_to_its_roles_day():
    found = items(record(tokens_in=1000, tokens_out=100, read=2000, written=10))
    spent = 3000 + 1500 + 600 + 60
    assert alias_item(found) == {
        "h14": spent, "n14": 1, "in": 1000, "out": 100, "cr": 2000, "cwu": 10,
    }  # fmt: skip
    assert role_item(found) == {"usd": spent, "calls": 1}
    assert len(found) == 2


def test_calls_of_one_hour_are_summed_and_those_of_another_are_not():
    found = items(
        record(timestamp="2026-11-25T13:59:59Z"),
        record(timestamp="2026-11-25T14:00:00Z"),
        record(timestamp="2026-11-25T16:29:59+02:00"),
        record(timestamp="2026-11-24T23:59:59.999Z"),
    )
    assert alias_item(found) == {
        "h13": 4500, "n13": 1, "h14": 9000, "n14": 2, "in": 3000, "out": 300,
    }  # fmt: skip
    assert alias_item(found, day=date(2026, 11, 24))["h23"] == 4500
    assert role_item(found)["calls"] == 3


def test_sessions_of_a_role_are_one_caller():
    arns = [f"arn:aws:sts::111122223333:assumed-role/App/{n}" for n in range(5)]
    found = items(*(record(identity={"arn": arn}) for arn in arns))
    assert role_item(found)["calls"] == 5
    assert len(found) == 2


def test_a_caller_that_is_not_told_does_not_hide_the_money():
    found = items(record(identity={}), record(identity=None))
    assert alias_item(found)["n14"] == 2
    assert role_item(found, "(unknown)")["calls"] == 2


def test_a_profile_may_be_named_by_its_id():
    assert alias_item(items(record(modelId="writersmart")))["n14"] == 1


def test_a_long_requests_own_size_chooses_its_tier_and_cached_tokens_count():
    short = record(tokens_in=200_000, tokens_out=0)
    by_cache = record(tokens_in=1, read=150_000, written=50_000, tokens_out=0)
    found = items(short, by_cache, short)
    expected = 2 * 200_000 * 3 + (6 + 150_000 * Decimal("0.6") + 50_000 * 12)
    assert alias_item(found)["h14"] == expected


def test_many_short_requests_are_not_one_long_one():
    assert alias_item(items(*[record(tokens_in=150_000, tokens_out=0)] * 10))["h14"] == 4_500_000


def test_bodies_tell_lifetimes_of_cache_writes():
    usage = {
        "inputTokens": 0,
        "outputTokens": 0,
        "cacheWriteInputTokens": 3000,
        "cacheDetails": [{"inputTokens": 1000, "ttl": "5m"}, {"inputTokens": 1000, "ttl": "1h"}],
    }
    found = alias_item(items(record(body={"usage": usage})))
    assert found == {"h14": 15750, "n14": 1, "cw5": 1000, "cw1": 1000, "cwu": 1000}


def test_an_unmetered_alias_counts_its_calls_whatever_they_do_not_tell():
    found = items(
        record("writerimages"),
        record("writerimages", input={}, output={}),
    )
    assert alias_item(found, alias="images") == {"n14": 2}
    assert role_item(found) == {"calls": 2}


def test_a_failed_call_without_tokens_is_an_error_and_costs_nothing():
    failed = record(errorCode="ThrottlingException", input={}, output=None)
    found = items(failed, record(errorCode="X", tokens_in=0, tokens_out=0))
    assert alias_item(found) == {"errors": 2}
    assert metered(failed).records == 1


def test_a_failed_call_that_used_tokens_is_charged():
    assert alias_item(items(record(errorCode="ModelStreamErrorException")))["h14"] == 4500


def test_a_failed_call_of_something_unknown_is_counted_and_not_refused():
    found = items(record("nobody", errorCode="AccessDeniedException", input={}, output={}))
    assert found == {tuple(failed_key(TODAY).values()): {"errors": 1}}


def test_fractions_of_a_micro_usd_are_summed_before_they_are_rounded():
    cheap = record("writerquick", tokens_in=0, tokens_out=0, read=None)
    assert "h14" not in alias_item(items(cheap), alias="quick")
    found = items(*[record(read=1, tokens_in=0, tokens_out=0)] * 5)
    assert alias_item(found)["h14"] == 2  # 5 x 0.3 = 1.5, halves up


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"modelId": profile_arn("nobody")}, Reason.UNKNOWN_PROFILE),
        ({"modelId": "amazon.nova-pro-v1:0"}, Reason.NOT_A_PROFILE),
        ({"modelId": 5}, Reason.MALFORMED_RECORD),
        ({"modelId": None}, Reason.MALFORMED_RECORD),
        ({"modelId": []}, Reason.MALFORMED_RECORD),
        ({"modelId": profile_arn("chatunpriced")}, Reason.NO_RATE),
        ({"timestamp": None}, Reason.BAD_TIMESTAMP),
        ({"timestamp": 1_795_000_000}, Reason.BAD_TIMESTAMP),
        ({"timestamp": []}, Reason.BAD_TIMESTAMP),
        ({"timestamp": "yesterday"}, Reason.BAD_TIMESTAMP),
        ({"timestamp": "2026-11-25T14:03:22"}, Reason.BAD_TIMESTAMP),
        ({"timestamp": "0001-01-01T00:00:00+14:00"}, Reason.BAD_TIMESTAMP),
        ({"timestamp": "9999-12-31T23:59:59-14:00"}, Reason.BAD_TIMESTAMP),
        ({"timestamp": (NOW - timedelta(days=35, seconds=1)).isoformat()}, Reason.BAD_TIMESTAMP),
        ({"timestamp": (NOW + timedelta(hours=1, seconds=1)).isoformat()}, Reason.BAD_TIMESTAMP),
        ({"identity": "App"}, Reason.BAD_IDENTITY),
        ({"identity": {"arn": "App"}}, Reason.BAD_IDENTITY),
        ({"identity": {"arn": 7}}, Reason.BAD_IDENTITY),
        ({"tokens_in": -1}, Reason.BAD_TOKEN_COUNT),
        ({"tokens_in": 10**30}, Reason.BAD_TOKEN_COUNT),
        ({"tokens_in": 1e30}, Reason.BAD_TOKEN_COUNT),
        ({"tokens_in": True}, Reason.BAD_TOKEN_COUNT),
        ({"tokens_out": "100"}, Reason.BAD_TOKEN_COUNT),
        ({"tokens_out": 100_000_001}, Reason.BAD_TOKEN_COUNT),
        ({"read": False}, Reason.BAD_TOKEN_COUNT),
        ({"written": 0.5}, Reason.BAD_TOKEN_COUNT),
        ({"tokens_in": None}, Reason.NO_TOKEN_COUNTS),
        ({"tokens_out": None}, Reason.NO_TOKEN_COUNTS),
        ({"input": None}, Reason.NO_TOKEN_COUNTS),
        ({"output": []}, Reason.MALFORMED_RECORD),
    ],
)
def test_what_cannot_be_metered_is_refused_with_its_reason(changed, reason):
    assert reason_of(record(**changed)) is reason


@pytest.mark.parametrize("message", ["", "null", "[]", "5", "{", '"text"', "{}", '{"a":1},{}'])
def test_what_is_no_record_is_refused(message):
    assert reason_of(message) is Reason.MALFORMED_RECORD


@pytest.mark.parametrize("edge", [NOW - timedelta(days=35), NOW + timedelta(hours=1)])
def test_the_edges_of_the_believed_time_are_believed(edge):
    assert metered(record(timestamp=edge.isoformat())).records == 1


def test_the_largest_believed_count_is_believed():
    assert alias_item(items(record(tokens_out=100_000_000)))["out"] == 100_000_000


def test_a_used_kind_without_a_rate_refuses_that_call_alone():
    result = metered(
        record("writerquick"), record("writerquick", read=1), record("writerquick", written=1)
    )
    assert result.rejected == {Reason.NO_RATE: [1, 2]}
    found = {(u.pk, u.sk): u.added for u in result.updates}
    assert alias_item(found, alias="quick") == {"h14": 1500, "n14": 1, "in": 1000, "out": 100}
    assert found[UNATTRIBUTED, "X#2026-11-25#no-rate"] == {"records": 2}


def test_refused_records_of_a_replay_are_not_counted_again():
    result = metered(record("nobody"), count_rejected=False)
    assert result.rejected == {Reason.UNKNOWN_PROFILE: [0]}
    assert list(result.updates) == []


def test_one_malformed_record_does_not_spoil_the_others():
    result = metered("{", record(), record("nobody"), record())
    assert result.records == 2
    assert result.rejected == {Reason.MALFORMED_RECORD: [0], Reason.UNKNOWN_PROFILE: [2]}


def test_refused_records_are_counted_by_the_day_they_came():
    evening = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    events = log_events([event(1, "{")])
    result = meter(events, profile_of=lambda _: None, now=evening)
    assert result.updates[0].sk == "X#2026-11-25#malformed-record"


_COUNT = st.integers(min_value=0, max_value=300_000)
_PRICE = ModelPrice(
    model="m",
    scope=Scope.REGIONAL,
    mode="chat",
    unit="1M tokens",
    metered=True,
    rates=Rates(**{kind: Decimal(rate) for kind, rate in RATES.items()}),
    tiers=(
        Tier(
            above_input_tokens=200_000,
            rates=Rates(**{kind: Decimal(rate) for kind, rate in LONG_RATES.items()}),
        ),
    ),
    source="test",
    as_of=TODAY,
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["writer", "chat"]),
            st.sampled_from(["App", "Batch"]),
            st.sampled_from(["2026-11-25T13:00:00Z", "2026-11-24T13:00:00Z"]),
            *(_COUNT,) * 4,
        ),
        max_size=30,
    )
)
def test_the_ledger_gets_what_the_price_list_says_each_call_costs(calls):
    result = metered(
        *(
            record(f"{tenant}smart", role=role, timestamp=at, tokens_in=i, tokens_out=o, read=r,
                   written=w)
            for tenant, role, at, i, o, r, w in calls
        )
    )  # fmt: skip
    expected: dict[tuple[str, str], Decimal] = {}
    for tenant, role, at, i, o, r, w in calls:
        usage = TokenUsage(input=i, output=o, cache_read=r, cache_write_1h=w)
        for sk in (f"A#{at[:10]}#smart", f"R#{at[:10]}#{role}"):
            expected[tenant, sk] = expected.get((tenant, sk), Decimal(0)) + cost_usd(_PRICE, usage)
    assert result.rejected == {}
    assert {(u.pk, u.sk) for u in result.updates} == set(expected)
    for update in result.updates:
        micro = update.added.get("h13", update.added.get("usd", 0))
        assert abs(micro - expected[update.pk, update.sk] * 1_000_000) <= Decimal("0.5")
