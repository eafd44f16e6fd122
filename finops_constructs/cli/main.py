"""The `finops` command: its sub-commands, loaded when they are run."""

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

import click

EXIT_INPUT_ERROR: Final = 2
EXIT_INTERRUPTED: Final = 130
EXIT_BROKEN_PIPE: Final = 1  # as click, which sees most of them first


class _Command(NamedTuple):
    """Where a sub-command lives, and what `finops --help` says of it without loading it."""

    place: str
    """`module:attribute`."""
    help: str


_COMMANDS: Final[Mapping[str, _Command]] = {
    "approve": _Command(
        "finops_constructs.cli.approve:approve", "Approve or reject the stop that was asked for."
    ),
    "dimensions": _Command(
        "finops_constructs.cli.dimensions:dimensions",
        "Cost centre, ledger account, legal entity and owner of tenants, each from a day on.",
    ),
    "doctor": _Command(
        "finops_constructs.cli.doctor:doctor", "What a person must still do, and whose it is."
    ),
    "audit-log": _Command(
        "finops_constructs.cli.audit_log:audit_log", "Read, prove and add to the write-once log."
    ),
    "drill": _Command(
        "finops_constructs.cli.drill:drill", "Prove, without spend, that the switch would work."
    ),
    "evidence": _Command(
        "finops_constructs.cli.evidence:evidence",
        "Show an auditor what a cloud assembly holds, clause by clause.",
    ),
    "outcomes": _Command(
        "finops_constructs.cli.outcomes:outcomes",
        "Business results: what ROI and the cost of a unit of work are computed from.",
    ),
    "enforcement": _Command(
        "finops_constructs.cli.enforcement:enforcement",
        "Hold automatic stops while the guard itself is wrong.",
    ),
    "ledger": _Command(
        "finops_constructs.cli.ledger:ledger",
        "Correct the ledger of estimated spend; what was metered stays as it was.",
    ),
    "guard": _Command(
        "finops_constructs.cli.guard:guard",
        "What the guard on callers would refuse, and whether a tenant is ready for it.",
    ),
    "override": _Command(
        "finops_constructs.cli.override:override",
        "Let a stopped tenant go on for a while, up to an amount.",
    ),
    "prices": _Command(
        "finops_constructs.cli.prices:prices", "Show, check and refresh what models cost."
    ),
    "replay": _Command(
        "finops_constructs.cli.replay:replay",
        "Play a request trace against the synthesized limits.",
    ),
    "report": _Command(
        "finops_constructs.cli.report:report",
        "Write report.html, report.json and tables/*.csv from the bill.",
    ),
    "resume": _Command(
        "finops_constructs.cli.resume:resume", "End a stop that lasts until a person ends it."
    ),
    "suspend": _Command(
        "finops_constructs.cli.suspend:suspend", "Stop a tenant, or one of its aliases, now."
    ),
    "query": _Command(
        "finops_constructs.cli.query:query",
        "Ask the bill: a view by NAME, or one SELECT statement.",
    ),
    "sample": _Command(
        "finops_constructs.cli.sample:sample", "Made-up data to try the reports with."
    ),
    "tenants": _Command(
        "finops_constructs.cli.tenants:tenants",
        "Tenants: what is deployed, how it stands, and what it costs.",
    ),
    "validate": _Command(
        "finops_constructs.cli.validate:validate", "Check a configuration folder."
    ),
}


class _LazyGroup(click.Group):
    """A group that imports a sub-command only to run it."""

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of the sub-commands."""
        return sorted(_COMMANDS)

    def get_command(self, _: click.Context, cmd_name: str) -> click.Command | None:
        """Return a sub-command, imported."""
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name].place.split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name].help) for name in sorted(_COMMANDS)])


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    if value and not ctx.resilient_parsing:
        import importlib.metadata  # noqa: PLC0415 - 40 ms that only this needs

        click.echo(f"finops {importlib.metadata.version('finops-constructs')}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """FinOps guardrails for Amazon Bedrock.

    Every command exits with 0, with 1 if it found something, with 2 if it was used wrongly.

    \b
    Example:
      finops validate config
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks


def main() -> None:
    """Run the command line and exit; a user's mistake never shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run())


def _run() -> int:
    try:
        result = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return EXIT_INPUT_ERROR
    except click.Abort:
        click.echo("interrupted", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; without this, Python complains once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except (OSError, ValueError) as error:
        if os.environ.get("FINOPS_TRACEBACK"):
            raise
        click.echo(f"error: {error}", err=True)
        return EXIT_INPUT_ERROR
    return result if isinstance(result, int) else 0
