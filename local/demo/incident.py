"""A night with a runaway: traffic, the stop, the refused call, the override, the new month."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from local.cdk import Cdk
from local.controls import Controls
from local.demo.finops_cli import OPERATOR, FinopsCli
from local.demo.narration import Narrator, wait_until
from local.demo.stage import LOG_GROUP, Stage
from local.emulator import Emulator
from local.simulator import Simulator
from local.token_usage import TokenUsage
from local.traffic import CallRefusedError, Traffic

TENANT, REGION = "research-sandbox", "eu-west-2"
ALIAS: Final = "everyday"
DEAREST: Final = "frontier"
_QUESTION: Final = TokenUsage(input=40_000, output=6_000, cache_read=120_000)
_LOOP: Final = TokenUsage(input=400_000, output=100_000)
_NIGHT: Final = TokenUsage(input=9_000_000, output=18_000_000)
_PAST_THE_CEILING: Final = TokenUsage(output=6_000_000)
_MOST_CALLS: Final = 40


def play(narrator: Narrator, emulator: Emulator, cdk: Cdk, assembly: Path) -> dict[str, Any]:
    """Play the night and return what was seen, as data."""
    emulator.client("iam").create_role(RoleName=OPERATOR, AssumeRolePolicyDocument="{}")
    stage = Stage(emulator, TENANT, REGION)
    controls = Controls(emulator)
    finops = FinopsCli(emulator, narrator, REGION)
    simulator = Simulator()
    try:
        traffic = Traffic(emulator, simulator)
        told: dict[str, Any] = {"tenant": TENANT}
        narrator.chapter(f"A runaway in {TENANT} ($400 a month, mode enforce, stops at 95 %)")
        told["metered"] = _usual_traffic(narrator, stage, controls, traffic, finops)
        told["burst"] = _burst(narrator, stage, traffic, finops)
        told["stop"] = _limit(narrator, stage, traffic, finops)
        told["refused"] = _refused(narrator, stage, traffic)
        told["redeployed"] = _redeploy(narrator, stage, cdk, assembly)
        told["override"] = _override(narrator, stage, traffic, finops)
        told["new_month"] = _new_month(narrator, stage, controls, finops)
        return told
    finally:
        controls.set_function_clock(None, REGION)
        simulator.close()


def _usual_traffic(
    narrator: Narrator, stage: Stage, controls: Controls, traffic: Traffic, finops: FinopsCli
) -> dict[str, Any]:
    for _ in range(3):
        traffic.call(stage.caller, stage.profiles[ALIAS], _QUESTION)
    spent = 3 * stage.price(_QUESTION, ALIAS)
    wait_until("the calls are metered", lambda: stage.estimate() == spent or None)
    repeated = controls.redeliver_logs(LOG_GROUP, REGION)
    time.sleep(2)
    after = stage.estimate()
    shown = finops.ask("tenants", "status", TENANT)
    narrator.say(
        f"3 calls of {stage.role_name} are metered: ${spent:.6f}; delivered again "
        f"{repeated} times: ${after:.6f}"
    )
    return {
        "estimated_usd": str(spent),
        "after_duplicates_usd": str(after),
        "status": {key: shown[key] for key in ("state", "estimated_usd", "limit_usd", "billed")},
    }


def _burst(narrator: Narrator, stage: Stage, traffic: Traffic, finops: FinopsCli) -> dict[str, Any]:
    """A loop on one alias: its burst alarm, which needs no log, stops that alias alone."""
    calls = 0
    try:
        while calls < _MOST_CALLS:
            traffic.call(stage.caller, stage.profiles[ALIAS], _LOOP)
            calls += 1
    except CallRefusedError:
        narrator.say(f"a loop on {ALIAS}: call {calls + 1} is refused")
    state = wait_until("the burst is stopped and read back", lambda: stage.reported(ALIAS, "burst"))
    suspended = stage.suspended()
    narrator.say(f"{state['why'][0]['code']}: {state['why'][0]['text']}")
    narrator.say(f"suspended: {', '.join(suspended)}; the other aliases go on")
    finops.run("resume", TENANT, "--alias", ALIAS, "--reason", "demo: the loop is fixed")
    return {
        "calls": calls,
        "why": [each["code"] for each in state["why"]],
        "suspended": suspended,
        "resumed": not stage.suspended(),
    }


def _limit(narrator: Narrator, stage: Stage, traffic: Traffic, finops: FinopsCli) -> dict[str, Any]:
    """A night's spend in one call: the meter sees the monthly limit passed and all is stopped."""
    traffic.call(stage.caller, stage.profiles[DEAREST], _NIGHT)
    started = time.monotonic()
    wait_until("the tenant is suspended", lambda: stage.all_suspended() or None)
    tagged = time.monotonic() - started
    state = wait_until("it is read back", lambda: stage.reported(DEAREST, "monthly-limit"))
    shown = finops.ask("tenants", "status", TENANT)
    narrator.say(
        f"a call of ${stage.price(_NIGHT, DEAREST):.2f} on {DEAREST}: {tagged:.1f} s later every "
        f"profile is suspended, {time.monotonic() - started:.1f} s later it is read back"
    )
    why = next(each for each in state["why"] if each["code"] == "monthly-limit")
    narrator.say(f"/finops/{TENANT}/state, for its callers: {why['text']}; ends {why['ends']}")
    return {
        "seconds_to_tags": round(tagged, 1),
        "state": state["state"],
        "why": [each["code"] for each in state["why"]],
        "estimated_usd": shown["estimated_usd"],
        "policy_attached_to": stage.attached_to(),
    }


def _refused(narrator: Narrator, stage: Stage, traffic: Traffic) -> dict[str, Any]:
    try:
        traffic.call(stage.caller, stage.profiles[ALIAS], _QUESTION)
    except CallRefusedError as refused:
        verdict = refused.verdict
    else:
        raise AssertionError("the call went through")
    other = stage.verdict_of_other_tenant(traffic)
    by = sorted({policy for each in verdict.refusals for policy in each.denied_by})
    narrator.say(f"the next call of {stage.role_name}: {verdict.decision}, by {', '.join(by)}")
    narrator.say(f"a call of {other['tenant']}: {other['decision']}")
    return {"decision": verdict.decision, "denied_by": by, "other_tenant": other}


def _redeploy(narrator: Narrator, stage: Stage, cdk: Cdk, assembly: Path) -> dict[str, Any]:
    with narrator.step("  deploying the stack again while it is suspended"):
        cdk.deploy(assembly, f"finops-{TENANT}", force=True)
    kept = stage.all_suspended()
    narrator.say(f"every profile is still suspended: {kept}")
    return {"still_suspended": kept, "policy_attached_to": stage.attached_to()}


def _override(
    narrator: Narrator, stage: Stage, traffic: Traffic, finops: FinopsCli
) -> dict[str, Any]:
    ceiling = int(stage.estimate()) + 50
    finops.run(
        *("override", TENANT, "--hours", "2", "--up-to-usd", str(ceiling)),
        *("--reason", "demo: finish the evaluation"),
    )
    lifted = not stage.suspended()
    traffic.call(stage.caller, stage.profiles[DEAREST], _PAST_THE_CEILING, seconds_ago=900)
    narrator.say(f"suspended no longer: {lifted}; a call gets through, and passes ${ceiling}")
    wait_until("the ceiling stops it again", lambda: stage.all_suspended() or None)
    narrator.say("past the ceiling it is stopped again")
    return {"lifted": lifted, "ceiling_usd": ceiling, "stopped_again": True}


def _new_month(
    narrator: Narrator, stage: Stage, controls: Controls, finops: FinopsCli
) -> dict[str, Any]:
    now = datetime.now(UTC)
    controls.set_budget_spend(stage.budget_name, str(stage.stop_usd * 2))
    first = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, 0, 10, tzinfo=UTC)
    controls.set_function_clock(first, REGION)
    controls.fire_rule(stage.schedule_rule(), REGION)
    # CloudWatch keeps the machine's time, by which the loop was a minute ago: a burst stays.
    wait_until("the new month lifts it", lambda: set(stage.suspended()) <= {ALIAS} or None)
    wait_until("and the policy", lambda: (not stage.attached_to()) or None)
    codes = sorted({each["code"] for each in finops.ask("tenants", "status", TENANT)["why"]})
    shown = finops.ask("tenants", "status", TENANT)
    narrator.say(
        f"{first:%d %B %Y, %H:%M} UTC, AWS Budgets still tells of last month's 200 %: "
        f"{shown['state']}, estimate ${shown['estimated_usd']}, billed: "
        f"{shown['billed'].get('not_available') or shown['billed']['amount_usd']}"
    )
    return {
        "at": first.isoformat(),
        "state": shown["state"],
        "why": codes,
        "estimated_usd": shown["estimated_usd"],
        "billed": shown["billed"],
    }
