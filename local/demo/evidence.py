"""What an auditor gets: files compared with the account, and a change that the gate refuses."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from local.demo.narration import OUT, Narrator
from local.emulator import Emulator, EmulatorError

AUDITOR: Final = "external-audit"
_FINOPS: Final = Path(sys.executable).with_name("finops")
_SHORTER_DAYS: Final = 90


def play(narrator: Narrator, emulator: Emulator, assembly: Path) -> dict[str, Any]:
    """Write the evidence of the assembly into `build/demo/evidence`; return what it says."""
    narrator.chapter("What an auditor gets")
    role = f"arn:aws:iam::{emulator.account}:role/{AUDITOR}"
    emulator.client("iam").create_role(RoleName=AUDITOR, AssumeRolePolicyDocument="{}")
    environment = emulator.env_as(emulator.assume_role(role, "jane"))
    folder = OUT / "evidence"
    _, written = _finops(
        narrator, environment, "evidence", str(assembly), "--out", str(folder), "--live"
    )
    states = [fact["live"] for fact in written["facts"]]
    counts = {state: states.count(state) for state in sorted(set(states))}
    narrator.say(f"{len(written['files'])} files; facts in the account: {counts}")
    weaker, refused = _gate(narrator, environment, assembly)
    return {
        "files": [Path(file).name for file in written["files"]],
        "tenants": {t["id"]: _counts(t) for t in written["tenants"]},
        "live": counts,
        "drifted": [
            f"{f['logical_id']}: {f['property']}: {f['live_detail']}"
            for f in written["facts"]
            if f["live"] == "drifted"
        ],
        "gate": {"exit_code": refused, "weaker": weaker},
    }


def _counts(tenant: dict[str, Any]) -> dict[str, int]:
    verdicts = [each["verdict"] for each in tenant["verdicts"]]
    return {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))}


def _gate(narrator: Narrator, environment: dict[str, str], assembly: Path) -> tuple[list[str], int]:
    """Propose a shorter retention; return what the gate says of it, and its exit code."""
    proposed = OUT / "proposed"
    shutil.copytree(assembly, proposed, ignore=shutil.ignore_patterns("asset.*", ".cache"))
    for file in proposed.glob("*.template.json"):
        template = json.loads(file.read_text(encoding="utf-8"))
        for resource in template["Resources"].values():
            lock = resource.get("Properties", {}).get("ObjectLockConfiguration")
            if lock:
                lock["Rule"]["DefaultRetention"]["Days"] = _SHORTER_DAYS
        file.write_text(json.dumps(template), encoding="utf-8")
    code, found = _finops(narrator, environment, "evidence", "diff", str(assembly), str(proposed))
    weaker = [
        f"{each['clause']} for {each['tenant']}: {each['before']} -> {each['after']}"
        for each in found["verdicts"]
        if each["direction"] == "weaker"
    ]
    narrator.say(f"{_SHORTER_DAYS} days instead: exit code {code}; {'; '.join(weaker)}")
    shutil.rmtree(proposed)
    return weaker, code


def _finops(
    narrator: Narrator, environment: dict[str, str], *arguments: str
) -> tuple[int, dict[str, Any]]:
    narrator.say(f"$ finops {' '.join(arguments)}")
    done = subprocess.run(  # noqa: S603
        [str(_FINOPS), *arguments, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        raise EmulatorError(f"finops {' '.join(arguments)}: {done.stderr.strip()}") from None
