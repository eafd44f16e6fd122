"""Reading values out of JSON that somebody else wrote; every fault says what was expected."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_LARGEST: Final = Decimal(10) ** 15
"""No limit, cap or rate is larger; a number that is would only be slow to compute with."""


class EntryError(ValueError):
    """A value is missing or is not what it must be; the text names its key."""


def text_of(value: object, where: str) -> str:
    """Return a text that is not empty, or raise EntryError."""
    if not isinstance(value, str) or not value:
        raise EntryError(f"{where} must be a text, got {value!r}")
    return value


def decimal_of(value: object, where: str) -> Decimal:
    """Return a decimal given as text or number, or raise EntryError; `_LARGEST` bounds it."""
    number = None
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = None
    if number is None or not number.is_finite() or abs(number) > _LARGEST:
        raise EntryError(f"{where} must be a decimal, got {value!r}")
    return number


def whole_number_of(value: object, where: str) -> int:
    """Return a whole number >= 0, or raise EntryError."""
    number = decimal_of(value, where)
    if number < 0 or number != number.to_integral_value():
        raise EntryError(f"{where} must be a whole number >= 0, got {value!r}")
    return int(number)


def choice_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    """Return one of the allowed texts, or raise EntryError."""
    if not isinstance(value, str) or value not in allowed:
        raise EntryError(f"{where} must be one of {', '.join(allowed)}, got {value!r}")
    return value


def flag_of(value: object, where: str) -> bool:
    """Return a boolean, or raise EntryError."""
    if not isinstance(value, bool):
        raise EntryError(f"{where} must be true or false, got {value!r}")
    return value


def mapping_of(value: object, where: str) -> Mapping[str, Any]:
    """Return an object, or raise EntryError."""
    if not isinstance(value, Mapping):
        raise EntryError(f"{where} must be an object, got {value!r}")
    return value
