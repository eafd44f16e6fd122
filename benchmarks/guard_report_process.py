"""One guard report over a folder of records, in a process of its own: seconds and memory."""

import json
import resource
import sys
import time
from pathlib import Path

from finops_constructs.doctor.registry import TenantEntries
from finops_constructs.guard_report.would_deny import Guards
from finops_constructs.invocations.record_files import read_record_files

_ACCOUNT = "111122223333"
_PROFILE = f"arn:aws:bedrock:eu-west-1:{_ACCOUNT}:application-inference-profile/p"


def main(folder: Path) -> None:
    """Read, judge, and print the figures as JSON."""
    started, cpu = time.perf_counter(), time.process_time()
    uses = read_record_files([folder])
    denials = Guards(_tenants(), _ACCOUNT).denials(uses.uses)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "peak_gib": used.ru_maxrss / 1024**2,
        "calls": sum(use.calls for use in uses.uses),
        "denials": len(denials),
    }
    print(json.dumps(figures))  # noqa: T201 - read by the benchmark


def _tenants() -> dict[str, TenantEntries]:
    return {
        f"app-{number}": TenantEntries(
            policy={"guard": "observe"},
            profiles={"main": {"profile_arn": f"{_PROFILE}{number}", "profile_id": f"p{number}"}},
            callers={f"arn:aws:iam::{_ACCOUNT}:role/app-{number}": ()},
        )
        for number in range(300)
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
