import json

import click
import pytest
from click.testing import CliRunner

from finops_constructs.cli.audit_log import audit_log
from finops_constructs.cli.main import cli


@pytest.fixture
def run(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    def invoke(*arguments):
        return CliRunner().invoke(cli, ["audit-log", *map(str, arguments)])

    return invoke


def test_a_clean_log_exits_with_0_and_says_what_it_cannot_show(run, original):
    done = run("verify", original)
    assert done.exit_code == 0
    assert "5 manifests, 2026-11-26T01 to 2026-11-26T05; 5 objects" in done.output
    assert "The chain of manifests is unbroken; its head is " in done.output
    assert "bedrock-mantle" in done.output
    assert done.output.endswith("0 findings\n")


def test_a_tampered_log_exits_with_1_and_names_the_object(run, log):
    path = min(log.glob("records/**/*.gz"))
    path.unlink()
    done = run("verify", log)
    assert done.exit_code == 1
    assert f"{path.relative_to(log)} was removed" in done.output


def test_json_has_the_same(run, log):
    min(log.glob("manifests/**/*.json")).unlink()
    told = json.loads(run("verify", log, "--json").output)
    assert told["clean"] is False
    assert told["chain_untrusted_from"] == "2026-11-26T01"
    assert told["findings"][0]["kind"] == "removed"


def test_signatures_are_checked_with_a_key_and_a_wrong_file_is_refused(run, original):
    pem = original.parent / "finops.pem"
    done = run("verify", original, "--public-key", pem)
    assert (done.exit_code, "5 signatures checked" in done.output) == (0, True)
    wrong = run("verify", original, "--public-key", next(original.glob("manifests/**/*.json")))
    assert wrong.exit_code == 2
    assert "no public key in PEM" in wrong.output


def test_calls_are_found_in_a_folder_without_aws(run, original):
    arguments = ("--tenant", "writer", "--from", "2026-11-26", "--to", "2026-11-27")
    done = run("find", original, *arguments, "--principal", "WriterApp")
    assert done.exit_code == 0
    assert "20 entries" in done.output
    assert "12 in, 34 out" in done.output
    lines = run("find", original, *arguments, "--json").output.splitlines()
    assert json.loads(lines[0])["entry"]["finops"]["tenant"] == "writer"
    assert run("find", original, "--tenant", "chat", *arguments[2:]).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "nowhere"), "nowhere is not a folder"),
        (("verify",), "no Region"),
        (("find", "x", "--tenant", "t", "--from", "soon", "--to", "2026-11-27"), "no moment"),
        (("find", "x", "--tenant", "t", "--from", "2026-11-27", "--to", "2026-11-27"), "after"),
        (("append", "gossip", "--summary", "x"), "gossip"),
        (("append", "note", "--summary", "x", "--about", "nothing"), "KEY=VALUE"),
        (("hold", "C", "--from", "2026-02-02", "--to", "2026-01-01", "--reason", "r"), "before"),
        (("release", "C", "--reason", "r"), "no Region"),
        (("forget", "bob", "--reason", "bob asked"), "must not have the name"),
        (("forget", "bob", "--reason", "request 31"), "no Region"),
    ],
)
def test_a_users_mistake_exits_with_2_and_says_what_is_wrong(run, arguments, said):
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_every_command_has_an_example(run):
    for name in audit_log.list_commands(click.Context(audit_log)):
        assert "Example:" in run(name, "--help").output
