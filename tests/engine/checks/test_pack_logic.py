"""Packs against the single units they hold."""

from __future__ import annotations

from frames_beside import unit_prices_of

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, rule, source, world

WATER = """
    sku  location  price  pack_of  unit_sku
    W1   0417      0.99   -        -
    W6   0417      5.94   6        W1
    W1   0418      0.99   -        -
    W6   0418      5.95   6        W1
    W1   0419      0.99   -        -
    W6   0419      4.99   6        W1
    W6   0420      9.99   6        W1
"""


def found(offers: str, **params: object):
    return findings_of("pack_logic", offers, frames=unit_prices_of(offers), **params)


def test_a_pack_costs_at_most_its_units_together():
    assert_table(
        found(WATER),
        """
        sku  location  subject     observed  expected  detail
        W6   0418      pack_price  5.95      5.94      6 units of W1
        """,
    )


def test_a_case_costs_exactly_its_units():
    assert_table(
        found(WATER, exactly=True),
        """
        location  observed  expected  direction
        0418      5.95      5.94      overcharge
        0419      4.99      5.94      undercharge
        """,
    )


def test_a_tolerance_met_exactly_is_right():
    assert found(WATER, tolerance={"amount": "0.01"}).is_empty()
    assert found(WATER, exactly=True, tolerance={"amount": "0.94"})["location"].to_list() == ["0419"]


def test_nothing_is_compared_with_a_pack_of_one_other_sellers_or_other_currencies():
    offers = """
        sku  seller  comparable  price  pack_of  unit_sku
        W1   -       true        0.99   -        -
        W2   -       true        9.99   1        W1
        W3   Acme    false       9.99   6        W1
        W4   -       false       9.99   6        W1
        W5   -       true        -      6        W1
        W6   -       true        9.99   6        -
    """
    assert found(offers).is_empty()


def test_through_the_engine_a_promotion_on_the_single_unit_makes_the_pack_a_bad_bargain():
    decided = central(
        products="sku  pack_of  unit_sku\nW1  -  -\nW6  6  W1",
        price_list="sku  zone  list_price\nW1  Z1  0.99\nW6  Z1  5.49",
        promotions="promotion  mechanic  value  sku  starts_at  ends_at\nP  fixed_price  79  W1  2026-03-10  2026-03-20",
    )
    given = world(decided, [channel("web", role="leader")], [source("web", "web")])
    rows = raw("sku  price\nW1  0.79\nW6  5.49")
    assert_table(
        night(given, [rule("pack_logic")], rows).findings,
        "sku  observed  expected  direction  message\n"
        "W6   5.49      4.74      none       web shows 5.49 for a pack whose units cost 4.74 together; 6 units of W1",
    )
