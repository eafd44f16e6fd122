"""Reads an offer file of the AWS Price List: which tokens of which model cost what, where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.prices.aws_meters import Meter, is_unheard_of, meter_of
from finops_constructs.prices.price_entry import PriceListError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

FIRST_PARTY_OFFER: Final = "AmazonBedrock"
MARKETPLACE_OFFER: Final = "AmazonBedrockFoundationModels"
OFFERS: Final = (FIRST_PARTY_OFFER, MARKETPLACE_OFFER)
_EDITION: Final = " (Amazon Bedrock Edition)"
_TOKENS_A_UNIT: Final = {
    "1k tokens": 1_000,
    "1000 tokens": 1_000,
    "1m tokens": 1_000_000,
    "1000000 tokens": 1_000_000,
    "tokens": 1,
    "token": 1,
}
# Marketplace products may say "Units"; only their description then tells what a unit is.
_VAGUE_UNIT: Final = "units"
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsRate:
    """One on-demand token price of the AWS Price List.

    Attributes:
        name: The model as AWS names it there: `Nova Pro`, `Claude Sonnet 5.5`.
        region: The Region in which calls are billed so.
        meter: What is billed.
        usd: USD per 1,000,000 tokens.
    """

    name: str
    region: str
    meter: Meter
    usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What was read from one offer file.

    Attributes:
        code: The offer's code.
        published: The day AWS published it.
        rates: The prices in it that are understood.
        refused: Products that bill tokens but are not understood, with the reason.
    """

    code: str
    published: date
    rates: tuple[AwsRate, ...]
    refused: dict[str, str]


def read_offer(content: Any, where: str, regions: Container[str] | None = None) -> Offer:
    """Read an offer file.

    Args:
        content: The file as JSON gives it.
        where: The file, for the error's text.
        regions: The Regions wanted. Default: all that the file has.

    Raises:
        PriceListError: If it is no offer file of Bedrock.
    """
    code = _part(content, "offerCode", str, where)
    if code not in OFFERS:
        raise PriceListError(f"{where}: offerCode: must be {' or '.join(OFFERS)}, got {code!r}")
    published = _published(_part(content, "publicationDate", str, where), where)
    products = _part(content, "products", dict, where)
    on_demand = _part(_part(content, "terms", dict, where), "OnDemand", dict, f"{where}: terms")
    rates: list[AwsRate] = []
    refused: dict[str, str] = {}
    for sku, product in products.items():
        attributes = _part(product, "attributes", dict, f"{where}: products.{sku}")
        if regions is not None and attributes.get("regionCode") not in regions:
            continue
        meter = meter_of(attributes)
        if meter is None:
            if is_unheard_of(attributes):
                refused[str(attributes.get("usagetype"))] = "unknown usage type"
            continue
        try:
            rates.append(_rate(attributes, meter, on_demand.get(sku)))
        except ValueError as reason:
            refused[str(attributes.get("usagetype"))] = str(reason)
    return Offer(code=code, published=published, rates=tuple(rates), refused=refused)


def _part(content: Any, key: str, kind: type, where: str) -> Any:
    value = content.get(key) if isinstance(content, dict) else None
    if not isinstance(value, kind):
        expected = "an object" if kind is dict else "a text"
        raise PriceListError(f"{where}: {key}: must be {expected}, got {value!r:.80}")
    return value


def _published(text: str, where: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise PriceListError(f"{where}: publicationDate: must be a time, got {text!r}") from None


def _rate(attributes: dict[str, str], meter: Meter, terms: Any) -> AwsRate:
    name = attributes.get("model") or attributes.get("titanModel")
    if not name:
        service = attributes.get("servicename", "")
        name = service.removesuffix(_EDITION) if service.endswith(_EDITION) else ""
    region = attributes.get("regionCode", "")
    if not name or not region:
        raise ValueError("names no model" if region else "names no Region")
    usd = sole_price(terms)
    if usd == 0 and meter.kind in {"input", "output"}:
        raise ValueError("states a price of 0")
    return AwsRate(name=name, region=region, meter=meter, usd=usd)


def sole_price(terms: Any) -> Decimal:
    """Return the one price in a product's on-demand terms, in USD per 1,000,000 tokens.

    Raises:
        ValueError: If there is not exactly one price, or its unit or number is not understood.
    """
    dimensions = list(_dimensions(terms))
    if len(dimensions) != 1:
        raise ValueError(f"has {len(dimensions)} on-demand prices, not one")
    dimension = dimensions[0]
    unit = str(dimension.get("unit", "")).strip().lower()
    per_unit = _TOKENS_A_UNIT.get(unit)
    if unit == _VAGUE_UNIT and "million" in str(dimension.get("description", "")).lower():
        per_unit = _MILLION
    if per_unit is None:
        raise ValueError(f"has the unknown unit {dimension.get('unit')!r}")
    price = dimension.get("pricePerUnit")
    try:
        usd = Decimal(price["USD"]) if isinstance(price, dict) else None
    except (KeyError, TypeError, InvalidOperation):
        usd = None
    if usd is None or not usd.is_finite() or usd < 0:
        raise ValueError(f"has no price in USD, got {price!r}")
    return usd * (_MILLION // per_unit)


def _dimensions(terms: Any) -> Iterator[dict[str, Any]]:
    for term in terms.values() if isinstance(terms, dict) else ():
        dimensions = term.get("priceDimensions") if isinstance(term, dict) else None
        if isinstance(dimensions, dict):
            yield from (each for each in dimensions.values() if isinstance(each, dict))
