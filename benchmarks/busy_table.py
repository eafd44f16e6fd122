"""A ledger table whose transactions take time and refuse each other, as DynamoDB's do."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from shared.registry import Registry
from shared.registry_cache import RegistryCache
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.month_to_date import MonthToDate
from spend_meter.queues import Queues
from spend_meter.service import SpendMeter
from tests.lambdas.invocations import NOW
from tests.lambdas.ledger_table import LedgerTable, client_error

_TRANSACTION_SECONDS = 0.015
"""About what a TransactWriteItems of 26 items takes (stated, not measured here)."""


class BusyTable(LedgerTable):
    """Refuses a transaction that touches an item of one under way.

    Attributes:
        conflicts: How many transactions were refused.
        wasted_units: WCU of those, which DynamoDB charges too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.conflicts = 0
        self.wasted_units = 0
        self._under_way: set[tuple[str, str]] = set()
        self._gate = threading.Lock()

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        """Write as the table does, after a while, if nobody else is at the same items."""
        keys = {_key(action) for action in TransactItems}
        with self._gate:
            if keys & self._under_way:
                self.conflicts += 1
                self.wasted_units += 2 * len(keys)
                raise client_error(
                    "TransactionCanceledException",
                    CancellationReasons=[
                        {
                            "Code": "TransactionConflict"
                            if _key(action) in self._under_way
                            else "None"
                        }
                        for action in TransactItems
                    ],
                )
            self._under_way |= keys
        try:
            time.sleep(_TRANSACTION_SECONDS)
            super().transact_write_items(TransactItems=TransactItems)
        finally:
            with self._gate:
                self._under_way -= keys


def deliver_at_once(table: BusyTable, registry: Registry, deliveries: Sequence[str]) -> float:
    """Meter each delivery in a container of its own, all at the same moment.

    Returns:
        Seconds until the last was written.
    """
    meters = [warm_meter(table, registry) for _ in deliveries]
    ready = threading.Barrier(len(deliveries) + 1)

    def run(meter: SpendMeter, data: str) -> None:
        ready.wait()
        meter.deliver(data)

    threads = [
        threading.Thread(target=run, args=each) for each in zip(meters, deliveries, strict=True)
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    return time.monotonic() - started


def warm_meter(table: LedgerTable, registry: Registry) -> SpendMeter:
    """Return a meter that has read its registry."""
    return SpendMeter(
        registry=RegistryCache(load=lambda: registry, seconds=time.monotonic, ttl_seconds=3600),
        ledger=LedgerWriter(table, "finops-ledger"),
        queues=Queues(_NoQueue(), dead_letters_url="", wake_url=""),
        month_to_date=MonthToDate(table, "finops-ledger", clock=time.monotonic),
        now=lambda: NOW,
    )


class _NoQueue:
    def send_message(self, **_: Any) -> None:
        """Take a message."""


def _key(action: dict[str, Any]) -> tuple[str, str]:
    key = action["Put"]["Item"] if "Put" in action else action["Update"]["Key"]
    return key["pk"]["S"], key["sk"]["S"]
