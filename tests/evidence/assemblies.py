"""Cloud assemblies written by hand, and what evidence says of them."""

import json
from datetime import UTC, datetime

from finops_constructs.evidence.model import read_evidence
from tests.evidence.strongest import (
    ACCOUNT,
    HIGH_RISK,
    PLATFORM,
    REGION,
    TENANT,
    platform_resources,
    strongest,
    tenant_resources,
)

__all__ = [
    "ACCOUNT",
    "HIGH_RISK",
    "NOW",
    "PLATFORM",
    "TENANT",
    "changed",
    "evidence_of",
    "platform_resources",
    "strongest",
    "tenant_resources",
    "verdicts",
    "write_assembly",
]
NOW = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)


def changed(stacks, *path, value=None):
    """The stacks with one value replaced, or taken out if it is None; a path as in the JSON."""
    copied = json.loads(json.dumps(stacks))  # nothing is shared between two statements
    at = copied
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copied


def write_assembly(folder, stacks, *, account=ACCOUNT, accepted=(), places=()):
    """Write what `cdk synth` would.

    `accepted` is rule -> reason of the tenant's stack, `places` stack -> account/Region.
    """
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, resources in stacks.items():
        file = f"{name}.template.json"
        (folder / file).write_text(json.dumps({"Resources": resources}, indent=1))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{dict(places).get(name, f'{account}/{REGION}')}",
            "properties": {"templateFile": file},
            "displayName": name,
        }
    if accepted:
        entry = {"type": "aws:cdk:acknowledged-rules", "data": dict(accepted)}
        artifacts[TENANT]["metadata"] = {f"/{TENANT}/Smart": [entry]}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def evidence_of(folder, stacks, **options):
    return read_evidence(write_assembly(folder, stacks, **options), generated=NOW)


def verdicts(evidence, tenant="writer"):
    """Clause -> verdict."""
    found = next(each for each in evidence.tenants if each.id == tenant)
    return {judgement.clause.id: judgement.verdict.value for judgement in found.judgements}
