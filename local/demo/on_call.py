"""Two nights on call, by the runbook: a false stop, and a runaway while the switch is broken."""

import os
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from local.demo.finops_cli import OPERATOR
from local.demo.narration import Narrator, wait_until
from local.demo.runbook import follow
from local.demo.stage import Stage
from local.emulator import Emulator
from local.simulator import Simulator
from local.token_usage import TokenUsage
from local.traffic import CallRefusedError, Traffic

TENANT, REGION = "writer", "eu-west-1"
_SWITCH: Final = "finops-kill-switch"
_COUNTED_WRONG_USD: Final = Decimal(3200)
_CALLS: Final = 8
"""No call has more tokens than the meter believes."""
_LITTLE: Final = TokenUsage(input=1000, output=200)
_TOOLS: Final = Path(sys.executable).parent


def play(narrator: Narrator, emulator: Emulator) -> dict[str, Any]:
    """Play both and return what was seen, as data."""
    stage = Stage(emulator, TENANT, REGION)
    simulator = Simulator()
    try:
        traffic = Traffic(emulator, simulator)
        return {
            "false_stop": _false_stop(narrator, emulator, stage, traffic),
            "broken_switch": _broken_switch(narrator, emulator, stage, traffic),
        }
    finally:
        simulator.close()


def _false_stop(
    narrator: Narrator, emulator: Emulator, stage: Stage, traffic: Traffic
) -> dict[str, Any]:
    narrator.chapter(f"A false stop of {TENANT}, by its runbook")
    alias = min(stage.profiles, key=lambda each: each != "smart")
    a_million = stage.price(TokenUsage(output=1_000_000), alias)
    wrong = TokenUsage(output=int(_COUNTED_WRONG_USD / _CALLS / a_million * 1_000_000) + 1)
    unasked = Traffic(emulator)  # nothing is stopped yet, so nobody need be asked
    for _ in range(_CALLS):
        # Not now: CloudWatch would take it for a burst, which is another page.
        unasked.call(stage.caller, stage.profiles[alias], wrong, seconds_ago=900)
    wait_until(f"{TENANT} is stopped", lambda: stage.all_suspended() or None)
    counted = stage.estimate()
    narrator.say(f"${counted:.2f} were counted that nobody spent: every profile is suspended")
    seconds = _follow(narrator, emulator, "false-stop.md")
    allowed = _is_allowed(stage, traffic, alias)
    narrator.say(f"{seconds:.1f} s later its callers may call again: {allowed}")
    return {
        "counted_usd": str(counted),
        "estimated_usd": str(stage.estimate()),
        "suspended": stage.suspended(),
        "attached_to": stage.attached_to(),
        "allowed": allowed,
        "seconds": round(seconds, 1),
    }


def _broken_switch(
    narrator: Narrator, emulator: Emulator, stage: Stage, traffic: Traffic
) -> dict[str, Any]:
    narrator.chapter(f"A runaway of {TENANT} while the kill switch is broken, by its runbook")
    functions = emulator.client("lambda", REGION)
    handler = functions.get_function_configuration(FunctionName=_SWITCH)["Handler"]
    functions.update_function_configuration(FunctionName=_SWITCH, Handler="gone.handler")
    try:
        seconds = _follow(narrator, emulator, "runaway-by-hand.md")
        refused = not _is_allowed(stage, traffic, "smart")
        narrator.say(f"after {seconds:.1f} s of plain AWS calls its callers are refused: {refused}")
    finally:
        functions.update_function_configuration(FunctionName=_SWITCH, Handler=handler)
    functions.invoke(FunctionName=_SWITCH, Payload=b'{"wake":"demo"}')
    adopted = wait_until("the switch adopts it", lambda: _adopted(stage))
    narrator.say(f"the switch is back and has adopted the stop: {adopted['state']}")
    return {
        "refused": refused,
        "adopted": adopted["state"],
        "why": [each["code"] for each in adopted["why"]],
        "still_suspended": stage.all_suspended(),
        "attached_to": stage.attached_to(),
        "seconds": round(seconds, 1),
    }


def _follow(narrator: Narrator, emulator: Emulator, page: str) -> float:
    role = f"arn:aws:iam::{emulator.account}:role/{OPERATOR}"
    environment = emulator.env_as(emulator.assume_role(role, "night-shift"))
    there = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION, "PATH": os.environ["PATH"]}
    started = time.monotonic()
    follow(page, environment | there, narrator, tools=_TOOLS)
    return time.monotonic() - started


def _adopted(stage: Stage) -> dict[str, Any] | None:
    found = [stage.reported(alias, "ordered") for alias in stage.profiles]
    return found[0] if all(found) else None


def _is_allowed(stage: Stage, traffic: Traffic, alias: str) -> bool:
    try:
        traffic.call(stage.caller, stage.profiles[alias], _LITTLE)
    except CallRefusedError:
        return False
    return True
