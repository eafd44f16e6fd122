"""What holds for every bill, not only for the sample: random small ones, read end to end."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.cost_data.sample.rows import load_rows
from tests.cost_data.conftest import total

MONTHS = ("2026-09", "2026-10")
TYPES = ("Usage", "Credit", "Refund", "Tax", "Fee", "BundledDiscount", "SomethingNew")
USAGE_TYPES = (
    "EUW1-MP:EUW1_InputTokenCount-Units",
    "EUW1-MP:EUW1_output_tokens_global_standard-Units",
    "EUW1-NovaPro-cache-read-input-token-count",
    "EUW1-openai.gpt-oss-120b-mantle-output-tokens-standard",
    "EUW1-Guardrail-ContentPolicyUnitsConsumed",
    None,
)
TAGS: tuple[dict[str, str] | None, ...] = (
    None,
    {},
    {"user_bedrock_tool": "Writer"},
    {"user:bedrock:tool": "Writer", "user:bedrock:project": "Alpha"},
    {"user_bedrock_tool": "Chat", "user_finops_tenant": "chatbot"},
    {"user_bedrock_tool": " "},
    {"user_bedrock_tool": "AI"},
)
FAMILIES = ("Amazon Bedrock", None, "Compute Instance")


@st.composite
def lines(draw):
    kind = draw(st.sampled_from(TYPES))
    # The export has doubles: above USD 100,000 a line, the tenth decimal place is their rounding.
    micros = draw(st.integers(0, 10**11))
    sign = -1 if kind in {"Credit", "Refund", "BundledDiscount"} else 1
    month = draw(st.sampled_from(MONTHS))
    family = draw(st.sampled_from(FAMILIES))
    starts = datetime.fromisoformat(f"{month}-01") + timedelta(hours=draw(st.integers(0, 719)))
    name = "Claude (Amazon Bedrock Edition)" if family != "Compute Instance" else "EC2"
    return {
        "month": month,
        "bill_invoice_id": draw(st.sampled_from((None, "A", "B"))),
        "line_item_currency_code": "USD",
        "line_item_iam_principal": draw(
            st.sampled_from((None, "arn:aws:sts::1:assumed-role/app/jane", "arn:aws:iam::1:user/u"))
        ),
        "line_item_line_item_type": kind,
        "line_item_product_code": "7zgyu5r4",
        "line_item_resource_id": draw(
            st.sampled_from((None, "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x"))
        ),
        "line_item_unblended_cost": sign * micros / 10**6,
        "line_item_usage_account_id": "1",
        "line_item_usage_amount": draw(st.integers(0, 10**6)) / 1000,
        "line_item_usage_start_date": starts,
        "line_item_usage_end_date": starts + timedelta(hours=1),
        "line_item_usage_type": draw(st.sampled_from(USAGE_TYPES)),
        "pricing_unit": draw(st.sampled_from(("1M tokens", "1K tokens", "Units", None))),
        "product": {"product_name": name},
        "product_product_family": family,
        "resource_tags": draw(st.sampled_from(TAGS)),
    }


def write_bill(folder, rows):
    connection = duckdb.connect()
    types = {column.name: column.duckdb_type for column in CUR_COLUMNS}
    for month in MONTHS:
        of_month = [row for row in rows if row["month"] == month]
        place = folder / "data" / f"BILLING_PERIOD={month}"
        place.mkdir(parents=True, exist_ok=True)
        if of_month:
            of_month = [{k: v for k, v in row.items() if k != "month"} for row in of_month]
            load_rows(connection, "bill", of_month, types)
            connection.execute(f"COPY bill TO '{place}/one.parquet' (FORMAT parquet)")
    connection.close()


def usd(rows):
    return sum((Decimal(str(row["line_item_unblended_cost"])) for row in rows), Decimal(0))


def is_bedrock(row):
    return row["product_product_family"] != "Compute Instance"


def owner(row):
    tags = row["resource_tags"] or {}
    tool = tags.get("user_bedrock_tool") or tags.get("user:bedrock:tool") or ""
    return tags.get("user_finops_tenant") or tool.strip() or None


class AnyBillEngine(DuckDbEngine):
    def _check_tenant_tag(self, periods):
        """A random bill may have no tag at all; the sums must hold all the same."""


class Bill:
    def __init__(self, folder, rows):
        write_bill(folder, rows)
        self.rows = rows
        self.engine = AnyBillEngine(folder, as_of=date(2026, 11, 24), threads=1)

    def ask(self, name, month):
        return list(self.engine.view(name, months=[month]).records())

    def of(self, month):
        return [row for row in self.rows if row["month"] == month and is_bedrock(row)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(lines(), min_size=1, max_size=25))
def test_sums_hold_for_every_bill(tmp_path_factory, rows):
    bill = Bill(tmp_path_factory.mktemp("bill"), rows)
    for month in bill.engine.months():
        own = bill.of(month)
        showback = bill.ask("showback", month)
        assert total(showback) == usd(own), "showback adds up to the bill, and to no other month's"
        by_owner: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in own:
            by_owner[owner(row) or "(untagged)"] += usd([row])
        told: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in showback:
            told[row["tenant"]] += row["cost_usd"]
        assert told == by_owner
        statement = bill.ask("chargeback_statement", month)
        assert total(statement) == total(showback), "chargeback adds up to showback"
        assert total(statement, "charge_usd") == round(total(showback), 2)
        untagged = total(bill.ask("untagged_spend", month))
        tagged = sum((row["cost_usd"] for row in showback if row["tenant"] != "(untagged)"), 0)
        assert untagged + tagged == usd(own), "untagged and tagged are all"
        assert all(row["usage_cost_usd"] >= 0 for row in showback), "a credit lowers no usage"
        assert all(row["tokens"] is None or row["tokens"] >= 0 for row in showback)
        whole = [row for row in rows if row["month"] == month]
        assert total(bill.ask("invoice_tie", month)) == usd(whole)
        bridge: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
        for row in bill.ask("cost_bridge", month):
            bridge[row["tenant"]][row["effect"]] = row["cost_usd"]
        for effects in bridge.values():
            assert effects.pop("this month") == sum(effects.values())
    bill.engine.close()


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(lines(), min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_of_grouping_changes_no_sum(tmp_path_factory, rows, random):
    shuffled = random.sample(rows, len(rows))
    bills = [Bill(tmp_path_factory.mktemp("bill"), each) for each in (rows, shuffled)]
    for month in bills[0].engine.months():
        first, second = (bill.ask("showback", month) for bill in bills)
        assert first == second
        by = (
            "SELECT sum(c) AS cost_usd"
            " FROM (SELECT {0}, sum(cost_usd) AS c FROM bedrock_costs GROUP BY 1)"
        )
        sums = {
            bills[0].engine.statement(by.format(key), months=[month]).rows[0]
            for key in ("tenant", "model", "usage_date", "iam_principal")
        }
        assert len(sums) == 1
    for bill in bills:
        bill.engine.close()
