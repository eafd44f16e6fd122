"""The cross-check as a whole: every alias against CloudWatch, whatever befalls another."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cross_check.checked import LARGEST_EXPECTED_PERCENT, Checked
from cross_check.cloudwatch import PROFILES_PER_CALL, HourSeen, last_full_hours, read_hours
from cross_check.comparison import Finding, Part, compare, together
from cross_check.telemetry import logger
from shared.canary_tenant import CANARY_TENANT
from shared.ledger import alias_key, plain_item
from shared.registry import Registry
from shared.registry_entries import ProfileEntry

_AWS_ERRORS = (BotoCoreError, ClientError)


class CrossCheck:
    """Compares the ledger with CloudWatch and raises what it lacks.

    Args:
        cloudwatch: A boto3 CloudWatch client.
        dynamodb: A boto3 DynamoDB client.
        sqs: A boto3 SQS client.
        ledger: The ledger's name.
        wake_url: The kill switch's wake queue.
        now: The wall clock, UTC.
    """

    def __init__(
        self,
        *,
        cloudwatch: Any,
        dynamodb: Any,
        sqs: Any,
        ledger: str,
        wake_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self._cloudwatch, self._dynamodb, self._sqs = cloudwatch, dynamodb, sqs
        self._ledger, self._wake_url, self._now = ledger, wake_url, now

    def run(self, registry: Registry) -> Checked:
        """Compare the last two full hours of every alias, and wake the switch where it matters.

        A failure concerns its alias alone; AWS's refusal of the wake is not caught.
        """
        checked, to_wake = Checked(), set()
        for parts in _by_alias(self._seen(registry, last_full_hours(self._now()))):
            profile, _ = parts[0]
            known = [(each, seen) for each, seen in parts if seen]
            found = self._compare(known) if len(known) == len(parts) else None
            checked.note(profile, found, together([seen for _, seen in known]))
            if found and (found.silent or found.difference_percent > LARGEST_EXPECTED_PERCENT):
                to_wake.add(profile.tenant)
        if to_wake:
            body = json.dumps({"wake": "cross-check", "tenants": sorted(to_wake)})
            self._sqs.send_message(QueueUrl=self._wake_url, MessageBody=body)
        return checked

    def _seen(
        self, registry: Registry, hours: Sequence[datetime]
    ) -> Iterator[tuple[ProfileEntry, Sequence[HourSeen] | None]]:
        profiles = [
            profile
            for tenant in {**registry.profiles, **registry.replaced}
            for profile in registry.watched(tenant).values()
            if profile.profile_arn in registry.by_model_id  # not claimed by two aliases
            and profile.tenant != CANARY_TENANT  # whose calls are made up
        ]
        for start in range(0, len(profiles), PROFILES_PER_CALL):
            together = profiles[start : start + PROFILES_PER_CALL]
            seen = self._read(together, hours)
            if seen is None:  # one of them may be what spoils it for all
                seen = {}
                for profile in together:
                    seen |= self._read([profile], hours) or {}
            for profile in together:
                yield profile, seen.get(profile.profile_id)

    def _read(
        self, profiles: Sequence[ProfileEntry], hours: Sequence[datetime]
    ) -> dict[str, list[HourSeen]] | None:
        try:
            return read_hours(self._cloudwatch, [each.profile_id for each in profiles], hours)
        except _AWS_ERRORS:
            logger.exception("CloudWatch not readable", profiles=len(profiles))
            return None

    def _compare(self, parts: Sequence[Part]) -> Finding | None:
        profile, seen = parts[0]
        try:
            found = compare(parts, self._logged(profile, seen))
            for hour, micro in found.spent:
                self._raise_to(profile, hour, micro)
        except _AWS_ERRORS:
            logger.exception("ledger not usable", tenant=profile.tenant, alias=profile.alias)
            return None
        return found

    def _logged(
        self, profile: ProfileEntry, seen: Sequence[HourSeen]
    ) -> dict[str, dict[str, str | int]]:
        items = {}
        for day in sorted({each.hour.date() for each in seen}):
            found = self._dynamodb.get_item(
                TableName=self._ledger,
                Key=self._key(profile, day),
                ConsistentRead=True,
            )
            items[day.isoformat()] = plain_item(found.get("Item", {}))
        return items

    def _raise_to(self, profile: ProfileEntry, hour: datetime, micro: int) -> None:
        """Write an hour's figure unless one at least as large is there."""
        try:
            self._dynamodb.update_item(
                TableName=self._ledger,
                Key=self._key(profile, hour.date()),
                UpdateExpression="SET #w = :micro",
                ConditionExpression="attribute_not_exists(#w) OR #w < :micro",
                ExpressionAttributeNames={"#w": f"w{hour:%H}"},
                ExpressionAttributeValues={":micro": {"N": str(micro)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    @staticmethod
    def _key(profile: ProfileEntry, day: date) -> dict[str, dict[str, str]]:
        key = alias_key(profile.tenant, profile.alias, day)
        return {name: {"S": text} for name, text in key.items()}


def _by_alias(
    found: Iterable[tuple[ProfileEntry, Sequence[HourSeen] | None]],
) -> list[list[tuple[ProfileEntry, Sequence[HourSeen] | None]]]:
    """Put profiles of one alias, whose ledger items are one, together."""
    aliases: defaultdict[tuple[str, str], list[tuple[ProfileEntry, Sequence[HourSeen] | None]]]
    aliases = defaultdict(list)
    for profile, seen in found:
        aliases[profile.tenant, profile.alias].append((profile, seen))
    return list(aliases.values())
