"""The shipped list: complete, exact, and no rate that its source does not state."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from finops_constructs.attribution.model_source import Scope, parse_model_source
from finops_constructs.prices.litellm_import import LICENCE, import_litellm
from finops_constructs.prices.price_list import SHIPPED, load_price_list

EXTRACT = Path(__file__).parents[3] / "shared" / "data" / "litellm_bedrock_prices.json"
ENTRIES = list(load_price_list().entries())

# USD per 1M tokens: input, output, cache read, write 5m, write 1h (LiteLLM 1.110.2).
KNOWN = {
    "anthropic.claude-opus-5-5": "4 20 0.2 5 8",
    "us.anthropic.claude-opus-5-5": "4.4 22 0.22 5.5 8.8",
    "anthropic.claude-sonnet-5-5": "2 10 0.1 2.5 4",
    "global.anthropic.claude-sonnet-5-5": "2 10 0.1 2.5 4",
    "eu.anthropic.claude-sonnet-5-5": "2.2 11 0.11 2.75 4.4",
    "anthropic.claude-haiku-5-5": "0.1 0.5 0.01 0.125 0.2",
    "anthropic.claude-sonnet-4-6": "3 15 0.3 3.75 6",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0": "3.3 16.5 0.33 4.125 6.6",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0": "1.1 5.5 0.11 1.375 2.2",
    "amazon.nova-micro-v1:0": "0.035 0.14 0.00875 - -",
    "eu.amazon.nova-micro-v1:0": "0.046 0.184 0.0115 - -",
    "eu.amazon.nova-lite-v1:0": "0.078 0.312 0.0195 - -",
    "eu.amazon.nova-pro-v1:0": "1.05 4.2 0.2625 - -",
    "eu.amazon.nova-2-lite-v1:0": "0.429 3.597 0.10725 - -",
    "meta.llama3-3-70b-instruct-v1:0": "0.72 0.72 - - -",
    "us.deepseek.r1-v1:0": "1.35 5.4 - - -",
    "openai.gpt-oss-120b-1:0": "0.15 0.6 - - -",
    "amazon.titan-embed-text-v2:0": "0.02 0 - - -",
}


@pytest.mark.parametrize(("model", "rates"), KNOWN.items())
def test_known_models_have_exactly_their_published_rates(model, rates):
    price = load_price_list().find(parse_model_source(model))
    assert price is not None
    assert [rate for _, rate in price.rates.items()] == [
        None if rate == "-" else Decimal(rate) for rate in rates.split()
    ]


def test_a_long_request_to_haiku_5_5_costs_five_times_as_much():
    price = load_price_list().find(parse_model_source("anthropic.claude-haiku-5-5"))
    assert price is not None
    assert price.rates_for(100_000).input == Decimal("0.1")
    assert price.rates_for(100_001).input == Decimal("0.5")
    assert price.rates_for(100_001).cache_write_1h == Decimal(1)


def test_every_entry_is_well_formed_and_prices_calls_of_its_own():
    assert len(load_price_list(SHIPPED).models()) > 150
    assert len({price.key for price in ENTRIES}) == len(ENTRIES)


def test_no_rate_carries_binary_noise():
    rates = [
        rate
        for price in ENTRIES
        for each in (price.rates, *(tier.rates for tier in price.tiers))
        for _, rate in each.items()
        if rate is not None
    ]
    assert len(rates) > 1000
    assert all(len(rate.normalize().as_tuple().digits) <= 7 for rate in rates)


def test_an_unmetered_model_has_no_token_rates_and_says_what_it_is_billed_by():
    unmetered = [price for price in ENTRIES if not price.metered]
    assert {price.mode for price in unmetered} >= {"rerank", "image_generation", "image_edit"}
    for price in unmetered:
        assert all(rate is None for _, rate in price.rates.items())
        assert price.unit in {"image", "query", "video second", "speech token"}


def test_embeddings_are_priced_by_input_tokens_and_have_free_output():
    embeddings = [price for price in ENTRIES if price.mode == "embedding" and price.metered]
    assert embeddings
    assert all(price.rates.output == 0 and price.rates.input for price in embeddings)


def test_no_metered_text_model_is_free():
    free = [
        price.model
        for price in ENTRIES
        if price.metered
        and not (price.rates.input and (price.rates.output or "embed" in price.mode))
    ]
    assert free == []


def test_the_list_names_its_source_its_licence_and_its_date():
    header = json.loads(SHIPPED.read_text())
    assert header["licence"] == LICENCE
    assert "LiteLLM 1.110.2" in header["source"]
    assert header["as_of"] == "2026-11-20"
    assert {price.as_of for price in ENTRIES} == {date(2026, 11, 20)}


def test_the_list_is_diff_friendly_with_one_model_a_line():
    lines = [line for line in SHIPPED.read_text().splitlines() if line.startswith('    {"model"')]
    assert len(lines) == len(ENTRIES)


def test_scopes_are_told_apart():
    scopes = {price.scope for price in ENTRIES}
    assert {Scope.REGIONAL, Scope.EU, Scope.US, Scope.APAC, Scope.GLOBAL, Scope.US_GOV} <= scopes


def test_the_shipped_list_is_what_the_importer_makes_of_the_litellm_extract():
    if not EXTRACT.is_file():
        pytest.skip("needs ../shared/data/litellm_bedrock_prices.json")
    imported = import_litellm(EXTRACT, version="1.110.2", as_of=date(2026, 11, 20))
    assert {price.key: price for price in imported.prices} == {
        price.key: price for price in ENTRIES
    }
