"""Brings rates of the AWS Price List into a price list, those that are certain and no others.

A model is recognised by its exact name in `aws_model_names.json`, which names one id. Its price in
a Region becomes the price there of

- the bare model and each geographic profile the list knows of it, for a usage type without reach:
  AWS prices a geographic profile by the Region it is called from;
- the global profile, for a global usage type.

A rate AWS does not state is kept from the list, and the entry then keeps the older `as_of`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.attribution.model_source import Scope
from finops_constructs.prices.aws_meters import Reach
from finops_constructs.prices.model_price import TOKEN_KINDS, ModelPrice, Rates
from finops_constructs.prices.price_entry import BILLED_PER_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from finops_constructs.prices.aws_offer import AwsRate, Offer
    from finops_constructs.prices.model_price import PriceKey

_NAMES: Final = Path(__file__).with_name("aws_model_names.json")
_GEOGRAPHIES: Final = {
    Scope.US_GOV: ("us-gov-",),
    Scope.US: ("us-east-", "us-west-", "ca-"),
    Scope.CA: ("ca-",),
    Scope.EU: ("eu-",),
    Scope.APAC: ("ap-",),
    Scope.IN: ("ap-south-",),
    Scope.JP: ("ap-northeast-1", "ap-northeast-3"),
    Scope.AU: ("ap-southeast-2", "ap-southeast-4"),
}
_REST: Final = ", rest: "

Stated = dict[tuple[str, bool], "Decimal"]
"""Rates AWS states of one model in one Region, by kind and whether for long contexts only."""


@dataclass(slots=True, kw_only=True)
class Refreshed:
    """A price list after a refresh, and what the refresh did.

    Attributes:
        prices: Every price, by what it prices.
        updated: Prices that changed: the former, the present.
        new: Prices of calls that had none.
        unchanged: Prices AWS confirmed.
        not_mapped: What AWS prices and the list does not take, with the reason.
    """

    prices: dict[PriceKey, ModelPrice]
    updated: list[tuple[ModelPrice, ModelPrice]] = field(default_factory=list)
    new: list[ModelPrice] = field(default_factory=list)
    unchanged: list[ModelPrice] = field(default_factory=list)
    not_mapped: dict[str, str] = field(default_factory=dict)


@cache
def aws_model_names() -> dict[str, str]:
    """Return the model id of every model name of the AWS Price List that is known."""
    names: dict[str, str] = json.loads(_NAMES.read_text(encoding="utf-8"))
    return names


def refresh_prices(prices: Iterable[ModelPrice], offers: Iterable[Offer]) -> Refreshed:
    """Return `prices` with the rates that AWS states.

    Args:
        prices: The list before.
        offers: Offer files of the AWS Price List.
    """
    result = Refreshed(prices={price.key: price for price in prices})
    for offer in offers:
        result.not_mapped.update(offer.refused)
        groups = _grouped(offer.rates, result.not_mapped)
        for (model, reach, region), stated in groups.items():
            apart = (model, Reach.GEO, region) in groups
            for scope in _scopes(model, reach, region, result.prices, apart=apart):
                _take(result, offer, (model, scope, region), stated)
    return result


def _grouped(
    rates: Iterable[AwsRate], not_mapped: dict[str, str]
) -> dict[tuple[str, Reach, str], Stated]:
    grouped: dict[tuple[str, Reach, str], Stated] = {}
    contradicted: set[tuple[str, Reach, str]] = set()
    for rate in rates:
        model = aws_model_names().get(rate.name)
        if model is None:
            not_mapped[rate.name] = "no model id is known for this name"
            continue
        group = (model, rate.meter.reach, rate.region)
        stated = grouped.setdefault(group, {})
        if stated.setdefault((rate.meter.kind, rate.meter.long_context), rate.usd) != rate.usd:
            not_mapped[f"{rate.name} in {rate.region}"] = f"two prices for {rate.meter.kind} tokens"
            contradicted.add(group)
    return {group: stated for group, stated in grouped.items() if group not in contradicted}


def _scopes(
    model: str, reach: Reach, region: str, prices: dict[PriceKey, ModelPrice], *, apart: bool
) -> Iterator[Scope]:
    if reach is Reach.GLOBAL:
        yield Scope.GLOBAL
        return
    if reach is Reach.STANDARD:
        yield Scope.REGIONAL
    if apart and reach is Reach.STANDARD:
        return
    for scope in _geographies(region):
        if (model, scope, None) in prices or (model, scope, region) in prices:
            yield scope


def _geographies(region: str) -> tuple[Scope, ...]:
    return tuple(scope for scope, starts in _GEOGRAPHIES.items() if region.startswith(starts))


def _take(result: Refreshed, offer: Offer, key: PriceKey, stated: Stated) -> None:
    model, scope, region = key
    former = result.prices.get(key) or result.prices.get((model, scope, None))
    if former is not None and not former.metered:
        result.not_mapped[f"{model} ({scope})"] = f"is billed per {former.unit} in the list"
        return
    if former is None and not {("input", False), ("output", False)} <= stated.keys():
        result.not_mapped[f"{model} ({scope}) in {region}"] = "has no price for input and output"
        return
    if _has_unplaced_tier(former, stated):
        result.not_mapped[f"{model} ({scope}) in {region}, long contexts"] = (
            "the list does not know above how many input tokens they begin"
        )
    present = _merged(former or _unknown(offer, key), stated, offer, key)
    result.prices[key] = present
    if former is None:
        result.new.append(present)
    elif (former.rates, former.tiers) == (present.rates, present.tiers):
        result.unchanged.append(present)
    else:
        result.updated.append((former, present))


def _has_unplaced_tier(former: ModelPrice | None, stated: Stated) -> bool:
    if former is not None and len(former.tiers) == 1:
        return False
    return any(long and usd != stated.get((kind, False)) for (kind, long), usd in stated.items())


def _merged(former: ModelPrice, stated: Stated, offer: Offer, key: PriceKey) -> ModelPrice:
    rates = _rates(former.rates, stated, long_context=False)
    kept = _keeps(former.rates, stated, long_context=False)
    tiers = former.tiers
    if len(tiers) == 1:
        long_rates = _rates(tiers[0].rates, stated, long_context=True)
        kept = kept or _keeps(tiers[0].rates, stated, long_context=True)
        tiers = (replace(tiers[0], rates=long_rates),)
    kept = kept or len(tiers) > 1
    source = f"AWS Price List {offer.code}"
    if kept:
        source += _REST + former.source.split(_REST)[-1]
    return replace(
        former,
        region=key[2],
        rates=rates,
        tiers=tiers,
        source=source,
        as_of=min(former.as_of, offer.published) if kept else offer.published,
    )


def _keeps(former: Rates, stated: Stated, *, long_context: bool) -> bool:
    return any(
        rate is not None and (kind, long_context) not in stated for kind, rate in former.items()
    )


def _rates(former: Rates, stated: Stated, *, long_context: bool) -> Rates:
    return Rates(
        **{kind: stated.get((kind, long_context), getattr(former, kind)) for kind in TOKEN_KINDS}
    )


def _unknown(offer: Offer, key: PriceKey) -> ModelPrice:
    model, scope, _ = key
    return ModelPrice(
        model=model,
        scope=scope,
        mode="chat",  # only a model with output tokens comes here
        unit=BILLED_PER_TOKENS,
        metered=True,
        source=f"AWS Price List {offer.code}",
        as_of=offer.published,
    )
