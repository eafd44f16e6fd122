"""Issues a month's chargeback statements from what the bill says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.statement_files import read_statements, write_statements
from finops_constructs.report.statements import Charges, Statement, month_charges, plan_statements

if TYPE_CHECKING:
    from datetime import date

    from finops_constructs.cost_data.engine import Engine
    from finops_constructs.report.statement_store import StatementStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What was issued.

    Attributes:
        statements: The month's statements.
        places: Where their JSON is.
        unread: Months charged before that the source no longer has: no true-up for them.
    """

    statements: list[Statement]
    places: list[str]
    unread: list[str]


def issue_statements(
    engine: Engine, store: StatementStore, *, month: str, issued_on: date, organization: str
) -> Issued:
    """Issue the statements of a month that is over, with true-ups of those charged before.

    Args:
        engine: The bill.
        store: Where all statements are.
        month: The month, `YYYY-MM`.
        issued_on: The day, UTC.
        organization: Whose statements they are.

    Raises:
        CostDataError: If the month cannot be charged; see `plan_statements`.
    """
    there = engine.months()
    if month not in there:
        raise CostDataError(f"there is no data for {month}: the source has {', '.join(there)}")
    issued, before = read_statements(store)
    charged = sorted({statement.month for statement in issued})
    earlier = [each for each in charged if each in there and each != month]
    statements = plan_statements(
        _charges(engine, month),
        [_charges(engine, each) for each in earlier],
        issued,
        issued_on=issued_on,
    )
    places = write_statements(store, statements, before=before, organization=organization)
    return Issued(
        statements=statements,
        places=places,
        unread=[each for each in charged if each not in there],
    )


def _charges(engine: Engine, month: str) -> Charges:
    return month_charges(month, engine.view("chargeback_statement", months=[month]).records())
