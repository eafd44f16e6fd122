"""What a plain YAML scalar means, and which spellings would mean something else than meant."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

import yaml

Scalar = str | int | bool | Decimal | None

_RESOLVERS: Final = yaml.SafeLoader.yaml_implicit_resolvers
_DECIMAL_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_NOT_FINITE: Final = re.compile(r"([-+]?)\.(inf|nan)", re.IGNORECASE)
# Longer integers stay Decimal: int() refuses 4,300 digits, and nothing here counts that far.
_MAX_INTEGER_TEXT: Final = 18


class MisreadScalarError(ValueError):
    """A spelling that YAML reads as another value than the one written."""


def read_scalar(text: str) -> Scalar:
    """Return the value of an unquoted scalar, as YAML 1.1 reads it.

    Dates stay text, fractions become `Decimal`, never float.

    Raises:
        MisreadScalarError: For octal, hexadecimal, binary and base-60 numbers.
    """
    kind = _kind(text)
    if kind == "bool":
        return text.lower() in {"yes", "true", "on"}
    if kind == "null":
        return None
    if kind == "int":
        return _integer(text)
    if kind == "float":
        return _fraction(text)
    return text


def describe_misreading(text: str) -> str | None:
    """Return what YAML takes an unquoted scalar for; None if it is text."""
    names = {"bool": "true or false", "null": "nothing", "int": "a number", "float": "a number"}
    return names.get(_kind(text))


def _kind(text: str) -> str:
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return str(tag).rsplit(":", 1)[1]
    return "str"


def _integer(text: str) -> int | Decimal:
    if not _DECIMAL_INTEGER.fullmatch(text):
        raise MisreadScalarError(
            "YAML reads this as an octal, hexadecimal, binary or base-60 number; write a number "
            "without leading zeros, or put text in quotes"
        )
    digits = text.replace("_", "")
    return int(digits) if len(digits) <= _MAX_INTEGER_TEXT else Decimal(digits)


def _fraction(text: str) -> Decimal:
    special = _NOT_FINITE.fullmatch(text)
    if special:
        return Decimal(special[1] + ("Infinity" if special[2].lower() == "inf" else "NaN"))
    if ":" in text:
        raise MisreadScalarError(
            "YAML reads this as a base-60 number; write a decimal number, or put text in quotes"
        )
    try:
        return Decimal(text.replace("_", ""))
    except InvalidOperation:
        return Decimal("Infinity")
