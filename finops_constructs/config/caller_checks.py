"""Checks of caller roles: of the tenant's account, and declared alike by all who share one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath
from finops_constructs.config.tenant_place import own_account

# A role's name is unique in its account, whatever its path: (account, name).
RoleKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Use:
    """One tenant's declaration of one role."""

    tenant: Document
    id: str
    path: KeyPath
    shared_with: frozenset[str]


def caller_faults(tenants: Sequence[Document]) -> Iterator[Fault]:
    """Yield what is wrong with the callers of all tenants."""
    ids = {each for tenant in tenants if (each := tenant.text("id")) is not None}
    uses: dict[RoleKey, list[_Use]] = {}
    for tenant in tenants:
        for index in tenant.indices("callers"):
            yield from _shared_with_faults(tenant, ("callers", index, "shared_with"), ids)
        for path, account, name in _roles(tenant):
            yield from _account_faults(tenant, path, account)
            earlier = uses.get((account, name), [])
            if earlier and earlier[-1].tenant is tenant:
                first = tenant.line(earlier[-1].path)
                yield tenant.fault(path, f"the role is listed twice; the first is on line {first}")
                continue
            shared = frozenset(s for _, s in tenant.texts_of(*path[:-1], "shared_with"))
            use = _Use(tenant, tenant.text("id") or tenant.file, path, shared)
            uses.setdefault((account, name), []).append(use)
    for declared in uses.values():
        yield from _sharing_faults(declared, ids)
    yield from _key_user_faults(tenants)


def caller_warnings(tenant: Document) -> Iterator[Fault]:
    """Yield roles that the kill switch cannot edit."""
    for path, _, name in _roles(tenant):
        arn = tenant.text(*path) or ""
        if name.startswith("AWSReservedSSO_") or ":role/aws-reserved/" in arn:
            problem = "IAM Identity Center owns this role: the switch cannot attach the suspension "
            yield tenant.fault(path, problem + "policy to it, only flip the state tag")
        elif ":role/finops/" in arn:
            problem = "the switch never touches roles under /finops/: it cannot suspend this caller"
            yield tenant.fault(path, problem)


def _roles(tenant: Document) -> Iterator[tuple[KeyPath, str, str]]:
    """Yield path, account and name of every readable role ARN."""
    for index in tenant.indices("callers"):
        path = ("callers", index, "role_arn")
        parts = (tenant.text(*path) or "").split(":", 5)
        if len(parts) == 6 and parts[5].startswith("role/"):
            yield path, parts[4], parts[5].rpartition("/")[2]


def _account_faults(tenant: Document, path: KeyPath, account: str) -> Iterator[Fault]:
    own = own_account(tenant)
    if own is not None and account != own:
        problem = (
            f"must be a role of the tenant's account {own}: CloudFormation cannot attach the "
            f"guard to a role of {account}"
        )
        yield tenant.fault(path, problem)


def _key_user_faults(tenants: Sequence[Document]) -> Iterator[Fault]:
    """A user's keys are its own: a stop of one tenant would take them from another."""
    users: dict[str, Document] = {}
    for tenant in tenants:
        for path, arn in tenant.texts_of("api_key_users"):
            own, account = own_account(tenant), arn.split(":")[4:5]
            if own is not None and account != [own]:
                yield tenant.fault(path, f"must be a user of the tenant's account {own}")
            if arn in users:
                first = users[arn]
                problem = f"is listed in {first.file} already: a user belongs to one tenant"
                yield tenant.fault(path, problem)
            users.setdefault(arn, tenant)


def _shared_with_faults(tenant: Document, path: KeyPath, ids: set[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for entry, other in tenant.texts_of(*path):
        if other == tenant.text("id"):
            yield tenant.fault(entry, "names the tenant itself; name the other tenants")
        elif other not in ids:
            yield tenant.fault(entry, "must be the id of another tenant; there is no such tenant")
        elif other in seen:
            yield tenant.fault(entry, "listed twice")
        seen.add(other)


def _sharing_faults(declared: list[_Use], ids: set[str]) -> Iterator[Fault]:
    users = {use.id for use in declared}
    for use in declared:
        for other in sorted(users - use.shared_with - {use.id}):
            problem = f"tenant {other} calls with this role too: list it under shared_with in both"
            yield use.tenant.fault(use.path, problem)
        for other in sorted((use.shared_with & ids) - users - {use.id}):
            problem = f"shared_with names {other}, which does not list this role among its callers"
            yield use.tenant.fault(use.path, problem)
