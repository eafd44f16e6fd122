"""AWS::CloudWatch::Alarm, which ministack refuses to make of metric maths."""

import json
from typing import ClassVar

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch

from local.cloudformation.resource_type import (
    Properties,
    Provisioned,
    ResourceType,
    generated_name,
)
from local.service_calls import Response, ServiceCallError, call_json

_SERVICE = "CloudWatch"
_LONGEST_NAME = 255


class Alarm(ResourceType):
    """An alarm on a metric or on metric maths; all but the name changes in place."""

    name: ClassVar[str] = "AWS::CloudWatch::Alarm"
    create_only: ClassVar[tuple[str, ...]] = ("AlarmName",)
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the alarm through PutMetricAlarm, unless one of its name exists."""
        name = properties.get("AlarmName") or generated_name(
            stack_name, logical_id, longest=_LONGEST_NAME
        )
        if name in cloudwatch._alarms:
            raise ServiceCallError(f"Alarm {name} already exists.")
        return self._put(name, properties)

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Rewrite the alarm; its state stays."""
        del old, stack_name, logical_id
        return self._put(physical_id, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the alarm, unless a composite alarm depends on it."""
        del properties
        cloudwatch.cloudformation_delete_metric_alarm(physical_id, refuse_dependents=True)

    @staticmethod
    def _put(name: str, properties: Properties) -> Provisioned:
        request = properties | {"AlarmName": name}
        tags = request.pop("Tags", None) or []
        call_json(_SERVICE, _put_metric_alarm, request)
        cloudwatch.cloudformation_set_metric_alarm_tags(name, tags)
        arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
        return name, {"Arn": arn}


def _put_metric_alarm(body: bytes) -> Response:
    answer: Response = cloudwatch._put_metric_alarm({}, json.loads(body), False, True)
    return answer
