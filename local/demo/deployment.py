"""The example organisation, deployed through CloudFormation onto the emulated AWS."""

import json
import os
import subprocess
import sys
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
from local.demo.narration import OUT, Narrator
from local.emulator import REPOSITORY, Emulator, EmulatorError

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


def synthesize(narrator: Narrator, config: ConfigFolder) -> Path:
    """Write the cloud assembly of the example organisation, as a person would; return where.

    The CDK's own validation of templates is off: it takes as long as all the rest, and `make test`
    runs it.
    """
    assembly = OUT / "cdk.out"
    with narrator.step(f"Synthesizing {len(config.tenants)} tenants (python app.py)"):
        environment = os.environ | {
            "CDK_OUTDIR": str(assembly),
            "CDK_VALIDATION": "false",
            "FINOPS_CONFIG": str(REPOSITORY / "config"),
        }
        subprocess.run([sys.executable, "app.py"], cwd=REPOSITORY, env=environment, check=True)
    return assembly


def deploy(
    narrator: Narrator, emulator: Emulator, cdk: Cdk, assembly: Path, config: ConfigFolder
) -> list[Tenant]:
    """Bootstrap and deploy every stack; return the tenants that the emulated AWS then holds."""
    regions = sorted({tenant.region for tenant in config.tenants})
    if config.platform.billing:
        regions = sorted({*regions, EXPORT_REGION, config.platform.billing.lake_region})
    with narrator.step(f"Bootstrapping {', '.join(regions)} (cdk bootstrap)"):
        cdk.bootstrap(regions)
    _create_existing_roles(emulator, config)
    with narrator.step("Deploying every stack (cdk deploy)"):
        cdk.deploy(assembly)
    tenants = read_tenants(emulator.client, regions)
    narrator.console.print("\nWhat the emulated AWS now holds, by its own APIs:\n")
    estate_tables.print_tenants(narrator.console, tenants)
    return tenants


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
