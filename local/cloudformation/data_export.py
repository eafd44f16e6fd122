"""AWS::BCMDataExports::Export: recorded, after the checks that AWS makes of its bucket."""

import json
from typing import Any, ClassVar

from ministack.core.responses import AccountScopedDict, get_account_id
from ministack.services import s3

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError

_SERVICE = "bcm-data-exports.amazonaws.com"
_exports = AccountScopedDict()


class DataExport(ResourceType):
    """A data export. Nothing is delivered: whoever plays AWS puts files into the bucket."""

    name: ClassVar[str] = "AWS::BCMDataExports::Export"
    create_only: ClassVar[tuple[str, ...]] = ("Export/Name", "Export/RefreshCadence")
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Record the export, if AWS could write to the root of its bucket."""
        del logical_id, stack_name
        export = properties["Export"]
        bucket = export["DestinationConfigurations"]["S3Destination"]["S3Bucket"]
        if not _may_write(bucket):
            raise ServiceCallError(f"S3 bucket permission validation failed for bucket: {bucket}")
        arn = f"arn:aws:bcm-data-exports:us-east-1:{get_account_id()}:export/{export['Name']}"
        _exports[arn] = export
        return arn, {"ExportArn": arn}

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
    ) -> Provisioned:
        """Record the new query or destination."""
        del old, stack_name, logical_id
        _exports[physical_id] = new["Export"]
        return physical_id, {"ExportArn": physical_id}

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Forget the export."""
        del properties
        _exports.pop(physical_id, None)


def _may_write(bucket: str) -> bool:
    """Whether the policy lets the service put an object at the root, as its proof does."""
    policy = json.loads(s3._bucket_policies.get(bucket) or "{}")
    root = f"arn:aws:s3:::{bucket}/*"
    return any(
        each["Effect"] == "Allow"
        and _SERVICE in _listed(each.get("Principal", {}).get("Service"))
        and "s3:PutObject" in _listed(each["Action"])
        and root in _listed(each["Resource"])
        for each in policy.get("Statement", ())
        if isinstance(each.get("Principal"), dict)
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
