"""One run of the kill switch: look, decide, act, read back, tell, and say when to look again."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.beyond_calls import BeyondCalls, with_failures
from kill_switch.bursts import read_bursts
from kill_switch.calls import Gateway
from kill_switch.clock import Clock
from kill_switch.confirming import confirmed, quiet_ones, suspects
from kill_switch.deciding import Decided, decide_and_store
from kill_switch.figures import TenantFigures
from kill_switch.fresh_entries import MOST_READ_ONE_BY_ONE, with_fresh_entries
from kill_switch.hints import Hint
from kill_switch.idle import IdleRemoval
from kill_switch.lanes import Lanes
from kill_switch.next_state import decision_stops
from kill_switch.planning import to_check, work_for
from kill_switch.refreshing import Refresher
from kill_switch.replaced import Memory, ReplacedProfiles
from kill_switch.report import Report
from kill_switch.settings import Settings
from kill_switch.settling import Settled, Settler
from kill_switch.sources import Sources
from kill_switch.takedown import is_taken_down
from kill_switch.telling import Teller
from kill_switch.work import TenantWork
from shared.looked import store_looked
from shared.registry import Registry
from shared.registry_cache import RegistryCache
from shared.state_table import StateTable
from shared.status import Subject
from shared.tenant_state import Failure, TenantState
from shared.wake import send_wake

logger = Logger(child=True)
T = TypeVar("T")

_RESERVED_SHARE: Final = 0.2
_MOST_RESERVED_SECONDS: Final = 45
"""What is kept back of the function's time for telling and storing what was done."""
_SOON: Final = timedelta(seconds=2)
_ITS_TURN_COMES: Final = timedelta(minutes=4)


@dataclass(slots=True)
class _Run:
    """What is known while a run goes on."""

    began: datetime
    deadline: float
    sources: Sources
    decided: dict[str, Decided] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    works: dict[str, TenantWork] = field(default_factory=dict)
    beyond_calls: Mapping[str, Mapping[str, Failure]] = field(default_factory=dict)
    settled: dict[str, Settled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The kill switch.

    Attributes:
        settings: Its settings.
        client: Returns the boto3 client of a service.
        registry: The registry.
        clock: Time.
        executor: Where calls are made side by side.
        memory: What is remembered of replaced profiles between runs.
    """

    settings: Settings
    client: Callable[[str], Any]
    registry: RegistryCache
    clock: Clock
    executor: Executor
    memory: Memory = field(default_factory=Memory)

    def run(self, hint: Hint, *, seconds_left: float) -> Report:
        """Look at whom the hint names, or at everybody.

        Args:
            hint: Whom to look at.
            seconds_left: How long the run may take.
        """
        reserved = min(_MOST_RESERVED_SECONDS, seconds_left * _RESERVED_SHARE)
        began, ends = self.clock.now(), self.clock.seconds() + seconds_left
        profiles = self._replaced_profiles()
        registry = profiles.look(self._registry_for(hint), everybody=hint.everybody)
        tenants = registry.tenants if hint.everybody else sorted(hint.tenants)
        run = _Run(began=began, deadline=ends - reserved, sources=self._sources(registry))
        self._decide(run, [tenant for tenant in tenants if tenant in set(registry.tenants)])
        self._leave_those_taken_down(run, hint)
        self._act(run, hint)
        self._settle(run, hint)
        passed = self._refresh(run, ends) if hint.everybody else []
        self._look_again(run, passed)
        if hint.everybody:
            self._note_that_everybody_was_looked_at(run)
            states = {tenant: settled.state for tenant, settled in run.settled.items()}
            IdleRemoval(profiles=profiles, days=self.settings.replaced_idle_days).run(
                registry, states
            )
        return self._report(run)

    def _replaced_profiles(self) -> ReplacedProfiles:
        return ReplacedProfiles(
            client=self.client,
            table=self.table,
            place=self.settings.place,
            clock=self.clock,
            memory=self.memory,
        )

    def _registry_for(self, hint: Hint) -> Registry:
        if hint.everybody or len(hint.tenants) > MOST_READ_ONE_BY_ONE:
            return self.registry.current(fresh=not hint.everybody)
        return with_fresh_entries(self.registry.current(), self.client("ssm"), hint.tenants)

    def _sources(self, registry: Registry) -> Sources:
        try:
            alarms: Mapping[str, datetime] | None = read_bursts(self.client("cloudwatch"))
        except (BotoCoreError, ClientError):
            logger.exception("burst alarms not readable")
            alarms = None
        return Sources(
            table=self.table,
            ledger_table=self.settings.ledger_table,
            registry=registry,
            alarms=alarms,
        )

    @property
    def table(self) -> StateTable:
        """The state table."""
        return StateTable(self.client("dynamodb"), self.settings.state_table)

    def _decide(self, run: _Run, tenants: Iterable[str]) -> None:
        run.decided |= self._each(
            run, tenants, lambda tenant: decide_and_store(run.sources, tenant, self.clock)
        )

    def _leave_those_taken_down(self, run: _Run, hint: Hint) -> None:
        """Stop nobody whom its release lets go of meanwhile.

        A woken run has read the tenant's entries already, perhaps between the deletion of its
        policy and of its profiles: without a policy it is held, and here left as it is.
        """
        policies, ssm = run.sources.registry.policies, self.client("ssm")
        stopped = [
            t
            for t, d in run.decided.items()
            if decision_stops(d.decision) and (t in policies or not hint.everybody)
        ]
        taken_down = self._each(run, stopped, lambda tenant: is_taken_down(ssm, tenant))
        run.decided = {t: d for t, d in run.decided.items() if not taken_down.get(t)}

    def _act(self, run: _Run, hint: Hint) -> None:
        place, registry = self.settings.place, run.sources.registry
        states = {tenant: decided.state for tenant, decided in run.decided.items()}
        checked = to_check(states, run.began, everybody=hint.everybody)
        for tenant, decided in run.decided.items():
            run.works[tenant] = work_for(
                tenant, decided, registry, place=place, check=tenant in checked
            )
        Lanes(Gateway(self.client).make, self.executor, self.clock, run.deadline).run(run.works)
        beyond = BeyondCalls(self.client, self.table, place, self.clock, run.deadline)
        run.beyond_calls = beyond.work(run.decided, registry, run.began)

    def _settle(self, run: _Run, hint: Hint) -> None:
        failed = run.beyond_calls
        seen = {t: with_failures(w.outcome(), failed.get(t)) for t, w in run.works.items()}
        if hint.everybody:
            seen = self._confirm(run, seen)
        settler = Settler(
            table=self.table,
            teller=Teller(self.client, self.settings.state_table),
            ssm=self.client("ssm"),
            platform_topic_arn=self.settings.platform_topic_arn,
        )

        def settle(tenant: str) -> Settled:
            return settler.settle(
                run.decided[tenant],
                seen[tenant],
                self._subject(run, tenant, seen[tenant]),
                published=run.sources.registry.states.get(tenant),
                note_look=not hint.everybody,
            )

        run.settled |= self._each(run, run.works, settle)

    def _confirm(self, run: _Run, seen: dict[str, TenantState]) -> dict[str, TenantState]:
        asked = suspects(seen, run.sources.registry, run.began)
        if not asked:
            return seen
        try:
            quiet = quiet_ones(self.client("cloudwatch"), asked, run.began)
        except (BotoCoreError, ClientError):
            logger.exception("calls not readable: nothing is confirmed")
            return seen
        return {t: confirmed(state, t, quiet, run.began) for t, state in seen.items()}

    def _subject(self, run: _Run, tenant: str, state: TenantState) -> Subject:
        known = run.decided[tenant].known
        return Subject(
            tenant=tenant,
            now=known.inputs.now,
            policy=known.inputs.policy,
            profiles=run.sources.registry.profiles.get(tenant, {}),
            editable_roles=run.works[tenant].editable_roles if known.inputs.policy else (),
            state=state,
            items=known.items,
            spend=known.inputs.spend,
            drift_percent=known.drift_percent,
        )

    def _refresh(self, run: _Run, ends: float) -> list[str]:
        policies = run.sources.registry.policies
        known = {
            tenant: decided.known.items.billed.get("budget")
            for tenant, decided in run.decided.items()
            if tenant in policies and not policies[tenant].retired
        }
        refresher = Refresher(
            budgets=self.client("budgets"),
            account=self.settings.place.account,
            table=self.table,
            clock=self.clock,
            deadline=ends - (ends - run.deadline) / 2,
        )
        return refresher.refresh(policies, known)

    def _look_again(self, run: _Run, passed: Iterable[str]) -> None:
        """Wake this function for what its own period would leave waiting."""
        unfinished = {tenant for tenant, work in run.works.items() if not work.finished}
        now = self.clock.now()
        due = {t: at for t, s in run.settled.items() if (at := s.again_at) is not None}
        soon = {tenant: at for tenant, at in due.items() if at - now < _ITS_TURN_COMES}
        at_once = unfinished | set(passed)
        if at_once:
            self._wake(at_once, _SOON)
        if soon:
            self._wake(set(soon), max(_SOON, min(soon.values()) - now))

    def _wake(self, tenants: set[str], delay: timedelta) -> None:
        send_wake(
            self.client("sqs"),
            self.settings.wake_queue_url,
            "kill-switch",
            tenants,
            delay_seconds=round(delay.total_seconds()),
        )

    def _note_that_everybody_was_looked_at(self, run: _Run) -> None:
        unfinished = {tenant for tenant, work in run.works.items() if not work.finished}
        store_looked(
            self.client("dynamodb"),
            self.settings.state_table,
            run.began,
            run.failed | unfinished,
        )

    def _report(self, run: _Run) -> Report:
        return Report(
            began=run.began,
            registry=run.sources.registry,
            stale=self.registry.stale,
            figures={
                tenant: TenantFigures(
                    settled.state,
                    run.decided[tenant].known.inputs.spend is not None,
                    run.decided[tenant].known.drift_percent,
                )
                for tenant, settled in run.settled.items()
            },
            failed=frozenset(run.failed),
            untold=sum(settled.untold for settled in run.settled.values()),
        )

    def _each(self, run: _Run, tenants: Iterable[str], do: Callable[[str], T]) -> dict[str, T]:
        """Do something for each tenant; one that fails takes no other with it."""
        futures = {tenant: self.executor.submit(do, tenant) for tenant in tenants}
        done: dict[str, T] = {}
        for tenant, future in futures.items():
            try:
                done[tenant] = future.result()
            except Exception:  # whatever is wrong with one tenant is that tenant's alone
                logger.exception("turn failed", tenant=tenant)
                run.failed.add(tenant)
        return done
