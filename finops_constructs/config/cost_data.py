"""What `platform.yaml` says about the bill: its exports, the cost lake, reports."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from finops_constructs.config.names import NOT_A_FLAG, AccountId, Email, Flag, Region
from finops_constructs.config.patterns import CURRENCY_PATTERN


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ExchangeRate(_Section):
    """What a dollar was worth on a day, for reports in another currency."""

    currency: Annotated[str, Field(pattern=CURRENCY_PATTERN, examples=["GBP"])]
    """ISO 4217 code."""
    per_usd: Annotated[Decimal, Field(gt=0, le=1_000_000), NOT_A_FLAG]
    """Units of the currency for one USD."""
    source: Annotated[str, Field(min_length=3, max_length=200)]
    """Who says so; reports repeat it."""
    as_of: date
    """The day it holds for. A report uses the newest up to its last day."""


class MonthlyReportSettings(_Section):
    """The report and the chargeback statements that are made every month."""

    working_day: Annotated[int, Field(ge=1, le=15, strict=True)] = 5
    """Working day of the month after on which they are made."""
    holidays: list[date] = []
    """Days that are no working days, beside Saturdays and Sundays."""
    emails: list[Email] = []
    """Who is sent the numbers and the link; each confirms the subscription once."""


class Reporting(_Section):
    """How cost is reported."""

    exchange_rates: list[ExchangeRate] = []
    """Rates for `finops report --currency`."""
    monthly: MonthlyReportSettings | None = None
    """Default: no report is made by itself."""


class Billing(_Section):
    """The bill's exports and the cost lake."""

    payer_account: AccountId
    """The account that pays: the management account, or a standalone one."""
    export_account: AccountId | None = None
    """A member account whose own exports are read instead, where nobody may deploy to the payer.
    Default: the payer. Reports then hold that account's usage only, at its rates, without the
    payer's credits and fees; tags must be activated by the payer's people."""
    lake_region: Region = "us-east-1"
    """Region of the cost lake, and of the bucket."""
    scan_limit_gib: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 100
    """The most one query may read."""
    activate_tags: Flag = True
    """Activate the cost tags in the payer account; they count from then on."""
    backfill_from: date | None = None
    """First day of a month, at most 12 months back, from which AWS is asked to fill tags in."""
