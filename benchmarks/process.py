"""What processes cost: others, as the median of several runs, and this one."""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def median_seconds(
    command: Sequence[str], *, runs: int = 5, environment: Mapping[str, str] | None = None
) -> float:
    """Return the median wall time of a command in seconds."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(  # noqa: S603 - commands of this repository
            command,
            cwd=ROOT,
            env=os.environ | dict(environment or {}),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def own_cpu_seconds() -> float:
    """Return the CPU time this process has used, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def own_peak_kib() -> int:
    """Return the most memory this process has held, in KiB."""
    # Not getrusage: its maximum of a child begins with what the parent held.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])
