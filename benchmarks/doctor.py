"""`finops doctor` and `finops tenants status` for 500 tenants, on the emulator.

The platform is deployed through CDK; the tenants are entered in its registry as their deployments
would, with a profile, a caller, a topic and a burst alarm each. The emulator answers in AWS's page
sizes where they matter: 10 parameters, 100 subscriptions, 100 alarms.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from local.seeded_estate.application import Application
from local.seeded_estate.estate import Estate
from tests.integration.scene import guarded, opened

_TENANTS = 500
_RUNS = 3
_FINOPS = Path(sys.executable).parent / "finops"
_FOUND_SOMETHING = 1


def measure() -> dict[str, float]:
    """Return seconds, the median of three runs after one that warms the emulator."""
    with tempfile.TemporaryDirectory() as home, opened(Path(home)) as scene:
        scene.deploy(guarded("writer"))
        numbers = range(1, _TENANTS)
        estate = Estate(scene.aws, [Application(number=number) for number in numbers])
        estate.seed_applications()
        estate.adopt_applications()
        return {
            "doctor_500_tenants_s": _seconds(scene.aws.env, "doctor"),
            "tenants_status_500_tenants_s": _seconds(scene.aws.env, "tenants", "status"),
        }


def _seconds(environment: Mapping[str, str], *arguments: str) -> float:
    times = []
    for _ in range(_RUNS + 1):
        started = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command
            [str(_FINOPS), *arguments, "--json"],
            env=dict(environment),
            check=False,
            capture_output=True,
            text=True,
        )
        times.append(time.perf_counter() - started)
        if done.returncode not in (0, _FOUND_SOMETHING):
            raise RuntimeError(f"finops {' '.join(arguments)}: {done.stderr}")
    return median(times[1:])
