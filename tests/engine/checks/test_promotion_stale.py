"""An ended promotion that the channel still gives."""

from __future__ import annotations

from pricewatch.testing import assert_table, findings_of


def test_the_price_of_an_ended_promotion_is_recognised_exactly():
    found = findings_of(
        "promotion_stale",
        """
        sku  price  list_price  expected_price  ended_price  ended_row
        A1    9.99  12.99       12.99           9.99         3
        A2   10.00  12.99       12.99           9.99         3
        A3   12.99  12.99       12.99           9.99         3
        """,
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected  delta  direction    promotion_row
        A1   price    9.99      12.99     -3.00  undercharge  3
        """,
    )


def test_what_is_decided_now_is_never_stale():
    found = findings_of(
        "promotion_stale",
        """
        sku  price  list_price  expected_price  promotion_row  ended_price  ended_row
        A1    9.99  12.99       9.99            4              9.99         3
        A2   12.99  12.99       12.99           -              12.99        3
        """,
    )
    assert found.is_empty()


def test_the_ended_promotion_is_stale_while_another_one_runs():
    found = findings_of(
        "promotion_stale",
        """
        sku  price  list_price  expected_price  promotion_row  ended_price  ended_row
        A1   9.99   12.99       8.99            4              9.99         3
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected  direction   promotion_row
        A1   9.99      8.99      overcharge  3
        """,
    )


def test_at_or_above_the_list_price_nothing_is_given():
    found = findings_of(
        "promotion_stale",
        """
        sku  price  list_price  expected_price  ended_price  ended_row
        A1   9.99   9.99        8.99            9.99         3
        A2   9.99   9.49        8.99            9.99         3
        """,
    )
    assert found.is_empty()


def test_during_grace_after_the_end_the_former_price_is_right():
    found = findings_of(
        "promotion_stale",
        """
        sku  price  list_price  expected_price  ended_price  ended_row  tolerated_price
        A1   9.99   12.99       12.99           9.99         3          9.99
        A2   9.99   12.99       12.99           9.99         3          8.99
        A3   9.99   12.99       12.99           9.99         3          -
        """,
    )
    assert found["sku"].to_list() == ["A2", "A3"]


def test_third_party_sellers_and_offers_without_prices_are_not_judged():
    found = findings_of(
        "promotion_stale",
        """
        sku  seller  comparable  price  list_price  expected_price  ended_price  ended_row
        A1   Acme    false       9.99   -           -               9.99         3
        A2   -       true        -      12.99       12.99           9.99         3
        A3   -       true        9.99   12.99       12.99           -            -
        """,
    )
    assert found.is_empty()


MEMBERS = """
    sku  price  member_price  list_price  expected_price  expected_member_price  ended_member_price  ended_member_row  ended_price
    A1   12.99  9.99          12.99       12.99           -                      9.99                5                 -
    A2   12.99  9.99          12.99       12.99           8.99                   9.99                5                 -
    A3   12.99  9.99          12.99       12.99           9.99                   9.99                5                 -
    A4    9.99  9.99          12.99       9.99            -                      9.99                5                 -
    A5   12.99  -             12.99       12.99           -                      9.99                5                 -
    A6   12.99  12.99         12.99       12.99           -                      9.99                5                 -
"""


def test_a_member_price_that_ended_is_held_against_what_members_pay_now():
    assert_table(
        findings_of("promotion_stale", MEMBERS, audience="members"),
        """
        sku  subject       observed  expected  promotion_row
        A1   member_price  9.99      12.99     5
        A2   member_price  9.99      8.99      5
        """,
    )


def test_a_members_promotion_that_ended_says_nothing_about_everyones_price():
    assert findings_of("promotion_stale", MEMBERS).is_empty()


def test_during_grace_members_may_pay_the_ended_member_price():
    found = findings_of(
        "promotion_stale",
        """
        sku  member_price  list_price  expected_price  ended_member_price  ended_member_row  tolerated_member_price
        A1   9.99          12.99       12.99           9.99                5                 9.99
        A2   9.99          12.99       12.99           9.99                5                 -
        """,
        audience="members",
    )
    assert found["sku"].to_list() == ["A2"]
