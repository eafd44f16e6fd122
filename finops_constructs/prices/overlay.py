"""Prices given by the user: typed, and checked before anything uses them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from finops_constructs._tokens import is_unresolved
from finops_constructs.attribution.model_source import Scope


def _refuse_token(rate: object) -> object:
    if is_unresolved(rate):
        raise PydanticCustomError("token", "must be a literal, got a token: alarms multiply by it")
    return rate


UsdPerMillionTokens = Annotated[
    Decimal, Field(ge=0, le=100_000, allow_inf_nan=False), BeforeValidator(_refuse_token)
]


class TokenRates(BaseModel):
    """USD per 1,000,000 tokens of each kind.

    A kind left out cannot be priced: a call that uses it is reported, never counted as free.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    input: UsdPerMillionTokens
    """Input tokens that were neither read from nor written to a prompt cache."""
    output: UsdPerMillionTokens
    """Output tokens."""
    cache_read: UsdPerMillionTokens | None = None
    """Input tokens read from a prompt cache."""
    cache_write_5m: UsdPerMillionTokens | None = None
    """Input tokens written to a prompt cache that lasts 5 minutes."""
    cache_write_1h: UsdPerMillionTokens | None = None
    """Input tokens written to a prompt cache that lasts 1 hour."""


class PriceOverlay(BaseModel):
    """One negotiated price, or the price of a model the shipped list lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    model: Annotated[str, Field(min_length=3, examples=["anthropic.claude-sonnet-4-6"])]
    """The foundation model's id, without a scope prefix."""
    scope: Scope
    """Which calls it prices: `regional`, `eu`, `us`, `global`, ..."""
    region: Annotated[str | None, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")] = None
    """Only calls made in this Region. Default: every Region."""
    rates: TokenRates
    """USD per 1,000,000 tokens."""
    source: Annotated[str, Field(min_length=3, max_length=200)]
    """Where the price comes from, such as a contract number."""
    as_of: date
    """The day the source stood for it."""
