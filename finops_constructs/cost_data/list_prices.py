"""The price list as rows of the side table `prices`, under the names that the bill uses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.prices.price_entry import plain
from finops_constructs.prices.price_list import load_price_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finops_constructs.prices.price_list import PriceList

_NAMES_FILE: Final = Path(__file__).resolve().parent.parent / "prices" / "aws_model_names.json"


def price_rows(listed: PriceList | None = None) -> Iterator[list[object]]:
    """Yield rows of `prices`, in the order of its columns; USD as exact texts.

    Args:
        listed: The list. Default: the shipped one.
    """
    names = json.loads(_NAMES_FILE.read_text(encoding="utf-8"))
    by_id = {model: name for name, model in names.items()}
    for price in (listed or load_price_list()).entries():
        if price.metered:
            rates = [None if rate is None else plain(rate) for _, rate in price.rates.items()]
            name = by_id.get(price.model)
            yield [
                price.model,
                name,
                price.scope.value,
                price.region,
                *rates,
                price.source,
                price.as_of.isoformat(),
            ]
