"""Reads a configuration folder whole, or says everything that is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from finops_constructs.config.caller_checks import caller_faults, caller_warnings
from finops_constructs.config.cross_checks import cross_faults
from finops_constructs.config.document import Document
from finops_constructs.config.faults import ConfigFaults, Fault, shown_file
from finops_constructs.config.folder_files import list_files
from finops_constructs.config.model_checks import model_faults_of, model_warnings
from finops_constructs.config.model_faults import model_faults
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.config.platform_checks import platform_faults
from finops_constructs.config.platform_view import PlatformView, view_platform
from finops_constructs.config.region_checks import region_faults
from finops_constructs.config.regulation_checks import regulation_faults
from finops_constructs.config.tenant import TenantConfig
from finops_constructs.config.tenant_checks import tenant_faults, tenant_warnings
from finops_constructs.config.text_checks import reference_faults
from finops_constructs.config.yaml_source import read_yaml
from finops_constructs.prices.configured import OWN_LIST
from finops_constructs.prices.price_list import PriceList, PriceListError

__all__ = ["ConfigFaults", "ConfigFolder", "Fault", "load_config"]

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ConfigFolder:
    """A configuration in which nothing is wrong."""

    platform: PlatformConfig
    tenants: tuple[TenantConfig, ...]
    """The tenants, by id."""
    prices: PriceList
    """The price list: the folder's own or the shipped one, under the organisation's prices."""
    warnings: tuple[Fault, ...] = ()
    """What is allowed, but rarely meant."""


def load_config(folder: Path, *, today: date | None = None) -> ConfigFolder:
    """Read `platform.yaml` and `tenants/*.yaml`.

    Args:
        folder: The configuration folder.
        today: The day from which to warn of models about to be retired. Default: no such
            warnings, so that what is synthesized does not depend on the day.

    Raises:
        ConfigFaults: If anything is wrong, with everything that is.
    """
    if not folder.is_dir():
        problem = "no such folder; expected one with platform.yaml and tenants/"
        file = shown_file(folder)
        raise ConfigFaults([Fault(file=file, line=0, key="", value="", problem=problem)])
    files = list_files(folder)
    faults = list(files.faults)
    platform = read_yaml(files.platform)
    documents = [read_yaml(path) for path in files.tenants]
    settings = _typed(platform, PlatformConfig, faults)
    tenants = [_typed(document, TenantConfig, faults) for document in documents]
    try:
        view = view_platform(platform, folder)
    except PriceListError as error:
        file = shown_file(folder / OWN_LIST)
        raise ConfigFaults(
            [*faults, Fault(file=file, line=0, key="", value="", problem=str(error))]
        ) from None
    faults += _semantic_faults(platform, documents, view)
    warnings = _warnings(documents, view, today)
    if faults or settings is None:
        raise ConfigFaults(faults, warnings, tenant_files=len(documents))
    valid = sorted((t for t in tenants if t is not None), key=lambda tenant: tenant.id)
    return ConfigFolder(
        platform=settings, tenants=tuple(valid), prices=view.prices, warnings=tuple(warnings)
    )


def _typed(document: Document, model: type[_Model], faults: list[Fault]) -> _Model | None:
    """Return the typed content of a document; None, and its faults noted, if it has any."""
    faults += document.faults
    if not document.usable:
        return None
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults += model_faults(document, model, error)
        return None


def _semantic_faults(
    platform: Document, tenants: Sequence[Document], view: PlatformView
) -> list[Fault]:
    faults = [*platform_faults(platform), *reference_faults(platform)]
    for tenant in tenants:
        faults += reference_faults(tenant)
        faults += tenant_faults(tenant, view)
        faults += model_faults_of(tenant, view)
        faults += region_faults(tenant)
        faults += regulation_faults(tenant)
    return [*faults, *cross_faults(tenants), *caller_faults(tenants)]


def _warnings(tenants: Sequence[Document], view: PlatformView, today: date | None) -> list[Fault]:
    warnings: list[Fault] = []
    for tenant in tenants:
        warnings += tenant_warnings(tenant)
        warnings += caller_warnings(tenant)
        if today is not None:
            warnings += model_warnings(tenant, view, today)
    return sorted(warnings)
