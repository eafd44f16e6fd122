"""What one tenant's own resources cost a month while nobody uses them, from its template."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.process import ROOT
from finops_constructs.estate.standing_cost import standing_cost, total


def measure() -> dict[str, float]:
    """Return USD a month of the dearest tenant of the example organisation, and of a platform."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=os.environ | {"CDK_OUTDIR": folder},
            check=True,
        )
        costs = {
            path.name: float(total(standing_cost(json.loads(path.read_text(encoding="utf-8")))))
            for path in Path(folder).glob("*.template.json")
        }
    platforms = {name for name in costs if name.startswith("finops-platform-")}
    return {
        "standing_cost_tenant_usd_per_month": max(costs[n] for n in costs if n not in platforms),
        "standing_cost_platform_usd_per_month": max(costs[n] for n in platforms),
    }
