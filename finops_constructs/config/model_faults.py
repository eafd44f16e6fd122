"""Pydantic's errors in plain language: the value given, and what is allowed."""

import difflib
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from finops_constructs.config.document import Document
from finops_constructs.config.faults import Fault, KeyPath, shown
from finops_constructs.config.patterns import PLAIN
from finops_constructs.config.yaml_scalars import describe_misreading

# Pydantic's error type -> text, filled in from the error's context.
_TEXTS: Final[Mapping[str, str]] = {
    "missing": "is required",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries, got {actual_length}",
    "too_long": "must have at most {max_length} entries, got {actual_length}",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "decimal_max_places": "must have at most {decimal_places} decimal places",
    "int_type": "must be a whole number, not in quotes",
    "bool_type": "must be true or false, not in quotes",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "date_type": "must be a date such as 2026-11-24",
    "date_parsing": "must be a date such as 2026-11-24",
    "date_from_datetime_parsing": "must be a date such as 2026-11-24",
    "date_from_datetime_inexact": "must be a date such as 2026-11-24, without a time",
    "list_type": "must be a list (lines that begin with a hyphen)",
    "dict_type": "must be a mapping (lines of `key: value`)",
}


def model_faults(document: Document, model: type[BaseModel], error: ValidationError) -> list[Fault]:
    """Return a fault per error of a document that does not fit a model."""
    return list(_faults(document, model, error))


def _faults(document: Document, model: type[BaseModel], error: ValidationError) -> Iterator[Fault]:
    for detail in error.errors(include_url=False, include_input=False):
        steps = detail["loc"]
        is_key = bool(steps) and steps[-1] == "[key]"
        path: KeyPath = steps[:-1] if is_key else steps
        if any(path[:end] in document.broken for end in range(1, len(path) + 1)):
            continue
        problem = _problem(document, model, path, detail)
        if is_key:
            yield document.fault(path, f"as a key, {problem}", value=shown(path[-1]))
        else:
            yield document.fault(path, problem)


def _problem(
    document: Document, model: type[BaseModel], path: KeyPath, detail: Mapping[str, Any]
) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), _keys_at(model, path[:-1]))
    if kind == "model_type":
        return f"must be a mapping with the keys {', '.join(_keys_at(model, path))}"
    if kind == "string_type":
        return _not_text(document, path)
    if kind == "string_pattern_mismatch":
        return f"must be {PLAIN.get(context['pattern'], context['pattern'])}"
    text = _TEXTS.get(kind)
    return text.format(**context) if text else str(detail["msg"]).lower().rstrip(".")


def _unknown_key(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key[:100], known, n=1)
    if near:
        return f"unknown key; did you mean {near[0]}?"
    return f"unknown key; known are {', '.join(known)}"


def _not_text(document: Document, path: KeyPath) -> str:
    text = document.texts.get(path)
    if not text:
        return "must be text"
    return f"must be text, and YAML reads it as {describe_misreading(text)}; put it in quotes"


def _keys_at(model: Any, path: KeyPath) -> list[str]:
    """Return the keys a model knows at a path."""
    current = _plain_type(model)
    for step in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            found = current.model_fields.get(str(step))
            current = _plain_type(found.annotation) if found else None
        else:
            current = _plain_type((get_args(current) or (None,))[-1])
    if isinstance(current, type) and issubclass(current, BaseModel):
        return list(current.model_fields)
    return []


def _plain_type(annotation: Any) -> Any:
    """Return a type without `Annotated` and `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, types.UnionType}:
            annotation = next(arg for arg in get_args(annotation) if arg is not types.NoneType)
        else:
            return annotation
