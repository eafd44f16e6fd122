"""The second opinion on the ledger: CloudWatch's own token counts, every hour."""

from typing import Final

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from finops_constructs._function import define_function
from finops_constructs._place import place_of
from finops_constructs.enforcement.event_rules import define_function_rule
from finops_constructs.enforcement.function_rights import cross_check_rights, wildcard_reasons
from finops_constructs.enforcement.wake_queue import WakeQueue

# Twenty minutes past the hour: CloudWatch has the last minutes of the hour before by then.
_SCHEDULE: Final = "cron(20 * * * ? *)"
_TIMEOUT_SECONDS: Final = 300


class CrossCheck(Construct):
    """Defines the function that compares the ledger with CloudWatch every hour, and its schedule.

    Of the two figures of an hour the larger one counts. The function also finds out whether the log
    path is silent while calls are made.

    Attributes:
        function: The function.
    """

    function: lambda_.CfnFunction

    def __init__(
        self, scope: Construct, id: str, *, ledger: dynamodb.CfnTable, wake_queue: WakeQueue
    ) -> None:
        """Define the function and its schedule.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            ledger: The ledger it compares and corrects.
            wake_queue: Told of tenants whose spend it found to be higher.
        """
        super().__init__(scope, id)
        rights = cross_check_rights(place_of(self))
        self.function = define_function(
            self,
            package="cross_check",
            name="finops-cross-check",
            description="Compares the ledger with CloudWatch token counts",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=rights,
            wildcards=wildcard_reasons(rights),
            environment={"LEDGER_TABLE": ledger.ref, "WAKE_QUEUE_URL": wake_queue.queue.ref},
            concurrency="A schedule calls it once an hour",
            dead_letters="The next hour checks again, and an alarm tells that it does not run",
        ).function
        define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Compares the ledger with CloudWatch every hour",
            schedule=_SCHEDULE,
            constant_input='{"check":"schedule"}',
        )
