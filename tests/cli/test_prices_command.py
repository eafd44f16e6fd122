import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from tests.config.config_folders import WRITER, write_folder

OFFERS = Path(__file__).parents[1] / "prices" / "fixtures"
TODAY = ("--today", "2026-11-24")


def _run(*arguments):
    return CliRunner().invoke(cli, ["prices", *map(str, arguments)])


def _in(folder, *arguments):
    return _run(*arguments, "--config", folder)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.delenv("FINOPS_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path):
    def write(model="eu.anthropic.claude-sonnet-5-5", more="", platform=None):
        settings = {} if platform is None else {"platform": platform}
        lines = WRITER.splitlines()
        at = next(i for i, line in enumerate(lines) if line.lstrip().startswith("model:"))
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        lines[at] = f"{indent}model: {model}" + (f"\n{indent}{more}" if more else "")
        return write_folder(tmp_path, tenants={"writer": "\n".join(lines) + "\n"}, **settings)

    return write


def test_show_prints_the_five_rates_of_a_model():
    result = _run("show", "eu.anthropic.claude-sonnet-5-5")
    assert result.exit_code == 0
    assert "eu.anthropic.claude-sonnet-5-5\tany\t2.2\t11\t0.11\t2.75\t4.4" in result.stdout


def test_show_prints_a_line_for_each_tier():
    result = _run("show", "global.anthropic.claude-haiku-5-5")
    assert "\t0.5\t2.5\t0.05\t0.625\t1\tabove 100000 input tokens" in result.stdout


def test_show_without_a_model_prints_the_whole_list_as_json_too():
    content = json.loads(_run("show", "--json").stdout)
    assert len(content["prices"]) > 500
    assert content["licence"] == "MIT, (c) BerriAI"


def test_show_of_an_unknown_model_exits_1_and_says_what_may_have_been_meant():
    result = _run("show", "eu.anthropic.claude-sonnet-5-6")
    assert result.exit_code == 1
    assert "has no price; priced are " in result.stderr
    content = json.loads(_run("show", "--json", "eu.anthropic.claude-sonnet-5-6").stdout)
    assert "eu.anthropic.claude-sonnet-5-5" in content["suggestions"]


def test_show_of_what_is_no_model_exits_2_without_a_traceback():
    result = _run("show", "sonnet")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: not a Bedrock model: 'sonnet'")


def test_show_takes_the_organisations_own_price(folder):
    overlay = """
prices:
  overlay:
    - model: anthropic.claude-sonnet-5-5
      scope: eu
      rates: {input: 1.5, output: 7}
      source: contract 7
      as_of: 2026-10-01
"""
    result = _in(
        folder(platform=f"organization: Bank\n{overlay}"), "show", "eu.anthropic.claude-sonnet-5-5"
    )
    assert "\t1.5\t7\t-\t-\t-" in result.stdout


def test_check_without_a_configuration_tells_the_age_of_the_list():
    result = _run("check", *TODAY)
    assert result.exit_code == 0
    assert "as of 2026-11-20, 4 days old" in result.stdout
    assert _run("check", *TODAY, "--max-age-days", "3").exit_code == 1


def test_check_of_a_sound_configuration_exits_0(folder):
    result = _in(folder(), "check", *TODAY)
    assert result.exit_code == 0, result.output
    assert "2 models: 0 with findings, 0 unmetered" in result.stdout


def test_check_names_a_configured_model_without_a_price_and_exits_1(folder):
    result = _in(folder("eu.anthropic.claude-sonnet-5-6"), "check", *TODAY, "--json")
    model, _ = json.loads(result.stdout)["models"]
    assert (result.exit_code, model["status"]) == (1, "no price")
    assert "priced are eu.anthropic.claude-sonnet-5-5" in model["findings"][0]


def test_check_accepts_the_tenants_own_price(folder):
    own = "price: {input: 1, output: 2}"
    result = _in(folder("eu.anthropic.claude-sonnet-5-6", own), "check", *TODAY)
    assert (result.exit_code, "\tpriced\t" in result.stdout) == (0, True), result.output


def test_check_reports_unmetered_models_and_finds_fault_only_if_undeclared(folder):
    model = "stability.sd3-5-large-v1:0"
    declared = _in(folder(model, "metered: false"), "check", *TODAY)
    assert declared.exit_code == 0
    assert "2 models: 0 with findings, 1 unmetered" in declared.stdout
    undeclared = _in(folder(model), "check", *TODAY)
    assert undeclared.exit_code == 1
    assert "is billed per image: say metered: false" in undeclared.stdout


@pytest.mark.parametrize(
    ("day", "exit_code"), [("2027-01-07", 0), ("2027-01-08", 1), ("2027-05-01", 1)]
)
def test_check_tells_of_a_models_retirement_90_days_ahead(folder, day, exit_code):
    model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
    result = _in(folder(model), "check", "--today", day)
    assert result.exit_code == exit_code
    assert ("retired on 2027-04-08; its successor is" in result.stdout) == bool(exit_code)


def test_check_finds_fault_with_an_old_price(folder):
    result = _in(folder(), "check", *TODAY, "--max-age-days", "3")
    assert result.exit_code == 1
    assert "its price is 4 days old" in result.stdout


def test_fails_when_the_configuration_is_broken_naming_the_fault(folder):
    broken = folder()
    (broken / "tenants" / "writer.yaml").write_text("id: [")
    result = _in(broken, "check", *TODAY)
    assert result.exit_code == 2
    assert "writer.yaml" in result.stderr
    assert _in(broken / "absent", "check").exit_code == 2


def test_refresh_writes_the_list_that_the_configuration_then_uses(folder):
    config = folder()
    result = _in(config, "refresh", "--from", OFFERS)
    assert result.exit_code == 0, result.output
    assert (
        "updated: anthropic.claude-haiku-4-5-20251001-v1:0 (eu, eu-west-1): 1.1/" in result.stdout
    )
    assert "not mapped: Solar Nine: no model id is known for this name" in result.stdout
    assert f"{config / 'prices.json'}: written" in result.stdout
    shown = _in(
        config, "show", "eu.anthropic.claude-haiku-4-5-20251001-v1:0", "--region", "eu-west-1"
    )
    assert "\teu-west-1\t1.2\t6\t" in shown.stdout


def test_refreshing_twice_changes_nothing(folder):
    config = folder()
    _in(config, "refresh", "--from", OFFERS)
    before = (config / "prices.json").read_bytes()
    again = json.loads(_in(config, "refresh", "--from", OFFERS, "--json").stdout)
    assert (again["changed"], again["updated"], again["new"]) == (False, [], [])
    assert (config / "prices.json").read_bytes() == before


def test_refresh_mends_a_configuration_whose_only_fault_is_a_missing_price(folder):
    config = folder("eu.anthropic.claude-sonnet-5-6")
    assert _in(config, "refresh", "--from", OFFERS).exit_code == 0


def test_refresh_reads_the_tenants_regions_only(folder):
    config = folder()
    tenant = config / "tenants" / "writer.yaml"
    tenant.write_text(tenant.read_text().replace("eu-west-1", "eu-west-2"))
    result = json.loads(_in(config, "refresh", "--from", OFFERS, "--json").stdout)
    assert (result["updated"], result["unchanged"]) == ([], 0)


def test_refresh_builds_the_list_anew_from_litellm(tmp_path):
    entry = {"litellm_provider": "bedrock", "mode": "chat", "input_cost_per_token": 1e-06}
    source, out = tmp_path / "litellm.json", tmp_path / "list.json"
    source.write_text(json.dumps({"a.b": entry | {"output_cost_per_token": 2e-06}}))
    release = ("--litellm-version", "9.9", "--litellm-date", "2026-11-20")
    result = _run("refresh", "--litellm", source, *release, "--out", out)
    assert result.exit_code == 0, result.output
    content = json.loads(out.read_text())
    assert [each["model"] for each in content["models"]] == ["a.b"]
    assert content["source"] == "LiteLLM 9.9, model_prices_and_context_window"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "give --from, --litellm, or both"),
        (("--from", "absent"), "absent: is no folder"),
        (("--from", "file:///etc"), "must be an http(s) URL or a folder"),
        (("--from", "http://127.0.0.1:9"), "which Regions? give --region"),
        (("--from", "http://127.0.0.1:9", "--region", "eu-west-1"), "cannot be fetched"),
        (("--litellm", "x.json"), "--litellm needs --litellm-version and --litellm-date"),
        (("--from", str(OFFERS), "--out", "no/such/prices.json"), "cannot be written"),
    ],
)
def test_fails_when_a_refresh_cannot_be_done_saying_why(arguments, problem):
    result = _run("refresh", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["show", "check", "refresh"])
def test_help_shows_an_example(command):
    assert f"Example:\n    finops prices {command}" in _run(command, "--help").stdout


def test_show_imports_neither_aws_cdk_nor_boto3_nor_yaml_nor_rich(tmp_path):
    code = """
import sys
from finops_constructs.cli.main import cli
cli.main(["prices", "show", "amazon.nova-lite-v1:0"], standalone_mode=False)
print(sorted({"aws_cdk", "boto3", "pydantic", "rich", "yaml", "urllib.request"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_narrow_terminal_cuts_neither_model_ids_nor_findings_short(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    cli.main(["prices", "show", "us.anthropic.claude-haiku-5-5"], standalone_mode=False)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.rstrip().endswith("above 100000 input tokens") for line in lines)
    assert sum("us.anthropic.claude-haiku-5-5" in line for line in lines) == 2
