"""LiteLLM's file: what becomes a price, what is left out and why, and exact numbers."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.prices.litellm_import import import_litellm
from finops_constructs.prices.price_entry import PriceListError

CHAT = {
    "litellm_provider": "bedrock_converse",
    "mode": "chat",
    "input_cost_per_token": 3e-06,
    "output_cost_per_token": 1.5e-05,
}


@pytest.fixture
def imported(tmp_path):
    def load(content):
        path = tmp_path / "litellm.json"
        path.write_text(json.dumps(content))
        return import_litellm(path, version="9.9", as_of=date(2026, 11, 20))

    return load


def keys(result):
    return {(price.model, str(price.scope), price.region) for price in result.prices}


def test_bare_ids_profiles_and_regions_become_prices_of_their_own_scope(imported):
    result = imported(
        {"a.b": CHAT, "eu.a.b": CHAT, "us-gov.a.b": CHAT, "bedrock/eu-west-2/a.b": CHAT}
    )
    assert keys(result) == {
        ("a.b", "regional", None),
        ("a.b", "eu", None),
        ("a.b", "us-gov", None),
        ("a.b", "regional", "eu-west-2"),
    }


def test_of_two_keys_for_the_same_calls_the_shorter_wins_in_either_order(imported):
    dear = CHAT | {"input_cost_per_token": 9e-06}
    for content in (
        {"a.b": CHAT, "bedrock/a.b": dear, "bedrock/invoke/a.b": dear},
        {"bedrock/invoke/a.b": dear, "bedrock/a.b": dear, "a.b": CHAT},
    ):
        [price] = imported(content).prices
        assert price.rates.input == 3


def test_a_route_prices_a_model_that_no_shorter_key_prices(imported):
    assert keys(imported({"bedrock/a.b": CHAT})) == {("a.b", "regional", None)}


@pytest.mark.parametrize(
    ("key", "entry", "reason"),
    [
        ("bedrock_mantle/a.b", CHAT | {"litellm_provider": "bedrock_mantle"}, "inference profiles"),
        ("bedrock/eu-west-1/1-month-commitment/a.b", CHAT, "provisioned throughput"),
        ("bedrock/claude_platform/a.b", CHAT, "not a route"),
        ("bedrock/guardrails", CHAT | {"mode": "guardrail"}, "guardrail"),
        ("a.b@20251001", CHAT, "not a Bedrock model id"),
        ("model-without-provider", CHAT, "not a Bedrock model id"),
        ("zz.a.b", CHAT, "scope 'zz' is not known"),
    ],
)
def test_what_profiles_do_not_carry_is_left_out_with_the_reason(imported, key, entry, reason):
    result = imported({"x.y": CHAT, key: entry})
    assert keys(result) == {("x.y", "regional", None)}
    assert reason in result.skipped[key]


def test_other_providers_are_not_even_mentioned(imported):
    assert imported({"x.y": CHAT, "gpt": {"litellm_provider": "openai"}}).skipped == {}


def test_a_missing_rate_stays_unknown_in_tiers_too(imported):
    [price] = imported({"a.b": CHAT | {"input_cost_per_token_above_200k_tokens": 6e-06}}).prices
    assert price.rates.cache_read is None
    [tier] = price.tiers
    assert (tier.above_input_tokens, tier.rates.input, tier.rates.output) == (200_000, 6, None)


def test_tiers_come_shortest_first(imported):
    long = {f"input_cost_per_token_above_{each}k_tokens": 1e-06 for each in (272, 100, 128)}
    [price] = imported({"a.b": CHAT | long}).prices
    assert [tier.above_input_tokens for tier in price.tiers] == [100_000, 128_000, 272_000]


def test_rates_of_other_service_tiers_are_not_taken(imported):
    other = {
        "input_cost_per_token_batches": 1e-06,
        "input_cost_per_token_flex": 1e-06,
        "input_cost_per_token_above_272k_tokens_priority": 1e-06,
    }
    [price] = imported({"a.b": CHAT | other}).prices
    assert (price.rates.input, price.tiers) == (3, ())


def test_a_model_without_a_token_price_is_unmetered_with_its_own_unit(imported):
    rerank = {
        "litellm_provider": "bedrock",
        "mode": "rerank",
        "input_cost_per_token": 0.0,
        "output_cost_per_token": 0.0,
        "input_cost_per_query": 0.001,
    }
    [price] = imported({"a.b": rerank}).prices
    assert (price.metered, price.unit, price.unit_prices) == (
        False,
        "query",
        {"query": Decimal("0.001")},
    )


def test_a_speech_model_is_unmetered_because_its_tokens_have_two_prices(imported):
    speech = CHAT | {"mode": "realtime", "input_cost_per_audio_token": 3e-06}
    [price] = imported({"a.b": speech}).prices
    assert (price.metered, price.unit) == (False, "speech token")


def test_sizes_of_one_image_model_are_prices_of_one_entry(imported):
    image = {"litellm_provider": "bedrock", "mode": "image_generation"}
    result = imported(
        {
            "512-x-512/50-steps/a.b": image | {"output_cost_per_image": 0.018},
            "max-x-max/50-steps/a.b": image | {"output_cost_per_image": 0.036},
        }
    )
    [price] = result.prices
    assert price.unit_prices == {
        "image 512-x-512 50-steps": Decimal("0.018"),
        "image max-x-max 50-steps": Decimal("0.036"),
    }


def test_deprecation_and_successor_are_kept_the_successor_without_its_scope(imported):
    dated = CHAT | {"deprecation_date": "2027-04-08", "successor_model": "eu.a.c"}
    [price] = imported({"eu.a.b": dated}).prices
    assert (price.deprecation_date, price.successor) == (date(2027, 4, 8), "a.c")
    assert price.source == "LiteLLM 9.9"


@given(st.integers(1, 10**7))
def test_a_price_written_in_dollars_per_token_is_read_without_binary_noise(tmp_path_factory, micro):
    path = tmp_path_factory.mktemp("litellm") / "prices.json"
    spelled = f"{Decimal(micro).scaleb(-12):E}"
    path.write_text(json.dumps({"a.b": CHAT | {"input_cost_per_token": float(spelled)}}))
    [price] = import_litellm(path, version="9.9", as_of=date(2026, 11, 20)).prices
    assert price.rates.input == Decimal(micro).scaleb(-6)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([], "must hold an object of models"),
        ({}, "prices no Bedrock model"),
        (
            {"a.b": CHAT | {"input_cost_per_token": "3"}},
            "a.b: input_cost_per_token: must be a number",
        ),
        ({"a.b": CHAT | {"deprecation_date": "soon"}}, "deprecation_date: must be YYYY-MM-DD"),
        ({"a.b": CHAT | {"mode": None}}, "mode: must be a text"),
    ],
)
def test_fails_when_the_file_is_malformed_naming_the_key(imported, content, problem):
    with pytest.raises(PriceListError, match=r"litellm\.json: ") as error:
        imported(content)
    assert problem in str(error.value)
