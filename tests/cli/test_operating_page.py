import re
import shlex
from pathlib import Path

import click
import pytest

from finops_constructs.cli.main import cli
from finops_constructs.operations.drill_report import DOES_NOT_PROVE
from finops_constructs.operations.function_url import PERMISSIONS
from finops_constructs.operations.status import CHANGING, STOPPED

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
EXAMPLES = re.findall(r"^\$ finops (.+)$", PAGE, re.MULTILINE) + re.findall(
    r"\| `finops (.+?)` \|", PAGE
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_command_of_the_page_can_be_typed(example):
    command: click.Command = cli
    arguments = shlex.split(example)
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), arguments.pop(0))
        assert found is not None
        command = found
    assert command.make_context(command.name, arguments).params


@pytest.mark.parametrize("name", ["approve", "drill", "override", "resume", "suspend"])
def test_every_command_has_a_chapter_and_an_example(name):
    assert f"## {name.title()}" in PAGE
    assert any(example.startswith(f"{name} ") for example in EXAMPLES)


def test_every_state_is_explained():
    for state in {"active", "held"} | STOPPED | CHANGING:
        assert f"| `{state}` |" in PAGE


def test_the_permissions_are_those_the_client_asks_for():
    assert " and ".join(PERMISSIONS) in PAGE


def test_the_page_and_the_report_say_alike_what_a_drill_does_not_prove():
    told = " ".join(PAGE.split())
    for words in ("how soon a changed tag is honoured", "the suspension policy can be attached"):
        assert words in told
        assert any(words in text for text in DOES_NOT_PROVE)
