"""`finops audit-log`: read, prove and add to the write-once log."""

import importlib
from typing import Final

import click

_COMMANDS: Final = {
    "append": "Record a review, a test run or a document's hash in the log.",
    "find": "Everything a tenant and a principal did between two moments.",
    "forget": "Erase a person's name, which the locked log never had.",
    "hold": "Put objects under legal hold, for a case.",
    "release": "End a case's legal hold.",
    "verify": "Prove that nothing was altered, removed, added or reordered.",
}


class _Group(click.Group):
    """A group that imports a sub-command only to run it."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the sub-commands."""
        return sorted(_COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Return a sub-command, imported."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(
            importlib.import_module(f"finops_constructs.cli.audit_log_{cmd_name}"), cmd_name
        )
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))


@click.group(cls=_Group, name="audit-log", short_help="Read, prove and add to the write-once log.")
def audit_log() -> None:
    """Read, prove and add to the write-once log of an account and Region.

    \b
    Example:
      finops audit-log verify --region eu-west-1
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
