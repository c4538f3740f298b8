"""Last digits of prices against the price policy, and prices against the smallest coin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of

PRICES = """
    sku  price  promotion_row
    A1   12.99  -
    A2   12.95  -
    A3   12.00  -
    A4   12.90  -
    A5   12.98  4
    A6   0.99   -
    A7   -      -
"""


def found(offers: str = PRICES, **asked: object) -> list[str]:
    return findings_of("price_ending", offers, **asked)["sku"].to_list()


def test_a_price_that_ends_in_other_digits_than_the_policy_allows_is_told_with_the_policy():
    assert_table(
        findings_of("price_ending", PRICES, endings=["0.99", "0.95"]),
        """
        sku  subject  observed  expected  direction  detail
        A3   price    12.00     -         none       prices end in .99 or .95
        A4   price    12.90     -         none       prices end in .99 or .95
        """,
    )


def test_the_cautious_policy_allows_99_95_and_round_prices():
    assert found() == ["A4"]


def test_a_promotion_makes_its_own_endings_unless_the_rule_says_otherwise():
    assert found(exempt_promotions=False) == ["A4", "A5"]


def test_an_ending_reaches_as_far_as_it_is_written():
    offers = """
        sku  price
        A1   19.90
        A2   18.90
        A3   119.90
        A4   9.90
        A5   20.80
    """
    assert found(offers, endings=["9.90"]) == ["A2", "A5"]
    assert found(offers, endings=["19.90"]) == ["A2", "A4", "A5"]
    assert findings_of("price_ending", offers, endings=[9.9])["detail"].unique().to_list() == ["prices end in 9.90"]


def test_currencies_without_minor_units_end_in_whole_ones_and_those_with_three_digits_in_three():
    offers = """
        sku  unit  price
        A1   1     9.80
        A2   1     9.81
        A3   1000  19.95
        A4   1000  19.94
    """
    assert found(offers, endings=["80", "0.995"]) == ["A2", "A4"]
    told = findings_of("price_ending", offers, endings=["80", "0.995"])["detail"].unique().to_list()
    assert told == ["prices end in 80 or .995"]


def test_a_price_must_be_payable_in_coins_promotion_or_not():
    assert_table(
        findings_of("price_ending", PRICES, endings=[], cash_step="0.05"),
        """
        sku  observed  detail
        A1   12.99     no multiple of 0.05
        A5   12.98     no multiple of 0.05
        A6   0.99      no multiple of 0.05
        """,
    )
    assert found(endings=["0.95"], cash_step="0.05") == ["A1", "A3", "A4", "A5", "A6"]


def test_a_rule_without_endings_and_coins_finds_nothing():
    assert found(endings=[]) == []


def test_other_sellers_and_offers_that_are_not_comparable_are_not_judged():
    offers = """
        sku  seller  comparable  price
        A1   Acme    false       12.34
        A2   -       false       12.34
    """
    assert found(offers) == []


@pytest.mark.parametrize("asked", [{"endings": ["-0.01"]}, {"endings": ["0.9999"]}, {"cash_step": 0}, {"cash_step": "-0.05"}])
def test_an_impossible_policy_is_refused(asked):
    with pytest.raises(ValueError, match=r"endings|cash_step"):
        registry()["price_ending"].params(**asked)


@given(st.integers(0, 200_000), st.integers(0, 99), st.integers(1, 20))
def test_any_price_is_judged_as_its_decimals_are_read(price, ending, step):
    exact, offers = Decimal(price) / 100, f"sku  price\nA1  {Decimal(price) / 100:.2f}"
    ends = f"{exact:.2f}".endswith(f".{ending:02}")
    assert (found(offers, endings=[Decimal(ending) / 100]) == []) == ends
    whole = exact % (Decimal(step) / 100) == 0
    assert (found(offers, endings=[], cash_step=Decimal(step) / 100) == []) == whole
