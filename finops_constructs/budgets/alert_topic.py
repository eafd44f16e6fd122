"""Where a tenant's or the platform's alerts go."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from finops_constructs._place import Place, name_of, path_of, place_of, stack_of
from finops_constructs._references import unique_name
from finops_constructs._sheet import define
from finops_constructs._shell import Shell
from finops_constructs._validation import id_part
from finops_constructs.budgets.alert_key import AlertKey
from finops_constructs.budgets.chat_channels import SlackChannel, TeamsChannel, define_chat_channels
from finops_constructs.enforcement.wake_queue import wake_queue_arn

_MAX_TOPIC_NAME = 256


@dataclass(frozen=True, slots=True)
class _Publisher:
    sid: str
    service: str
    source_arn: str | None


class AlertTopic(Shell):
    """Defines an encrypted SNS topic that AWS Budgets, alarms and Cost Anomaly Detection may use.

    Its name starts with `finops-`, which is what the platform's wake queue admits.

    Example:
        alerts = AlertTopic(stack, "Alerts", emails=["finops@example.com"])
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        emails: Sequence[str] = (),
        slack: Sequence[SlackChannel] = (),
        teams: Sequence[TeamsChannel] = (),
        key: kms.IKey | None = None,
        key_arn: str | None = None,
        wake: bool = True,
    ) -> None:
        """Define the topic, its policy and its subscriptions.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            emails: Addresses to tell; each must confirm its subscription. Default: none.
            slack: Slack channels to tell. Default: none.
            teams: Microsoft Teams channels to tell. Default: none.
            key: Key to encrypt with, which the publishers may use. Default: one is defined ($1 a
                month).
            key_arn: The same by its ARN, or that of its alias; give one of the two. Default: `key`.
            wake: Whether an alert also wakes the kill switch, through the platform's wake queue of
                this account and Region. Default: True.
        """
        super().__init__(scope, id)
        place = place_of(self)
        if key_arn is None:
            key_arn = (key or AlertKey(self, "Key").key).key_arn
        path = (name_of(stack_of(self)), *path_of(self))
        unique = unique_name(path, longest=_MAX_TOPIC_NAME - 7)
        self._topic = define(
            sns.CfnTopic,
            self,
            "Resource",
            kms_master_key_id=key_arn,
            topic_name=f"finops-{unique}",
        )
        policy = define(
            sns.CfnTopicPolicy,
            self,
            "Policy",
            topics=[self.topic_arn],
            policy_document={
                "Version": "2012-10-17",
                "Statement": _topic_statements(place, self.topic_arn),
            },
        )
        for number, email in enumerate(dict.fromkeys(emails)):
            self._subscribe(f"Email-{id_part(email, number)}", "email", email)
        if wake:
            self._subscribe("Wake", "sqs", wake_queue_arn(place)).add_resource_dependency(policy)
        define_chat_channels(self, topic_arn=self.topic_arn, slack=slack, teams=teams)

    @property
    def topic_arn(self) -> str:
        """ARN of the topic."""
        return self._topic.ref

    @property
    def topic_name(self) -> str:
        """The topic's name."""
        return self._topic.attr_topic_name

    def _subscribe(self, id: str, protocol: str, endpoint: str) -> sns.CfnSubscription:
        return define(
            sns.CfnSubscription,
            self,
            id,
            topic_arn=self.topic_arn,
            protocol=protocol,
            endpoint=endpoint,
        )


def _topic_statements(place: Place, topic_arn: str) -> list[dict[str, object]]:
    publishers = [
        _Publisher("AllowBudgets", "budgets", place.global_arn("budgets", "*")),
        _Publisher("AllowCostAnomalies", "costalerts", None),
        _Publisher("AllowAlarms", "cloudwatch", place.arn("cloudwatch", "alarm:*")),
    ]
    return [*(_allow(p, place.account, topic_arn) for p in publishers), _deny_plain_text(topic_arn)]


def _allow(publisher: _Publisher, account: str, topic_arn: str) -> dict[str, object]:
    condition: dict[str, object] = {"StringEquals": {"aws:SourceAccount": account}}
    if publisher.source_arn:
        condition["ArnLike"] = {"aws:SourceArn": publisher.source_arn}
    return {
        "Sid": publisher.sid,
        "Effect": "Allow",
        "Principal": {"Service": f"{publisher.service}.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": condition,
    }


def _deny_plain_text(topic_arn: str) -> dict[str, object]:
    return {
        "Sid": "DenyPlainText",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
