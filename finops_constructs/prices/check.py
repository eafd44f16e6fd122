"""Holds configured models against the price list: who has no price, an old one, or no future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from finops_constructs.attribution.model_source import parse_model_source
from finops_constructs.prices.model_price import DEPRECATION_NOTICE_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from finops_constructs.attribution.model_source import ModelSource
    from finops_constructs.config.tenant import Model, TenantConfig
    from finops_constructs.prices.price_list import ModelPrice, PriceList

"""How long before a model's retirement people are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredModel:
    """One alias of one tenant, held against the price list.

    Attributes:
        tenant: The tenant's id.
        alias: The alias.
        model: The model or system inference profile.
        region: The Region it is called in.
        status: `priced`, `unmetered` or `no price`.
        price: Its price; None if the tenant gives its own, or there is none.
        findings: What a person should act on.
    """

    tenant: str
    alias: str
    model: str
    region: str
    status: str
    price: ModelPrice | None
    findings: tuple[str, ...]


def check_models(
    prices: PriceList,
    tenants: Iterable[TenantConfig],
    *,
    today: date,
    max_age_days: int | None = None,
) -> tuple[ConfiguredModel, ...]:
    """Hold every configured model against the price list.

    Args:
        prices: The price list, with the platform's overlay.
        tenants: The tenants.
        today: The day to reckon from.
        max_age_days: How old a price may be. Default: as old as it likes.
    """
    return tuple(
        _checked(prices, tenant, alias, today=today, max_age_days=max_age_days)
        for tenant in tenants
        for alias in tenant.models
    )


def deprecation_finding(price: ModelPrice, today: date) -> str | None:
    """Return what to say of a model retired already or within 90 days; None if it is not."""
    when = price.deprecation_date
    if when is None or when > today + timedelta(days=DEPRECATION_NOTICE_DAYS):
        return None
    successor = f"; its successor is {price.successor}" if price.successor else ""
    return f"{'was' if when <= today else 'is'} to be retired on {when}{successor}"


def _checked(
    prices: PriceList,
    tenant: TenantConfig,
    alias: str,
    *,
    today: date,
    max_age_days: int | None,
) -> ConfiguredModel:
    model = tenant.models[alias]
    source = parse_model_source(model.model)
    price = prices.find(source, region=tenant.region)
    findings = [] if price is None else [deprecation_finding(price, today)]
    status = _status(model, price)
    if status == "no price":
        findings.append(_no_price(prices, source))
    if status == "unmetered" and model.metered and price is not None:
        findings.append(f"is billed per {price.unit}: say metered: false, or give it a price")
    own = model.price is not None
    if price is not None and status == "priced" and not own and max_age_days is not None:
        age = (today - price.as_of).days
        if age > max_age_days:
            findings.append(f"its price is {age} days old")
    return ConfiguredModel(
        tenant=tenant.id,
        alias=alias,
        model=source.source_id,
        region=tenant.region,
        status=status,
        price=None if own else price,
        findings=tuple(each for each in findings if each),
    )


def _status(model: Model, price: ModelPrice | None) -> str:
    if not model.metered:
        return "unmetered"
    if model.price is not None:
        return "priced"
    if price is None:
        return "no price"
    return "priced" if price.metered else "unmetered"


def _no_price(prices: PriceList, source: ModelSource) -> str:
    near = prices.suggestions(source)
    meant = f"; priced are {', '.join(near)}" if near else ""
    return f"has no price: give one in the tenant's file or in platform.yaml{meant}"
