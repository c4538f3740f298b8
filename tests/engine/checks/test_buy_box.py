"""Other sellers beside us on a marketplace."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, remembered, rule, source, world

LOST = """
    sku  channel      seller  comparable  price  shipping  points  buy_box
    A1   marketplace  -       true        9.99   0.00      -       false
    A1   marketplace  Acme    false       8.99   1.50      1.00    true
    A1   marketplace  Zenith  false       9.00   0.00      -       false
    A2   marketplace  -       true        9.99   0.00      -       true
    A2   marketplace  Acme    false       8.99   0.00      -       false
    A3   marketplace  -       true        9.99   -         -       -
    A3   marketplace  Acme    false       8.99   0.00      -       true
    A4   marketplace  Acme    false       8.99   0.00      -       true
    A5   marketplace  -       true        9.99   0.00      -       -
    A5   marketplace  Acme    false       8.99   0.00      -       -
"""


def test_a_lost_buy_box_is_found_on_our_offer_and_says_who_holds_it_at_which_landed_price():
    assert_table(
        findings_of("buy_box", LOST),
        """
        sku  seller  subject  observed  expected  detail
        A1   -       buy_box  9.99      9.49      Acme holds the buy box: 9.49 delivered, ours 9.99
        A3   -       buy_box  -         -         Acme holds the buy box
        """,
    )


def test_the_cheapest_other_seller_who_undercuts_our_landed_price_is_named():
    assert_table(
        findings_of("buy_box", LOST, find="undercut"),
        """
        sku  seller  observed  expected  delta  detail
        A1   -       9.99      9.00      0.99   Zenith undercuts us: 9.00 delivered, ours 9.99
        A2   -       9.99      8.99      1.00   Acme undercuts us: 8.99 delivered, ours 9.99
        A5   -       9.99      8.99      1.00   Acme undercuts us: 8.99 delivered, ours 9.99
        """,
    )
    assert findings_of("buy_box", LOST, find="undercut", tolerance={"amount": "0.99"})["sku"].to_list() == ["A2", "A5"]
    assert findings_of("buy_box", LOST, find="undercut", tolerance={"amount": "1.00"}).is_empty()


def test_a_dearer_or_equal_seller_does_not_undercut():
    offers = """
        sku  seller  comparable  price  shipping
        A1   -       true        9.99   0.00
        A1   Acme    false       9.49   0.50
        A1   Zenith  false       9.99   2.00
    """
    assert findings_of("buy_box", offers, find="undercut").is_empty()


def test_sellers_in_another_currency_out_of_stock_or_without_shipping_do_not_undercut():
    offers = """
        sku  seller  comparable  currency  available  price  shipping
        A1   -       true        USD       -          9.99   0.00
        A1   Acme    false       EUR       -          1.00   0.00
        A1   Brook   false       USD       false      1.00   0.00
        A1   Crane   false       USD       true       1.00   -
    """
    assert findings_of("buy_box", offers, find="undercut").is_empty()


def test_who_holds_the_buy_box_in_another_currency_is_named_without_amounts():
    offers = """
        sku  seller  comparable  currency  price  shipping  buy_box
        A1   -       true        USD       9.99   0.00      -
        A1   Acme    false       EUR       1.00   0.00      true
    """
    assert_table(
        findings_of("buy_box", offers), "sku  observed  expected  detail\nA1   -         -         Acme holds the buy box"
    )


def test_what_we_cannot_sell_loses_no_buy_box():
    offers = """
        sku  seller  comparable  available  price  shipping  buy_box
        A1   -       true        false      9.99   0.00      false
        A1   Acme    false       true       8.99   0.00      true
    """
    assert findings_of("buy_box", offers).is_empty()
    assert findings_of("buy_box", offers, find="undercut").is_empty()


BRANDS = """
    sku  brand  seller  comparable  price
    A1   Ours   -       true        9.99
    A1   Ours   Acme    false       8.99
    A1   Ours   Brook   false       9.49
    A2   Else   Acme    false       8.99
"""


def test_a_seller_who_may_not_sell_our_brand_is_found_on_that_sellers_offer():
    assert_table(
        findings_of("buy_box", BRANDS, where="brand = 'Ours'", find="wrong_seller", sellers=["Brook"]),
        """
        sku  seller  subject  observed  expected  detail
        A1   Acme    seller   8.99      -         sold by Acme, who is not among those who may
        """,
    )


def test_without_named_sellers_nobody_but_us_may_sell():
    found = findings_of("buy_box", BRANDS, where="brand = 'Ours'", find="wrong_seller")
    assert found["seller"].to_list() == ["Acme", "Brook"]


@pytest.mark.parametrize(("holds", "state"), [("true", "resolved"), ("", "unverified")])
def test_through_the_engine_a_lost_buy_box_is_resolved_when_it_is_seen_to_be_ours_again(holds, state):
    decided = central(products="sku\nA1", price_list="sku  zone  list_price\nA1  Z1  9.99")
    given = world(decided, [channel("marketplace", own_seller="Corner Grocery")], [source("m", "marketplace")])
    lost = raw(
        "sku  seller  price  shipping  buy_box\nA1  Corner Grocery  9.99  0.00  false\nA1  Acme  8.99  0.00  true", source="m"
    )
    first = night(given, [rule("buy_box")], lost)
    message = "marketplace: Acme holds the buy box: 8.99 delivered, ours 9.99"
    assert first.findings.select("seller", "message", "state").rows() == [(None, message, "new")]
    again = raw(f"sku  seller  price  shipping  buy_box\nA1  Corner Grocery  9.99  0.00  {holds or '-'}", source="m")
    assert night(given, [rule("buy_box")], again, memory=remembered(first)).findings["state"].to_list() == [state]
