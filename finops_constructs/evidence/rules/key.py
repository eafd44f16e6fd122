"""Whether the log's key can be taken away, which would make every record unreadable."""

from collections.abc import Iterator
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.template import Resource
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.finding import ABSENT, Finding, equals
from finops_constructs.evidence.policy import refusals
from finops_constructs.evidence.rules.bucket import retained

_DOCUMENT: Final = "KeyPolicy"
_GUARDED: Final = ("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy")


def guarded(key: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge the key policy: deleting, disabling and changing it are refused to all but few."""
    found = refusals(key, _DOCUMENT)
    for action in _GUARDED:
        refusal = next((r for r in found if r.covers(action) and not r.conditions), None)
        if refusal is None:
            yield Finding(
                property=_DOCUMENT,
                value=ABSENT,
                verdict=Verdict.NOT_EVIDENCED,
                note=f"a Deny of {action} to all but the deployment role would support it",
            )
        else:
            yield Finding(
                property=f"{refusal.location} ({action})",
                value=refusal.shown,
                verdict=Verdict.SUPPORTS,
            )
    yield from retained(key, assembly)
    yield equals(key, "Enabled", "true", ABSENT)
