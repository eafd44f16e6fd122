"""How long a function's import and first event take beside `import boto3`."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.process import ROOT
from finops_constructs._function_code import function_code_path

_PROCESS = ROOT / "benchmarks" / "first_event_process.py"
_RUNS = 7
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "PYTHONPATH": str(function_code_path()),
}


def ratio_to_boto3(
    function: str,
    *,
    event: Mapping[str, Any],
    answers: Mapping[str, Any],
    environment: Mapping[str, str],
) -> float:
    """Return (import of a function, and its first event) / (import boto3), median of processes.

    Args:
        function: The module with its `handler`.
        event: The event.
        answers: What AWS answers, by operation; another operation fails.
        environment: What the function is told by its environment.
    """
    stage = json.dumps({"function": function, "event": event, "answers": answers})
    ratios = []
    for _ in range(_RUNS + 1):
        printed = subprocess.run(  # noqa: S603 - a file of this repository
            [sys.executable, str(_PROCESS)],
            env=os.environ | _ENVIRONMENT | dict(environment),
            input=stage,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        boto3_seconds, all_seconds = map(float, printed.splitlines()[-1].split())
        ratios.append(all_seconds / boto3_seconds)
    return statistics.median(ratios[1:])
