import importlib.metadata
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from finops_constructs.cli import main as main_module
from finops_constructs.cli.main import cli, main


def test_help_lists_the_commands_without_loading_them():
    code = (
        "import sys\n"
        "from finops_constructs.cli.main import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        "heavy = ('pydantic', 'rich', 'boto3', 'aws_cdk', 'yaml')\n"
        "print([m for m in heavy if m in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
    assert all(name in result.stdout for name in ("validate", "prices", "tenants"))


def test_the_version_is_that_of_the_package():
    version = importlib.metadata.version("finops-constructs")
    assert CliRunner().invoke(cli, ["--version"]).output == f"finops {version}\n"


@pytest.mark.parametrize("name", main_module._COMMANDS)
def test_every_listed_command_loads_and_says_the_same_of_itself(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.get_short_help_str(limit=100) == main_module._COMMANDS[name].help


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (ValueError("limit must be > 0, got 0"), 2, "error: limit must be > 0, got 0\n"),
        (PermissionError(13, "Permission denied", "x"), 2, "Permission denied"),
        (click.UsageError("wrong"), 2, "Error: wrong\n"),
        (click.ClickException("wrong"), 2, "Error: wrong\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (click.exceptions.Exit(1), 1, ""),
    ],
)
def test_a_users_mistake_shows_no_traceback(raised, code, said, monkeypatch, capsys):
    @click.command()
    def fail():
        raise raised

    monkeypatch.setattr(cli, "get_command", lambda *_: fail)
    monkeypatch.setattr(sys, "argv", ["finops", "fail"])
    with pytest.raises(SystemExit) as exit_info:
        main()
    assert exit_info.value.code == code
    assert said in capsys.readouterr().err


def test_a_developer_can_ask_for_the_traceback(monkeypatch):
    def fail(**_):
        raise ValueError("deep inside")

    monkeypatch.setattr(cli, "main", fail)
    monkeypatch.setenv("FINOPS_TRACEBACK", "1")
    with pytest.raises(ValueError, match="deep inside"):
        main()


def test_a_reader_that_has_gone_is_no_error():
    read_end, write_end = os.pipe()
    os.close(read_end)
    result = subprocess.run(
        [sys.executable, "-c", "from finops_constructs.cli.main import main; main()", "--help"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write_end)
    assert (result.returncode, result.stderr) == (1, "")


def test_an_unknown_command_is_exit_2(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["finops", "vlidate"])
    with pytest.raises(SystemExit) as exit_info:
        main()
    assert exit_info.value.code == 2
    assert "No such command 'vlidate'" in capsys.readouterr().err
