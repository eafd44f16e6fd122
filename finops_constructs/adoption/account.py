"""What an account holds that could be adopted: profiles, budgets, and who calls Bedrock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from finops_constructs.operations.aws import Aws, translated

_BILLING_REGION: Final = "us-east-1"
TENANT_TAG: Final = "finops:tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProfile:
    """An application inference profile.

    Attributes:
        arn: Its ARN.
        name: Its name.
        model_arns: What it routes to.
        tags: Its tags.
    """

    arn: str
    name: str
    model_arns: Sequence[str]
    tags: Mapping[str, str]

    @property
    def adopted(self) -> bool:
        """Whether it belongs to a tenant already."""
        return TENANT_TAG in self.tags


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBudget:
    """A monthly cost budget in USD that filters by tags.

    Attributes:
        name: Its name.
        limit_usd: As AWS writes it.
        tags: The tag values it filters by; keys without the prefix `user:`.
    """

    name: str
    limit_usd: str
    tags: Mapping[str, str]


def read_profiles(aws: Aws) -> list[FoundProfile]:
    """Return the application inference profiles of the Region."""
    bedrock = aws.client("bedrock")
    with translated("reading the profiles (bedrock:ListInferenceProfiles, ListTagsForResource)"):
        pages = bedrock.get_paginator("list_inference_profiles").paginate(
            typeEquals="APPLICATION", PaginationConfig={"PageSize": 1000}
        )
        return [
            FoundProfile(
                arn=each["inferenceProfileArn"],
                name=each["inferenceProfileName"],
                model_arns=[model["modelArn"] for model in each["models"]],
                tags=_tags(bedrock, each["inferenceProfileArn"]),
            )
            for page in pages
            for each in page["inferenceProfileSummaries"]
        ]


def read_budgets(aws: Aws, account: str) -> list[FoundBudget]:
    """Return the budgets that could be a tenant's: monthly, of cost, in USD, by tag."""
    budgets = aws.client("budgets", _BILLING_REGION)
    with translated("reading the budgets (budgets:ViewBudget)"):
        pages = budgets.get_paginator("describe_budgets").paginate(
            AccountId=account, ShowFilterExpression=True
        )
        found = [budget for page in pages for budget in page["Budgets"]]
    return [
        FoundBudget(name=each["BudgetName"], limit_usd=each["BudgetLimit"]["Amount"], tags=tags)
        for each in found
        if _is_monthly_usd(each) and (tags := _filtered_tags(each))
    ]


def read_log_destination(aws: Aws) -> str | None:
    """Return the log group that invocations are delivered to; None if there is none."""
    bedrock = aws.client("bedrock")
    with translated("reading the log (bedrock:GetModelInvocationLoggingConfiguration)"):
        said = bedrock.get_model_invocation_logging_configuration().get("loggingConfig") or {}
    group = (said.get("cloudWatchConfig") or {}).get("logGroupName")
    return str(group) if group else None


def _tags(bedrock: Any, arn: str) -> dict[str, str]:
    tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    return {tag["key"]: tag["value"] for tag in tags}


def _is_monthly_usd(budget: Mapping[str, Any]) -> bool:
    limit = budget.get("BudgetLimit") or {}
    kind, unit = budget.get("BudgetType"), budget.get("TimeUnit")
    return (kind, unit, limit.get("Unit")) == ("COST", "MONTHLY", "USD")


def _filtered_tags(budget: Mapping[str, Any]) -> dict[str, str]:
    """Return what a budget filters by, if that is single values of tags and nothing broader."""
    tags: dict[str, str] = {}
    for text in (budget.get("CostFilters") or {}).get("TagKeyValue", ()):
        key, _, value = text.partition("$")
        tags[key.removeprefix("user:")] = value
    expression = budget.get("FilterExpression") or {}
    for each in (expression, *expression.get("And", ())):
        values = (each.get("Tags") or {}).get("Values", ())
        if len(values) == 1:
            tags[each["Tags"]["Key"].removeprefix("user:")] = values[0]
    return tags
