"""`finops guard`: what the standing deny would refuse, and whether a tenant is ready for it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from finops_constructs.cli.operator_options import (
    OperatorError,
    Where,
    shown_errors,
    where_options,
)
from finops_constructs.cli.output import counted, print_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finops_constructs.doctor.registry import TenantEntries
    from finops_constructs.guard_report.readiness import Readiness
    from finops_constructs.guard_report.would_deny import Denial, Guards, Stranger
    from finops_constructs.invocations.use import Uses
    from finops_constructs.operations.aws import Aws

_DAYS: Final = 14
_Command = TypeVar("_Command", bound="Callable[..., Any]")


@click.group()
def guard() -> None:
    """What the guard on callers would refuse, and whether a tenant is ready for it."""


def _record_options(command: _Command) -> _Command:
    """Add `--records`, `--log-group` and `--days`."""

    @click.option(
        "--records",
        multiple=True,
        type=click.Path(path_type=Path, exists=True),
        help="Files or folders of invocation records, *.json.gz or *.parquet. Default: the log.",
    )
    @click.option("--log-group", help="The log group to ask. Default: the platform's.")
    @click.option(
        "--days",
        type=click.IntRange(min=1, max=365),
        default=_DAYS,
        show_default=True,
        help="How many days back.",
    )
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return run  # type: ignore[return-value] # of which the wrapper makes the same command


@guard.command("report")
@click.argument("tenant", required=False)
@_record_options
@where_options
@click.pass_context
def report(
    context: click.Context,
    *,
    tenant: str | None,
    records: tuple[Path, ...],
    log_group: str | None,
    days: int,
    where: Where,
    as_json: bool,
) -> None:
    """Say which calls of which role `guard: enforce` would refuse, and what to change.

    Of every tenant with `guard: observe`, or of TENANT. Counts in the log; denies nothing.

    Exits with 1 if anything would be refused, else with 0.

    \b
    Examples:
      finops guard report
      finops guard report writer --days 30
      finops guard report --records invocation-logs/
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    looked = _Looked(where, tenant, records, log_group, days)
    wanted = looked.observed if tenant is None else {tenant}
    denials = [each for each in looked.guards.denials(looked.uses.uses) if each.tenant in wanted]
    strangers = [s for s in looked.guards.strangers(looked.uses.uses) if s.tenant in wanted]
    if as_json:
        print_json(
            {
                "source": looked.uses.source,
                "tenants": sorted(wanted),
                "would_deny": [asdict(each) for each in denials],
                "undeclared_callers": [asdict(each) for each in strangers],
                "unread_records": looked.uses.unread,
            }
        )
    else:
        _print_report(looked.uses, denials, strangers, len(wanted))
    context.exit(1 if denials else 0)


@guard.command("ready")
@click.argument("tenant", required=False)
@_record_options
@where_options
@click.pass_context
def ready(
    context: click.Context,
    *,
    tenant: str | None,
    records: tuple[Path, ...],
    log_group: str | None,
    days: int,
    where: Where,
    as_json: bool,
) -> None:
    """Say whether `guard: enforce` would have refused nothing for --days days.

    Exits with 0 if every tenant with `guard: observe`, or TENANT, is ready, else with 1.

    \b
    Example:
      finops guard ready writer --days 14
    """  # noqa: D301 - \b is click's mark for text that keeps its line breaks
    # A day more, so that a call before the days tells that the log reaches back over all of them.
    looked = _Looked(where, tenant, records, log_group, days + 1)
    with shown_errors():
        from finops_constructs.guard_report.readiness import readiness  # noqa: PLC0415 - botocore

        denials = looked.guards.denials(looked.uses.uses)
        found = [
            readiness(each, looked.tenants[each], looked.uses, denials, days=days, now=looked.now)
            for each in sorted(looked.observed if tenant is None else {tenant})
        ]
    if as_json:
        shown = [{**asdict(each), "ready": each.ready} for each in found]
        print_json({"source": looked.uses.source, "tenants": shown})
    else:
        _print_readiness(looked.uses, found)
    context.exit(0 if all(each.ready for each in found) else 1)


class _Looked:
    """The registry, and the calls to judge by it."""

    def __init__(
        self,
        where: Where,
        tenant: str | None,
        records: Sequence[Path],
        log_group: str | None,
        days: int,
    ) -> None:
        self.now = datetime.now(UTC)
        with shown_errors():
            from finops_constructs.doctor.registry import read_entries  # noqa: PLC0415 - botocore
            from finops_constructs.enforcement.names import CANARY_TENANT  # noqa: PLC0415 - too
            from finops_constructs.guard_report.would_deny import Guards  # noqa: PLC0415 - too
            from finops_constructs.invocations.self_test import (  # noqa: PLC0415 - too
                without_self_test,
            )
            from finops_constructs.preflight.preflight import account_of  # noqa: PLC0415 - too

            aws = where.connect()
            self.tenants: dict[str, TenantEntries] = dict(read_entries(aws, None).tenants)
            canary = self.tenants.pop(CANARY_TENANT, None)
            self.guards: Guards = Guards(self.tenants, account_of(aws))
            if tenant is not None and tenant not in self.tenants:
                raise OperatorError(f"no tenant {tenant!r} is registered in {aws.region}")
            read = _read(aws, records, log_group, timedelta(days=days), self.now)
            self.uses = without_self_test(read, canary)

    @property
    def observed(self) -> set[str]:
        """The tenants whose guard denies nothing yet."""
        return {
            tenant
            for tenant, entries in self.tenants.items()
            if (entries.policy or {}).get("guard", "observe") == "observe"
        }


def _read(
    aws: Aws, records: Sequence[Path], log_group: str | None, since: timedelta, now: datetime
) -> Uses:
    if records:
        from finops_constructs.cost_data.errors import CostDataError  # noqa: PLC0415 - keeps help
        from finops_constructs.invocations.record_files import (  # noqa: PLC0415 - fast
            read_record_files,
        )

        try:
            return read_record_files(records)
        except CostDataError as error:
            raise OperatorError(str(error)) from None
    from finops_constructs.enforcement.names import INVOCATION_LOG_GROUP  # noqa: PLC0415 - as above
    from finops_constructs.invocations.insights import read_log_group  # noqa: PLC0415 - as above

    return read_log_group(aws, log_group or INVOCATION_LOG_GROUP, since=since, now=now)


def _print_report(
    uses: Uses, denials: Sequence[Denial], strangers: Sequence[Stranger], tenants: int
) -> None:
    from finops_constructs.guard_report.readiness import NOT_IN_THE_LOG  # noqa: PLC0415 - botocore

    for each in denials:
        click.echo(f"{each.tenant}: {each.role} would be denied {each.model_id} ({each.clause})")
        click.echo(
            f"    {counted(each.calls, 'call')}, {each.first:%Y-%m-%d %H:%M} to "
            f"{each.last:%Y-%m-%d %H:%M} UTC"
        )
        click.echo(f"    {each.change}")
    for stranger in strangers:
        click.echo(
            f"{stranger.tenant}: {stranger.caller} calls its profiles and is no declared caller "
            f"({counted(stranger.calls, 'call')}, last {stranger.last:%Y-%m-%d %H:%M} UTC): the "
            "guard would not hold it, and a stop reaches it by the state tag at most"
        )
    click.echo(
        f"{counted(len(denials), 'use')} would be denied to callers of "
        f"{counted(tenants, 'tenant')}, by {uses.source}"
    )
    if uses.unread:
        click.echo(f"{counted(uses.unread, 'record')} could not be read")
    click.echo("The log does not show:")
    for text in NOT_IN_THE_LOG:
        click.echo(f"  {text}")


def _print_readiness(uses: Uses, found: Sequence[Readiness]) -> None:
    for each in found:
        verdict = "ready" if each.ready else "not ready"
        click.echo(
            f"{each.tenant}: {verdict} (guard: {each.guard}; {counted(each.calls, 'call')} "
            f"in {counted(each.days, 'day')})"
        )
        for obstacle in each.obstacles:
            click.echo(f"    {obstacle}")
    if not found:
        click.echo("no tenant has guard: observe: all that are registered enforce it already")
        return
    done = sum(each.ready for each in found)
    click.echo(f"{done} of {counted(len(found), 'tenant')} ready, by {uses.source}")
