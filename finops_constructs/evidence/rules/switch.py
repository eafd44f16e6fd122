"""Whether a tenant's use can be stopped, is stopped, and what is known of it afterwards."""

from collections.abc import Iterator, Mapping
from typing import Final

from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.registry import Entry, read_entries
from finops_constructs.checks.template import Resource
from finops_constructs.checks.text import display
from finops_constructs.controls.verdict import Verdict
from finops_constructs.evidence.finding import ABSENT, Finding, equals, present, value_at
from finops_constructs.evidence.rules.bucket import retained

_MODES: Final[Mapping[str, tuple[Verdict, str]]] = {
    "enforce": (Verdict.SUPPORTS, ""),
    "approve": (Verdict.SUPPORTS, "a person is asked first; without an answer, see on_timeout"),
    "shadow": (Verdict.NOT_EVIDENCED, "a stop is announced only; enforce or approve would stop"),
}
_GUARDS: Final[Mapping[str, tuple[Verdict, str]]] = {
    "enforce": (Verdict.SUPPORTS, ""),
    "observe": (Verdict.NOT_EVIDENCED, "nothing is denied to callers with an allow of their own"),
}
_SUSPENSION: Final = "/finops/suspension/"
_MANAGED_POLICY: Final = "AWS::IAM::ManagedPolicy"
# What a caller of a bare model meets: the statement that the standing deny is for.
_BARE_MODEL: Final = "FinOpsBareModel"


def can_be_stopped(resource: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge a part of the switch: function, way in for people, suspension policy, or a tenant."""
    if resource.type == "AWS::Lambda::Url":
        yield equals(resource, "AuthType", "AWS_IAM")
    elif resource.type == "AWS::Lambda::Function":
        yield present(resource, "Handler")
    elif resource.type == _MANAGED_POLICY:
        yield equals(resource, "PolicyDocument.Statement.0.Effect", "Deny")
    else:
        yield from _tenant_can_be_stopped(policy_entry(resource), assembly)


def stop_enforced(resource: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge what happens to a tenant at its limit."""
    entry = policy_entry(resource)
    yield _choice(entry, "mode", _MODES)
    limit = entry.text("monthly_limit_usd")
    yield Finding(
        property="Value: monthly_limit_usd",
        value=display(limit) or ABSENT,
        verdict=Verdict.SUPPORTS if limit else Verdict.NOT_EVIDENCED,
    )


def callers_guarded(resource: Resource, _: Assembly) -> Iterator[Finding]:
    """Judge whether a tenant's callers carry the standing deny: by its entry, or a deny itself."""
    if resource.type.startswith("AWS::IAM::"):
        yield _standing_deny(resource)
    else:
        yield _choice(policy_entry(resource), "guard", _GUARDS)


def journalled(table: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge where decisions are kept: streamed onwards, restorable, and kept."""
    yield present(table, "StreamSpecification.StreamViewType")
    point_in_time = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
    yield equals(table, point_in_time, "true")
    yield from retained(table, assembly)


def policy_entry(resource: Resource) -> Entry:
    """Return the registry entry that a parameter is; an empty one if it is none."""
    found = read_entries([resource])
    if found:
        return found[0]
    raise ValueError(f"{resource.id} is no registry entry of a tenant")


def _tenant_can_be_stopped(entry: Entry, assembly: Assembly) -> Iterator[Finding]:
    template = entry.resource.template
    own = any(
        policy.template is template
        and policy.text("Path").startswith(_SUSPENSION)
        and policy.text("ManagedPolicyName").endswith(f"-{entry.tenant}")
        for policy in assembly.of_type(_MANAGED_POLICY)
    )
    arn = entry.text("suspension_policy_arn")
    elsewhere = Verdict.PARTIALLY_SUPPORTS if arn else Verdict.NOT_EVIDENCED
    yield Finding(
        property="Value: suspension_policy_arn",
        value=display(arn) or ABSENT,
        verdict=Verdict.SUPPORTS if own and arn else elsewhere,
        note="" if own and arn else "another stack must define it",
    )


def _standing_deny(policy: Resource) -> Finding:
    statements = value_at(policy.properties, "PolicyDocument.Statement") or []
    denied = [each for each in statements if each.get("Effect") == "Deny"]
    holds = any(each.get("Sid") == _BARE_MODEL for each in denied)
    return Finding(
        property="PolicyDocument.Statement",
        value=f"{len(denied)} of {len(statements)} statements deny",
        verdict=Verdict.SUPPORTS if holds else Verdict.NOT_EVIDENCED,
        note="" if holds else "it must deny the bare model",
    )


def _choice(entry: Entry, key: str, meanings: Mapping[str, tuple[Verdict, str]]) -> Finding:
    value = entry.text(key)
    verdict, note = meanings.get(value, (Verdict.NOT_EVIDENCED, "known only at deployment"))
    return Finding(
        property=f"Value: {key}", value=display(value) or ABSENT, verdict=verdict, note=note
    )
