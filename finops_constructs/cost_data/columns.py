"""The columns of CUR 2.0 that we export and read: one list for the export, the lake and the sample.

Names and types are AWS's (CUR 2.0 table dictionary; public export definitions that AWS accepts
spell the same list). `SELECT *` is reported as refused by the export, hence the explicit list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PARTITION_COLUMN: Final = "billing_period"
"""Comes from the folder's name (`BILLING_PERIOD=YYYY-MM`), not from the files."""


@dataclass(frozen=True, slots=True)
class CurColumn:
    """One column of the export.

    Attributes:
        name: As AWS spells it.
        type: In Athena's spelling; DuckDB reads the same Parquet type.
        required: Whether our views read it; a folder without it is refused.
    """

    name: str
    type: str
    required: bool = False

    @property
    def is_map(self) -> bool:
        """Whether it is a map."""
        return self.type.startswith("map<")

    @property
    def duckdb_type(self) -> str:
        """The same type as DuckDB spells it."""
        if self.is_map:
            return f"MAP({self.type[4:-1]})".upper().replace(",", ", ")
        return self.type.upper()


_MAP: Final = "map<varchar,varchar>"
_REQUIRED: Final = {
    "bill_bill_type": "varchar",
    "bill_billing_entity": "varchar",
    "bill_invoice_id": "varchar",
    "bill_invoicing_entity": "varchar",
    "line_item_currency_code": "varchar",
    "line_item_iam_principal": "varchar",
    "line_item_line_item_type": "varchar",
    "line_item_product_code": "varchar",
    "line_item_resource_id": "varchar",
    "line_item_unblended_cost": "double",
    "line_item_usage_account_id": "varchar",
    "line_item_usage_account_name": "varchar",
    "line_item_usage_amount": "double",
    "line_item_usage_end_date": "timestamp",
    "line_item_usage_start_date": "timestamp",
    "line_item_usage_type": "varchar",
    "pricing_unit": "varchar",
    "product": _MAP,
    "product_product_family": "varchar",
    "product_region_code": "varchar",
    "resource_tags": _MAP,
}
# Not read by our views: dashboards that share the export (CUDOS) and a person who follows a line
# up to the bill need them.
_CARRIED: Final = {
    "bill_billing_period_end_date": "timestamp",
    "bill_billing_period_start_date": "timestamp",
    "bill_payer_account_id": "varchar",
    "bill_payer_account_name": "varchar",
    "cost_category": _MAP,
    "discount": "map<varchar,double>",
    "identity_line_item_id": "varchar",
    "identity_time_interval": "varchar",
    "line_item_availability_zone": "varchar",
    "line_item_legal_entity": "varchar",
    "line_item_line_item_description": "varchar",
    "line_item_net_unblended_cost": "double",
    "line_item_operation": "varchar",
    "line_item_tax_type": "varchar",
    "line_item_unblended_rate": "varchar",
    "pricing_public_on_demand_cost": "double",
    "pricing_public_on_demand_rate": "varchar",
    "pricing_purchase_option": "varchar",
    "pricing_term": "varchar",
    "product_from_location": "varchar",
    "product_instance_type": "varchar",
    "product_servicecode": "varchar",
    "product_sku": "varchar",
    "product_to_location": "varchar",
    "product_usagetype": "varchar",
    "reservation_amortized_upfront_fee_for_billing_period": "double",
    "reservation_effective_cost": "double",
    "reservation_reservation_a_r_n": "varchar",
    "reservation_unused_amortized_upfront_fee_for_billing_period": "double",
    "reservation_unused_recurring_fee": "double",
    "savings_plan_amortized_upfront_commitment_for_billing_period": "double",
    "savings_plan_savings_plan_a_r_n": "varchar",
    "savings_plan_savings_plan_effective_cost": "double",
    "savings_plan_total_commitment_to_date": "double",
    "savings_plan_used_commitment": "double",
}

CUR_COLUMNS: Final[tuple[CurColumn, ...]] = tuple(
    CurColumn(name, type_, required=name in _REQUIRED)
    for name, type_ in sorted({**_REQUIRED, **_CARRIED}.items())
)
"""Every column of the export, in the order it selects them."""

REQUIRED_COLUMNS: Final[tuple[CurColumn, ...]] = tuple(c for c in CUR_COLUMNS if c.required)
"""Those that the views read."""

LEGACY_COLUMN_PREFIXES: Final = (
    "resource_tags_",
    "resourcetags/",
    "lineitem/",
    "bill/",
    "product_product_name",
)
"""A legacy CUR spells each tag as a column of its own, and product_name too; CUR 2.0 has maps."""


def export_query() -> str:
    """Return the query statement of the data export (`AWS::BCMDataExports::Export`).

    The table is to be configured with `INCLUDE_RESOURCES` and `INCLUDE_IAM_PRINCIPAL_DATA`: two of
    the columns are empty without.
    """
    return f"SELECT {', '.join(c.name for c in CUR_COLUMNS)} FROM COST_AND_USAGE_REPORT"
