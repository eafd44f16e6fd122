"""Tenants and prices of a configuration folder, even one whose only fault is a missing price.

`load_config` refuses a folder in which a model has no price. The commands that find and mend just
that must read it all the same, as long as every file says what it says in the right types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from finops_constructs.attribution.model_source import parse_model_source
from finops_constructs.config.folder_files import list_files
from finops_constructs.config.loader import ConfigFaults, load_config
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.config.tenant import TenantConfig
from finops_constructs.config.yaml_source import read_yaml
from finops_constructs.prices.configured import configured_price_list

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from finops_constructs.prices.price_list import PriceList


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredModels:
    """What a configuration folder says of models and prices.

    Attributes:
        prices: The price list it asks for, under its overlay.
        tenants: Its tenants.
    """

    prices: PriceList
    tenants: tuple[TenantConfig, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The Regions of the tenants, in alphabetical order."""
        return tuple(sorted({tenant.region for tenant in self.tenants}))


def load_models(folder: Path) -> ConfiguredModels:
    """Read a configuration folder for its models and prices.

    Args:
        folder: The configuration folder.

    Raises:
        ConfigFaults: If a file cannot be read, is of the wrong types, or names no model.
        PriceListError: If the folder's own price list cannot be used.
    """
    try:
        loaded = load_config(folder)
    except ConfigFaults:
        typed = _typed(folder) if folder.is_dir() else None
        if typed is None:
            raise
        platform, tenants = typed
    else:
        platform, tenants = loaded.platform, loaded.tenants
    prices = configured_price_list(folder, platform.prices.overlay)
    return ConfiguredModels(prices=prices, tenants=tenants)


def _typed(folder: Path) -> tuple[PlatformConfig, tuple[TenantConfig, ...]] | None:
    files = list_files(folder)
    platform = read_yaml(files.platform)
    tenants = [read_yaml(path) for path in files.tenants]
    if any(document.faults for document in (platform, *tenants)):
        return None
    try:
        typed = tuple(TenantConfig.model_validate(tenant.data) for tenant in tenants)
        _check_ids(typed)
        return PlatformConfig.model_validate(platform.data), typed
    except (ValidationError, ValueError):
        return None


def _check_ids(tenants: Iterable[TenantConfig]) -> None:
    for tenant in tenants:
        for model in tenant.models.values():
            parse_model_source(model.model)
