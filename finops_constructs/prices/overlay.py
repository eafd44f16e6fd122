"""Prices given by the user: typed, and checked before anything uses them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.attribution.model_source import Scope

UsdPerMillionTokens = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False)]


class TokenRates(BaseModel):
    """USD per 1,000,000 tokens of each kind.

    A kind left out cannot be priced: a call that uses it is reported, never counted as free.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: UsdPerMillionTokens
    output: UsdPerMillionTokens
    cache_read: UsdPerMillionTokens | None = None
    cache_write_5m: UsdPerMillionTokens | None = None
    cache_write_1h: UsdPerMillionTokens | None = None


class PriceOverlay(BaseModel):
    """One negotiated price, or the price of a model the shipped list lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(min_length=3, examples=["anthropic.claude-sonnet-4-6"])]
    """The foundation model's id, without a scope prefix."""
    scope: Scope
    """Which calls it prices: `regional`, `eu`, `us`, `global`, ..."""
    region: Annotated[str | None, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")] = None
    """Only calls made in this Region. Default: every Region."""
    rates: TokenRates
    source: Annotated[str, Field(min_length=3, max_length=200)]
    """Where the price comes from, such as a contract number."""
    as_of: date
