"""The state of every tenant, one a row."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from finops_constructs.cli.shown_values import missing, moment, percent, usd
from finops_constructs.operations.status import STOPPED, TENANT_SCOPE, Billed, TenantStatus

_COLUMNS: Final = (
    # Title and the width below which it is not folded.
    ("tenant", 6),
    ("mode", 7),
    ("state", 10),
    ("estimate of limit", 17),
    ("billed, drift", 20),
    ("why, since, ends", 22),
)


def print_table(console: Console, tenants: Sequence[TenantStatus], *, region: str) -> None:
    """Print one row a tenant; times are UTC."""
    table = Table(
        title=f"Tenants in {region} at {datetime.now(UTC):%d %b %Y %H:%M:%S} (times are UTC)",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
    )
    for column, width in _COLUMNS:
        table.add_column(column, overflow="fold", min_width=width)
    for tenant in tenants:
        table.add_row(
            tenant.tenant,
            tenant.mode,
            shown_state(tenant),
            "\n".join(_estimate_and_correction(tenant)),
            "\n".join(_billed_and_drift(tenant)),
            "\n".join(_why(tenant)),
        )
    console.print(table)


def shown_state(tenant: TenantStatus) -> Text:
    """The tenant's state, the aliases that differ from it, and what is about to change it."""
    text = Text(tenant.state, style=_style(tenant.state))
    for alias, each in tenant.own_aliases.items():
        if each.state != tenant.state:
            text.append(f"\n{alias}: {each.state}", style=_style(each.state))
    if tenant.approval is not None and tenant.approval.state == "pending":
        text.append("\napproval pending", style="yellow")
    if tenant.override is not None:
        text.append("\noverride", style="yellow")
    if tenant.pause is not None:
        text.append("\npaused", style="yellow")
    return text


def estimate(tenant: TenantStatus) -> str:
    """The estimate against the limit, with the aliases that are not in it."""
    if tenant.estimated_usd is None:
        text = missing("the spend is not known")
    elif tenant.limit_usd is None:
        text = f"{usd(tenant.estimated_usd)}, no limit"
    else:
        text = f"{usd(tenant.estimated_usd)} of {usd(tenant.limit_usd)}"
    if tenant.percent is not None:
        text += f" ({percent(tenant.percent)})"
    if tenant.unmetered:
        text += f"\nnot in it, unmetered: {', '.join(tenant.unmetered)}"
    return text


def amount_of_limit(amount: Decimal, share: Decimal | None) -> str:
    """An amount, and its share of the monthly limit where there is one."""
    return usd(amount) if share is None else f"{usd(amount)} ({percent(share)})"


def billed(found: Billed) -> str:
    """What AWS has billed, and for when; or why that is not known."""
    if found.amount_usd is None:
        return missing(found.not_available)
    of = ", ".join(part for part in (found.period, found.source) if part)
    as_of = f", as of {moment(found.as_of)}" if found.as_of else ""
    return f"{usd(found.amount_usd)} ({of}{as_of})" if of or as_of else usd(found.amount_usd)


def drift(tenant: TenantStatus) -> str:
    """How far the estimate is from the bill."""
    if tenant.drift_percent is not None:
        return percent(tenant.drift_percent)
    return missing("no billed figure" if tenant.billed.amount_usd is None else None)


def _estimate_and_correction(tenant: TenantStatus) -> Iterator[str]:
    yield estimate(tenant)
    corrected = tenant.corrected
    if corrected.usd is not None:
        yield f"by the bill: {amount_of_limit(corrected.usd, corrected.percent)}"


def _billed_and_drift(tenant: TenantStatus) -> Iterator[str]:
    yield billed(tenant.billed)
    if tenant.billed.amount_usd is not None:
        yield f"drift {drift(tenant)}"


def _why(tenant: TenantStatus) -> Iterator[str]:
    for reason in tenant.why:
        yield reason.code if reason.scope == TENANT_SCOPE else f"{reason.scope}: {reason.code}"
    for each in tenant.would_stop:
        scope = "" if each.scope == TENANT_SCOPE else f"{each.scope} "
        yield f"{scope}would have stopped at {moment(each.since)}"
    if tenant.why and tenant.since is not None:
        yield f"since {moment(tenant.since)}"
    if tenant.why and tenant.ends is not None:
        yield f"ends {moment(tenant.ends)}"


def _style(state: str) -> str:
    if state in STOPPED:
        return "red"
    return "" if state == "active" else "yellow"
