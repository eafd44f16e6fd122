"""What the payer account holds: the exports, and the role that activates tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Environment, Stack

from finops_constructs.cost_lake.cost_export import CostExport
from finops_constructs.cost_lake.exports import EXPORT_REGION
from finops_constructs.cost_lake.tag_activation_role import TagActivationRole
from finops_constructs.stacks import settings

if TYPE_CHECKING:
    from constructs import Construct

    from finops_constructs.config.cost_data import Billing
    from finops_constructs.config.platform import PlatformConfig
    from finops_constructs.cost_lake.export_bucket import ExportDestination


class BillingStack(Stack):
    """Defines the data exports and the role for tag activation; no functions, and no data.

    In the payer account. Where nobody may deploy there, the exports are a member account's own
    (`billing.export_account`): then the role is not defined, and the payer's people activate tags.

    Attributes:
        exports: CUR 2.0 and FOCUS 1.2.
        tag_activation: The role; None in a member account, or where tags are not to be activated.
    """

    exports: CostExport
    tag_activation: TagActivationRole | None

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        platform: PlatformConfig,
        billing: Billing,
        destination: ExportDestination,
        cost_account: str,
    ) -> None:
        """Define the stack.

        Args:
            scope: The app or stage.
            id: The stack's name.
            platform: The organisation's settings.
            billing: Its settings of the bill.
            destination: The bucket, which must be there first.
            cost_account: The account of the `CostStack`.
        """
        account = billing.export_account or billing.payer_account
        super().__init__(
            scope,
            id,
            description=f"Amazon Bedrock cost data: exports of {platform.organization}'s bill",
            env=Environment(account=account, region=EXPORT_REGION),
            synthesizer=settings.synthesizer(platform),
        )
        zone = settings.landing_zone(platform, account=account, region=EXPORT_REGION)
        zone.apply(self)
        self.exports = CostExport(self, "Exports", destination=destination)
        is_payer = account == billing.payer_account
        self.tag_activation = (
            TagActivationRole(self, "TagActivation", trusted_account=cost_account)
            if billing.activate_tags and is_payer
            else None
        )
        settings.acknowledge(self, platform.acknowledge)
