"""Corrections of the ledger: signed amounts that a person booked, beside what was metered.

Each is an item of its own among those of its day, so that whoever reads a month reads them, and
the metered figures stay as they are. A correction of what a role spent concerns no total.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from shared.money import MICRO, to_usd

MARK: Final = "#"
"""Begins the last part of a correction's sort key; no alias and no role begins so."""
Kind = Literal["adjust", "reprice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A signed amount.

    Attributes:
        kind: `adjust`, an amount that a person gave; `reprice`, recomputed from the log.
        day: The UTC day it is of.
        usd: The amount; negative: less was spent than the ledger says.
        at: When it was booked.
        actor: Who booked it.
        reason: Why.
        alias: Whose spend it corrects; None: the tenant's, or a role's.
        role: The role whose share it corrects; None: an alias's or the tenant's spend.
    """

    kind: Kind
    day: date
    usd: Decimal
    at: datetime
    actor: str
    reason: str
    alias: str | None = None
    role: str | None = None

    def item(self, tenant: str, name: str) -> dict[str, Any]:
        """Return the item of the low-level client; `name` tells it from others of its day."""
        prefix = "A#" if self.role is None else "R#"
        texts = {
            "pk": tenant,
            "sk": f"{prefix}{self.day.isoformat()}#{MARK}{name}",
            "kind": self.kind,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "reason": self.reason,
            "alias": self.alias,
            "role": self.role,
        }
        whole = int(self.usd * MICRO)
        return {
            **{key: {"S": text} for key, text in texts.items() if text is not None},
            "usd": {"N": str(whole)},
        }


def is_correction(name: str) -> bool:
    """Return whether the last part of an item's sort key is a correction's."""
    return name.startswith(MARK)


def correction_of(item: Mapping[str, Any]) -> Correction:
    """Return a correction from its item as plain values."""
    return Correction(
        kind=item["kind"],
        day=date.fromisoformat(item["sk"].split("#")[1]),
        usd=to_usd(int(item["usd"])),
        at=datetime.fromisoformat(item["at"]),
        actor=item["actor"],
        reason=item["reason"],
        alias=item.get("alias"),
        role=item.get("role"),
    )


def together(corrections: Iterable[Correction]) -> list[dict[str, str]]:
    """Return corrections as a status tells them: what was booked at once is one line."""
    booked: dict[tuple[datetime, str, str, str], Decimal] = {}
    for each in corrections:
        key = (each.at, each.kind, each.actor, each.reason)
        usd = each.usd if each.role is None else Decimal(0)
        booked[key] = booked.get(key, Decimal(0)) + usd
    return [
        {
            "kind": kind,
            "usd": str(usd),
            "at": at.isoformat(),
            "actor": actor,
            "reason": reason,
        }
        for (at, kind, actor, reason), usd in sorted(booked.items())
    ]
