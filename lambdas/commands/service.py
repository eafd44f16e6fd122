"""Carries out commands: checks who may, writes the word down with its journal entry, wakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from commands.identity import Actor
from commands.orders import word_of
from commands.pauses import end_pause_of_all, pause_all
from commands.refusal import RefusedError
from commands.request import Request
from commands.situation import Situation, Word
from shared.canary_tenant import CANARY_TENANT
from shared.known_spend import largest_known
from shared.ledger import month_of
from shared.registry import ProfileEntry, Registry
from shared.registry_cache import RegistryCache
from shared.state_table import PLATFORM, StateTable, TenantItems
from shared.statuses import Statuses
from shared.wake import send_wake

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The commands function.

    Attributes:
        registry: The registry.
        table: The state table.
        statuses: Reads statuses.
        sqs: A boto3 SQS client.
        wake_queue_url: The queue that wakes the kill switch.
        now: The clock.
    """

    registry: RegistryCache
    table: StateTable
    statuses: Statuses
    sqs: Any
    wake_queue_url: str
    now: Callable[[], datetime]

    def answer(self, request: Request, actor: Actor) -> Mapping[str, Any]:
        """Carry out a command and return the answer.

        Raises:
            RefusedError: If it is not carried out.
        """
        registry = self._registry_with(request)
        own = actor.tenants_called_for(registry)
        if request.command == "status":
            return self._status(request, registry, own)
        if own:
            raise RefusedError(
                403,
                f"{actor.arn} is a caller of {', '.join(sorted(own))}: callers may only ask for "
                "their own status",
            )
        if request.everybody:
            return self._order_for_all(request, actor)
        return self._order(request, actor, registry)

    def _registry_with(self, request: Request) -> Registry:
        """Return the registry; one read just now, before a tenant or alias is called unknown."""
        registry = self.registry.current()
        if request.tenant is None or _knows(registry, request):
            return registry
        return self.registry.current(fresh=True)

    def _status(
        self, request: Request, registry: Registry, own: frozenset[str]
    ) -> Mapping[str, Any]:
        if request.tenant is None:
            tenants = [t for t in registry.tenants if t in own or (not own and t != CANARY_TENANT)]
            return {"command": "status", "tenants": self.statuses.of_all(tenants, registry)}
        if own and request.tenant not in own:
            raise RefusedError(403, f"callers may only ask for their own status, {sorted(own)}")
        _check_tenant(request, registry)
        return {
            "tenant": request.tenant,
            "command": "status",
            "message": "",
            "status": self.statuses.of(request.tenant, registry),
        }

    def _order(self, request: Request, actor: Actor, registry: Registry) -> Mapping[str, Any]:
        tenant = _check_tenant(request, registry)
        now = self.now()
        items = self.table.read(tenant, month_of(now))
        profile = _check_alias(request, registry, items)
        figures = tuple(record.billed for record in items.billed.values() if record.billed)
        spend, _ = self.statuses.spend(tenant, ())
        word = word_of(
            request,
            actor,
            Situation(
                now=now,
                policy=registry.policies.get(tenant),
                profiles=registry.profiles.get(tenant, {}),
                watched=registry.watched(tenant),
                profile=profile,
                items=items,
                spend_usd=largest_known(spend, figures, now) if spend is not None else None,
                month_spend=partial(self.statuses.month_spend, tenant),
                all_months=partial(self.statuses.all_months, tenant),
            ),
        )
        self._write(tenant, word, request, actor)
        return self._accepted(request, actor, word, [tenant]) | {
            "status": self.statuses.of(tenant, registry)
        }

    def _order_for_all(self, request: Request, actor: Actor) -> Mapping[str, Any]:
        now = self.now()
        if request.command == "pause":
            word = pause_all(request, actor, now)
        else:
            word = end_pause_of_all(request, self.table.read_pauses(PLATFORM), now)
        self._write(PLATFORM, word, request, actor)
        return self._accepted(request, actor, word, [])

    def _accepted(
        self, request: Request, actor: Actor, word: Word, tenants: list[str]
    ) -> dict[str, Any]:
        accepted_at = self.now()
        return {
            "tenant": request.tenant,
            "command": request.command,
            "message": word.message + self._wake(tenants),
            "actor": actor.arn,
            "accepted_at": accepted_at.isoformat(timespec="microseconds"),
        }

    def _write(self, partition: str, word: Word, request: Request, actor: Actor) -> None:
        entry = {
            "kind": "command",
            "command": request.command,
            "scope": "all" if request.everybody else request.alias or "tenant",
            "actor": actor.arn,
            "reason": request.reason,
            "word": word.sk,
            "written": word.corrections or word.value,
            "reject": request.reject,
        }
        if word.corrections:
            self.table.store_corrections(
                self.statuses.ledger_table, partition, word.corrections, entry
            )
        else:
            self.table.store_word(partition, word.sk, word.value, entry)
        logger.info("command accepted", tenant=partition, command=request.command, actor=actor.arn)

    def _wake(self, tenants: list[str]) -> str:
        try:
            send_wake(self.sqs, self.wake_queue_url, "commands", tenants)
        except (BotoCoreError, ClientError):
            logger.exception("kill switch not woken")
            return "; the kill switch could not be woken and looks within 5 minutes"
        return ""


def _knows(registry: Registry, request: Request) -> bool:
    if request.tenant not in registry.tenants:
        return False
    return request.alias is None or request.alias in registry.profiles.get(request.tenant, {})


def _check_tenant(request: Request, registry: Registry) -> str:
    if request.tenant is None or request.tenant not in registry.tenants:
        known = ", ".join(t for t in registry.tenants if t != CANARY_TENANT) or "none"
        raise RefusedError(404, f"no tenant {request.tenant!r}; known tenants: {known}")
    return request.tenant


def _check_alias(request: Request, registry: Registry, items: TenantItems) -> ProfileEntry | None:
    """Return the alias's entry; an alias that is gone may still be resumed."""
    profiles = registry.profiles.get(request.tenant or "", {})
    if request.alias is None or request.alias in profiles:
        return profiles.get(request.alias or "")
    stopped = {order.scope for order in items.orders}
    if request.command == "resume" and request.alias in stopped:
        return None
    known = ", ".join(sorted(profiles)) or "none"
    raise RefusedError(404, f"{request.tenant} has no alias {request.alias!r}; it has {known}")
