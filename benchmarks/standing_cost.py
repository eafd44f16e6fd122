"""What one tenant's own resources cost a month while nobody uses them, from its template."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.process import ROOT
from finops_constructs.estate.standing_cost import CostLine, standing_cost, total
from tests.config.many_tenants import write_many_tenants

_TENANT: Final = "Custom::FinOpsTenantRelease"
_PLATFORM: Final = "Custom::FinOpsPlatformRelease"
_THIRD_ALIAS = "  search:\n    model: amazon.titan-embed-text-v2:0\n"


def measure() -> dict[str, float]:
    """Return USD a month of tenants and of a platform, from their synthesized templates.

    The tenant with two profiles has the dearest kind: every token kind of both has a price, and
    each of these is a metric of a burst alarm. The other two are of the example organisation.
    """
    with tempfile.TemporaryDirectory() as folder:
        example = _costs(ROOT / "config", Path(folder) / "example")
        two = _costs(_two_profiles(Path(folder) / "config"), Path(folder) / "two-profiles")
    return {
        "standing_cost_two_profile_tenant_usd_per_month": _dearest(two[_TENANT]),
        "standing_cost_tenant_usd_per_month": _dearest(example[_TENANT]),
        "standing_cost_platform_usd_per_month": _dearest(example[_PLATFORM]),
    }


def _two_profiles(folder: Path) -> Path:
    write_many_tenants(folder, 1)
    (tenant,) = (folder / "tenants").iterdir()
    text = tenant.read_text(encoding="utf-8")
    tenant.write_text(text.replace(_THIRD_ALIAS, ""), encoding="utf-8")
    return folder


def _costs(config: Path, out: Path) -> dict[str, list[list[CostLine]]]:
    """Return the resources that cost money while idle, by stack, of tenants and platforms."""
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | {"CDK_OUTDIR": str(out), "FINOPS_CONFIG": str(config)},
        check=True,
    )
    templates = [
        json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*.template.json")
    ]
    return {
        kind: [standing_cost(each) for each in templates if _has(each, kind)]
        for kind in (_TENANT, _PLATFORM)
    }


def _has(template: dict[str, Any], kind: str) -> bool:
    return any(resource["Type"] == kind for resource in template["Resources"].values())


def _dearest(chosen: list[list[CostLine]]) -> float:
    unpriced = [line for lines in chosen for line in lines if line.usd is None]
    if unpriced:
        raise ValueError(f"no price is known for {unpriced}")
    return float(max(map(total, chosen)))
