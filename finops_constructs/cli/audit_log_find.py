"""`finops audit-log find`: everything a tenant and a principal did between two moments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from finops_constructs.cli.audit_log_source import open_log, shown_log_errors
from finops_constructs.cli.operator_options import Where, where_options
from finops_constructs.cli.output import counted

if TYPE_CHECKING:
    from finops_constructs.audit_log.principal import Names, Principal


def moment(_: click.Context, __: click.Parameter, value: str) -> datetime:
    """Return a moment such as 2026-11-26 or 2026-11-26T14:30Z, as a callback; UTC if unsaid."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is no moment such as 2026-11-26 or 2026-11-26T14:30Z"
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@click.command(short_help="Everything a tenant and a principal did between two moments.")
@click.argument("source", required=False)
@click.option("--tenant", required=True, help="Whose calls; _unattributed: nobody's.")
@click.option("--principal", help="A role, an ARN, a pseudonym, or a session's or user's name.")
@click.option("--from", "start", required=True, callback=moment, help="From when on, UTC.")
@click.option("--to", "end", required=True, callback=moment, help="Until when, not included, UTC.")
@click.option("--names", is_flag=True, help="Show names instead of pseudonyms; this is logged.")
@where_options
@click.pass_context
def find(
    context: click.Context,
    *,
    source: str | None,
    tenant: str,
    principal: str | None,
    start: datetime,
    end: datetime,
    names: bool,
    where: Where,
    as_json: bool,
) -> None:
    """Find calls, decisions and statements in SOURCE, by default the platform's bucket.

    A name is looked up in the re-identification table, in AWS, even if SOURCE is a folder. With
    --json each line is one JSON object, as it is in the log.

    Exits with 0 if there was something, 1 if not, 2 on bad input.

    \b
    Example:
      finops audit-log find --tenant writer --principal alice --from 2026-11-01 --to 2026-12-01
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.audit_log.find import Search  # noqa: PLC0415
    from finops_constructs.audit_log.find import find as find_in  # noqa: PLC0415

    if end <= start:
        raise click.BadParameter("--to must be after --from")
    count = 0
    with shown_log_errors():
        table = _Table(where)
        who = _principal(principal, table)
        search = Search(tenant=tenant, start=start, end=end, principal=who)
        for found in find_in(open_log(source, where), search):
            count += 1
            known = table.names() if names else None
            click.echo(json.dumps(found) if as_json else _line(found, known))
    if not as_json:
        click.echo(counted(count, "entry").replace("entrys", "entries"))
    context.exit(0 if count else 1)


class _Table:
    """The re-identification table, looked for when it is first needed."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._names: Names | None = None

    def names(self) -> Names:
        from finops_constructs.audit_log.place import log_place  # noqa: PLC0415 - botocore
        from finops_constructs.audit_log.principal import Names  # noqa: PLC0415

        if self._names is None:
            aws = self._where.connect()
            self._names = Names(aws.client("dynamodb"), log_place(aws).names_table)
        return self._names


def _principal(principal: str | None, table: _Table) -> Principal | None:
    from finops_constructs.audit_log.principal import (  # noqa: PLC0415
        is_name,
        may_be_name,
        resolve,
    )
    from finops_constructs.operations.errors import OperationsError  # noqa: PLC0415

    if principal is None or not may_be_name(principal):
        return resolve(principal, None) if principal else None
    try:
        return resolve(principal, table.names())
    except OperationsError as error:
        if is_name(principal):
            raise
        click.echo(f"note: only roles are looked for, no names: {error}", err=True)
        return resolve(principal, None)


def _line(found: dict[str, Any], names: Names | None) -> str:
    entry = found["entry"]
    if found["kind"] == "records":
        said = entry.get("finops", {})
        who = _person(said.get("person"), names)
        by = "/".join(each for each in (said.get("role"), who) if each) or "(unknown)"
        model = entry["modelId"].rpartition("/")[2]
        tokens = (
            f"{entry.get('input', {}).get('inputTokenCount', 0)} in, "
            f"{entry.get('output', {}).get('outputTokenCount', 0)} out"
        )
        outcome = entry.get("errorCode") or tokens
        return f"{found['at']}  call       {by}  {said.get('alias', model)}  {outcome}"
    told = entry.get("summary") or entry.get("reason") or json.dumps(entry.get("entry", entry))
    kind = entry.get("type") or "journal"
    return f"{found['at']}  {kind:10} {told}"


def _person(pseudonym: str | None, names: Names | None) -> str | None:
    if pseudonym is None or names is None:
        return pseudonym
    return names.name_of(pseudonym) or f"{pseudonym} (erased)"
