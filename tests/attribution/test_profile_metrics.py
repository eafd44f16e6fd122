from decimal import Decimal

import pytest

from finops_constructs import ApplicationInferenceProfile, CacheMetricNames, TokenRates
from tests.stacks_under_test import SONNET, TAGS, new_stack


@pytest.fixture
def profile():
    return ApplicationInferenceProfile(
        new_stack(),
        "Smart",
        tenant="writer",
        alias="smart",
        cost_tags=TAGS,
        model=SONNET,
        price=TokenRates(
            input=Decimal("3.30"),
            output=Decimal("16.50"),
            cache_read=Decimal("0.33"),
            cache_write_5m=Decimal("4.125"),
            cache_write_1h=Decimal("6.60"),
        ),
        cache_metrics=CacheMetricNames(read="CacheRead", write="CacheWrite"),
    )


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("metric_input_tokens", "InputTokenCount"),
        ("metric_output_tokens", "OutputTokenCount"),
        ("metric_cache_read_input_tokens", "CacheRead"),
        ("metric_cache_write_input_tokens", "CacheWrite"),
        ("metric_invocations", "Invocations"),
        ("metric_throttles", "InvocationThrottles"),
    ],
)
def test_a_metric_is_the_sum_over_the_profiles_own_id(profile, method, name):
    metric = getattr(profile, method)()
    assert (metric.namespace, metric.metric_name, metric.statistic) == ("AWS/Bedrock", name, "Sum")
    assert dict(metric.dimensions) == {"ModelId": profile.profile_id}


def test_estimated_cost_prices_each_token_kind_and_takes_the_dearer_cache_write(profile):
    cost = profile.metric_estimated_cost()
    assert cost.expression == (
        "FILL(input,0)*0.0000033+FILL(output,0)*0.0000165"
        "+FILL(cacheread,0)*0.00000033+FILL(cachewrite,0)*0.0000066"
    )
    assert sorted(cost.using_metrics) == ["cacheread", "cachewrite", "input", "output"]


def test_a_token_kind_without_a_rate_costs_no_alarm_metric():
    plain = ApplicationInferenceProfile(
        new_stack(),
        "Plain",
        tenant="writer",
        alias="plain",
        cost_tags=TAGS,
        model=SONNET,
        price=TokenRates(input=1, output=2),
    )
    assert sorted(plain.metric_estimated_cost().using_metrics) == ["input", "output"]
