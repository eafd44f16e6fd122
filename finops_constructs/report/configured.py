"""What a report takes from the configuration folder: whose bill it is, and exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from finops_constructs.config.cost_data import Reporting
from finops_constructs.config.yaml_source import read_yaml
from finops_constructs.cost_data.errors import CostDataError
from finops_constructs.report.money import Rate

if TYPE_CHECKING:
    from pathlib import Path

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
    """

    organization: str = _NOBODY
    extra_tag_key: str | None = None
    rates: tuple[Rate, ...] = ()
    where: str = f"config/{FILE}: {KEY}"


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
    )
