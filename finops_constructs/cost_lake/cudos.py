"""How CUDOS, AWS's dashboard of Cloud Intelligence Dashboards, is fed from the same export.

CUDOS makes three views of its own over a CUR 2.0 table. What they read was taken from its public
SQL (aws-samples/aws-cudos-framework-deployment, summary, resource and hourly view for CUR 2.0);
a newer version may read more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finops_constructs.attribution.cost_tags import (
    ENVIRONMENT_KEY,
    PROJECT_KEY,
    TOOL_KEY,
    cur_column,
)

CUDOS_COLUMNS: Final = (
    *("bill_bill_type", "bill_billing_entity", "bill_billing_period_start_date"),
    *("bill_invoice_id", "bill_payer_account_id", "line_item_availability_zone"),
    *("line_item_legal_entity", "line_item_line_item_description", "line_item_line_item_type"),
    *("line_item_operation", "line_item_product_code", "line_item_resource_id"),
    *("line_item_unblended_cost", "line_item_usage_account_id", "line_item_usage_amount"),
    *("line_item_usage_start_date", "line_item_usage_type", "pricing_public_on_demand_cost"),
    *("pricing_term", "pricing_unit", "product", "product_from_location"),
    *("product_instance_type", "product_product_family", "product_servicecode"),
    *("product_to_location", "reservation_amortized_upfront_fee_for_billing_period"),
    *("reservation_effective_cost", "reservation_reservation_a_r_n"),
    *("reservation_unused_amortized_upfront_fee_for_billing_period",),
    *("reservation_unused_recurring_fee", "resource_tags"),
    *("savings_plan_amortized_upfront_commitment_for_billing_period",),
    *("savings_plan_savings_plan_a_r_n", "savings_plan_savings_plan_effective_cost"),
    *("savings_plan_total_commitment_to_date", "savings_plan_used_commitment"),
)
"""Columns of CUR 2.0 that CUDOS's views read, the partition `billing_period` beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CudosField:
    """One of our dimensions as CUDOS finds it.

    Attributes:
        dimension: As our views call it.
        expression: As a statement over the CUR 2.0 table writes it.
    """

    dimension: str
    expression: str


def cudos_fields(extra_tag_key: str | None = None) -> tuple[CudosField, ...]:
    """Return our dimensions as expressions over the table that CUDOS reads.

    Args:
        extra_tag_key: The organisation's fourth cost tag. Default: there is none.
    """
    keys = {
        "tenant": "finops:tenant",
        "tool": TOOL_KEY,
        "project": PROJECT_KEY,
        "environment": ENVIRONMENT_KEY,
        **({"cost_centre": extra_tag_key} if extra_tag_key else {}),
    }
    return (
        *(
            CudosField(dimension=name, expression=f"element_at(resource_tags, '{cur_column(key)}')")
            for name, key in keys.items()
        ),
        CudosField(dimension="model", expression="element_at(product, 'model')"),
        CudosField(dimension="provider", expression="element_at(product, 'provider')"),
        CudosField(dimension="account_id", expression="line_item_usage_account_id"),
    )
