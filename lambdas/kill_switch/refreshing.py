"""Asks AWS Budgets, at most hourly per tenant and after everything urgent is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aws_lambda_powertools import Logger

from kill_switch.budgets import SOURCE, most_stale, read_budget
from kill_switch.clock import Clock
from shared.canary_tenant import CANARY_TENANT
from shared.drift import with_first_figure
from shared.registry import TenantPolicy
from shared.state_table import StateTable
from shared.tenant_state import BilledRecord

logger = Logger(child=True)

_MOST_A_RUN: Final = 150
_SECONDS_BETWEEN: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresher:
    """Where to ask and where to store.

    Attributes:
        budgets: A boto3 Budgets client.
        account: The account whose budgets they are.
        table: The state table.
        clock: Time.
        deadline: In the clock's seconds.
    """

    budgets: Any
    account: str
    table: StateTable
    clock: Clock
    deadline: float

    def refresh(
        self,
        policies: Mapping[str, TenantPolicy],
        known: Mapping[str, BilledRecord | None],
    ) -> list[str]:
        """Ask for the tenants due; return those whose bill now says that they passed the limit."""
        passed = []
        billed = {tenant: record for tenant, record in known.items() if tenant != CANARY_TENANT}
        for tenant in most_stale(billed, self.clock.now())[:_MOST_A_RUN]:
            if self.clock.seconds() >= self.deadline:
                break
            record = self._ask(tenant, policies[tenant], known[tenant])
            if _has_passed(record, known[tenant], policies[tenant]):
                passed.append(tenant)
            self.clock.sleep(_SECONDS_BETWEEN)
        return passed

    def _ask(self, tenant: str, policy: TenantPolicy, before: BilledRecord | None) -> BilledRecord:
        record = read_budget(self.budgets, self.account, policy.budget_name, self.clock.now())
        record = with_first_figure(record, before)
        if record.missing:
            logger.warning("no billed figure", tenant=tenant, reason=record.missing)
        self.table.store_billed(tenant, SOURCE, record)
        return record


def _has_passed(now: BilledRecord, before: BilledRecord | None, policy: TenantPolicy) -> bool:
    """Whether a figure of this month is new and reaches what stops a tenant."""
    billed = now.billed
    if billed is None or not billed.starts <= now.read_at < billed.ends:
        return False
    reached = billed.amount_usd >= policy.monthly_limit_usd * policy.stop_percentage / 100
    return reached and (
        before is None or before.billed is None or before.billed.amount_usd != billed.amount_usd
    )
