"""Whether an auditor can read, and only read."""

from collections.abc import Iterator
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import display, render
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.finding import ABSENT, Finding, value_at

# Verbs after the service's name that change nothing but, for Athena, what a query left behind.
_READING: Final = ("BatchGet", "Decrypt", "Describe", "Get", "Head", "List", "Search", "Select")
_ASKING: Final = frozenset({"athena:StartQueryExecution", "athena:StopQueryExecution"})


def can_read(role: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge a role: what it is allowed must be reading, query results aside."""
    allowed = sorted(_allowed_actions(role))
    writing = [action for action in allowed if not _reads(action)]
    # What managed policies allow is not known here.
    writing += [display(render(arn, role.template)) for arn in _managed(role)]
    yield Finding(
        property="Policies (Allow)",
        value=f"{len(allowed)} actions, none of which changes a record"
        if allowed and not writing
        else ", ".join(writing) or ABSENT,
        verdict=Verdict.SUPPORTS if allowed and not writing else Verdict.NOT_EVIDENCED,
        note="" if allowed and not writing else "read-only actions would support it",
    )


def _managed(role: Resource) -> list[object]:
    arns = role.properties.get("ManagedPolicyArns")
    return arns if isinstance(arns, list) else []


def _allowed_actions(role: Resource) -> Iterator[str]:
    for policy in role.properties.get("Policies") or []:
        for statement in value_at(policy, "PolicyDocument.Statement") or []:
            if statement.get("Effect") == "Allow" and not _is_query_results(statement):
                actions = statement.get("Action", "NotAction")
                yield from [actions] if isinstance(actions, str) else actions


def _is_query_results(statement: dict[str, object]) -> bool:
    """Athena writes a query's result as the one who asks."""
    return statement.get("Sid") == "QueryResults"


def _reads(action: str) -> bool:
    _, _, verb = action.partition(":")
    return action in _ASKING or verb.startswith(_READING)
