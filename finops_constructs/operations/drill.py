"""Proves, without spend, that the switch would work: stops and resumes a canary of one tenant."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from finops_constructs.operations.aws import Aws, translated
from finops_constructs.operations.canary import SUSPENDED, Canary, is_abandoned, state_tags
from finops_constructs.operations.client import Answer, Operator
from finops_constructs.operations.drill_report import Check, DrillReport, Hop, Verdict
from finops_constructs.operations.errors import (
    OperationsError,
    RefusedError,
    UnreachableError,
)
from finops_constructs.operations.interrupts import stopped_by_sigterm, uninterrupted
from finops_constructs.operations.progress import Progress, progress
from finops_constructs.operations.status import CANARY_PREFIX
from finops_constructs.operations.tenant_entries import TenantEntries, read_tenant_entries
from finops_constructs.operations.verdicts import role_verdict
from finops_constructs.operations.waiting import Clock
from finops_constructs.preflight.checks import caller_checks

_REASON: Final = "finops drill"
_NO_SUCH_ORDER: Final = frozenset({404, 409})
_SINCE_ACCEPTED: Final = "the order was accepted"


class Drill:
    """One drill of one tenant.

    Args:
        aws: Where and as whom.
        tenant: The tenant.
        alias: Whose model the canary uses. Default: the first.
        timeout_seconds: How long to wait for each order.
        on_news: Called with each hop and check as it is made.
        clock: Time. Default: the machine's.

    Raises:
        OperationsError: If the tenant cannot be drilled now.
    """

    def __init__(
        self,
        aws: Aws,
        *,
        tenant: str,
        alias: str | None = None,
        timeout_seconds: float,
        on_news: Callable[[Hop | Check], None] = lambda _: None,
        clock: Clock | None = None,
    ) -> None:
        self._aws = aws
        self._tenant = tenant
        self._timeout_seconds = timeout_seconds
        self._on_news = on_news
        self._clock = clock or Clock()
        self._operator = Operator.of(aws)
        self._bedrock = aws.client("bedrock")
        self._entries = self._drillable()
        own = _own_profiles(self._entries)
        chosen = alias or min(own)
        if chosen not in own:
            raise OperationsError(
                f"{tenant} has no alias {chosen!r}; it has {', '.join(sorted(own))}"
            )
        self._own_arns = {each: str(entry["profile_arn"]) for each, entry in own.items()}
        self._canary = Canary(
            aws, tenant=tenant, like=own[chosen], alias=f"{CANARY_PREFIX}{secrets.token_hex(4)}"
        )
        self._suspension_policy_arn = (self._entries.policy or {}).get("suspension_policy_arn")
        self._may_be_suspended = False
        self.report = DrillReport(
            tenant=tenant, alias=chosen, region=aws.region, canary=self._canary.alias
        )

    def run(self) -> DrillReport:
        """Run it; canary and entry are removed whatever happens, on Ctrl-C too.

        Raises:
            OperationsError: If an order was refused, or AWS was.
        """
        self._remove_abandoned()
        self._try_reading_attachments()
        self._ask_for_the_callers()
        before = self._untouched()
        with stopped_by_sigterm():
            try:
                started = self._clock.now()
                self._canary.create()
                self._hop("canary created", started, "it was asked for")
                self._suspend(before)
                self._ask_the_simulator()
                self._resume()
            finally:
                with uninterrupted():
                    self._clean_up()
        return self.report

    def _drillable(self) -> TenantEntries:
        status = self._operator.status(self._tenant)
        if status.state != "active":
            raise OperationsError(
                f"{self._tenant} is {status.state} now "
                f"({'; '.join(reason.text for reason in status.why) or 'no reason was given'}): "
                "a drill proves nothing while it is"
            )
        entries = read_tenant_entries(self._aws, self._tenant)
        if not _own_profiles(entries):
            raise OperationsError(f"{self._tenant} has no profile to copy")
        return entries

    def _suspend(self, before: Mapping[str, object]) -> None:
        self._may_be_suspended = True
        try:
            order = self._accepted("suspend", self._operator.suspend)
        except RefusedError:
            self._may_be_suspended = False
            raise
        last, tag = self._watch(order, suspended=True)
        self._check("the profile's tag reads back as suspended", tag)
        self._check("the platform says it was read back", last.reached, _seen(last))
        after = self._untouched()
        changed = sorted(what for what in before if before[what] != after[what])
        self._check(
            "nothing else of the tenant was touched",
            not changed,
            f"{', '.join(changed)} changed meanwhile" if changed else f"{len(before)} looked at",
        )

    def _resume(self) -> None:
        order = self._accepted("resume", self._operator.resume)
        self._may_be_suspended = False
        last, tag = self._watch(order, suspended=False)
        self._check("the profile's tag no longer reads suspended", tag)
        self._check("the platform says it is active again", last.reached, _seen(last))

    def _accepted(self, command: str, give: Callable[..., Answer]) -> Answer:
        started = self._clock.now()
        order = give(self._tenant, reason=_REASON, alias=self._canary.alias)
        self._hop(f"{command}: accepted", started, "it was sent")
        return order

    def _watch(self, order: Answer, *, suspended: bool) -> tuple[Progress, bool]:
        """Look at the tag itself and at what the platform says, until both are so or time is up."""
        started, last, tag = self._clock.now(), Progress(stage="accepted"), False
        for _ in self._clock.pauses(self._timeout_seconds):
            if not tag and (self._canary.state() == SUSPENDED) is suspended:
                tag = True
                self._hop(f"{order.command}: tag read back", started, _SINCE_ACCEPTED)
            if not last.reached:
                last = self._progress(order)
                if last.reached:
                    self._hop(f"{order.command}: {last.stage}", started, _SINCE_ACCEPTED)
            if tag and last.done:
                break
        return last, tag

    def _progress(self, order: Answer) -> Progress:
        try:
            return progress(order, self._operator.status(self._tenant))
        except UnreachableError as error:
            return Progress(stage="not readable", detail=str(error))

    def _untouched(self) -> dict[str, object]:
        """Everything of the tenant that a stop of the canary must leave as it is."""
        states = state_tags(self._bedrock, sorted(self._own_arns.values()))
        found: dict[str, object] = {alias: states[arn] for alias, arn in self._own_arns.items()}
        if self._suspension_policy_arn:
            found["the suspension policy's roles"] = self._attached(self._suspension_policy_arn)
        return found

    def _try_reading_attachments(self) -> None:
        name = "who has the suspension policy is left as it is"
        try:
            if self._suspension_policy_arn:
                self._attached(self._suspension_policy_arn)
                return
            why = f"{self._tenant} has no policy entry that names it"
        except OperationsError as error:
            why, self._suspension_policy_arn = str(error), None
        self._news(Check(name=name, verdict=Verdict.NOT_AVAILABLE, detail=why))

    def _attached(self, policy_arn: str) -> list[str]:
        iam = self._aws.client("iam")
        with translated(f"reading who has {policy_arn} (iam:ListEntitiesForPolicy)"):
            pages = iam.get_paginator("list_entities_for_policy").paginate(
                PolicyArn=policy_arn, EntityFilter="Role"
            )
            return sorted(role["RoleName"] for page in pages for role in page["PolicyRoles"])

    def _ask_for_the_callers(self) -> None:
        """Whether a stop of the whole tenant, which a drill does not make, would reach them."""
        users = (self._entries.policy or {}).get("api_key_users") or ()
        for check in caller_checks(
            self._aws,
            tenant=self._tenant,
            caller_arns=[*self._entries.caller_role_arns, *users],
            account=min(self._own_arns.values()).split(":")[4],
        ):
            self._news(check)

    def _ask_the_simulator(self) -> None:
        if not self._entries.caller_role_arns:
            self._news(
                Check(
                    name="a caller role is refused a suspended profile",
                    verdict=Verdict.NOT_AVAILABLE,
                    detail=f"{self._tenant} has no registered caller role",
                )
            )
        iam = self._aws.client("iam")
        for role_arn in self._entries.caller_role_arns:
            self._news(
                role_verdict(
                    iam,
                    role_arn=role_arn,
                    tenant=self._tenant,
                    profile_arns=sorted(self._own_arns.values()),
                )
            )

    def _remove_abandoned(self) -> None:
        now = datetime.now(UTC)
        for alias, entry in self._entries.profiles.items():
            if is_abandoned(entry, now):
                canary = Canary(self._aws, tenant=self._tenant, like=entry, alias=alias)
                canary.arn = entry.get("profile_arn")
                left = [*self._forget(alias), *canary.remove()]
                name = f"the canary {alias} of an earlier drill is gone"
                self._check(name, not left, "; ".join(left))

    def _clean_up(self) -> None:
        left = self._forget(self._canary.alias) if self._may_be_suspended else []
        left += self._canary.remove()
        self._check("canary and registry entry are gone again", not left, "; ".join(left))

    def _forget(self, alias: str) -> list[str]:
        """Take back the order to suspend a canary; return what is left of it and why."""
        try:
            self._operator.resume(self._tenant, reason=_REASON, alias=alias)
        except RefusedError as error:
            return (
                []
                if error.status_code in _NO_SUCH_ORDER
                else [f"the order to suspend {alias}: {error}"]
            )
        except OperationsError as error:
            return [f"the order to suspend {alias}: {error}"]
        return []

    def _check(self, name: str, holds: bool, detail: str = "") -> None:  # noqa: FBT001 - the fact
        verdict = Verdict.HELD if holds else Verdict.FAILED
        self._news(Check(name=name, verdict=verdict, detail=detail))

    def _hop(self, name: str, started: float, since: str) -> None:
        seconds = round(self._clock.now() - started, 2)
        self._news(Hop(name=name, seconds=seconds, since=since))

    def _news(self, news: Hop | Check) -> None:
        if isinstance(news, Hop):
            self.report.hops.append(news)
        else:
            self.report.checks.append(news)
        self._on_news(news)


def _own_profiles(entries: TenantEntries) -> dict[str, Mapping[str, Any]]:
    return {
        alias: entry
        for alias, entry in entries.profiles.items()
        if not alias.startswith(CANARY_PREFIX)
    }


def _seen(last: Progress) -> str:
    return f"{last.stage}: {last.detail}" if last.detail else last.stage
