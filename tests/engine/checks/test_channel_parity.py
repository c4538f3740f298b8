"""Channels that follow another one, exactly or within a corridor."""

from __future__ import annotations

from pricewatch.testing import assert_table, channel, findings_of, night, raw, rule, source, world
from pricewatch.testing import central as decided


def test_a_channel_that_follows_its_leader_shows_the_leaders_price_to_the_cent():
    found = findings_of(
        "channel_parity",
        """
        sku  channel  role     leader  low  high  leader_price  price
        A1   app      same_as  web     0    0     9.99          9.99
        A2   app      same_as  web     0    0     9.99          9.98
        A3   app      same_as  web     0    0     9.99          10.00
        """,
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected  direction    detail
        A2   price    9.98      9.99      undercharge  must show what the web channel shows
        A3   price    10.00     9.99      overcharge   must show what the web channel shows
        """,
    )


CORRIDOR = """
    sku  channel      role    leader  landed  low  high  leader_price  price  shipping
    A1   marketplace  within  web     true    0    800   10.00         10.00  0.00
    A2   marketplace  within  web     true    0    800   10.00         10.00  0.80
    A3   marketplace  within  web     true    0    800   10.00         10.00  0.81
    A4   marketplace  within  web     true    0    800   10.00          9.00  0.99
    A5   marketplace  within  web     true    0    800   10.00          9.00  1.00
    A6   marketplace  within  web     true    0    800   10.00         20.00  -
"""


def test_the_landed_price_stays_within_the_corridor_and_its_bounds_belong_to_it():
    assert_table(
        findings_of("channel_parity", CORRIDOR),
        """
        sku  observed  expected  detail
        A3   10.81     10.80     price plus shipping must be 0 % to 8 % above the price of the web channel
        A4   9.99      10.00     price plus shipping must be 0 % to 8 % above the price of the web channel
        """,
    )


def test_beyond_the_bounds_the_tolerance_met_exactly_is_right():
    assert findings_of("channel_parity", CORRIDOR, tolerance={"amount": 0.01}).is_empty()


def test_a_corridor_without_shipping_compares_the_price_alone():
    found = findings_of(
        "channel_parity",
        """
        sku  role    leader  landed  low   high  leader_price  price  shipping
        A1   within  web     false   -500  250   10.00         9.50   -
        A2   within  web     false   -500  250   10.00         9.49   5.00
        A3   within  web     false   -500  250   10.00         10.25  -
        A4   within  web     false   -500  250   10.00         10.26  -
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected  detail
        A2   9.49      9.50      price must be -5 % to 2.5 % above the price of the web channel
        A4   10.26     10.25     price must be -5 % to 2.5 % above the price of the web channel
        """,
    )


def test_the_bounds_are_rounded_half_up_to_the_cent():
    found = findings_of(
        "channel_parity",
        """
        sku  role    leader  low  high  leader_price  price
        A1   within  web     0    800   9.99          10.79
        A2   within  web     0    800   9.99          10.80
        A3   within  web     0    500   0.10          0.11
        """,
    )
    assert_table(found, "sku  observed  expected\nA2   10.80     10.79")


def test_a_channel_that_follows_nobody_or_whose_leader_shows_nothing_is_not_judged():
    found = findings_of(
        "channel_parity",
        """
        sku  role       leader  leader_price  price
        A1   leader     -       9.99          12.99
        A2   own_zone   -       9.99          12.99
        A3   same_as    web     -             12.99
        A4   same_as    web     9.99          -
        """,
    )
    assert found.is_empty()


def test_what_was_decided_for_the_channel_itself_is_right_though_its_leader_shows_another():
    found = findings_of(
        "channel_parity",
        """
        sku  channel  role     leader  leader_price  price  expected_price
        A1   app      same_as  web     9.99          8.99   8.99
        A2   app      same_as  web     9.99          8.99   7.99
        """,
    )
    assert found["sku"].to_list() == ["A2"]


def test_other_sellers_and_offers_in_another_currency_are_not_judged():
    found = findings_of(
        "channel_parity",
        """
        sku  role    leader  seller  comparable  leader_price  price
        A1   within  web     Acme    true        9.99          12.99
        A2   within  web     -       false       9.99          12.99
        """,
    )
    assert found.is_empty()


def test_through_the_engine_our_marketplace_offer_is_held_against_the_decided_web_price():
    central = decided(
        products="""
            sku  name
            A1   Espresso
            A2   Ristretto
        """,
        price_list="""
            sku  zone  list_price
            A1   Z1    10.00
            A2   Z1    10.00
        """,
    )
    given = world(
        central,
        [
            channel("web", role="leader"),
            channel("marketplace", role="within", leader="web", landed=True, high=800, own_seller="Corner Grocery"),
        ],
        [source("web", "web"), source("marketplace", "marketplace")],
    )
    rows = raw("""
        source       sku  seller          price  shipping
        web          A1   -               12.00  -
        marketplace  A1   Corner Grocery  10.00  0.80
        marketplace  A1   Acme            99.00  0.00
        marketplace  A2   Corner Grocery  10.00  0.80
        web          A2   -               10.00  -
        marketplace  A2   Acme            1.00   0.00
    """)
    assert night(given, [rule("channel_parity")], rows).findings.is_empty()
    dearer = rows.with_columns(shipping_text=rows["shipping_text"].str.replace("0.80", "0.90"))
    assert_table(
        night(given, [rule("channel_parity")], dearer).findings.filter(sku="A1"),
        """
        sku  channel      observed  expected
        A1   marketplace  10.90     10.80
        """,
    )
