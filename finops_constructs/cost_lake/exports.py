"""What the two data exports are called, where they deliver, and what they select. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finops_constructs.cost_data.columns import export_query

EXPORT_REGION: Final = "us-east-1"
"""The only Region whose endpoint keeps exports of a payer (aws-facts 4.1)."""
CUR_EXPORT: Final = "finops-cur2"
FOCUS_EXPORT: Final = "finops-focus"
CUR_TABLE_NAME: Final = "COST_AND_USAGE_REPORT"
FOCUS_TABLE_NAME: Final = "FOCUS_1_2_AWS"

# FOCUS 1.2's columns and AWS's three of its own, in the specification's spelling. The table name
# and its one setting are third-party evidence: nobody here has an account to try them on.
_TEXT: Final = (
    *("AvailabilityZone", "BillingAccountId", "BillingAccountName", "BillingAccountType"),
    *("BillingCurrency", "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory"),
    *("ChargeClass", "ChargeDescription", "ChargeFrequency", "CommitmentDiscountCategory"),
    *("CommitmentDiscountId", "CommitmentDiscountName", "CommitmentDiscountStatus"),
    *("CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedUnit", "InvoiceId"),
    *("InvoiceIssuerName", "PricingCategory", "PricingCurrency", "PricingUnit", "ProviderName"),
    *("PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType"),
    *("ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId"),
    *("SubAccountId", "SubAccountName", "SubAccountType", "x_Operation", "x_ServiceCode"),
)
_NUMBERS: Final = (
    *("BilledCost", "CommitmentDiscountQuantity", "ConsumedQuantity", "ContractedCost"),
    *("ContractedUnitPrice", "EffectiveCost", "ListCost", "ListUnitPrice"),
    *("PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost"),
    *("PricingCurrencyListUnitPrice", "PricingQuantity"),
)
_INSTANTS: Final = (
    *("BillingPeriodEnd", "BillingPeriodStart", "ChargePeriodEnd", "ChargePeriodStart"),
)
FOCUS_COLUMNS: Final[dict[str, str]] = dict(
    sorted(
        {
            **dict.fromkeys(_TEXT, "varchar"),
            **dict.fromkeys(_NUMBERS, "double"),
            **dict.fromkeys(_INSTANTS, "timestamp"),
            **dict.fromkeys(("SkuPriceDetails", "Tags"), "map<varchar,varchar>"),
            "x_Discounts": "map<varchar,double>",
        }.items()
    )
)
"""Column -> type, as Athena spells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """One export.

    Attributes:
        name: The export's name, which is part of the path.
        query: What it selects; `SELECT *` is reported as refused.
        table: AWS's table.
        settings: The table's settings, all as text.
    """

    name: str
    query: str
    table: str
    settings: dict[str, str]


def cur_export() -> ExportTable:
    """Return the CUR 2.0 export: hourly, with resources and IAM principals."""
    return ExportTable(
        name=CUR_EXPORT,
        query=export_query(),
        table=CUR_TABLE_NAME,
        settings={
            "INCLUDE_IAM_PRINCIPAL_DATA": "TRUE",
            "INCLUDE_RESOURCES": "TRUE",
            "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE",
            "TIME_GRANULARITY": "HOURLY",
        },
    )


def focus_export() -> ExportTable:
    """Return the FOCUS 1.2 export: daily."""
    return ExportTable(
        name=FOCUS_EXPORT,
        query=f"SELECT {', '.join(FOCUS_COLUMNS)} FROM {FOCUS_TABLE_NAME}",
        table=FOCUS_TABLE_NAME,
        settings={"TIME_GRANULARITY": "DAILY"},
    )


def data_location(bucket: str, prefix: str, export: str) -> str:
    """Return where an export's months are, as `s3://.../data/` (aws-facts 4.1)."""
    below = f"{prefix}/" if prefix else ""
    return f"s3://{bucket}/{below}{export}/data/"
