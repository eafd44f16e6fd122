"""Statements of resource policies that refuse something to everybody, or to all but a few."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from finops_constructs.checks.statement import Statement, glob, read_statements
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import display

_PRINCIPAL_KEYS: Final = frozenset({"aws:principalarn", "aws:principalorgid", "aws:userid"})
_NEGATED: Final = ("stringnot", "arnnot")
_EVERYBODY: Final = frozenset({"*", "arn:aws:iam::*:*", "arn:*:iam::*:*"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A `Deny` for every principal, but perhaps a few.

    Attributes:
        location: Where it is, below the resource.
        statement: The statement.
        exempt: The principals it leaves out; empty for none.
        conditions: Its other conditions: (operator, key) -> values.
    """

    location: str
    statement: Statement
    exempt: tuple[str, ...]
    conditions: Mapping[tuple[str, str], tuple[str, ...]]

    def covers(self, action: str) -> bool:
        """Return whether an action is among those refused."""
        named = any(glob(pattern).fullmatch(action) for pattern in self.statement.actions)
        return named is not self.statement.not_action

    def binds_objects(self) -> bool:
        """Return whether it is about a bucket's objects."""
        return any(resource.endswith("*") for resource in self.statement.resources)

    def binds_the_bucket(self) -> bool:
        """Return whether it is about a bucket itself."""
        return any(r == "*" or not r.endswith("/*") for r in self.statement.resources)

    @property
    def shown(self) -> str:
        """The refusal as a person would say it."""
        actions = ", ".join(self.statement.actions)
        but = (
            f" except by {', '.join(display(each) for each in self.exempt)}" if self.exempt else ""
        )
        return f"Deny {actions}{but}"


def refusals(resource: Resource, document: str) -> list[Refusal]:
    """Return the refusals of a resource's policy document.

    Args:
        resource: A bucket policy, a key, ...
        document: The property that holds the document.
    """
    policy = resource.properties.get(document)
    raw = policy.get("Statement") if isinstance(policy, Mapping) else None
    found = []
    for index, each in enumerate(raw if isinstance(raw, list) else [raw]):
        if not isinstance(each, Mapping) or each.get("Effect") != "Deny":
            continue
        if not _names_everybody(each):
            continue
        (statement,) = read_statements({"Statement": each}, resource.template)
        location = f"{document}.Statement.{index}"
        found += list(_refusal(location, statement))
    return found


def _refusal(location: str, statement: Statement) -> Iterator[Refusal]:
    exempt: list[str] = []
    others = {}
    for (operator, key), values in statement.condition.items():
        if key in _PRINCIPAL_KEYS and operator.startswith(_NEGATED):
            exempt += values
        else:
            others[operator, key] = values
    if not _EVERYBODY & set(exempt):
        yield Refusal(
            location=location, statement=statement, exempt=tuple(exempt), conditions=others
        )


def _names_everybody(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        principal = principal.get("AWS")
    return principal in ("*", ["*"])
