"""CloudWatch metrics of an application inference profile.

The `ModelId` dimension of profile traffic is the profile's opaque id (aws-facts section 2,
third-party evidence), and token counts are published as samples, so only `Sum` means anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from finops_constructs._sheet import struct
from finops_constructs.prices.model_price import Rates

NAMESPACE: Final = "AWS/Bedrock"
_TOKENS_PER_RATE: Final = Decimal(1_000_000)
_LABEL: Final = "Estimated cost (USD)"


@dataclass(frozen=True, slots=True)
class CacheMetricNames:
    """CloudWatch names of the cache token metrics; AWS's own pages disagree on them."""

    read: str = "CacheReadInputTokenCount"
    write: str = "CacheWriteInputTokenCount"


def metric(
    profile_id: str, name: str, *, statistic: str = "Sum", period: Duration | None = None
) -> cloudwatch.Metric:
    """Return one metric of one profile; period defaults to 5 minutes."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"ModelId": profile_id},
        statistic=statistic,
        period=period or Duration.minutes(5),
    )


def estimated_cost(
    profile_id: str, rates: Rates, *, cache: CacheMetricNames, period: Duration | None
) -> cloudwatch.MathExpression:
    """Return the cost in USD as metric maths over the token counts that have a rate."""
    priced = _priced_metrics(rates, cache)
    return cloudwatch.MathExpression(
        expression=_sum_of_costs(priced),
        label=_LABEL,
        period=period or Duration.minutes(5),
        using_metrics={
            key: metric(profile_id, name, period=period) for key, (name, _) in priced.items()
        },
    )


def cost_queries(
    profile_id: str, rates: Rates, *, cache: CacheMetricNames, period_seconds: int
) -> list[cloudwatch.CfnAlarm.MetricDataQueryProperty]:
    """Return the same as the queries of an alarm, each of which costs money every month."""
    query = cloudwatch.CfnAlarm.MetricDataQueryProperty
    priced = _priced_metrics(rates, cache)
    model = struct(cloudwatch.CfnAlarm.DimensionProperty, name="ModelId", value=profile_id)
    return [
        struct(query, id="cost", expression=_sum_of_costs(priced), label=_LABEL, return_data=True),
        *(
            struct(
                query,
                id=key,
                metric_stat=struct(
                    cloudwatch.CfnAlarm.MetricStatProperty,
                    metric=struct(
                        cloudwatch.CfnAlarm.MetricProperty,
                        dimensions=[model],
                        metric_name=name,
                        namespace=NAMESPACE,
                    ),
                    period=period_seconds,
                    stat="Sum",
                ),
                return_data=False,
            )
            for key, (name, _) in priced.items()
        ),
    ]


def _priced_metrics(rates: Rates, cache: CacheMetricNames) -> dict[str, tuple[str, Decimal]]:
    """Return id -> metric name and rate of every token kind that has a rate above zero."""
    write_rate = rates.cache_write_1h if rates.cache_write_1h is not None else rates.cache_write_5m
    kinds = {
        "input": ("InputTokenCount", rates.input),
        "output": ("OutputTokenCount", rates.output),
        "cacheread": (cache.read, rates.cache_read),
        "cachewrite": (cache.write, write_rate),
    }
    return {key: (name, rate) for key, (name, rate) in kinds.items() if rate}


def _sum_of_costs(priced: Mapping[str, tuple[str, Decimal]]) -> str:
    terms = [f"FILL({key},0)*{_per_token(rate)}" for key, (_, rate) in priced.items()]
    return "+".join(terms) or "0"


def _per_token(usd_per_million: Decimal) -> str:
    return f"{usd_per_million / _TOKENS_PER_RATE:f}"
