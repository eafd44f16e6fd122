"""How fast ten million invocation records are counted, as gzip JSON and as Parquet.

The records are 500,000, of 300 applications and 100,000 sessions, twenty times over: what is read
is the same, and making them takes a twentieth.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.process import ROOT
from finops_constructs.cost_data.optional_duckdb import connect

_RECORDS, _COPIES = 500_000, 20
_ENDINGS = {"json": ".json.gz", "parquet": ".parquet"}
_SQL = """
SELECT 'ModelInvocationLog' AS schemaType, '1.0' AS schemaVersion,
       strftime(TIMESTAMP '2026-11-01' + INTERVAL (i * 4) SECOND, '%Y-%m-%dT%H:%M:%SZ')
           AS timestamp,
       '111122223333' AS accountId,
       {'arn': 'arn:aws:sts::111122223333:assumed-role/app-' || (i % 300) || '/session-'
           || (hash(i) % 100000)} AS identity,
       'eu-west-1' AS region, md5(CAST(i AS VARCHAR)) AS requestId, 'Converse' AS operation,
       CASE hash(i) % 10 WHEN 8 THEN 'eu.anthropic.claude-sonnet-5-5'
            WHEN 9 THEN 'anthropic.claude-haiku-5-5'
            ELSE 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/p'
                 || (i % 300) END AS modelId,
       {'inputContentType': 'application/json', 'inputTokenCount': hash(i) % 4000} AS input,
       {'outputContentType': 'application/json', 'outputTokenCount': hash(i) % 800} AS output
FROM range(500000) AS made(i)
"""


def measure() -> dict[str, float]:
    """Return seconds and GiB of a process of its own, for each format."""
    figures: dict[str, float] = {}
    for name, ending in _ENDINGS.items():
        folder = _records(name, ending)
        line = [sys.executable, "-m", "benchmarks.guard_report_process", str(folder)]
        done = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
        told = json.loads(done.stdout)
        assert told["calls"] == _RECORDS * _COPIES
        figures[f"guard_report_10m_{name}_s"] = told["seconds"]
        figures[f"guard_report_10m_{name}_cpu_s"] = told["cpu_seconds"]
        figures[f"guard_report_10m_{name}_peak_gib"] = told["peak_gib"]
        shutil.rmtree(folder)
    return figures


def _records(name: str, ending: str) -> Path:
    folder = ROOT / "build" / f"bench-records-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    first = folder / f"00{ending}"
    packed = "COMPRESSION gzip" if name == "json" else "COMPRESSION zstd"
    with connect() as connection:
        connection.execute(f"COPY ({_SQL}) TO '{first}' (FORMAT {name}, {packed})")
    for number in range(1, _COPIES):
        (folder / f"{number:02}{ending}").hardlink_to(first)
    return folder
