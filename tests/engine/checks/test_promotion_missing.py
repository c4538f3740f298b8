"""A promotion in force that the channel does not give."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, findings_of


def test_the_list_price_during_a_promotion_means_that_it_is_missing():
    found = findings_of(
        "promotion_missing",
        """
        sku  price  list_price  expected_price  promotion_row
        A1   12.99  12.99       9.99            4
        A2    9.99  12.99       9.99            4
        A3   12.99  12.99       12.99           -
        """,
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected  delta  promotion_row
        A1   price    12.99     9.99      3.00   4
        """,
    )


def test_above_the_list_price_is_missing_too_but_a_reduction_of_the_wrong_depth_is_another_matter():
    found = findings_of(
        "promotion_missing",
        """
        sku  price  list_price  expected_price  promotion_row
        A1   13.49  12.99       9.99            4
        A2   12.98  12.99       9.99            4
        A3    8.99  12.99       9.99            4
        """,
    )
    assert found["sku"].to_list() == ["A1"]


def test_a_promotion_that_makes_nothing_cheaper_can_not_be_missing():
    found = findings_of(
        "promotion_missing",
        """
        sku  price  list_price  expected_price  promotion_row
        A1   13.49  12.99       12.99           4
        A2   12.99  12.99       12.99           4
        """,
    )
    assert found.is_empty()


def test_during_grace_after_the_start_the_former_price_is_right():
    found = findings_of(
        "promotion_missing",
        """
        sku  price  list_price  expected_price  promotion_row  tolerated_price
        A1   12.99  12.99       9.99            4              12.99
        A2   13.49  12.99       9.99            4              12.99
        A3   12.99  12.99       9.99            4              -
        """,
    )
    assert found["sku"].to_list() == ["A2", "A3"]


@pytest.mark.parametrize("audience", ["everyone", "members"])
def test_offers_without_prices_or_decisions_are_not_judged(audience):
    found = findings_of(
        "promotion_missing",
        """
        sku  price  member_price  list_price  expected_price  expected_member_price  promotion_row  member_promotion_row
        A1   -      -             12.99       9.99            8.99                   4              6
        A2   12.99  12.99         -           -               -                      4              6
        A3   12.99  12.99         12.99       -               -                      -              -
        """,
        audience=audience,
    )
    assert found.is_empty()


def test_a_third_party_seller_need_not_give_our_promotion():
    found = findings_of(
        "promotion_missing",
        """
        sku  seller  comparable  price  list_price  expected_price  promotion_row
        A1   Acme    false       12.99  -           -               4
        """,
    )
    assert found.is_empty()


MEMBERS = """
    sku  price  member_price  lines  member_lines  list_price  expected_price  expected_member_price  member_promotion_row
    A1   12.99  -             3      0             12.99       12.99           9.99                   6
    A2   12.99  12.99         3      0             12.99       12.99           9.99                   6
    A3   12.99  12.99         3      1             12.99       12.99           9.99                   6
    A4   12.99  9.99          3      3             12.99       12.99           9.99                   6
    A5   12.99  -             1      0             12.99       12.99           9.99                   6
    A6   12.99  10.99         3      3             12.99       12.99           9.99                   6
    A7   12.99  -             3      0             12.99       12.99           -                      -
"""


def test_no_line_with_a_member_reduction_means_that_the_member_promotion_is_missing():
    assert_table(
        findings_of("promotion_missing", MEMBERS, audience="members", min_lines=2),
        """
        sku  subject       observed  expected  promotion_row  lines
        A1   member_price  12.99     9.99      6              3
        A2   member_price  12.99     9.99      6              3
        """,
    )


def test_one_line_without_a_card_counts_only_when_the_rule_asks_for_no_more():
    assert findings_of("promotion_missing", MEMBERS, audience="members")["sku"].to_list() == ["A1", "A2", "A5"]
    assert findings_of("promotion_missing", MEMBERS, audience="members", min_lines=3)["sku"].to_list() == ["A1", "A2"]
    assert findings_of("promotion_missing", MEMBERS, audience="members", min_lines=4).is_empty()


def test_a_member_promotion_is_no_promotion_for_everyone():
    assert findings_of("promotion_missing", MEMBERS).is_empty()


def test_during_grace_members_may_pay_what_they_or_everyone_paid_before():
    found = findings_of(
        "promotion_missing",
        """
        sku  price  list_price  expected_member_price  member_promotion_row  tolerated_price  tolerated_member_price
        A1   12.99  12.99       9.99                   6                     12.99            -
        A2   12.99  12.99       9.99                   6                     -                12.99
        A3   12.99  12.99       9.99                   6                     12.99            10.99
        A4   12.99  12.99       9.99                   6                     -                -
        """,
        audience="members",
    )
    assert found["sku"].to_list() == ["A3", "A4"]
