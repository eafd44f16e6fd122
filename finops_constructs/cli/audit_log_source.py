"""Which log a command reads: a folder, a bucket, or the platform's own."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from finops_constructs.cli.operator_options import OperatorError, Where, shown_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finops_constructs.audit_log.store import LogStore

_S3 = "s3://"


def open_log(source: str | None, where: Where) -> LogStore:
    """Return the log to read.

    Args:
        source: A folder, or `s3://<bucket>`; None: the log of the Region's platform.
        where: Where AWS is asked.
    """
    from finops_constructs.audit_log.bucket_store import BucketStore  # noqa: PLC0415 - botocore
    from finops_constructs.audit_log.place import log_place  # noqa: PLC0415
    from finops_constructs.audit_log.store import FolderStore  # noqa: PLC0415

    if source is not None and not source.startswith(_S3):
        return FolderStore(Path(source))
    aws = where.connect()
    if source is not None:
        return BucketStore(aws.client("s3"), source.removeprefix(_S3).strip("/"))
    place = log_place(aws)
    return BucketStore(aws.client("s3"), place.bucket, place.bucket_account)


@contextmanager
def shown_log_errors() -> Iterator[None]:
    """Show an error of the log or of AWS as a sentence; exit with 2."""
    from finops_constructs.audit_log.errors import AuditLogError  # noqa: PLC0415

    with shown_errors():
        try:
            yield
        except AuditLogError as error:
            raise OperatorError(str(error)) from None
