"""Usage types of the AWS Price List: on-demand standard text tokens, and nothing else."""

import pytest

from finops_constructs.prices.aws_meters import Meter, Reach, is_unheard_of, meter_of

TAKEN = {
    "EUW1-NovaPro-input-tokens": ("input", Reach.STANDARD, False),
    "EUW1-NovaPro-output-tokens": ("output", Reach.STANDARD, False),
    "USE1-Nova2.0Pro-text-input-tokens": ("input", Reach.STANDARD, False),
    "USE1-NovaPro-cache-read-input-token-count": ("cache_read", Reach.STANDARD, False),
    "USE1-NovaPro-cache-write-input-token-count": ("cache_write_5m", Reach.STANDARD, False),
    "USE1-Nova2.0Lite-output-tokens-cross-region-global": ("output", Reach.GLOBAL, False),
    "EUC1-NovaPro-input-tokens-cross-region-geo": ("input", Reach.GEO, False),
    "USE1-MP:USE1_InputTokenCount-Units": ("input", Reach.STANDARD, False),
    "USE1-MP:USE1_OutputTokenCount_Global-Units": ("output", Reach.GLOBAL, False),
    "USE1-MP:USE1_CacheReadInputTokenCount-Units": ("cache_read", Reach.STANDARD, False),
    "USE1-MP:USE1_CacheWriteInputTokenCount-Units": ("cache_write_5m", Reach.STANDARD, False),
    "USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units": (
        "cache_write_1h",
        Reach.GLOBAL,
        False,
    ),
    "USW2-MP:USW2_InputTokenCount_LCtx_Global-Units": ("input", Reach.GLOBAL, True),
    "USW2-MP:USW2_input_tokens_standard-Units": ("input", Reach.STANDARD, False),
    "USW2-MP:USW2_output_tokens_global_standard-Units": ("output", Reach.GLOBAL, False),
    "USW2-MP:USW2_cache_write_tokens_1h_global_standard-Units": (
        "cache_write_1h",
        Reach.GLOBAL,
        False,
    ),
    "USE1-MP:USE1_input_tokens_long_ctx_standard-Units": ("input", Reach.STANDARD, True),
}
OTHER = [
    "EUW1-NovaPro-input-tokens-batch",
    "EUW1-NovaPro-input-tokens-flex",
    "EUW1-NovaPro-output-tokens-flex-cross-region-global",
    "EUW1-NovaPro-output-tokens-priority",
    "EUW1-NovaPro-input-tokens-latency-optimized",
    "USE1-Llama3-1-70B-LatencyOptimized-input-tokens",
    "EUW1-NovaPro-input-tokens-custom-model",
    "USE1-openai.gpt-oss-120b-mantle-input-tokens-standard",
    "USE1-NovaSonic-speech-input-tokens",
    "USE1-Nova2.0Pro-input-image-token-count",
    "USE1-MP:USE1_InputTokenCount_Batch-Units",
    "USE1-MP:USE1_input_tokens_global_batch-Units",
    "USE1-MP:USE1_cache_write_tokens_30m_standard-Units",
    "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units",
]


@pytest.mark.parametrize(("usage_type", "meter"), TAKEN.items())
def test_standard_on_demand_tokens_are_told_by_kind_and_reach(usage_type, meter):
    kind, reach, long_context = meter
    assert meter_of({"usagetype": usage_type}) == Meter(
        kind=kind, reach=reach, long_context=long_context
    )


@pytest.mark.parametrize("usage_type", OTHER)
def test_other_tiers_and_modalities_are_not_taken_and_not_reported(usage_type):
    assert meter_of({"usagetype": usage_type}) is None
    assert not is_unheard_of({"usagetype": usage_type})


@pytest.mark.parametrize(
    "attributes",
    [
        {"feature": "Batch Inference"},
        {"feature": "Model Customization"},
        {"service_tier": "flex"},
        {"service_tier": "Priority"},
    ],
)
def test_a_tier_that_only_an_attribute_names_is_not_mistaken_for_the_standard_one(attributes):
    assert meter_of({"usagetype": "USE1-Qwen3-32B-input-tokens"} | attributes) is None


@pytest.mark.parametrize(
    "usage_type",
    ["EUW1-NovaPro-input-tokens-lunar", "USE1-MP:USE1_reasoning_tokens_standard-Units"],
)
def test_a_way_of_counting_tokens_that_nobody_knows_here_is_reported(usage_type):
    assert meter_of({"usagetype": usage_type}) is None
    assert is_unheard_of({"usagetype": usage_type})
