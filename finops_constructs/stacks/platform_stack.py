"""What all tenants of one account and Region share."""

from aws_cdk import DefaultStackSynthesizer, Duration, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from constructs import Construct

from finops_constructs.budgets.alert_key import PLATFORM_KEY_ALIAS, AlertKey
from finops_constructs.budgets.alert_topic import AlertTopic
from finops_constructs.config.platform import PlatformConfig
from finops_constructs.enforcement.platform_dashboard import PlatformDashboard
from finops_constructs.enforcement.wake_queue import WakeQueue
from finops_constructs.stacks import settings


class PlatformStack(Stack):
    """Defines the platform of one account and Region: key, operator alerts, wake queue, dashboard.

    Attributes:
        alerts: Where the platform team's own alerts go.
        wake_queue: What makes the kill switch look.
    """

    alerts: AlertTopic
    wake_queue: WakeQueue

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: PlatformConfig,
        account: str,
        region: str,
    ) -> None:
        """Define the platform.

        Args:
            scope: The app or stage.
            id: The stack's name.
            platform: The organisation's settings.
            account: AWS account id.
            region: AWS Region.
        """
        super().__init__(
            scope,
            id,
            description=f"FinOps guardrails for Amazon Bedrock: {platform.organization}, {region}",
            env=Environment(account=account, region=region),
            synthesizer=DefaultStackSynthesizer(qualifier=platform.landing_zone.cdk_qualifier),
        )
        zone = settings.landing_zone(platform, account=account, region=region)
        zone.apply(self)
        self.wake_queue = WakeQueue(self, "WakeQueue")
        self.alerts = AlertTopic(
            self,
            "Alerts",
            emails=platform.alerts.emails,
            slack=settings.slack_channels(platform.alerts),
            teams=settings.teams_channels(platform.alerts),
            key=self._key(zone.kms_key_arn),
            wake=False,
        )
        _alarm_on_dead_letters(self, self.wake_queue, self.alerts)
        PlatformDashboard(self, "Dashboard", wake_queue=self.wake_queue)
        settings.acknowledge(self, platform.acknowledge)

    def _key(self, existing_arn: str | None) -> kms.IKey:
        """Define the platform's key, or give the existing one the alias that tenants look for."""
        if existing_arn is None:
            return AlertKey(self, "Key", alias=PLATFORM_KEY_ALIAS).key
        key = kms.Key.from_key_arn(self, "ExistingKey", existing_arn)
        kms.CfnAlias(self, "KeyAlias", alias_name=PLATFORM_KEY_ALIAS, target_key_id=existing_arn)
        return key


def _alarm_on_dead_letters(scope: Construct, queue: WakeQueue, alerts: AlertTopic) -> None:
    cloudwatch.CfnAlarm(
        scope,
        "DeadLettersAlarm",
        alarm_actions=[alerts.topic_arn],
        alarm_description=(
            "Messages that should have woken the kill switch could not be handled; it still runs "
            "on its schedule. Look at the oldest message of the dead-letter queue."
        ),
        comparison_operator="GreaterThanThreshold",
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(
                name="QueueName", value=queue.dead_letters.attr_queue_name
            )
        ],
        evaluation_periods=1,
        metric_name="ApproximateNumberOfMessagesVisible",
        namespace="AWS/SQS",
        period=Duration.minutes(5).to_seconds(),
        statistic="Maximum",
        threshold=0,
        treat_missing_data="notBreaching",
    )
