"""How fast a month of ten million lines of the bill is answered, and how much is read for it.

The bill is the sample's: 60 % of its lines are Bedrock's, far more than of a real bill. It is kept
in build/ and written again when the generator changes.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.process import ROOT, median_seconds
from finops_constructs.cost_data.columns import CUR_COLUMNS
from finops_constructs.cost_data.cur_folder import CACHE_FOLDER
from finops_constructs.cost_data.sample import writer
from finops_constructs.cost_data.views import get_view

_ROWS = int(os.environ.get("FINOPS_BENCH_CUR_ROWS", "10000000"))
_HISTORY_ROWS = 100_000
_LAST = date(2026, 11, 24)
_MONTH = "2026-11"
_FINOPS = Path(sys.executable).parent / "finops"


def measure() -> dict[str, float]:
    """Return seconds, GiB and shares of bytes.

    `first_read` makes the daily aggregates of all 13 months from the export and keeps them;
    `after_delivery` makes the last month's anew, beside kept ones of the earlier months; the other
    figures are those of a folder whose aggregates are kept.
    """
    folder = _bill()
    kept = folder / CACHE_FOLDER
    shutil.rmtree(kept, ignore_errors=True)
    first = _report(folder)
    for file in kept.glob(f"{_MONTH}-*"):
        file.unlink()
    delivered, again = _report(folder), _report(folder)
    query = [str(_FINOPS), "query", "showback", "--source", str(folder), "--month", _MONTH]
    return {
        "cost_report_first_read_s": first["seconds"],
        "cost_report_first_read_cpu_s": first["cpu_seconds"],
        "cost_report_first_read_peak_gib": first["peak_gib"],
        "cost_report_after_delivery_s": delivered["seconds"],
        "cost_report_after_delivery_cpu_s": delivered["cpu_seconds"],
        "cost_report_after_delivery_peak_gib": delivered["peak_gib"],
        "cost_report_10m_rows_s": again["seconds"],
        "cost_report_10m_rows_cpu_s": again["cpu_seconds"],
        "cost_report_10m_rows_peak_gib": again["peak_gib"],
        "cost_showback_bytes_share_of_12_months": _bytes_share(folder),
        "finops_query_warm_s": median_seconds(query),
    }


def _bill() -> Path:
    """Return the folder of the bill, written if it is not there."""
    digest = hashlib.sha256(f"{_ROWS} {_HISTORY_ROWS} {_LAST}".encode())
    for file in sorted(Path(writer.__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    folder = ROOT / "build" / f"bench-cur-{digest.hexdigest()[:12]}"
    if not (folder / writer.LEDGER_FILE).is_file():
        for old in folder.parent.glob("bench-cur-*"):
            shutil.rmtree(old)
        months = writer.plan_months(last=_LAST, months=13, rows=_ROWS, history_rows=_HISTORY_ROWS)
        writer.write_sample(folder, months)
    return folder


def _report(folder: Path) -> dict[str, float]:
    """Return what answering every view of the month takes, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.cost_report_process", str(folder), _MONTH]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _bytes_share(folder: Path) -> float:
    """Return bytes of the columns that one month's showback reads, of 12 equal months' files.

    Counted as Athena counts: compressed sizes of the column chunks named by the view that reads
    the export, of the month's files, over the sizes of all 12 months' files.
    """
    sql = get_view("bedrock_daily").sql
    read = {column.name for column in CUR_COLUMNS if column.name in sql}
    files = sorted((folder / "data").glob("BILLING_PERIOD=*/*.parquet"))
    equal = [file for file in files if _MONTH not in str(file)]
    last = [str(file) for file in equal if "BILLING_PERIOD=2026-10" in str(file)]
    sizes = duckdb.connect().execute(
        "SELECT split_part(path_in_schema, ',', 1), sum(total_compressed_size)"
        " FROM parquet_metadata(?) GROUP BY 1",
        [last],
    )
    scanned: int = sum(size for name, size in sizes.fetchall() if name.strip('" ') in read)
    whole = sum(file.stat().st_size for file in equal)
    return scanned / whole
