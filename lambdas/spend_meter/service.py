"""The spend meter as a whole: deliveries and dead letters in, ledger, dead letters and wakes out.

The order makes every step repeatable: a plan where one is needed, dead letters, ledger, wake. A
crash anywhere makes the event come again, and what was done already is found done.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from shared.registry_cache import RegistryCache
from spend_meter.dead_letters import decode_records, encode_delivery, encode_records
from spend_meter.delivery import LogEvents, open_delivery
from spend_meter.former import FormerProfiles
from spend_meter.ledger_writer import LedgerWriter
from spend_meter.metering import Metered, meter, meter_unopened
from spend_meter.month_to_date import MonthToDate
from spend_meter.plan import decode_plan, encode_plan, needs_plan, transactions
from spend_meter.profiles import find_profile
from spend_meter.queues import Queues
from spend_meter.rejection import RejectedError
from spend_meter.telemetry import logger
from spend_meter.totals import LedgerUpdate
from spend_meter.wake import should_wake


@dataclass(frozen=True, slots=True)
class Handled:
    """How many records one event brought; none if all of it was done before."""

    metered: int = 0
    rejected: int = 0

    def __add__(self, other: "Handled") -> "Handled":
        return Handled(self.metered + other.metered, self.rejected + other.rejected)


class SpendMeter:
    """Meters whatever comes.

    Args:
        registry: The registry.
        ledger: Writes the ledger.
        queues: Where refused records and wakes go.
        month_to_date: What tenants have spent.
        now: The wall clock.
        former: Finds profiles that were replaced a moment ago. Default: none are known.
    """

    def __init__(
        self,
        *,
        registry: RegistryCache,
        ledger: LedgerWriter,
        queues: Queues,
        month_to_date: MonthToDate,
        now: Callable[[], datetime],
        former: FormerProfiles | None = None,
    ) -> None:
        self._registry, self._ledger, self._queues = registry, ledger, queues
        self._month_to_date, self._now, self._former = month_to_date, now, former

    def deliver(self, data: object, *, attempt: int = 0) -> Handled:
        """Meter a delivery of CloudWatch Logs.

        Args:
            data: The `awslogs.data` of the function's event.
            attempt: How often it was refused before.
        """
        try:
            events = open_delivery(data)
        except RejectedError as error:
            logger.exception("a delivery cannot be opened: it is kept in the dead letters")
            name = hashlib.sha256(f"{attempt} {data!r}".encode("utf-8", "replace")).hexdigest()
            refused = meter_unopened(error.reason, now=self._now(), count_rejected=attempt == 0)
            return self._settle(
                name, refused, lambda _: encode_delivery(data, attempt=attempt), attempt
            )
        return self._meter(events, attempt) if events else Handled()

    def replay(self, body: str) -> Handled:
        """Meter a message of the dead letters once more, whoever put it there.

        That may be this function, or Lambda, which keeps events whose every try has failed.

        Raises:
            Exception: If it is neither; the message then stays where it is.
        """
        message = json.loads(body)
        if "requestPayload" in message:
            return self.deliver(message["requestPayload"]["awslogs"]["data"])
        if "awslogs" in message:
            attempt = message["attempt"] + 1 if "attempt" in message else 0
            return self.deliver(message["awslogs"]["data"], attempt=attempt)
        letters = decode_records(message)
        return self._meter(letters.events, letters.attempt + 1)

    def _meter(self, events: LogEvents, attempt: int) -> Handled:
        return sum((self._meter_batch(batch, attempt) for batch in events.batches()), Handled())

    def _meter_batch(self, events: LogEvents, attempt: int) -> Handled:
        metered = meter(
            events,
            profile_of=partial(find_profile, self._registry, self._former),
            now=self._now(),
            count_rejected=attempt == 0,
        )
        if self._registry.stale:
            logger.warning("registry not readable: an older one was used")
        return self._settle(
            events.batch_id(attempt),
            metered,
            lambda decided: encode_records(events, decided.rejected, attempt=attempt),
            attempt,
        )

    def _settle(
        self,
        batch_id: str,
        metered: Metered,
        letters: Callable[[Metered], Sequence[str]],
        attempt: int,
    ) -> Handled:
        """Write a batch, or finish what an earlier attempt at it has left undone."""
        if needs_plan(metered):
            plan = encode_plan(metered)
            earlier = self._ledger.write_plan(batch_id, plan)
        else:
            plan = None
            earlier = self._ledger.write_whole(batch_id, metered.updates)
            if earlier is None:
                self._wake(metered.updates)
                return Handled(metered.records)
        if earlier is not None:
            plan = earlier.plan
        if plan is None:
            logger.info("batch was written before", batch_id=batch_id)
            self._wake(metered.updates)
            return Handled()
        decided = decode_plan(plan)
        if decided.rejected and (earlier is None or not self._ledger.has_begun(batch_id)):
            for body in letters(decided):
                self._queues.keep(body, again=attempt > 0)
        written = [
            self._ledger.write_part(batch_id, number, updates)
            for number, updates in enumerate(transactions(decided.updates), start=1)
        ]
        self._wake(decided.updates)
        return Handled(decided.records, decided.rejected_records) if any(written) else Handled()

    def _wake(self, updates: Sequence[LedgerUpdate]) -> None:
        tenants = {update.pk for update in updates if update.sk.startswith("A#")}
        near = [tenant for tenant in sorted(tenants) if self._is_near(tenant, updates)]
        if near:
            self._queues.wake(near)

    def _is_near(self, tenant: str, updates: Sequence[LedgerUpdate]) -> bool:
        if self._former is not None and self._former.has_found(tenant):
            return True
        policy = self._registry.current().policies.get(tenant)
        if policy is None:
            return False
        try:
            before, after = self._month_to_date.after(tenant, updates, self._now())
        except (BotoCoreError, ClientError):
            logger.exception("month to date not readable: waking to be safe", tenant=tenant)
            return True
        return should_wake(policy, before, after)
