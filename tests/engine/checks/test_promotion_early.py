"""A promotion that has not begun and is given already."""

from __future__ import annotations

import pytest

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of


def test_the_price_of_the_next_promotion_is_recognised_exactly():
    found = findings_of(
        "promotion_early",
        """
        sku  price  list_price  expected_price  early_price  early_row
        A1    9.99  12.99       12.99           9.99         7
        A2    9.98  12.99       12.99           9.99         7
        A3   10.00  12.99       12.99           9.99         7
        A4   12.99  12.99       12.99           9.99         7
        """,
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected  delta  direction    promotion_row
        A1   price    9.99      12.99     -3.00  undercharge  7
        """,
    )


def test_what_is_decided_now_is_never_early():
    found = findings_of(
        "promotion_early",
        """
        sku  price  list_price  expected_price  promotion_row  early_price  early_row
        A1    9.99  12.99       9.99            4              9.99         7
        A2   12.99  12.99       12.99           -              12.99        7
        """,
    )
    assert found.is_empty()


def test_the_next_promotion_is_early_while_another_one_runs():
    found = findings_of(
        "promotion_early",
        """
        sku  price  list_price  expected_price  promotion_row  early_price  early_row
        A1   8.99   12.99       9.99            4              8.99         7
        A2   9.99   12.99       8.99            4              9.99         7
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected  direction    promotion_row
        A1   8.99      9.99      undercharge  7
        A2   9.99      8.99      overcharge   7
        """,
    )


def test_a_next_promotion_that_makes_nothing_cheaper_is_not_given():
    found = findings_of(
        "promotion_early",
        """
        sku  price  list_price  expected_price  early_price  early_row
        A1   9.99   9.99        8.99            9.99         7
        A2   9.99   9.49        8.99            9.99         7
        """,
    )
    assert found.is_empty()


def test_during_grace_the_former_price_is_right_although_the_next_promotion_makes_the_same():
    found = findings_of(
        "promotion_early",
        """
        sku  price  list_price  expected_price  early_price  early_row  tolerated_price
        A1   9.99   12.99       12.99           9.99         7          9.99
        A2   9.99   12.99       12.99           9.99         7          8.99
        A3   9.99   12.99       12.99           9.99         7          -
        """,
    )
    assert found["sku"].to_list() == ["A2", "A3"]


def test_third_party_sellers_and_offers_without_prices_or_a_next_promotion_are_not_judged():
    found = findings_of(
        "promotion_early",
        """
        sku  seller  comparable  price  list_price  expected_price  early_price  early_row
        A1   Acme    false       9.99   -           -               9.99         7
        A2   -       true        -      12.99       12.99           9.99         7
        A3   -       true        9.99   12.99       12.99           -            -
        """,
    )
    assert found.is_empty()


MEMBERS = """
    sku  price  member_price  list_price  expected_price  expected_member_price  early_member_price  early_member_row  early_price
    A1   12.99  9.99          12.99       12.99           -                      9.99                5                 -
    A2   12.99  9.99          12.99       12.99           10.99                  9.99                5                 -
    A3   12.99  9.99          12.99       12.99           9.99                   9.99                5                 -
    A4    9.99  9.99          12.99       9.99            -                      9.99                5                 -
    A5   12.99  -             12.99       12.99           -                      9.99                5                 -
    A6   12.99  9.99          12.99       12.99           -                      -                   -                 9.99
"""


def test_a_member_price_before_its_day_is_held_against_what_members_pay_now():
    assert_table(
        findings_of("promotion_early", MEMBERS, audience="members"),
        """
        sku  subject       observed  expected  promotion_row
        A1   member_price  9.99      12.99     5
        A2   member_price  9.99      10.99     5
        """,
    )


def test_the_next_members_promotion_says_nothing_about_everyones_price():
    assert findings_of("promotion_early", MEMBERS).is_empty()


def test_a_price_left_standing_between_two_equal_promotions_is_told_as_stale_not_as_early():
    world = """
        sku  price  list_price  expected_price  ended_price  ended_row  early_price  early_row
        A1   9.99   12.99       12.99           9.99         3          9.99         7
    """
    assert (
        findings_of("promotion_early", world)["observed"].to_list() == findings_of("promotion_stale", world)["observed"].to_list()
    )
    assert "promotion_early" in registry()["promotion_stale"].refines


@pytest.mark.parametrize("general", ["expected_price", "promotion_depth", "promotion_unauthorised"])
def test_the_exact_price_of_a_known_promotion_says_more_than_that_the_price_is_wrong(general):
    assert general in registry()["promotion_early"].refines
