"""Checks of a tenant's models: known, reachable from its Region, priced, not about to retire."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from finops_constructs.attribution.model_source import ModelSource, Scope, parse_model_source
from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath
from finops_constructs.config.platform_view import PlatformView
from finops_constructs.config.tenant_place import own_account, own_region
from finops_constructs.prices.model_price import DEPRECATION_NOTICE_DAYS

DEPRECATION_NOTICE: Final = timedelta(days=DEPRECATION_NOTICE_DAYS)
_MAX_MODEL_LENGTH: Final = 300

_EVERYWHERE: Final = frozenset({Scope.REGIONAL, Scope.GLOBAL})
# Areas from which AWS lets a system profile be called; elsewhere only global ones are offered.
_AREAS: Final[Mapping[str, frozenset[Scope]]] = {
    "eu-": _EVERYWHERE | {Scope.EU},
    "us-gov-": frozenset({Scope.REGIONAL, Scope.US_GOV}),
    "us-": _EVERYWHERE | {Scope.US},
    "ca-": _EVERYWHERE | {Scope.CA, Scope.US},
    "ap-": _EVERYWHERE | {Scope.APAC, Scope.AU, Scope.IN, Scope.JP},
}


@dataclass(frozen=True, slots=True)
class _Alias:
    """One alias with what it refers to."""

    tenant: Document
    path: KeyPath
    source: ModelSource
    region: str | None
    """The tenant's Region; None if that cannot be told."""


def model_faults_of(tenant: Document, platform: PlatformView) -> Iterator[Fault]:
    """Yield what is wrong with the models of one tenant."""
    for alias in tenant.keys("models"):
        yield from _profile_faults(tenant, ("models", alias, "profile_arn"))
        try:
            found = _alias(tenant, alias)
        except ValueError as error:
            yield tenant.fault(("models", alias, "model"), str(error))
            continue
        if found is not None:
            yield from _place_faults(found)
            yield from _price_faults(found, platform)


def model_warnings(tenant: Document, platform: PlatformView, today: date) -> Iterator[Fault]:
    """Yield models that AWS has retired, or will within 90 days."""
    for name in tenant.keys("models"):
        try:
            alias = _alias(tenant, name)
        except ValueError:
            continue
        price = platform.prices.find(alias.source, region=alias.region) if alias else None
        end = price.deprecation_date if price else None
        if alias is None or price is None or end is None or end > today + DEPRECATION_NOTICE:
            continue
        verb = "retired" if end <= today else "retires"
        successor = f"; its successor is {price.successor}" if price.successor else ""
        yield tenant.fault(alias.path, f"AWS {verb} this model on {end}{successor}")


def arn_faults(tenant: Document, path: KeyPath, *, region: str, account: str) -> Iterator[Fault]:
    """Yield that an ARN names another Region or account than the tenant's."""
    home, owner = own_region(tenant), own_account(tenant)
    if region and home and region != home:
        yield tenant.fault(path, f"must be in the tenant's Region {home}, got {region}")
    if account and owner and account != owner:
        yield tenant.fault(path, f"must be in the tenant's account {owner}, got {account}")


def _alias(tenant: Document, name: str) -> _Alias | None:
    path = ("models", name, "model")
    text = tenant.text(*path)
    if text is None or path in tenant.broken or not 0 < len(text) <= _MAX_MODEL_LENGTH:
        return None
    return _Alias(tenant, path, parse_model_source(text), own_region(tenant))


def _profile_faults(tenant: Document, path: KeyPath) -> Iterator[Fault]:
    parts = (tenant.text(*path) or "").split(":")
    if len(parts) == 6:
        yield from arn_faults(tenant, path, region=parts[3], account=parts[4])


def _place_faults(alias: _Alias) -> Iterator[Fault]:
    source, region = alias.source, alias.region
    yield from arn_faults(
        alias.tenant, alias.path, region=source.region or "", account=source.account or ""
    )
    if region is None:
        return
    allowed = _allowed_scopes(region)
    if source.scope not in allowed:
        listed = ", ".join(f"{s}." for s in sorted(allowed) if s is not Scope.REGIONAL)
        problem = (
            f"{source.scope}. profiles cannot be called from {region}; allowed there are "
            f"{listed} profiles and bare model ids"
        )
        yield alias.tenant.fault(alias.path, problem)


def _price_faults(alias: _Alias, platform: PlatformView) -> Iterator[Fault]:
    settings = alias.tenant.get(*alias.path[:-1])
    if settings.get("price") is not None or settings.get("metered") is False:
        return
    price = platform.prices.find(alias.source, region=alias.region)
    remedy = "give it a price, or say metered: false"
    if price is None:
        near = _callable(platform.near(alias.source), alias.region)
        hint = f"did you mean {' or '.join(near)}? Otherwise " if near else ""
        yield alias.tenant.fault(alias.path, f"not in the price list; {hint}{remedy}")
    elif not price.metered:
        yield alias.tenant.fault(alias.path, f"priced per {price.unit}, not by tokens; {remedy}")


def _callable(ids: Iterable[str], region: str | None) -> list[str]:
    """Return the ids that can be called from a Region, at most three."""
    allowed = frozenset(Scope) if region is None else _allowed_scopes(region)
    return [each for each in ids if parse_model_source(each).scope in allowed][:3]


def _allowed_scopes(region: str) -> frozenset[Scope]:
    return next((s for area, s in _AREAS.items() if region.startswith(area)), _EVERYWHERE)
