"""The text of a budget's notification, as AWS Budgets sends it to SNS (aws-facts section 3.3)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

_SIGNS = {"GREATER_THAN": ">", "LESS_THAN": "<", "EQUAL_TO": "="}
_WORDS = {"GREATER_THAN": "greater than", "LESS_THAN": "less than", "EQUAL_TO": "equal to"}


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A threshold of a budget, and the spend that is compared with it.

    Attributes:
        budget: The budget's name.
        limit_usd: Its limit.
        notification: The notification, as CreateBudget takes it.
        actual_usd: The spend.
    """

    budget: str
    limit_usd: Decimal
    notification: dict[str, Any]
    actual_usd: Decimal

    @property
    def threshold_usd(self) -> Decimal:
        """The threshold as an amount."""
        threshold = Decimal(str(self.notification["Threshold"]))
        if self.notification.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE":
            return self.limit_usd * threshold / 100
        return threshold

    @property
    def holds(self) -> bool:
        """Whether the spend is where the notification is sent."""
        if self.notification["NotificationType"] != "ACTUAL":
            return False
        comparison = self.notification["ComparisonOperator"]
        if comparison == "GREATER_THAN":
            return self.actual_usd > self.threshold_usd
        if comparison == "LESS_THAN":
            return self.actual_usd < self.threshold_usd
        return self.actual_usd == self.threshold_usd

    def subject(self) -> str:
        """Return the message's subject."""
        return f"AWS Budgets: {self.budget} has exceeded your alert threshold"

    def text(self, account: str, now: datetime) -> str:
        """Return the message, which is plain text.

        Args:
            account: The account of the budget.
            now: When it is sent.
        """
        comparison = self.notification["ComparisonOperator"]
        threshold, actual = _usd(self.threshold_usd), _usd(self.actual_usd)
        asked = (
            f"You requested that we alert you when the ACTUAL Cost associated with your "
            f"{self.budget} budget is {_WORDS[comparison]} {threshold} for the current month. "
            f"The ACTUAL Cost associated with this budget is {actual}. You can find additional "
            "details below and by accessing the AWS Budgets dashboard [1]."
        )
        lines = (
            f"AWS Budget Notification {now:%B %d, %Y}",
            f"AWS Account {account}",
            "",
            "Dear AWS Customer,",
            "",
            asked,
            "",
            f"Budget Name: {self.budget}",
            "Budget Type: Cost",
            f"Budgeted Amount: {_usd(self.limit_usd)}",
            "Alert Type: ACTUAL",
            f"Alert Threshold: {_SIGNS[comparison]} {threshold}",
            f"ACTUAL Amount: {actual}",
            "",
            "[1] https://console.aws.amazon.com/billing/home#/budgets",
            "",
        )
        return "\n".join(lines)


def _usd(amount: Decimal) -> str:
    return f"${amount:,.2f}"
