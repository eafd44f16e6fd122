"""`finops audit-log forget`: erase a person's name; what is locked then names nobody."""

from __future__ import annotations

import click

from finops_constructs.cli.audit_log_source import shown_log_errors
from finops_constructs.cli.operator_options import Where, reason_option, where_options
from finops_constructs.cli.output import counted, print_json


@click.command(short_help="Erase a person's name, which the locked log never had.")
@click.argument("name")
@reason_option
@where_options
@click.pass_context
def forget(context: click.Context, *, name: str, reason: str, where: Where, as_json: bool) -> None:
    """Erase NAME, a session's or user's name, from the re-identification table.

    Its pseudonyms stay in the log, and nothing leads from them to the name any more. That they were
    erased is a statement in the log. A backup of the table forgets 35 days later, and a person who
    calls again is noted again.

    Exits with 0 if it was erased, 1 if the table does not know the name.

    \b
    Example:
      finops audit-log forget alice@example.com --reason "erasure request 2026-31"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.audit_log.client import AuditLog  # noqa: PLC0415 - botocore
    from finops_constructs.audit_log.place import log_place  # noqa: PLC0415
    from finops_constructs.audit_log.principal import Names  # noqa: PLC0415

    if name in reason:
        raise click.BadParameter("--reason is locked and must not have the name")
    with shown_log_errors():
        aws = where.connect()
        log = AuditLog.of(aws)
        erased = Names(aws.client("dynamodb"), log_place(aws).names_table).erase(name)
        for pseudonym in sorted(erased):
            log.append("erasure", summary=reason, about={"pseudonym": pseudonym})
    if as_json:
        print_json({"erased": sorted(erased)})
    else:
        click.echo(f"{counted(len(erased), 'pseudonym')} of that name erased")
    context.exit(0 if erased else 1)
