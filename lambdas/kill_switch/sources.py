"""Reads what a decision about one tenant rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.bursts import bursts_of
from kill_switch.changes import warned_percentages
from shared.decision_types import Inputs
from shared.drift import drift_percent, is_settled
from shared.ledger import month_of, month_spend, read_alias_items, read_month
from shared.registry import Registry
from shared.state_table import StateTable, TenantItems

logger = Logger(child=True)

LedgerItems = Sequence[Mapping[str, Any]]
PERMISSIONS: Final = ("dynamodb:Query",)
_TOP_ROLES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a tenant at one instant.

    Attributes:
        inputs: What is decided from.
        items: What the state table holds.
        drift_percent: How far the estimate is from the bill, the worst source; None: not known, or
            the cost tags are not active for long enough.
    """

    inputs: Inputs
    items: TenantItems
    drift_percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where to read.

    Attributes:
        table: The state table.
        ledger_table: The ledger's name, in the same DynamoDB.
        registry: The registry.
        alarms: Burst alarms in ALARM; None: they cannot be read.
    """

    table: StateTable
    ledger_table: str
    registry: Registry
    alarms: Mapping[str, datetime] | None

    def read(self, tenant: str, now: datetime) -> Known:
        """Read a tenant.

        Raises:
            StateUnreadableError: If its state cannot be read: nothing is decided without it.
            ClientError: If DynamoDB refuses its state.
        """
        items = self.table.read(tenant, month_of(now))
        ledger = read_ledger(self.table, self.ledger_table, tenant, now)
        waiting = {notice.key for notice in items.state.outbox} if items.state else set()
        figures = [record.billed for record in items.billed.values() if record.billed]
        inputs = Inputs(
            now=now,
            tenant=tenant,
            policy=self.registry.policies.get(tenant),
            policy_fault=self._policy_fault(tenant),
            aliases=tuple(sorted(self.registry.profiles.get(tenant, {}))),
            spend=None if ledger is None else month_spend(ledger, now=now),
            billed=tuple(figures),
            bursts=None if self.alarms is None else bursts_of(self.registry, tenant, self.alarms),
            orders=items.orders,
            resumes=items.resumes,
            answers=items.answers,
            override=items.override,
            pauses=items.pauses,
            retirement=items.retirement,
            told=warned_percentages(items.told | waiting),
            **({"memory": items.state.memory} if items.state else {}),
        )
        settled = [r.billed for r in items.billed.values() if r.billed and is_settled(r, now)]
        drifts = [drift_percent(figure, ledger or (), month_of(now)) for figure in settled]
        known = [] if ledger is None else [drift for drift in drifts if drift is not None]
        return Known(inputs=inputs, items=items, drift_percent=max(known, default=None))

    def top_roles(self, tenant: str, now: datetime) -> list[tuple[str, Decimal]] | None:
        """Return the roles that spent most this month; None if that cannot be read."""
        try:
            spend = read_month(self.table.dynamodb, self.ledger_table, tenant, now, roles=True)
        except (BotoCoreError, ClientError):
            logger.exception("roles not readable", tenant=tenant)
            return None
        return sorted(spend.by_role.items(), key=lambda each: (-each[1], each[0]))[:_TOP_ROLES]

    def _policy_fault(self, tenant: str) -> str | None:
        if tenant not in self.registry.faulty_tenants:
            return None
        path = f"/finops/{tenant}/policy"
        faults = [fault.reason for fault in self.registry.faults if fault.path == path]
        return "; ".join(faults) or "not readable"


def read_ledger(
    table: StateTable, ledger_table: str, tenant: str, now: datetime
) -> LedgerItems | None:
    """Return a tenant's items by alias of the month; None: they cannot be read."""
    try:
        return read_alias_items(table.dynamodb, ledger_table, tenant, now)
    except (BotoCoreError, ClientError):
        logger.exception("ledger not readable: the tenant's state is held", tenant=tenant)
        return None
