"""How long synthesis takes, and how it grows with the tenants."""

import sys
import tempfile
from pathlib import Path

from benchmarks.process import median_seconds
from tests.config.many_tenants import write_many_tenants

_COUNTS = (1, 10, 100)


def measure() -> dict[str, float]:
    """Return seconds of `python app.py` and the slope per tenant in milliseconds.

    All tenants live in one Region: a Region more is a platform more, which is no tenant's.
    """
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for validation in ("false", "true"):
            seconds = {count: _synthesize(Path(folder), count, validation) for count in _COUNTS}
            label = "validation_on" if validation == "true" else "validation_off"
            figures |= {f"synth_{n}_tenants_{label}_s": s for n, s in seconds.items()}
            slope = (seconds[_COUNTS[-1]] - seconds[1]) / (_COUNTS[-1] - 1) * 1000
            figures[f"synth_per_tenant_{label}_ms"] = slope
    return figures


def _synthesize(folder: Path, count: int, validation: str) -> float:
    config = folder / f"config-{count}"
    if not config.exists():
        write_many_tenants(config, count, regions=("eu-west-1",))
    environment = {
        "FINOPS_CONFIG": str(config),
        "CDK_OUTDIR": str(folder / f"out-{count}-{validation}"),
        "CDK_VALIDATION": validation,
    }
    return median_seconds([sys.executable, "app.py"], runs=3, environment=environment)
