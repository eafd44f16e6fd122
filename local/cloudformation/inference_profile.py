"""AWS::Bedrock::ApplicationInferenceProfile."""

from typing import Any, ClassVar

from ministack.services import bedrock

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType, tag_changes
from local.service_calls import call, call_json

_SERVICE = "Bedrock"


class ApplicationInferenceProfile(ResourceType):
    """Only the tags change in place; anything else makes a new profile with a new ARN."""

    name: ClassVar[str] = "AWS::Bedrock::ApplicationInferenceProfile"
    create_only: ClassVar[tuple[str, ...]] = ("Description", "InferenceProfileName", "ModelSource")
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the profile through CreateInferenceProfile."""
        del logical_id, stack_name
        request: dict[str, Any] = {
            "inferenceProfileName": properties.get("InferenceProfileName"),
            "tags": [
                {"key": tag["Key"], "value": tag["Value"]} for tag in properties.get("Tags") or []
            ],
        }
        source = properties.get("ModelSource") or {}
        request["modelSource"] = {"copyFrom": source.get("CopyFrom")}
        if "Description" in properties:
            request["description"] = properties["Description"]
        created = call_json(_SERVICE, bedrock._create_inference_profile, request)
        return self._describe(created["inferenceProfileArn"])

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Bring the tags to what the template says."""
        del stack_name, logical_id
        _, attributes = self._describe(physical_id)
        arn = attributes["InferenceProfileArn"]
        changed, removed = tag_changes(old, new, "Tags")
        if removed:
            call_json(_SERVICE, bedrock._untag_resource, {"resourceARN": arn, "tagKeys": removed})
        if changed:
            tags = [{"key": key, "value": value} for key, value in changed.items()]
            call_json(_SERVICE, bedrock._tag_resource, {"resourceARN": arn, "tags": tags})
        return self._describe(physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the profile through DeleteInferenceProfile."""
        del properties
        call(_SERVICE, bedrock._delete_inference_profile, physical_id)

    @staticmethod
    def _describe(identifier: str) -> Provisioned:
        profile = call(_SERVICE, bedrock._get_inference_profile, identifier)
        arn = profile["inferenceProfileArn"]
        return arn, {
            "InferenceProfileArn": arn,
            "InferenceProfileId": profile["inferenceProfileId"],
            "InferenceProfileIdentifier": arn,
            "Models": [{"ModelArn": model["modelArn"]} for model in profile["models"]],
            "Status": profile["status"],
            "Type": profile["type"],
            "CreatedAt": profile["createdAt"],
            "UpdatedAt": profile["updatedAt"],
        }
