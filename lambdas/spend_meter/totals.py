"""Sums of one batch on their way into the ledger: exact, rounded once per number."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from shared.ledger import alias_key, failed_key, rejected_key, role_key
from shared.rates import TokenSums, to_micro_usd
from shared.registry_entries import ProfileEntry
from shared.replaced_callers import REPLACED
from spend_meter.reading import Group
from spend_meter.rejection import Reason

_TOKEN_ATTRIBUTES: Final = (
    ("in", "input"),
    ("out", "output"),
    ("cr", "cache_read"),
    ("cw5", "cache_write_5m"),
    ("cw1", "cache_write_1h"),
    ("cwu", "cache_write_untold"),
)


class LedgerUpdate(NamedTuple):
    """What is added to one item of the ledger."""

    pk: str
    sk: str
    added: dict[str, int]


class Totals:
    """The sums of a batch's calls by ledger item."""

    def __init__(self) -> None:
        self._counts: defaultdict[tuple[str, str], defaultdict[str, int]]
        self._counts = defaultdict(lambda: defaultdict(int))
        self._atoms: defaultdict[tuple[str, str, str], int] = defaultdict(int)

    def add_calls(
        self, profile: ProfileEntry, group: Group, calls: int, tokens: TokenSums, atoms: int
    ) -> None:
        """Add successful calls of one group: to its alias's day, and to its role's.

        Args:
            profile: The profile they were made through.
            group: What they have in common.
            calls: How many.
            tokens: Their tokens; none for an alias that is not metered.
            atoms: What they cost (see `shared.rates`).
        """
        day, hour = date.fromisoformat(group.hour[:10]), group.hour[11:]
        alias = self._item(alias_key(profile.tenant, profile.alias, day))
        role = self._item(role_key(profile.tenant, group.role, day))
        self._counts[alias][f"n{hour}"] += calls
        self._counts[role]["calls"] += calls
        if profile.replaced_at is not None:
            self._counts[role][f"{REPLACED}{profile.profile_id}"] += calls
        for attribute, kind in _TOKEN_ATTRIBUTES:
            self._counts[alias][attribute] += getattr(tokens, kind)
        self._atoms[(*alias, f"h{hour}")] += atoms
        self._atoms[(*role, "usd")] += atoms

    def add_failed_call(self, profile: ProfileEntry | None, group: Group) -> None:
        """Count a call that failed and cost nothing."""
        day = date.fromisoformat(group.hour[:10])
        key = alias_key(profile.tenant, profile.alias, day) if profile else failed_key(day)
        self._counts[self._item(key)]["errors"] += 1

    def add_rejected(self, reason: Reason, records: int, day: date) -> None:
        """Count records that were refused, by the day of their arrival."""
        self._counts[self._item(rejected_key(day, reason))]["records"] += records

    def updates(self) -> Sequence[LedgerUpdate]:
        """Return what is to be added, in the order of the items' keys; money in micro-USD."""
        added = {item: {k: v for k, v in c.items() if v} for item, c in self._counts.items()}
        for (pk, sk, attribute), atoms in self._atoms.items():
            micro = to_micro_usd(atoms)
            if micro:
                added[pk, sk][attribute] = micro
        return [LedgerUpdate(*item, added[item]) for item in sorted(added)]

    @staticmethod
    def _item(key: dict[str, str]) -> tuple[str, str]:
        return key["pk"], key["sk"]
