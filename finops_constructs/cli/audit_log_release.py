"""`finops audit-log release`: end a case's legal hold."""

from __future__ import annotations

import click

from finops_constructs.cli.audit_log_hold import legal_holds, print_held
from finops_constructs.cli.audit_log_source import shown_log_errors
from finops_constructs.cli.operator_options import Where, reason_option, where_options
from finops_constructs.cli.waiting_sign import waiting_sign


@click.command(short_help="End a case's legal hold.")
@click.argument("case")
@reason_option
@where_options
def release(*, case: str, reason: str, where: Where, as_json: bool) -> None:
    """End the legal hold of CASE; what another open case covers stays held.

    \b
    Example:
      finops audit-log release CASE-2026-17 --reason "matter 17 settled"
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    with shown_log_errors(), waiting_sign("Releasing"):
        held = legal_holds(where).release(case, reason)
    print_held(held, "released", as_json=as_json)
