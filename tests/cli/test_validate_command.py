import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from finops_constructs.cli.main import cli
from tests.config.config_folders import CHAT, WRITER, write_folder

ROOT = Path(__file__).parents[2]


def _run(*arguments, **kwargs):
    return CliRunner().invoke(cli, ["validate", *map(str, arguments)], **kwargs)


def test_a_valid_folder_is_one_line_and_exit_0(tmp_path):
    result = _run(write_folder(tmp_path, tenants={"writer": WRITER, "chat": CHAT}))
    assert (result.exit_code, result.output) == (0, "2 tenants valid\n")


def test_faults_are_grouped_by_file_and_exit_1(tmp_path):
    folder = write_folder(
        tmp_path,
        platform="organization: 5\n",
        tenants={"writer": WRITER.replace("usd: 500", "usd: 0").replace("mode: shadow", "mode: x")},
    )
    result = _run(folder)
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert lines[0] == f"{folder}/platform.yaml: 1 fault"
    assert lines[1].startswith(f"  {folder}/platform.yaml:1: organization: 5 -- must be text")
    assert f"{folder}/tenants/writer.yaml: 4 faults" in lines
    assert lines[-1] == "5 faults in 2 files; 1 tenant checked"


def test_json_holds_the_same(tmp_path):
    folder = write_folder(tmp_path, tenants={"writer": WRITER.replace("usd: 500", "usd: 0")})
    result = _run(folder, "--json")
    report = json.loads(result.output)
    assert result.exit_code == 1
    assert (report["valid"], report["tenants"], report["warnings"]) == (False, 1, [])
    assert report["faults"] == [
        {
            "file": f"{folder}/tenants/writer.yaml",
            "line": 16,
            "key": "budget.monthly_limit_usd",
            "value": "0",
            "problem": "must be greater than 0",
        }
    ]


def test_warnings_are_printed_and_do_not_fail(tmp_path):
    text = WRITER.replace("mode: shadow", "mode: enforce")
    result = _run(write_folder(tmp_path, tenants={"writer": text}))
    assert result.exit_code == 0
    assert "writer.yaml: 1 warning" in result.output
    assert result.output.endswith("\n1 tenant valid\n")


def test_the_folder_comes_from_finops_config(tmp_path):
    folder = write_folder(tmp_path)
    assert _run(env={"FINOPS_CONFIG": str(folder)}).output == "1 tenant valid\n"


@pytest.mark.parametrize(
    "arguments", [["/nowhere"], ["--out", "x"], ["--no-such-option"], ["a", "b"]]
)
def test_wrong_use_is_exit_2(arguments):
    result = _run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_schemas_are_written_to_a_folder_without_any_configuration(tmp_path):
    result = _run("/nowhere", "--schema", "--out", tmp_path / "new")
    assert result.exit_code == 0
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "new").iterdir()}
    assert written == json.loads(_run("--schema").output)
    assert sorted(written) == ["platform.schema.json", "tenant.schema.json"]


def test_help_has_an_example():
    assert "finops validate config" in _run("--help").output


def test_validate_starts_neither_the_cdk_nor_boto3():
    code = (
        "import sys\n"
        "from finops_constructs.cli.main import cli\n"
        "cli.main(['validate', 'config'], standalone_mode=False)\n"
        "print([m for m in ('aws_cdk', 'boto3', 'jsii', 'rich') if m in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == ["4 tenants valid", "[]"]


def test_a_file_in_place_of_its_folder_is_said_to_be_one(tmp_path):
    result = _run(write_folder(tmp_path) / "platform.yaml")
    assert result.exit_code == 2
    assert "platform.yaml is a file; give its configuration folder" in result.output
