"""What is left for people after the deployment: `finops doctor` in every Region, as typed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from local.demo.narration import Narrator
from local.emulator import Emulator, EmulatorError

_FINOPS = Path(sys.executable).with_name("finops")
_FOUND_NOTHING, _COULD_BE_BLIND = 0, 1


def examine(narrator: Narrator, emulator: Emulator, regions: list[str]) -> dict[str, Any]:
    """Run the doctor once in each Region, show what it says, and return its findings as data."""
    narrator.chapter("What a person must still do (finops doctor)")
    begun = {region: _begin(emulator, region) for region in regions}
    return {region: _end(narrator, region, doctor) for region, doctor in begun.items()}


def _begin(emulator: Emulator, region: str) -> subprocess.Popen[str]:
    line = [str(_FINOPS), "doctor", "--region", region]
    return subprocess.Popen(  # noqa: S603
        line, env=emulator.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def _end(narrator: Narrator, region: str, doctor: subprocess.Popen[str]) -> dict[str, Any]:
    shown, said = doctor.communicate()
    if doctor.returncode not in (_FOUND_NOTHING, _COULD_BE_BLIND):
        raise EmulatorError(f"finops doctor: {said.strip()}")
    narrator.say(f"$ finops doctor --region {region}")
    narrator.console.print(shown, highlight=False, markup=False)
    return {"exit_code": doctor.returncode, "findings": shown.count("owner: ")}
