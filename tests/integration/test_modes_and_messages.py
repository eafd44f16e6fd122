"""What each mode does at the limit, and what people are told of it: once, in words they can use."""

import json
import re
from datetime import datetime

import pytest

from local.demo.narration import wait_until
from local.demo.stage import LOG_GROUP
from tests.integration.inbox import Inbox
from tests.integration.scene import LIMIT_USD, REGION, guarded, opened

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """One tenant in mode shadow, two in mode approve, one in mode enforce; nothing is spent."""
    with opened(tmp_path_factory.mktemp("scene")) as scene:
        scene.deploy(
            guarded("watched", mode="shadow"),
            guarded("asked", mode="approve"),
            guarded("unanswered", mode="approve"),
            guarded("warned"),
        )
        yield scene


@pytest.fixture(scope="module")
def approvals(scene):
    """A queue that EventBridge sends requests for approval to."""
    inbox = Inbox(scene.aws.client("sqs", REGION), "approvals")
    events = scene.aws.client("events", REGION)
    pattern = {"source": ["finops-constructs"], "detail-type": ["finops.approval.requested"]}
    events.put_rule(Name="approvals", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="approvals", Targets=[{"Id": "queue", "Arn": inbox.arn}])
    return inbox


def test_shadow_touches_nothing_and_says_what_a_stop_would_have_avoided(scene):
    inbox, stage = scene.inbox_of("watched"), scene.stage("watched")
    scene.spend("watched", LIMIT_USD + 10)
    wait_until("people are told", lambda: inbox.read() or None)
    scene.spend("watched", 25)
    spent = LIMIT_USD + 35
    wait_until("the rest is metered", lambda: stage.estimate() >= spent or None)

    status = scene.status("watched")
    (would_stop,) = status["would_stop"]
    assert "monthly limit" in would_stop["why"]
    assert would_stop["scope"] == "tenant"
    assert 25 <= float(would_stop["avoided_usd"]) < 26
    assert status["state"] == "active"
    scene.reconcile()
    assert stage.suspended() == []
    assert stage.attached_to() == []
    (subject,) = inbox.subjects()
    assert subject == "finops: watched: would have been stopped, but its mode is shadow"


def test_approve_asks_first_and_stops_on_a_persons_word(scene, approvals):
    inbox, stage = scene.inbox_of("asked"), scene.stage("asked")
    scene.spend("asked", LIMIT_USD + 2)
    (message,) = wait_until("people are asked", lambda: inbox.read() or None)
    assert message["Subject"] == "finops: asked: a stop awaits approval"
    assert '  finops approve asked --reason "..."' in message["Message"].splitlines()
    assert '  finops approve asked --reject --reason "..."' in message["Message"].splitlines()
    event = wait_until("EventBridge is told", lambda: _of(approvals, "asked") or None)
    assert event["detail"]["limit_usd"] == str(LIMIT_USD)
    assert scene.status("asked")["approval"]["state"] == "pending"
    scene.reconcile()
    assert stage.suspended() == [], "nobody has answered yet"

    scene.finops.run("approve", "asked", "--reason", "nobody knows this traffic")
    scene.stopped("asked")
    approval = scene.status("asked")["approval"]
    assert approval["state"] == "approved"
    assert approval["reason"] == "nobody knows this traffic"
    assert inbox.subjects() == [message["Subject"], "finops: asked: suspended"]


def test_the_hard_cap_stops_though_nobody_has_answered(scene, approvals):
    stage = scene.stage("unanswered")
    scene.spend("unanswered", LIMIT_USD + 2)
    wait_until("it is asked", lambda: _of(approvals, "unanswered") or None)
    assert stage.suspended() == []
    scene.spend("unanswered", LIMIT_USD // 5)
    scene.stopped("unanswered")
    status = scene.status("unanswered")
    assert status["approval"] is None, "nobody approved it, and nobody is asked any more"
    assert "$60.00, the hard cap, is passed" in status["why"][0]["text"]


def test_people_are_told_once_of_each_threshold_in_a_month(scene):
    inbox = scene.inbox_of("warned")
    told = [
        "finops: warned: has passed 75 % of its monthly limit",
        "finops: warned: has passed 90 % of its monthly limit",
        "finops: warned: suspended",
    ]
    for number, usd in enumerate((40, 6, 10), start=1):
        scene.spend("warned", usd)
        _wait_for_messages(inbox, number)
        assert inbox.subjects() == told[:number]
    scene.stopped("warned")

    assert scene.controls.redeliver_logs(LOG_GROUP, REGION) >= 3
    scene.reconcile()
    scene.reconcile()
    assert inbox.subjects() == told
    message = inbox.read()[-1]["Message"]
    since = scene.status("warned")["since"]
    month = f"{datetime.fromisoformat(since):%Y-%m}"
    facts = _facts(message)
    assert message.startswith("Warned (warned): suspended\n")
    assert facts["What"] == "all aliases (fast, smart)"
    assert facts["Why"].startswith(f"spend of {month} was $56.00 and reached $50.00, 100 %")
    assert facts["Estimate"] == f"$56.00 of $50.00 (112.0 %) in {month}"
    assert facts["Since"] == f"{datetime.fromisoformat(since):%Y-%m-%d %H:%M} UTC"
    assert re.fullmatch(
        r"with the month, at \d{4}-\d\d-01 00:00 UTC, or when the limit is raised", facts["Ends"]
    )
    assert facts["Top role"] == "warned-app ($56.00)"
    assert '  finops override warned --hours 4 --up-to-usd 68 --reason "..."' in message


def _wait_for_messages(inbox, number):
    wait_until(f"{number} messages", lambda: len(inbox.read()) >= number or None)


def _of(approvals, tenant):
    found = [each for each in approvals.read() if each["detail"]["tenant"] == tenant]
    return found[0] if found else None


def _facts(message):
    """The facts of a message, by their names."""
    pairs = (line.split(":", 1) for line in message.splitlines()[1:] if line[:1].isalpha())
    return {name: fact.strip() for name, fact in pairs}
