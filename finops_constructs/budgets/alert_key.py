"""The key that encrypts alerts, with the policy their publishers need."""

from typing import Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

PLATFORM_KEY_ALIAS: Final = "alias/finops"
ALERT_PUBLISHERS: Final = (
    "budgets.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "costalerts.amazonaws.com",
)
"""Services that publish alerts: AWS Budgets, CloudWatch alarms, Cost Anomaly Detection."""


class AlertKey(Construct):
    """Defines a KMS key that alert publishers may use; `alias/aws/sns` would silence them.

    The key statement for the publishers has no `aws:SourceAccount` condition: AWS documents none
    for CloudWatch, and a condition that a service does not send would lose alerts in silence. The
    topic policy is what keeps other accounts out.

    Attributes:
        key: The key. It costs $1 a month.
    """

    key: kms.Key

    def __init__(self, scope: Construct, id: str, *, alias: str | None = None) -> None:
        """Define the key.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            alias: Alias of the key. Default: none.
        """
        super().__init__(scope, id)
        self.key = kms.Key(
            self,
            "Resource",
            alias=alias,
            description=f"Encrypts the alerts of {Stack.of(self).stack_name}",
            enable_key_rotation=True,
            # It only ever encrypts messages on their way; nothing is lost with it.
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowAlertPublishers",
                principals=[iam.ServicePrincipal(name) for name in ALERT_PUBLISHERS],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                # In a key policy "*" is the key itself.
                resources=["*"],
            )
        )
