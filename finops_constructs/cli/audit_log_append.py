"""`finops audit-log append`: record a review, a test run or a document's hash."""

from __future__ import annotations

from pathlib import Path

import click

from finops_constructs.cli.audit_log_source import shown_log_errors
from finops_constructs.cli.operator_options import Where, where_options
from finops_constructs.cli.output import print_json

_TYPES = ("bias-test", "document", "human-review", "note", "test-run")


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return KEY=VALUE options as a mapping, as a callback."""
    pairs = {}
    for value in values:
        key, equals, said = value.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"{value!r} is no KEY=VALUE")
        pairs[key] = said
    return pairs


@click.command(short_help="Record a review, a test run or a document's hash in the log.")
@click.argument("type", type=click.Choice(_TYPES))
@click.option("--summary", required=True, help="What was done; name no people.")
@click.option("--tenant", help="Whom it concerns. Default: the platform.")
@click.option("--result", help="What came of it.")
@click.option("--about", multiple=True, callback=_pairs, metavar="KEY=VALUE", help="Repeatable.")
@click.option(
    "--document",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file; its name and SHA-256 are recorded, it stays where it is.",
)
@click.option("--id", "identifier", help="Sent again, it adds nothing. Default: a new one.")
@where_options
def append(
    *,
    type: str,
    summary: str,
    tenant: str | None,
    result: str | None,
    about: dict[str, str],
    document: Path | None,
    identifier: str | None,
    where: Where,
    as_json: bool,
) -> None:
    """Add a statement of TYPE to the log; who you are is what AWS says.

    It is locked at once, and in the chain with the manifest of its hour.

    \b
    Example:
      finops audit-log append human-review --tenant writer --summary "Letter 4711 checked" \\
        --result approved --about request_id=1b2e
      finops audit-log append document --summary "Risk management plan, v3" --document plan.pdf
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.audit_log.client import AuditLog  # noqa: PLC0415 - botocore

    with shown_log_errors():
        added = AuditLog.of(where.connect()).append(
            type,
            summary=summary,
            tenant=tenant,
            result=result,
            about=about,
            document=document,
            id=identifier,
        )
    if as_json:
        print_json({name: getattr(added, name) for name in added.__dataclass_fields__})
        return
    click.echo(f"{type} {added.id} is locked as {added.key}")
    click.echo(f"sha256 {added.sha256}, by {added.actor}")
