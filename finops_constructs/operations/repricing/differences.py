"""What the ledger says against what the log says now: amounts to book, and what was left alone.

Pure. Hours are compared one by one, and one is repriced only if both count the same calls in it:
records that wait in the dead letters, or that the log has forgotten, would else be counted twice or
lost. What CloudWatch alone has counted follows the price of what was logged.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from finops_constructs._function_code import use_function_code

use_function_code()

from shared.corrections import correction_of, is_correction  # noqa: E402 - found only now
from shared.ledger import HOURS  # noqa: E402 - as above
from shared.money import MICRO, to_usd  # noqa: E402 - as above

REPRICE: Final = "reprice"
_ALIAS, _ROLE = "A", "R"
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one alias, or one role, has spent on a day: as booked so far, and as it is now.

    Attributes:
        day: The UTC day.
        alias: The alias; None: a role.
        role: The role; None: an alias.
        was_usd: The metered spend of the hours compared, earlier repricings included.
        is_usd: The same at the present prices.
    """

    day: date
    alias: str | None
    role: str | None
    was_usd: Decimal
    is_usd: Decimal

    @property
    def usd(self) -> Decimal:
        """The amount to book."""
        return self.is_usd - self.was_usd

    def amount(self) -> dict[str, str]:
        """Return it as an order to the platform takes it."""
        named = {"alias": self.alias, "role": self.role}
        return {
            "day": self.day.isoformat(),
            "usd": f"{self.usd:f}",
            **{key: name for key, name in named.items() if name is not None},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """Hours of an alias's day that were not repriced, and why."""

    day: date
    alias: str
    hours: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing one tenant's ledger with its log."""

    differences: tuple[Difference, ...]
    left_alone: tuple[LeftAlone, ...]


def compare(ledger: Iterable[Item], recomputed: Mapping[str, Item], until: datetime) -> Comparison:
    """Compare a tenant's ledger with what the meter would write now.

    Args:
        ledger: Its items by alias and by role of the days in question, as plain values.
        recomputed: What the meter makes of the log now, by sort key.
        until: Hours that begin at or after this are left out of both.
    """
    items = list(ledger)
    earlier = _earlier(items)
    differences, left = [], []
    for item in items:
        kind, day, name = item["sk"].split("#", 2)
        if is_correction(name) or kind not in (_ALIAS, _ROLE):
            continue
        on = date.fromisoformat(day)
        pair = _Pair(
            item=item,
            now=recomputed.get(item["sk"], {}),
            day=on,
            name=name,
            earlier=earlier[kind, on, name],
            until=until,
        )
        found, alone = pair.of_alias() if kind == _ALIAS else (pair.of_role(), None)
        differences += [found] if found is not None and found.usd else []
        left += [alone] if alone is not None else []
    return Comparison(
        differences=tuple(sorted(differences, key=lambda d: (d.day, d.role or "", d.alias or ""))),
        left_alone=tuple(left),
    )


def _earlier(items: Iterable[Item]) -> defaultdict[tuple[str, date, str], int]:
    """What earlier repricings booked, in micro-USD by kind, day and name."""
    booked: defaultdict[tuple[str, date, str], int] = defaultdict(int)
    for item in items:
        if is_correction(item["sk"].split("#", 2)[2]):
            each = correction_of(item)
            kind = _ALIAS if each.role is None else _ROLE
            if each.kind == REPRICE:
                booked[kind, each.day, each.role or each.alias or ""] += int(each.usd * MICRO)
    return booked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """An item of the ledger and what the meter makes of it now."""

    item: Item
    now: Item
    day: date
    name: str
    earlier: int
    until: datetime

    def of_alias(self) -> tuple[Difference | None, LeftAlone | None]:
        hours = [hour for hour in HOURS if self._begins(hour) < self.until and self._counts(hour)]
        apart = [h for h in hours if self.item.get(f"n{h}", 0) != self.now.get(f"n{h}", 0)]
        if apart and (self.earlier or apart == hours):
            return None, self._left(hours)
        same = [hour for hour in hours if hour not in apart]
        logged = sum(self.item.get(f"h{hour}", 0) for hour in same)
        now = sum(self.now.get(f"h{hour}", 0) for hour in same)
        general = Fraction(now, logged) if logged else Fraction(1)
        was = sum(self._spent(hour) for hour in same)
        is_now = sum(self._repriced(hour, general) for hour in same)
        return self._difference(was, is_now), self._left(apart) if apart else None

    def of_role(self) -> Difference | None:
        """A role's item has no hours: whole days are repriced, of which all calls are known."""
        calls = self.item.get("calls", 0)
        if self._begins(HOURS[-1]) >= self.until or calls != self.now.get("calls", 0):
            return None
        was, now = self.item.get("usd", 0), self.now.get("usd", 0)
        return self._difference(was, was if _is_rounding(was, now, calls) else now, role=True)

    def _difference(self, was: int, is_now: int, *, role: bool = False) -> Difference:
        return Difference(
            day=self.day,
            alias=None if role else self.name,
            role=self.name if role else None,
            was_usd=to_usd(was + self.earlier),
            is_usd=to_usd(is_now),
        )

    def _left(self, hours: list[str]) -> LeftAlone:
        booked = sum(self.item.get(f"n{hour}", 0) for hour in hours)
        logged = sum(self.now.get(f"n{hour}", 0) for hour in hours)
        why = f"the ledger counts {booked:,} calls, the log {logged:,} that can be priced"
        return LeftAlone(day=self.day, alias=self.name, hours=tuple(hours), why=why)

    def _repriced(self, hour: str, general: Fraction) -> int:
        """The hour's spend now; what only CloudWatch knows follows the price of what was logged."""
        before, after = self.item.get(f"h{hour}", 0), self.now.get(f"h{hour}", 0)
        if _is_rounding(before, after, self.item.get(f"n{hour}", 0)):
            after = before
        ratio = Fraction(after, before) if before else general
        return int(max(after, round(self.item.get(f"w{hour}", 0) * ratio)))

    def _counts(self, hour: str) -> bool:
        return bool(self._spent(hour) or self.item.get(f"n{hour}"))

    def _spent(self, hour: str) -> int:
        return int(max(self.item.get(f"h{hour}", 0), self.item.get(f"w{hour}", 0)))

    def _begins(self, hour: str) -> datetime:
        return datetime.fromisoformat(f"{self.day.isoformat()}T{hour}:00:00+00:00")


def _is_rounding(before: int, after: int, calls: int) -> bool:
    """Each batch of the meter was rounded by itself, to half a micro-USD at most."""
    return abs(before - after) <= calls // 2 + 1
