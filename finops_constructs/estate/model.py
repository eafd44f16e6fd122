"""What an account holds of this library, as found through AWS's own APIs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

TENANT_TAG: Final = "finops:tenant"
ALIAS_TAG: Final = "finops:alias"
STATE_TAG: Final = "finops:state"
READABLE_SCHEMAS: Final = frozenset({1})


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProfile:
    """An application inference profile.

    Attributes:
        arn: Its ARN.
        name: Its name.
        status: What Bedrock says; `ACTIVE` is all there is.
        tags: Tag key -> value.
    """

    arn: str
    name: str
    status: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBudget:
    """An AWS budget.

    Attributes:
        name: Its name.
        limit_usd: USD a month, as AWS writes it.
        notifications: Such as `ACTUAL > 75 %`.
        subscribers: Addresses told by any of them.
    """

    name: str
    limit_usd: str
    notifications: tuple[str, ...]
    subscribers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody or something told by a tenant's alert topic.

    Attributes:
        protocol: Such as `email` or `sqs`.
        endpoint: The address.
        confirmed: Whether it has said yes; an e-mail address must.
    """

    protocol: str
    endpoint: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant in one Region.

    Attributes:
        id: The tenant's id.
        region: The Region.
        policy: Its policy entry; None if the registry has none, and it is unguarded.
        entries: Alias -> registry entry.
        replaced: Alias and profile id -> entry of a profile that the alias led to before.
        state: What the kill switch last wrote of it; None if it has written nothing.
        profiles: The live profiles tagged as the tenant's.
        callers: The registered caller roles.
        budget: The budget its policy names; None if there is none by that name.
        subscriptions: Who is told by the alert topic its policy names.
        problems: What a person should look at.
    """

    id: str
    region: str
    policy: Mapping[str, Any] | None
    entries: Mapping[str, Mapping[str, Any]]
    replaced: Mapping[str, Mapping[str, Any]]
    state: Mapping[str, Any] | None
    profiles: Sequence[LiveProfile]
    callers: Sequence[str]
    budget: LiveBudget | None
    subscriptions: Sequence[Subscription]
    problems: Sequence[str]


def find_problems(
    *,
    policy: Mapping[str, Any] | None,
    entries: Mapping[str, Mapping[str, Any]],
    replaced: Mapping[str, Mapping[str, Any]],
    profiles: Sequence[LiveProfile],
    budget: LiveBudget | None,
    subscriptions: Sequence[Subscription],
) -> list[str]:
    """Return what is wrong with one tenant; an empty list means as it should be."""
    problems = []
    if policy is None:
        problems.append("unguarded: no policy entry, so no limit, budget or switch applies")
    elif policy.get("schema_version") not in READABLE_SCHEMAS:
        problems.append(f"policy entry of unknown schema {policy.get('schema_version')!r}")
    else:
        problems += _alert_problems(policy, budget, subscriptions)
    live = {profile.arn for profile in profiles}
    known = {entry.get("profile_arn") for entry in (*entries.values(), *replaced.values())}
    problems += [
        f"alias {alias} leads to a profile that is not there: {entry.get('profile_arn')}"
        for alias, entry in sorted(entries.items())
        if entry.get("profile_arn") not in live
    ]
    problems += [
        f"profile {profile.name} is in no registry entry: {profile.arn}"
        for profile in profiles
        if profile.arn not in known and not is_replaced(profile, entries)
    ]
    return problems


def is_replaced(profile: LiveProfile, entries: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a profile has the name of an alias's, which leads elsewhere now.

    The kill switch enters such a one in the registry when it next runs.
    """
    alias = profile.tags.get(ALIAS_TAG, "")
    named = profile.name.rpartition("-")[0] == f"{profile.tags.get(TENANT_TAG)}-{alias}"
    return named and alias in entries and entries[alias].get("profile_arn") != profile.arn


def _alert_problems(
    policy: Mapping[str, Any], budget: LiveBudget | None, subscriptions: Sequence[Subscription]
) -> list[str]:
    problems = []
    if budget is None:
        problems.append(f"budget {policy.get('budget_name')!r} does not exist")
    elif not budget.subscribers:
        problems.append(f"budget {budget.name!r} tells nobody")
    if not any(s.confirmed and s.protocol != "sqs" for s in subscriptions):
        problems.append("no person is told: the alert topic has no confirmed subscriber")
    problems += [f"{s.endpoint} has not confirmed yet" for s in subscriptions if not s.confirmed]
    return problems
