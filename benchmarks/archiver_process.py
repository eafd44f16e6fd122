"""Archives one file, from disk to a bucket that forgets, and prints what it took as JSON."""

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.process import own_cpu_seconds, own_peak_kib
from log_archiver.archiver import Archiver
from log_archiver.manifest import Where
from log_archiver.pseudonyms import Pseudonyms
from log_archiver.settings import Settings
from shared.registry import parse_registry
from tests.lambdas.log_archiver.log_world import ACCOUNT, PREFIX, REGION, REGISTRY

_KIB_PER_MIB = 1024


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := file.read(size):
                yield chunk


class _S3:
    """Delivers one file; what is put is read, as the client would, and forgotten."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_object(self, **_: Any) -> dict[str, Any]:
        size = self._path.stat().st_size
        return {"ETag": "e", "ContentLength": size, "Body": _File(self._path)}

    def put_object(self, **asked: Any) -> dict[str, Any]:
        hashlib.file_digest(asked["Body"], "sha256")
        return {"VersionId": "1"}


class _Table:
    def put_item(self, **_: Any) -> None:
        pass

    def transact_write_items(self, **_: Any) -> None:
        pass

    def batch_write_item(self, **_: Any) -> dict[str, Any]:
        return {}


def main() -> None:
    """Measure from the delivery to the last entry."""
    settings = Settings(
        where=Where(account=ACCOUNT, region=REGION, mode="GOVERNANCE", days=400, signing_key=None),
        vault_bucket="vault",
        vault_account=ACCOUNT,
        landing_bucket="landing",
        landing_prefix=PREFIX,
        content_bucket=None,
        chain_table="chain",
        names_table="names",
        names_days=400,
        pseudonym_key="none",
        kept_metadata=(),
        seal_delay=timedelta(minutes=15),
        registry_ttl_seconds=60,
    )
    clients = {
        "s3": _S3(Path(sys.argv[1])),
        "dynamodb": _Table(),
        "kms": SimpleNamespace(),
        "cloudwatch": SimpleNamespace(),
    }
    registry = parse_registry(REGISTRY)
    archiver = Archiver.of(
        settings,
        clients,
        registry=lambda: registry,
        pseudonyms=Pseudonyms(b"key"),
        now=lambda: datetime(2026, 11, 26, 2, tzinfo=UTC),
    )
    before = own_cpu_seconds()
    done = archiver.ingest.file(f"{PREFIX}large.json.gz")
    figures = {
        "records": done.records,
        "cpu_seconds": own_cpu_seconds() - before,
        "peak_mib": own_peak_kib() / _KIB_PER_MIB,
    }
    print(json.dumps(figures))  # noqa: T201 - read by the benchmark


if __name__ == "__main__":
    main()
