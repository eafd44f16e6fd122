"""Checks of what CloudFormation offers in a tenant's Region; synthesis would refuse the rest."""

from collections.abc import Iterator, Mapping
from typing import Final

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault
from finops_constructs.config.tenant_place import own_region

_WITHOUT_BOTH: Final = frozenset(
    {
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-5"),
        *("ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-north-1", "eu-south-2"),
        *("il-central-1", "mx-central-1", "us-gov-east-1", "us-gov-west-1"),
    }
)
BUDGET_TYPE: Final = "AWS::Budgets::Budget"
PROFILE_TYPE: Final = "AWS::Bedrock::ApplicationInferenceProfile"
MISSING: Final[Mapping[str, frozenset[str]]] = {
    BUDGET_TYPE: _WITHOUT_BOTH
    | {"ap-northeast-3", "ap-southeast-3", "eu-central-2", "eu-south-1", "me-central-1"},
    PROFILE_TYPE: _WITHOUT_BOTH | {"cn-north-1", "cn-northwest-1", "us-west-1"},
}
"""Resource type -> Regions that lack it, by the schemas of cfn-lint 1.58.0 (a test compares)."""


def region_faults(tenant: Document) -> Iterator[Fault]:
    """Yield what the tenant's stack would define that its Region does not know."""
    region = own_region(tenant)
    if region in MISSING[BUDGET_TYPE] and tenant.get("budget", "adopt_budget") is None:
        remedy = "name an existing budget as budget.adopt_budget"
        yield tenant.fault(("region",), _problem(BUDGET_TYPE, remedy))
    defined = [a for a in tenant.keys("models") if tenant.get("models", a, "profile_arn") is None]
    if region in MISSING[PROFILE_TYPE] and defined:
        remedy = f"give {', '.join(defined)[:60]} an existing profile as profile_arn"
        yield tenant.fault(("region",), _problem(PROFILE_TYPE, remedy))


def _problem(kind: str, remedy: str) -> str:
    return f"CloudFormation has no {kind} there; choose another Region, or {remedy}"
