"""One line of a price list: read with every fault named, written in one spelling only."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from finops_constructs.attribution.model_source import Scope
from finops_constructs.prices.model_price import TOKEN_KINDS, ModelPrice, Rates, Tier

BILLED_PER_TOKENS: Final = "1M tokens"
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_REQUIRED: Final = ("model", "scope", "region", "mode", "unit", "metered", "source", "as_of")
_OPTIONAL: Final = ("rates", "tiers", "unit_prices", "deprecation_date", "successor")


class PriceListError(ValueError):
    """A price list that cannot be used; the text names the file and the key."""


def read_entry(entry: object, where: str) -> ModelPrice:
    """Return the price that one entry of a price list states.

    Args:
        entry: The entry as JSON gives it.
        where: The file and the entry's place in it, for the error's text.

    Raises:
        PriceListError: If a key is missing, unknown or holds something else than it may.
    """
    if not isinstance(entry, dict):
        raise PriceListError(f"{where}: must be an object, got {entry!r}")
    where = f"{where} ({entry.get('model')})"
    _check_keys(entry, where, required=_REQUIRED, optional=_OPTIONAL)
    metered = entry["metered"]
    if not isinstance(metered, bool):
        raise PriceListError(f"{where}: metered: must be true or false, got {metered!r}")
    price = ModelPrice(
        model=_text(entry, "model", where),
        scope=_scope(entry["scope"], where),
        region=_region(entry["region"], where),
        mode=_text(entry, "mode", where),
        unit=_text(entry, "unit", where),
        metered=metered,
        rates=_rates(entry["rates"], f"{where}: rates") if "rates" in entry else Rates(),
        tiers=_tiers(entry.get("tiers", []), where),
        unit_prices=_unit_prices(entry.get("unit_prices", {}), where),
        deprecation_date=_date(entry, "deprecation_date", where)
        if "deprecation_date" in entry
        else None,
        successor=_text(entry, "successor", where) if "successor" in entry else None,
        source=_text(entry, "source", where),
        as_of=_date(entry, "as_of", where),
    )
    if metered != (price.rates.input is not None and price.unit == BILLED_PER_TOKENS):
        raise PriceListError(
            f"{where}: metered: must be true if and only if unit is {BILLED_PER_TOKENS!r} and "
            f"rates.input is given, got {metered}"
        )
    return price


def write_entry(price: ModelPrice) -> dict[str, Any]:
    """Return the entry that states `price`, ready for JSON; `read_entry` reads it back."""
    entry: dict[str, Any] = {
        "model": price.model,
        "scope": price.scope.value,
        "region": price.region,
        "mode": price.mode,
        "unit": price.unit,
        "metered": price.metered,
    }
    if price.metered:
        entry["rates"] = _plain_rates(price.rates)
    if price.tiers:
        entry["tiers"] = [
            {"above_input_tokens": tier.above_input_tokens, "rates": _plain_rates(tier.rates)}
            for tier in price.tiers
        ]
    if price.unit_prices:
        entry["unit_prices"] = {unit: plain(usd) for unit, usd in price.unit_prices.items()}
    if price.deprecation_date:
        entry["deprecation_date"] = price.deprecation_date.isoformat()
    if price.successor:
        entry["successor"] = price.successor
    return {**entry, "source": price.source, "as_of": price.as_of.isoformat()}


def plain(number: Decimal) -> str:
    """Return `number` without an exponent or trailing zeros."""
    return format(number.normalize(), "f")


def _plain_rates(rates: Rates) -> dict[str, str | None]:
    return {kind: None if rate is None else plain(rate) for kind, rate in rates.items()}


def _check_keys(
    entry: dict[str, Any], where: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> None:
    for key in required:
        if key not in entry:
            raise PriceListError(f"{where}: {key}: missing")
    for key in entry:
        if key not in required and key not in optional:
            raise PriceListError(
                f"{where}: {key}: unknown key; allowed is {', '.join((*required, *optional))}"
            )


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value:
        raise PriceListError(f"{where}: {key}: must be a text, got {value!r}")
    return value


def _scope(value: object, where: str) -> Scope:
    if not isinstance(value, str) or value not in tuple(Scope):
        raise PriceListError(f"{where}: scope: must be one of {', '.join(Scope)}, got {value!r}")
    return Scope(value)


def _region(value: object, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _REGION.fullmatch(value):
        raise PriceListError(f"{where}: region: must be an AWS Region or null, got {value!r}")
    return value


def _date(entry: dict[str, Any], key: str, where: str) -> date:
    try:
        return date.fromisoformat(entry[key])
    except (TypeError, ValueError):
        raise PriceListError(f"{where}: {key}: must be YYYY-MM-DD, got {entry[key]!r}") from None


def _decimal(value: object, where: str) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise PriceListError(f"{where}: must be a decimal >= 0 in quotes, got {value!r}")
    return number


def _rates(value: object, where: str) -> Rates:
    if not isinstance(value, dict):
        raise PriceListError(f"{where}: must be an object, got {value!r}")
    _check_keys(value, where, required=TOKEN_KINDS)
    return Rates(
        **{
            kind: None if value[kind] is None else _decimal(value[kind], f"{where}.{kind}")
            for kind in TOKEN_KINDS
        }
    )


def _tiers(value: object, where: str) -> tuple[Tier, ...]:
    if not isinstance(value, list):
        raise PriceListError(f"{where}: tiers: must be a list, got {value!r}")
    tiers: list[Tier] = []
    for index, each in enumerate(value):
        here = f"{where}: tiers[{index}]"
        if not isinstance(each, dict):
            raise PriceListError(f"{here}: must be an object, got {each!r}")
        _check_keys(each, here, required=("above_input_tokens", "rates"))
        above, floor = each["above_input_tokens"], tiers[-1].above_input_tokens if tiers else 0
        if type(above) is not int or above <= floor:
            raise PriceListError(
                f"{here}.above_input_tokens: must be a whole number > {floor}, got {above!r}"
            )
        tiers.append(Tier(above_input_tokens=above, rates=_rates(each["rates"], f"{here}.rates")))
    return tuple(tiers)


def _unit_prices(value: object, where: str) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        raise PriceListError(f"{where}: unit_prices: must be an object, got {value!r}")
    return {unit: _decimal(usd, f"{where}: unit_prices.{unit}") for unit, usd in value.items()}
