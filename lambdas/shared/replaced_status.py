"""What a tenant's status says of the profiles that its aliases led to before."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from shared.ledger import month_of, read_role_items
from shared.registry_entries import ProfileEntry
from shared.replaced_callers import ReplacedCaller, replaced_callers
from shared.tenant_state import TenantState

_LOOKED_BACK: Final = timedelta(days=7)


def replaced_status(
    entries: Mapping[str, ProfileEntry],
    state: TenantState,
    callers: Mapping[str, Sequence[ReplacedCaller]] | None,
) -> list[dict[str, Any]]:
    """Return what lingers, since when, its state tag as read back, and who still calls it.

    Args:
        entries: The tenant's replaced profiles, by their keys.
        state: The kill switch's state of the tenant.
        callers: Who called each since the beginning of the month, at least of the last week; None:
            not asked, or not known.
    """
    return [
        {
            "alias": entry.alias,
            "profile_arn": entry.profile_arn,
            "model": entry.model_source,
            "replaced_at": entry.replaced_at.isoformat() if entry.replaced_at else None,
            "state": state.profiles[key].tag if key in state.profiles else None,
            "callers": None
            if callers is None
            else [asdict(each) for each in callers.get(entry.profile_id, ())],
        }
        for key, entry in sorted(entries.items())
    ]


def read_callers(
    dynamodb: Any, ledger: str, tenant: str, now: datetime
) -> dict[str, list[ReplacedCaller]]:
    """Read who called a tenant's replaced profiles in this month, and in that of a week ago.

    Args:
        dynamodb: A boto3 DynamoDB client; its errors are not caught.
        ledger: The ledger's name.
        tenant: The tenant.
        now: The clock, UTC.
    """
    months = {month_of(when): when for when in (now - _LOOKED_BACK, now)}
    return replaced_callers(
        item for when in months.values() for item in read_role_items(dynamodb, ledger, tenant, when)
    )
