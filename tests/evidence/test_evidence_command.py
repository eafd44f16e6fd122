"""`finops evidence` as auditors and pull requests use it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from finops_constructs.cli.evidence import FILES, evidence
from tests.evidence.assemblies import PLATFORM, changed, strongest, write_assembly
from tests.evidence.test_files import FORBIDDEN

DAYS = (
    *(PLATFORM, "Log", "Properties", "ObjectLockConfiguration", "Rule"),
    *("DefaultRetention", "Days"),
)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    return write_assembly(tmp_path_factory.mktemp("old") / "cdk.out", strongest())


@pytest.fixture(scope="module")
def weaker(tmp_path_factory):
    stacks = changed(strongest(), *DAYS, value=90)
    return write_assembly(tmp_path_factory.mktemp("new") / "cdk.out", stacks)


def run(*arguments):
    return CliRunner().invoke(evidence, [str(argument) for argument in arguments])


def test_it_writes_four_files_and_a_summary(old, tmp_path):
    done = run(old, "--out", tmp_path / "evidence")
    assert done.exit_code == 0, done.output
    assert {file.name for file in (tmp_path / "evidence").iterdir()} == set(FILES)
    assert re.search(r"^writer +\d+ +\d+ +0 +\d+ +\d+$", done.output, re.MULTILINE)
    assert "technical measures, no legal assessment" in done.output
    assert not FORBIDDEN.search(done.output)


def test_the_summary_names_what_is_missing(weaker):
    done = run(weaker)
    assert done.exit_code == 0
    assert (
        "not evidenced: records are kept for a declared period (log-retention) for every tenant"
        in done.output
    )
    assert "file" not in done.output.splitlines()[-1]


def test_json_holds_everything(old):
    found = json.loads(run(old, "--json").output)
    assert found["files"] == []
    assert [tenant["id"] for tenant in found["tenants"]] == ["writer"]


def test_the_gate_passes_what_is_no_weaker_and_fails_what_is(old, weaker):
    same, worse, better = run("diff", old, old), run("diff", old, weaker), run("diff", weaker, old)
    assert (same.exit_code, worse.exit_code, better.exit_code) == (0, 1, 0)
    assert same.output == "no control got weaker\n"
    first, *_, last = worse.output.splitlines()
    assert first == (
        "weaker    finops-platform / Log / ObjectLockConfiguration.Rule.DefaultRetention.Days: "
        "400 -> 90 (Records are kept for a declared period)"
    )
    assert "weaker    ai-act.art-19.1 for writer: supports -> not-evidenced" in worse.output
    assert last == "weaker: 1 of the facts, 3 of the verdicts"


def test_the_gate_as_json(old, weaker):
    found = json.loads(run("diff", old, weaker, "--json").output)
    assert found["weaker"] is True
    (fact,) = found["facts"]
    assert fact["before"] == {"value": "400", "shows": "supports"}
    assert fact["after"] == {"value": "90", "shows": "not-evidenced"}
    assert {each["clause"] for each in found["verdicts"]} == {
        *("ai-act.art-19.1", "ai-act.art-26.6", "dora-rts.art-12.retention")
    }


def test_files_can_be_made_repeatable(old, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795651200")
    for folder in ("one", "two"):
        run(old, "--out", tmp_path / folder)
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert "2026-11-26T00:00:00+00:00" in (tmp_path / "one" / "evidence.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere/manifest.json: No such file or directory"),
        (["diff", "nowhere", "nowhere"], "nowhere/manifest.json: No such file or directory"),
        (["diff", "nowhere"], "Missing argument 'NEW'"),
        (["--shiny"], "No such option"),
        (["--region", "eu-west-1"], "are for --live"),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_2(arguments, said, tmp_path):
    finops = Path(sys.executable).with_name("finops")
    done = subprocess.run(
        [finops, "evidence", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_help_shows_an_example_for_each_form():
    for arguments in (["--help"], ["write", "--help"], ["diff", "--help"]):
        done = run(*arguments)
        assert done.exit_code == 0
        assert "Example:" in done.output
