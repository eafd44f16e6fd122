"""The estimates, brought to the bill: the ledger in the cost lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from finops_constructs._function import METRICS_NAMESPACE, define_function
from finops_constructs._place import place_of
from finops_constructs.cost_lake.export_bucket import ESTIMATES_FOLDER
from finops_constructs.enforcement.event_rules import define_function_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import aws_lambda as lambda_

    from finops_constructs.budgets.alert_topic import AlertTopic
    from finops_constructs.cost_lake.export_bucket import ExportDestination
    from finops_constructs.enforcement.spend_meter import SpendMeter

SERVICE: Final = "ledger-export"
"""As the function's metrics call it."""
# Before the reconciliation of the same morning.
_SCHEDULE: Final = "cron(20 5 * * ? *)"
_TIMEOUT_SECONDS: Final = 600
_DAY_SECONDS: Final = 86_400


class LedgerExport(Construct):
    """Defines the daily job that writes a platform's ledger into the cost lake.

    One CSV file a month, of this month and the last, written over every day: what came late or
    was corrected by a person is in it. The lake's table `estimates` reads it, `estimate_vs_bill`
    compares. The bucket of another account has to admit this one (`ledger_accounts`).

    Example:
        LedgerExport(
            stack, "LedgerExport", meter=meter, destination=bucket.destination, alerts=alerts
        )

    Attributes:
        function: The function.
        alarm: Fires when nothing was written for two days ($0.10 a month).
    """

    function: lambda_.CfnFunction
    alarm: cloudwatch.CfnAlarm

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        meter: SpendMeter,
        destination: ExportDestination,
        alerts: AlertTopic,
    ) -> None:
        """Define the job.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            meter: Whose ledger it writes.
            destination: The lake's bucket.
            alerts: Who is told if nothing is written.
        """
        super().__init__(scope, id)
        place = place_of(self)
        below = f"{ESTIMATES_FOLDER}/{place.account}-{place.region}-*"
        files = f"arn:{place.partition}:s3:::{destination.bucket_name}/{below}"
        self.function = define_function(
            Construct(self, "Function"),
            package="ledger_export",
            description="Writes the estimates of the ledger into the cost lake",
            timeout_seconds=_TIMEOUT_SECONDS,
            statements=[
                {
                    "Effect": "Allow",
                    "Action": ["dynamodb:Scan"],
                    "Resource": [meter.ledger.attr_arn],
                },
                {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": [files]},
            ],
            wildcards={
                f"arn:{place.partition}:s3:::{name}/{below}": "A file a month of this platform"
                for name in self._shown(destination.bucket_name)
            },
            environment={
                "BUCKET": destination.bucket_name,
                "BUCKET_ACCOUNT": destination.owner,
                "BUCKET_REGION": destination.region,
                "LEDGER_TABLE": meter.ledger.ref,
            },
            concurrency="A schedule calls it once a day",
            dead_letters="The next day writes the same months, and an alarm says that none did",
        ).function
        define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Writes the estimates of the ledger into the cost lake, every day",
            schedule=_SCHEDULE,
            constant_input='{"export":"schedule"}',
        )
        self.alarm = self._alarm(alerts)

    def _alarm(self, alerts: AlertTopic) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            "EstimatesNotExported",
            alarm_actions=[alerts.topic_arn],
            alarm_description="No estimates were written into the cost lake for two days:"
            " estimate_vs_bill compares old ones. Runbook:"
            " docs/runbooks/bill.md#estimates-not-exported",
            comparison_operator="LessThanThreshold",
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="service", value=SERVICE)],
            evaluation_periods=2,
            metric_name="ExportedEstimates",
            namespace=METRICS_NAMESPACE,
            period=_DAY_SECONDS,
            statistic="SampleCount",
            threshold=1,
            treat_missing_data="breaching",
        )

    def _shown(self, bucket_name: str) -> Iterator[str]:
        """Yield a bucket's name as findings write it; of one that is imported they cannot."""
        name = Stack.of(self).resolve(bucket_name)
        if isinstance(name, str):
            yield name
        elif "Ref" in name:
            yield f"<{name['Ref']}>"
