"""The price list an organisation's configuration asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from finops_constructs.prices.price_list import PriceList, load_price_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finops_constructs.prices.overlay import PriceOverlay

OWN_LIST: Final = "prices.json"
"""Name of the organisation's own list in its configuration folder."""


def configured_price_list(config: Path | None, overlays: Sequence[PriceOverlay] = ()) -> PriceList:
    """Return the list in the configuration folder, or else the shipped one, under the overlay.

    Args:
        config: The configuration folder, whose `prices.json`, if there is one, is used instead of
            the shipped list; None if there is no folder.
        overlays: The organisation's own prices, as `platform.yaml` gives them. Default: none.

    Raises:
        PriceListError: If the list in the folder cannot be used.
    """
    own = None if config is None else Path(config) / OWN_LIST
    listed = load_price_list(own if own is not None and own.is_file() else None)
    return listed.with_overlay(overlays) if overlays else listed
