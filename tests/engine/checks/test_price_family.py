"""Products of one family cost the same in one place."""

from __future__ import annotations

from frames_beside import families_of

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, rule, source, world


def found(offers: str, **params: object):
    return findings_of("price_family", offers, frames=families_of(offers), **params)


YOGHURT = """
    sku  location  family  price  expected_price  promotion_row
    Y1   0417      plain   0.99   0.99            -
    Y2   0417      plain   0.99   0.99            -
    Y3   0417      plain   1.09   0.99            -
    Y4   0417      plain   0.79   0.79            7
"""


def test_what_is_off_the_most_frequent_price_of_the_family_is_found():
    assert_table(
        found(YOGHURT),
        """
        sku  subject       observed  expected  detail
        Y3   family_price  1.09      0.99      2 of 4 products of plain cost that
        Y4   family_price  0.79      0.99      2 of 4 products of plain cost that; a promotion sets this one apart
        """,
    )


def test_a_promotion_on_one_size_may_be_meant():
    assert found(YOGHURT, promotions="exempt")["sku"].to_list() == ["Y3"]
    wrong_depth = YOGHURT.replace("0.79   0.79", "0.89   0.79")
    assert found(wrong_depth, promotions="exempt")["sku"].to_list() == ["Y3", "Y4"]


def test_each_place_has_its_own_family_price():
    offers = """
        sku  location  family  price
        Y1   0417      plain   0.99
        Y2   0417      plain   0.99
        Y1   0418      plain   1.19
        Y2   0418      plain   1.19
    """
    assert found(offers).is_empty()


def test_of_equally_frequent_prices_the_decided_one_counts_and_without_it_nobody_knows():
    offers = """
        sku  family  price  expected_price
        Y1   plain   0.99   0.99
        Y2   plain   1.09   0.99
        Z1   fancy   0.99   1.29
        Z2   fancy   1.09   -
    """
    assert_table(
        found(offers),
        """
        sku  observed  expected  detail
        Y2   1.09      0.99      1 of 2 products of plain cost that
        """,
    )


def test_a_family_of_fewer_products_than_asked_for_is_not_judged():
    assert found(YOGHURT, at_least=5).is_empty()
    assert found(YOGHURT, at_least=4).height == 2


def test_a_tolerance_met_exactly_is_right():
    assert found(YOGHURT, tolerance={"amount": "0.10"})["sku"].to_list() == ["Y4"]
    assert found(YOGHURT, tolerance={"amount": "0.20"}).is_empty()


def test_products_without_a_family_other_sellers_and_other_currencies_are_not_judged():
    offers = """
        sku  family  seller  comparable  price
        Y1   plain   -       true        0.99
        Y2   plain   -       true        0.99
        Y3   plain   Acme    false       9.99
        Y4   plain   -       false       9.99
        Y5   -       -       true        9.99
        Y6   plain   -       true        -
    """
    assert found(offers).is_empty()


def test_through_the_engine_one_flavour_in_one_store_is_found():
    decided = central(
        products="sku  family\nY1  plain\nY2  plain\nY3  plain",
        price_list="sku  zone  list_price\nY1  Z1  0.99\nY2  Z1  0.99\nY3  Z1  1.09",
        locations="location  zone\n0417  Z1\n0418  Z1",
    )
    given = world(decided, [channel("store")], [source("tills", "store", surface="till")])
    rows = raw(
        """
        sku  location  price
        Y1   0417      0.99
        Y2   0417      0.99
        Y3   0417      1.09
        Y1   0418      1.09
        Y3   0418      1.09
        """,
        source="tills",
    )
    assert_table(
        night(given, [rule("price_family")], rows).findings, "sku  location  observed  expected\nY3   0417      1.09      0.99"
    )
