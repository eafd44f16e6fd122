from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import boto3
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from shared.ledger import HOURS, alias_key, batch_key, month_spend, read_month, role_key
from tests.lambdas.aws_account import create_table

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
TODAY = NOW.date()


def alias_item(alias="smart", day=TODAY, **hours):
    return alias_key("writer", alias, day) | hours


def test_keys_sort_by_kind_day_and_name():
    assert alias_key("writer", "smart", TODAY) == {"pk": "writer", "sk": "A#2026-11-25#smart"}
    assert role_key("writer", "App", TODAY) == {"pk": "writer", "sk": "R#2026-11-25#App"}
    assert batch_key("ab", "plan") == {"pk": "B#ab", "sk": "plan"}


def test_an_hour_costs_the_larger_of_the_log_and_cloudwatch():
    items = [alias_item(h01=5_000_000, w01=7_000_000, h02=3_000_000, w02=1, h03=2, w04=3)]
    assert month_spend(items, now=NOW).total_usd == Decimal("10.000005")


def test_the_month_is_the_sum_of_its_days_and_no_other_months():
    items = [
        alias_item(day=date(2026, 11, 1), h00=1_000_000),
        alias_item(h14=2_000_000),
        alias_item("quick", h14=500_000),
        alias_item(day=date(2026, 10, 31), h23=9_000_000),
        alias_item(day=date(2026, 12, 1), h00=9_000_000),
    ]
    spend = month_spend(items, now=NOW)
    assert spend.month == "2026-11"
    assert spend.total_usd == Decimal("3.5")
    assert spend.by_alias == {"smart": Decimal(3), "quick": Decimal("0.5")}
    assert spend.today_usd == Decimal("2.5")
    assert spend.today_by_alias == {"smart": Decimal(2), "quick": Decimal("0.5")}
    assert spend.last_hour_usd == Decimal("2.5")


def test_a_month_begins_at_midnight_utc_wherever_the_clock_stands():
    tokyo = datetime(2026, 12, 1, 8, 0, tzinfo=timezone(timedelta(hours=9)))
    assert month_spend([alias_item(h00=1)], now=tokyo).month == "2026-11"


def test_an_alias_may_contain_anything_but_the_kind_of_item():
    assert month_spend([alias_item("a#b", h00=1)], now=NOW).by_alias == {"a#b": Decimal("0.000001")}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["smart", "quick"]),
            st.integers(min_value=1, max_value=30),
            st.sampled_from(HOURS),
            st.integers(min_value=0, max_value=10**15),
        )
    )
)
def test_aliases_add_up_to_the_total(spends):
    items = [alias_item(a, date(2026, 11, d), **{f"h{h}": usd}) for a, d, h, usd in spends]
    spend = month_spend(items, now=NOW)
    assert spend.total_usd == sum(spend.by_alias.values())
    assert spend.total_usd == Decimal(sum(usd for *_, usd in spends)).scaleb(-6)


@mock_aws
def test_a_month_is_read_from_the_table_with_its_roles_only_if_asked():
    dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
    create_table(dynamodb, "finops-ledger")
    for key, numbers in (
        (alias_key("writer", "smart", TODAY), {"h01": "1500000", "n01": "3"}),
        (alias_key("writer", "smart", date(2026, 10, 25)), {"h01": "7"}),
        (alias_key("writer2", "smart", TODAY), {"h01": "7"}),
        (role_key("writer", "App", TODAY), {"usd": "1500000", "calls": "3"}),
    ):
        item = {name: {"S": text} for name, text in key.items()}
        item |= {name: {"N": number} for name, number in numbers.items()}
        dynamodb.put_item(TableName="finops-ledger", Item=item)
    without = read_month(dynamodb, "finops-ledger", "writer", NOW)
    with_roles = read_month(dynamodb, "finops-ledger", "writer", NOW, roles=True)
    assert without.total_usd == Decimal("1.5")
    assert without.by_role == {}
    assert with_roles.by_role == {"App": Decimal("1.5")}
