import json

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from tests.operations.conftest import aws_settings, deployed, platform, register, ssm
from tests.operations.fake_platform import LIMIT, ORDERED, iso, status

__all__ = ["aws_settings", "deployed", "platform", "register", "ssm"]

BILLED = {
    "amount_usd": "380.2",
    "period": "2026-11",
    "as_of": iso(-7200),
    "source": "budget",
    "not_available": None,
}


def _run(*arguments):
    return CliRunner().invoke(cli, ["tenants", "status", *arguments])


def _page(platform, **changes):
    platform.tenants["writer"] = status(**changes)
    result = _run("writer")
    return result.exit_code, " ".join(result.output.split()), result.output


def test_all_tenants_are_a_row_each_with_times_in_utc(deployed, platform):
    platform.tenants["chat"] = status("chat", state="applied", why=[LIMIT], since=iso(),
                                      ends=LIMIT["ends"])  # fmt: skip
    result = _run()
    assert result.exit_code == 1
    assert "Tenants in eu-west-1 at " in result.output
    assert "(times are UTC)" in result.output
    (row,) = [line for line in result.output.splitlines() if line.strip().startswith("chat")]
    assert row.split()[:5] == ["chat", "enforce", "applied", "$412.10", "of"]
    assert "monthly-limit" in row
    assert "since 25 Nov 10:42" in result.output
    assert "ends 01 Dec 00:00" in result.output


def test_all_active_is_exit_0(deployed):
    assert _run().exit_code == 0


def test_a_bill_that_is_not_there_says_why_and_shows_no_number(deployed, platform):
    code, text, _ = _page(platform)
    assert code == 0
    assert "billed not available (AWS Budgets has no figure of this month yet)" in text
    assert "drift not available (no billed figure)" in text
    assert "$0" not in text


def test_a_bill_that_is_there_comes_with_its_period_source_and_age(deployed, platform):
    _, text, _ = _page(platform, billed=BILLED, drift_percent="8.3915")
    assert "billed $380.20 (2026-11, budget, as of 25 Nov 08:42)" in text
    assert "drift 8.4 %" in text


@pytest.mark.parametrize(
    ("callers", "said"),
    [
        (
            [{"role": "batch", "calls": 5, "last": "2026-11-25"}],
            "batch (5 calls, last on 2026-11-25)",
        ),
        ([], "nobody lately"),
        (None, "not available"),
    ],
)
def test_a_replaced_profile_is_shown_with_who_still_calls_it(deployed, platform, callers, said):
    replaced = {
        "alias": "smart",
        "profile_arn": "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/old1",
        "model": "eu.old-model",
        "replaced_at": iso(),
        "state": None,
        "callers": callers,
    }
    code, text, _ = _page(platform, replaced=[replaced])
    assert code == 0
    assert "old1 (eu.old-model)" in text
    assert f"25 Nov 10:42 {said}" in " ".join(text.split())


def test_an_estimate_that_the_bill_corrects_says_how(deployed, platform):
    corrected = {
        "usd": "461.55",
        "percent": "92.3",
        "ratio": "1.1200",
        "days": 7,
        "through": "2026-11-24",
        "not_available": None,
    }
    _, text, _ = _page(platform, corrected=corrected, counted_usd="461.55")
    assert (
        "by the bill $461.55 (92.3 %): days before 2026-11-24 as billed, the others as estimated "
        "x 1.1200 (the last 7 billed days)" in text
    )
    assert "held to the limit $461.55" in text
    assert "by the bill: $461.55 (92.3 %)" in " ".join(_run().output.split())


def test_an_estimate_that_the_bill_does_not_correct_says_why(deployed, platform):
    _, text, _ = _page(platform, corrected={"usd": None, "not_available": "too few days"})
    assert "by the bill not available (too few days)" in text
    assert "held to the limit" not in text


def test_the_estimate_stands_against_the_limit_with_what_is_not_in_it(deployed, platform):
    _, text, _ = _page(platform, unmetered=["images"])
    assert "estimate 2026-11 $412.10 of $500.00 (82.4 %) not in it, unmetered: images" in text


def test_an_estimate_there_is_not_is_not_available(deployed, platform):
    _, text, _ = _page(platform, estimated_usd=None, percent=None, state="held")
    assert "not available (the spend is not known)" in text


def test_a_stop_says_why_since_when_and_what_ends_it(deployed, platform):
    code, text, _ = _page(
        platform, state="applied", why=[LIMIT], since=LIMIT["since"], ends=LIMIT["ends"]
    )
    assert code == 1
    assert f"why monthly-limit: {LIMIT['text']}; since 25 Nov 10:32; ends: 01 Dec 00:00" in text
    assert "since 25 Nov 10:32 ends 01 Dec 00:00" in text


def test_shadow_mode_says_what_it_would_have_stopped(deployed, platform):
    would = {"since": iso(), "why": "monthly-limit", "avoided_usd": "61.5", "scope": "tenant"}
    code, text, _ = _page(platform, mode="shadow", would_stop=[would])
    assert code == 1
    expected = "would have stopped at 25 Nov 10:42 (monthly-limit); spend avoided $61.50 so far"
    assert expected in text


def test_shadow_mode_names_the_alias_it_is_about(deployed, platform):
    would = {"since": iso(), "why": "burst", "avoided_usd": None, "scope": "smart"}
    _, text, _ = _page(platform, mode="shadow", would_stop=[would])
    assert "shadow smart: would have stopped at 25 Nov 10:42 (burst)" in text
    assert "avoided not available" in text
    assert "smart would have stopped" in _run().output


def test_an_override_and_an_approval_are_shown_with_who_and_until_when(deployed, platform):
    _, text, _ = _page(
        platform,
        override={"reason": "quarter close", "actor": "jo", "ends_at": iso(3600),
                  "up_to_usd": "600"},
        approval={"state": "pending", "asked_at": iso(), "times_out_at": iso(3600),
                  "on_timeout": "stop"},
    )  # fmt: skip
    assert "override until 25 Nov 11:42 or $600.00 in the month, by jo: quarter close" in text
    assert "approval pending; asked 25 Nov 10:42, at 25 Nov 11:42 it is: stop" in text


def test_aliases_and_roles_are_listed(deployed, platform):
    _, text, _ = _page(platform, aliases={"fast": "active", "smart": "applied"}, unmetered=["fast"])
    assert "fast active no smart applied yes" in text
    assert "writer-app $400.00 (97.1 %) batch $12.10 (2.9 %)" in text


def test_a_canary_is_said_to_be_one(deployed, platform):
    _, text, _ = _page(platform, aliases={"smart": "active", "drill-1a2b3c4d": "applied"})
    assert "drill-1a2b3c4d applied canary of a drill" in text


def test_the_worst_case_shows_what_it_rests_on(deployed, platform):
    worst = {
        "usd": "61.2",
        "inputs": [
            {"name": "account quota, tokens a minute", "value": "200000", "basis": "assumed"},
            {"name": "detection and propagation, seconds", "value": "95", "basis": "measured"},
        ],
    }
    _, text, _ = _page(platform, worst_case_loss_usd=worst)
    assert "Worst-case loss before a stop takes hold: $61.20" in text
    assert "account quota, tokens a minute 200000 assumed" in text
    assert "detection and propagation, seconds 95 measured" in text
    _, text, _ = _page(platform, worst_case_loss_usd={"usd": None, "not_available": "no price"})
    assert "not available (no price)" in text


@pytest.mark.parametrize(
    ("changes", "suggested"),
    [
        (
            {"state": "applied", "why": [LIMIT], "estimated_usd": "501"},
            'finops override writer --hours 4 --up-to-usd 602 --reason "..."',
        ),
        ({"state": "applied", "why": [ORDERED]}, 'finops resume writer --reason "..."'),
        (
            {"approval": {"state": "pending", "asked_at": iso(), "times_out_at": iso(60)}},
            'finops approve writer --reject --reason "..."',
        ),
    ],
)
def test_what_a_person_can_do_is_spelled_out(deployed, platform, changes, suggested):
    assert suggested in _page(platform, **changes)[2]


def test_an_active_tenant_suggests_nothing(deployed, platform):
    assert "--reason" not in _page(platform)[2]


def test_json_is_what_the_platform_said_with_the_region(deployed, platform):
    one = json.loads(_run("writer", "--json").stdout)
    assert one == {"region": "eu-west-1", **platform.tenants["writer"]}
    every = json.loads(_run("--json").stdout)
    assert every == {"region": "eu-west-1", "tenants": [platform.tenants["writer"]]}


def test_an_unknown_tenant_lists_the_known_ones(deployed):
    result = _run("wrtier")
    assert (result.exit_code, result.output) == (
        2,
        "Error: no tenant 'wrtier'; known tenants: writer\n",
    )


def test_text_of_the_platform_is_never_taken_for_markup(deployed, platform):
    _, text, _ = _page(platform, state="applied", why=[LIMIT | {"text": "[red]x[/red]"}])
    assert "[red]x[/red]" in text


def test_no_platform_is_exit_2(ssm):
    assert _run("--region", "eu-west-2").exit_code == 2
