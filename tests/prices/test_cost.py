"""The cost of one request: exact, additive, and never free for want of a price."""

from datetime import date
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_constructs.attribution.model_source import Scope, parse_model_source
from finops_constructs.prices.cost import TokenUsage, UnpricedTokensError, cost_usd
from finops_constructs.prices.model_price import TOKEN_KINDS, ModelPrice, Rates, Tier
from finops_constructs.prices.price_list import load_price_list

usd = st.decimals(0, 1000, places=6)
counts = st.integers(0, 10**9)
usages = st.builds(TokenUsage, **dict.fromkeys(TOKEN_KINDS, counts))
full_rates = st.builds(Rates, **dict.fromkeys(TOKEN_KINDS, usd))


def price(rates, tiers=(), *, metered=True):
    return ModelPrice(
        model="a.b",
        scope=Scope.EU,
        mode="chat",
        unit="1M tokens" if metered else "image",
        metered=metered,
        rates=rates,
        tiers=tiers,
        source="test",
        as_of=date(2026, 11, 20),
    )


@given(full_rates, usages)
def test_a_cost_is_the_exact_sum_of_its_five_parts(rates, usage):
    parts = [
        Fraction(getattr(rates, kind)) * getattr(usage, kind) / 1_000_000 for kind in TOKEN_KINDS
    ]
    assert Fraction(cost_usd(price(rates), usage)) == sum(parts)


@given(full_rates, usages, st.sampled_from(TOKEN_KINDS), st.integers(1, 10**6))
def test_more_tokens_never_cost_less(rates, usage, kind, more):
    larger = TokenUsage(
        **{each: getattr(usage, each) + (more if each == kind else 0) for each in TOKEN_KINDS}
    )
    assert cost_usd(price(rates), larger) >= cost_usd(price(rates), usage)


@given(full_rates, usages)
def test_a_cost_does_not_depend_on_the_callers_decimal_context(rates, usage):
    with localcontext() as context:
        context.prec = 3
        narrow = cost_usd(price(rates), usage)
    assert narrow == cost_usd(price(rates), usage)
    assert getcontext().prec == 28


@given(st.sampled_from(TOKEN_KINDS), st.integers(1, 10**6))
def test_a_kind_that_is_used_and_has_no_rate_is_an_error_and_never_free(kind, tokens):
    rates = Rates(**{each: None if each == kind else Decimal(1) for each in TOKEN_KINDS})
    with pytest.raises(UnpricedTokensError, match=f"no price for {tokens} {kind} tokens"):
        cost_usd(price(rates), TokenUsage(**{kind: tokens}))


def test_a_kind_without_a_rate_does_not_matter_where_it_is_not_used():
    rates = Rates(input=Decimal(1), output=Decimal(2))
    assert cost_usd(price(rates), TokenUsage(input=10, output=5)) == Decimal("0.00002")


@given(st.integers(0, 400_000), st.integers(0, 400_000), st.integers(0, 400_000))
def test_the_tier_is_chosen_by_the_whole_prompt_cached_tokens_included(plain, read, written):
    tiers = tuple(
        Tier(above_input_tokens=above, rates=Rates(**dict.fromkeys(TOKEN_KINDS, Decimal(rate))))
        for above, rate in ((200_000, 2), (400_000, 3))
    )
    usage = TokenUsage(input=plain, cache_read=read, cache_write_1h=written, output=7)
    size = plain + read + written
    rate = 1 if size <= 200_000 else 2 if size <= 400_000 else 3
    flat = Rates(**dict.fromkeys(TOKEN_KINDS, Decimal(1)))
    assert cost_usd(price(flat, tiers), usage) == Decimal((size + 7) * rate) / 1_000_000


def test_a_tier_that_lacks_a_rate_does_not_borrow_it_from_the_lower_one():
    tier = Tier(above_input_tokens=10, rates=Rates(input=Decimal(2), output=Decimal(2)))
    rates = Rates(**dict.fromkeys(TOKEN_KINDS, Decimal(1)))
    with pytest.raises(UnpricedTokensError, match="cache_read tokens of a request of 12 input"):
        cost_usd(price(rates, (tier,)), TokenUsage(input=11, cache_read=1))


def test_an_unmetered_model_cannot_be_costed_by_its_tokens():
    with pytest.raises(UnpricedTokensError, match="billed per image"):
        cost_usd(price(Rates(), metered=False), TokenUsage())


def test_fails_when_a_count_is_negative():
    with pytest.raises(ValueError, match="output tokens must be >= 0, got -1"):
        TokenUsage(output=-1)


def test_the_worked_example_of_a_cold_cache_comes_to_its_known_cost():
    sonnet = load_price_list().find(parse_model_source("anthropic.claude-sonnet-4-6"))
    assert sonnet is not None
    usage = TokenUsage(input=100, output=950, cache_write_5m=120_000)
    assert cost_usd(sonnet, usage) == Decimal("0.46455")
