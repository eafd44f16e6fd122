"""A profile that exists already: granted and measured here, defined elsewhere."""

import re
from typing import Final

from aws_cdk import Fn
from constructs import Construct

from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import invalid
from finops_constructs.attribution.cost_tags import CostTags
from finops_constructs.attribution.profile import InferenceProfile
from finops_constructs.attribution.profile_entry import ProfileEntry
from finops_constructs.attribution.profile_metrics import CacheMetricNames
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.statements import ALIAS_TAG, TENANT_TAG
from finops_constructs.enforcement.tenant_guard import TenantGuard
from finops_constructs.prices.overlay import TokenRates
from finops_constructs.prices.price_list import PriceList

_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:bedrock:[a-z0-9-]+:[0-9]{12}:application-inference-profile/[a-z0-9-]+"
)


class ImportedInferenceProfile(InferenceProfile):
    """An application inference profile that this stack does not define.

    Use `ApplicationInferenceProfile.from_profile_arn`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        profile_arn: str,
        tenant: str,
        alias: str,
        model: str,
        metered: bool = True,
        price: TokenRates | None = None,
        prices: PriceList | None = None,
        cache_metrics: CacheMetricNames | None = None,
    ) -> None:
        """Describe the profile; see `ApplicationInferenceProfile.from_profile_arn`."""
        super().__init__(
            scope,
            id,
            tenant=tenant,
            alias=alias,
            model=model,
            metered=metered,
            price=price,
            prices=prices,
            cache_metrics=cache_metrics,
        )
        if not is_unresolved(profile_arn) and not _ARN.fullmatch(profile_arn):
            raise invalid(
                self,
                f"profile_arn must be the ARN of an application inference "
                f"profile, got {profile_arn!r}",
            )
        self._profile_arn = profile_arn

    @property
    def profile_arn(self) -> str:
        """ARN of the profile; this is the `modelId` of a call."""
        return self._profile_arn

    @property
    def profile_id(self) -> str:
        """The opaque id, the `ModelId` dimension of its metrics."""
        if is_unresolved(self._profile_arn):
            return Fn.select(1, Fn.split("/", self._profile_arn))
        return self._profile_arn.split("/")[1]

    def adopt(self, cost_tags: CostTags) -> None:
        """Make this stack the owner of the profile without recreating it.

        The profile is tagged by the tenant's release resource, entered in the registry and put
        under the suspension policy. When the stack is deleted the profile stays, with its cost tags
        and without the guard's own.
        """
        guard = TenantGuard.of(self, self.tenant)
        guard.own(self, f"alias {self.alias!r}")
        tags = {**cost_tags.as_dict(), TENANT_TAG: self.tenant, ALIAS_TAG: self.alias}
        guard.release.adopt_profile(self.profile_arn, tags)
        guard.own_profile(self.profile_arn)
        self.entry = ProfileEntry(self, cost_tags.as_dict())
        declare(
            self.entry.parameter,
            {
                Control.SPEND_ALLOCATED: "The tenant's release puts its cost tags on the profile",
                Control.SPEND_WATCHED: "Its own token metrics tell a burst of this alias alone",
            },
        )
        guard.release.before(self.entry.parameter)
