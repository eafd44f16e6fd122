"""Frozen dataclasses to JSON and back, by their own type annotations.

Instants are ISO 8601, money is text. A field that a stored document lacks takes its default, one
that the code does not know any more is left out: documents outlive releases.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> str:
    """Return a dataclass as compact JSON with sorted keys."""
    return json.dumps(plain(value), separators=(",", ":"), sort_keys=True)


def from_json(kind: type[T], text: str) -> T:
    """Return a dataclass from what `to_json` wrote.

    Raises:
        ValueError: If the text is not JSON, or does not fit the dataclass.
    """
    try:
        value: T = _typed(kind, json.loads(text))
    except (ArithmeticError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a {kind.__name__}: {type(error).__name__}: {error}") from error
    return value


def plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, date):  # an instant is one, too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _typed(kind: Any, value: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return None if value is None else _typed(inner, value)
    if is_dataclass(kind):
        made: Any = kind
        hints = _hints(made)
        return made(**{name: _typed(hints[name], value[name]) for name in hints if name in value})
    return _simple(kind, value)


def _simple(kind: Any, value: Any) -> Any:
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_typed(arguments[0], each) for each in value)
    if origin is Literal:
        return _one_of(value, arguments)
    if origin is not None:
        return {key: _typed(arguments[1], each) for key, each in value.items()}
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _one_of(value: Any, allowed: tuple[Any, ...]) -> Any:
    if value not in allowed:
        raise TypeError(f"{value!r} is none of {allowed}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
