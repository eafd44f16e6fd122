"""What the standing deny would refuse of the calls that a log shows: one verdict a use.

The clauses are those of `enforcement.statements`; a test holds the two together by the simulator.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from finops_constructs.doctor.registry import TenantEntries
from finops_constructs.invocations.use import Kind, Principal, Use, parse_principal

FOREIGN_PROFILE: Final = "FinOpsForeignProfile"
BARE_MODEL: Final = "FinOpsBareModel"
OTHER_MODELS: Final = "FinOpsOtherModels"
_PROFILE: Final = ":application-inference-profile/"
_ARN_OF_A_MODEL: Final = re.compile(
    r"arn:[^:]*:bedrock:[^:]*:[^:]*:(foundation-model|inference-profile)/.+"
)
_SYSTEM: Final = re.compile(
    r"(.*:inference-profile/.+)|((us|eu|apac|jp|au|ca|us-gov|global)\.[a-z0-9].*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Calls that the standing deny would refuse.

    Attributes:
        tenant: Whose standing deny.
        role: The caller role's name.
        model_id: What was called.
        clause: The statement that refuses it, by its Sid.
        calls: How many calls.
        first: The first of them.
        last: The last of them.
        change: What to change, so that `guard: enforce` refuses nothing that is wanted.
    """

    tenant: str
    role: str
    model_id: str
    clause: str
    calls: int
    first: datetime
    last: datetime
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Calls through a tenant's profile by somebody whom it does not declare as a caller.

    Attributes:
        tenant: Whose profile.
        caller: Who called.
        calls: How many calls.
        last: The last of them.
    """

    tenant: str
    caller: str
    calls: int
    last: datetime


class Guards:
    """The standing denies of an account and Region, as they are or would be.

    Args:
        tenants: The registry.
        account: The account.
    """

    def __init__(self, tenants: Mapping[str, TenantEntries], account: str) -> None:
        self._tenants = tenants
        self._account = account
        self._owners = {
            str(profile[key]): tenant
            for tenant, entries in tenants.items()
            for profile in (*entries.replaced.values(), *entries.profiles.values())
            for key in ("profile_arn", "profile_id")
            if profile.get(key)
        }
        self._callers: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._known: set[Principal] = set()
        for tenant, entries in tenants.items():
            for arn in (*entries.callers, *entries.key_users):
                self._known.add(parse_principal(arn))
            for arn, shared in entries.callers.items():
                served = frozenset({tenant, *shared})
                self._callers.setdefault(arn.rpartition("/")[2], []).append((tenant, served))

    def denials(self, uses: Sequence[Use]) -> list[Denial]:
        """Return what would be refused, by tenant, role and model."""
        return sorted(
            (denial for use in uses for denial in self._of(use)),
            key=lambda each: (each.tenant, each.role, each.model_id),
        )

    def strangers(self, uses: Sequence[Use]) -> list[Stranger]:
        """Return who calls a tenant's profiles without being declared; no guard holds them."""
        found = []
        for use in uses:
            owner = self._owners.get(use.model_id)
            if owner is not None and use.principal not in self._known:
                name = f"{use.principal.kind} {use.principal.name}"
                found.append(Stranger(tenant=owner, caller=name, calls=use.calls, last=use.last))
        return sorted(found, key=lambda each: (each.tenant, each.caller))

    def _declared(self, use: Use) -> list[tuple[str, frozenset[str]]]:
        own = use.principal.kind is Kind.ROLE and use.principal.account == self._account
        return self._callers.get(use.principal.name, []) if own else []

    def _of(self, use: Use) -> Iterator[Denial]:
        for tenant, served in self._declared(use):
            found = self._clause(use.model_id, tenant, served)
            if found is not None:
                clause, change = found
                yield Denial(
                    tenant=tenant,
                    role=use.principal.name,
                    model_id=use.model_id,
                    clause=clause,
                    calls=use.calls,
                    first=use.first,
                    last=use.last,
                    change=change,
                )

    def _clause(self, model_id: str, tenant: str, served: frozenset[str]) -> tuple[str, str] | None:
        if _PROFILE in model_id or model_id in self._owners:
            return self._profile_clause(model_id, tenant, served)
        if _ARN_OF_A_MODEL.fullmatch(model_id) or not model_id.startswith("arn:"):
            kind = "the system profile" if _SYSTEM.fullmatch(model_id) else "the bare model"
            return BARE_MODEL, self._alias_for(model_id, tenant, kind)
        policy = self._tenants[tenant].policy or {}
        if any(fnmatchcase(model_id, str(arn)) for arn in policy.get("allowed_models") or ()):
            return None
        change = f"list it under allow.models of {tenant}, or call an alias instead"
        return OTHER_MODELS, change

    def _profile_clause(
        self, model_id: str, tenant: str, served: frozenset[str]
    ) -> tuple[str, str] | None:
        owner = self._owners.get(model_id)
        if owner in served:
            return None
        if owner is None:
            change = f"adopt the profile: models.<alias>.profile_arn of {tenant}"
            return FOREIGN_PROFILE, change
        change = (
            f"it is {owner}'s: give {tenant} an alias of its own, or let both tenants declare the "
            "role, each with the other under shared_with"
        )
        return FOREIGN_PROFILE, change

    def _alias_for(self, model_id: str, tenant: str, kind: str) -> str:
        """Say which alias of the tenant leads to the same model; else that it needs one."""
        called = model_id.rpartition("/")[2]
        for alias, profile in sorted(self._tenants[tenant].profiles.items()):
            sources = {str(profile.get("model_source")), str(profile.get("base_model_id"))}
            if called in sources or called.partition(".")[2] in sources:
                arn = profile.get("profile_arn")
                return f"call alias {alias} ({arn}) instead of {kind}"
        return f"give {tenant} an alias for it, and call that instead of {kind}"
