"""`make demo`: the example organisation on an emulated AWS, and a runaway that is stopped there."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from finops_constructs.cli import estate_tables
from finops_constructs.config.loader import ConfigFaults, ConfigFolder, load_config
from local.cdk import Cdk, CdkError
from local.demo import (
    audit,
    cost_lake,
    deployment,
    doctor,
    evidence,
    incident,
    on_call,
    strands,
    teardown,
)
from local.demo.narration import OUT, Narrator
from local.demo.synthesis import synthesis
from local.emulator import REPOSITORY, Emulator, EmulatorError


def main() -> int:
    """Deploy, look, call, stop a runaway, tear down; write `build/demo/summary.json`."""
    console = Console() if sys.stdout.isatty() else Console(width=160)
    started = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        summary = _run(Narrator(console))
    except KeyboardInterrupt:
        console.print("stopped; the emulator is gone")
        return 130
    except (CdkError, ConfigFaults, EmulatorError, subprocess.CalledProcessError) as error:
        console.print("[red]the demo failed:[/red]", Text(str(error)))
        return 1
    summary["seconds"] = round(time.monotonic() - started, 1)
    target = OUT / "summary.json"
    target.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    where = target.relative_to(REPOSITORY)
    console.print(f"\nDone in {summary['seconds']} s; the same as data: {where}")
    return 1 if any(tenant["problems"] for tenant in summary["tenants"]) else 0


def _run(narrator: Narrator) -> dict[str, Any]:
    config = load_config(REPOSITORY / "config")
    account = config.tenants[0].account
    with synthesis() as synthesized, Emulator(account=account) as emulator:
        cdk = Cdk(emulator, OUT, show=False)
        count = len(config.tenants)
        with narrator.step(f"Synthesizing {count} tenants (app.py), cdk bootstrap meanwhile"):
            deployment.bootstrap(cdk, config)
            assembly = synthesized()
        tenants = deployment.deploy(narrator, emulator, cdk, assembly, config)
        summary = {
            "tenants": estate_tables.as_json(tenants),
            "doctor": doctor.examine(narrator, emulator, sorted({t.region for t in tenants})),
            "call": deployment.call_one(narrator, emulator, tenants),
        }
        summary |= _nights(narrator, emulator, cdk, assembly, config)
        return summary | {"teardown": teardown.tear_down(narrator, emulator, cdk, assembly, config)}


def _nights(
    narrator: Narrator, emulator: Emulator, cdk: Cdk, assembly: Path, config: ConfigFolder
) -> dict[str, Any]:
    """Two Regions know nothing of each other, so what happens in them happens at once."""
    narrator.console.print(
        f"\nNow in {incident.REGION} and {on_call.REGION} at the same time, told one by one:"
    )
    return strands.tell(
        narrator,
        {
            "incident": lambda to: incident.play(to, emulator, cdk, assembly),
            "audit_log": lambda to: audit.play(to, emulator, incident.TENANT, incident.REGION),
        },
        {
            "bill": lambda to: cost_lake.play(to, emulator, config),
            "on_call": lambda to: on_call.play(to, emulator),
            "evidence": lambda to: evidence.play(to, emulator, assembly),
        },
        order=("bill", "incident", "on_call", "audit_log", "evidence"),
    )


if __name__ == "__main__":
    sys.exit(main())
