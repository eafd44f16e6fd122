from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from shared.money import MICRO, format_usd, to_usd


def test_money_is_shown_with_thousands_and_cents():
    assert format_usd(Decimal("1234.565")) == "$1,234.57"
    assert format_usd(Decimal("-0.5")) == "-$0.50"
    assert format_usd(Decimal(0)) == "$0.00"


@given(st.integers(min_value=-(10**30), max_value=10**30))
def test_micro_usd_becomes_usd_without_a_loss(micro):
    usd = to_usd(micro)
    assert (
        int(usd.scaleb(6) if abs(micro) < 10**27 else Decimal(str(usd).replace(".", ""))) == micro
    )


def test_a_million_micro_usd_is_one_usd():
    assert to_usd(MICRO) == 1
