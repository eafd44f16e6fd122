"""The plan of a batch: what will be written and refused, decided once for every retry.

A batch with refused records, or of more than one transaction, is not written in one step. Between
its steps the registry or a price may change; a retry that decided anew would lose records or count
them twice. So the decision is stored before the first step.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Final

from spend_meter.metering import Metered
from spend_meter.rejection import Reason
from spend_meter.totals import LedgerUpdate

UPDATES_PER_TRANSACTION: Final = 90
"""DynamoDB takes 100 items in a transaction; one of ours is the marker."""


def needs_plan(metered: Metered) -> bool:
    """Whether the batch cannot be written in one step."""
    return bool(metered.rejected) or len(metered.updates) > UPDATES_PER_TRANSACTION


def encode_plan(metered: Metered) -> bytes:
    """Return the plan as it is stored; equal results give equal bytes."""
    plan = {
        "updates": metered.updates,
        "rejected": metered.rejected,
        "records": metered.records,
    }
    return gzip.compress(json.dumps(plan, separators=(",", ":")).encode(), mtime=0)


def decode_plan(stored: bytes) -> Metered:
    """Return what `encode_plan` stored."""
    plan = json.loads(gzip.decompress(stored))
    return Metered(
        updates=[LedgerUpdate(*update) for update in plan["updates"]],
        rejected={Reason(reason): at for reason, at in plan["rejected"].items()},
        records=plan["records"],
    )


def transactions(updates: Sequence[LedgerUpdate]) -> Iterator[Sequence[LedgerUpdate]]:
    """Yield the updates of each transaction in turn; one without updates if there are none."""
    for start in range(0, max(1, len(updates)), UPDATES_PER_TRANSACTION):
        yield updates[start : start + UPDATES_PER_TRANSACTION]
