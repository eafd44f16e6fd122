"""Checks across tenants: what two of them must not share."""

from collections.abc import Iterator, Sequence
from typing import Final

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath, shown

_TAG_FIELDS: Final = ("tool", "project", "environment", "extra")

Place = tuple[Document, KeyPath, str]


def cross_faults(tenants: Sequence[Document]) -> Iterator[Fault]:
    """Yield ids, profiles, budgets and cost tags that belong to more than one tenant."""
    yield from _repeated(_ids(tenants), "another tenant has this id")
    yield from _repeated(_profiles(tenants), "a profile belongs to one alias of one tenant")
    yield from _repeated(_adopted_budgets(tenants), "a budget belongs to one tenant")
    yield from _tag_overlaps(tenants)


def _repeated(places: Iterator[Place], rule: str) -> Iterator[Fault]:
    first: dict[str, Place] = {}
    for place in places:
        document, path, value = place
        other, other_path, _ = first.setdefault(value, place)
        if (other, other_path) != (document, path):
            where = f"{other.file}:{other.line(other_path)}"
            yield document.fault(path, f"{rule}; it is given in {where} already")


def _ids(tenants: Sequence[Document]) -> Iterator[Place]:
    for tenant in tenants:
        tenant_id = tenant.text("id")
        if tenant_id is not None:
            yield tenant, ("id",), tenant_id


def _profiles(tenants: Sequence[Document]) -> Iterator[Place]:
    for tenant in tenants:
        for alias in tenant.keys("models"):
            path = ("models", alias, "profile_arn")
            arn = tenant.text(*path)
            if arn is not None:
                yield tenant, path, arn


def _adopted_budgets(tenants: Sequence[Document]) -> Iterator[Place]:
    for tenant in tenants:
        path = ("budget", "adopt_budget")
        name, account = tenant.text(*path), tenant.text("account")
        if name is not None and account is not None:
            yield tenant, path, f"{account}:{name}"


def _tag_overlaps(tenants: Sequence[Document]) -> Iterator[Fault]:
    """Yield tenants whose budget would count the spend of another."""
    exact: dict[tuple[str, ...], Document] = {}
    narrower: dict[tuple[str, ...], Document] = {}
    tagged = [(tenant, values) for tenant in tenants if len(values := _tags(tenant)) >= 3]
    for tenant, values in tagged:
        other = exact.setdefault(values, tenant)
        if other is not tenant:
            problem = f"the same tag values as {other.file}: each budget would count both's spend"
            yield tenant.fault(("cost_tags",), problem, value=_shown(values))
        if len(values) == 4:
            narrower.setdefault(values[:3], tenant)
    for tenant, values in tagged:
        if len(values) == 3 and values in narrower:
            problem = f"a subset of the tags of {narrower[values].file}: this budget would count "
            yield tenant.fault(("cost_tags",), problem + "its spend too", value=_shown(values))


def _tags(tenant: Document) -> tuple[str, ...]:
    """Return the tag values, the three standard ones first; empty if one of those is missing."""
    values = [tenant.text("cost_tags", name) for name in _TAG_FIELDS]
    known = tuple(value for value in values if value is not None)
    return known if None not in values[:3] else ()


def _shown(values: tuple[str, ...]) -> str:
    return shown(" / ".join(values))
