"""Makes one month's report, page and all, and prints what it took as JSON."""

import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.process import own_cpu_seconds, own_peak_kib
from finops_constructs.cost_data.duckdb_engine import DuckDbEngine
from finops_constructs.report.files import write_report
from finops_constructs.report.gather import gather
from finops_constructs.report.money import Money
from finops_constructs.report.report import make_report
from finops_constructs.report.scope import choose_scope

_THREADS = 2
_KIB_PER_GIB = 1024 * 1024
_DAY = date(2026, 11, 24)


def main() -> None:
    """Measure from after the imports to the last byte of the page."""
    folder, month = Path(sys.argv[1]), sys.argv[2]
    started, cpu_before = time.perf_counter(), own_cpu_seconds()
    engine = DuckDbEngine(folder, as_of=_DAY, threads=_THREADS)
    with tempfile.TemporaryDirectory() as out:
        made = make_report(
            gather(engine, choose_scope(engine.months(), month=month)),
            money=Money(),
            organization="Example Bank",
            source=str(folder),
            made_on=_DAY,
        )
        write_report(made, Path(out))
    figures = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": own_cpu_seconds() - cpu_before,
        "peak_gib": own_peak_kib() / _KIB_PER_GIB,
    }
    print(json.dumps(figures))  # noqa: T201 - read by the benchmark


if __name__ == "__main__":
    main()
