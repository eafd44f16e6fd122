"""What `platform.yaml` says about reports."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.config.names import NOT_A_FLAG


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ExchangeRate(_Section):
    """What a dollar was worth on a day, for reports in another currency."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["GBP"])]
    """ISO 4217 code."""
    per_usd: Annotated[Decimal, Field(gt=0, le=1_000_000), NOT_A_FLAG]
    """Units of the currency for one USD."""
    source: Annotated[str, Field(min_length=3, max_length=200)]
    """Who says so; reports repeat it."""
    as_of: date
    """The day it holds for. A report uses the newest up to its last day."""


class Reporting(_Section):
    """How cost is reported."""

    exchange_rates: list[ExchangeRate] = []
    """Rates for `finops report --currency`."""
