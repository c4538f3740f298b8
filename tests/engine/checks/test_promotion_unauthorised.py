"""Reductions that no calendar knows."""

from __future__ import annotations

import pytest
from multibuy_world import verdicts

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of, judged


def full(**columns: str) -> str:
    """One offer with the list price of 12.99 and no promotion; `columns` as written."""
    cells = {"sku": "A1", "list_price": "12.99", "expected_price": "12.99", "price": "12.99", **columns}
    return "\n".join("  ".join(line) for line in (cells.keys(), cells.values()))


NO_PROMOTION = """
    sku  price  list_price  expected_price
    A1   9.99   12.99       12.99
    A2   12.98  12.99       12.99
    A3   12.99  12.99       12.99
    A4   13.49  12.99       12.99
    A5   -      12.99       12.99
"""


def test_a_price_below_the_list_price_without_any_promotion_is_a_reduction_nobody_decided():
    found = findings_of("promotion_unauthorised", NO_PROMOTION)
    assert_table(
        found,
        """
        sku  subject  observed  expected  direction
        A1   price    9.99      12.99     undercharge
        A2   price    12.98     12.99     undercharge
        """,
    )
    assert set(found["detail"]) == {"the calendar has no promotion"}


def test_a_few_cents_may_be_tolerated():
    assert findings_of("promotion_unauthorised", NO_PROMOTION, tolerance={"amount": "0.01"})["sku"].to_list() == ["A1"]
    assert findings_of("promotion_unauthorised", NO_PROMOTION, tolerance={"percent": 25}).is_empty()


def test_a_promotion_in_force_explains_any_price_below_the_list_price():
    """Its depth is a matter of promotion_depth."""
    found = findings_of(
        "promotion_unauthorised",
        """
        sku  price  list_price  expected_price  promotion_row
        A1   9.99   12.99       9.99            4
        A2   8.99   12.99       9.99            4
        A3   8.99   12.99       9.99            -
        """,
    )
    assert found.is_empty()


KNOWN = (
    "ended_price", "early_price", "coupon_price", "expected_member_price", "tolerated_price", "tolerated_list_price",
    "previous_list_price", "next_list_price",
)  # fmt: skip


def test_a_price_that_the_calendar_or_the_price_list_knows_is_another_matter():
    exact = [full(price="9.99", **{known: "9.99"}) for known in KNOWN]
    near = [full(price="9.99", **{known: "9.98"}) for known in KNOWN]
    assert verdicts("promotion_unauthorised", exact) == [None] * 8
    assert None not in verdicts("promotion_unauthorised", near)


def test_what_a_unit_costs_in_a_multibuy_is_the_multibuy_given_otherwise():
    found = findings_of(
        "promotion_unauthorised",
        """
        sku  price  list_price  expected_price  multibuy_row  multibuy_quantity  multibuy_paid
        A1   3.33   3.99        3.99            2             3                  10.00
        A2   3.00   3.99        3.99            2             3                  10.00
        """,
    )
    assert found["sku"].to_list() == ["A2"]


# --- what announces it ----------------------------------------------------------------------------------------------------------

ANNOUNCED = """
    sku  price  list_price  expected_price  was_price  regular_price  promotion_label
    A1   9.99   12.99       12.99           12.99      -              -
    A2   9.99   12.99       12.99           -          12.99          -
    A3   9.99   12.99       12.99           -          -              -23 %
    A4   9.99   12.99       12.99           -          9.99           new
    A5   9.99   12.99       12.99           9.99       -              -
"""


def test_a_rule_may_ask_for_announced_reductions_only():
    found = findings_of("promotion_unauthorised", ANNOUNCED, announced_only=True)
    assert dict(found.select("sku", "detail").rows()) == {
        "A1": "the calendar has no promotion, 12.99 is struck through",
        "A2": "the calendar has no promotion, the regular price shown is 12.99",
        "A3": "the calendar has no promotion, the label says '-23 %'",
    }
    assert findings_of("promotion_unauthorised", ANNOUNCED).height == 5


def test_an_announced_reduction_is_one_although_the_list_price_was_the_same_before():
    found = findings_of(
        "promotion_unauthorised",
        """
        sku  price  list_price  expected_price  was_price  previous_list_price
        A1   9.99   12.99       12.99           12.99      9.99
        A2   9.99   12.99       12.99           -          9.99
        """,
    )
    assert found["sku"].to_list() == ["A1"]


def test_a_struck_through_price_above_the_full_price_announces_what_is_not_given():
    found = findings_of(
        "promotion_unauthorised",
        """
        sku  price  list_price  expected_price  was_price  previous_list_price  tolerated_price
        A1   12.99  12.99       12.99           15.99      -                    -
        A2   12.99  12.99       12.99           12.99      -                    -
        A3   12.99  12.99       12.99           15.99      15.99                -
        A4   12.99  12.99       12.99           15.99      16.99                -
        A5   12.99  12.99       12.99           15.99      -                    9.99
        """,
    )
    assert_table(
        found,
        """
        sku  subject    observed  expected
        A1   was_price  15.99     -
        A4   was_price  15.99     -
        """,
    )
    assert found["detail"].to_list() == ["the calendar has no promotion, 15.99 is struck through"] * 2


LABELS = {
    "-20 %": True,
    "2+1 offert": True,
    "3 for 10.00": True,
    "-2,00 €": True,
    "+25 % gratuit": True,
    "20 % crédités": True,
    "-20 % avec la carte": True,
    "jusqu'à -50 %": False,
    "livraison offerte": False,
    "10 € de remise dès 50 € d'achat": False,
    "nouveau": False,
    "70 % cacao": False,
}


def test_a_label_that_promises_a_promotion_of_the_product_without_one_in_force():
    found = verdicts("promotion_unauthorised", [full(promotion_label=label) for label in LABELS])
    told = [one and (one["subject"], one["observed"], one["expected"], one["detail"]) for one in found]
    assert told == [
        ("promotion_label", None, None, f"the calendar has no promotion, the label says '{label}'") if promises else None
        for label, promises in LABELS.items()
    ]


def test_a_label_beside_the_full_price_may_be_about_any_promotion_in_force():
    in_force = [
        "member_promotion_row",
        "multibuy_row",
        "coupon_row",
        "credit_row",
        "extra_row",
        "shipping_row",
        "promotion_row",
    ]
    assert verdicts("promotion_unauthorised", [full(promotion_label="-20 %", **{row: "4"}) for row in in_force]) == [None] * 7


def test_during_grace_a_label_may_still_hang():
    changed = [full(promotion_label="-20 %", **{name: "10.39"}) for name in ("tolerated_price", "tolerated_list_price")]
    assert verdicts("promotion_unauthorised", changed) == [None, None]


# --- members --------------------------------------------------------------------------------------------------------------------

MEMBERS = """
    sku  price  member_price  list_price  expected_price  expected_member_price  member_promotion_row  promotion_row
    A1   12.99  9.99          12.99       12.99           -                      -                     -
    A2   12.99  9.99          12.99       12.99           9.99                   6                     -
    A3   12.99  8.99          12.99       12.99           9.99                   6                     -
    A4   12.99  12.99         12.99       12.99           -                      -                     -
    A5    9.99  9.99          12.99       9.99            -                      -                     4
    A6   12.99  9.99          12.99       9.99            -                      -                     4
    A7    9.99  9.99          12.99       12.99           -                      -                     -
    A8   10.99  9.99          12.99       10.99           -                      -                     4
    A9   -      9.99          12.99       12.99           -                      -                     -
"""


def test_a_member_price_that_no_promotion_for_members_makes():
    """Nobody else's price: what everybody pays (A5, A7), or should pay (A6), is no reduction for members."""
    assert_table(
        findings_of("promotion_unauthorised", MEMBERS, audience="members"),
        """
        sku  subject       observed  expected
        A1   member_price  9.99      12.99
        A8   member_price  9.99      10.99
        A9   member_price  9.99      12.99
        """,
    )
    assert findings_of("promotion_unauthorised", MEMBERS)["sku"].to_list() == ["A7"]


@pytest.mark.parametrize("known", ["ended_member_price", "early_member_price", "tolerated_member_price", "tolerated_price"])
def test_a_member_price_the_calendar_knows_is_another_matter(known):
    found = findings_of(
        "promotion_unauthorised",
        f"""
        sku  price  member_price  list_price  expected_price  {known}
        A1   12.99  9.99          12.99       12.99           9.99
        A2   12.99  9.99          12.99       12.99           9.98
        """,
        audience="members",
    )
    assert found["sku"].to_list() == ["A2"]


# --- what is not judged ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["everyone", "members"])
def test_clearance_is_exempt_unless_the_rule_says_otherwise(audience):
    world = """
        sku  price  member_price  list_price  expected_price  clearance
        A1   9.99   8.99          12.99       12.99           true
        A2   9.99   8.99          12.99       12.99           false
        A3   9.99   8.99          12.99       12.99           -
    """
    assert findings_of("promotion_unauthorised", world, audience=audience)["sku"].to_list() == ["A2", "A3"]
    judged_too = findings_of("promotion_unauthorised", world, audience=audience, clearance="judged")
    assert judged_too["sku"].to_list() == ["A1", "A2", "A3"]


@pytest.mark.parametrize("audience", ["everyone", "members"])
def test_other_sellers_not_comparable_offers_and_products_without_a_list_price_are_not_judged(audience):
    found = findings_of(
        "promotion_unauthorised",
        """
        sku  seller  comparable  price  member_price  list_price  expected_price
        A1   Acme    false       9.99   8.99          -           -
        A2   Acme    true        9.99   8.99          12.99       12.99
        A3   -       false       9.99   8.99          12.99       12.99
        A4   -       true        9.99   8.99          -           -
        """,
        audience=audience,
    )
    assert found.is_empty()


def test_a_public_price_must_be_seen_to_be_right_and_a_member_price_need_not():
    offers = judged(
        """
        sku  price  member_price
        A1   9.99   -
        A2   -      -
        """
    )
    kind = registry()["promotion_unauthorised"]
    assert offers.filter(kind.verified(kind.params()))["sku"].to_list() == ["A1"]
    assert offers.filter(kind.verified(kind.params(audience="members")))["sku"].to_list() == ["A1", "A2"]
