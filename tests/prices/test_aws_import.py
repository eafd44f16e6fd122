"""A refresh from the AWS Price List: certain rates only, and the same result the second time."""

from datetime import date
from decimal import Decimal

import pytest

from finops_constructs.attribution.model_source import Scope
from finops_constructs.prices.aws_import import aws_model_names, refresh_prices
from finops_constructs.prices.aws_offer import read_offer, sole_price
from finops_constructs.prices.aws_source import read_offers
from finops_constructs.prices.price_entry import PriceListError
from finops_constructs.prices.price_file import write_price_file
from finops_constructs.prices.price_list import load_price_list
from finops_constructs.prices.refresh import starting_prices

SHIPPED = tuple(load_price_list().entries())
SONNET = "anthropic.claude-sonnet-5-5"
HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"
LONG_HAIKU = "anthropic.claude-haiku-5-5"
NOVA = "amazon.nova-lite-v1:0"
REGION = "eu-west-1"


@pytest.fixture
def refreshed(offers_folder):
    return refresh_prices(SHIPPED, read_offers(str(offers_folder), []))


def rates(result, model, scope):
    return [rate for _, rate in result.prices[model, scope, REGION].rates.items()]


def test_prices_per_1k_and_per_1m_tokens_come_out_in_one_unit(refreshed):
    assert rates(refreshed, NOVA, Scope.EU)[:2] == [Decimal("0.078"), Decimal("0.312")]
    assert rates(refreshed, SONNET, Scope.EU)[:2] == [Decimal("2.2"), Decimal(11)]
    assert rates(refreshed, "qwen.qwen3-32b-v1:0", Scope.REGIONAL)[0] == Decimal("0.16")


def test_a_price_without_reach_is_that_of_the_region_and_of_its_geographic_profile(refreshed):
    assert rates(refreshed, SONNET, Scope.REGIONAL) == rates(refreshed, SONNET, Scope.EU)
    assert (SONNET, Scope.US, REGION) not in refreshed.prices


def test_a_global_price_is_that_of_the_global_profile_only(refreshed):
    assert rates(refreshed, SONNET, Scope.GLOBAL) == [
        Decimal(each) for each in ("2", "10", "0.1", "2.5", "4")
    ]
    assert rates(refreshed, "amazon.nova-2-lite-v1:0", Scope.GLOBAL)[0] == Decimal("0.3")


def test_no_price_appears_for_a_geographic_profile_the_list_does_not_know(refreshed):
    assert ("qwen.qwen3-32b-v1:0", Scope.EU, REGION) not in refreshed.prices


def test_prices_of_every_other_region_are_left_as_they_were(refreshed):
    former = {price.key: price for price in SHIPPED}
    assert all(refreshed.prices[key] == price for key, price in former.items() if key[2] != REGION)


def test_a_price_aws_states_whole_takes_its_date_and_source(refreshed):
    price = refreshed.prices[SONNET, Scope.EU, REGION]
    assert price.as_of == date(2026, 11, 22)
    assert price.source == "AWS Price List AmazonBedrockFoundationModels"


def test_a_rate_aws_does_not_state_is_kept_and_the_entry_keeps_its_old_date(refreshed):
    price = refreshed.prices[HAIKU, Scope.EU, REGION]
    assert (price.rates.input, price.rates.cache_write_1h) == (Decimal("1.2"), Decimal("2.2"))
    assert price.as_of == date(2026, 11, 20)
    assert price.source == "AWS Price List AmazonBedrockFoundationModels, rest: LiteLLM 1.110.2"


def test_a_cache_write_that_aws_states_as_free_is_free(refreshed):
    assert rates(refreshed, NOVA, Scope.EU)[3] == 0


def test_a_long_context_price_goes_to_the_tier_the_list_knows(refreshed):
    [tier] = refreshed.prices[LONG_HAIKU, Scope.EU, REGION].tiers
    assert (tier.above_input_tokens, tier.rates.input) == (100_000, Decimal("0.6"))
    assert tier.rates.cache_read == Decimal("0.055")


def test_the_models_future_survives_a_refresh(refreshed):
    former = next(price for price in SHIPPED if price.key == (HAIKU, Scope.EU, None))
    present = refreshed.prices[HAIKU, Scope.EU, REGION]
    assert (present.deprecation_date, present.successor) == (
        former.deprecation_date,
        former.successor,
    )


def test_what_cannot_be_mapped_is_listed_with_the_reason(refreshed):
    assert refreshed.not_mapped["Solar Nine"] == "no model id is known for this name"
    assert refreshed.not_mapped["EUW1-NovaMicro-input-tokens"] == "has the unknown unit '1B tokens'"
    assert refreshed.not_mapped["EUW1-NovaPro-input-tokens-lunar"] == "unknown usage type"
    assert "Nova Canvas" not in refreshed.not_mapped


def test_a_vague_unit_counts_only_if_its_description_says_million(refreshed):
    assert rates(refreshed, HAIKU, Scope.GLOBAL)[0] == 1
    vague = "EUW1-MP:EUW1_CacheWrite1hInputTokenCount_Global-Units"
    assert refreshed.not_mapped[vague] == "has the unknown unit 'Units'"


def test_the_summary_tells_confirmed_prices_from_changed_ones(refreshed):
    confirmed = {price.key for price in refreshed.unchanged}
    changed = {present.key for _, present in refreshed.updated}
    assert (SONNET, Scope.EU, REGION) in confirmed
    assert (HAIKU, Scope.EU, REGION) in changed
    assert not confirmed & changed


def test_a_second_refresh_from_the_same_files_changes_nothing(refreshed, offers_folder, tmp_path):
    path = tmp_path / "prices.json"
    assert write_price_file(path, refreshed.prices.values(), source="a", licence="b")
    before = path.read_bytes()
    again = refresh_prices(starting_prices(path).prices, read_offers(str(offers_folder), []))
    assert (again.updated, again.new) == ([], [])
    assert not write_price_file(path, again.prices.values(), source="a", licence="b")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["prices.json"]


def test_a_model_the_list_lacks_is_new_if_aws_states_input_and_output(offer_json):
    offer = read_offer(offer_json("AmazonBedrockFoundationModels"), "offer")
    others = [price for price in SHIPPED if price.model not in {SONNET, LONG_HAIKU}]
    result = refresh_prices(others, [offer])
    assert {price.key for price in result.new} == {
        (SONNET, Scope.REGIONAL, REGION),
        (SONNET, Scope.GLOBAL, REGION),
        (LONG_HAIKU, Scope.REGIONAL, REGION),
    }
    assert f"{LONG_HAIKU} (regional) in {REGION}, long contexts" in result.not_mapped


def test_a_model_of_which_aws_states_the_input_only_is_not_mapped(offer_json):
    content = offer_json("AmazonBedrock")
    content["products"] = {
        sku: product
        for sku, product in content["products"].items()
        if not product["attributes"]["usagetype"].endswith("output-tokens")
    }
    others = [price for price in SHIPPED if price.model != NOVA]
    result = refresh_prices(others, [read_offer(content, "offer")])
    assert (
        result.not_mapped[f"{NOVA} (regional) in {REGION}"] == "has no price for input and output"
    )


def test_two_prices_for_the_same_tokens_are_not_chosen_between(offer_json):
    content = offer_json("AmazonBedrockFoundationModels")
    product = next(
        each
        for each in content["products"].values()
        if each["attributes"]["usagetype"].endswith("_output_tokens_standard-Units")
        and "Sonnet" in each["attributes"]["servicename"]
    )
    product["attributes"]["usagetype"] = "EUW1-MP:EUW1_input_tokens_standard-Units"
    result = refresh_prices(SHIPPED, [read_offer(content, "offer")])
    assert (SONNET, Scope.EU, REGION) not in result.prices
    assert "two prices for input" in result.not_mapped["Claude Sonnet 5.5 in eu-west-1"]


def test_an_unmetered_model_is_not_turned_into_a_metered_one(offer_json):
    image = next(price for price in SHIPPED if not price.metered)
    others = [price for price in SHIPPED if price.model != NOVA]
    stand_in = type(image)(
        model=NOVA,
        scope=Scope.REGIONAL,
        mode="image_generation",
        unit="image",
        metered=False,
        source="a",
        as_of=date(2026, 11, 20),
    )
    result = refresh_prices([*others, stand_in], [read_offer(offer_json("AmazonBedrock"), "offer")])
    assert result.not_mapped[f"{NOVA} (regional)"] == "is billed per image in the list"


def test_every_known_name_means_a_model_of_the_list():
    assert set(aws_model_names().values()) <= set(load_price_list().models())


def test_only_the_wanted_regions_are_read(offers_folder):
    assert all(not offer.rates for offer in read_offers(str(offers_folder), ["us-east-1"]))
    assert all(offer.rates for offer in read_offers(str(offers_folder), ["eu-west-1"]))


@pytest.mark.parametrize(
    ("unit", "description", "million"),
    [
        ("1K tokens", "", Decimal(2500)),
        ("1000 tokens", "", Decimal(2500)),
        ("1M tokens", "", Decimal("2.5")),
        ("Units", "Million Input Tokens", Decimal("2.5")),
        ("tokens", "", Decimal(2_500_000)),
    ],
)
def test_units_are_normalised_to_a_million_tokens(unit, description, million):
    dimension = {"unit": unit, "description": description, "pricePerUnit": {"USD": "2.5000000000"}}
    assert sole_price({"t": {"priceDimensions": {"d": dimension}}}) == million


@pytest.mark.parametrize("unit", ["1B tokens", "", "1K Requests", "Units", "hour", None])
def test_an_unknown_unit_is_refused(unit):
    dimension = {"unit": unit, "description": "", "pricePerUnit": {"USD": "2.5"}}
    with pytest.raises(ValueError, match="unknown unit"):
        sole_price({"t": {"priceDimensions": {"d": dimension}}})


@pytest.mark.parametrize(
    "price", [{}, {"CNY": "1"}, {"USD": "x"}, {"USD": "NaN"}, {"USD": "-1"}, 3]
)
def test_a_price_that_is_no_number_of_dollars_is_refused(price):
    dimension = {"unit": "1K tokens", "pricePerUnit": price}
    with pytest.raises(ValueError, match="no price in USD"):
        sole_price({"t": {"priceDimensions": {"d": dimension}}})


@pytest.mark.parametrize("terms", [None, {}, {"t": {"priceDimensions": {"a": {}, "b": {}}}}])
def test_a_product_without_exactly_one_price_is_refused(terms):
    with pytest.raises(ValueError, match=r"has \d on-demand prices"):
        sole_price(terms)


@pytest.mark.parametrize("key", ["offerCode", "publicationDate", "products", "terms"])
def test_fails_when_an_offer_file_lacks_a_key_naming_file_and_key(offer_json, key):
    content = offer_json("AmazonBedrock")
    del content[key]
    with pytest.raises(PriceListError, match=rf"^some\.json: {key}: must be"):
        read_offer(content, "some.json")


def test_fails_when_a_file_is_the_offer_of_another_service(offer_json):
    with pytest.raises(PriceListError, match="offerCode: must be AmazonBedrock or"):
        read_offer(offer_json("AmazonBedrock") | {"offerCode": "AmazonS3"}, "some.json")
