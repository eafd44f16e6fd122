"""The spend meter being played: the deployed metering code, from log records to a ledger."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from finops_constructs.replay.clock import Clock
from finops_constructs.replay.scenario import Scenario
from finops_constructs.replay.tenant import PlayedTenant
from finops_constructs.replay.trace import MICROSECONDS, Request
from shared.ledger import MonthSpend, alias_key, month_spend
from shared.rates import to_micro_usd
from spend_meter.delivery import log_events
from spend_meter.metering import meter
from spend_meter.wake import Spend, should_wake


class PlayedMeter:
    """The invocation log, the meter behind it, and the ledger it writes.

    A record arrives its delay after the call; a batch is metered a moment after its first record
    has arrived.
    """

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        """Put a meter to work; what was spent before the clock's time is in its ledger already."""
        self._tenant, self._month, self._clock = scenario.tenant, scenario.trace.month, clock
        self._patience_s = scenario.delays.log + scenario.delays.meter_batch
        self._batch_us = scenario.delays.meter_batch * MICROSECONDS
        self._gathering: list[Request] = []
        self._batches = 0
        self._last: Spend | None = None
        self._on_wake: list[Callable[[int], None]] = []
        self._record_rest = json.dumps(_record_of(scenario.tenant))[1:]
        self._ledger: dict[tuple[str, str], dict[str, Any]] = {}
        self._open_with(to_micro_usd(scenario.spending.before(clock.now_us)))

    def on_wake(self, wake: Callable[[int], None]) -> None:
        """Call `wake` whenever the meter would put a message into the wake queue."""
        self._on_wake.append(wake)

    def take(self, call: Request) -> None:
        """Log a call."""
        if not self._gathering or call.at_us >= self._gathering[0].at_us + self._batch_us:
            self._gathering = [call]
            batch = self._gathering
            self._clock.after(self._patience_s, lambda now_us: self._deliver(batch, now_us))
        else:
            self._gathering.append(call)

    def spend(self, now: datetime) -> MonthSpend:
        """Return what the ledger says."""
        items = [{"pk": pk, "sk": sk, **item} for (pk, sk), item in self._ledger.items()]
        return month_spend(items, now=now)

    def _open_with(self, micro_usd: int) -> None:
        profile, first_day = self._tenant.profile, self._month.date()
        key = alias_key(profile.tenant, profile.alias, first_day)
        self._ledger[key["pk"], key["sk"]] = {"h00": micro_usd}

    def _deliver(self, batch: list[Request], now_us: int) -> None:
        self._batches += 1
        now = self._month + timedelta(microseconds=now_us)
        events = log_events(
            [self._event(call, f"{self._batches}-{n}") for n, call in enumerate(batch)]
        )
        for part in events.batches():
            metered = meter(part, profile_of=self._tenant.registry.by_model_id.get, now=now)
            if metered.rejected:
                raise ValueError(f"the meter refuses calls of this trace: {metered.rejected}")
            for update in metered.updates:
                item = self._ledger.setdefault((update.pk, update.sk), {})
                for name, amount in update.added.items():
                    item[name] = item.get(name, 0) + amount
        if self._comes_near(now):
            for wake in self._on_wake:
                wake(now_us)

    def _comes_near(self, now: datetime) -> bool:
        """Whether the meter wakes the kill switch after this batch."""
        spend = self.spend(now)
        before, self._last = self._last, Spend(month=spend.total_usd, today=spend.today_usd)
        return should_wake(self._tenant.policy, before, self._last)

    def _event(self, call: Request, event_id: str) -> dict[str, Any]:
        # Written by hand: this is done a million times in a long play.
        at = self._month + timedelta(microseconds=call.at_us)
        read, written = call.cache_read, call.cache_write
        cached = f',"cacheReadInputTokenCount":{read}' if read else ""
        cached += f',"cacheWriteInputTokenCount":{written}' if written else ""
        return {
            "id": event_id,
            "timestamp": int(at.timestamp() * 1000),
            "message": f'{{"timestamp":"{at.isoformat()[:19]}Z","requestId":"{event_id}",'
            f'"input":{{"inputTokenCount":{call.input}{cached}}},'
            f'"output":{{"outputTokenCount":{call.output}}},{self._record_rest}',
        }


def _record_of(tenant: PlayedTenant) -> dict[str, Any]:
    """What every record of the tenant's calls has in common (aws-facts section 5)."""
    role, account = tenant.role_arn.rpartition("/")[2], tenant.role_arn.split(":")[4]
    return {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "accountId": account,
        "region": tenant.profile.region,
        "identity": {"arn": f"arn:aws:sts::{account}:assumed-role/{role}/replay"},
        "operation": "Converse",
        "modelId": tenant.profile.profile_arn,
    }
