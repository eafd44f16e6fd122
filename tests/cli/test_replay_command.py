import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from tests.replay.handmade import write_assembly
from tests.replay.traffic_under_test import rows, steady

NO_ALARM = {"burst_alarm_name": None, "hourly_cap_usd": None}


@pytest.fixture
def run(tmp_path):
    """Runs `finops replay` on an hour of $60 and a tenant of $100 a month."""
    trace = tmp_path / "calls.csv"
    trace.write_text(rows(steady(usd_per_hour="60", every_s=30)))

    def invoke(*arguments, policy=None, profile=None, content=None):
        if content is not None:
            trace.write_text(content)
        write_assembly(tmp_path / "cdk.out", policy=policy, profile=profile)
        always = ["--trace", trace, "--assembly", tmp_path / "cdk.out", "--tenant", "writer"]
        return CliRunner().invoke(cli, ["replay", *map(str, [*always, *arguments])])

    return invoke


def test_a_runaway_that_is_stopped_is_exit_0_and_told_in_two_sentences(run):
    result = run("--runaway", "500@600", profile=NO_ALARM)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("tenant writer, alias smart (eu.anthropic.claude-sonnet-4-6); limit")
    assert lines[4].split() == ["tier", "alone", "stopped", "at", "spent", "beyond", "limit", "why"]
    assert [line.split()[0] for line in lines[5:8]] == ["meter", "alarm", "budget"]
    assert "not" in lines[6]
    assert "the alias has no burst alarm" in lines[6]
    verdict = lines[9]
    assert "a runaway of $500.00/hour, the spend meter stopped it" in verdict
    assert "s after spend reached the month's limit of $100.00" in verdict
    assert "AWS Budgets alone, refreshed 8 hours after" in verdict
    assert "times as much" in verdict
    assert "Assumed: a log record after 30 s, metrics after 120 s" in result.output
    assert "Prices: by hand, as of 2026-11-20." in result.output


def test_json_has_what_a_benchmark_reads(run):
    result = run("--runaway", "500@600", "--json", profile=NO_ALARM)
    found = json.loads(result.output)
    assert found["limit_usd"] == 100
    assert found["stopped_by"] == "meter"
    assert 30 < found["stopped_at_s"] - found["crossed_at_s"] <= 60
    assert found["tiers"]["meter"]["fired_at_s"] == found["stopped_at_s"]
    assert found["tiers"]["meter"]["spend_usd"] == pytest.approx(100 + found["overshoot_usd"])
    assert found["tiers"]["alarm"]["fired_at_s"] is None
    assert found["tiers"]["budget"]["spend_usd"] == pytest.approx(
        100 + found["overshoot_budgets_only_usd"]
    )
    assert found["price_source"] == "by hand"
    assert found["delays_s"]["log"] == 30
    assert found["played_as"] == "enforce"
    assert found["as_configured"]["mode"] == "enforce"


def test_nothing_to_stop_is_exit_0(run):
    result = run()
    assert result.exit_code == 0
    assert "there is nothing to stop: 59 % of the month's limit of $100.00" in result.output
    assert "AWS Budgets alone would have had nothing to tell." in result.output
    assert "the busiest 5 minutes were 49 % of its threshold" in result.output
    found = json.loads(run("--json").output)
    assert (found["stopped_at_s"], found["stopped_by"], found["crossed_at_s"]) == (None, None, None)
    assert found["overshoot_usd"] == found["overshoot_budgets_only_usd"] == 0


def test_a_limit_that_is_passed_unstopped_is_exit_1(run):
    result = run("--limit", "$59", "--log-delay", "1h", profile=NO_ALARM)
    assert result.exit_code == 1
    assert "nothing stopped it while the trace lasted" in result.output
    assert "would not have stopped it in this time" in result.output


def test_traffic_that_is_stopped_without_a_runaway_is_said_to_be(run):
    result = run(profile={"hourly_cap_usd": "30"}, policy={"daily_cap_usd": "20"})
    assert result.exit_code == 0
    assert "the spend meter stopped it by the daily cap at 20m" in result.output
    assert "Nothing had run away by then" in result.output


def test_the_limit_and_the_delays_may_be_others(run):
    arguments = ["--limit", "1,000", "--log-delay", "0", "--budgets-refresh", "12h", "--json"]
    found = json.loads(run("--runaway", "500@600", *arguments, profile=NO_ALARM).output)
    assert found["limit_usd"] == 1000
    assert found["stopped_at_s"] - found["crossed_at_s"] < 15
    assert found["delays_s"]["budgets_refresh"] == 12 * 3600
    assert found["overshoot_budgets_only_usd"] == pytest.approx(
        found["overshoot_slowest_budgets_usd"], abs=2
    )


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("shadow", "As configured, in mode shadow, it is only announced, at "),
        ("approve", "approval is asked for at "),
    ],
)
def test_what_the_tenants_own_mode_does_is_said(run, mode, said):
    result = run("--runaway", "500@600", policy={"mode": mode}, profile=NO_ALARM)
    assert result.exit_code == 0
    assert said in result.output


def test_traffic_that_was_added_up_is_said_to_be(run):
    result = run("--runaway", "40@600", "--limit", "700", profile=NO_ALARM)
    assert "the steady traffic was added up, not played call by call" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--runaway", "500"], "runaway: must be RATE@TIME, such as 500@600"),
        (["--runaway", "1e9@0"], "calls a second"),
        (["--limit", "0"], "must be an amount in USD above 0, got '0'"),
        (["--limit", "much"], "must be an amount in USD above 0, got 'much'"),
        (["--log-delay", "-5"], "must be 0 to 3600 seconds, or such as 10m, got '-5'"),
        (["--metric-delay", "2h"], "must be 0 to 3600 seconds"),
        (["--budgets-refresh", "1"], "must be 600 to 172800 seconds"),
        (["--alias", "nope"], "no alias 'nope' (there: smart)"),
        (["--tenant", "wirter"], "no tenant 'wirter' (there: writer)"),
        (["--assembly", "/nowhere"], "no templates here; synthesize first: python app.py"),
        (["--trace", "/nowhere.csv"], "does not exist"),
    ],
)
def test_a_users_mistake_is_exit_2_and_says_what_is_wrong(run, arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_a_bad_row_is_exit_2_with_line_and_column(run):
    result = run(content="time,input,output\n1,1,1\n2,x,1\n")
    assert result.exit_code == 2
    assert "calls.csv:3: column input: must be a whole number" in result.output


def test_an_alarm_nobody_can_play_is_exit_2(run, tmp_path):
    write_assembly(tmp_path / "other", alarm={"Metrics": []})
    result = run("--assembly", tmp_path / "other")
    assert result.exit_code == 2
    assert "cannot be played: it must return one expression" in result.output


def test_neither_the_command_nor_a_replay_imports_aws_cdk(tmp_path):
    write_assembly(tmp_path / "cdk.out")
    (tmp_path / "calls.csv").write_text("time,input,output\n1,1,1\n")
    code = (
        "import sys\n"
        "from finops_constructs.cli.main import cli\n"
        "cli.main(sys.argv[1:], standalone_mode=False)\n"
        "print([m for m in ('aws_cdk', 'boto3', 'rich') if m in sys.modules])\n"
    )
    given = ["--trace", "calls.csv", "--assembly", "cdk.out", "--tenant", "writer"]
    result = subprocess.run(
        [sys.executable, "-c", code, "replay", *given],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert result.stdout.splitlines()[-1] == "[]"
