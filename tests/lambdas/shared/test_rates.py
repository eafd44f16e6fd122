from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.parsing import EntryError
from shared.rates import (
    ATOMS_PER_MICRO_USD,
    KINDS,
    TokenSums,
    UnpricedTokensError,
    parse_rate_table,
    to_micro_usd,
)

SONNET = {
    "rates": {
        "input": "3",
        "output": "15",
        "cache_read": "0.3",
        "cache_write_5m": "3.75",
        "cache_write_1h": "6",
    },
    "tiers": [
        {
            "above_input_tokens": 200_000,
            "rates": {
                "input": "6",
                "output": "22.5",
                "cache_read": "0.6",
                "cache_write_5m": "7.5",
                "cache_write_1h": "12",
            },
        }
    ],
}


def test_each_kind_of_token_costs_its_own_rate():
    base = parse_rate_table(SONNET).base
    costs = {kind: to_micro_usd(base.cost_atoms(TokenSums(**{kind: 1000}))) for kind in KINDS}
    assert costs == {
        "input": 3000,
        "output": 15000,
        "cache_read": 300,
        "cache_write_5m": 3750,
        "cache_write_1h": 6000,
    }


def test_a_cache_write_of_untold_lifetime_costs_the_one_hour_rate():
    base = parse_rate_table(SONNET).base
    assert to_micro_usd(base.cost_atoms(TokenSums(cache_write_untold=1000))) == 6000


def test_without_a_one_hour_rate_an_untold_write_costs_the_five_minute_rate():
    base = parse_rate_table({"rates": {"input": "1", "cache_write_5m": "1.25"}}).base
    assert to_micro_usd(base.cost_atoms(TokenSums(cache_write_untold=1000))) == 1250


@pytest.mark.parametrize("kind", [*KINDS, "cache_write_untold"])
def test_a_used_kind_without_a_rate_is_unpriced_and_not_free(kind):
    base = parse_rate_table({"rates": {}}).base
    with pytest.raises(UnpricedTokensError, match=kind):
        base.cost_atoms(TokenSums(**{kind: 1}))


def test_a_rate_of_zero_is_a_price():
    base = parse_rate_table({"rates": {"input": "0.02", "output": "0"}}).base
    assert base.cost_atoms(TokenSums(output=5)) == 0


def test_the_long_context_tier_begins_one_token_above_its_bound():
    table = parse_rate_table(SONNET)
    assert [table.tier_of(n) for n in (0, 200_000, 200_001)] == [0, 0, 1]


def test_the_dearest_rates_are_those_of_the_dearest_tier():
    assert dict(parse_rate_table(SONNET).dearest())["output"] == Decimal("22.5") * 10**12


@given(st.integers(min_value=0, max_value=10**40))
def test_money_is_rounded_to_the_nearest_micro_usd_and_halves_go_up(atoms):
    micro = to_micro_usd(atoms)
    assert micro * ATOMS_PER_MICRO_USD - atoms > -ATOMS_PER_MICRO_USD // 2
    assert micro * ATOMS_PER_MICRO_USD - atoms <= ATOMS_PER_MICRO_USD // 2


@given(
    st.decimals(min_value=0, max_value=1000, places=6),
    st.lists(st.integers(min_value=0, max_value=10**7), max_size=20),
)
def test_costs_of_single_calls_add_up_to_the_cost_of_their_sum(rate, counts):
    base = parse_rate_table({"rates": {"input": str(rate)}}).base
    singly = sum(base.cost_atoms(TokenSums(input=count)) for count in counts)
    assert singly == base.cost_atoms(TokenSums(input=sum(counts)))
    assert singly == rate * sum(counts) * ATOMS_PER_MICRO_USD


@pytest.mark.parametrize(
    "price",
    [
        {},
        {"rates": []},
        {"rates": {"input": "-1"}},
        {"rates": {"input": "NaN"}},
        {"rates": {"input": "1e30"}},
        {"rates": {"input": True}},
        {"rates": {"input": "0.0000000000001"}},
        {"rates": {}, "tiers": {}},
        {"rates": {}, "tiers": [None]},
        {"rates": {}, "tiers": [{"above_input_tokens": 0, "rates": {}}]},
        {"rates": {}, "tiers": [{"above_input_tokens": 5}]},
        {"rates": {}, "tiers": [{"above_input_tokens": n, "rates": {}} for n in (5, 5)]},
    ],
)
def test_fails_when_a_price_is_not_what_it_must_be(price):
    with pytest.raises(EntryError):
        parse_rate_table(price)
