"""A promotion in force that the channel does not give."""

from __future__ import annotations

import pytest
from multibuy_world import calendar, under, verdicts

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of, judged


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


# --- multibuys ------------------------------------------------------------------------------------------------------------------


def receipt(quantity: int, paid: str, **columns: str):
    """A till's receipt under 2+1 at 3.99."""
    world = under(1, units=3, together="7.98", quantity=str(quantity), paid=paid, surface="till", **columns)
    return findings_of("promotion_missing", world, frames=calendar())


def test_a_receipt_in_full_for_as_many_units_as_the_multibuy_asks_for_is_a_multibuy_that_is_missing():
    found = receipt(3, "11.97")
    assert_table(
        found,
        """
        subject  observed  expected  direction   promotion_row
        paid     11.97     7.98      overcharge  1
        """,
    )
    assert found["detail"].to_list() == ["3 units in full, 3 for 2, 2.66 each"]
    assert receipt(6, "23.94")["expected"].to_list() == [1596]
    assert receipt(3, "12.50").height == 1


def test_a_receipt_of_fewer_units_or_with_some_reduction_misses_no_multibuy():
    assert receipt(2, "7.98").is_empty()
    assert receipt(2, "8.50").is_empty()
    assert receipt(3, "7.98").is_empty()
    assert receipt(6, "19.95").is_empty()


def test_while_grace_runs_after_the_multibuy_began_a_receipt_in_full_is_right():
    tonight = {"quantity": "3", "paid": "11.97", "surface": "till"}
    for grace, found in (("21h", 1), ("23h", 0)):
        world = under(9, units=3, together="7.98", grace=grace, **tonight)
        assert findings_of("promotion_missing", world, frames=calendar()).height == found


def test_a_multibuy_for_card_holders_is_not_missing_where_no_card_was_shown():
    world = under(6, units=2, together="3.99", quantity="2", paid="7.98", surface="till")
    assert findings_of("promotion_missing", world, frames=calendar()).is_empty()


def test_where_multibuys_must_be_shown_one_without_label_or_name_is_missing():
    """A label on other terms (2+1) is shown too: it is a matter of promotion_label."""
    shown = [
        {},
        {"promotion_label": "new"},
        {"promotion_label": "3 for $10.00"},
        {"promotion_label": "2+1 offert"},
        {"promotion": "THREE-10"},
        {"surface": "till"},
        {"seller": "Acme"},
        {"comparable": "false"},
        {"tolerated_price": "3.49"},
    ]
    offers = [under(2, units=3, together="10.00", **columns) for columns in shown]
    missing, *others = verdicts("promotion_missing", offers, multibuys=True)
    told = tuple(missing[name] for name in ("subject", "observed", "detail", "promotion_row"))
    assert told == ("promotion_label", None, "shows nothing of 3 for 10.00, 3.33 each", 2)
    assert [found is not None for found in others] == [True] + [False] * 7
    assert verdicts("promotion_missing", offers) == [None] * 9


def test_an_offer_misses_one_promotion_at_a_time_the_price_cut_first():
    world = under(1, units=3, together="7.98", expected_price="3.19", promotion_row="7", price="3.99", quantity="3", paid="11.97")
    found = findings_of("promotion_missing", world, frames=calendar())
    assert found.select("subject", "promotion_row").rows() == [("price", 7)]


def test_a_till_must_ring_several_units_before_a_multibuy_is_given_again():
    offers = judged(
        """
        sku  surface  price  quantity  multibuy_row
        A1   till     3.99   -         1
        A2   till     3.99   3         1
        A3   till     3.99   -         -
        A4   html     3.99   -         1
        """
    )
    kind = registry()["promotion_missing"]
    assert offers.filter(kind.verified(kind.params()))["sku"].to_list() == ["A2", "A3", "A4"]
