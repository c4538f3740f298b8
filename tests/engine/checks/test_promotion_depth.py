"""A promotion that is given with another depth or another mechanic."""

from __future__ import annotations

import pytest
from multibuy_world import calendar, under

from pricewatch.domain import money
from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of, judged


def otherwise(offers: str, **params):
    return findings_of("promotion_depth", offers, frames=calendar(), **params)


# --- the price of one unit ------------------------------------------------------------------------------------------------------

CUTS = """
    sku  price  list_price  expected_price  promotion_row
    A1   9.74   12.99       9.09            7
    A2   8.99   12.99       9.09            7
    A3   9.09   12.99       9.09            7
    A4   12.98  12.99       9.09            7
    A5   12.99  12.99       9.09            7
    A6   13.49  12.99       9.09            7
    A7   9.74   12.99       12.99           -
"""


def test_a_reduction_of_another_depth_is_told_with_both_depths():
    found = otherwise(CUTS)
    assert_table(
        found,
        """
        sku  subject  observed  expected  direction    promotion_row
        A1   price    9.74      9.09      overcharge   7
        A2   price    8.99      9.09      undercharge  7
        A4   price    12.98     9.09      overcharge   7
        """,
    )
    assert found["detail"].to_list() == [
        "25.02 % off instead of 30.02 %",
        "30.79 % off instead of 30.02 %",
        "0.08 % off instead of 30.02 %",
    ]


def test_a_cent_may_be_tolerated_because_it_is_only_rounding():
    cents = """
        sku  price  list_price  expected_price  promotion_row
        A1   44.95  49.95       44.96           7
        A2   44.94  49.95       44.96           7
    """
    assert otherwise(cents)["sku"].to_list() == ["A1", "A2"]
    assert otherwise(cents, tolerance={"amount": "0.01"})["sku"].to_list() == ["A2"]


def test_during_grace_the_former_price_is_right():
    found = otherwise(
        """
        sku  price  list_price  expected_price  promotion_row  tolerated_price
        A1   9.99   12.99       8.99            7              9.99
        A2   9.99   12.99       8.99            7              12.99
        """
    )
    assert found["sku"].to_list() == ["A2"]


@pytest.mark.parametrize("audience", ["everyone", "members"])
def test_other_sellers_not_comparable_offers_and_missing_prices_are_not_judged(audience):
    row = "promotion_row" if audience == "everyone" else "member_promotion_row"
    found = otherwise(
        f"""
        sku  seller  comparable  price  member_price  list_price  expected_price  expected_member_price  {row}
        A1   Acme    false       9.74   9.74          12.99       9.09            9.09                   7
        A2   -       false       9.74   9.74          12.99       9.09            9.09                   7
        A3   -       true        -      -             12.99       9.09            9.09                   7
        A4   -       true        9.74   9.74          -           -               -                      7
        """,
        audience=audience,
    )
    assert found.is_empty()


MEMBERS = """
    sku  price  member_price  list_price  expected_price  expected_member_price  member_promotion_row  tolerated_member_price
    A1   12.99  9.99          12.99       12.99           9.09                   6                     -
    A2   12.99  9.09          12.99       12.99           9.09                   6                     -
    A3   12.99  12.99         12.99       12.99           9.09                   6                     -
    A4   12.99  -             12.99       12.99           9.09                   6                     -
    A5   12.99  9.99          12.99       12.99           9.09                   6                     9.99
    A6   12.99  9.99          12.99       12.99           -                      -                     -
    A7   10.99  10.99         12.99       10.99           9.09                   6                     -
"""


def test_a_member_price_of_another_depth():
    assert_table(
        otherwise(MEMBERS, audience="members"),
        """
        sku  subject       observed  expected  promotion_row
        A1   member_price  9.99      9.09      6
        A7   member_price  10.99     9.09      6
        """,
    )
    assert otherwise(MEMBERS).is_empty()


# --- multibuys at the till ------------------------------------------------------------------------------------------------------


def rung(row: int, units: int, together: str, *, quantity: int, paid: str, **columns: str):
    return otherwise(under(row, units=units, together=together, quantity=str(quantity), paid=paid, surface="till", **columns))


TWO_PLUS_ONE = {1: "3.99", 2: "7.98", 3: "7.98", 4: "11.97", 6: "15.96"}
THREE_FOR_TEN = {1: "3.99", 2: "7.98", 3: "10.00", 4: "13.99", 6: "20.00"}
SECOND_AT_HALF = {1: "4.00", 2: "6.00", 3: "10.00", 4: "12.00"}
FROM_SIX = {1: "3.99", 5: "19.95", 6: "21.00", 7: "24.50", 12: "42.00"}


@pytest.mark.parametrize(
    ("row", "units", "together", "list_price", "right"),
    [
        (1, 3, "7.98", "3.99", TWO_PLUS_ONE),
        (2, 3, "10.00", "3.99", THREE_FOR_TEN),
        (3, 2, "6.00", "4.00", SECOND_AT_HALF),
        (5, 6, "21.00", "3.99", FROM_SIX),
    ],
)
def test_a_receipt_is_right_at_every_number_of_units_and_a_cent_less_is_not(row, units, together, list_price, right):
    for count, paid in right.items():
        columns = {"list_price": list_price, "expected_price": list_price, "price": list_price}
        assert rung(row, units, together, quantity=count, paid=paid, **columns).is_empty()
        less = f"{float(paid) - 0.01:.2f}"
        found = rung(row, units, together, quantity=count, paid=less, **columns)
        if count == 1:
            assert found.is_empty(), "one unit is held against the price of one"
        else:
            assert [money.show(amount, "USD") for amount in found["expected"]] == [paid]


def test_six_units_of_two_plus_one_are_four_paid_and_a_till_that_gives_it_once_is_named():
    found = rung(1, 3, "7.98", quantity=6, paid="19.95")
    assert_table(
        found,
        """
        subject  observed  expected  direction   promotion_row
        paid     19.95     15.96     overcharge  1
        """,
    )
    assert found["detail"].to_list() == ["6 units under 3 for 2, 2.66 each, given once only"]


def test_a_multibuy_given_to_fewer_units_than_it_asks_for_is_given_otherwise():
    found = rung(1, 3, "7.98", quantity=2, paid="3.99")
    assert found.select("observed", "expected", "detail").rows() == [(399, 798, "2 units under 3 for 2, 2.66 each")]


@pytest.mark.parametrize("paid", ["11.97", "12.00"])
def test_a_receipt_without_any_reduction_is_a_multibuy_that_is_missing(paid):
    assert rung(1, 3, "7.98", quantity=3, paid=paid).is_empty()


def test_where_promotions_exclude_each_other_the_customer_has_the_better_one():
    """List price 3.99, cut to 3.19; 2+1 is reckoned on the list price: 7.98 for three, and 3 x 3.19 = 9.57 is not asked."""
    cut = {"expected_price": "3.19", "price": "3.19", "promotion_row": "7"}
    assert rung(1, 3, "7.98", quantity=3, paid="7.98", **cut).is_empty()
    assert rung(1, 3, "7.98", quantity=2, paid="6.38", **cut).is_empty()
    assert rung(1, 3, "7.98", quantity=3, paid="6.38", **cut)["expected"].to_list() == [798]


def test_where_promotions_are_combined_the_multibuy_is_reckoned_on_the_reduced_price():
    cut = {"expected_price": "3.19", "price": "3.19", "promotion_row": "7"}
    assert rung(1, 3, "6.38", quantity=3, paid="6.38", **cut).is_empty()
    assert rung(1, 3, "6.38", quantity=3, paid="7.98", **cut)["expected"].to_list() == [638]


def test_card_holders_may_have_their_own_price_for_each_unit_that_is_paid():
    card = {"expected_member_price": "3.49"}
    assert rung(1, 3, "7.98", quantity=3, paid="7.98", **card).is_empty()
    assert rung(2, 3, "10.00", quantity=2, paid="6.98", **card).is_empty()
    assert rung(2, 3, "10.00", quantity=2, paid="6.97", **card).height == 1


def test_a_multibuy_for_card_holders_need_not_be_given_to_others():
    assert rung(6, 2, "3.99", quantity=4, paid="7.98").is_empty()
    assert rung(6, 2, "3.99", quantity=4, paid="11.97")["detail"].to_list() == [
        "4 units under 2 for 1, 2.00 each, given once only"
    ]


def test_a_receipt_whose_own_price_of_one_is_wrong_is_left_to_the_checks_of_prices():
    assert rung(1, 3, "7.98", quantity=3, paid="6.98", price="3.49").is_empty()
    assert rung(1, 3, "7.98", quantity=3, paid="6.98", price="-").height == 1


def test_a_price_of_one_that_is_the_receipts_amount_divided_by_its_units_is_no_price_of_one():
    assert rung(1, 3, "7.98", quantity=3, paid="7.98", price="2.66").is_empty()
    assert rung(2, 3, "10.00", quantity=3, paid="10.00", price="3.33").is_empty()
    assert rung(2, 3, "10.00", quantity=6, paid="17.97", price="3.00")["subject"].to_list() == ["paid"]


def test_while_grace_runs_after_the_multibuy_began_its_receipts_are_not_judged():
    assert rung(9, 3, "7.98", quantity=6, paid="19.95", grace="21h").height == 1
    assert rung(9, 3, "7.98", quantity=6, paid="19.95", grace="23h").is_empty()
    assert rung(9, 3, "7.98", quantity=6, paid="19.95", tolerated_price="4.29").is_empty()


# --- multibuys beside a price ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "units", "together", "shown", "words"),
    [
        (2, 3, "10.00", "3.33", "what one costs in 3 for 10.00, 3.33 each"),
        (2, 3, "10.00", "3.34", "what one costs in 3 for 10.00, 3.33 each"),
        (1, 3, "7.98", "2.66", "what one costs in 3 for 2, 2.66 each"),
        (3, 2, "5.99", "3.00", "what one costs in every 2nd at 50 % off, 3.00 each"),
        (4, 4, "11.97", "2.99", "what one costs in 4 for 3, 2.99 each"),
        (5, 6, "21.00", "3.50", "what one costs in from 6 on 3.50 each, 3.50 each"),
    ],
)
def test_the_price_of_a_unit_in_the_group_shown_as_the_price_of_one_is_another_mechanic(row, units, together, shown, words):
    found = otherwise(under(row, units=units, together=together, price=shown))
    assert found.select("subject", "detail", "promotion_row").rows() == [("price", words, row)]
    assert [money.show(amount, "USD") for amount in (*found["observed"], *found["expected"])] == [shown, "3.99"]


@pytest.mark.parametrize("shown", ["3.32", "3.35", "3.99", "4.29", "-"])
def test_any_other_price_of_one_is_not_held_against_the_effective_price(shown):
    assert otherwise(under(2, units=3, together="10.00", price=shown)).is_empty()


def test_a_named_promotion_must_have_the_terms_that_are_in_force():
    found = otherwise(under(2, units=3, together="10.00", promotion="TWO-ONE"))
    assert_table(
        found,
        """
        subject    observed  expected  promotion_row
        promotion  -         -         2
        """,
    )
    assert found["detail"].to_list() == ["names TWO-ONE, 3 for 2; 3 for 10.00, 3.33 each is in force"]


@pytest.mark.parametrize("named", ["THREE-10", "CUT-20", "MIXED", "UNHEARD-OF", "-"])
def test_the_promotion_itself_others_that_are_no_multibuy_and_unknown_names_are_not_wrong_terms(named):
    assert otherwise(under(2, units=3, together="10.00", promotion=named)).is_empty()


def test_three_for_two_by_another_name_is_the_same_mechanic():
    assert otherwise(under(1, units=3, together="7.98", promotion="THIRD-FREE")).is_empty()
    assert otherwise(under(8, units=3, together="7.98", promotion="TWO-ONE")).is_empty()
    assert otherwise(under(4, units=4, together="11.97", promotion="TWO-ONE")).height == 1


def test_while_grace_runs_the_former_promotion_may_still_be_named():
    assert otherwise(under(9, units=3, together="7.98", promotion="THREE-10", grace="23h")).is_empty()
    assert otherwise(under(9, units=3, together="7.98", promotion="THREE-10", grace="21h")).height == 1


def test_an_offer_is_found_once_by_what_says_most():
    world = under(2, units=3, together="10.00", price="3.33", promotion="TWO-ONE", quantity="6")
    assert otherwise(world)["subject"].to_list() == ["price"]


# --- what is right again --------------------------------------------------------------------------------------------------------


def test_a_till_must_ring_several_units_before_a_multibuy_can_be_called_right():
    offers = judged(
        """
        sku  surface  price  quantity  multibuy_row
        A1   till     3.99   -         1
        A2   till     3.99   3         1
        A3   till     3.99   -         -
        A4   html     3.99   -         1
        A5   html     -      -         -
        """
    )
    kind = registry()["promotion_depth"]
    assert offers.filter(kind.verified(kind.params()))["sku"].to_list() == ["A2", "A3", "A4"]


def test_a_member_price_that_is_due_must_be_seen():
    offers = judged(
        """
        sku  price  member_price  expected_member_price
        A1   3.99   -             3.49
        A2   3.99   3.49          3.49
        A3   3.99   -             -
        """
    )
    kind = registry()["promotion_depth"]
    assert offers.filter(kind.verified(kind.params(audience="members")))["sku"].to_list() == ["A2", "A3"]
