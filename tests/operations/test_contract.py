"""The commands against the real commands function and the real kill switch."""

import json

import pytest
from click.testing import CliRunner
from moto import mock_aws

from finops_constructs.cli.main import cli
from finops_constructs.operations import waiting
from finops_constructs.operations.aws import Aws
from finops_constructs.operations.drill_report import Verdict
from tests.lambdas.platform_under_test import ACCOUNT, Platform
from tests.operations.fake_platform import served
from tests.operations.real_platform import (
    OPERATOR,
    RealPlatform,
    WithoutSimulator,
    WithProfiles,
)


@pytest.fixture
def real(aws_settings, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "commands")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "FinOpsConstructs")
    monkeypatch.setattr(waiting, "_FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(waiting, "_LONGEST_PAUSE_SECONDS", 0.05)
    with mock_aws():
        platform = Platform()
        platform.add_tenant("writer")
        platform.add_tenant("chat", roles=("chat-app",))
        platform.run()
        platform.later(seconds=1)
        real = RealPlatform(platform, monkeypatch)
        with served(real.answer, parsed=False) as (url, _):
            platform.put(
                "/finops/_platform/commands",
                {"function_url": url, "function_name": "finops-commands"},
            )
            yield real


def _run(*arguments):
    return CliRunner().invoke(cli, arguments)


def _json(*arguments):
    result = _run(*arguments, "--json")
    assert result.stdout, result.output
    return result.exit_code, json.loads(result.stdout)


def test_a_stop_is_applied_and_only_to_its_tenant(real):
    result = _run("suspend", "writer", "--reason", "prompt loop")
    assert result.exit_code == 0, result.output
    assert f"from {OPERATOR}: writer is being suspended until a person resumes it" in result.output
    assert "applied" in result.output
    assert real.platform.stopped("writer") == {"smart", "fast"}
    assert real.platform.attached("writer") == {"app"}
    assert real.platform.stopped("chat") == set()


def test_a_resume_undoes_it(real):
    _run("suspend", "writer", "--reason", "loop")
    code, report = _json("resume", "writer", "--reason", "fixed")
    assert (code, report["reached"], report["stage"]) == (0, True, "active")
    assert real.platform.stopped("writer") == set()
    assert real.platform.attached("writer") == set()


def test_a_stop_of_one_alias_leaves_the_other_and_the_roles(real):
    code, report = _json("suspend", "writer", "--alias", "smart", "--reason", "loop")
    assert (code, report["stage"], report["alias"]) == (0, "applied", "smart")
    assert real.platform.stopped("writer") == {"smart"}
    assert real.platform.attached("writer") == set()


def test_an_order_that_the_switch_has_not_seen_is_accepted_and_not_reached(real):
    real.switch_works = False
    code, report = _json("suspend", "writer", "--reason", "loop", "--timeout", "1")
    assert (code, report["reached"], report["stage"]) == (1, False, "accepted")


def test_the_limit_stops_an_override_lifts_it_and_a_resume_does_not(real):
    real.platform.spend("writer", 501)
    real.platform.run("writer")
    assert real.platform.stopped("writer") == {"smart", "fast"}
    refused = _run("resume", "writer", "--reason", "please")
    assert refused.exit_code == 2
    assert "finops override writer --hours 4" in refused.output
    code, report = _json(
        "override", "writer", "--hours", "4", "--up-to-usd", "600", "--reason", "close"
    )
    assert (code, report["stage"]) == (0, "active")
    assert report["status"]["override"]["reason"] == "close"
    assert real.platform.stopped("writer") == set()


def test_a_resume_while_the_limit_is_passed_too_says_what_still_stops(real):
    _run("suspend", "writer", "--reason", "loop")
    real.platform.spend("writer", 501)
    real.platform.run("writer")
    result = _run("resume", "writer", "--reason", "fixed")
    assert result.exit_code == 1
    assert "! writer is still applied: monthly-limit: " in result.output


@pytest.mark.parametrize("reject", [False, True])
def test_an_approval_that_was_asked_for_is_answered(real, reject):
    real.platform.put_policy("writer", mode="approve")
    real.platform.later(minutes=2)
    real.platform.spend("writer", 501)
    real.platform.run("writer")
    page = _run("tenants", "status", "writer").output
    assert "approval pending" in page
    flags = ["--reject"] if reject else []
    code, report = _json("approve", "writer", *flags, "--reason", "known")
    assert (code, report["reached"]) == (0, True)
    assert real.platform.stopped("writer") == (set() if reject else {"smart", "fast"})


def test_status_shows_the_estimate_and_that_nothing_was_billed(real):
    real.platform.spend("writer", "412.104")
    result = _run("tenants", "status", "writer")
    text = " ".join(result.output.split())
    assert result.exit_code == 0
    assert "$412.10 of $500.00 (82.4 %)" in text
    assert "billed not available (" in text
    assert "app $412.10 (100.0 %)" in text
    assert "Worst-case loss before a stop takes hold: $" in text
    assert "account quota, tokens a minute" in text


def test_shadow_mode_tells_what_it_would_have_stopped(real):
    real.platform.put_policy("writer", mode="shadow")
    real.platform.later(minutes=2)
    real.platform.spend("writer", 501)
    real.platform.run("writer")
    real.platform.spend("writer", 20)
    result = _run("tenants", "status", "writer")
    assert result.exit_code == 1
    assert "would have stopped at " in result.output
    assert "spend avoided $20.00 so far" in " ".join(result.output.split())


def test_all_tenants_are_shown(real):
    code, shown = _json("tenants", "status")
    assert code == 0
    assert [each["tenant"] for each in shown["tenants"]] == ["chat", "writer"]
    assert _run("tenants", "status").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["suspend", "wrtier", "--reason", "x"], "known tenants: chat, writer"),
        (["suspend", "writer", "--alias", "smrt", "--reason", "x"], "it has fast, smart"),
        (["resume", "writer", "--reason", "x"], "nothing of writer is stopped"),
        (["approve", "writer", "--reason", "x"], "no stop of writer awaits approval"),
        (
            ["override", "writer", "--hours", "25", "--up-to-usd", "600", "--reason", "x"],
            "minutes must be a whole number from 1 to 1440, got 1500",
        ),
        (["suspend", "writer", "--reason", " "], "reason must be a text"),
        (["tenants", "status", "wrtier"], "known tenants: chat, writer"),
    ],
)
def test_a_refusal_is_shown_in_the_platforms_words_and_is_exit_2(real, arguments, said):
    result = _run(*arguments)
    assert result.exit_code == 2
    assert result.output.startswith("Error: ")
    assert said in result.output


def test_a_caller_of_the_tenant_may_look_and_not_order(real):
    real.actor = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/i-0123"
    assert _run("tenants", "status", "writer").exit_code == 0
    refused = _run("suspend", "writer", "--reason", "x")
    assert refused.exit_code == 2
    assert "callers may only ask for their own status" in refused.output


def test_a_platform_that_fails_leaves_it_open_whether_the_order_stands(real):
    real.failing = True
    result = _run("suspend", "writer", "--reason", "x")
    assert result.exit_code == 1
    assert "may have been accepted" in result.output


@pytest.fixture
def drillable(real, monkeypatch):
    bedrock, client = WithProfiles(real.platform), Aws.client
    fakes = {"bedrock": lambda _: bedrock, "iam": WithoutSimulator}
    monkeypatch.setattr(
        Aws,
        "client",
        lambda aws, service: fakes.get(service, lambda made: made)(client(aws, service)),
    )
    return bedrock


def test_a_drill_stops_and_resumes_its_canary_and_nothing_else(real, drillable):
    mail = real.platform.mail["writer"]
    real.platform.read_mail(mail)
    code, report = _json("drill", "writer", "--timeout", "5")
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert code == 0, report
    assert verdicts["the profile's tag reads back as suspended"] == Verdict.HELD
    assert verdicts["nothing else of the tenant was touched"] == Verdict.HELD
    assert verdicts["canary and registry entry are gone again"] == Verdict.HELD
    assert {hop["name"] for hop in report["hops"]} >= {"suspend: applied", "resume: active"}
    assert drillable.names == {}
    assert real.platform.read_mail(mail) == []


def test_after_a_drill_the_platform_knows_the_tenant_as_before(real, drillable):
    before = _json("tenants", "status", "writer")[1]
    _json("drill", "writer", "--timeout", "5")
    real.platform.later(seconds=5)
    real.platform.run("writer")
    assert real.platform.state("writer").failures == {}
    real.platform.later(minutes=5)
    real.platform.run()
    after = _json("tenants", "status", "writer")[1]
    changing = {"decided_at", "updated_at"}
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
