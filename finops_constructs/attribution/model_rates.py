"""Finding the price of a profile's model at synthesis: never a guess, never zero."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from aws_cdk import Annotations
from constructs import Construct

from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid
from finops_constructs.attribution.model_source import ModelSource
from finops_constructs.prices.model_price import DEPRECATION_NOTICE_DAYS, ModelPrice, Rates, Tier
from finops_constructs.prices.overlay import TokenRates
from finops_constructs.prices.price_list import PriceList, load_price_list

_TODAY_CONTEXT: Final = "finops-constructs:today"
_OWN_RATES: Final = "the tenant's own rates"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePrice:
    """What a profile's tokens cost, and who says so.

    Attributes:
        rates: Rates of a request of ordinary length.
        tiers: Rates of longer requests, shortest first.
        source: Where they come from.
        as_of: The day the source stood for them; None if the tenant gave them without one.
    """

    rates: Rates
    tiers: tuple[Tier, ...] = ()
    source: str
    as_of: date | None


def price_of(
    construct: Construct,
    source: ModelSource,
    *,
    region: str,
    prices: PriceList | None,
    price: TokenRates | None,
    metered: bool,
) -> ProfilePrice | None:
    """Return what the model's tokens cost, or None if it is not metered.

    A model within 90 days of its retirement puts a warning on the construct. That is the one thing
    synthesis asks the clock for; set the context `finops-constructs:today` (ISO date) to fix it.

    Args:
        construct: The profile, for errors and the warning.
        source: The model.
        region: The Region calls are made in; may be a token.
        prices: The price list. Default: the shipped one.
        price: The tenant's own rates; they win.
        metered: False: no price is needed.

    Raises:
        ValueError: If a metered model has no price.
    """
    known_region = "" if is_unresolved(region) else region
    entry = (prices or load_price_list()).find(source, region=known_region)
    if entry is not None:
        _warn_before_retirement(construct, entry)
    if not metered:
        return None
    if price is not None:
        return ProfilePrice(rates=Rates.given(price), source=_OWN_RATES, as_of=None)
    if entry is None or not entry.metered:
        unit = f" (it is billed per {entry.unit})" if entry is not None else ""
        raise invalid(
            construct,
            f"no token price for {source.source_id!r} in "
            f"{known_region or 'every Region'}{unit}: give price, add one to the price list, or "
            "say metered=False, which reports its spend as unmetered",
        )
    return ProfilePrice(
        rates=entry.rates, tiers=entry.tiers, source=entry.source, as_of=entry.as_of
    )


def _warn_before_retirement(construct: Construct, entry: ModelPrice) -> None:
    if entry.deprecation_date is None:
        return
    given = construct.node.try_get_context(_TODAY_CONTEXT)
    today = date.fromisoformat(given) if given else datetime.now(UTC).date()
    if entry.deprecation_date - today > timedelta(days=DEPRECATION_NOTICE_DAYS):
        return
    successor = f"; its successor is {entry.successor}" if entry.successor else ""
    Annotations.of(construct).add_warning_v2(
        "finops-constructs:model-retirement",
        f"AWS retires {entry.model} on {entry.deprecation_date.isoformat()}{successor}",
    )
