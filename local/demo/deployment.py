"""The example organisation, deployed through CloudFormation onto the emulated AWS."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import botocore.exceptions

from finops_constructs.cli import estate_tables
from finops_constructs.config.loader import ConfigFolder
from finops_constructs.cost_lake.exports import EXPORT_REGION
from finops_constructs.estate.model import Tenant
from finops_constructs.estate.reader import read_tenants
from local.cdk import Cdk
from local.demo.narration import Narrator
from local.emulator import Emulator, EmulatorError

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}


def bootstrap(cdk: Cdk, config: ConfigFolder) -> None:
    """Bootstrap every Region of the example organisation."""
    cdk.bootstrap(_regions(config))


def deploy(
    narrator: Narrator, emulator: Emulator, cdk: Cdk, assembly: Path, config: ConfigFolder
) -> list[Tenant]:
    """Deploy every stack; return the tenants that the emulated AWS then holds."""
    _create_existing_roles(emulator, config)
    with narrator.step("Deploying every stack (cdk deploy)"):
        cdk.deploy(assembly)
    tenants = read_tenants(emulator.client, _regions(config))
    narrator.console.print("\nWhat the emulated AWS now holds, by its own APIs:\n")
    estate_tables.print_tenants(narrator.console, tenants)
    return tenants


def _regions(config: ConfigFolder) -> list[str]:
    regions = {tenant.region for tenant in config.tenants}
    if config.platform.billing:
        regions |= {EXPORT_REGION, config.platform.billing.lake_region}
    return sorted(regions)


def _create_existing_roles(emulator: Emulator, config: ConfigFolder) -> None:
    """The applications' roles, which a tenant names by ARN, exist before the tenant does."""
    iam = emulator.client("iam")
    boundary = config.platform.landing_zone.permissions_boundary
    if boundary:
        *path, name = boundary.split("/")
        iam.create_policy(
            PolicyName=name,
            Path="/" + "".join(f"{part}/" for part in path),
            PolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
                }
            ),
        )
    arns = {caller.role_arn for tenant in config.tenants for caller in tenant.callers}
    for arn in sorted(arns):
        *path, name = arn.split(":role/")[1].split("/")
        iam.create_role(
            RoleName=name,
            Path="/" + "".join(f"{part}/" for part in path),
            AssumeRolePolicyDocument=json.dumps(_TRUST),
        )


def call_one(narrator: Narrator, emulator: Emulator, tenants: Sequence[Tenant]) -> dict[str, Any]:
    """Send one request through a tenant's alias, found as an application would: in the registry."""
    tenant = next(t for t in tenants if t.entries)
    alias, entry = min(tenant.entries.items())
    bedrock = emulator.client("bedrock-runtime", tenant.region)
    try:
        answer = bedrock.converse(
            modelId=entry["profile_arn"],
            messages=[{"role": "user", "content": [{"text": "What does this cost?"}]}],
        )
    except botocore.exceptions.ClientError as error:
        raise EmulatorError(f"the call through {entry['profile_arn']} failed: {error}") from None
    usage = answer["usage"]
    narrator.console.print(
        f"\nOne Converse call through {tenant.id}/{alias} ({entry['model_source']}): "
        f"{usage['inputTokens']} tokens in, {usage['outputTokens']} out."
    )
    return {
        "tenant": tenant.id,
        "alias": alias,
        "profile_arn": entry["profile_arn"],
        "input_tokens": usage["inputTokens"],
        "output_tokens": usage["outputTokens"],
    }
