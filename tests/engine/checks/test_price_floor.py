"""Prices against the lowest and the highest they may have: cost, margin, resale threshold, MAP, own limits."""

from __future__ import annotations

import pytest

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of, judged

FOOD = """
    sku  price  tax_included  tax_rate  food   fresh_produce  cost  cost_advantages  cost_transport
    A1   2.27   true          550       true   -              2.00  500              0.05
    A2   2.26   true          550       true   -              2.00  500              0.05
    A3   2.26   true          550       true   false          2.00  500              0.05
    A4   2.06   true          550       true   true           2.00  500              0.05
    A5   2.05   true          550       true   true           2.00  500              0.05
    A6   2.05   true          550       false  -              2.00  500              0.05
    A7   0.05   true          550       -      -              2.00  500              0.05
    A8   0.05   true          550       -      false          2.00  500              0.05
"""
"""Invoice 2.00 net, 5 % other advantages, 0.05 transport: 1.95 net, 2.06 with its tax; with 10 % for food 2.27."""


def test_the_resale_threshold_of_food_is_ten_percent_higher_and_rounded_up():
    assert_table(
        findings_of("price_floor", FOOD, srp="srp10"),
        """
        sku  subject  observed  expected  direction    detail
        A2   price    2.26      2.27      undercharge  below the resale threshold plus 10 % (SRP+10)
        A3   price    2.26      2.27      undercharge  below the resale threshold plus 10 % (SRP+10)
        A5   price    2.05      2.06      undercharge  below the resale threshold (SRP)
        A6   price    2.05      2.06      undercharge  below the resale threshold (SRP)
        """,
    )


def test_without_the_ten_percent_all_products_have_the_same_threshold():
    found = findings_of("price_floor", FOOD, srp="srp")
    assert found["sku"].to_list() == ["A5", "A6", "A7", "A8"]
    assert set(found["expected"]) == {206}


def test_specific_taxes_are_part_of_the_threshold():
    offers = """
        sku  price  tax_rate  cost  cost_taxes
        A1   2.10   2000      2.00  0.10
        A2   2.09   2000      2.00  0.10
    """
    assert_table(findings_of("price_floor", offers, srp="srp"), "sku  observed  expected\nA2   2.09      2.10")


def test_a_cost_is_covered_by_the_price_without_its_tax():
    offers = """
        sku  price  tax_included  tax_rate  cost
        A1   2.40   true          2000      2.00
        A2   2.39   true          2000      2.00
        A3   2.00   false         2000      2.00
        A4   1.99   false         2000      2.00
        A5   2.00   false         -         2.00
    """
    assert_table(
        findings_of("price_floor", offers, cost=True),
        """
        sku  observed  expected  detail
        A2   2.39      2.40      below the lowest price that covers the cost
        A4   1.99      2.00      below the lowest price that covers the cost
        """,
    )


def test_a_margin_is_a_share_of_the_net_price():
    offers = """
        sku  price  tax_included  tax_rate  cost
        A1   2.40   true          2000      1.50
        A2   2.39   true          2000      1.50
    """
    assert_table(
        findings_of("price_floor", offers, margin_percent=25),
        "sku  observed  expected  detail\nA2   2.39      2.40      below the lowest price with a margin of 25 %",
    )
    assert findings_of("price_floor", offers, margin_percent="24.58").is_empty()  # 2.386...
    assert findings_of("price_floor", offers, margin_percent="24.90")["expected"].to_list() == [240]


def test_of_several_floors_the_highest_counts_and_is_named():
    offers = """
        sku  price  cost  min_price
        A1   1.99   2.00  1.50
        A2   1.99   1.50  2.20
        A3   1.99   2.00  2.00
        A4   2.20   2.00  2.20
    """
    assert_table(
        findings_of("price_floor", offers, cost=True),
        """
        sku  expected  detail
        A1   2.00      below the lowest price that covers the cost
        A2   2.20      below our own lowest price
        A3   2.00      below the lowest price that covers the cost
        """,
    )


def test_our_own_limits_are_judged_unless_the_rule_says_otherwise():
    offers = """
        sku  price  min_price  max_price
        A1   9.99   9.99       9.99
        A2   9.98   9.99       12.99
        A3   13.00  9.99       12.99
        A4   13.00  -          -
    """
    assert_table(
        findings_of("price_floor", offers),
        """
        sku  observed  expected  direction    detail
        A2   9.98      9.99      undercharge  below our own lowest price
        A3   13.00     12.99     overcharge   above the highest price it may have
        """,
    )
    assert findings_of("price_floor", offers, own=False)["sku"].to_list() == ["A3"]
    assert findings_of("price_floor", offers, ceiling=False)["sku"].to_list() == ["A2"]


def test_a_minimum_advertised_price_is_held_against_what_is_shown_and_only_on_request():
    offers = """
        sku  price  map_price  multibuy_quantity  multibuy_paid  credit
        A1   9.98   9.99       -                  -              -
        A2   9.99   9.99       3                  20.00          1.00
    """
    assert findings_of("price_floor", offers).is_empty()
    assert_table(
        findings_of("price_floor", offers, map=True),
        "sku  observed  expected  detail\nA1   9.98      9.99      below the minimum advertised price",
    )


def test_each_unit_of_a_multibuy_must_reach_the_floor_and_a_part_of_a_cent_is_missing_too():
    offers = """
        sku  price  multibuy_quantity  multibuy_paid  min_price
        A1   3.99   3                  7.98           2.66
        A2   3.99   3                  7.98           2.67
        A3   3.99   3                  7.99           2.67
        A4   3.99   3                  8.00           2.67
        A5   3.99   3                  8.01           2.67
        A6   2.00   3                  7.98           2.50
    """
    assert_table(
        findings_of("price_floor", offers),
        """
        sku  observed  expected  detail
        A2   2.66      2.67      each of 3 for 7.98, below our own lowest price
        A3   2.66      2.67      each of 3 for 7.99, below our own lowest price
        A4   2.66      2.67      each of 3 for 8.00, below our own lowest price
        A6   2.00      2.50      below our own lowest price
        """,
    )


def test_deferred_credit_makes_a_unit_cheaper_unless_the_rule_says_otherwise():
    offers = """
        sku  price  credit  multibuy_quantity  multibuy_paid  min_price
        A1   10.00  2.00    -                  -              8.00
        A2   10.00  2.01    -                  -              8.00
        A3   10.00  1.00    2                  18.00          8.01
    """
    assert_table(
        findings_of("price_floor", offers),
        """
        sku  observed  expected  detail
        A2   7.99      8.00      after 2.01 of credit, below our own lowest price
        A3   8.00      8.01      each of 2 for 18.00, after 1.00 of credit, below our own lowest price
        """,
    )
    assert findings_of("price_floor", offers, less_credit=False).is_empty()


def test_a_member_price_is_judged_where_the_price_for_everybody_is_right():
    offers = """
        sku  price  member_price  min_price  max_price
        A1   9.99   8.99          9.00       -
        A2   8.98   8.99          9.00       -
        A3   9.99   9.00          9.00       -
        A4   -      8.99          9.00       -
        A5   9.99   13.00         9.00       12.99
    """
    assert_table(
        findings_of("price_floor", offers),
        """
        sku  subject       observed  expected
        A1   member_price  8.99      9.00
        A2   price         8.98      9.00
        A4   member_price  8.99      9.00
        A5   member_price  13.00     12.99
        """,
    )


def test_other_sellers_and_offers_that_are_not_comparable_are_not_judged():
    offers = """
        sku  seller  comparable  price  min_price
        A1   Acme    false       1.00   9.99
        A2   -       false       1.00   9.99
        A3   -       true        -      9.99
    """
    assert findings_of("price_floor", offers).is_empty()


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [
        ({}, []),
        ({"map": True}, []),
        ({"cost": True}, ["A2", "A3"]),
        ({"margin_percent": 10}, ["A2", "A3"]),
        ({"srp": "srp"}, ["A2", "A3"]),
        ({"srp": "srp10"}, ["A2", "A3", "A4"]),
    ],
)
def test_a_floor_that_nobody_knows_is_not_provable(asked, unknown):
    offers = judged("""
        sku  seller  price  tax_included  tax_rate  cost  food
        A1   -       9.99   true          550       2.00  true
        A2   -       9.99   true          550       -     true
        A3   -       9.99   true          -         2.00  true
        A4   -       9.99   true          550       2.00  -
        A5   Acme    9.99   true          550       -     -
        A6   -       -      true          550       -     -
    """)
    kind = registry()["price_floor"]
    assert kind.unproven is not None
    assert kind.unproven(offers.lazy(), kind.params(**asked)).collect()["sku"].to_list() == unknown


@pytest.mark.parametrize("percent", ["100", "-1", "10.001"])
def test_an_impossible_margin_is_refused(percent):
    with pytest.raises(ValueError, match="margin_percent"):
        registry()["price_floor"].params(margin_percent=percent)
