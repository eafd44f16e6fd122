import json

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from finops_constructs.operations import aws as aws_module
from finops_constructs.operations import waiting
from finops_constructs.operations.client import Operator
from tests.operations.fake_aws import FakeAws, SwitchedPlatform, denied
from tests.operations.fake_platform import LIMIT, status


@pytest.fixture
def aws(monkeypatch):
    aws = FakeAws()
    monkeypatch.setattr(aws_module, "Aws", lambda **_: aws)
    monkeypatch.setattr(waiting, "_FIRST_PAUSE_SECONDS", 0.01)
    return aws


@pytest.fixture
def platform(aws, monkeypatch):
    platform = SwitchedPlatform(aws)
    monkeypatch.setattr(Operator, "of", lambda _: Operator(platform))
    return platform


def _drill(*arguments):
    return CliRunner().invoke(cli, ["drill", "writer", "--timeout", "1", *arguments])


def test_a_drill_shows_latencies_verdicts_and_what_it_does_not_prove(platform):
    result = _drill()
    assert result.exit_code == 0
    assert "s  suspend: tag read back (since the order was accepted)" in result.output
    assert (
        "  held  role writer-app is refused a suspended profile: allowed on 2 of 2" in result.output
    )
    assert "HELD: writer in eu-west-1, by the canary drill-" in result.output
    assert "What a drill does not prove:\n  how soon a changed tag is honoured" in result.output


def test_a_drill_that_did_not_hold_is_exit_1(platform, monkeypatch):
    monkeypatch.setattr(platform, "_act", lambda _: None)
    result = _drill()
    assert result.exit_code == 1
    assert "  failed  the profile's tag reads back as suspended" in result.output
    assert "DID NOT HOLD: writer" in result.output


def test_checks_that_could_not_be_made_are_repeated_at_the_end(platform, aws):
    aws.failing["simulate_principal_policy"] = denied("iam:SimulatePrincipalPolicy")
    result = _drill()
    assert result.exit_code == 0
    assert "Without 1 check that could not be made:" in result.output
    assert "suspended profile: not available (access denied, asking for" in result.output


def test_json_is_one_object(platform):
    report = json.loads(_drill("--json").stdout)
    assert report["held"] is True
    assert (report["tenant"], report["alias"], report["region"]) == ("writer", "fast", "eu-west-1")
    assert {check["verdict"] for check in report["checks"]} == {"held"}
    assert all(hop["seconds"] >= 0 for hop in report["hops"])
    assert report["does_not_prove"]


def test_json_does_not_hide_a_canary_that_is_left(platform, aws):
    aws.failing["delete_inference_profile"] = denied("bedrock:DeleteInferenceProfile")
    result = _drill("--json")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "failed: canary and registry entry are gone again: writer-drill-"
    )


def test_a_stopped_tenant_cannot_be_drilled_and_is_exit_2(platform):
    platform.tenants["writer"] = status(state="applied", why=[LIMIT])
    result = _drill()
    assert result.exit_code == 2
    assert result.output.startswith("Error: writer is applied now (the estimate $501.00")


def test_an_unknown_tenant_is_exit_2_and_lists_the_known_ones(platform):
    result = CliRunner().invoke(cli, ["drill", "wrtier"])
    assert (result.exit_code, result.output) == (
        2,
        "Error: no tenant 'wrtier'; known tenants: writer\n",
    )
