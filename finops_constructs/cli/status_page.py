"""Everything that is known of one tenant, and what a person can do about it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from finops_constructs.cli.shown_values import missing, moment, percent, usd, whole_usd_above
from finops_constructs.cli.status_table import (
    amount_of_limit,
    billed,
    drift,
    estimate,
    shown_state,
)
from finops_constructs.operations.status import (
    TENANT_SCOPE,
    Corrected,
    TenantStatus,
    WorstCase,
)

# A suggestion to edit, not a rule: the hard cap's own distance from the limit.
_SUGGESTED_CEILING: Final = Decimal("1.2")


def print_page(console: Console, tenant: TenantStatus, *, region: str) -> None:
    """Print the page of one tenant; times are UTC."""
    title = f"{tenant.tenant} ({tenant.display_name}) in {region}"
    console.print(
        Text(f"{title} at {datetime.now(UTC):%d %b %Y %H:%M:%S} (times are UTC)", style="bold")
    )
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(tenant):
        facts.add_row(name, value)
    console.print(facts)
    console.print(_aliases(tenant))
    if tenant.replaced:
        console.print(_replaced(tenant))
    if tenant.top_roles:
        console.print(_roles(tenant))
    if tenant.worst_case is not None:
        _print_worst_case(console, tenant.worst_case)
    for command in _commands(tenant):
        console.print(Text(f"  {command}"), soft_wrap=True)


def _facts(tenant: TenantStatus) -> Iterator[tuple[str, Text | str]]:
    yield "mode, guard", f"{tenant.mode}, {tenant.guard}"
    yield "state", shown_state(tenant)
    if tenant.since is not None:
        yield "since", moment(tenant.since)
    if tenant.ends is not None:
        yield "ends", moment(tenant.ends)
    for reason in tenant.why:
        scope = "" if reason.scope == TENANT_SCOPE else f"{reason.scope}: "
        since = f"; since {moment(reason.since)}" if reason.since else ""
        ends = f"; ends: {moment(reason.ends)}" if reason.ends else ""
        yield "why", f"{scope}{reason.code}: {reason.text}{since}{ends}"
    for each in tenant.would_stop:
        scope = "" if each.scope == TENANT_SCOPE else f"{each.scope}: "
        avoided = missing(None) if each.avoided_usd is None else f"{usd(each.avoided_usd)} so far"
        cause = f" ({each.why})" if each.why else ""
        yield (
            "shadow",
            f"{scope}would have stopped at {moment(each.since)}{cause}; spend avoided {avoided}",
        )
    yield from _answers(tenant)
    yield f"estimate {tenant.month or ''}".rstrip(), estimate(tenant)
    yield "by the bill", _corrected(tenant.corrected)
    if tenant.counted_usd is not None and tenant.counted_usd != tenant.estimated_usd:
        yield "held to the limit", usd(tenant.counted_usd)
    yield "billed", billed(tenant.billed)
    yield "drift", drift(tenant)
    yield "prices as of", tenant.price_as_of or missing(None)
    yield "looked at", moment(tenant.decided_at) or "not said when"


def _corrected(found: Corrected) -> str:
    """How the bill corrects the estimate, or why it does not."""
    if found.usd is None:
        return missing(found.not_available)
    return (
        f"{amount_of_limit(found.usd, found.percent)}: days before {found.through} as billed, the "
        f"others as estimated x {found.ratio} (the last {found.days} billed days)"
    )


def _answers(tenant: TenantStatus) -> Iterator[tuple[str, str]]:
    """Overrides, pauses, corrections and approvals: what persons have said, or are asked."""
    if tenant.override is not None:
        given = tenant.override
        ceiling = "" if given.up_to_usd is None else f" or {usd(given.up_to_usd)} in the month"
        yield (
            "override",
            f"until {moment(given.ends_at)}{ceiling}, by {given.actor}: {given.reason}",
        )
    if tenant.pause is not None:
        paused = tenant.pause
        whose = "all tenants" if paused.scope == "all" else "this tenant"
        said = f"{paused.actor}: {paused.reason}"
        yield "paused", f"automatic stops of {whose} until {moment(paused.ends_at)}, by {said}"
    for each in tenant.corrections:
        amount = "?" if each.usd is None else usd(each.usd)
        yield (
            "in the estimate",
            f"{each.kind} {amount} at {moment(each.at)}, by {each.actor}: {each.reason}",
        )
    if tenant.approval is not None:
        asked = tenant.approval
        text = f"{asked.state}; asked {moment(asked.asked_at)}"
        if asked.state == "pending":
            text += f", at {moment(asked.times_out_at)} it is: {asked.on_timeout or 'not said'}"
        if asked.actor:
            text += f"; {asked.actor}: {asked.reason or 'no reason'}"
        yield "approval", text


def _aliases(tenant: TenantStatus) -> Table:
    table = _table("alias", "state", "metered", "why")
    for alias, each in tenant.aliases.items():
        table.add_row(alias, each.state, _metered(tenant, alias), each.why or "")
    return table


def _metered(tenant: TenantStatus, alias: str) -> str:
    if alias not in tenant.own_aliases:
        return "canary of a drill"
    return "no" if alias in tenant.unmetered else "yes"


def _replaced(tenant: TenantStatus) -> Table:
    table = _table("replaced profile", "of alias", "since", "still called by")
    for each in tenant.replaced:
        called = "nobody lately" if each.callers == () else missing(None)
        if each.callers:
            called = "; ".join(
                f"{role} ({calls} calls, last on {last})" for role, calls, last in each.callers
            )
        name = each.profile_arn.rpartition("/")[2]
        table.add_row(f"{name} ({each.model})", each.alias, moment(each.replaced_at), called)
    return table


def _roles(tenant: TenantStatus) -> Table:
    table = _table("top roles", "estimate")
    for name, amount in tenant.top_roles:
        share = f" ({percent(amount / tenant.estimated_usd * 100)})" if tenant.estimated_usd else ""
        table.add_row(name, f"{usd(amount)}{share}")
    return table


def _print_worst_case(console: Console, worst: WorstCase) -> None:
    amount = missing(worst.not_available) if worst.usd is None else usd(worst.usd)
    console.print(f"Worst-case loss before a stop takes hold: {amount}")
    table = _table("it rests on", "value", "which is")
    for each in worst.inputs:
        table.add_row(each.name, each.value, each.basis)
    if worst.inputs:
        console.print(table)


def _commands(tenant: TenantStatus) -> Iterator[str]:
    """What a person may want to type next."""
    codes = {reason.code for reason in tenant.why}
    if tenant.approval is not None and tenant.approval.state == "pending":
        yield f'finops approve {tenant.tenant} --reason "..."'
        yield f'finops approve {tenant.tenant} --reject --reason "..."'
    if codes & {"ordered", "daily-cap", "burst"}:
        yield f'finops resume {tenant.tenant} --reason "..."'
    if tenant.pause is not None:
        whom = "--all" if tenant.pause.scope == "all" else f"--tenant {tenant.tenant}"
        yield f'finops enforcement resume {whom} --reason "..."'
    if "monthly-limit" in codes and tenant.override is None and tenant.limit_usd is not None:
        spent = max(tenant.limit_usd, tenant.counted_usd or tenant.estimated_usd or Decimal(0))
        ceiling = whole_usd_above(spent * _SUGGESTED_CEILING)
        yield (f'finops override {tenant.tenant} --hours 4 --up-to-usd {ceiling} --reason "..."')


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
