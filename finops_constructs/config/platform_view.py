"""What the checks of tenants need from `platform.yaml`, readable even where that file is faulty."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from finops_constructs.attribution.cost_tags import DEFAULT_BROAD_VALUES
from finops_constructs.attribution.model_source import ModelSource
from finops_constructs.config.document import Document
from finops_constructs.config.platform import MAX_LIMIT_USD, Budgets
from finops_constructs.prices.configured import configured_price_list
from finops_constructs.prices.overlay import PriceOverlay
from finops_constructs.prices.price_list import PriceList

_DEFAULT_MAX: Final = Budgets().max_monthly_limit_usd


@dataclass(frozen=True, slots=True)
class PlatformView:
    """Settings of the organisation that decide what a tenant may say."""

    prices: PriceList
    """The price list under the organisation's own prices."""
    has_extra_tag: bool | None
    """Whether tenants give `cost_tags.extra`; None if that cannot be told."""
    broad_values: frozenset[str] = field(default=DEFAULT_BROAD_VALUES)
    """Tag values too broad to allocate by."""
    max_monthly_limit_usd: Decimal = _DEFAULT_MAX
    """The most a tenant may plan to spend."""
    _near: dict[ModelSource, tuple[str, ...]] = field(default_factory=dict)

    def near(self, source: ModelSource) -> tuple[str, ...]:
        """Return priced ids that may have been meant; a slip copied to many tenants costs once."""
        if source not in self._near:
            self._near[source] = self.prices.suggestions(source, limit=9)
        return self._near[source]


def view_platform(platform: Document, folder: Path) -> PlatformView:
    """Return the settings, with defaults for those that cannot be read.

    Raises:
        PriceListError: If the folder has a price list of its own that cannot be used.
    """
    attribution = "attribution"
    extra = platform.get(attribution, "extra_tag_key")
    is_known = platform.usable and (attribution, "extra_tag_key") not in platform.broken
    allowed = {v.casefold() for _, v in platform.texts_of(attribution, "allowed_broad_values")}
    own = {v for _, v in platform.texts_of(attribution, "broad_values")}
    limit = platform.number("budgets", "max_monthly_limit_usd")
    return PlatformView(
        prices=configured_price_list(folder, _overlays(platform)),
        has_extra_tag=(extra is not None) if is_known else None,
        broad_values=(DEFAULT_BROAD_VALUES | own) - allowed,
        max_monthly_limit_usd=limit if limit and limit <= MAX_LIMIT_USD else _DEFAULT_MAX,
    )


def _overlays(platform: Document) -> list[PriceOverlay]:
    overlays = []
    for index in platform.indices("prices", "overlay"):
        try:
            overlays.append(PriceOverlay.model_validate(platform.get("prices", "overlay", index)))
        except ValidationError:
            continue  # a fault of its own, by the model of the whole file
    return overlays
