"""`finops audit-log hold`: put objects under legal hold, for a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from finops_constructs.cli.audit_log_source import shown_log_errors
from finops_constructs.cli.operator_options import Where, reason_option, where_options
from finops_constructs.cli.output import counted, print_json
from finops_constructs.cli.waiting_sign import waiting_sign

if TYPE_CHECKING:
    from datetime import date, datetime

    from finops_constructs.audit_log.holds import Held, LegalHolds

_DAY = click.DateTime(formats=["%Y-%m-%d"])


def legal_holds(where: Where) -> LegalHolds:
    """Return what sets and lifts holds in the platform's log."""
    from finops_constructs.audit_log.bucket_store import BucketStore  # noqa: PLC0415 - botocore
    from finops_constructs.audit_log.client import AuditLog  # noqa: PLC0415
    from finops_constructs.audit_log.holds import LegalHolds  # noqa: PLC0415
    from finops_constructs.audit_log.place import log_place  # noqa: PLC0415

    aws = where.connect()
    place = log_place(aws)
    s3 = aws.client("s3")
    store = BucketStore(s3, place.bucket, place.bucket_account)
    return LegalHolds(s3, place.bucket, store, AuditLog.of(aws))


def print_held(held: Held, verb: str, *, as_json: bool) -> None:
    """Print what was held or released."""
    if as_json:
        told = [{"id": s.id, "key": s.key} for s in held.statements]
        print_json(
            {"case": held.case, "objects": held.objects, "kept": held.kept, "statements": told}
        )
        return
    click.echo(f"case {held.case}: {counted(held.objects, 'version')} {verb}")
    if held.kept:
        click.echo(f"{counted(held.kept, 'version')} stay held: other open cases cover them")
    for statement in held.statements:
        click.echo(f"  in the log: {statement.key}")


@click.command(short_help="Put objects under legal hold, for a case.")
@click.argument("case")
@click.option("--tenant", help="Whose objects. Default: all.")
@click.option("--from", "first", type=_DAY, help="First day, UTC. Default: the beginning.")
@click.option("--to", "last", type=_DAY, help="Last day, UTC. Default: no end.")
@reason_option
@where_options
def hold(
    *,
    case: str,
    tenant: str | None,
    first: datetime | None,
    last: datetime | None,
    reason: str,
    where: Where,
    as_json: bool,
) -> None:
    """Hold every object of a tenant and of days for CASE; a held object outlives its retention.

    What is archived later is not held by itself: run it again, or hold until a later day.

    \b
    Example:
      finops audit-log hold CASE-2026-17 --tenant writer --from 2026-03-01 --to 2026-03-31 \\
        --reason "litigation, matter 17"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    from finops_constructs.audit_log.holds import Selection  # noqa: PLC0415 - botocore

    if first and last and last < first:
        raise click.BadParameter("--to must not be before --from")
    selection = Selection(tenant=tenant, first=_day(first), last=_day(last))
    with shown_log_errors(), waiting_sign("Holding"):
        held = legal_holds(where).hold(case, selection, reason)
    print_held(held, "held", as_json=as_json)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
