"""Delivers notices: to the tenant's and the platform's topic, and to EventBridge, once each.

A notice is claimed before it is sent and settled after: of two runs one sends it, and one that died
in between is followed by another. So a message is doubled only if a run dies while sending it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from kill_switch.hints import OWN_NOTICE
from shared.ledger import month_of
from shared.tenant_state import Notice

logger = Logger(child=True)

SOURCE: Final = "finops-constructs"
PERMISSIONS: Final = ("dynamodb:PutItem", "events:PutEvents", "sns:Publish")
_CLAIM_LASTS: Final = timedelta(minutes=2)


class NotDeliveredError(Exception):
    """EventBridge did not take an event."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Delivers notices.

    Attributes:
        client: Returns the boto3 client of a service.
        table: The state table's name.
    """

    client: Callable[[str], Any]
    table: str

    def deliver(
        self, tenant: str, notices: Sequence[Notice], topics: Sequence[str], now: datetime
    ) -> tuple[list[Notice], int]:
        """Deliver what nobody else has delivered or is delivering.

        Returns:
            The notices that are still to be delivered, and how many of them failed now.
        """
        left, failed = [], 0
        for notice in notices:
            try:
                done = self._deliver_one(tenant, notice, topics, now)
            except (BotoCoreError, ClientError, NotDeliveredError):
                logger.exception("notice not delivered", tenant=tenant, key=notice.key)
                failed += 1
                done = False
            if not done:
                left.append(notice)
        return left, failed

    def _deliver_one(
        self, tenant: str, notice: Notice, topics: Sequence[str], now: datetime
    ) -> bool:
        key = {"pk": {"S": tenant}, "sk": {"S": f"TOLD#{month_of(now)}#{notice.key}"}}
        claimed = self._claim(key, now)
        if claimed is None:
            return self._is_told(key)
        sent = set(claimed)
        for topic in dict.fromkeys(topics if notice.text else ()):
            if topic not in sent:
                self._publish(topic, notice)
                sent.add(topic)
                self._note(key, now, sent, settled=False)
        self._put_event(notice)
        self._note(key, now, sent, settled=True)
        return True

    def _claim(self, key: dict[str, Any], now: datetime) -> list[str] | None:
        """Claim a notice; return the topics it has reached, None if it is not ours to send."""
        dynamodb = self.client("dynamodb")
        try:
            old = dynamodb.put_item(
                TableName=self.table,
                Item={**key, "claimed_at": {"S": now.isoformat()}, "settled": {"BOOL": False}},
                ConditionExpression="attribute_not_exists(pk) OR "
                "(settled = :no AND claimed_at < :lapsed)",
                ExpressionAttributeValues={
                    ":no": {"BOOL": False},
                    ":lapsed": {"S": (now - _CLAIM_LASTS).isoformat()},
                },
                ReturnValues="ALL_OLD",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return list(old.get("Attributes", {}).get("reached", {}).get("SS", ()))

    def _is_told(self, key: dict[str, Any]) -> bool:
        """Whether another run has delivered it, rather than being about to."""
        found = self.client("dynamodb").query(
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND sk = :sk",
            ExpressionAttributeValues={":pk": key["pk"], ":sk": key["sk"]},
        )["Items"]
        return any(item["settled"]["BOOL"] for item in found)

    def _note(self, key: dict[str, Any], now: datetime, sent: set[str], *, settled: bool) -> None:
        reached: dict[str, Any] = {"reached": {"SS": sorted(sent)}} if sent else {}
        self.client("dynamodb").put_item(
            TableName=self.table,
            Item={
                **key,
                **reached,
                "claimed_at": {"S": now.isoformat()},
                "settled": {"BOOL": settled},
            },
        )

    def _publish(self, topic: str, notice: Notice) -> None:
        self.client("sns").publish(
            TopicArn=topic,
            Subject=notice.subject,
            Message=notice.text,
            MessageAttributes={
                OWN_NOTICE: {"DataType": "String", "StringValue": notice.kind},
            },
        )

    def _put_event(self, notice: Notice) -> None:
        detail = {**notice.detail, "id": notice.key}
        answer = self.client("events").put_events(
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": notice.kind,
                    "Detail": json.dumps(detail, sort_keys=True),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise NotDeliveredError(str(answer["Entries"]))
