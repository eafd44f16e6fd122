"""The fast estimate: every logged call, priced, into the ledger."""

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from finops_constructs._acknowledge import QUEUE_DEAD_LETTERS, acknowledge
from finops_constructs._function import define_function, keep_failures
from finops_constructs._place import Place, place_of
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.cross_check import CrossCheck
from finops_constructs.enforcement.function_rights import meter_rights, wildcard_reasons
from finops_constructs.enforcement.names import (
    INVOCATION_LOG_GROUP,
    LEDGER_TABLE,
    METER_DEAD_LETTERS,
)
from finops_constructs.enforcement.platform_table import define_table
from finops_constructs.enforcement.queues import define_dead_letters
from finops_constructs.enforcement.wake_queue import WakeQueue

_TIMEOUT_SECONDS: Final = 60
_REGISTRY_TTL_SECONDS: Final = 60


class SpendMeter(Construct):
    """Defines the spend meter: log group, function, ledger, dead letters and cross-check.

    Bedrock logs each call into the log group, without its content (`InvocationLogging`). The
    function prices what arrives and adds it to the ledger; a record it cannot price or attribute,
    and a batch it fails on three times, go to the dead letters with their reason. An operator who
    has removed the cause enables the event source mapping that replays them. Every hour the
    cross-check compares the ledger with CloudWatch's token counts. One per account and Region.

    Example:
        SpendMeter(stack, "SpendMeter", wake_queue=WakeQueue(stack, "WakeQueue"))

    Attributes:
        log_group: Where Bedrock logs calls.
        ledger: What was spent, by tenant, alias, role and day.
        dead_letters: What could not be metered, kept 14 days.
        function: The meter.
        cross_check: The hourly comparison.
        replay: The event source mapping that feeds the dead letters to the meter; disabled.
    """

    log_group: logs.CfnLogGroup
    ledger: dynamodb.CfnTable
    dead_letters: sqs.CfnQueue
    function: lambda_.CfnFunction
    cross_check: CrossCheck
    replay: lambda_.CfnEventSourceMapping

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        wake_queue: WakeQueue,
        encryption_key: kms.IKey | None = None,
        log_retention_days: int = 30,
    ) -> None:
        """Define the meter.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            wake_queue: Told when a tenant comes near a threshold.
            encryption_key: Encrypts the log group; CloudWatch Logs is allowed to use it, which an
                imported key must allow already. Default: CloudWatch Logs' own encryption.
            log_retention_days: How long log records are kept; what CloudWatch Logs allows.
                Default: 30.
        """
        super().__init__(scope, id)
        place = place_of(self)
        self.log_group = _log_group(self, place, encryption_key, log_retention_days)
        self.ledger = define_table(self, "Ledger", name=LEDGER_TABLE, expiry_attribute="expires_at")
        self.dead_letters = define_dead_letters(
            self, name=METER_DEAD_LETTERS, visibility_timeout_seconds=6 * _TIMEOUT_SECONDS
        )
        acknowledge(self.dead_letters, {QUEUE_DEAD_LETTERS: "It is a dead-letter queue itself"})
        self.function = self._function(place, wake_queue)
        self._subscribe(place)
        self.replay = self._handle_failures()
        self.cross_check = CrossCheck(self, "CrossCheck", ledger=self.ledger, wake_queue=wake_queue)

    def _function(self, place: Place, wake_queue: WakeQueue) -> lambda_.CfnFunction:
        rights = meter_rights(place)
        return define_function(
            Construct(self, "Function"),
            package="spend_meter",
            name="finops-spend-meter",
            description="Prices logged Bedrock calls into the ledger",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=512,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            environment={
                "DEAD_LETTER_QUEUE_URL": self.dead_letters.ref,
                "LEDGER_TABLE": self.ledger.ref,
                "REGISTRY_TTL_SECONDS": str(_REGISTRY_TTL_SECONDS),
                "WAKE_QUEUE_URL": wake_queue.queue.ref,
            },
            concurrency="It must keep up with the log; a limit would delay the estimate",
            dead_letters="Its on-failure destination is a queue, which keeps the reason, too",
        ).function

    def _subscribe(self, place: Place) -> None:
        permission = lambda_.CfnPermission(
            self,
            "LogsPermission",
            action="lambda:InvokeFunction",
            function_name=self.function.ref,
            principal="logs.amazonaws.com",
            source_account=place.account,
            source_arn=self.log_group.attr_arn,
        )
        subscription = logs.CfnSubscriptionFilter(
            self,
            "Subscription",
            destination_arn=self.function.attr_arn,
            filter_pattern="",
            log_group_name=self.log_group.ref,
        )
        subscription.node.add_dependency(permission)
        declare(
            subscription,
            {Control.CALLS_METERED: "Every record of the log reaches the meter"},
        )

    def _handle_failures(self) -> lambda_.CfnEventSourceMapping:
        keep_failures(self, self.function, dead_letters=self.dead_letters.attr_arn)
        return lambda_.CfnEventSourceMapping(
            self,
            "Replay",
            batch_size=10,
            enabled=False,
            event_source_arn=self.dead_letters.attr_arn,
            function_name=self.function.ref,
            function_response_types=["ReportBatchItemFailures"],
        )


def _log_group(
    scope: Construct, place: Place, key: kms.IKey | None, retention_days: int
) -> logs.CfnLogGroup:
    if key is not None:
        key.add_to_resource_policy(_let_logs_use_the_key(place), allow_no_op=True)
    group = logs.CfnLogGroup(
        scope,
        "Logs",
        kms_key_id=key.key_arn if key else None,
        log_group_name=INVOCATION_LOG_GROUP,
        retention_in_days=retention_days,
    )
    # The ledger keeps what the records were for, and their key may go with the stack.
    group.apply_removal_policy(RemovalPolicy.DESTROY)
    return group


def _let_logs_use_the_key(place: Place) -> iam.PolicyStatement:
    group = place.arn("logs", f"log-group:{INVOCATION_LOG_GROUP}")
    return iam.PolicyStatement(
        sid="AllowInvocationLogs",
        principals=[iam.ServicePrincipal(f"logs.{place.region}.amazonaws.com")],
        actions=[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        ],
        # In a key policy "*" is the key itself.
        resources=["*"],
        conditions={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}},
    )
