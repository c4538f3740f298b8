"""Price plus shipping less points, against the own shop's."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, rule, source, world

WORKED = """
    sku  channel      role    leader  leader_price  leader_shipping  price  shipping  points
    A1   marketplace  within  web     21.99         0.00             18.99  2.99      0.20
"""


def test_a_lower_price_can_be_dearer_delivered_and_the_other_way_round():
    """18.99 + 2.99 - 0.20 = 21.78, 0.21 below 21.99 with free shipping."""
    found = findings_of("landed_price", WORKED)
    assert_table(
        found,
        """
        sku  subject       observed  expected  delta  direction
        A1   landed_price  21.78     21.99     -0.21  undercharge
        """,
    )
    words = "price plus shipping less points must be the same as what the web channel charges with shipping"
    assert found["detail"].to_list() == [words]
    assert findings_of("landed_price", WORKED, tolerance={"amount": "0.21"}).is_empty()
    assert findings_of("landed_price", WORKED, tolerance={"amount": "0.20"}).height == 1


CORRIDOR = """
    sku  leader  leader_price  leader_shipping  price  shipping  points
    A1   web     10.00         0.00             10.00  0.00      -
    A2   web     10.00         0.00             10.00  0.80      -
    A3   web     10.00         0.00             10.00  0.81      -
    A4   web     10.00         0.00             10.00  0.90      0.10
    A5   web     10.00         0.00              9.00  0.99      -
    A6   web     10.00         2.00             12.00  0.96      -
    A7   web     10.00         2.00             12.00  0.97      -
"""


def test_the_bounds_belong_to_the_corridor_and_the_own_shops_shipping_is_part_of_it():
    assert_table(
        findings_of("landed_price", CORRIDOR, to_percent=8),
        """
        sku  observed  expected
        A3   10.81     10.80
        A5   9.99      10.00
        A7   12.97     12.96
        """,
    )


def test_shipping_that_nobody_states_is_not_judged_unless_the_rule_says_what_the_own_shop_takes():
    offers = """
        sku  leader  leader_price  leader_shipping  price  shipping
        A1   web     10.00         -                12.00  0.00
        A2   web     10.00         0.00             12.00  -
        A3   -       -             -                12.00  0.00
        A4   web     10.00         3.00             12.00  0.00
    """
    assert findings_of("landed_price", offers)["sku"].to_list() == ["A4"]
    assert_table(
        findings_of("landed_price", offers, leader_shipping="2.50"),
        """
        sku  observed  expected
        A1   12.00     12.50
        A4   12.00     13.00
        """,
    )


def test_free_shipping_that_is_promised_and_charged_is_told_instead_of_the_corridor():
    offers = """
        sku  leader  leader_price  leader_shipping  price  shipping  shipping_row
        A1   web     10.00         0.00             10.00  2.99      4
        A2   web     10.00         0.00             10.00  0.00      4
        A3   -       -             -                10.00  2.99      4
        A4   web     10.00         0.00             10.00  2.99      -
        A5   web     10.00         0.00             10.00  -         4
    """
    found = findings_of("landed_price", offers)
    assert_table(
        found,
        """
        sku  subject       observed  expected  promotion_row
        A1   shipping      2.99      0.00      4
        A3   shipping      2.99      0.00      4
        A4   landed_price  12.99     10.00     -
        """,
    )
    assert found.filter(sku="A1")["detail"].item() == "a promotion in force promises free shipping"


def test_other_sellers_and_other_currencies_are_not_judged():
    offers = """
        sku  leader  seller  comparable  leader_price  leader_shipping  price  shipping
        A1   web     Acme    false       10.00         0.00             99.00  0.00
        A2   web     -       false       10.00         0.00             99.00  0.00
    """
    assert findings_of("landed_price", offers).is_empty()


def test_a_corridor_whose_ends_are_exchanged_is_refused():
    with pytest.raises(ValueError, match="exchange the two"):
        rule("landed_price", from_percent=8, to_percent=0)


def test_through_the_engine_the_worked_example_is_the_marketplace_undercutting_the_webshop():
    """18.99 + 2.99 - 0.20 = 21.78 against 21.99 with free shipping."""
    decided = central(products="sku\nA1", price_list="sku  zone  list_price\nA1  Z1  21.99")
    marketplace = channel("marketplace", role="within", leader="web", landed=True, high=800, own_seller="Corner Grocery")
    given = world(decided, [channel("web", role="leader"), marketplace], [source("web", "web"), source("market", "marketplace")])
    rows = raw("""
        source  sku  seller          price  shipping  points
        web     A1   -               21.99  0.00      -
        market  A1   Corner Grocery  18.99  2.99      0.20
    """)
    assert_table(
        night(given, [rule("landed_price", to_percent=8)], rows).findings,
        """
        channel      subject       observed  expected  delta  direction
        marketplace  landed_price  21.78     21.99     -0.21  undercharge
        """,
    )
