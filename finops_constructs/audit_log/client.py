"""Adding to the log: reviews, test runs, documents, notes.

Example:
    from finops_constructs.audit_log.client import AuditLog

    log = AuditLog.connect(region="eu-west-1")
    log.append("human-review", tenant="writer", summary="Letter 4711 checked before sending",
               result="approved", about={"request_id": "1b2e..."})
"""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from finops_constructs.audit_log.errors import AuditLogError
from finops_constructs.audit_log.place import log_place
from finops_constructs.operations.aws import Aws
from finops_constructs.operations.client import Channel
from finops_constructs.operations.errors import AnswerError
from finops_constructs.operations.function_url import FunctionUrl

TYPES: Final = (
    "bias-test", "document", "erasure", "human-review", "legal-hold", "note", "test-run"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What was added.

    Attributes:
        id: Its id; the same id again adds nothing.
        key: Where it is in the locked bucket.
        sha256: Of its bytes.
        actor: Who added it, as AWS authenticated them, with the name replaced.
    """

    id: str
    key: str
    sha256: str
    actor: str


class AuditLog:
    """Adds statements to a platform's log; the actor is the caller's own AWS identity.

    Args:
        channel: What carries the requests.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    @classmethod
    def connect(
        cls,
        *,
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
    ) -> Self:
        """Find the log of a Region's platform.

        Args:
            region: The Region. Default: that of the profile or of `AWS_REGION`.
            profile: A profile of the AWS configuration. Default: as the AWS CLI chooses it.
            endpoint_url: Where to call instead of AWS. Default: AWS.

        Raises:
            OperationsError: If there is none, or AWS refuses or cannot be reached.
        """
        return cls.of(Aws(region=region, profile=profile, endpoint_url=endpoint_url))

    @classmethod
    def of(cls, aws: Aws) -> Self:
        """Find the log of a Region's platform; raises as `connect`."""
        place = log_place(aws)
        return cls(
            FunctionUrl(
                aws,
                url=place.function_url,
                function_name=place.function_name,
                role="log archiver",
            )
        )

    def append(
        self,
        type: str,
        *,
        summary: str,
        tenant: str | None = None,
        result: str | None = None,
        about: Mapping[str, str | int | float | bool] | None = None,
        document: Path | None = None,
        id: str | None = None,
    ) -> Appended:
        """Add a statement; it is locked at once, and chained when its hour is closed.

        Do not name people in it: what is locked cannot be taken back.

        Args:
            type: One of `TYPES`.
            summary: What was done, in at most 2,000 characters.
            tenant: Whom it concerns. Default: the platform.
            result: What came of it. Default: not said.
            about: Plain values beside it, such as the request that was reviewed. Default: none.
            document: A file whose SHA-256 and name are recorded; it stays where it is. Default:
                none.
            id: What identifies it, so that it can be sent again. Default: a new one.

        Raises:
            AuditLogError: If the document cannot be read.
            OperationsError: If the platform refuses, or cannot be reached.
        """
        statement: dict[str, Any] = {
            "type": type,
            "summary": summary,
            "tenant": tenant,
            "result": result,
            "about": dict(about) if about else None,
            "id": id or str(uuid.uuid4()),
        }
        if document is not None:
            statement |= {"document_name": document.name, "document_sha256": _sha256(document)}
        said = {key: value for key, value in statement.items() if value is not None}
        # An id is taken once, so sending it again does no harm.
        answer = self._channel.post(said, repeatable=True)
        try:
            return Appended(**{name: answer[name] for name in Appended.__dataclass_fields__})
        except KeyError as error:
            raise AnswerError(f"the archiver's answer lacks {error}") from None


def _sha256(document: Path) -> str:
    try:
        with document.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AuditLogError(f"{document} cannot be read: {error.strerror}") from None
