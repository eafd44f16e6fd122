import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from commands import handler as commands
from commands.service import Service
from commands.statuses import Statuses
from shared.registry import load_registry
from shared.registry_cache import RegistryCache
from shared.state_table import StateTable
from tests.lambdas.fake_aws import InlineExecutor
from tests.lambdas.platform_under_test import LEDGER, PLACE, STATE

KIM = "arn:aws:sts::123456789012:assumed-role/operator/kim"
CALLER = "arn:aws:sts::123456789012:assumed-role/app/i-0123"
CONTEXT = SimpleNamespace(
    function_name="finops-commands",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:finops-commands",
    aws_request_id="r-1",
)


@pytest.fixture
def ask(platform, monkeypatch):
    table = StateTable(platform.services("dynamodb"), STATE)
    service = Service(
        registry=RegistryCache(
            lambda: load_registry(platform.services("ssm")),
            seconds=lambda: platform.seconds,
            ttl_seconds=60,
        ),
        table=table,
        statuses=Statuses(
            table=table,
            ledger_table=LEDGER,
            place=PLACE,
            now=lambda: platform.now,
            executor=InlineExecutor(),
        ),
        sqs=platform.services("sqs"),
        wake_queue_url="finops-wake",
        now=lambda: platform.now,
    )
    monkeypatch.setattr(commands, "_service", lambda _: service)

    def send(command, tenant=None, *, actor=KIM, **body):
        answer = commands.handler(
            request({"command": command, "tenant": tenant, **body}, actor), CONTEXT
        )
        return answer["statusCode"], json.loads(answer["body"])

    return send


def request(body, actor=KIM):
    return {
        "version": "2.0",
        "requestContext": {
            "http": {"method": "POST"},
            "authorizer": {"iam": {"userArn": actor}} if actor else {},
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def test_suspend_is_written_down_journalled_and_wakes_the_switch(platform, ask):
    platform.add_tenant("writer")
    status, answer = ask("suspend", "writer", reason="  INC-7,\nprompt loop ")
    assert status == 200
    assert answer["message"] == "writer is being suspended until a person resumes it"
    assert answer["actor"] == KIM
    assert datetime.fromisoformat(answer["accepted_at"]).tzinfo is not None
    (entry,) = platform.journal("writer")
    assert entry["actor"] == KIM
    assert entry["written"]["reason"] == "INC-7, prompt loop"
    assert platform.wakes() == [{"wake": "commands", "tenants": ["writer"]}]
    platform.later(seconds=1)
    platform.run("writer")
    _, after = ask("status", "writer")
    assert after["status"]["state"] == "applied"
    assert after["status"]["decided_at"] >= answer["accepted_at"]
    assert after["status"]["why"][0]["text"] == f"suspended by {KIM}: INC-7, prompt loop"


def test_resume_ends_it_and_the_next_one_is_refused(platform, ask):
    platform.add_tenant("writer")
    ask("suspend", "writer", reason="INC-7")
    platform.later(seconds=1)
    assert ask("resume", "writer", reason="fixed")[0] == 200
    platform.run("writer")
    assert platform.stopped("writer") == set()
    status, answer = ask("resume", "writer", reason="fixed")
    assert status == 409
    assert answer["error"] == "nothing of writer is stopped that a person could resume"


def test_resuming_a_monthly_stop_is_refused_with_what_ends_it_and_how_to_go_on(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    status, answer = ask("resume", "writer", reason="please")
    assert status == 409
    assert "ends with the month, at 2026-12-01 00:00 UTC" in answer["error"]
    assert "finops override writer" in answer["error"]


def test_resuming_a_latch_under_a_monthly_stop_says_that_the_limit_still_stops(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.burst("writer", "fast")
    platform.run()
    status, answer = ask("resume", "writer", reason="fixed")
    assert status == 200
    assert "it stays stopped because spend of 2026-11 was $512.00" in answer["message"]


def test_an_override_needs_a_ceiling_above_the_spend_and_at_most_a_day(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 512)
    platform.run()
    ok: dict[str, object] = {"reason": "quarter end", "minutes": 60, "up_to_usd": "600"}
    wrongs: list[tuple[dict[str, object], str]] = [
        ({"reason": None}, "reason is required"),
        ({"reason": "\n\t"}, "reason must be a text"),
        ({"reason": "x" * 501}, "1 to 500"),
        ({"minutes": 1441}, "from 1 to 1440, got 1441"),
        ({"minutes": 0}, "from 1 to 1440"),
        ({"minutes": True}, "from 1 to 1440"),
        ({"minutes": None}, "from 1 to 1440"),
        ({"up_to_usd": None}, "up_to_usd is required"),
        ({"up_to_usd": "512"}, "more than the month's spend so far, $512.00"),
        ({"up_to_usd": "NaN"}, "must be a decimal"),
        ({"up_to_usd": "1e99"}, "must be a decimal"),
        ({"up_to_usd": "many"}, "must be a decimal"),
        ({"alias": "smart"}, "leave alias out"),
    ]
    for wrong, text in wrongs:
        status, answer = ask("override", "writer", **(ok | wrong))
        assert (status, text in answer["error"]) == (400, True), answer
    status, answer = ask("override", "writer", **ok)
    assert status == 200
    assert "until 2026-11-25 11:42 UTC, or until the month's spend is $600.00" in answer["message"]
    platform.run("writer")
    _, after = ask("status", "writer")
    assert after["status"]["override"] == {
        "reason": "quarter end",
        "actor": KIM,
        "started_at": "2026-11-25T10:42:00+00:00",
        "ends_at": "2026-11-25T11:42:00+00:00",
        "up_to_usd": "600",
    }
    assert platform.stopped("writer") == set()


def test_a_bill_above_the_estimate_counts_for_an_overrides_ceiling(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 100)
    platform.bill("writer", "550", datetime(2026, 11, 1, tzinfo=UTC))
    platform.run()
    status, answer = ask("override", "writer", reason="x", minutes=5, up_to_usd="540")
    assert status == 400
    assert "$550.00" in answer["error"]


def test_an_override_in_shadow_mode_makes_no_sense(platform, ask):
    platform.add_tenant("writer", mode="shadow")
    status, answer = ask("override", "writer", reason="x", minutes=5, up_to_usd="540")
    assert status == 409
    assert "mode shadow" in answer["error"]


def test_approving_and_rejecting_what_is_asked(platform, ask):
    platform.add_tenant("writer", mode="approve")
    assert ask("approve", "writer", reason="yes")[0] == 409
    platform.spend("writer", 512)
    platform.run()
    assert platform.stopped("writer") == set()
    _, before = ask("status", "writer")
    assert before["status"]["approval"]["state"] == "pending"
    assert before["status"]["approval"]["times_out_at"] == "2026-11-25T11:42:00+00:00"
    platform.later(minutes=1)
    status, answer = ask("approve", "writer", reason="not now", reject=True)
    assert status == 200
    assert answer["message"].startswith("writer goes on until its hard cap")
    platform.run("writer")
    _, after = ask("status", "writer")
    assert after["status"]["approval"]["state"] == "rejected"
    assert after["status"]["approval"]["actor"] == KIM
    assert platform.stopped("writer") == set()
    platform.spend("writer", 90)
    platform.run("writer")
    assert platform.stopped("writer") == {"smart", "fast"}


def test_a_tenants_own_callers_may_only_ask_for_their_status(platform, ask):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    assert ask("status", "writer", actor=CALLER)[0] == 200
    for command in ("suspend", "resume", "approve"):
        status, answer = ask(command, "writer", actor=CALLER, reason="x")
        assert status == 403
        assert "callers may only ask" in answer["error"]
    assert ask("suspend", "reader", actor=CALLER, reason="x")[0] == 403
    assert ask("status", "reader", actor=CALLER)[0] == 403
    _, everybody = ask("status", actor=CALLER)
    assert [each["tenant"] for each in everybody["tenants"]] == ["writer"]
    assert platform.journal("writer") == []


def test_a_request_nobody_signed_is_refused_whatever_its_body_says(platform, ask):
    platform.add_tenant("writer")
    status, answer = ask("suspend", "writer", actor=None, reason="x", userArn=KIM)
    assert status == 403
    assert "sign the request" in answer["error"]


def test_unknown_tenants_and_aliases_list_the_known_ones(platform, ask):
    platform.add_tenant("writer")
    assert ask("suspend", "nobody", reason="x") == (
        404,
        {"error": "no tenant 'nobody'; known tenants: writer"},
    )
    assert ask("suspend", "writer", alias="slow", reason="x") == (
        404,
        {"error": "writer has no alias 'slow'; it has fast, smart"},
    )


def test_an_alias_registered_a_moment_ago_is_found(platform, ask):
    platform.add_tenant("writer")
    ask("status", "writer")
    platform.add_profile("writer", "drill-1", canary=True)
    assert ask("suspend", "writer", alias="drill-1", reason="drill")[0] == 200


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"body": "{"}, "not JSON"),
        ({"body": "[]"}, "not a JSON object"),
        ({"body": None}, "not JSON"),
        ({"body": "%%", "isBase64Encoded": True}, "not JSON"),
        ({"body": "[" * 100_000}, "more than 10000 characters"),
        ({"body": json.dumps({"command": "rm"})}, "command must be one of"),
        ({"body": json.dumps({"command": "suspend"})}, "tenant is required"),
        ({"body": json.dumps({"command": "suspend", "tenant": 7})}, "tenant must be a text"),
    ],
)
def test_garbled_requests_are_answered_with_what_is_wrong(ask, event, text):
    answer = commands.handler(request({}) | event, CONTEXT)
    assert answer["statusCode"] == 400
    assert text in json.loads(answer["body"])["error"]


def test_a_base64_body_is_read_and_another_method_refused(platform, ask):
    platform.add_tenant("writer")
    body = base64.b64encode(json.dumps({"command": "status"}).encode()).decode()
    event = request({}) | {"body": body, "isBase64Encoded": True}
    assert commands.handler(event, CONTEXT)["statusCode"] == 200
    event["requestContext"]["http"]["method"] = "GET"
    assert commands.handler(event, CONTEXT)["statusCode"] == 405


def test_a_failure_of_the_platform_is_told_without_its_inside(ask, platform):
    platform.add_tenant("writer")
    platform.services("dynamodb").delete_table(TableName=STATE)
    status, answer = ask("suspend", "writer", reason="x")
    assert status == 500
    assert answer["error"] == "the platform failed: see the log of request r-1"


def test_status_tells_what_is_estimated_billed_and_not_available(platform, ask):
    platform.add_tenant("writer")
    platform.spend("writer", 120, role="batch")
    platform.spend("writer", 80)
    platform.run()
    _, answer = ask("status", "writer")
    said = answer["status"]
    assert (said["estimated_usd"], said["limit_usd"], said["percent"]) == (
        "200.000000",
        "500",
        "40.0",
    )
    assert said["billed"]["amount_usd"] is None
    assert said["billed"]["not_available"].startswith("AWS Budgets: ")
    assert said["top_roles"] == [["batch", "120.000000"], ["app", "80.000000"]]
    assert said["price_as_of"] == "2026-11-01"
    worst = said["worst_case_loss_usd"]
    assert Decimal(worst["usd"]) == Decimal(500) + 2 * 15 + Decimal("9.60")
    assert {each["basis"] for each in worst["inputs"]} == {"measured", "assumed"}
    assert said["decided_at"] == "2026-11-25T10:42:00+00:00"


def test_status_shows_the_bill_and_how_far_the_estimate_is_from_it(platform, ask):
    platform.add_tenant("writer")
    platform.now -= timedelta(days=3)
    platform.spend("writer", 80)
    platform.now += timedelta(days=3)
    platform.bill("writer", "100", datetime(2026, 11, 1, tzinfo=UTC))
    platform.run()
    _, answer = ask("status", "writer")
    assert answer["status"]["billed"]["amount_usd"] == "100"
    assert answer["status"]["billed"]["period"] == "2026-11"
    assert answer["status"]["drift_percent"] == "20.0"


def test_one_tenants_unreadable_state_spoils_no_other_status(platform, ask):
    platform.add_tenant("writer")
    platform.add_tenant("reader", roles=("reader-app",))
    platform.services("dynamodb").put_item(
        TableName=STATE,
        Item={
            "pk": {"S": "writer"},
            "sk": {"S": "STATE"},
            "doc": {"S": "{"},
            "version": {"N": "1"},
        },
    )
    _, answer = ask("status")
    states = {each["tenant"]: each for each in answer["tenants"]}
    assert states["writer"]["state"] == "held"
    assert states["writer"]["why"][0]["code"] == "state-unreadable"
    assert states["reader"]["state"] == "active"


def test_a_drills_canary_leaves_no_word_behind_and_sends_no_mail(platform, ask):
    platform.add_tenant("writer")
    platform.run()
    platform.read_mail(platform.mail["writer"])
    platform.add_profile("writer", "drill-1", canary=True, metered=False)
    _, order = ask("suspend", "writer", alias="drill-1", reason="drill")
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == {"drill-1"}
    _, during = ask("status", "writer")
    assert during["status"]["aliases"]["drill-1"]["state"] == "applied"
    assert during["status"]["state"] == "active"
    assert during["status"]["unmetered"] == []
    assert during["status"]["decided_at"] >= order["accepted_at"]
    assert ask("resume", "writer", alias="drill-1", reason="drill")[0] == 200
    platform.later(seconds=1)
    platform.run("writer")
    assert platform.stopped("writer") == set()
    assert platform.read_mail(platform.mail["writer"]) == []
    assert platform.switch.table.read("writer", "2026-11").orders == ()
