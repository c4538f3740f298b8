"""The price shown against the decided one, promotions included; everybody's price and the members'."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, findings_of


def test_a_till_above_the_decided_price_is_an_overcharge():
    found = findings_of(
        "expected_price",
        """
        sku  channel  location  price  expected_price
        A1   store    0417      12.99  9.99
        A2   store    0417       9.99  9.99
        A3   store    0417       5.00  -
        """,
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected  delta  direction
        A1   price    12.99     9.99      3.00   overcharge
        """,
    )


def test_the_list_price_is_wrong_while_a_promotion_makes_it_less():
    found = findings_of(
        "expected_price",
        """
        sku  price  list_price  expected_price  promotion_row
        A1   12.99  12.99       9.99            4
        A2    9.99  12.99       9.99            4
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected  promotion_row
        A1   12.99     9.99      4
        """,
    )


@pytest.mark.parametrize(("direction", "skus"), [("any", ["A1", "A2"]), ("overcharge", ["A1"]), ("undercharge", ["A2"])])
def test_the_rule_says_which_side_matters(direction, skus):
    offers = """
        sku  price  expected_price
        A1   10.00  9.99
        A2    9.98  9.99
        A3    9.99  9.99
    """
    assert findings_of("expected_price", offers, direction=direction)["sku"].to_list() == skus


def test_the_tolerance_met_exactly_is_right():
    found = findings_of(
        "expected_price",
        """
        sku  price  expected_price
        A1   10.01  10.00
        A2    9.99  10.00
        A3   10.02  10.00
        A4    9.98  10.00
        """,
        tolerance={"amount": 0.01},
    )
    assert found["sku"].to_list() == ["A3", "A4"]


def test_during_grace_the_former_price_is_right_and_a_third_price_is_not():
    found = findings_of(
        "expected_price",
        """
        sku  price  expected_price  tolerated_price
        A1   12.99  9.99            12.99
        A2   11.99  9.99            12.99
        """,
    )
    assert found["sku"].to_list() == ["A2"]


def test_offers_without_a_price_or_without_a_decision_are_not_judged():
    found = findings_of(
        "expected_price",
        """
        sku  price  expected_price
        A1   -      9.99
        A2   9.99   -
        A3   -      -
        """,
    )
    assert found.is_empty()


def test_a_third_party_sellers_price_was_never_decided_so_it_is_not_judged():
    found = findings_of(
        "expected_price",
        """
        sku  seller  comparable  price  expected_price
        A1   Acme    false       12.99  -
        A1   -       true         9.99  9.99
        """,
    )
    assert found.is_empty()


def test_a_price_of_zero_is_a_price_and_an_undercharge():
    found = findings_of(
        "expected_price",
        """
        sku  price  expected_price
        A1   0.00   9.99
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected  direction
        A1   0.00      9.99      undercharge
        """,
    )


MEMBERS = """
    sku  price  expected_price  member_price  expected_member_price  promotion_row  member_promotion_row
    A1   12.99  12.99           10.99         9.99                   -              6
    A2   12.99  12.99            9.99         9.99                   -              6
    A3   12.99  12.99           -             9.99                   -              6
    A4   12.99  12.99            9.99         -                      -              -
    A5   11.99  12.99            9.99         9.99                   -              6
"""


def test_members_are_held_against_the_member_price_and_its_promotion():
    assert_table(
        findings_of("expected_price", MEMBERS, audience="members"),
        """
        sku  subject       observed  expected  promotion_row
        A1   member_price  10.99     9.99      6
        """,
    )


def test_everyone_is_held_against_everyones_price_whatever_members_pay():
    assert_table(
        findings_of("expected_price", MEMBERS),
        """
        sku  subject  observed  expected  promotion_row
        A5   price    11.99     12.99     -
        """,
    )


def test_during_grace_members_may_pay_what_they_paid_before():
    found = findings_of(
        "expected_price",
        """
        sku  member_price  expected_member_price  tolerated_member_price  tolerated_price
        A1   10.99         9.99                   10.99                   12.99
        A2   11.99         9.99                   10.99                   12.99
        """,
        audience="members",
    )
    assert found["sku"].to_list() == ["A2"]


def test_during_grace_members_may_pay_everyones_former_price_when_they_had_none_of_their_own():
    found = findings_of(
        "expected_price",
        """
        sku  member_price  expected_member_price  tolerated_member_price  tolerated_price
        A1   12.99         9.99                   -                       12.99
        A2   11.99         9.99                   -                       12.99
        """,
        audience="members",
    )
    assert found["sku"].to_list() == ["A2"]


def test_where_narrows_the_rule_down_and_an_unknown_answer_means_not_concerned():
    found = findings_of(
        "expected_price",
        """
        sku  channel  clearance  price  expected_price
        A1   store    false      12.99  9.99
        A2   store    true       12.99  9.99
        A3   store    -          12.99  9.99
        A4   web      false      12.99  9.99
        """,
        where="channel_kind = 'store' AND NOT clearance",
    )
    assert found["sku"].to_list() == ["A1"]
