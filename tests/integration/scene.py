"""A small organisation on the emulator, for the stories that the demo does not tell."""

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from finops_constructs.config.tenant import TenantConfig
from finops_constructs.enforcement.names import STATE_TABLE
from finops_constructs.stacks.organisation import build_app
from local.cdk import Cdk
from local.controls import Controls
from local.demo.finops_cli import OPERATOR, FinopsCli
from local.demo.narration import Narrator, wait_until
from local.demo.stage import Stage
from local.emulator import Emulator
from local.simulator import Simulator
from local.token_usage import TokenUsage
from local.traffic import Traffic
from shared.looked import read_looked
from tests.integration.inbox import Inbox
from tests.organisation_under_test import ACCOUNT, folder, tenant

REGION = "eu-west-1"
PLATFORM = f"finops-platform-{ACCOUNT}-{REGION}"
LIMIT_USD = 50
_A_RUN = timedelta(minutes=5)


def guarded(id: str, **changes: Any) -> TenantConfig:
    """A tenant of $50 a month and one caller, `<id>-app`, whose caps no call reaches."""
    config = {
        "mode": "enforce",
        "guard": "enforce",
        "budget": {"monthly_limit_usd": str(LIMIT_USD)},
        "caps": {"hourly_usd": "1000000"},
    }
    return tenant(id, **(config | changes))


class Scene:
    """The emulated AWS with a platform, and what is played on it."""

    def __init__(self, aws: Emulator, simulator: Simulator, home: Path) -> None:
        self.aws = aws
        self.cdk = Cdk(aws, home / "logs", show=False)
        self.controls = Controls(aws)
        self.finops = FinopsCli(aws, Narrator(Console(quiet=True)), REGION)
        self.traffic = Traffic(aws)
        self.simulator = simulator
        self._assembly = home / "cdk.out"
        self._ahead = timedelta(0)

    def synthesize(self, *tenants: TenantConfig, **platform_changes: Any) -> Path:
        """Write the assembly of an organisation; return where."""
        shutil.rmtree(self._assembly, ignore_errors=True)
        build_app(folder(*tenants, **platform_changes), outdir=str(self._assembly)).synth()
        return self._assembly

    def deploy(self, *tenants: TenantConfig) -> None:
        """Deploy tenants, and the platform with the first of them."""
        self._create_roles(tenants)
        platform = () if self._has_platform() else (PLATFORM,)
        self.cdk.deploy(self.synthesize(*tenants), *platform, *_stacks(tenants))

    def destroy(self, *tenants: TenantConfig) -> None:
        """Destroy tenants; the platform stays."""
        self.cdk.destroy(self.synthesize(*tenants), *_stacks(tenants))

    def spend(self, tenant: str, usd: int, alias: str = "smart") -> None:
        """Send one call of a tenant's first caller that costs so much."""
        stage = self.stage(tenant)
        a_million = stage.price(TokenUsage(output=1_000_000), alias)
        usage = TokenUsage(output=int(Decimal(usd) / a_million * 1_000_000) + 1)
        self.traffic.call(stage.caller, stage.profiles[alias], usage)

    def stage(self, tenant: str) -> Stage:
        """A tenant as the emulated AWS holds it now."""
        return Stage(self.aws, tenant, REGION)

    def status(self, tenant: str) -> dict[str, Any]:
        """What `finops tenants status --json` says."""
        said: dict[str, Any] = self.finops.ask("tenants", "status", tenant)
        return said

    def reconcile(self) -> None:
        """Let the 5-minute rule run the switch once, and wait for the end of that run."""
        dynamodb = self.aws.client("dynamodb", REGION)
        (rule,) = (
            each["Name"]
            for each in self.aws.client("events", REGION).list_rules()["Rules"]
            if each.get("ScheduleExpression") == "rate(5 minutes)"
        )
        fired = datetime.now(UTC) + self._ahead
        self.controls.fire_rule(rule, REGION)

        def has_looked() -> bool | None:
            looked = read_looked(dynamodb, STATE_TABLE)
            # It may have been later, by a clock that was set back since.
            return (looked is not None and fired <= looked.at <= fired + _A_RUN) or None

        wait_until("the switch has looked at everybody", has_looked)

    def set_clock(self, now: datetime | None) -> None:
        """Set the clock that functions see; None: the machine's."""
        self.controls.set_function_clock(now)
        self._ahead = now - datetime.now(UTC) if now else timedelta(0)

    def stopped(self, tenant: str, cause: str = "monthly-limit") -> dict[str, Any]:
        """Wait until a tenant is suspended and read back; return its entry in the registry."""

        def reported() -> dict[str, Any] | None:
            stage = self.stage(tenant)
            said = [stage.reported(alias, cause) for alias in stage.profiles]
            return said[0] if all(said) and stage.attached_to() else None

        return wait_until(f"{tenant} is stopped and read back", reported)

    def inbox_of(self, tenant: str) -> Inbox:
        """Subscribe a queue to the topic of a tenant's owner and on-call."""
        topic = self.entry(f"/finops/{tenant}/policy")["alert_topic_arn"]
        inbox = Inbox(self.aws.client("sqs", REGION), f"inbox-{tenant}")
        self.aws.client("sns", REGION).subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox.arn)
        return inbox

    def entry(self, path: str) -> Any:
        """A registry entry; None if there is none."""
        ssm = self.aws.client("ssm", REGION)
        found = ssm.get_parameters(Names=[path])["Parameters"]
        return json.loads(found[0]["Value"]) if found else None

    def policies_of(self, role: str) -> list[str]:
        """ARNs of a role's managed policies."""
        found = self.aws.client("iam").list_attached_role_policies(RoleName=role)
        return [policy["PolicyArn"] for policy in found["AttachedPolicies"]]

    def tags_of(self, profile_arn: str) -> dict[str, str]:
        """A profile's tags."""
        bedrock = self.aws.client("bedrock", REGION)
        tags = bedrock.list_tags_for_resource(resourceARN=profile_arn)["tags"]
        return {tag["key"]: tag["value"] for tag in tags}

    def _has_platform(self) -> bool:
        cloudformation = self.aws.client("cloudformation", REGION)
        return any(
            stack["StackName"] == PLATFORM for stack in cloudformation.describe_stacks()["Stacks"]
        )

    def _create_roles(self, tenants: tuple[TenantConfig, ...]) -> None:
        iam = self.aws.client("iam")
        there = {role["Arn"] for role in iam.list_roles()["Roles"]}
        for arn in {caller.role_arn for each in tenants for caller in each.callers} - there:
            iam.create_role(
                RoleName=arn.rpartition("/")[2], Path="/apps/", AssumeRolePolicyDocument="{}"
            )


def _stacks(tenants: Iterable[TenantConfig]) -> Iterator[str]:
    return (f"finops-{each.id}" for each in tenants)


@contextmanager
def opened(home: Path, *, trail: bool = False) -> Iterator[Scene]:
    """An emulator with nothing on it but a bootstrapped Region and the operator's role.

    With `trail` EventBridge is told of changes of profiles and of roles' policies.
    """
    simulator = Simulator()
    try:
        with Emulator(trail=trail) as aws:
            aws.client("iam").create_role(RoleName=OPERATOR, AssumeRolePolicyDocument="{}")
            scene = Scene(aws, simulator, home)
            scene.cdk.bootstrap([REGION])
            yield scene
    finally:
        simulator.close()
