"""One tenant's work in one run: which calls bring it to its desired state, and what they showed.

A tenant that has just been decided to be stopped is acted on at once; anything else is read first,
what an earlier run left half done too. Whatever was written is read back, and only what was read
back is noted as so. The roles of a tenant follow its tags: one tag stops a profile for all its
callers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from kill_switch.calls import Call, Kind, Result
from shared.decision_types import ACTIVE, SUSPENDED
from shared.reach import Place, policy_fault, profile_fault, role_fault
from shared.registry import Caller, ProfileEntry
from shared.tenant_state import NEVER_TRIED, Failure, FailureCode, ProfileState, TenantState

STOP_FIRST, READ_BACK, RELEASE, CHECK = range(4)
_FIRST_RETRY: Final = timedelta(seconds=5)
_LAST_RETRY: Final = timedelta(minutes=5)
POLICY: Final = "policy"


@dataclass(slots=True, kw_only=True)
class TenantWork:
    """The work for one tenant.

    Attributes:
        tenant: The tenant.
        state: What is stored of it, with the new decision.
        profiles: Its profiles that no other tenant claims, replaced ones too, by their key.
        claimed: Aliases whose profile another alias claims too: they are not touched.
        callers: Its registered caller roles.
        policy_arn: Its suspension policy; None: there is no policy entry.
        place: Where the kill switch works.
        now: The run's clock.
        check: Whether to read everything back, rather than only what is stopped or changing.
    """

    tenant: str
    state: TenantState
    profiles: Mapping[str, ProfileEntry]
    claimed: tuple[str, ...]
    callers: tuple[Caller, ...]
    policy_arn: str | None
    place: Place
    now: datetime
    check: bool
    finished: bool = True
    _seen: dict[str, ProfileState] = field(default_factory=dict)
    _attached: tuple[str, ...] | None = None
    _attached_read_at: datetime | None = None
    _failures: dict[str, Failure] = field(default_factory=dict)
    _written: set[str] = field(default_factory=set)
    _tags_open: int = 0
    _roles_open: int = 0
    _roles_begun: bool = False

    def first_calls(self) -> list[Call]:
        """Return the tag calls to begin with, or the roles' at once if there are none."""
        self._failures = self._failures_still_about_something()
        self._attached = self.state.attached
        self._attached_read_at = self.state.attached_read_at
        calls = [call for alias in self.profiles for call in self._first_of(alias)]
        for alias in self.claimed:
            self._fail(f"profile {alias}", "tag", "misplaced", "another alias claims its profile")
        return calls if self._tags_open else [*calls, *self._begin_roles()]

    def after(self, call: Call, result: Result) -> list[Call]:
        """Take a result and return what follows."""
        if call.kind == "read-tag":
            return self._tag_was_read(call, result)
        if call.kind == "read-roles":
            return self._roles_were_read(result)
        if result.failure:
            self._fail(_target(call), call.kind, *result.failure)
        if call.kind in {"tag", "untag"}:
            return self._tag_was_written(call, result)
        self._roles_open -= 1
        return [] if self._roles_open else self._read_roles(READ_BACK)

    def left_undone(self) -> None:
        """Note that time was up first."""
        self.finished = False

    def outcome(self) -> TenantState:
        """Return the state with what was seen and what failed."""
        whole = self.check and self.finished
        return replace(
            self.state,
            profiles={alias: self._seen[alias] for alias in sorted(self._seen)},
            attached=self._attached,
            attached_read_at=self._attached_read_at,
            failures=self._failures,
            checked_at=self.now if whole else self.state.checked_at,
        )

    @property
    def editable_roles(self) -> list[str]:
        """Names of the caller roles that the policy may be attached to."""
        return sorted(
            {c.role_name for c in self.callers if role_fault(c.role_arn, self.place) is None}
        )

    def _first_of(self, alias: str) -> Iterator[Call]:
        entry = self.profiles[alias]
        before = self.state.profiles.get(alias)
        fresh = before is None or before.arn != entry.profile_arn
        seen = ProfileState(arn=entry.profile_arn) if before is None or fresh else before
        self._seen[alias] = seen
        fault = profile_fault(entry.profile_arn, self.place)
        if fault:
            self._fail(f"profile {alias}", "tag", "misplaced", fault)
        elif not self._waits(f"profile {alias}"):
            yield from self._calls_for(alias, seen)

    def _calls_for(self, alias: str, seen: ProfileState) -> Iterator[Call]:
        if self._wants_stop(alias):
            kind: Kind = "read-tag" if seen.tag == SUSPENDED else "tag"
            yield self._tag_call(kind, alias, CHECK if seen.tag == SUSPENDED else STOP_FIRST)
        elif seen.tag == SUSPENDED:
            yield self._tag_call("untag", alias, RELEASE)
        elif self._must_read(never_read=seen.tag is None, target=f"profile {alias}"):
            yield self._tag_call("read-tag", alias, CHECK)

    def _must_read(self, *, never_read: bool, target: str) -> bool:
        """Whether something that should be as it always was is looked at in this run."""
        unsure = never_read and self.state.changed_at is not None
        return self.check or unsure or target in self._failures

    def _tag_call(self, kind: Kind, alias: str, priority: int) -> Call:
        if kind != "read-tag":
            self._tags_open += 1
            self._written.add(f"profile {alias}")
        arn = self.profiles[alias].profile_arn
        return Call(kind=kind, tenant=self.tenant, target=alias, arn=arn, priority=priority)

    def _tag_was_written(self, call: Call, result: Result) -> list[Call]:
        self._tags_open -= 1
        follow = [] if result.failure else [self._tag_call("read-tag", call.target, READ_BACK)]
        return follow if self._tags_open else [*follow, *self._begin_roles()]

    def _tag_was_read(self, call: Call, result: Result) -> list[Call]:
        alias, target = call.target, f"profile {call.target}"
        if result.failure:
            self._fail(target, call.kind, *result.failure)
            return []
        stopped = result.tag == SUSPENDED
        before = self._seen[alias]
        self._seen[alias] = replace(
            before,
            tag=SUSPENDED if stopped else ACTIVE,
            read_at=self.now,
            applied_at=(before.applied_at or self.now) if stopped else None,
            confirmed_at=before.confirmed_at if stopped else None,
        )
        if stopped == self._wants_stop(alias):
            self._failures.pop(target, None)
            return []
        if target in self._written:
            self._fail(target, call.kind, "failed", f"reads back as {result.tag or 'no tag'}")
            return []
        kind: Kind = "tag" if self._wants_stop(alias) else "untag"
        return [self._tag_call(kind, alias, RELEASE if stopped else STOP_FIRST)]

    def _begin_roles(self) -> list[Call]:
        if self._roles_begun or self.policy_arn is None:
            return []
        self._roles_begun = True
        self._report_uneditable()
        known = self._attached
        if policy_fault(self.policy_arn, self.place, self.tenant):
            fault = policy_fault(self.policy_arn, self.place, self.tenant) or ""
            self._fail(POLICY, "attach", "misplaced", fault)
            return []
        if self.state.changed_at == self.now:
            writes = list(self._role_writes(known or ()))
            if writes:
                return writes
        if self._waits(POLICY):
            return []
        must_read = self.state.tenant_wide or bool(known)
        if must_read or self._must_read(never_read=known is None, target=POLICY):
            return self._read_roles(CHECK)
        return []

    def _role_writes(self, attached: tuple[str, ...]) -> Iterator[Call]:
        for target in self._wrong_roles(attached):
            if target in self._written or self._waits(target):
                continue
            self._roles_open += 1
            self._written.add(target)
            yield Call(
                kind="attach" if self.state.tenant_wide else "detach",
                tenant=self.tenant,
                target=target.removeprefix("role "),
                arn=self.policy_arn or "",
                priority=STOP_FIRST if self.state.tenant_wide else RELEASE,
            )

    def _wrong_roles(self, attached: tuple[str, ...]) -> list[str]:
        """Every caller of a stopped tenant that lacks the policy; else whoever has it."""
        if self.state.tenant_wide:
            return [f"role {role}" for role in self.editable_roles if role not in attached]
        return [f"role {role}" for role in sorted(attached)]

    def _read_roles(self, priority: int) -> list[Call]:
        arn = self.policy_arn or ""
        return [Call(kind="read-roles", tenant=self.tenant, target="", arn=arn, priority=priority)]

    def _roles_were_read(self, result: Result) -> list[Call]:
        if result.failure:
            self._fail(POLICY, "read-roles", *result.failure)
            return []
        self._failures.pop(POLICY, None)
        self._attached, self._attached_read_at = tuple(sorted(result.roles)), self.now
        wrong = set(self._wrong_roles(self._attached))
        for target in [each for each in self._failures if each.startswith("role ")]:
            if self._failures[target].code not in NEVER_TRIED and target not in wrong:
                del self._failures[target]
        for target in sorted(wrong & self._written):
            if not self._waits(target):
                self._fail(target, "read-roles", "failed", "written, but does not read back")
        return list(self._role_writes(self._attached))

    def _report_uneditable(self) -> None:
        """A role that may not be changed is said, while it matters."""
        for caller in self.callers if self.state.tenant_wide else ():
            fault = role_fault(caller.role_arn, self.place)
            if fault:
                self._fail(f"role {caller.role_name}", "attach", "not-editable", fault)

    def _wants_stop(self, key: str) -> bool:
        return self.state.stops_alias(self.profiles[key].alias)

    def _waits(self, target: str) -> bool:
        """Whether a failed action is left alone for a while; a new decision tries at once."""
        failure = self._failures.get(target)
        return failure is not None and failure.again_at > self.now

    def _failures_still_about_something(self) -> dict[str, Failure]:
        changed = self.state.changed_at
        roles = {caller.role_name for caller in self.callers} | set(self.state.attached or ())
        targets = {f"profile {alias}" for alias in (*self.profiles, *self.claimed)}
        targets |= {f"role {role}" for role in roles} | {POLICY}
        return {
            target: failure
            for target, failure in self.state.failures.items()
            if target in targets and (changed is None or failure.since >= changed)
        }

    def _fail(self, target: str, action: str, code: FailureCode, text: str) -> None:
        entry = self.profiles.get(target.removeprefix("profile "))
        if code == "gone" and entry is not None and (entry.canary or entry.replaced_at):
            return  # a drill has ended, or it was removed, since the registry was read
        before = self._failures.get(target)
        if before and code in NEVER_TRIED and before.text == text:
            return
        attempts = before.attempts + 1 if before else 1
        self._failures[target] = Failure(
            target=target,
            action=action,
            code=code,
            text=text,
            attempts=attempts,
            since=before.since if before else self.now,
            again_at=self.now + min(_LAST_RETRY, _FIRST_RETRY * 2 ** min(attempts - 1, 10)),
        )


def _target(call: Call) -> str:
    return f"profile {call.target}" if call.kind in {"tag", "untag"} else f"role {call.target}"
