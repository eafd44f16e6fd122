"""Chargeback statements: one per cost centre and month, never changed, corrected by true-ups. Pure.

What was charged to a cost centre for a month is its statement of that month and the true-ups about
that month in later ones; together they are always what the bill said at the time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.cost_data.errors import CostDataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

NO_CENTRE: Final = "(none)"
CHARGE: Final = "charge"
TRUE_UP: Final = "true-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount.

    Attributes:
        kind: `charge` for the statement's own month, `true-up` for an earlier one.
        month: The month it is about.
        tenant: Whose use it is.
        gl_code: Ledger account.
        entity: Legal entity.
        owner: Who answers for the tenant.
        charge_usd: USD in whole cents; may be negative.
    """

    kind: str
    month: str
    tenant: str
    gl_code: str | None
    entity: str | None
    owner: str | None
    charge_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as it is issued.

    Attributes:
        number: Unique for ever: `CB-<month>-<nnn>`.
        month: The month it charges.
        cost_centre: Who is charged; `(none)` where the books do not say.
        issued_on: The day, UTC.
        basis: `provisional` or `final`: whether AWS may still restate the month.
        allocation_rule: How cost that belongs to nobody was spread.
        lines: The month's charges, then true-ups.
    """

    number: str
    month: str
    cost_centre: str
    issued_on: date
    basis: str
    allocation_rule: str
    lines: tuple[Line, ...]

    @property
    def total_usd(self) -> Decimal:
        """USD in whole cents."""
        return sum((line.charge_usd for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What the bill says now about a month.

    Attributes:
        month: The month.
        status: `open`, `provisional` or `final`.
        allocation_rule: As the view says it.
        rows: Rows of `chargeback_statement`.
    """

    month: str
    status: str
    allocation_rule: str
    rows: tuple[Mapping[str, Any], ...]

    def by_place(self) -> dict[tuple[str, str], Line]:
        """Return (cost centre, tenant) -> line."""
        lines: dict[tuple[str, str], Line] = {}
        for row in self.rows:
            place = (row["cost_centre"] or NO_CENTRE, row["tenant"])
            before = lines[place].charge_usd if place in lines else Decimal(0)
            lines[place] = Line(
                kind=CHARGE,
                month=self.month,
                tenant=row["tenant"],
                gl_code=row["gl_code"],
                entity=row["entity"],
                owner=row["owner"],
                charge_usd=before + row["charge_usd"],
            )
        return lines


def month_charges(month: str, rows: Iterable[Mapping[str, Any]]) -> Charges:
    """Return what `chargeback_statement` says about a month.

    Raises:
        CostDataError: If it says nothing.
    """
    own = tuple(row for row in rows if row["billing_period"] == month)
    if not own:
        raise CostDataError(f"{month} has nothing to charge")
    return Charges(
        month=month,
        status=str(own[0]["status"]),
        allocation_rule=str(own[0]["allocation_rule"]),
        rows=own,
    )


def plan_statements(
    now: Charges, earlier: Sequence[Charges], issued: Sequence[Statement], *, issued_on: date
) -> list[Statement]:
    """Return the statements to issue for a month.

    Args:
        now: The month to charge.
        earlier: What the bill says now about months that were charged before.
        issued: Every statement there is.
        issued_on: The day, UTC.

    Raises:
        CostDataError: If the month is not over, was charged already, or is before one that was.
    """
    _check(now, issued)
    lines: dict[str, list[Line]] = defaultdict(list)
    for (centre, _), line in sorted(now.by_place().items()):
        lines[centre].append(line)
    charged = charged_so_far(issued)
    for charges in sorted(earlier, key=lambda each: each.month):
        for centre, line in true_ups(charges, charged):
            lines[centre].append(line)
    return [
        Statement(
            number=f"CB-{now.month}-{place:03}",
            month=now.month,
            cost_centre=centre,
            issued_on=issued_on,
            basis=now.status,
            allocation_rule=now.allocation_rule,
            lines=tuple(lines[centre]),
        )
        for place, centre in enumerate(sorted(lines), 1)
    ]


def true_ups(
    charges: Charges, charged: Mapping[tuple[str, str, str], Decimal]
) -> list[tuple[str, Line]]:
    """Return (cost centre, line) for what a month's bill says otherwise than was charged.

    Args:
        charges: What the bill says now.
        charged: (month, cost centre, tenant) -> what was charged so far.
    """
    wanted = charges.by_place()
    before = {key[1:] for key in charged if key[0] == charges.month}
    found = []
    for centre, tenant in sorted(wanted.keys() | before):
        line = wanted.get((centre, tenant))
        due = line.charge_usd if line else Decimal(0)
        missing = due - charged.get((charges.month, centre, tenant), Decimal(0))
        if missing:
            found.append(
                (
                    centre,
                    Line(
                        kind=TRUE_UP,
                        month=charges.month,
                        tenant=tenant,
                        gl_code=line.gl_code if line else None,
                        entity=line.entity if line else None,
                        owner=line.owner if line else None,
                        charge_usd=missing,
                    ),
                )
            )
    return found


def charged_so_far(issued: Iterable[Statement]) -> dict[tuple[str, str, str], Decimal]:
    """Return (month, cost centre, tenant) -> what all statements charged."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for statement in issued:
        for line in statement.lines:
            sums[line.month, statement.cost_centre, line.tenant] += line.charge_usd
    return dict(sums)


def _check(now: Charges, issued: Sequence[Statement]) -> None:
    if now.status == "open":
        raise CostDataError(f"{now.month} is not over: a statement charges whole months")
    months = sorted({statement.month for statement in issued})
    if now.month in months:
        numbers = ", ".join(s.number for s in issued if s.month == now.month)
        raise CostDataError(
            f"{now.month} was charged already ({numbers}); statements never change: what AWS has"
            " restated since comes as a true-up in the next month's"
        )
    if months and now.month < months[-1]:
        raise CostDataError(
            f"{now.month} is before {months[-1]}, which was charged already: statements go forward"
        )
