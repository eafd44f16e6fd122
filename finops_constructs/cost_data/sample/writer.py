"""Writes a sample export: folders as AWS delivers them, and the ledger of what is in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.optional_duckdb import connect
from finops_constructs.cost_data.sample.extras import Extra, extra_lines
from finops_constructs.cost_data.sample.ledger import TRUTH_COLUMNS, LedgerLine, month_ledger
from finops_constructs.cost_data.sample.rows import (
    EXACT_COST,
    PAYER,
    SampleMonth,
    export_columns,
    load_rows,
    metered_lines,
    prepare,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb

ROWS_PER_FILE: Final = 1_000_000
LEDGER_FILE: Final = "ledger.json"
_EXPORT_NAME: Final = "finops-sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was written.

    Attributes:
        folder: Where.
        ledger: The content of `ledger.json`.
        files: The export's files.
    """

    folder: Path
    ledger: dict[str, Any]
    files: list[Path] = field(default_factory=list)


def plan_months(
    *, last: date, months: int, rows: int, history_rows: int | None = None
) -> list[SampleMonth]:
    """Return the months of a sample: complete ones, a restated one, then the open one.

    Args:
        last: The day after the last one with data; its month is the last one and open.
        months: How many, the open one included.
        rows: Metered lines of the last month.
        history_rows: Metered lines of each earlier month. Default: as many.
    """
    start = (last - timedelta(days=1)).replace(day=1)
    starts = [start]
    while len(starts) < months:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    return [
        SampleMonth(
            start=each,
            rows=rows if each == start else rows if history_rows is None else history_rows,
            index=index,
            through=last if each == start else None,
            open=each == start,
            restated=index == months - 2,
        )
        for index, each in enumerate(reversed(starts))
    ]


def write_sample(
    folder: Path,
    months: Sequence[SampleMonth],
    *,
    seed: int = 1,
    restatement: bool = True,
    progress: Callable[[str, int], None] = lambda _period, _rows: None,
) -> Sample:
    """Write an export and its ledger into a folder.

    The same arguments write the same bytes. Existing periods are overwritten, as AWS does.

    Args:
        folder: Becomes `data/BILLING_PERIOD=YYYY-MM/*.parquet` and `ledger.json`.
        months: What to write.
        seed: Another one gives other numbers.
        restatement: False: the restated month as it was before late lines arrived.
        progress: Called with the period and the rows written since the call before.

    Raises:
        OSError: If the folder cannot be written.
        CostDataError: If DuckDB is not installed.
    """
    connection = connect()
    sample = Sample(folder=folder, ledger={"seed": seed, "currency": "USD", "months": {}})
    for month in months:
        target = folder / "data" / f"BILLING_PERIOD={month.period}"
        target.mkdir(parents=True, exist_ok=True)
        for old in target.glob("*.parquet"):
            old.unlink()
        prepare(connection, month)
        lines, extras = _true_lines(connection, month, seed, restatement=restatement)
        sample.files.extend(
            _write_month(connection, month, seed, target=target, extras=extras, progress=progress)
        )
        late = sum((e.usd for e in extras if "after the month" in e.description), Decimal(0))
        sample.ledger["months"][month.period] = month_ledger(lines, restatement_usd=late)
    text = json.dumps(sample.ledger, indent=1, sort_keys=True) + "\n"
    (folder / LEDGER_FILE).write_text(text, encoding="utf-8")
    return sample


def _true_lines(
    connection: duckdb.DuckDBPyConnection, month: SampleMonth, seed: int, *, restatement: bool
) -> tuple[list[LedgerLine], list[Extra]]:
    names = [name.strip() for name in TRUTH_COLUMNS.split(",")]
    found = connection.execute(
        f"SELECT {TRUTH_COLUMNS}, count(*), sum({EXACT_COST}),"
        " CAST(sum(metered) AS BIGINT)"
        f" FROM ({metered_lines(month, seed, 0, month.rows)}) GROUP BY ALL"
    ).fetchall()
    lines: list[LedgerLine] = []
    usage: dict[tuple[str, str | None, str | None], Decimal] = {}
    for row in found:
        truth = dict(zip(names, row, strict=False))
        *_, count, usd, metered = row
        key = (truth["t_service"], truth["t_tenant"], truth["t_model"])
        usage[key] = usage.get(key, Decimal(0)) + usd
        lines.append(
            LedgerLine(
                service=truth["t_service"],
                tenant=truth["t_tenant"],
                model=truth["t_model"],
                token_kind=truth["t_kind"],
                route=truth["t_route"],
                tier=truth["t_tier"],
                reach=truth["t_reach"],
                broad=truth["t_broad"],
                invoice=month.invoice(truth["entity"]),
                account=truth["account_id"],
                principal=truth["principal"],
                lines=count,
                usd=usd,
                metered=metered if truth["t_kind"] != "none" else 0,
            )
        )
    extras = extra_lines(month, usage, restatement=restatement)
    return [*lines, *(_extra_truth(month, extra) for extra in extras)], extras


def _extra_truth(month: SampleMonth, extra: Extra) -> LedgerLine:
    return LedgerLine(
        service=extra.t_service,
        tenant=extra.t_tenant,
        model=extra.t_model,
        token_kind=extra.t_kind,
        route=extra.t_route,
        invoice=month.invoice(extra.entity),
        account=extra.account_id,
        principal=extra.principal.rsplit("/", 1)[0] if extra.principal else None,
        charge_kind=extra.charge_kind,
        usd=extra.usd,
        metered=extra.t_metered,
    )


def _write_month(
    connection: duckdb.DuckDBPyConnection,
    month: SampleMonth,
    seed: int,
    *,
    target: Path,
    extras: Sequence[Extra],
    progress: Callable[[str, int], None],
) -> list[Path]:
    files: list[Path] = []
    for first in range(0, month.rows, ROWS_PER_FILE):
        last = min(month.rows, first + ROWS_PER_FILE)
        lines = metered_lines(month, seed, first, last)
        file = target / f"{_EXPORT_NAME}-{len(files) + 1:05d}.snappy.parquet"
        _copy(connection, f"SELECT {export_columns(month)} FROM ({lines})", file)
        files.append(file)
        progress(month.period, last - first)
    file = target / f"{_EXPORT_NAME}-{len(files) + 1:05d}.snappy.parquet"
    rows = [_extra_row(month, extra, number) for number, extra in enumerate(extras)]
    types = {column.name: column.duckdb_type for column in CUR_COLUMNS}
    load_rows(connection, "extra_line", rows, types)
    _copy(connection, "SELECT * FROM extra_line", file)
    return [*files, file]


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    place = str(file).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet, COMPRESSION snappy)")


def _extra_row(month: SampleMonth, extra: Extra, number: int) -> dict[str, Any]:
    marketplace = extra.entity == "AWS Marketplace"
    return {
        "bill_bill_type": extra.bill_type,
        "bill_billing_entity": extra.entity,
        "bill_billing_period_end_date": month.end,
        "bill_billing_period_start_date": month.start,
        "bill_invoice_id": month.invoice(extra.entity),
        "bill_invoicing_entity": "AWS Marketplace EMEA"
        if marketplace
        else "Amazon Web Services EMEA SARL",
        "bill_payer_account_id": PAYER,
        "bill_payer_account_name": "payer",
        "identity_line_item_id": f"extra-{month.period}-{number}",
        "line_item_currency_code": "USD",
        "line_item_iam_principal": extra.principal,
        "line_item_line_item_description": extra.description,
        "line_item_line_item_type": extra.type,
        "line_item_product_code": extra.product_code,
        "line_item_resource_id": extra.resource_id,
        "line_item_tax_type": "VAT" if extra.charge_kind == "tax" else None,
        "line_item_unblended_cost": float(extra.usd),
        "line_item_usage_account_id": extra.account_id,
        "line_item_usage_account_name": extra.account_name,
        "line_item_usage_amount": float(extra.amount),
        "line_item_usage_end_date": month.start + timedelta(days=1),
        "line_item_usage_start_date": month.start,
        "line_item_usage_type": extra.usage_type,
        "pricing_unit": extra.unit,
        "product": extra.product,
        "product_product_family": extra.family,
        "product_region_code": extra.region,
        "resource_tags": extra.tags,
    }
