"""Groups of different products: what they cost together, and each line's part of it to the cent."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain.allocation import allocated, basket, bundle, cheapest_free

amounts = st.integers(0, 10**9)
lines = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


def test_a_bundle_is_allocated_by_regular_share() -> None:
    assert bundle([2000, 1500], 2999) == [1714, 1285]


def test_ten_over_three_equal_lines_gives_the_first_the_odd_cent() -> None:
    assert allocated(1000, [500, 500, 500]) == [334, 333, 333]


def test_the_odd_cents_go_to_the_largest_remainders_wherever_they_stand() -> None:
    """1.00 over 1 : 1 : 4: 16.67, 16.67, 66.67 all end alike; over 5 : 2 : 1 it is 62.5, 25, 12.5."""
    assert allocated(100, [1, 1, 4]) == [17, 17, 66]
    assert allocated(100, [5, 2, 1]) == [63, 25, 12]
    assert allocated(10, [1, 3, 9]) == [1, 2, 7]


@given(amounts, lines)
def test_the_parts_sum_to_the_amount_and_none_is_a_cent_off_its_share(amount: int, shares: list[int]) -> None:
    parts = allocated(amount, shares)
    weights = shares if any(shares) else [1] * len(shares)
    assert sum(parts) == amount
    assert all(abs(part - Fraction(amount * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True))


@given(amounts, lines)
def test_no_line_short_of_a_cent_had_a_larger_remainder_than_one_that_got_it(amount: int, shares: list[int]) -> None:
    weights = shares if any(shares) else [1] * len(shares)
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = allocated(amount, shares)
    got = [share % 1 for share, part in zip(exact, parts, strict=True) if part > share // 1]
    short = [share % 1 for share, part in zip(exact, parts, strict=True) if part == share // 1]
    assert not got or not short or min(got) >= max(short)


def test_lines_without_a_regular_amount_share_equally() -> None:
    assert allocated(100, [0, 0, 0]) == [34, 33, 33]
    assert allocated(100, [0, 5]) == [0, 100]


@pytest.mark.parametrize(("amount", "shares"), [(100, []), (-1, [1]), (100, [1, -1])])
def test_what_cannot_be_allocated_is_refused(amount: int, shares: list[int]) -> None:
    with pytest.raises(ValueError, match=r"allocated|negative"):
        allocated(amount, shares)


@given(lines, amounts)
def test_no_bundle_makes_a_line_dearer(prices: list[int], total: int) -> None:
    parts = bundle(prices, total)
    assert sum(parts) == min(total, sum(prices))
    assert all(part <= price for part, price in zip(parts, prices, strict=True))


def test_of_three_the_cheapest_is_free() -> None:
    assert cheapest_free([500, 400, 300], 3) == 900


def test_groups_are_formed_from_the_dearest_and_the_rest_is_paid() -> None:
    assert cheapest_free([100, 900, 800, 100], 2) == 900 + 100
    assert cheapest_free([500, 400, 300, 200], 3) == 500 + 400 + 200
    assert cheapest_free([500, 400], 3) == 900
    assert cheapest_free([500, 400], 1) == 900
    assert cheapest_free([], 3) == 0


@given(st.lists(st.integers(0, 1000), max_size=6), st.integers(2, 4))
def test_no_other_grouping_gives_the_customer_more(prices: list[int], group: int) -> None:
    def charged(order: tuple[int, ...]) -> int:
        full = len(order) - len(order) % group
        return sum(order) - sum(min(order[start : start + group]) for start in range(0, full, group))

    assert cheapest_free(prices, group) == min(charged(order) for order in permutations(prices))


@pytest.mark.parametrize(("total", "paid"), [(4999, 4999), (5000, 4000), (6000, 5000)])
def test_ten_off_from_fifty(total: int, paid: int) -> None:
    assert basket(total, 5000, 1000) == paid


def test_what_is_off_a_basket_falls_on_its_lines_by_regular_share_and_never_below_nothing() -> None:
    assert allocated(basket(6000, 5000, 1000), [3000, 2000, 1000]) == [2500, 1667, 833]
    assert basket(500, 0, 1000) == 0
