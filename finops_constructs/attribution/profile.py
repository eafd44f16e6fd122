"""What an owned and an imported inference profile have in common: grants and metrics."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from finops_constructs._place import Place, place_of
from finops_constructs._shell import Shell
from finops_constructs._tokens import is_unresolved
from finops_constructs._validation import check_alias, check_tenant, invalid, require_literal
from finops_constructs.attribution import profile_metrics
from finops_constructs.attribution.model_rates import ProfilePrice, price_of
from finops_constructs.attribution.model_source import ModelSource, parse_model_source
from finops_constructs.attribution.profile_metrics import CacheMetricNames
from finops_constructs.enforcement.tenant_guard import TenantGuard
from finops_constructs.prices.model_price import Rates
from finops_constructs.prices.overlay import TokenRates
from finops_constructs.prices.price_list import PriceList

if TYPE_CHECKING:
    from finops_constructs.attribution.profile_entry import ProfileEntry


class InferenceProfile(Shell):
    """An application inference profile of one tenant, owned or imported.

    Attributes:
        tenant: The tenant that pays.
        alias: The tenant's name for the model.
        source: The foundation model or system profile behind it.
        metered: Whether its spend is estimated.
        rates: What its tokens cost; None if it is not metered.
        pricing: Those rates with their long-context tiers, their source and its date.
        entry: Its registry entry; None if another stack defines it.
        cache_metrics: CloudWatch names of the cache token metrics.
        place: Where it is called.
    """

    tenant: str
    alias: str
    source: ModelSource
    metered: bool
    rates: Rates | None
    pricing: ProfilePrice | None
    entry: "ProfileEntry | None" = None
    cache_metrics: CacheMetricNames
    place: Place

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tenant: str,
        alias: str,
        model: str,
        metered: bool,
        price: TokenRates | None,
        prices: PriceList | None,
        cache_metrics: CacheMetricNames | None,
    ) -> None:
        """Describe the profile; a subclass says where it is."""
        super().__init__(scope, id)
        self.place = place_of(self)
        self.tenant = check_tenant(self, tenant)
        self.alias = check_alias(self, alias)
        self.source = _checked_source(self, model, self.place)
        self.metered = metered
        self.pricing = price_of(
            self, self.source, region=self.place.region, prices=prices, price=price, metered=metered
        )
        self.rates = self.pricing.rates if self.pricing else None
        self.cache_metrics = cache_metrics or CacheMetricNames()

    @property
    def profile_arn(self) -> str:
        """ARN of the profile; this is the `modelId` of a call."""
        raise NotImplementedError

    @property
    def profile_id(self) -> str:
        """The opaque id, the `ModelId` dimension of its metrics."""
        raise NotImplementedError

    def grant_invoke(
        self, grantee: iam.IGrantable, *, shared_with: Sequence[str] = ()
    ) -> iam.Grant:
        """Let a role call this profile; not the model behind it, nor any other profile.

        The role is entered in the registry and, unless the tenant's guard is `observe`, gets the
        standing deny, so that a broader allow of its own does not take it past tags, budget or
        switch.

        Args:
            grantee: An IAM role of this account, or a construct that runs as one.
            shared_with: The other tenants the role also calls; each must say so too.
                Default: none.

        Raises:
            ValueError: If the grantee is no role, or is a role of another account.
        """
        guard = TenantGuard.of(self, self.tenant)
        return guard.grant_invoke(grantee, [self], shared_with=shared_with)

    def metric(
        self, metric_name: str, *, statistic: str = "Sum", period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Return a metric of `AWS/Bedrock` for calls through this profile.

        Args:
            metric_name: Such as `Invocations`.
            statistic: Token counts mean something as `Sum` only. Default: `Sum`.
            period: Default: 5 minutes.
        """
        return profile_metrics.metric(
            self.profile_id, metric_name, statistic=statistic, period=period
        )

    def metric_input_tokens(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Return the input tokens that came from no cache."""
        return self.metric("InputTokenCount", period=period)

    def metric_output_tokens(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Return the output tokens."""
        return self.metric("OutputTokenCount", period=period)

    def metric_cache_read_input_tokens(
        self, *, period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Return the input tokens read from the prompt cache."""
        return self.metric(self.cache_metrics.read, period=period)

    def metric_cache_write_input_tokens(
        self, *, period: Duration | None = None
    ) -> cloudwatch.Metric:
        """Return the input tokens written to the prompt cache."""
        return self.metric(self.cache_metrics.write, period=period)

    def metric_invocations(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Return the successful calls."""
        return self.metric("Invocations", period=period)

    def metric_throttles(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """Return the calls that AWS throttled."""
        return self.metric("InvocationThrottles", period=period)

    def metric_estimated_cost(self, *, period: Duration | None = None) -> cloudwatch.MathExpression:
        """Return what the profile's tokens cost, in USD, by the price list.

        CloudWatch tells neither how long a written cache lives nor how long a request's context
        was: cache writes are priced at the dearer, the 1-hour, rate, and long-context requests at
        the base rate, so the figure is a lower bound for models with a long-context tier. A token
        kind without a rate is left out.

        Raises:
            ValueError: If the profile is not metered.
        """
        if self.rates is None:
            raise invalid(self, "the profile is not metered and has no price")
        return profile_metrics.estimated_cost(
            self.profile_id, self.rates, cache=self.cache_metrics, period=period
        )


def _checked_source(construct: Construct, model: str, place: Place) -> ModelSource:
    require_literal(construct, "model", model, "grants, prices and the name are computed from it")
    try:
        source = parse_model_source(model)
    except ValueError as error:
        raise invalid(construct, f"model: {error}") from None
    for name, given, own in [
        ("Region", source.region, place.region),
        ("account", source.account, place.account),
    ]:
        if given is not None and not is_unresolved(own) and given != own:
            raise invalid(
                construct,
                f"model {model!r} is in {name} {given}, this stack is in {own}: a profile "
                "can be copied in its own account and Region only",
            )
    return source
