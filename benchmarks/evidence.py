"""How long the evidence of 100 tenants takes, from the command's start to the last file."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.process import ROOT, median_seconds
from tests.config.many_tenants import write_many_tenants

_TENANTS = 100
_FINOPS = Path(sys.executable).parent / "finops"


def measure() -> dict[str, float]:
    """Return seconds of `finops evidence` with all files, and of `finops evidence diff`."""
    with tempfile.TemporaryDirectory() as folder:
        config, assembly = Path(folder) / "config", Path(folder) / "cdk.out"
        write_many_tenants(config, _TENANTS)
        subprocess.run(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env=os.environ
            | {
                "FINOPS_CONFIG": str(config),
                "CDK_OUTDIR": str(assembly),
                "CDK_VALIDATION": "false",
            },
            check=True,
        )
        evidence = [str(_FINOPS), "evidence"]
        out = str(Path(folder) / "evidence")
        return {
            f"evidence_{_TENANTS}_tenants_s": median_seconds(
                [*evidence, str(assembly), "--out", out], runs=3
            ),
            f"evidence_diff_{_TENANTS}_tenants_s": median_seconds(
                [*evidence, "diff", str(assembly), str(assembly)], runs=3
            ),
        }
