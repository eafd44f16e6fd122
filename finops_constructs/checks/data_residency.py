"""A profile copied from a `us.` or `global.` profile sends an EU tenant's data out of the EU."""

import re
from collections.abc import Collection, Mapping
from typing import Final

from finops_constructs.attribution.model_source import Scope
from finops_constructs.checks.assembly import Assembly
from finops_constructs.checks.profiles import Profile
from finops_constructs.checks.rule import Finding, Rule, finding
from finops_constructs.checks.text import has_token

DEFAULT_DATA_RESIDENCY: Final[Mapping[str, Collection[str]]] = {"eu-": (Scope.EU,)}
"""Region prefix -> scopes of system inference profiles that stay in it."""

_SYSTEM_SCOPES: Final = frozenset(Scope) - {Scope.REGIONAL}
_ARN: Final = re.compile(r"arn:[^:]*:bedrock:(?P<region>[^:]*):[^:]*:(?P<kind>[^/]+)/(?P<id>.+)")


def data_residency(allowed: Mapping[str, Collection[str]]) -> Rule:
    """Return the rule.

    Args:
        allowed: Region prefix -> scopes of system profiles allowed there; a foundation model is
            allowed in its own Region.
    """

    def find(assembly: Assembly) -> list[Finding]:
        findings = []
        for profile in assembly.profiles:
            for prefix, scopes in allowed.items():
                if profile.region and profile.region.startswith(prefix):
                    elsewhere = _elsewhere(profile, prefix, scopes)
                    if elsewhere:
                        detail = f"in {profile.region}, copied from {elsewhere}"
                        findings.append(finding(profile.resource, detail, profile.source_location))
        return findings

    return Rule(
        id="data-residency",
        description="An application inference profile may process data outside its Region's area",
        fix="Copy it from a system profile of the same area (eu.) or a foundation model of the "
        "Region; acknowledge with the legal basis if processing elsewhere is meant.",
        find=find,
    )


def _elsewhere(profile: Profile, prefix: str, scopes: Collection[str]) -> str | None:
    """Return the source if it may process outside the area; None if not, or not known."""
    match = _ARN.fullmatch(profile.source)
    source = match["id"] if match else profile.source
    if not source or has_token(source):
        return None
    if match and match["kind"] == "inference-profile":
        return None if source.partition(".")[0] in scopes else source
    region = match["region"] if match else ""
    if region and not has_token(region) and not region.startswith(prefix):
        return f"{source} of {region}"
    scope = source.partition(".")[0]
    return source if not match and scope in _SYSTEM_SCOPES and scope not in scopes else None
