"""The small tables beside the bill: what they hold, and that they may be empty.

In a folder source each is `inputs/<table>/*.parquet` or `.csv`; on Athena a table of this name in
the same database. Nothing is made up for a table that is not there: views say what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class SideColumn:
    """A column of a side table.

    Attributes:
        name: Its name.
        type: As Athena spells it.
        meaning: Unit and meaning.
        required: Whether every row must have it.
    """

    name: str
    type: str
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class SideTable:
    """A small table that people or other parts of the library fill.

    Attributes:
        name: Its name.
        purpose: What it is for and who fills it.
        columns: In order.
    """

    name: str
    purpose: str
    columns: tuple[SideColumn, ...]


_TABLES: Final = (
    SideTable(
        "outcomes",
        "Business results, by `finops outcomes import`; ROI and unit cost come from these only.",
        (
            SideColumn("outcome_date", "date", "the day it counts for", required=True),
            SideColumn("source", "varchar", "measured | survey | estimate", required=True),
            SideColumn("sample_size", "bigint", "how many were measured or asked"),
            SideColumn("tenant", "varchar", "as in showback", required=True),
            SideColumn("project", "varchar", "optional, for people"),
            SideColumn("unit_of_work", "varchar", "such as article, pull request", required=True),
            SideColumn("units", "decimal(18,4)", "how many"),
            SideColumn("hours_saved", "decimal(18,4)", "hours"),
            SideColumn("hourly_rate_usd", "decimal(18,4)", "USD an hour, fully loaded"),
            SideColumn("velocity", "decimal(18,4)", "such as issues closed"),
            SideColumn("velocity_unit", "varchar", "what velocity counts"),
        ),
    ),
    SideTable(
        "budgets",
        "Monthly limits, from the tenants' YAML; each holds until the next one of its tenant.",
        (
            SideColumn("tenant", "varchar", "as in showback", required=True),
            SideColumn("valid_from", "date", "first day", required=True),
            SideColumn("monthly_limit_usd", "decimal(18,2)", "USD a month", required=True),
        ),
    ),
    SideTable(
        "dimensions",
        "Where a tenant stands in the books, by `finops dimensions import`; from a day on.",
        (
            SideColumn("tenant", "varchar", "as in showback", required=True),
            SideColumn("valid_from", "date", "first day", required=True),
            SideColumn("cost_centre", "varchar", "wins over the tag"),
            SideColumn("gl_code", "varchar", "general ledger account"),
            SideColumn("entity", "varchar", "legal entity"),
            SideColumn("owner", "varchar", "whom to send the statement to"),
        ),
    ),
    SideTable(
        "prices",
        "List prices for what_if: the price list that `finops prices` shows.",
        (
            SideColumn("model_id", "varchar", "without scope prefix", required=True),
            SideColumn("model_name", "varchar", "as AWS names it on the bill"),
            SideColumn("scope", "varchar", "regional | eu | us | global | ...", required=True),
            SideColumn("region", "varchar", "NULL: every Region of the scope"),
            SideColumn("input_usd_per_1m", "decimal(14,6)", "USD per 1M tokens"),
            SideColumn("output_usd_per_1m", "decimal(14,6)", "USD per 1M tokens"),
            SideColumn("cache_read_usd_per_1m", "decimal(14,6)", "USD per 1M tokens"),
            SideColumn("cache_write_5m_usd_per_1m", "decimal(14,6)", "USD per 1M tokens"),
            SideColumn("cache_write_1h_usd_per_1m", "decimal(14,6)", "USD per 1M tokens"),
            SideColumn("source", "varchar", "where the price is from"),
            SideColumn("as_of", "date", "the day it stood there"),
        ),
    ),
    SideTable(
        "estimates",
        "What the spend meters reckoned, written from their ledgers every day as CSV.",
        (
            SideColumn("usage_date", "date", "UTC", required=True),
            SideColumn("tenant", "varchar", "as in showback", required=True),
            SideColumn("alias", "varchar", "the profile's; NULL: booked for the whole tenant"),
            SideColumn("estimated_usd", "decimal(28,10)", "USD", required=True),
            SideColumn("source", "varchar", "account/Region of the ledger"),
        ),
    ),
    SideTable(
        "broad_values",
        "Tag values too broad to allocate by: the built-in list and the organisation's own.",
        (SideColumn("value", "varchar", "compared without case", required=True),),
    ),
    SideTable(
        "invoices",
        "Amounts on AWS's invoices, recorded by finance, to tie the bill to.",
        (
            SideColumn("invoice_id", "varchar", "as on the bill", required=True),
            SideColumn("amount_usd", "decimal(18,2)", "USD", required=True),
            SideColumn("source", "varchar", "who recorded it"),
        ),
    ),
)

BUDGETS_SINCE: Final = "2023-01-01"
"""Limits in YAML have no date: they are taken to have held for as long as there is a bill."""

SIDE_TABLES: Final[Mapping[str, SideTable]] = {table.name: table for table in _TABLES}
"""Name -> table."""
