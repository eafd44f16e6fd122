"""Statuses of tenants, read from the tables when somebody asks."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from shared.decision_types import (
    Billed,
)
from shared.drift import drift_percent
from shared.lasting_words import Pause
from shared.ledger import (
    MonthSpend,
    month_of,
    month_spend,
    read_alias_items,
    read_month,
    read_months,
    read_role_items,
)
from shared.looked import Looked, decided_at, read_looked
from shared.reach import Place, role_fault
from shared.registry import Registry
from shared.replaced_callers import ReplacedCaller
from shared.replaced_status import read_callers, replaced_status
from shared.state_table import PLATFORM, StateTable, StateUnreadableError, TenantItems
from shared.status import TENANT_SCOPE, Subject, status
from shared.tenant_state import TenantState

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """Where statuses are read.

    Attributes:
        table: The state table.
        ledger_table: The ledger's name, in the same DynamoDB.
        place: Where the platform works.
        now: The clock.
        executor: Where several tenants are read side by side.
    """

    table: StateTable
    ledger_table: str
    place: Place
    now: Callable[[], datetime]
    executor: Executor

    def of(self, tenant: str, registry: Registry) -> dict[str, Any]:
        """Return one tenant's status."""
        return self._of(tenant, registry, read_looked(self.table.dynamodb, self.table.name))

    def of_all(self, tenants: list[str], registry: Registry) -> list[dict[str, Any]]:
        """Return several tenants' statuses, in order; their roles are left out."""
        looked = read_looked(self.table.dynamodb, self.table.name)
        pauses = self.table.read_pauses(PLATFORM)

        def of_one(tenant: str) -> dict[str, Any]:
            return self._of(tenant, registry, looked, pauses_of_all=pauses, roles=False)

        return list(self.executor.map(of_one, tenants))

    def spend(
        self, tenant: str, billed: tuple[Billed, ...], *, roles: bool = True
    ) -> tuple[MonthSpend | None, Any]:
        """Return a tenant's estimate, and its drift from the bill; None: not known."""
        now = self.now()
        try:
            items = read_alias_items(self.table.dynamodb, self.ledger_table, tenant, now)
            of_roles = (
                read_role_items(self.table.dynamodb, self.ledger_table, tenant, now)
                if roles
                else []
            )
        except (BotoCoreError, ClientError):
            logger.exception("ledger not readable", tenant=tenant)
            return None, None
        drifts = [drift_percent(figure, items, month_of(now)) for figure in billed]
        known = [drift for drift in drifts if drift is not None]
        return month_spend([*items, *of_roles], now=now), max(known, default=None)

    def month_spend(self, tenant: str, when: datetime) -> MonthSpend | None:
        """Return a tenant's estimate of the month of `when`; None: not known."""
        try:
            return read_month(self.table.dynamodb, self.ledger_table, tenant, when)
        except (BotoCoreError, ClientError):
            logger.exception("ledger not readable", tenant=tenant)
            return None

    def all_months(self, tenant: str) -> dict[str, Decimal] | None:
        """Return a tenant's estimates of every month the ledger knows; None: not known."""
        try:
            return read_months(self.table.dynamodb, self.ledger_table, tenant)
        except (BotoCoreError, ClientError):
            logger.exception("ledger not readable", tenant=tenant)
            return None

    def _of(
        self,
        tenant: str,
        registry: Registry,
        looked: Looked | None,
        *,
        pauses_of_all: tuple[Pause, ...] | None = None,
        roles: bool = True,
    ) -> dict[str, Any]:
        fault = None
        try:
            items = self.table.read(tenant, month_of(self.now()), pauses_of_all=pauses_of_all)
        except StateUnreadableError as error:
            logger.exception("state not readable", tenant=tenant)
            items, fault = TenantItems(), str(error)
        figures = tuple(record.billed for record in items.billed.values() if record.billed)
        spend, drift = self.spend(tenant, figures, roles=roles)
        state = items.state or TenantState()
        said = status(
            Subject(
                tenant=tenant,
                now=self.now(),
                policy=registry.policies.get(tenant),
                profiles=registry.profiles.get(tenant, {}),
                editable_roles=self._editable_roles(tenant, registry),
                state=state,
                items=items,
                spend=spend,
                drift_percent=drift,
                decided_at=decided_at(tenant, state.decided_at, looked),
            )
        )
        replaced = registry.replaced.get(tenant, {})
        callers = self._callers_of_replaced(tenant) if replaced and roles else None
        said |= {"replaced": replaced_status(replaced, state, callers)}
        return said if fault is None else said | _unreadable(fault)

    def _callers_of_replaced(self, tenant: str) -> dict[str, list[ReplacedCaller]] | None:
        try:
            return read_callers(self.table.dynamodb, self.ledger_table, tenant, self.now())
        except (BotoCoreError, ClientError):
            logger.exception("ledger not readable", tenant=tenant)
            return None

    def _editable_roles(self, tenant: str, registry: Registry) -> list[str]:
        if tenant not in registry.policies:
            return []
        callers = registry.callers.get(tenant, ())
        return [c.role_name for c in callers if role_fault(c.role_arn, self.place) is None]


def _unreadable(fault: str) -> dict[str, Any]:
    reason = {
        "code": "state-unreadable",
        "text": f"the kill switch's state cannot be read: {fault}",
        "since": None,
        "ends": "when the item is put right",
        "scope": TENANT_SCOPE,
    }
    return {"state": "held", "why": [reason]}
