"""What CloudFormation would do to a stack's resources if one template followed another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

KEPT: Final = frozenset(
    {
        "AWS::Bedrock::ApplicationInferenceProfile",
        "AWS::Budgets::Budget",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
    }
)
"""What must stay the very resource: calls, books, evidence or history hang on its identity."""
GUARD: Final = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::SubscriptionFilter",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SSM::Parameter",
        "Custom::FinOpsInvocationLogging",
        "Custom::FinOpsPlatformRelease",
        "Custom::FinOpsTenantRelease",
    }
)
"""What guards: gone, or made anew under its old name and then deleted, it would leave a gap."""
Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """A resource that an upgrade would not leave as it is."""

    logical_id: str
    type: str
    why: str


def gaps(before: Template, after: Template) -> Iterator[Gap]:
    """Yield every kept or guarding resource that would be deleted or replaced."""
    for logical_id, old in sorted(before["Resources"].items()):
        if old["Type"] not in KEPT | GUARD:
            continue
        new = after["Resources"].get(logical_id)
        if new is None:
            yield Gap(logical_id, old["Type"], "is no longer in the template: it is deleted")
        elif new["Type"] != old["Type"]:
            yield Gap(logical_id, old["Type"], f"becomes {new['Type']}: it is replaced")
        else:
            changed = [
                name
                for name in create_only(old["Type"])
                if old.get("Properties", {}).get(name) != new.get("Properties", {}).get(name)
            ]
            for name in changed:
                yield Gap(logical_id, old["Type"], f"changes {name}: it is replaced")


@cache
def create_only(resource_type: str) -> tuple[str, ...]:
    """Return the top-level properties whose change makes CloudFormation replace a resource."""
    if resource_type.startswith("Custom::"):
        return ("ServiceToken",)
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-west-1", resource_type).schema
    # What replaces only in some cases is taken for replacing: whoever changes it must say why not.
    paths = [
        *schema.get("createOnlyProperties", []),
        *schema.get("conditionalCreateOnlyProperties", []),
    ]
    return tuple(sorted({path.split("/")[2] for path in paths}))
