"""How a construct says which controls its resources support, and why."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnResource
from constructs import IConstruct

from finops_constructs._sheet import Recorded
from finops_constructs._validation import invalid
from finops_constructs.controls.control import CATALOGUE_VERSION, METADATA_KEY, Control
from finops_constructs.controls.scope import TenantScope


def declare(
    construct: IConstruct,
    supports: Mapping[Control, str],
    *,
    tenant: str | None = None,
    scope: TenantScope | None = None,
) -> None:
    """Write into a resource's `Metadata` which controls it supports, and why.

    A declaration only says where to look: `finops evidence` judges the resource's own properties.
    It costs one call into Node (1 ms), none within a `sheet`, and replaces an earlier one.

    Example:
        declare(bucket, {Control.LOG_RETENTION: "Object Lock holds each version for 400 days"})

    Args:
        construct: A resource, or a construct whose default child is one.
        supports: Control -> why, in words an auditor reads.
        tenant: The tenant the resource is of. Default: what its tags or its registry path say,
            else it is the platform's.
        scope: What is declared about the tenant whose policy entry this is. Default: nothing.

    Raises:
        ValueError: If the construct is no resource, or a reason is missing.
    """
    if not supports or not all(why.strip() for why in supports.values()):
        raise invalid(construct, "supports must name at least one control, each with a reason")
    resource = (
        construct if isinstance(construct, CfnResource | Recorded) else construct.node.default_child
    )
    if not isinstance(resource, CfnResource | Recorded):
        raise invalid(construct, "only a resource can support a control; this has no default child")
    declared: dict[str, Any] = {
        "catalogue": CATALOGUE_VERSION,
        "supports": {Control(control).value: why for control, why in sorted(supports.items())},
    }
    if tenant is not None:
        declared["tenant"] = tenant
    if scope is not None:
        declared["scope"] = scope.as_metadata()
    resource.add_metadata(METADATA_KEY, declared)
