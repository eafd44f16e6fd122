"""A log that is kept too short, or shorter than was declared, is refused before it is deployed.

S3 lets the deployment shorten what later objects get; what is locked already stays as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from finops_constructs.audit.retention import FLOOR_DAYS
from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.template import Resource

_METADATA: Final = "finops:retention"
_RETENTION: Final = "ObjectLockConfiguration.Rule.DefaultRetention"
_DAYS_OF_A_YEAR: Final = 365
_STRENGTH: Final = {"GOVERNANCE": 1, "COMPLIANCE": 2}


def _find(assembly: Assembly) -> list[Finding]:
    findings = []
    for bucket in assembly.of_type("AWS::S3::Bucket"):
        raw = bucket.template.body["Resources"][bucket.id]
        declared = raw.get("Metadata", {}).get(_METADATA)
        if isinstance(declared, Mapping):
            findings += [
                finding(bucket, detail, f"Properties.{_RETENTION}")
                for detail in _faults(bucket, declared)
            ]
    return findings


def _configured(bucket: Resource) -> Mapping[str, Any]:
    retention: Any = bucket.properties
    for step in _RETENTION.split("."):
        retention = retention.get(step) if isinstance(retention, Mapping) else None
    return retention if isinstance(retention, Mapping) else {}


def _faults(bucket: Resource, declared: Mapping[str, Any]) -> Iterator[str]:
    retention = _configured(bucket)
    if any(isinstance(value, Mapping) for value in retention.values()):
        return  # Only the deployment knows.
    mode, days = retention.get("Mode"), _days(retention)
    if days is None or mode is None:
        yield "it has no default retention"
        return
    if days < FLOOR_DAYS:
        yield f"{days} days are below the floor of {FLOOR_DAYS}"
    for earlier in (declared, *declared.get("earlier", [])):
        if days < earlier["days"]:
            yield f"{days} days are fewer than the {earlier['days']} that were declared"
        if _STRENGTH.get(mode, 0) < _STRENGTH.get(earlier["mode"], 0):
            yield f"mode {mode} is weaker than {earlier['mode']}, which was declared"


def _days(retention: Mapping[str, Any]) -> int | None:
    try:
        if "Years" in retention:
            return int(retention["Years"]) * _DAYS_OF_A_YEAR
        return int(retention["Days"])
    except (KeyError, TypeError, ValueError):
        return None


AUDIT_LOG_RETENTION = Rule(
    id="audit-log-retention",
    description="The write-once log is kept too short",
    fix="Raise the retention; a shorter or weaker one than was declared before is never accepted.",
    find=_find,
)
