"""Finding a price: the exact Region first, the user's own before the list's, never a guess."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from finops_constructs.attribution.model_source import ModelSource, Scope, parse_model_source
from finops_constructs.prices.overlay import PriceOverlay, TokenRates
from finops_constructs.prices.price_list import PriceListError, load_price_list

PRICES = load_price_list()
LLAMA = "meta.llama3-8b-instruct-v1:0"


def overlay(model, scope, usd, region=None):
    return PriceOverlay(
        model=model,
        scope=scope,
        region=region,
        rates=TokenRates(input=Decimal(usd), output=Decimal(usd)),
        source="contract 7",
        as_of=date(2026, 10, 1),
    )


def input_rate(prices, model, region=None):
    price = prices.find(parse_model_source(model), region=region)
    return None if price is None else price.rates.input


def test_the_price_of_the_exact_region_comes_before_the_one_for_every_region():
    assert input_rate(PRICES, LLAMA, "eu-west-2") == Decimal("0.39")
    assert input_rate(PRICES, LLAMA, "eu-north-1") == Decimal("0.3")
    assert input_rate(PRICES, LLAMA) == Decimal("0.3")


def test_the_region_of_an_arn_counts_where_no_other_is_given():
    arn = f"arn:aws:bedrock:eu-west-2::foundation-model/{LLAMA}"
    assert input_rate(PRICES, arn) == Decimal("0.39")
    assert input_rate(PRICES, arn, "ca-central-1") == Decimal("0.35")


@pytest.mark.parametrize("scope", list(Scope))
def test_a_price_is_never_taken_from_another_scope(scope):
    for price in PRICES.entries():
        source = ModelSource(base_model_id=price.model, scope=scope)
        found = PRICES.find(source, region="eu-west-1")
        assert found is None or found.key in {
            (price.model, scope, None),
            (price.model, scope, "eu-west-1"),
        }


def test_a_model_priced_in_one_region_only_has_no_price_elsewhere():
    fable = "anthropic.claude-3-haiku-20240307-v1:0"
    assert input_rate(PRICES, fable, "us-gov-west-1") == Decimal("0.3")
    if input_rate(PRICES, fable) is None:
        assert input_rate(PRICES, fable, "eu-west-1") is None


def test_an_unknown_model_has_no_price_and_near_names_are_suggested():
    source = parse_model_source("eu.anthropic.claude-sonnet-5-6")
    assert PRICES.find(source) is None
    assert "eu.anthropic.claude-sonnet-5-5" in PRICES.suggestions(source)


def test_other_scopes_of_the_same_model_are_suggested_first():
    source = parse_model_source("jp.meta.llama3-3-70b-instruct-v1:0")
    assert set(PRICES.suggestions(source)[:2]) == {
        "meta.llama3-3-70b-instruct-v1:0",
        "us.meta.llama3-3-70b-instruct-v1:0",
    }


def test_an_id_without_its_date_suggests_the_dated_one():
    source = parse_model_source("eu.anthropic.claude-sonnet-4-5")
    assert PRICES.suggestions(source)[0] == "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"


def test_the_users_price_wins_over_the_list_even_over_a_price_of_the_exact_region():
    own = PRICES.with_overlay([overlay(LLAMA, Scope.REGIONAL, "0.01")])
    assert input_rate(own, LLAMA, "eu-west-2") == Decimal("0.01")
    assert input_rate(PRICES, LLAMA, "eu-west-2") == Decimal("0.39")


def test_the_first_of_the_users_prices_that_matches_wins():
    own = PRICES.with_overlay(
        [
            overlay(LLAMA, Scope.REGIONAL, "0.01", "eu-west-1"),
            overlay(LLAMA, Scope.REGIONAL, "0.02"),
            overlay(LLAMA, Scope.REGIONAL, "0.03", "eu-west-2"),
        ]
    )
    assert input_rate(own, LLAMA, "eu-west-1") == Decimal("0.01")
    assert input_rate(own, LLAMA, "eu-west-2") == Decimal("0.02")


def test_the_users_price_of_one_scope_leaves_the_others_alone():
    own = PRICES.with_overlay([overlay("anthropic.claude-sonnet-5-5", Scope.EU, "0.5")])
    assert input_rate(own, "eu.anthropic.claude-sonnet-5-5") == Decimal("0.5")
    assert input_rate(own, "us.anthropic.claude-sonnet-5-5") == Decimal("2.2")


def test_the_users_price_keeps_what_the_list_knows_of_the_models_future():
    model = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    own = PRICES.with_overlay([overlay(model, Scope.EU, "0.5")])
    price = own.find(parse_model_source(f"eu.{model}"), region="eu-west-1")
    assert price is not None
    assert (price.successor, price.source) == ("anthropic.claude-sonnet-5-5", "contract 7")
    assert price.tiers == ()


def test_a_model_only_the_user_prices_is_listed_and_found():
    own = PRICES.with_overlay([overlay("acme.solar-1", Scope.EU, "1")])
    assert "acme.solar-1" in own.models()
    assert "eu.acme.solar-1" in own.suggestions(parse_model_source("us.acme.solar-1"))
    assert input_rate(own, "eu.acme.solar-1") == 1


def test_deprecations_name_the_retired_and_the_soon_to_be_retired_soonest_first():
    retiring = PRICES.deprecations(90, date(2026, 11, 24))
    dates = [price.deprecation_date for price in retiring if price.deprecation_date]
    assert len(dates) == len(retiring)
    assert dates == sorted(dates)
    assert dates[0] < date(2026, 11, 24) < dates[-1] <= date(2027, 2, 22)
    assert ("ai21.jamba-1-5-mini-v1:0", date(2026, 11, 26)) in [
        (price.model, price.deprecation_date) for price in retiring
    ]


def test_age_is_counted_from_the_newest_price():
    assert PRICES.age_days(date(2026, 11, 24)) == 4


def test_the_shipped_list_is_read_once():
    assert load_price_list() is load_price_list()


def test_loading_takes_less_than_50_ms_and_imports_neither_aws_cdk_nor_boto3():
    code = """
import sys, time
from finops_constructs.attribution.model_source import parse_model_source
from finops_constructs.prices.price_list import load_price_list
start = time.process_time()
assert load_price_list().find(parse_model_source("eu.anthropic.claude-sonnet-5-5"))
print(time.process_time() - start)
assert not {"aws_cdk", "boto3", "rich", "yaml"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.05


@pytest.fixture
def written(tmp_path):
    def write(change):
        content = {
            "schema_version": 1,
            "source": "a",
            "licence": "b",
            "as_of": "2026-11-20",
            "unit": "USD per 1,000,000 tokens",
            "models": [
                {
                    "model": "a.b",
                    "scope": "eu",
                    "region": None,
                    "mode": "chat",
                    "unit": "1M tokens",
                    "metered": True,
                    "rates": {
                        "input": "1",
                        "output": "2",
                        "cache_read": None,
                        "cache_write_5m": None,
                        "cache_write_1h": None,
                    },
                    "source": "a",
                    "as_of": "2026-11-20",
                }
            ],
        }
        change(content)
        path = tmp_path / "prices.json"
        path.write_text(json.dumps(content))
        return path

    return write


def test_a_list_of_ones_own_is_used_instead_of_the_shipped_one(written):
    prices = load_price_list(written(lambda _: None))
    assert prices.models() == ("a.b",)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda c: c.pop("unit"), "unit: missing"),
        (lambda c: c.update(unit="EUR"), "unit: must be 'USD per 1,000,000 tokens', got 'EUR'"),
        (lambda c: c.update(schema_version=2), "schema_version: must be 1, got 2"),
        (lambda c: c.update(as_of="today"), "as_of: must be YYYY-MM-DD, got 'today'"),
        (lambda c: c.update(models={}), "models: must be a list"),
        (lambda c: c["models"].append(7), "models[1]: must be an object, got 7"),
        (lambda c: c["models"].append(c["models"][0]), "models[1] (a.b): prices the same calls"),
        (lambda c: c["models"][0].update(scope="mars"), "models[0] (a.b): scope: must be one of"),
        (lambda c: c["models"][0].update(region="Paris"), "region: must be an AWS Region or null"),
        (lambda c: c["models"][0].update(metered=1), "metered: must be true or false, got 1"),
        (lambda c: c["models"][0].update(metered=False), "metered: must be true if and only if"),
        (lambda c: c["models"][0].update(typo=1), "typo: unknown key; allowed is model, scope"),
        (lambda c: c["models"][0].pop("source"), "models[0] (a.b): source: missing"),
        (lambda c: c["models"][0]["rates"].pop("cache_read"), "rates: cache_read: missing"),
        (lambda c: c["models"][0]["rates"].update(output=0.1), "rates.output: must be a decimal"),
        (lambda c: c["models"][0]["rates"].update(output="-1"), "got '-1'"),
        (lambda c: c["models"][0]["rates"].update(output="NaN"), "got 'NaN'"),
        (lambda c: c["models"][0]["rates"].update(output="ten"), "got 'ten'"),
        (
            lambda c: c["models"][0].update(
                tiers=[
                    {"above_input_tokens": above, "rates": c["models"][0]["rates"]}
                    for above in (200_000, 100_000)
                ]
            ),
            "tiers[1].above_input_tokens: must be a whole number > 200000, got 100000",
        ),
    ],
)
def test_fails_when_a_list_is_malformed_naming_the_file_and_the_key(written, change, problem):
    path = written(change)
    with pytest.raises(PriceListError) as error:
        load_price_list(path)
    assert str(error.value).startswith(f"{path}: ")
    assert problem in str(error.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_fails_when_a_list_is_no_price_list_at_all(tmp_path, content):
    path = tmp_path / "prices.json"
    path.write_bytes(content)
    with pytest.raises(PriceListError, match=r"prices\.json: "):
        load_price_list(path)


def test_fails_when_a_list_is_absent(tmp_path):
    with pytest.raises(PriceListError, match="cannot be read: No such file"):
        load_price_list(tmp_path / "prices.json")
