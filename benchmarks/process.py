"""Timing whole processes: the median of several runs after one that warms caches."""

import os
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
