"""What to do about cost allocation tags, from what Cost Explorer says of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

ACTIVE: Final = "Active"
KEYS_PER_CALL: Final = 20
"""UpdateCostAllocationTagsStatus takes no more (botocore 1.43)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do now.

    Attributes:
        activate: Keys that AWS has seen and that are not active.
        waiting: Keys that AWS has not seen on a resource yet, which takes up to a day.
        backfill: Whether to ask AWS to fill the tags in from the wanted day on.
    """

    activate: tuple[str, ...]
    waiting: tuple[str, ...]
    backfill: bool


def plan(
    wanted: Sequence[str],
    listed: Iterable[Mapping[str, Any]],
    backfills: Iterable[Mapping[str, Any]],
    *,
    backfill_from: date | None,
) -> Plan:
    """Return what to do.

    Args:
        wanted: The keys that reports are made by.
        listed: As `ListCostAllocationTags` answers.
        backfills: As `ListCostAllocationTagBackfillHistory` answers.
        backfill_from: First day from which tags are to be filled in; None: from now on only.
    """
    status = {tag["TagKey"]: tag["Status"] for tag in listed}
    activate = tuple(key for key in wanted if key in status and status[key] != ACTIVE)
    waiting = tuple(key for key in wanted if key not in status)
    all_active = not activate and not waiting
    covered = backfill_from is not None and any(
        _day(each["BackfillFrom"]) <= backfill_from and each.get("BackfillStatus") != "FAILED"
        for each in backfills
    )
    return Plan(
        activate=activate,
        waiting=waiting,
        backfill=all_active and backfill_from is not None and not covered,
    )


def inactive_since(before: Mapping[str, str], still: Iterable[str], today: date) -> dict[str, str]:
    """Return key -> first day it was wanted and not active, for those that still are not."""
    return {key: before.get(key, today.isoformat()) for key in sorted(still)}


def longest_days(since: Mapping[str, str], today: date) -> int:
    """Return for how many days the oldest of them has been waiting; 0 if none is."""
    return max(((today - date.fromisoformat(day)).days for day in since.values()), default=0)


def calls(keys: Sequence[str]) -> list[Sequence[str]]:
    """Return keys in portions that one call takes."""
    return [keys[place : place + KEYS_PER_CALL] for place in range(0, len(keys), KEYS_PER_CALL)]


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
