"""The price list: what a call of a configured model costs, or that nobody knows."""

from __future__ import annotations

import difflib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.attribution.model_source import ModelSource, Scope
from finops_constructs.prices.model_price import ModelPrice, Rates, Tier
from finops_constructs.prices.price_entry import BILLED_PER_TOKENS, PriceListError
from finops_constructs.prices.price_file import PriceFile, read_price_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from finops_constructs.prices.overlay import PriceOverlay

__all__ = ["ModelPrice", "PriceList", "PriceListError", "Rates", "Tier", "load_price_list"]

SHIPPED: Final = Path(__file__).with_name("prices.json")


class PriceList:
    """Prices of models by scope and Region, the user's own before the list's.

    Example:
        >>> from finops_constructs.attribution.model_source import parse_model_source
        >>> source = parse_model_source("eu.anthropic.claude-sonnet-5-5")
        >>> price = load_price_list().find(source, region="eu-west-1")
        >>> str(price.rates.input)
        '2.2'

    Args:
        file: The list; its entries are read when they are asked for.
        overlays: Prices that win over the list, the first that matches first. Default: none.
    """

    def __init__(self, file: PriceFile, overlays: Sequence[PriceOverlay] = ()) -> None:
        self._file = file
        self._overlays = tuple(overlays)
        self._read: dict[int, ModelPrice] = {}
        self._places: dict[tuple[str, str], dict[str | None, int]] = {}
        for index, entry in enumerate(file.entries):
            if not isinstance(entry, dict) or not {"model", "scope", "region"} <= entry.keys():
                self._price(index)  # raises, naming what is wrong
            calls = str(entry["model"]), str(entry["scope"])
            self._places.setdefault(calls, {})[entry["region"]] = index

    @property
    def path(self) -> Path:
        """The file the list was read from."""
        return self._file.path

    @property
    def source(self) -> str:
        """Where the list's prices come from."""
        return self._file.source

    @property
    def licence(self) -> str:
        """What the list's source demands."""
        return self._file.licence

    @property
    def as_of(self) -> date:
        """The newest day any of the list's prices stands for; each price has its own."""
        return self._file.as_of

    def age_days(self, today: date) -> int:
        """Return for how many days the list has been as it is."""
        return (today - self.as_of).days

    def with_overlay(self, overlays: Sequence[PriceOverlay]) -> PriceList:
        """Return this list under the user's own prices.

        Args:
            overlays: The user's prices; the first that matches a call wins over the list. They
                hold for requests of every length.
        """
        return PriceList(self._file, (*overlays, *self._overlays))

    def find(self, source: ModelSource, region: str | None = None) -> ModelPrice | None:
        """Return the price of calls of `source`, or None if it is not known.

        The price for the exact Region comes before the one for every Region of the scope. A price
        of another scope is never taken: an EU profile costs more than the global one.

        Args:
            source: The model or system inference profile that is called.
            region: The Region it is called in. Default: the Region that `source` names, if any.
        """
        region = region or source.region
        listed = self._listed(source, region)
        for overlay in self._overlays:
            calls = overlay.model, overlay.scope
            if calls == (source.base_model_id, source.scope) and overlay.region in {None, region}:
                return _overlaid(overlay, listed)
        return listed

    def models(self) -> tuple[str, ...]:
        """Return the ids of all priced models, without scope prefixes, in alphabetical order."""
        own = {overlay.model for overlay in self._overlays}
        return tuple(sorted(own | {model for model, _ in self._places}))

    def entries(self) -> Iterator[ModelPrice]:
        """Yield every price of the list itself, without overlays."""
        for index in range(len(self._file.entries)):
            yield self._price(index)

    def suggestions(self, source: ModelSource, limit: int = 3) -> tuple[str, ...]:
        """Return ids that do have a price and that `source` may have been meant to be.

        Args:
            source: A model or system inference profile without a price.
            limit: How many at most. Default: 3.
        """
        listed = [(model, scope) for model, scope in self._places]
        own = [(overlay.model, overlay.scope.value) for overlay in self._overlays]
        ids = {_source_id(model, scope): model for model, scope in (*own, *listed)}
        others = sorted(each for each, model in ids.items() if model == source.base_model_id)
        dated = sorted(each for each in ids if each.startswith(f"{source.source_id}-"))
        near = difflib.get_close_matches(source.source_id, ids, n=limit)
        return tuple(dict.fromkeys([*others, *dated, *near]))[:limit]

    def deprecations(self, within_days: int, today: date) -> tuple[ModelPrice, ...]:
        """Return the prices of models retired already or within so many days, soonest first."""
        last = today + timedelta(days=within_days)
        dated = [
            (price.deprecation_date, index, price)
            for index, price in enumerate(self.entries())
            if price.deprecation_date is not None and price.deprecation_date <= last
        ]
        return tuple(price for _, _, price in sorted(dated, key=lambda each: each[:2]))

    def _listed(self, source: ModelSource, region: str | None) -> ModelPrice | None:
        places = self._places.get((source.base_model_id, source.scope.value), {})
        index = places.get(region, places.get(None))
        return None if index is None else self._price(index)

    def _price(self, index: int) -> ModelPrice:
        if index not in self._read:
            self._read[index] = self._file.entry(index)
        return self._read[index]


def load_price_list(path: Path | None = None) -> PriceList:
    """Return a price list.

    Args:
        path: A list written by `finops prices refresh`; it is checked whole, and used instead of
            the shipped one. Default: the shipped list, read once.

    Raises:
        PriceListError: If the list cannot be used.
    """
    if path is None:
        return _shipped()
    file = read_price_file(path)
    file.prices()
    return PriceList(file)


@cache
def _shipped() -> PriceList:
    return PriceList(read_price_file(SHIPPED))


def _source_id(model: str, scope: str) -> str:
    return ModelSource(base_model_id=model, scope=Scope(scope)).source_id


def _overlaid(overlay: PriceOverlay, listed: ModelPrice | None) -> ModelPrice:
    return ModelPrice(
        model=overlay.model,
        scope=overlay.scope,
        region=overlay.region,
        mode=listed.mode if listed else "chat",
        unit=BILLED_PER_TOKENS,
        metered=True,
        rates=Rates.given(overlay.rates),
        deprecation_date=listed.deprecation_date if listed else None,
        successor=listed.successor if listed else None,
        source=overlay.source,
        as_of=overlay.as_of,
    )
