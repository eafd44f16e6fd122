"""An organisation whose limits are made for the two Azure hours, synthesized by app.py."""

import json
import os
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from finops_constructs.replay.spending import Spending
from finops_constructs.replay.trace import MICROSECONDS, Trace, read_trace
from finops_constructs.replay.traffic import atoms_to_usd
from shared.rates import parse_rate_table

ROOT: Final = Path(__file__).resolve().parents[2]
AZURE: Final = ROOT.parent / "shared" / "data"
HOURS: Final = ("code", "conv")
# Claude Sonnet 4.6, as in the data's README.
_PRICE: Final = {"input": "3", "output": "15"}


def azure_trace(hour: str) -> Path:
    """Return where one of the traces is, or should be."""
    return AZURE / f"azure_llm_2023_{hour}.csv"


def mean_usd_per_hour(trace: Trace) -> Decimal:
    """Return what a trace costs an hour on average, at the organisation's prices."""
    cost = Spending(trace, None, parse_rate_table({"rates": _PRICE})).trace_atoms
    return atoms_to_usd(cost) * 3600 * MICROSECONDS / trace.requests[-1].at_us


def synthesize_for_azure(folder: Path, *, times_mean: int) -> Path:
    """Synthesize a tenant for each trace.

    Its alias `capped` has an hourly cap of so many times the trace's mean, its alias `open` one
    that nothing reaches.

    Args:
        folder: Where to write configuration and assembly.
        times_mean: The hourly cap over the mean.

    Returns:
        The assembly.
    """
    config = folder / "config"
    (config / "tenants").mkdir(parents=True)
    (config / "platform.yaml").write_text("organization: Azure\n", encoding="utf-8")
    for hour in HOURS:
        mean = mean_usd_per_hour(read_trace(azure_trace(hour)))
        cap = (mean * times_mean).quantize(Decimal("0.01"), ROUND_HALF_UP)
        tenant = json.dumps(_tenant(hour, cap))  # JSON is YAML
        (config / "tenants" / f"{hour}-assistant.yaml").write_text(tenant, encoding="utf-8")
    return synthesize(folder / "cdk.out", config)


def synthesize(out: Path, config: Path) -> Path:
    """Run app.py; return the assembly."""
    environment = {
        "FINOPS_CONFIG": str(config),
        "CDK_OUTDIR": str(out),
        "CDK_VALIDATION": "false",
    }
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=os.environ | environment, check=True)
    return out


def _tenant(hour: str, cap: Decimal) -> dict[str, object]:
    model = {"model": "eu.anthropic.claude-sonnet-4-6", "price": _PRICE}
    return {
        "id": f"{hour}-assistant",
        "display_name": hour.title(),
        "owner": {"team": "Azure", "email": "azure@example.com", "cost_centre": "CC-1"},
        "account": "111122223333",
        "region": "eu-west-1",
        "cost_tags": {"tool": f"{hour.title()} assistant", "project": "Traces", "environment": "x"},
        "budget": {"monthly_limit_usd": 5000},
        "models": {
            "capped": {**model, "hourly_cap_usd": str(cap)},
            "open": {**model, "hourly_cap_usd": 5000},
        },
        "callers": [{"role_arn": f"arn:aws:iam::111122223333:role/apps/{hour}"}],
        "mode": "enforce",
    }
