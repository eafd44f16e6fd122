"""A tenant's way to one model: the profile that carries its tags onto the bill."""

import hashlib
from typing import Final

from aws_cdk import CfnDeletionPolicy, CfnTag
from aws_cdk import aws_bedrock as bedrock
from constructs import Construct

from finops_constructs._sheet import Recorded, define, struct
from finops_constructs._validation import require_literal
from finops_constructs.attribution.cost_tags import CostTags
from finops_constructs.attribution.imported_profile import ImportedInferenceProfile
from finops_constructs.attribution.model_source import ModelSource
from finops_constructs.attribution.profile import InferenceProfile
from finops_constructs.attribution.profile_entry import ProfileEntry
from finops_constructs.attribution.profile_metrics import CacheMetricNames
from finops_constructs.controls.control import Control
from finops_constructs.controls.declare import declare
from finops_constructs.enforcement.modes import Guard
from finops_constructs.enforcement.statements import ALIAS_TAG, TENANT_TAG
from finops_constructs.enforcement.tenant_guard import TenantGuard
from finops_constructs.prices.overlay import TokenRates
from finops_constructs.prices.price_list import PriceList

_SUPPORTS: Final = {
    Control.SPEND_ALLOCATED: "Calls through it carry its tags onto the bill",
    Control.SPEND_WATCHED: "Its own token metrics tell a burst of this alias alone",
}


class ApplicationInferenceProfile(InferenceProfile):
    """Defines an application inference profile with a tenant's cost tags, and its registry entry.

    A profile is of one model; a tenant has one per alias. Its name holds a hash of the model, so
    that a change of model, which replaces the profile, does not collide with the old one; the alias
    and everything keyed by it stay. The old profile is left to the kill switch: it stays callable
    and guarded until nobody has called it for some days, or the tenant is deleted.

    Example:
        model = ApplicationInferenceProfile(
            stack, "Smart", tenant="writer", alias="smart", cost_tags=tags,
            model="eu.anthropic.claude-sonnet-4-5-20250929-v1:0")
        model.grant_invoke(role)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tenant: str,
        alias: str,
        cost_tags: CostTags,
        model: str,
        description: str | None = None,
        guard: Guard | str | None = None,
        metered: bool = True,
        price: TokenRates | None = None,
        prices: PriceList | None = None,
        cache_metrics: CacheMetricNames | None = None,
    ) -> None:
        """Define the profile.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            tenant: The tenant that pays; immutable.
            alias: The tenant's name for the model, such as `smart`.
            cost_tags: The tenant's cost tags.
            model: A foundation model or a system inference profile, by id or ARN.
            description: 1 to 200 characters. Default: none.
            guard: Whether callers get the standing deny. Default: what an earlier construct of the
                tenant said, else `enforce`.
            metered: False: spend of this model is not estimated. Default: True.
            price: The tenant's own rates. Default: the price list.
            prices: The price list. Default: the one shipped with the library.
            cache_metrics: CloudWatch names of the cache token metrics. Default: AWS's usual ones.

        Raises:
            ValueError: If a name, the model or the price does not serve, saying what would.
        """
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
        require_literal(self, "description", description, "the profile's name is computed from it")
        tags = cost_tags.as_dict() | {TENANT_TAG: tenant, ALIAS_TAG: alias}
        self._resource = define(
            bedrock.CfnApplicationInferenceProfile,
            self,
            "Resource",
            inference_profile_name=profile_name(tenant, alias, self.source, description),
            description=description,
            model_source=struct(
                bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty,
                copy_from=self.source.arn(self.place),
            ),
            tags=[struct(CfnTag, key=key, value=value) for key, value in tags.items()],
        )
        _retain_when_replaced(self._resource)
        declare(self._resource, _SUPPORTS)
        tenant_guard = TenantGuard.of(scope, tenant, guard=guard)
        tenant_guard.own(self, f"alias {alias!r}")
        tenant_guard.own_profile(self.profile_arn)
        tenant_guard.release.own_alias(alias)
        self.entry = ProfileEntry(self, cost_tags.as_dict())
        tenant_guard.release.before(self)

    @property
    def profile_arn(self) -> str:
        """ARN of the profile; this is the `modelId` of a call."""
        return self._resource.attr_inference_profile_arn

    @property
    def profile_id(self) -> str:
        """The opaque id, the `ModelId` dimension of its metrics."""
        return self._resource.attr_inference_profile_id

    @staticmethod
    def from_profile_arn(
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
    ) -> ImportedInferenceProfile:
        """Return a profile that exists already, to grant and to measure.

        Args:
            scope: The construct it belongs to.
            id: The construct's id.
            profile_arn: ARN of the application inference profile; may be a token.
            tenant: The tenant that pays.
            alias: The tenant's name for the model.
            model: What the profile was copied from, by id or ARN: its ARN does not tell.
            metered: False: no price is needed. Default: True.
            price: The tenant's own rates. Default: the price list.
            prices: The price list. Default: the one shipped with the library.
            cache_metrics: CloudWatch names of the cache token metrics. Default: AWS's usual ones.

        Raises:
            ValueError: If a name, the ARN, the model or the price does not serve.
        """
        return ImportedInferenceProfile(
            scope,
            id,
            profile_arn=profile_arn,
            tenant=tenant,
            alias=alias,
            model=model,
            metered=metered,
            price=price,
            prices=prices,
            cache_metrics=cache_metrics,
        )


def profile_name(tenant: str, alias: str, source: ModelSource, description: str | None) -> str:
    """Return the name of a profile: readable, and another one for every replacement.

    At most 62 of the 64 characters AWS allows: tenant 32, alias 20, hash 8, two hyphens.
    """
    replacing = "\n".join([tenant, alias, source.source_id, description or ""])
    return f"{tenant}-{alias}-{hashlib.sha256(replacing.encode()).hexdigest()[:8]}"


def _retain_when_replaced(profile: bedrock.CfnApplicationInferenceProfile) -> None:
    if isinstance(profile, Recorded):
        profile.definition |= {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}
        return
    profile.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE
    profile.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
