"""What a test or the demo makes happen on the emulator that AWS does by itself, in its own time."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from local.emulator import Emulator

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ControlError(RuntimeError):
    """The emulator cannot do what it was told."""


class Controls:
    """Commands to a running emulator.

    Args:
        emulator: A running emulator.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def fire_rule(self, name: str, region: str | None = None) -> int:
        """Send a schedule rule's event to its targets now, as EventBridge would when it is due.

        Args:
            name: The rule.
            region: Its Region. Default: the emulator's.

        Returns:
            How many targets it has. Functions among them may still be running.

        Raises:
            ControlError: There is no such rule, or it has no schedule.
        """
        return int(self._do("fire-rule", region, rule_name=name))

    def redeliver_logs(self, group: str, region: str | None = None) -> int:
        """Deliver the last batches of a log group to its subscribers again, with the same ids.

        Args:
            group: The log group.
            region: Its Region. Default: the emulator's.

        Returns:
            How many deliveries were repeated, at most 20.
        """
        return int(self._do("redeliver-logs", region, group=group))

    def set_budget_spend(self, budget: str, amount_usd: str, month: str | None = None) -> int:
        """Let AWS Budgets refresh a budget's figure, as it does up to three times a day.

        The notifications whose thresholds are passed go to SNS, each once a month.

        Args:
            budget: The budget's name.
            amount_usd: What its month has cost so far.
            month: The month that the figure is of, such as `2026-11`. Default: the current month.
                With last month's, DescribeBudget shows a figure that lingers, as AWS does in the
                first hours of a month.

        Returns:
            How many messages went to SNS.

        Raises:
            ControlError: There is no such budget, or the amount or the month is none.
        """
        month = month or datetime.now(UTC).strftime("%Y-%m")
        return int(
            self._do(
                "set-budget-spend", None, budget_name=budget, amount_usd=amount_usd, month=month
            )
        )

    def set_function_clock(self, now: datetime | None, region: str | None = None) -> None:
        """Set the clock that the functions of a Region see; it goes on from there.

        The emulator's own services keep the machine's time (`local.function_clock`).

        Args:
            now: What they are to take for now, with its time zone; None for the machine's time.
            region: The Region. Default: the emulator's.
        """
        ahead = (now - datetime.now(UTC)).total_seconds() if now else 0.0
        self._do("set-function-clock", region, seconds=ahead)

    def set_cost_tags_active_since(self, keys: list[str], since: datetime) -> None:
        """Activate cost allocation tags as of an earlier instant.

        Args:
            keys: The tag keys.
            since: When the payer account activated them.
        """
        self._do("set-cost-tags-active-since", None, keys=keys, since=since.isoformat())

    def leave_mail_unread(self, address: str) -> None:
        """Let an e-mail address stay pending wherever it is subscribed.

        Args:
            address: The address.
        """
        self._do("leave-mail-unread", None, address=address)

    def set_model_access(self, model_id: str, *, granted: bool, region: str | None = None) -> None:
        """Give or take the account's access to a model.

        Args:
            model_id: The foundation model.
            granted: Whether it may be called.
            region: The Region. Default: the emulator's.
        """
        self._do("set-model-access", region, model_id=model_id, granted=granted)

    def set_quota(self, name: str, value: float, region: str | None = None) -> None:
        """Set a quota of Bedrock, by its name.

        Args:
            name: The quota's name.
            value: Its value.
            region: The Region. Default: the emulator's.
        """
        self._do("set-quota", region, name=name, value=value)

    def add_slack_channel(self, workspace_id: str, channel_id: str, topic_arn: str) -> None:
        """Subscribe a Slack channel to a topic, as its CloudFormation type does.

        Args:
            workspace_id: The workspace.
            channel_id: The channel.
            topic_arn: The topic.
        """
        names = {"workspace_id": workspace_id, "channel_id": channel_id}
        self._do("add-slack-channel", None, topic_arn=topic_arn, **names)

    def disable_slack_workspace(self, workspace_id: str, reason: str) -> None:
        """Let the chat service say of a workspace's channels that they are disabled.

        Args:
            workspace_id: The workspace.
            reason: Why; empty: they are enabled again.
        """
        self._do("set-slack-workspace", None, workspace_id=workspace_id, reason=reason)

    def _do(self, command: str, region: str | None, **arguments: Any) -> Any:
        request = {
            "account": self._emulator.account,
            "region": region or self._emulator.region,
            "arguments": arguments,
        }
        url = f"{self._emulator.endpoint_url}/_finops/{command}"
        sent = urllib.request.Request(url, data=json.dumps(request).encode(), method="POST")  # noqa: S310
        try:
            with _OPENER.open(sent, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ControlError(json.loads(error.read())["error"]) from None
