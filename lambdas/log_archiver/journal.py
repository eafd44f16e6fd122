"""The kill switch's journal, copied from its state table's stream."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from log_archiver.archive import Archive
from log_archiver.names import PLATFORM

PREFIX: Final = "JOURNAL#"
_INSERTED: Final = frozenset({"INSERT", "MODIFY"})


def archive_journal(record: Mapping[str, Any], archive: Archive) -> bool:
    """Archive one record of the stream; False if it is no journal entry.

    Args:
        record: The stream's record, with the new image.
        archive: The locked bucket.
    """
    image = record.get("dynamodb", {}).get("NewImage")
    if record.get("eventName") not in _INSERTED or not image:
        return False
    tenant, sort_key = image["pk"]["S"], image["sk"]["S"]
    if not sort_key.startswith(PREFIX):
        return False
    stated = sort_key.split("#")[1]
    archive.put_document(
        "journal",
        tenant=PLATFORM if tenant.startswith("#") else tenant,
        at=datetime.fromisoformat(stated).astimezone(UTC),
        unique=f"{tenant} {sort_key}",
        document={"tenant": tenant, "at": stated, "entry": json.loads(image["doc"]["S"])},
    )
    return True
