"""What a report takes from the configuration folder: whose bill it is, limits, exchange rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from finops_constructs.config.cost_data import Reporting
from finops_constructs.config.folder_files import list_files
from finops_constructs.config.platform_view import view_platform
from finops_constructs.config.yaml_source import read_yaml
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.cost_data.side_tables import BUDGETS_SINCE
from finops_constructs.report.money import Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from finops_constructs.config.document import Document

FILE: Final = "platform.yaml"
KEY: Final = "reporting.exchange_rates"
_NOBODY: Final = "this organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """Settings of reports.

    Attributes:
        organization: Whose bill it is.
        extra_tag_key: The organisation's fourth cost tag; None: it has none.
        rates: Exchange rates.
        where: File and key of the rates, for messages.
        side_rows: `budgets` from the tenants' limits and `broad_values`, for a source without.
    """

    organization: str = _NOBODY
    extra_tag_key: str | None = None
    rates: tuple[Rate, ...] = ()
    where: str = f"config/{FILE}: {KEY}"
    side_rows: Mapping[str, list[Sequence[object]]] = field(default_factory=dict)


def read_configured(folder: Path | None) -> Configured:
    """Return the settings of a configuration folder.

    Args:
        folder: The folder; None: there is none, and defaults hold.

    Raises:
        CostDataError: If `platform.yaml` is not there, or what a report needs of it is wrong.
    """
    if folder is None:
        return Configured()
    document = read_yaml(folder / FILE)
    if document.faults:
        raise CostDataError(f"{document.faults[0].file}: {document.faults[0]}")
    try:
        reporting = Reporting.model_validate(document.get("reporting") or {})
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in ("reporting", *first["loc"]))
        raise CostDataError(f"{document.file}: {key}: {first['msg'].lower()}") from None
    return Configured(
        organization=document.text("organization") or _NOBODY,
        extra_tag_key=document.text("attribution", "extra_tag_key"),
        rates=tuple(
            Rate(
                currency=rate.currency,
                per_usd=rate.per_usd,
                source=rate.source,
                as_of=rate.as_of,
            )
            for rate in reporting.exchange_rates
        ),
        where=f"{document.file}: {KEY}",
        side_rows=_side_rows(folder, document),
    )


def _side_rows(folder: Path, platform: Document) -> dict[str, list[Sequence[object]]]:
    """Return what a faulty tenant's file does not spoil: whoever validates is told of it."""
    budgets: list[Sequence[object]] = []
    for path in list_files(folder).tenants:
        tenant = read_yaml(path)
        limit = tenant.get("budget", "monthly_limit_usd")
        if tenant.text("id") and isinstance(limit, int | Decimal) and not isinstance(limit, bool):
            budgets.append((tenant.text("id"), BUDGETS_SINCE, limit))
    broad = view_platform(platform, folder).broad_values
    return {"budgets": budgets, "broad_values": [(value,) for value in sorted(broad)]}
