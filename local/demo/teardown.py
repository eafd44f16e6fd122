"""The end: every stack is destroyed, a suspended tenant's too, and nothing is left behind."""

from pathlib import Path
from typing import Any, Final

from finops_constructs.config.loader import ConfigFolder
from local.cdk import Cdk
from local.demo.finops_cli import OPERATOR, FinopsCli
from local.demo.narration import Narrator
from local.emulator import Emulator

SUSPENDED: Final = "writer"


def tear_down(
    narrator: Narrator, emulator: Emulator, cdk: Cdk, assembly: Path, config: ConfigFolder
) -> dict[str, Any]:
    """Suspend a tenant, destroy everything, and return what is left."""
    narrator.chapter("Teardown")
    region = next(t.region for t in config.tenants if t.id == SUSPENDED)
    finops = FinopsCli(emulator, narrator, region)
    finops.run("suspend", SUSPENDED, "--reason", "demo: destroyed while it is suspended")
    with narrator.step(f"  destroying every stack, {SUSPENDED} while it is suspended"):
        cdk.destroy(assembly)
    regions = sorted({tenant.region for tenant in config.tenants})
    left = {
        "policies": _guard_policies(emulator),
        "registry_entries": [entry for r in regions for entry in _registry(emulator, r)],
        "profiles": [arn for r in regions for arn in _profiles(emulator, r)],
        "logging_configurations": [r for r in regions if _is_logging(emulator, r)],
        "role_policies": _role_policies(emulator),
    }
    kept = {
        region: emulator.client("dynamodb", region).list_tables()["TableNames"]
        for region in regions
    }
    narrator.say(f"left behind: {', '.join(k for k, v in left.items() if v) or 'nothing'}")
    narrator.say(f"kept on purpose, with the month's spend and the journal: {kept}")
    return {"suspended": SUSPENDED, "left": left, "kept_tables": kept}


def _guard_policies(emulator: Emulator) -> list[str]:
    found = emulator.client("iam").list_policies(Scope="Local", PathPrefix="/finops/")
    return [policy["Arn"] for policy in found["Policies"]]


def _registry(emulator: Emulator, region: str) -> list[str]:
    pages = emulator.client("ssm", region).get_paginator("get_parameters_by_path")
    return [
        parameter["Name"]
        for page in pages.paginate(Path="/finops/", Recursive=True)
        for parameter in page["Parameters"]
    ]


def _profiles(emulator: Emulator, region: str) -> list[str]:
    found = emulator.client("bedrock", region).list_inference_profiles(typeEquals="APPLICATION")
    return [each["inferenceProfileArn"] for each in found["inferenceProfileSummaries"]]


def _is_logging(emulator: Emulator, region: str) -> bool:
    bedrock = emulator.client("bedrock", region)
    return "loggingConfig" in bedrock.get_model_invocation_logging_configuration()


def _role_policies(emulator: Emulator) -> list[str]:
    """Return what is still on the applications' roles, which outlive the tenants."""
    iam = emulator.client("iam")
    left = []
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        if name.startswith("cdk-") or name == OPERATOR:
            continue
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        left += [f"{name}: {policy}" for policy in inline]
        left += [f"{name}: {policy['PolicyArn']}" for policy in attached]
    return left
