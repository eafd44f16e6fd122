"""Which prices a refresh begins with: the shipped and the user's, or LiteLLM's anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finops_constructs.prices.litellm_import import LICENCE, import_litellm
from finops_constructs.prices.price_file import read_price_file
from finops_constructs.prices.price_list import SHIPPED

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from finops_constructs.prices.model_price import ModelPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Prices before a refresh.

    Attributes:
        prices: The prices.
        source: Where they come from.
        licence: What their source demands.
    """

    prices: tuple[ModelPrice, ...]
    source: str
    licence: str


def starting_prices(own: Path, shipped: Path = SHIPPED) -> Start:
    """Return the shipped prices, and over them those of the user's list.

    Where both price the same calls, the newer `as_of` wins, and the user's if they are equal. So
    models that a newer release of this library knows reach a list written with an older one.

    Args:
        own: The user's list; it need not exist.
        shipped: The list of this library.

    Raises:
        PriceListError: If a list is malformed.
    """
    file = read_price_file(shipped)
    prices = {price.key: price for price in file.prices()}
    if own.is_file() and own.resolve() != shipped.resolve():
        for price in read_price_file(own).prices():
            former = prices.get(price.key)
            if former is None or price.as_of >= former.as_of:
                prices[price.key] = price
    return Start(prices=tuple(prices.values()), source=file.source, licence=file.licence)


def imported_prices(path: Path, *, version: str, as_of: date) -> Start:
    """Return the prices of a LiteLLM release, and of nothing else.

    Args:
        path: LiteLLM's price file.
        version: The release it belongs to.
        as_of: The day of that release.

    Raises:
        PriceListError: If the file is malformed.
    """
    imported = import_litellm(path, version=version, as_of=as_of)
    source = f"LiteLLM {version}, model_prices_and_context_window"
    return Start(prices=imported.prices, source=source, licence=LICENCE)
