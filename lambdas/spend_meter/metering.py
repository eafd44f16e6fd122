"""The meter without its surroundings: log events in, ledger updates and refused records out.

Pure: the same events, registry and clock give the same result, in the function and in a replay.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from spend_meter.delivery import LogEvents, parse_messages
from spend_meter.pricing import Pricing
from spend_meter.reading import ProfileOf, read_records
from spend_meter.rejection import Reason
from spend_meter.totals import LedgerUpdate, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """What one batch comes to.

    Attributes:
        updates: What is to be added to the ledger, in the order of the items' keys.
        rejected: Positions of refused records by reason, both ascending.
        records: How many records were metered, failed calls included.
    """

    updates: Sequence[LedgerUpdate]
    rejected: Mapping[Reason, Sequence[int]]
    records: int

    @property
    def rejected_records(self) -> int:
        """How many records were refused."""
        return sum(map(len, self.rejected.values()))


def meter(
    events: LogEvents, *, profile_of: ProfileOf, now: datetime, count_rejected: bool = True
) -> Metered:
    """Read, price and sum up one batch.

    Args:
        events: The log events.
        profile_of: Finds the profile of a record's `modelId`; None where there is none.
        now: The moment.
        count_rejected: Whether the ledger counts refused records; False for a replay of dead
            letters, which were counted when they first came.
    """
    reading = read_records(parse_messages(events.messages), profile_of=profile_of, now=now)
    totals = Pricing(profile_of, reading).totals()
    rejected = {reason: sorted(reading.rejected[reason]) for reason in sorted(reading.rejected)}
    records = len(events.ids) - sum(map(len, rejected.values()))
    return _metered(totals, rejected, records, now, count_rejected)


def meter_unopened(reason: Reason, *, now: datetime, count_rejected: bool = True) -> Metered:
    """Return what a delivery comes to that cannot even be opened: one refused record."""
    return _metered(Totals(), {reason: [0]}, 0, now, count_rejected)


def _metered(
    totals: Totals,
    rejected: Mapping[Reason, Sequence[int]],
    records: int,
    now: datetime,
    count_rejected: bool,  # noqa: FBT001 - passed on by position, two lines above
) -> Metered:
    if count_rejected:
        for reason, positions in rejected.items():
            totals.add_rejected(reason, len(positions), now.astimezone(UTC).date())
    return Metered(updates=totals.updates(), rejected=rejected, records=records)
