"""The dashboard's table of tenants, as HTML: those that need a person first, then the dearest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any, Final

from shared.money import format_usd

MOST_ROWS: Final = 100
DEFAULT_ROWS: Final = 25
_COLUMNS: Final = ("tenant", "estimate of limit", "last hour", "state", "drift", "why")
_QUIET: Final = "active"


def table(statuses: Iterable[Mapping[str, Any]], *, rows: int) -> str:
    """Return the table.

    Args:
        statuses: What the status says of every tenant.
        rows: How many tenants to show; all that need a person are, up to 100.
    """
    known = sorted(statuses, key=_dearest_first)
    calling = [each for each in known if needs_a_person(each)]
    others = [each for each in known if not needs_a_person(each)]
    shown = [*calling, *others[: max(0, rows - len(calling))]][:MOST_ROWS]
    head = "".join(f"<th>{title}</th>" for title in _COLUMNS)
    body = "".join(f"<tr>{''.join(_cells(each))}</tr>" for each in shown)
    return f"<table><tr>{head}</tr>{body}</table><p>{escape(_below(known, shown, calling))}</p>"


def needs_a_person(status: Mapping[str, Any]) -> bool:
    """Whether anything of a tenant is not plainly active."""
    states = {each["state"] for each in status["aliases"].values()} | {status["state"]}
    return states != {_QUIET} or bool(status["pause"] or status["override"])


def _dearest_first(status: Mapping[str, Any]) -> tuple[Decimal, str]:
    return -Decimal(status["estimated_usd"] or 0), status["tenant"]


def _cells(status: Mapping[str, Any]) -> Iterator[str]:
    why = "; ".join(dict.fromkeys(each["code"] for each in status["why"]))
    texts = (
        f"{status['tenant']} ({status['display_name']})",
        _estimate(status),
        _usd(status["last_hour_usd"]),
        _state(status),
        f"{status['drift_percent']} %" if status["drift_percent"] else "no bill yet",
        why,
    )
    for text in texts:
        yield f"<td>{escape(text)}</td>"


def _estimate(status: Mapping[str, Any]) -> str:
    limit = _usd(status["limit_usd"]) if status["limit_usd"] else "no limit"
    percent = f" ({status['percent']} %)" if status["percent"] else ""
    by_the_bill = status["corrected"]["usd"]
    corrected = f"; by the bill {_usd(by_the_bill)}" if by_the_bill else ""
    return f"{_usd(status['estimated_usd'])} of {limit}{percent}{corrected}"


def _state(status: Mapping[str, Any]) -> str:
    extra = [name for name in ("pause", "override") if status[name]]
    return ", ".join([status["state"], *extra])


def _usd(amount: str | None) -> str:
    return "not known" if amount is None else format_usd(Decimal(amount))


def _below(
    known: Sequence[Mapping[str, Any]],
    shown: Sequence[Mapping[str, Any]],
    calling: Sequence[Mapping[str, Any]],
) -> str:
    total = sum((Decimal(each["estimated_usd"] or 0) for each in known), Decimal(0))
    return (
        f"{len(shown)} of {len(known)} tenants, {len(calling)} not plainly active; all together "
        f"{format_usd(total)} this month, an estimate. Everything: finops tenants status"
    )
