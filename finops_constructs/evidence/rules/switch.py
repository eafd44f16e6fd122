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


def can_be_stopped(resource: Resource, assembly: Assembly) -> Iterator[Finding]:
    """Judge a part of the switch: its function, its way in for people, or a tenant under it."""
    if resource.type == "AWS::Lambda::Url":
        yield equals(resource, "AuthType", "AWS_IAM")
    elif resource.type == "AWS::Lambda::Function":
        yield present(resource, "Handler")
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
    """Judge whether a tenant's callers carry the standing deny."""
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
    policies = [
        policy
        for policy in assembly.of_type("AWS::IAM::ManagedPolicy")
        if policy.template is template
        and policy.text("Path").startswith(_SUSPENSION)
        and policy.text("ManagedPolicyName").endswith(f"-{entry.tenant}")
    ]
    for policy in policies:
        effect = str(value_at(policy.properties, "PolicyDocument.Statement.0.Effect"))
        yield Finding(
            property="PolicyDocument.Statement.0.Effect",
            value=effect,
            verdict=Verdict.SUPPORTS if effect == "Deny" else Verdict.NOT_EVIDENCED,
            note="attached to the tenant's callers when it is stopped",
            resource=policy,
        )
    if not policies:
        arn = entry.text("suspension_policy_arn")
        yield Finding(
            property="Value: suspension_policy_arn",
            value=display(arn) or ABSENT,
            verdict=Verdict.PARTIALLY_SUPPORTS if arn else Verdict.NOT_EVIDENCED,
            note="another stack must define it",
        )


def _choice(entry: Entry, key: str, meanings: Mapping[str, tuple[Verdict, str]]) -> Finding:
    value = entry.text(key)
    verdict, note = meanings.get(value, (Verdict.NOT_EVIDENCED, "known only at deployment"))
    return Finding(
        property=f"Value: {key}", value=display(value) or ABSENT, verdict=verdict, note=note
    )
