"""The report and the statements that come by themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._function import define_function
from finops_constructs._place import place_of
from finops_constructs._validation import invalid, require_literal
from finops_constructs.cost_lake.buckets import define_bucket, define_bucket_policy, shown_arn
from finops_constructs.cost_lake.library_layer import define_library_layer
from finops_constructs.cost_lake.reconciliation import (
    PlatformPlace,
    targets_json,
    tell_platforms,
)
from finops_constructs.enforcement.event_rules import define_function_rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_s3 as s3

    from finops_constructs.budgets.alert_topic import AlertTopic
    from finops_constructs.cost_lake.cost_lake import CostLake

# Every weekday of the first half of the month; the function tells which of them is the day.
_SCHEDULE: Final = "cron(30 7 ? * MON-FRI *)"
_ALARM_SECONDS: Final = 300
_TIMEOUT_SECONDS: Final = 900
_MEMORY_MB: Final = 1024
_OLD_VERSION_DAYS: Final = 3650
_LATEST_DAY: Final = 15


class MonthlyReport(Construct):
    """Defines that last month's report and chargeback statements are made on a stated working day.

    They are kept in a bucket, and statements are never written over. Who subscribed to `readers` is
    sent the numbers and a link; the owner of each tenant its own charges and the link to its
    statement, by the platform's `finops.statement-issued` event and the tenant's alert topic. Links
    carry no right: who follows one signs in and needs `grant_read`. To make a month's report
    again, call the function with `{"month": "2026-10"}`. If it fails, readers are told that too.

    Attributes:
        bucket: Where reports and statements are kept.
        function: The function.
        alarm: Fires when the function fails ($0.10 a month).
    """

    bucket: s3.CfnBucket
    function: lambda_.CfnFunction
    alarm: cloudwatch.CfnAlarm

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        lake: CostLake,
        readers: AlertTopic,
        key: kms.IKey,
        organization: str,
        platforms: Sequence[PlatformPlace] = (),
        working_day: int = 5,
        holidays: Sequence[date] = (),
    ) -> None:
        """Define the function, its schedule and the bucket.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            lake: What it asks.
            readers: Who is told.
            key: The key that `readers` is encrypted with.
            organization: Whose report it is.
            platforms: Where tenants live whose owners are told of their statements. Default: no
                owner is told.
            working_day: Working day of the month after, 1 to 15. Default: 5.
            holidays: Days that are no working days, beside Saturdays and Sundays. Default: none.

        Raises:
            ValueError: If the working day is not 1 to 15.
        """
        super().__init__(scope, id)
        require_literal(self, "working_day", working_day, "its schedule is made for it")
        if not 1 <= working_day <= _LATEST_DAY:
            raise invalid(self, f"working_day must be 1 to {_LATEST_DAY}, got {working_day}")
        kept = Construct(self, "Kept")
        self.bucket = define_bucket(kept, name=None, old_version_days=_OLD_VERSION_DAYS, keep=True)
        define_bucket_policy(kept, self.bucket)
        objects = f"{self.bucket.attr_arn}/*"
        partition, told = place_of(self).partition, sorted(set(platforms))
        self.function = define_function(
            Construct(self, "Function"),
            package="monthly_report",
            description="Makes last month's cost report and chargeback statements",
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_mb=_MEMORY_MB,
            statements=[
                *lake.query_statements(),
                *self._rights(objects, readers, key),
                *([tell_platforms(partition, told)] if told else []),
            ],
            wildcards={
                **lake.query_wildcards(),
                f"{shown_arn(self.bucket)}/*": "Its own bucket's reports and statements",
            },
            environment={
                "BUCKET": self.bucket.ref,
                "DATABASE": lake.database_name,
                "HOLIDAYS": json.dumps(sorted(day.isoformat() for day in holidays)),
                "ORGANIZATION": organization,
                "PARTITION": partition,
                "TARGETS": targets_json(told),
                "TOPIC_ARN": readers.topic_arn,
                "WORKGROUP": lake.workgroup_name,
                "WORKING_DAY": str(working_day),
            },
            concurrency="A schedule calls it once a working day",
            dead_letters="Lambda tries twice more, an alarm tells, and a person can ask again",
        ).function
        layer = define_library_layer(self, "Layer", charts=True)
        self.function.layers = [*(self.function.layers or []), layer.ref]
        define_function_rule(
            self,
            "Schedule",
            function=self.function,
            description="Makes the monthly cost report if today is its working day",
            schedule=_SCHEDULE,
            constant_input='{"report":"schedule"}',
        )
        self.alarm = cloudwatch.CfnAlarm(
            self,
            "ReportNotMade",
            alarm_actions=[readers.topic_arn],
            alarm_description="The monthly cost report could not be made."
            " Runbook: docs/runbooks/bill.md#report-not-made",
            comparison_operator="GreaterThanThreshold",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name="FunctionName", value=self.function.ref)
            ],
            evaluation_periods=1,
            metric_name="Errors",
            namespace="AWS/Lambda",
            period=_ALARM_SECONDS,
            statistic="Sum",
            threshold=0,
            treat_missing_data="notBreaching",
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody read reports and statements, of all tenants.

        Args:
            grantee: A role of this account.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:GetObject"],
            resource_arns=[f"{self.bucket.attr_arn}/*"],
        )

    def _rights(self, objects: str, readers: AlertTopic, key: kms.IKey) -> list[dict[str, Any]]:
        return [
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": [objects]},
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [self.bucket.attr_arn]},
            {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": [readers.topic_arn]},
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": [key.key_arn],
            },
        ]
