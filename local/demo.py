"""`make demo`: the example organisation on an emulated AWS, through CloudFormation."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import botocore.exceptions
from rich.console import Console
from rich.text import Text

from finops_constructs.cli import estate_tables
from finops_constructs.config.loader import ConfigFaults, ConfigFolder, load_config
from finops_constructs.estate.model import Tenant
from finops_constructs.estate.reader import read_tenants
from local.cdk import Cdk, CdkError
from local.emulator import REPOSITORY, Emulator, EmulatorError

OUT = REPOSITORY / "build" / "demo"
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


def main() -> int:
    """Deploy, look, call, and write `build/demo/summary.json`."""
    console = Console() if sys.stdout.isatty() else Console(width=160)
    started = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        summary = _run(console)
    except KeyboardInterrupt:
        console.print("stopped; the emulator is gone")
        return 130
    except (CdkError, ConfigFaults, EmulatorError, subprocess.CalledProcessError) as error:
        console.print("[red]the demo failed:[/red]", Text(str(error)))
        return 1
    summary["seconds"] = round(time.monotonic() - started, 1)
    target = OUT / "summary.json"
    target.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    where = target.relative_to(REPOSITORY)
    console.print(f"\nDone in {summary['seconds']} s; the same as data: {where}")
    return 1 if any(tenant["problems"] for tenant in summary["tenants"]) else 0


def _run(console: Console) -> dict[str, Any]:
    folder = REPOSITORY / "config"
    config = load_config(folder)
    regions = sorted({tenant.region for tenant in config.tenants})
    assembly = OUT / "cdk.out"
    with _step(console, f"Synthesizing {len(config.tenants)} tenants (python app.py)"):
        environment = os.environ | {"CDK_OUTDIR": str(assembly), "FINOPS_CONFIG": str(folder)}
        subprocess.run([sys.executable, "app.py"], cwd=REPOSITORY, env=environment, check=True)
    with Emulator(account=config.tenants[0].account) as emulator:
        cdk = Cdk(emulator, OUT, show=False)
        with _step(console, f"Bootstrapping {', '.join(regions)} (cdk bootstrap)"):
            cdk.bootstrap(regions)
        _create_existing_roles(emulator, config)
        with _step(console, "Deploying every stack (cdk deploy)"):
            cdk.deploy(assembly)
        tenants = read_tenants(emulator.client, regions)
        console.print("\nWhat the emulated AWS now holds, by its own APIs:\n")
        estate_tables.print_tenants(console, tenants)
        return {
            "tenants": estate_tables.as_json(tenants),
            "call": _call(console, emulator, tenants),
        }


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


def _call(console: Console, emulator: Emulator, tenants: Sequence[Tenant]) -> dict[str, Any]:
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
    console.print(
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


@contextmanager
def _step(console: Console, title: str) -> Iterator[None]:
    started = time.monotonic()
    console.print(f"{title} ...", end=" ")
    yield
    console.print(f"{time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
