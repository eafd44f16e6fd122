"""The kill switch: woken by anything, decides from state alone, acts, reads back, journals."""

from collections.abc import Mapping
from typing import Final

from aws_cdk import CfnResource
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._function import define_function, keep_failures
from finops_constructs._place import Place, place_of
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.commands import Commands
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.function_rights import switch_rights, wildcard_reasons
from finops_constructs.enforcement.names import KILL_SWITCH_FUNCTION, STATE_TABLE
from finops_constructs.enforcement.platform_table import define_table
from finops_constructs.enforcement.spend_meter import SpendMeter
from finops_constructs.enforcement.wake_queue import WakeQueue
from finops_constructs.enforcement.wake_rules import define_change_rule, define_reconciled_rule
from finops_constructs.landing_zone import LandingZone

_TIMEOUT_SECONDS: Final = 300
# The least AWS allows. Runs converge however many there are; more would only throttle each other.
_CONCURRENT_BATCHES: Final = 2
_REGISTRY_TTL_SECONDS: Final = 60


class KillSwitch(Construct):
    """Defines the kill switch: state table, function, what wakes it, and the commands function.

    It is woken by the wake queue, every 5 minutes, by CloudTrail events of changes to profiles or
    callers, and by reconciled bills. What it does it decides from the registry, the ledger, the
    budgets and the clock; a message is only a reason to look. One per account and Region.

    Example:
        switch = KillSwitch(stack, "Switch", wake_queue=queue, meter=meter, alerts=alerts)
        switch.grant_operate(operators)

    Attributes:
        state: What the switch holds of every tenant, and its journal; streams new images.
        function: The switch.
        commands: The function that takes people's commands.
        event_sources: What calls the switch; `PlatformRelease` has them deleted first.
    """

    state: dynamodb.CfnTable
    function: lambda_.CfnFunction
    commands: Commands
    event_sources: tuple[CfnResource, ...]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        wake_queue: WakeQueue,
        meter: SpendMeter,
        alerts: AlertTopic,
        cost_account: str | None = None,
        replaced_idle_days: int = 7,
    ) -> None:
        """Define the switch.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            wake_queue: What wakes it.
            meter: Whose ledger it reads.
            alerts: Where the platform's operators are told.
            cost_account: The account whose reconciled bills it believes. Default: its own.
            replaced_idle_days: After how many days without a call a profile is removed that another
                one has replaced. Default: 7.
        """
        super().__init__(scope, id)
        place = place_of(self)
        self.state = define_table(self, "State", name=STATE_TABLE, stream=True)
        environment = {
            "LEDGER_TABLE": meter.ledger.ref,
            "PLATFORM_TOPIC_ARN": alerts.topic_arn,
            "REGISTRY_TTL_SECONDS": str(_REGISTRY_TTL_SECONDS),
            "STATE_TABLE": self.state.ref,
            "WAKE_QUEUE_URL": wake_queue.queue.ref,
        }
        declare(
            self.state,
            {Control.DECISIONS_JOURNALLED: "Every decision that changes anything is an item of it"},
        )
        idle = {"REPLACED_IDLE_DAYS": str(replaced_idle_days)}
        self.function = self._function(place, environment | idle)
        declare(
            self.function,
            {Control.USE_CAN_BE_STOPPED: "It refuses a tenant's new calls by tag and by policy"},
        )
        keep_failures(self, self.function, dead_letters=wake_queue.dead_letters.attr_arn)
        self.event_sources = (
            self._read_wake_queue(wake_queue),
            define_function_rule(
                self,
                "Schedule",
                function=self.function,
                description="Runs the kill switch every 5 minutes, whatever wakes it beside",
                schedule="rate(5 minutes)",
                constant_input='{"wake":"schedule"}',
            ),
            define_change_rule(self, "Changes", wake_queue=wake_queue),
            define_reconciled_rule(
                self, "Reconciled", function=self.function, cost_account=cost_account
            ),
        )
        self.commands = Commands(self, "Commands", environment=environment)

    def grant_operate(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody suspend, resume, override, approve and ask; see `Commands.grant_operate`."""
        return self.commands.grant_operate(grantee)

    def _function(self, place: Place, environment: Mapping[str, str]) -> lambda_.CfnFunction:
        rights = switch_rights(place, LandingZone.of(self).role_path)
        return define_function(
            Construct(self, "Function"),
            package="kill_switch",
            name=KILL_SWITCH_FUNCTION,
            description="Suspends and resumes tenants as their spend and people's words demand",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=512,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            environment=environment,
            concurrency="A reservation takes from the account what a stop may need elsewhere; the "
            "event source mapping limits it",
            dead_letters="Its on-failure destination is the wake queue's dead-letter queue",
        ).function

    def _read_wake_queue(self, wake_queue: WakeQueue) -> lambda_.CfnEventSourceMapping:
        return lambda_.CfnEventSourceMapping(
            self,
            "WakeUps",
            batch_size=10,
            event_source_arn=wake_queue.queue.attr_arn,
            function_name=self.function.ref,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(
                maximum_concurrency=_CONCURRENT_BATCHES
            ),
        )
