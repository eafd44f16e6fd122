"""The sample's rows as one SQL relation: reproducible to the last byte, streamed by DuckDB."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.sample.templates import Template, line_templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_SLOTS: Final = 20_000
_SESSIONS: Final = 20_000
_FULL_SIZE_ROWS: Final = 20_000
"""With more rows in a month each line is smaller, so that the bill stays of one size."""
_MONTHLY_GROWTH: Final = 1.04
_TEMPLATE_TYPES: Final = {
    "tags": "MAP(VARCHAR, VARCHAR)",
    "product": "MAP(VARCHAR, VARCHAR)",
    "units_per": "BIGINT",
    "max_metered": "BIGINT",
    "weight": "DOUBLE",
    "rate": "DECIMAL(12, 4)",
    "t_broad": "BOOLEAN",
}
_METADATA_SINCE: Final = date(2026, 7, 1)
PAYER: Final = "999988887777"

# lowbias32 by Chris Wellons (public domain): every bit of the result depends on every bit of i.
_MACROS: Final = """
CREATE OR REPLACE TEMP MACRO mix_1(x) AS
  ((xor(x, x >> 16)::UBIGINT * 2146121005) % 4294967296)::UBIGINT;
CREATE OR REPLACE TEMP MACRO mix_2(x) AS
  ((xor(x, x >> 15)::UBIGINT * 2221713035) % 4294967296)::UBIGINT;
CREATE OR REPLACE TEMP MACRO mix(i, salt) AS
  mix_2(mix_1(((i::UBIGINT + salt::UBIGINT * 2654435769) % 4294967296)::UBIGINT));
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMonth:
    """One billing period of the sample.

    Attributes:
        start: Its first day.
        rows: How many metered lines it has; credits, tax and fees come on top.
        index: How many months it is after the sample's first.
        through: The day after the last one with data; None where the month is complete.
        restated: Whether late lines arrived after the first close.
        open: Whether no invoice exists yet.
    """

    start: date
    rows: int
    index: int = 0
    through: date | None = None
    restated: bool = False
    open: bool = False

    @property
    def period(self) -> str:
        """The billing period, `YYYY-MM`."""
        return f"{self.start:%Y-%m}"

    @property
    def end(self) -> date:
        """The first day of the month after."""
        return (self.start + timedelta(days=32)).replace(day=1)

    @property
    def days(self) -> int:
        """How many days have data."""
        return ((self.through or self.end) - self.start).days

    def invoice(self, entity: str) -> str | None:
        """Return the id of the invoice that lines of a billing entity are on, once there is one."""
        if self.open:
            return None
        return f"{'MP' if entity == 'AWS Marketplace' else 'EU'}INGB{self.start:%y}-{self.start:%m}"


def prepare(connection: duckdb.DuckDBPyConnection, month: SampleMonth) -> None:
    """Create the small tables that a month's rows are joined from."""
    connection.execute(_MACROS)
    templates = line_templates(metadata=month.start >= _METADATA_SINCE)
    types = {field.name: _TEMPLATE_TYPES.get(field.name, "VARCHAR") for field in fields(Template)}
    load_rows(connection, "template", [asdict(each) for each in templates], types)
    connection.execute("ALTER TABLE template ADD COLUMN template_id BIGINT")
    connection.execute("UPDATE template SET template_id = rowid")
    _create_slots(connection, [template.weight for template in templates])
    connection.execute(_BUSY_HOURS.format(start=month.start, hours=month.days * 24))


def load_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Mapping[str, object]],
    types: Mapping[str, str],
) -> None:
    """Create a temporary table of a few rows; as one JSON text, which is faster than parameters.

    Args:
        connection: Where to create it.
        table: Its name.
        rows: Column -> value; a column left out is NULL.
        types: Column -> DuckDB type, in the table's order.
    """
    columns = ", ".join(f"{name} {type_}" for name, type_ in types.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
    connection.execute(
        f"INSERT INTO {table} SELECT r.* FROM (SELECT unnest(from_json(?, ?)) AS r)",
        [json.dumps(rows, default=str), json.dumps([dict(types)])],
    )


def _create_slots(connection: duckdb.DuckDBPyConnection, weights: list[float]) -> None:
    """Create `slot`: each template as often as its weight, at least once."""
    counts = [max(1, round(weight * _SLOTS)) for weight in weights]
    rows = [{"template_id": number, "times": count} for number, count in enumerate(counts)]
    load_rows(connection, "slot_count", rows, {"template_id": "BIGINT", "times": "BIGINT"})
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE slot AS SELECT row_number() OVER () - 1 AS slot_id,"
        " template_id FROM (SELECT template_id, unnest(range(times)) FROM slot_count"
        " ORDER BY template_id)"
    )


def metered_lines(month: SampleMonth, seed: int, first: int, last: int) -> str:
    """Return SQL for rows `first` to `last - 1`: template, hour, metered units, exact cost."""
    salt = seed * 1_000 + month.start.year * 12 + month.start.month
    scale = min(1.0, _FULL_SIZE_ROWS / max(1, month.rows)) * _MONTHLY_GROWTH**month.index
    scale *= month.days / (month.end - month.start).days
    return f"""
SELECT n.i, t.*, h.starts,
  1 + n.r_metered % CAST(floor(t.max_metered * {scale:.12f}) + 1 AS BIGINT) AS metered,
  n.r_session
FROM (
  SELECT i,
    mix(i, {salt} + 1) % (SELECT count(*) FROM slot) AS slot_id,
    mix(i, {salt} + 2) % (SELECT count(*) FROM busy_hour) AS hour_id,
    CAST(mix(i, {salt} + 3) AS BIGINT) AS r_metered,
    mix(i, {salt} + 4) % {_SESSIONS} AS r_session
  FROM range({first}, {last}) AS r(i)
) AS n
JOIN slot AS s ON s.slot_id = n.slot_id
JOIN template AS t ON t.template_id = s.template_id
JOIN busy_hour AS h ON h.hour_id = n.hour_id
"""


# Working hours count four times, nights twice, weekends once.
_BUSY_HOURS: Final = """
CREATE OR REPLACE TEMP TABLE busy_hour AS
SELECT row_number() OVER () - 1 AS hour_id, starts
FROM (
  SELECT starts, unnest(range(CASE
      WHEN isodow(starts) >= 6 THEN 1 WHEN hour(starts) BETWEEN 8 AND 17 THEN 4 ELSE 2 END))
  FROM (SELECT TIMESTAMP '{start} 00:00:00' + to_hours(CAST(h AS INTEGER)) AS starts
        FROM range({hours}) AS t(h))
  ORDER BY starts
)
"""


EXACT_COST: Final = "CAST(metered * rate * 0.000001 AS DECIMAL(28, 10))"
"""Exact: whole units times a rate of four decimals, divided by a million."""


def export_columns(month: SampleMonth) -> str:
    """Return the select list that turns metered lines into the columns of the export."""
    filled = {
        "bill_bill_type": "'Anniversary'",
        "bill_billing_entity": "entity",
        "bill_billing_period_end_date": f"TIMESTAMP '{month.end} 00:00:00'",
        "bill_billing_period_start_date": f"TIMESTAMP '{month.start} 00:00:00'",
        "bill_invoice_id": _invoice_case(month),
        "bill_invoicing_entity": "CASE WHEN entity = 'AWS' THEN 'Amazon Web Services EMEA SARL'"
        " ELSE 'AWS Marketplace EMEA' END",
        "bill_payer_account_id": f"'{PAYER}'",
        "bill_payer_account_name": "'payer'",
        "identity_line_item_id": f"md5('{month.period}/' || i)",
        "identity_time_interval": "strftime(starts, '%Y-%m-%dT%H:%M:%SZ/') "
        "|| strftime(starts + INTERVAL 1 HOUR, '%Y-%m-%dT%H:%M:%SZ')",
        "line_item_currency_code": "'USD'",
        "line_item_iam_principal": "CASE WHEN principal LIKE '%assumed-role%'"
        " THEN principal || '/session-' || r_session ELSE principal END",
        "line_item_line_item_description": "rate || ' USD per 1M of ' || usage_type",
        "line_item_line_item_type": "'Usage'",
        "line_item_operation": "CASE WHEN t_service = 'bedrock' THEN 'InvokeModelInference' END",
        "line_item_product_code": "product_code",
        "line_item_resource_id": "resource_id",
        "line_item_unblended_cost": f"CAST({EXACT_COST} AS DOUBLE)",
        "line_item_usage_account_id": "account_id",
        "line_item_usage_account_name": "account_name",
        "line_item_usage_amount": "CAST(metered AS DOUBLE) / units_per",
        "line_item_usage_end_date": "starts + INTERVAL 1 HOUR",
        "line_item_usage_start_date": "starts",
        "line_item_usage_type": "usage_type",
        "pricing_public_on_demand_cost": f"CAST({EXACT_COST} AS DOUBLE)",
        "pricing_term": "'OnDemand'",
        "pricing_unit": "unit",
        "product": "product",
        "product_product_family": "family",
        "product_region_code": "region",
        "product_usagetype": "usage_type",
        "resource_tags": "tags",
    }
    return ",\n  ".join(
        f"{filled.get(c.name, f'CAST(NULL AS {c.duckdb_type})')} AS {c.name}" for c in CUR_COLUMNS
    )


def _invoice_case(month: SampleMonth) -> str:
    if month.open:
        return "CAST(NULL AS VARCHAR)"
    marketplace, aws = month.invoice("AWS Marketplace"), month.invoice("AWS")
    return f"CASE WHEN entity = 'AWS Marketplace' THEN '{marketplace}' ELSE '{aws}' END"
