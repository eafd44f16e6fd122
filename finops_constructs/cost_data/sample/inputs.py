"""The side tables of the sample: budgets, outcomes, books and estimates to go with its bill."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.cur_folder import INPUTS_FOLDER, quoted
from finops_constructs.cost_data.optional_duckdb import connect
from finops_constructs.cost_data.sample.catalogue import TENANTS
from finops_constructs.cost_data.sample.rows import load_rows
from finops_constructs.cost_data.side_tables import SIDE_TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from finops_constructs.cost_data.sample.rows import SampleMonth

_BUDGETS: Final = {
    "writer": "1400.00",
    "coding-assistant": "3000.00",
    "customer-chatbot": "600.00",
    "research-sandbox": "900.00",
}
# One tenant stays without outcomes, on purpose: its ROI must say so.
_OUTCOMES: Final = {
    "writer": ("article", 420, "180.5", "measured", 420, 38, "articles published"),
    "coding-assistant": ("pull request", 910, "365", "survey", 140, 260, "issues closed"),
    "customer-chatbot": ("conversation", 18_400, "610", "estimate", None, None, None),
}
_ESTIMATE_DRIFT: Final = Decimal("1.03")


def write_inputs(
    folder: Path, months: Sequence[SampleMonth], ledger: Mapping[str, Any]
) -> list[Path]:
    """Write `inputs/<table>/sample.parquet` for a sample; estimates as CSV, as platforms do.

    Args:
        folder: The sample's folder.
        months: Its months.
        ledger: Its ledger; estimates are 3 % above the billed usage, spread evenly over the days.
    """
    rows: dict[str, list[dict[str, object]]] = {
        "budgets": _budgets(months),
        "dimensions": _dimensions(months),
        "outcomes": _outcomes(months),
        "estimates": _estimates(months, ledger),
        "invoices": _invoices(ledger),
    }
    connection = connect()
    files: list[Path] = []
    for name, of_table in rows.items():
        types = {column.name: column.type for column in SIDE_TABLES[name].columns}
        load_rows(connection, name, of_table, types)
        kind = "csv" if name == "estimates" else "parquet"
        file = folder / INPUTS_FOLDER / name / f"sample.{kind}"
        file.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"COPY {name} TO {quoted(str(file))} (FORMAT {kind})")
        files.append(file)
    connection.close()
    return files


def _budgets(months: Sequence[SampleMonth]) -> list[dict[str, object]]:
    return [
        {"tenant": tenant, "valid_from": months[0].start, "monthly_limit_usd": usd}
        for tenant, usd in _BUDGETS.items()
    ]


def _dimensions(months: Sequence[SampleMonth]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "tenant": tenant.id,
            "valid_from": months[0].start,
            "cost_centre": tenant.cost_centre,
            "gl_code": "640100",
            "entity": "Example Bank plc",
            "owner": f"{tenant.id.replace(' ', '-').lower()}@example.com",
        }
        for tenant in TENANTS
    ]
    # A reorganisation in the middle of the last month: history must stay where it was.
    moved = months[-1].start + timedelta(days=9)
    return [*rows, {**rows[0], "valid_from": moved, "cost_centre": "CC-1099"}]


def _outcomes(months: Sequence[SampleMonth]) -> list[dict[str, object]]:
    return [
        {
            "outcome_date": month.start + timedelta(days=min(14, month.days - 1)),
            "source": source,
            "sample_size": sample,
            "tenant": tenant,
            "unit_of_work": unit,
            "units": units + 10 * month.index,
            "hours_saved": hours,
            "hourly_rate_usd": "50",
            "velocity": velocity,
            "velocity_unit": velocity_unit,
        }
        for month in months
        for tenant, (unit, units, hours, source, sample, velocity, velocity_unit) in (
            _OUTCOMES.items()
        )
    ]


def _estimates(months: Sequence[SampleMonth], ledger: Mapping[str, Any]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for month in months:
        for tenant, kinds in ledger["months"][month.period]["by_tenant"].items():
            if tenant.startswith("("):
                continue
            day = Decimal(kinds.get("usage", "0")) * _ESTIMATE_DRIFT / month.days
            rows += [
                {
                    "usage_date": month.start + timedelta(days=number),
                    "tenant": tenant,
                    "estimated_usd": day.quantize(Decimal("1E-10")),
                    "source": "sample",
                }
                for number in range(month.days)
            ]
    return rows


def _invoices(ledger: Mapping[str, Any]) -> list[dict[str, object]]:
    return [
        {
            "invoice_id": invoice,
            "amount_usd": Decimal(usd).quantize(Decimal("0.01")),
            "source": "sample",
        }
        for month in ledger["months"].values()
        for invoice, usd in month["by_invoice"].items()
        if not invoice.startswith("(")
    ]
