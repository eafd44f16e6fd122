"""Checks of construct arguments: token-safe, and worded alike everywhere."""

import hashlib
import re
from typing import Any

from constructs import IConstruct

from finops_constructs._tokens import is_unresolved
from finops_constructs.config.names import (
    ALIAS_PATTERN,
    MAX_ALIAS_LENGTH,
    MAX_TENANT_ID_LENGTH,
    TENANT_ID_PATTERN,
)


def invalid(construct: IConstruct, problem: str) -> ValueError:
    """Return the error for an argument of `construct`, which it names by its path."""
    return ValueError(f"{construct.node.path}: {problem}")


def check_tenant(construct: IConstruct, tenant: str) -> str:
    """Return `tenant`, or raise ValueError if it cannot name registry entries and policies."""
    return _check_slug(construct, "tenant", tenant, TENANT_ID_PATTERN, MAX_TENANT_ID_LENGTH)


def check_alias(construct: IConstruct, alias: str) -> str:
    """Return `alias`, or raise ValueError if it cannot name a registry entry."""
    return _check_slug(construct, "alias", alias, ALIAS_PATTERN, MAX_ALIAS_LENGTH)


def require_literal(construct: IConstruct, name: str, value: Any, why: str) -> None:
    """Raise ValueError if `value` is known at deployment only."""
    if is_unresolved(value):
        raise invalid(construct, f"{name} must be a literal, got a token: {why}")


def id_part(value: str, number: int) -> str:
    """Return what tells a list's entry apart in a construct's id.

    A digest of the entry itself, so that taking one out leaves the others alone; its number if it
    is a token.
    """
    if is_unresolved(value):
        return str(number)
    return hashlib.sha256(value.encode()).hexdigest()[:8]


def _check_slug(construct: IConstruct, name: str, value: str, pattern: str, longest: int) -> str:
    require_literal(construct, name, value, "names and paths are built from it")
    if not re.fullmatch(pattern, value) or not 2 <= len(value) <= longest:
        raise invalid(
            construct,
            f"{name} must be 2 to {longest} lower-case letters, digits and single "
            f"hyphens, starting with a letter, got {value!r}",
        )
    return value
