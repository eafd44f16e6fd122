import json
import sys

import pytest
from click.testing import CliRunner

from finops_constructs.cli import main as main_module
from finops_constructs.cli.main import cli, main
from finops_constructs.operations import waiting
from tests.operations.conftest import aws_settings, deployed, platform, register, ssm
from tests.operations.fake_platform import ACTOR, LIMIT, iso, served, status

__all__ = ["aws_settings", "deployed", "platform", "register", "ssm"]

OVERRIDE = {
    "reason": "close",
    "actor": ACTOR,
    "started_at": iso(),
    "ends_at": iso(4 * 3600),
    "up_to_usd": "600",
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(waiting, "_FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(waiting, "_LONGEST_PAUSE_SECONDS", 0.05)


def _run(*arguments):
    return CliRunner().invoke(cli, arguments)


def test_a_stop_is_followed_until_it_was_read_back(deployed, platform):
    platform.upcoming = [
        status(state="suspending"),
        status(state="applied", decided=2),
    ]
    result = _run("suspend", "writer", "--reason", "prompt loop")
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0] == (f"accepted at 10:42:00 UTC from {ACTOR}: suspend of writer is written down")
    assert lines[1].split()[0] == "suspending"
    assert lines[2].split()[0] == "applied"
    assert "confirmed once none has succeeded for 5 minutes" in lines[3]
    assert lines[4] == "Look: finops tenants status writer"


def test_the_order_is_sent_signed_and_without_an_actor(deployed):
    _run("suspend", "writer", "--alias", "smart", "--reason", "loop", "--no-wait")
    _, headers, body = deployed[0]
    assert json.loads(body) == {
        "command": "suspend",
        "tenant": "writer",
        "alias": "smart",
        "reason": "loop",
    }
    assert "/lambda/aws4_request" in headers["Authorization"]


def test_without_waiting_nothing_is_claimed_but_acceptance(deployed):
    result = _run("suspend", "writer", "--reason", "loop", "--no-wait")
    assert result.exit_code == 0
    assert "Not waited for" in result.output
    assert len(deployed) == 1


def test_a_stop_that_is_not_read_back_in_time_is_exit_1_and_stands(deployed, platform):
    platform.tenants["writer"] = status(state="suspending")
    result = _run("suspend", "writer", "--reason", "loop", "--timeout", "1")
    assert result.exit_code == 1
    assert "! Not reached within 1 s: writer is suspending. The order stands" in result.output


def test_a_resume_that_the_limit_still_stops_is_exit_1_and_says_why(deployed, platform):
    platform.upcoming = [status(state="applied", decided=2, why=[LIMIT])]
    result = _run("resume", "writer", "--reason", "fixed")
    assert result.exit_code == 1
    assert f"! writer is still applied: monthly-limit: {LIMIT['text']}" in result.output


def test_a_resume_that_works_says_so(deployed, platform):
    platform.upcoming = [status(state="resuming"), status(decided=2)]
    result = _run("resume", "writer", "--reason", "fixed")
    assert result.exit_code == 0
    assert result.output.splitlines()[-2].startswith("Read back.")


@pytest.mark.parametrize(
    ("length", "minutes"), [(["--hours", "4"], 240), (["--minutes", "15"], 15)]
)
def test_an_override_is_sent_in_minutes_and_exact_usd(deployed, platform, length, minutes):
    platform.upcoming = [status(decided=2, override=OVERRIDE)]
    result = _run("override", "writer", *length, "--up-to-usd", "600.10", "--reason", "close")
    assert result.exit_code == 0
    (sent,) = platform.orders
    assert (sent["minutes"], sent["up_to_usd"]) == (minutes, "600.10")


@pytest.mark.parametrize(("flags", "reject"), [([], False), (["--reject"], True)])
def test_an_approval_and_a_rejection_are_sent(deployed, platform, flags, reject):
    platform.upcoming = [status(state="active" if reject else "applied", decided=2)]
    result = _run("approve", "writer", *flags, "--reason", "known")
    assert result.exit_code == 0
    assert platform.orders[0]["reject"] is reject


@pytest.mark.parametrize(
    "text",
    [
        ["approve", "writer", "--reason", "..."],
        ["override", "writer", "--hours", "4", "--up-to-usd", "600", "--reason", "..."],
        ["resume", "writer", "--reason", "..."],
    ],
)
def test_the_commands_that_messages_spell_out_stay_as_they_are(deployed, text):
    assert _run(*text, "--no-wait").exit_code == 0


def test_json_is_one_object_with_all_that_was_seen(deployed, platform):
    platform.upcoming = [status(state="applied", decided=2)]
    result = _run("suspend", "writer", "--reason", "loop", "--json")
    report = json.loads(result.stdout)
    assert (report["reached"], report["stage"], report["waited"]) == (True, "applied", True)
    assert (report["tenant"], report["alias"], report["actor"]) == ("writer", None, ACTOR)
    assert [step["stage"] for step in report["steps"]] == ["accepted", "applied"]
    assert report["status"]["state"] == "applied"
    assert report["detail"] is None


def test_json_without_waiting_says_that_nothing_was_reached(deployed):
    result = _run("suspend", "writer", "--reason", "loop", "--no-wait", "--json")
    report = json.loads(result.stdout)
    assert (report["reached"], report["stage"], report["waited"]) == (False, "accepted", False)
    assert result.exit_code == 0


def test_the_platforms_refusal_is_shown_as_it_is(deployed, platform):
    platform.failures = [(400, {"error": "minutes must be at most 1440, got 1500"})]
    result = _run("override", "writer", "--hours", "25", "--up-to-usd", "9", "--reason", "x")
    assert (result.exit_code, result.output) == (
        2,
        "Error: minutes must be at most 1440, got 1500\n",
    )


def test_an_unknown_tenant_lists_the_known_ones(deployed):
    result = _run("suspend", "wrtier", "--reason", "x")
    assert (result.exit_code, result.output) == (
        2,
        "Error: no tenant 'wrtier'; known tenants: writer\n",
    )


def test_a_region_without_a_platform_says_so(ssm):
    result = _run("suspend", "writer", "--reason", "x", "--region", "eu-west-2")
    assert result.exit_code == 2
    assert result.output.startswith("Error: no platform in eu-west-2")


def test_a_missing_permission_is_named(register):
    with served(lambda _: (403, {"Message": "Forbidden"})) as (url, _):
        register(url)
        result = _run("suspend", "writer", "--reason", "x")
    assert result.exit_code == 2
    assert "lambda:InvokeFunctionUrl on the function finops-commands" in result.output


def test_an_order_that_may_have_been_accepted_is_exit_1(register):
    with served(lambda _: (502, {"message": "Internal Server Error"})) as (url, _):
        register(url)
        result = _run("suspend", "writer", "--reason", "x")
    assert result.exit_code == 1
    assert "may have been accepted" in result.output


def test_nobody_listening_is_exit_2(aws_settings):
    result = _run("suspend", "writer", "--reason", "x", "--endpoint-url", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert "nothing answered" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["suspend", "writer"],
        ["suspend", "--reason", "x"],
        ["override", "writer", "--reason", "x", "--up-to-usd", "9"],
        [
            "override",
            "writer",
            "--reason",
            "x",
            "--up-to-usd",
            "9",
            "--hours",
            "1",
            "--minutes",
            "1",
        ],
        ["override", "writer", "--reason", "x", "--hours", "1"],
        ["override", "writer", "--reason", "x", "--hours", "1", "--up-to-usd", "lots"],
        ["override", "writer", "--reason", "x", "--hours", "1", "--up-to-usd", "nan"],
        ["override", "writer", "--reason", "x", "--hours", "0", "--up-to-usd", "1"],
        ["approve", "writer", "--reason", "x", "--timeout", "0"],
    ],
)
def test_wrong_use_is_exit_2_before_anything_is_sent(arguments, deployed):
    result = _run(*arguments)
    assert result.exit_code == 2
    assert deployed == []


def test_ctrl_c_while_waiting_says_that_the_order_stands(deployed, platform, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "progress", interrupted)
    monkeypatch.setattr(sys, "argv", ["finops", "suspend", "writer", "--reason", "x"])
    with pytest.raises(SystemExit) as exit_info:
        main()
    assert exit_info.value.code == 130
    assert "No longer waiting; the order stands" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["approve", "drill", "override", "resume", "suspend"])
def test_help_has_an_example_and_imports_no_botocore(name):
    import subprocess

    code = (
        "import sys\n"
        "from finops_constructs.cli.main import cli\n"
        f"cli.main(['{name}', '--help'], standalone_mode=False)\n"
        "heavy = ('boto3', 'botocore', 'aws_cdk', 'rich', 'pydantic')\n"
        "print([m for m in heavy if m in sys.modules])\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert f"  finops {name} writer" in output
    assert output.splitlines()[-1] == "[]"
    assert name in main_module._COMMANDS
