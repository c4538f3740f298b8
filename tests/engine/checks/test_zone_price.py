"""Regular prices of zones against the base zone's."""

from __future__ import annotations

import pytest
from frames_beside import zone_prices_of

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, rule, source, world

OFFERS = """
    sku  channel  location  zone  list_price  regular_price
    A1   store    0417      Z1    10.00       10.00
    A1   store    0418      Z2    10.30       10.30
    A1   store    0419      Z3    10.31       10.00
    A1   store    0420      Z4     9.99       -
    A1   store    0421      Z5    -           12.00
"""
ZONES = """
    sku  other_zone  zone_list_price
    A1   Z1          10.00
    A1   Z2          10.30
    A1   Z3          10.31
    A1   Z4           9.99
"""


def test_a_zone_stays_within_its_corridor_around_the_base_zone_and_the_bounds_belong_to_it():
    assert_table(
        findings_of("zone_price", OFFERS, frames=zone_prices_of(OFFERS, ZONES), base="Z1", to_percent=3),
        """
        location  subject     observed  expected  detail
        0419      list_price  10.31     10.30     zone Z3 must be 0 % to 3 % above the list price of zone Z1
        0420      list_price  9.99      10.00     zone Z4 must be 0 % to 3 % above the list price of zone Z1
        """,
    )


def test_shown_prices_are_judged_where_the_rule_says_so_and_where_the_zone_has_a_decision():
    found = findings_of(
        "zone_price", OFFERS, frames=zone_prices_of(OFFERS, ZONES), base="Z1", from_percent=1, to_percent=3, price="shown"
    )
    assert_table(found, "location  subject        observed  expected\n0419      regular_price  10.00     10.10")


def test_the_base_zone_itself_is_not_judged():
    found = findings_of("zone_price", OFFERS, frames=zone_prices_of(OFFERS, ZONES), base="Z1", from_percent=2, to_percent=4)
    assert "0417" not in found["location"].to_list()


def test_a_tolerance_met_exactly_is_right():
    frames = zone_prices_of(OFFERS, ZONES)
    assert findings_of("zone_price", OFFERS, frames=frames, base="Z1", to_percent=3, tolerance={"amount": "0.01"}).is_empty()


def test_without_a_base_zone_the_list_price_of_most_zones_counts_and_of_equally_frequent_ones_the_lowest():
    offers = """
        sku  zone  location  list_price
        A1   Z1    1         9.99
        A1   Z2    2         9.99
        A1   Z3    3         8.99
        A2   Z1    1         9.99
        A2   Z2    2         8.99
    """
    zones = "sku  other_zone  zone_list_price\nA1  Z1  9.99\nA1  Z2  9.99\nA1  Z3  8.99\nA2  Z1  9.99\nA2  Z2  8.99"
    assert_table(
        findings_of("zone_price", offers, frames=zone_prices_of(offers, zones)),
        """
        sku  zone_of  observed  expected  detail
        A1   3        8.99      9.99      zone Z3 must be the same as most zones' list price
        A2   1        9.99      8.99      zone Z1 must be the same as most zones' list price
        """.replace("zone_of", "location"),
    )


def test_a_product_without_a_price_in_the_base_zone_is_not_judged():
    assert findings_of("zone_price", OFFERS, frames=zone_prices_of(OFFERS, ZONES), base="Z9").is_empty()


def test_a_product_without_a_decided_price_in_its_own_zone_is_not_judged_though_it_shows_one():
    only = OFFERS.replace("Z4     9.99       -", "Z4    -           99.00")
    found = findings_of("zone_price", only, frames=zone_prices_of(only, ZONES), base="Z1", to_percent=3, price="shown")
    assert found.is_empty()


def test_other_sellers_and_other_currencies_are_not_judged():
    offers = """
        sku  zone  seller  comparable  list_price
        A1   Z2    Acme    false       12.00
        A1   Z2    -       false       12.00
    """
    assert findings_of("zone_price", offers, frames=zone_prices_of(offers, ZONES), base="Z1").is_empty()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"from_percent": 5, "to_percent": 3}, "from_percent is above to_percent; exchange the two"),
        ({"from_percent": 2, "to_percent": 3}, "needs a zone to begin from; add base"),
        ({"to_percent": "0.123"}, "no more than 2 decimal places"),
    ],
)
def test_a_corridor_that_cannot_be_is_refused(params, said):
    with pytest.raises(ValueError, match=said):
        rule("zone_price", **params)


def test_through_the_engine_a_price_list_that_leaves_its_corridor_is_found_in_every_place_of_the_zone():
    decided = central(
        products="sku\nA1",
        price_list="sku  zone  list_price\nA1  Z1  10.00\nA1  Z2  11.00",
        locations="location  zone\n0417  Z1\n0418  Z2\n0419  Z2",
    )
    given = world(decided, [channel("store")], [source("tills", "store", surface="till")])
    rows = raw("sku  location  price\nA1  0417  10.00\nA1  0418  11.00\nA1  0419  11.00", source="tills")
    assert_table(
        night(given, [rule("zone_price", base="Z1", to_percent=5)], rows).findings,
        """
        location  subject     observed  expected  direction
        0418      list_price  11.00     10.50     none
        0419      list_price  11.00     10.50     none
        """,
    )
