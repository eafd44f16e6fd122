"""What the owners of tenants are told of the statements that charge them. Pure.

Each is told of its own lines only: a cost centre may have other tenants.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from finops_constructs.report.statements import Statement
from shared.platform_bus import Target

DETAIL_TYPE: Final = "finops.statement-issued"
COLUMNS: Final = ("tenant", "account_id", "region")
"""What tells where a tenant lives."""


def places_of(
    rows: Iterable[Mapping[str, Any]], targets: Sequence[Target]
) -> dict[str, list[Target]]:
    """Return tenant -> the platforms in which it was used, by account and Region.

    Args:
        rows: Metered usage by `COLUMNS`; lines of nobody are left out.
        targets: The platforms.
    """
    known = set(targets)
    found: dict[str, set[Target]] = {}
    for row in rows:
        here = Target(account=row["account_id"] or "", region=row["region"] or "")
        if row["tenant"] is not None and here in known:
            found.setdefault(row["tenant"], set()).add(here)
    return {
        tenant: sorted(places, key=lambda each: (each.account, each.region))
        for tenant, places in found.items()
    }


def told_owners(
    statements: Iterable[Statement], places: Mapping[str, Sequence[Target]], page: Mapping[str, str]
) -> dict[Target, list[dict[str, Any]]]:
    """Return platform -> details of events, one a tenant and statement.

    Args:
        statements: Of one month.
        places: Where each tenant lives.
        page: Where the pages are: `bucket`, `region` and `prefix`.
    """
    events: dict[Target, list[dict[str, Any]]] = {}
    for statement in statements:
        for tenant in sorted({line.tenant for line in statement.lines}):
            detail = _detail(statement, tenant, page)
            for target in places.get(tenant, ()):
                events.setdefault(target, []).append(detail)
    return events


def _detail(statement: Statement, tenant: str, page: Mapping[str, str]) -> dict[str, Any]:
    own = [line for line in statement.lines if line.tenant == tenant]
    owners = sorted({line.owner for line in own if line.owner})
    return {
        "tenant": tenant,
        "number": statement.number,
        "month": statement.month,
        "cost_centre": statement.cost_centre,
        "basis": statement.basis,
        "owner": ", ".join(owners) or None,
        "usd": str(sum((line.charge_usd for line in own), Decimal("0.00"))),
        "lines": [
            {"kind": line.kind, "month": line.month, "usd": str(line.charge_usd)} for line in own
        ],
        **page,
    }
