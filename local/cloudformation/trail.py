"""AWS::CloudTrail::Trail, which ministack's CloudFormation does not know."""

from typing import ClassVar

from ministack.services import cloudtrail

from local.cloudformation.resource_type import (
    Properties,
    Provisioned,
    ResourceType,
    generated_name,
)
from local.service_calls import call

_SERVICE = "CloudTrail"
_NAME_LIMIT = 128


class Trail(ResourceType):
    """A trail with its selectors."""

    name: ClassVar[str] = "AWS::CloudTrail::Trail"
    create_only: ClassVar[tuple[str, ...]] = ("TrailName",)

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the trail, and start it if it is to log."""
        name = properties.get("TrailName") or generated_name(
            stack_name, logical_id, longest=_NAME_LIMIT
        )
        answer = call(_SERVICE, cloudtrail._create_trail, _request(name, properties))
        _select(name, properties)
        return name, {"Arn": answer["TrailARN"]}

    def update(
        self,
        physical_id: str,
        old: Properties,  # noqa: ARG002 - as every resource type
        new: Properties,
        stack_name: str,  # noqa: ARG002
        logical_id: str,  # noqa: ARG002
    ) -> Provisioned:
        """Change the trail in place."""
        answer = call(_SERVICE, cloudtrail._update_trail, _request(physical_id, new))
        _select(physical_id, new)
        return physical_id, {"Arn": answer["TrailARN"]}

    def delete(self, physical_id: str, properties: Properties) -> None:  # noqa: ARG002
        """Delete the trail."""
        call(_SERVICE, cloudtrail._delete_trail, {"Name": physical_id})


def _request(name: str, properties: Properties) -> Properties:
    kept = ("S3BucketName", "IsMultiRegionTrail", "IncludeGlobalServiceEvents")
    return {
        "Name": name,
        "EnableLogFileValidation": bool(properties.get("EnableLogFileValidation")),
        **{key: properties[key] for key in kept if key in properties},
    }


def _select(name: str, properties: Properties) -> None:
    selectors = properties.get("AdvancedEventSelectors")
    if selectors:
        request = {"TrailName": name, "AdvancedEventSelectors": selectors}
        call(_SERVICE, cloudtrail._put_event_selectors, request)
    if properties.get("IsLogging"):
        call(_SERVICE, cloudtrail._start_logging, {"Name": name})
