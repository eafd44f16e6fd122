"""What people read when something happens to a tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from kill_switch.changes import APPROVAL_KIND, RESUMED_KIND, SUSPENDED_KIND, Change
from shared.decision_types import Inputs
from shared.known_spend import limit_spend
from shared.money import format_usd
from shared.tenant_state import Notice
from shared.utc_months import for_people

_SUGGESTED_CEILING: Final = Decimal("1.2")
_LONGEST_SUBJECT: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message says beside the change itself.

    Attributes:
        inputs: What the decision rests on.
        top_roles: Caller roles and their month's spend, the largest first; None: not known.
    """

    inputs: Inputs
    top_roles: Sequence[tuple[str, Decimal]] | None


def notice_of(change: Change, facts: Facts) -> Notice:
    """Return a change as a message and an event."""
    tenant = facts.inputs.tenant
    scope = f"{tenant} {change.scope}" if change.scope else tenant
    return Notice(
        key=change.key,
        kind=change.kind,
        subject=f"finops: {scope}: {change.headline}"[:_LONGEST_SUBJECT],
        text="\n".join(_lines(change, facts)) if change.for_people else "",
        detail={
            "tenant": tenant,
            "scope": change.scope or "tenant",
            "why": change.why,
            "since": change.since.isoformat(),
            "ends": change.ends,
            **_money(facts.inputs),
        },
    )


def _lines(change: Change, facts: Facts) -> list[str]:
    inputs = facts.inputs
    what = f"alias {change.scope}" if change.scope else f"all aliases ({', '.join(inputs.aliases)})"
    name = inputs.policy.display_name if inputs.policy else inputs.tenant
    lines = [
        f"{name} ({inputs.tenant}): {change.headline}",
        "",
        f"What:     {what}",
        f"Why:      {change.why}",
        f"Since:    {for_people(change.since)}",
    ]
    if change.ends:
        lines.append(f"Ends:     {change.ends}")
    lines += [f"Estimate: {_estimate(inputs)}", f"Top role: {_top_role(facts)}"]
    return [*lines, *_what_to_do(change, inputs)]


def _estimate(inputs: Inputs) -> str:
    if inputs.spend is None:
        return "not known, the ledger cannot be read"
    spent = format_usd(inputs.spend.total_usd)
    if inputs.policy is None:
        return f"{spent} in {inputs.spend.month}; there is no limit"
    limit = inputs.policy.monthly_limit_usd
    percent = (inputs.spend.total_usd / limit * 100).quantize(Decimal("0.1"))
    counted = limit_spend(inputs)
    by_the_bill = (
        "" if counted in {None, inputs.spend.total_usd} else f"; by the bill {format_usd(counted)}"
    )
    return f"{spent} of {format_usd(limit)} ({percent} %) in {inputs.spend.month}{by_the_bill}"


def _top_role(facts: Facts) -> str:
    if facts.top_roles is None:
        return "not known"
    return ", ".join(f"{name} ({format_usd(usd)})" for name, usd in facts.top_roles[:1]) or "none"


def _what_to_do(change: Change, inputs: Inputs) -> list[str]:
    tenant = inputs.tenant
    after = ["", f"Status: finops tenants status {tenant}"]
    if change.kind == APPROVAL_KIND:
        return [
            "",
            "To stop it, or to let it go on:",
            f'  finops approve {tenant} --reason "..."',
            f'  finops approve {tenant} --reject --reason "..."',
            *after,
        ]
    if change.kind == SUSPENDED_KIND:
        return [
            "",
            "To ask for an override, send this to the platform team:",
            f"  {override_command(inputs)}",
            *after,
        ]
    return after if change.kind != RESUMED_KIND else []


def override_command(inputs: Inputs) -> str:
    """Return a command that would let the tenant go on for four hours."""
    limit = inputs.policy.monthly_limit_usd if inputs.policy else Decimal(0)
    most = max(limit, limit_spend(inputs) or Decimal(0))
    ceiling = (most * _SUGGESTED_CEILING).to_integral_value(rounding=ROUND_CEILING)
    return f'finops override {inputs.tenant} --hours 4 --up-to-usd {ceiling} --reason "..."'


def _money(inputs: Inputs) -> dict[str, str]:
    known = {} if inputs.spend is None else {"estimated_usd": str(inputs.spend.total_usd)}
    counted = limit_spend(inputs)
    if counted is not None:
        known["counted_usd"] = str(counted)
    if inputs.policy is not None:
        known["limit_usd"] = str(inputs.policy.monthly_limit_usd)
    return known
