"""Values of a table as a reader sees them, and as a program sorts them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from finops_constructs.report.money import cents

if TYPE_CHECKING:
    from finops_constructs.report.money import Money

MISSING: Final = "\N{EN DASH}"


def is_money(name: str) -> bool:
    """Whether a column holds amounts of USD."""
    return name.endswith("_usd") and not name.endswith("_per_usd")


def is_number(type_: str) -> bool:
    """Whether values of a type are sorted and aligned as numbers."""
    return type_ in {"bigint", "double"} or type_.startswith("decimal")


def shown(value: Any, name: str, money: Money) -> str:
    """Return a value for a reader.

    Args:
        value: The value.
        name: Its column's name, which tells money and shares.
        money: How amounts are shown.
    """
    if value is None:
        return MISSING
    if isinstance(value, Decimal):
        return f"{cents(money.convert(value)):,}" if is_money(name) else f"{value.normalize():,f}"
    if isinstance(value, float):
        return _float(value, name)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _float(value: float, name: str) -> str:
    if name.startswith("share_") or name.endswith(("_ratio", "_error")):
        return f"{value * 100:,.1f} %"
    return f"{value:,.4f}" if abs(value) < 1 else f"{value:,.2f}"


def sort_key(value: Any) -> str:
    """Return a value as the page's script compares it: a number, or text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    return "" if value is None else str(value)


def plain(value: Any) -> Any:
    """Return a value for JSON and CSV: decimals as exact texts, instants in ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime | date) else value
