"""The log archiver: records a second on one core, and the memory a file of 200 MB takes."""

import base64
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.process import ROOT
from tests.lambdas.log_archiver.log_world import record

_RECORDS = 60_000
_ROLES, _PEOPLE = 20, 500
_LARGE_BYTES = 200_000_000
_BODY_BYTES = 70_000


def measure() -> dict[str, float]:
    """Return records a second for records without content, and peaks of memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        usual, large = Path(folder) / "usual.json.gz", Path(folder) / "large.json.gz"
        _write_usual(usual)
        _write_large(large)
        speed, memory = _archive(usual), _archive(large)
        return {
            "archiver_records_per_second": speed["records"] / speed["cpu_seconds"],
            "archiver_peak_mib": speed["peak_mib"],
            "archiver_large_file_mb": large.stat().st_size / 1e6,
            "archiver_large_file_peak_mib": memory["peak_mib"],
            "archiver_large_file_seconds": memory["cpu_seconds"],
        }


def _archive(file: Path) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - this repository's own
        [sys.executable, "-m", "benchmarks.archiver_process", str(file)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'lambdas'}"},
        check=True,
        capture_output=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _write_usual(file: Path) -> None:
    """Records of an hour, of many people, without content."""
    start, chance = datetime(2026, 11, 26, 1, tzinfo=UTC), random.Random(26)  # noqa: S311
    with gzip.open(file, "wt", compresslevel=1) as out:
        for number in range(_RECORDS):
            role, person = chance.randrange(_ROLES), chance.randrange(_PEOPLE)
            arn = f"arn:aws:sts::123456789012:assumed-role/app-{role}/person-{person}@example.com"
            at = start + timedelta(seconds=number % 3600)
            told = record(number, at=at, identity={"arn": arn}, requestId=_request_id(chance))
            out.write(json.dumps(told) + "\n")


def _write_large(file: Path) -> None:
    """Records with bodies that cannot be compressed, until the file is large enough."""
    with gzip.open(file, "wt", compresslevel=1) as out:
        number = 0
        while file.stat().st_size < _LARGE_BYTES:
            body = {"text": base64.b64encode(os.urandom(_BODY_BYTES)).decode()}
            told = record(number, input={"inputBodyJson": body, "inputTokenCount": 9})
            out.write(json.dumps(told) + "\n")
            number += 1


def _request_id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"
