"""AWS::Budgets::Budget."""

from typing import Any, ClassVar

from ministack.services import budgets

from local.cloudformation.resource_type import (
    Properties,
    Provisioned,
    ResourceType,
    generated_name,
    tag_changes,
)
from local.service_calls import call

_SERVICE = "Budgets"
_LONGEST_NAME = 100


class Budget(ResourceType):
    """The notifications and the name replace the budget, the rest of it changes in place."""

    name: ClassVar[str] = "AWS::Budgets::Budget"
    create_only: ClassVar[tuple[str, ...]] = ("NotificationsWithSubscribers",)
    tag_property: ClassVar[str | None] = "ResourceTags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the budget with its notifications and subscribers through CreateBudget."""
        budget = _as_the_api_wants(properties["Budget"])
        budget.setdefault(
            "BudgetName", generated_name(stack_name, logical_id, longest=_LONGEST_NAME)
        )
        name = budget["BudgetName"]
        _request(
            "CreateBudget",
            Budget=budget,
            NotificationsWithSubscribers=properties.get("NotificationsWithSubscribers") or [],
            ResourceTags=properties.get("ResourceTags") or [],
        )
        return name, {"Id": name}

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Change the limit, the filter or the tags; another name makes another budget."""
        named = new["Budget"].get("BudgetName")
        if named != old["Budget"].get("BudgetName") and named != physical_id:
            return self.create(logical_id, new, stack_name)
        budget = _as_the_api_wants(new["Budget"]) | {"BudgetName": physical_id}
        _request("UpdateBudget", NewBudget=budget)
        changed, removed = tag_changes(old, new, "ResourceTags")
        arn = budgets._budget_arn(physical_id)
        if removed:
            _request("UntagResource", ResourceARN=arn, ResourceTagKeys=removed)
        if changed:
            tags = [{"Key": key, "Value": value} for key, value in changed.items()]
            _request("TagResource", ResourceARN=arn, ResourceTags=tags)
        return physical_id, {"Id": physical_id}

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the budget with all that hangs on it through DeleteBudget."""
        del properties
        _request("DeleteBudget", BudgetName=physical_id)


def _request(operation: str, **request: Any) -> None:
    call(_SERVICE, budgets._DISPATCH[operation], request)


def _as_the_api_wants(budget: Properties) -> Properties:
    """Turn what a template says into an API request: there amounts are text."""
    limit = budget.get("BudgetLimit")
    if not limit:
        return dict(budget)
    return budget | {"BudgetLimit": limit | {"Amount": str(limit["Amount"])}}
