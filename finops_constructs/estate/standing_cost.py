"""What a stack's resources cost a month while nobody uses them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

# USD a month in us-east-1, free tiers not counted; AWS's price pages, from memory (aws-facts
# section 2 marks the CloudWatch prices unverified). Per-request charges are not standing costs.
_ALARM_METRIC: Final = Decimal("0.10")
_COMPOSITE_ALARM: Final = Decimal("0.50")
_DASHBOARD: Final = Decimal("3.00")
_KEY: Final = Decimal("1.00")
_ACTION_BUDGET: Final = Decimal("3.10")
_ADVANCED_PARAMETER: Final = Decimal("0.05")

# Types that cost nothing while unused: pay per request, per stored or scanned byte, or free. One
# that stands neither here nor above is reported as unpriced, not as free.
_FREE: Final = frozenset(
    {
        "AWS::Athena::NamedQuery",
        "AWS::Athena::WorkGroup",
        "AWS::BCMDataExports::Export",
        "AWS::Bedrock::ApplicationInferenceProfile",
        "AWS::Budgets::Budget",
        "AWS::CDK::Metadata",
        "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
        "AWS::Chatbot::SlackChannelConfiguration",
        "AWS::CloudTrail::Trail",
        "AWS::Events::EventBusPolicy",
        "AWS::Events::Rule",
        "AWS::Glue::Database",
        "AWS::Glue::Table",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::KMS::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
        "AWS::Logs::LogGroup",
        "AWS::Logs::SubscriptionFilter",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "Custom::FinOpsCostAllocationTags",
        "Custom::FinOpsInvocationLogging",
        "Custom::FinOpsPlatformRelease",
        "Custom::FinOpsTenantRelease",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One resource that costs something, or whose cost is not known.

    Attributes:
        logical_id: The resource in the template.
        type: Its CloudFormation type.
        usd: USD a month; None if this library has no price for the type.
        basis: How the sum comes about.
    """

    logical_id: str
    type: str
    usd: Decimal | None
    basis: str


def standing_cost(template: Mapping[str, Any]) -> list[CostLine]:
    """Return the resources of a template that cost money while unused, or may."""
    lines = []
    for logical_id, resource in sorted(template.get("Resources", {}).items()):
        priced = _price(resource["Type"], resource.get("Properties", {}))
        if priced is not None:
            usd, basis = priced
            lines.append(
                CostLine(logical_id=logical_id, type=resource["Type"], usd=usd, basis=basis)
            )
    return lines


def total(lines: Sequence[CostLine]) -> Decimal:
    """Return the sum of the lines that have a price."""
    return sum((line.usd for line in lines if line.usd is not None), Decimal(0))


def _price(kind: str, properties: Mapping[str, Any]) -> tuple[Decimal | None, str] | None:
    if kind in _FREE:
        return None
    if kind == "AWS::CloudWatch::Alarm":
        count = sum(1 for _ in _alarm_metrics(properties))
        return count * _ALARM_METRIC, f"{count} alarm metric{'s' if count > 1 else ''}"
    if kind == "AWS::DynamoDB::Table":
        per_request = properties.get("BillingMode") == "PAY_PER_REQUEST"
        return None if per_request else (None, "provisioned capacity is not priced here")
    if kind == "AWS::SSM::Parameter":
        advanced = properties.get("Tier") == "Advanced"
        return (_ADVANCED_PARAMETER, "advanced parameter") if advanced else None
    flat = {
        "AWS::Budgets::BudgetsAction": (_ACTION_BUDGET, "31 action budget-days"),
        "AWS::CloudWatch::CompositeAlarm": (_COMPOSITE_ALARM, "composite alarm"),
        "AWS::CloudWatch::Dashboard": (_DASHBOARD, "dashboard"),
        "AWS::KMS::Key": (_KEY, "customer managed key; each yearly rotation adds the same, twice"),
    }
    return flat.get(kind, (None, "no price known for this type"))


def _alarm_metrics(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    metrics = properties.get("Metrics")
    if metrics is None:
        yield properties
        return
    yield from (metric for metric in metrics if "MetricStat" in metric)
