"""From what an account holds and who calls, to a proposal for each application.

Profiles with the same three cost tags are one application; a role that calls only models without a
profile is one of its own. What is not known is left undecided, never guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from finops_constructs.adoption.account import FoundBudget, FoundProfile
from finops_constructs.adoption.draft import Draft, DraftCaller, DraftModel
from finops_constructs.adoption.names import alias_of, called_source, same_model, slug, source_of
from finops_constructs.attribution.cost_tags import (
    ENVIRONMENT_KEY,
    PROJECT_KEY,
    TOOL_KEY,
    find_tag_faults,
)
from finops_constructs.invocations.use import Kind, Use

DIMENSIONS: Final = {"tool": TOOL_KEY, "project": PROJECT_KEY, "environment": ENVIRONMENT_KEY}


class Proposing:
    """Puts together what belongs together.

    Args:
        account: The account.
        region: The Region.
        role_arns: Name -> ARN of the roles that exist.
        user_arns: Name -> ARN of the users that exist.
        taken: Ids of tenants that exist already.
    """

    def __init__(
        self,
        *,
        account: str,
        region: str,
        role_arns: Mapping[str, str],
        user_arns: Mapping[str, str],
        taken: Iterable[str],
    ) -> None:
        self._account, self._region = account, region
        self._role_arns, self._user_arns = role_arns, user_arns
        self._taken = set(taken)
        self._drafts: list[Draft] = []
        self._by_profile: dict[str, Draft] = {}
        self._tags: dict[str, Mapping[str, str]] = {}
        self._callers: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def propose(
        self,
        profiles: Sequence[FoundProfile],
        budgets: Sequence[FoundBudget],
        uses: Sequence[Use],
    ) -> list[Draft]:
        """Return the proposals, by id.

        Args:
            profiles: Profiles that belong to no tenant yet.
            budgets: Budgets by tag.
            uses: Who calls what.
        """
        self._group(profiles)
        through = [use for use in uses if use.model_id in self._by_profile]
        for use in through:
            self._call(self._by_profile[use.model_id], use)
        for use in uses:
            if use.model_id not in self._by_profile:
                self._past_profiles(use)
        self._share_roles()
        for draft in self._drafts:
            _match_budget(draft, self._tags.get(draft.id, {}), budgets)
        return sorted(self._drafts, key=lambda draft: draft.id)

    def _group(self, profiles: Sequence[FoundProfile]) -> None:
        by_tags: dict[tuple[str | None, ...], Draft] = {}
        for profile in sorted(profiles, key=lambda each: each.name):
            key = tuple(profile.tags.get(tag) for tag in DIMENSIONS.values())
            draft = by_tags.get(key) if all(key) else None
            if draft is None:
                draft = by_tags[key] = self._new(profile.tags.get(TOOL_KEY) or profile.name)
                _take_tags(draft, profile.tags)
                self._tags[draft.id] = profile.tags
            model = source_of(profile.model_arns, self._region)
            draft.models.append(
                DraftModel(
                    alias=alias_of(model or profile.name, [m.alias for m in draft.models]),
                    model=model,
                    profile_arn=profile.arn,
                    note="" if model else f"it routes to {', '.join(profile.model_arns)}",
                )
            )
            for name in (profile.arn, profile.arn.rpartition("/")[2]):
                self._by_profile[name] = draft

    def _new(self, name: str) -> Draft:
        draft = Draft(
            id=slug(name, self._taken), name=name, account=self._account, region=self._region
        )
        self._taken.add(draft.id)
        self._drafts.append(draft)
        return draft

    def _call(self, draft: Draft, use: Use) -> None:
        who = use.principal
        if who.kind is Kind.ROLE and who.account == self._account:
            if who.name in self._role_arns:
                self._callers[who.name].setdefault(draft.id)
            else:
                draft.notes.append(f"role {who.name} calls it and does not exist any more")
        elif who.kind is Kind.USER and who.name in self._user_arns:
            if self._user_arns[who.name] not in draft.key_users:
                draft.key_users.append(self._user_arns[who.name])
        else:
            draft.notes.append(
                f"{who.kind} {who.name} of account {who.account or '?'} calls it: no stop reaches "
                "it; let it assume a role of this account"
            )

    def _past_profiles(self, use: Use) -> None:
        """A call without a profile: it belongs to the application of its role, or to a new one."""
        who = use.principal
        if who.kind is Kind.ROLE and who.account == self._account and who.name in self._role_arns:
            ids = list(self._callers.get(who.name, {}))
            draft = next((d for d in self._drafts if [d.id] == ids), None) or self._new(who.name)
            self._callers[who.name].setdefault(draft.id)
        else:
            draft = self._new(who.name.rpartition(":")[2])
            self._call(draft, use)
        self._add_bare_model(draft, use)

    def _add_bare_model(self, draft: Draft, use: Use) -> None:
        source = called_source(use.model_id)
        known = next((m for m in draft.models if m.model and same_model(m.model, source)), None)
        alias = known.alias if known else alias_of(source, [m.alias for m in draft.models])
        if known is None:
            draft.models.append(DraftModel(alias=alias, model=source, profile_arn=None))
        draft.notes.append(
            f"{use.principal.name} calls {use.model_id} without a profile ({use.calls:,} calls): "
            f"it must call alias {alias} instead"
        )

    def _share_roles(self) -> None:
        drafts = {draft.id: draft for draft in self._drafts}
        for name, ids in sorted(self._callers.items()):
            for each in ids:
                others = sorted(set(ids) - {each})
                caller = DraftCaller(role_arn=self._role_arns[name], shared_with=others)
                drafts[each].callers.append(caller)


def _take_tags(draft: Draft, tags: Mapping[str, str]) -> None:
    for dimension, key in DIMENSIONS.items():
        value = tags.get(key)
        if value is None:
            draft.tag_faults[dimension] = f"no profile of it has the tag {key}"
            continue
        faults = [f.problem for f in find_tag_faults({key: value}, {}) if f.key == key]
        if faults:
            draft.tag_faults[dimension] = f"{value!r} {'; '.join(faults)}"
        else:
            draft.tags[dimension] = value


def _match_budget(draft: Draft, tags: Mapping[str, str], budgets: Sequence[FoundBudget]) -> None:
    found = [b for b in budgets if b.tags.items() <= tags.items()]
    most = max((len(b.tags) for b in found), default=0)
    exact = [b for b in found if len(b.tags) == most]
    if len(exact) == 1:
        draft.adopt_budget, draft.limit_usd = exact[0].name, exact[0].limit_usd
    elif exact:
        names = ", ".join(budget.name for budget in exact)
        draft.notes.append(f"several budgets filter by its tags: {names}")
