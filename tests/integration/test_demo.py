"""The main job, as a person runs it: `make demo`."""

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from finops_constructs.config.loader import load_config

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def summary():
    done = subprocess.run(
        [sys.executable, "-m", "local.demo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((ROOT / "build" / "demo" / "summary.json").read_text())


@pytest.fixture(scope="module")
def tenants(summary):
    return {tenant["id"]: tenant for tenant in summary["tenants"]}


@pytest.mark.parametrize("config", load_config(ROOT / "config").tenants, ids=lambda t: t.id)
def test_every_tenant_of_the_example_is_deployed_as_configured(tenants, config):
    tenant = tenants[config.id]
    assert tenant["problems"] == []
    assert set(tenant["entries"]) == set(config.models)
    assert {p["tags"]["finops:alias"] for p in tenant["profiles"]} == set(config.models)
    for profile in tenant["profiles"]:
        assert profile["tags"]["finops:tenant"] == config.id
        assert profile["tags"]["bedrock:tool"] == config.cost_tags.tool
        assert profile["tags"]["bedrock:cost-centre"] == config.cost_tags.extra
    assert tenant["callers"] == sorted(caller.role_arn for caller in config.callers)
    assert float(tenant["budget"]["limit_usd"]) == float(config.budget.monthly_limit_usd)
    told = {s["endpoint"] for s in tenant["subscriptions"]}
    assert config.owner.email in told
    assert tenant["policy"]["mode"] == config.mode.value


def test_the_doctor_looked_at_every_region_after_the_deployment(summary):
    assert set(summary["doctor"]) == {"eu-west-1", "eu-west-2"}
    for found in summary["doctor"].values():
        assert found["exit_code"] == 1, "nobody has activated the cost tags"
        assert found["findings"] >= 2


def test_a_call_goes_through_a_profile_found_in_the_registry(summary, tenants):
    call = summary["call"]
    entry = tenants[call["tenant"]]["entries"][call["alias"]]
    assert call["profile_arn"] == entry["profile_arn"]
    assert call["input_tokens"] > 0
    assert call["output_tokens"] > 0


def test_a_batch_that_comes_again_is_counted_once(summary):
    metered = summary["incident"]["metered"]
    assert float(metered["estimated_usd"]) > 0
    assert float(metered["after_duplicates_usd"]) == float(metered["estimated_usd"])
    assert metered["status"]["billed"]["amount_usd"] is None
    assert metered["status"]["billed"]["not_available"]


def test_a_burst_stops_its_own_alias_and_a_person_resumes_it(summary):
    burst = summary["incident"]["burst"]
    assert burst["why"] == ["burst"]
    assert burst["suspended"] == ["everyday"]
    assert burst["calls"] < 40
    assert burst["resumed"]


def test_the_monthly_limit_stops_every_alias_and_reaches_the_caller(summary):
    stop = summary["incident"]["stop"]
    assert "monthly-limit" in stop["why"]
    assert stop["state"] in {"applied", "confirmed"}
    assert stop["policy_attached_to"] == ["notebook"]
    assert stop["seconds_to_tags"] < 30


def test_the_stopped_callers_next_call_is_refused_and_another_tenants_is_not(summary):
    refused = summary["incident"]["refused"]
    assert refused["decision"] == "ExplicitlyDenied"
    assert any("finops-suspension-eu-west-2-research-sandbox" in by for by in refused["denied_by"])
    assert refused["other_tenant"] == {"tenant": "customer-chatbot", "decision": "Allowed"}


def test_a_redeployment_does_not_resurrect_a_suspended_tenant(summary):
    redeployed = summary["incident"]["redeployed"]
    assert redeployed == {"still_suspended": True, "policy_attached_to": ["notebook"]}


def test_an_override_lifts_the_stop_until_its_ceiling(summary):
    override = summary["incident"]["override"]
    assert override["lifted"]
    assert override["stopped_again"]


def test_the_new_month_lifts_the_monthly_stop_while_budgets_still_tell_of_the_old_one(summary):
    month = summary["incident"]["new_month"]
    assert "monthly-limit" not in month["why"]
    assert float(month["estimated_usd"]) == 0
    assert month["billed"]["amount_usd"] is None


def test_an_auditor_gets_files_that_agree_with_the_account_and_a_gate_that_refuses(summary):
    evidence = summary["evidence"]
    assert set(evidence["files"]) == {
        file.name for file in (ROOT / "build/demo/evidence").iterdir()
    }
    assert evidence["drifted"] == []
    assert set(evidence["live"]) == {"as-declared"}
    assert evidence["tenants"]["customer-chatbot"]["supports"] > 0
    assert evidence["gate"]["exit_code"] == 1
    assert any(line.startswith("ai-act.art-19.1 for") for line in evidence["gate"]["weaker"])


def test_every_call_and_decision_is_in_the_write_once_log(summary):
    log = summary["audit_log"]
    assert log["clean"]
    # A call at an hour's edge may be counted in an hour that is not compared, never the reverse.
    assert log["calls"]["records"] >= log["calls"]["invocations_counted"] > 0
    assert log["archived"]["journal"] > 0
    assert log["archived"]["statements"] == 1
    assert len(log["sealed"]) >= 3


def test_nobody_deletes_shortens_bypasses_or_overwrites(summary):
    answers = summary["audit_log"]["refused"]
    assert len(answers) == 6
    for answer in answers.values():
        assert answer.startswith(("S3 answers ", "ExplicitlyDenied"))


def test_each_way_to_tamper_with_a_copy_is_named(summary):
    tampered = summary["audit_log"]["tampered"]
    assert [len(found) for found in tampered.values()] == [1, 1, 2, 1]
    for what, word in (("flipped", "altered"), ("removed", "removed"), ("added", "added")):
        assert word in tampered[f"one {'byte' if what == 'flipped' else 'object'} {what}"][0]
    assert "lies the manifest of hour" in tampered["two manifests swapped"][0]


def test_the_bill_on_athena_is_the_bill_to_the_last_digit_and_reaches_the_switch(summary):
    bill = summary["bill"]
    assert Decimal(bill["asked_usd"]) == Decimal(bill["put_in_usd"]) > 0
    assert bill["told_exactly"]
    assert any(Decimal(usd) > 0 for usd in bill["estimates_usd"].values())


def test_teardown_of_a_suspended_tenant_and_the_platform_leaves_nothing_but_the_books(summary):
    teardown = summary["teardown"]
    assert all(left == [] for left in teardown["left"].values()), teardown["left"]
    for tables in teardown["kept_tables"].values():
        audit_log = ["finops-audit-chain", "finops-audit-names"]
        assert tables == [*audit_log, "finops-ledger", "finops-state"]


def test_the_demo_stops_what_it_started_when_interrupted():
    process = _demo_that_hears_ctrl_c()
    assert process.stdout is not None
    for line in process.stdout:
        if "Bootstrapping" in line or "Synthesizing" in line:
            break
    deadline = time.monotonic() + 60
    while not _children(process.pid, "local.launcher") and time.monotonic() < deadline:
        time.sleep(0.1)
    (launcher,) = _children(process.pid, "local.launcher")
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert "Traceback" not in said
    deadline = time.monotonic() + 10
    while Path(f"/proc/{launcher}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert process.returncode in {130, -signal.SIGINT}
    assert not Path(f"/proc/{launcher}").exists()


def test_the_demo_says_nothing_but_that_it_stopped_when_interrupted_while_synthesizing():
    process = _demo_that_hears_ctrl_c()
    deadline = time.monotonic() + 60
    while not _children(process.pid, "app.py") and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    (line,) = said.splitlines()
    assert line.endswith("stopped; the emulator is gone")
    assert process.returncode == 130


def _demo_that_hears_ctrl_c():
    """A shell's background jobs ignore SIGINT, and so would what the tests start there."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - this process has no threads of its own
    )


def _hear_ctrl_c():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _children(parent: int, word: str) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            command = (stat.parent / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[1]) == parent and word in command:
            found.append(int(stat.parent.name))
    return found


def test_the_false_stop_page_as_written_ends_a_false_stop(summary):
    false_stop = summary["on_call"]["false_stop"]
    assert float(false_stop["counted_usd"]) > 3200
    assert float(false_stop["estimated_usd"]) < 100
    assert (false_stop["suspended"], false_stop["attached_to"]) == ([], [])
    assert false_stop["allowed"]


def test_the_runaway_page_as_written_stops_it_and_the_switch_adopts_the_stop(summary):
    broken = summary["on_call"]["broken_switch"]
    assert broken["refused"]
    assert broken["adopted"] in {"applied", "confirmed"}
    assert broken["why"] == ["ordered"]
    assert broken["still_suspended"]
    assert broken["attached_to"] == ["document-ingestion", "writer-app"]
