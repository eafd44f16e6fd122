"""AWS::S3::Bucket with Object Lock, encryption and lifecycle, which ministack leaves out.

A bucket that has something in it cannot be deleted; a bucket of the name is never taken over.
"""

from typing import Any, ClassVar
from xml.sax.saxutils import escape

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.cloudformation.resource_type import Properties, Provisioned, ResourceType
from local.service_calls import ServiceCallError, call

_SERVICE = "S3"


class Bucket(ResourceType):
    """A bucket; Object Lock holds every version that is put into it."""

    name: ClassVar[str] = "AWS::S3::Bucket"
    create_only: ClassVar[tuple[str, ...]] = ("BucketName",)
    tag_property: ClassVar[str | None] = "Tags"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Create the bucket, unless one of its name exists, such as one that was retained."""
        name = properties.get("BucketName")
        if name and s3._bucket_owner_account(name) is not None:
            raise ServiceCallError(f"{name} already exists")
        created: Provisioned = provisioners._s3_create(logical_id, properties, stack_name)
        _set(created[0], properties)
        return created

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,  # noqa: ARG002 - as every resource type
    ) -> Provisioned:
        """Change the bucket in place."""
        updated: Provisioned = provisioners._s3_update(physical_id, old, new, stack_name)
        _set(updated[0], new)
        return updated

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the bucket, if it is empty."""
        bucket = s3._buckets.get(physical_id)
        if bucket and bucket["objects"]:
            raise ServiceCallError("The bucket you tried to delete is not empty")
        provisioners._s3_delete(physical_id, properties)
        s3._bucket_object_lock.pop(physical_id, None)


def _set(bucket: str, properties: Properties) -> None:
    lock = properties.get("ObjectLockConfiguration")
    if properties.get("ObjectLockEnabled") or lock:
        call(_SERVICE, s3._put_object_lock_configuration, bucket, _lock_xml(lock or {}))
    encryption = properties.get("BucketEncryption")
    # ministack knows no key that AWS would choose, as for the bucket of CDK's bootstrap.
    if encryption and "KMSMasterKeyID" in str(encryption):
        call(_SERVICE, s3._put_bucket_encryption, bucket, _encryption_xml(encryption))


def _encryption_xml(encryption: dict[str, Any]) -> bytes:
    rules = ""
    for rule in encryption["ServerSideEncryptionConfiguration"]:
        default = rule["ServerSideEncryptionByDefault"]
        inner = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in default.items())
        applied = (
            f"<ApplyServerSideEncryptionByDefault>{inner}</ApplyServerSideEncryptionByDefault>"
        )
        rules += f"<Rule>{applied}</Rule>"
    name = "ServerSideEncryptionConfiguration"
    return f"<{name}>{rules}</{name}>".encode()


def _lock_xml(lock: dict[str, Any]) -> bytes:
    retention = (lock.get("Rule") or {}).get("DefaultRetention")
    rule = ""
    if retention:
        inner = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in retention.items())
        rule = f"<Rule><DefaultRetention>{inner}</DefaultRetention></Rule>"
    text = f"<ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}"
    return f"<ObjectLockConfiguration>{text}</ObjectLockConfiguration>".encode()
