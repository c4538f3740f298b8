"""Prices in another currency, on another tax basis, and amounts that are the decided ones plus or less the tax."""

from __future__ import annotations

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of


def test_a_price_in_another_currency_than_its_markets_is_named_and_not_compared():
    offers = """
        sku  comparable  currency  market_currency  price
        A1   true        USD       USD              9.99
        A2   false       EUR       USD              9.99
    """
    assert_table(
        findings_of("currency_and_tax", offers),
        """
        sku  subject   observed  expected  detail
        A2   currency  -         -         in EUR, and the market's currency is USD
        """,
    )


def test_a_tax_basis_that_is_not_stated_or_not_the_markets_is_named():
    offers = """
        sku  comparable  tax_included  market_tax_included
        A1   true        true          true
        A2   false       -             true
        A3   false       -             false
        A4   false       false         true
        A5   false       true          false
    """
    assert_table(
        findings_of("currency_and_tax", offers),
        """
        sku  subject       detail
        A2   tax_included  not stated whether tax is included; the market's prices are with tax
        A3   tax_included  not stated whether tax is included; the market's prices are without tax
        A4   tax_included  without tax, and the market's prices are with tax
        A5   tax_included  with tax, and the market's prices are without tax
        """,
    )


def test_an_offer_with_two_mistakes_is_told_once_by_its_currency():
    offers = """
        sku  comparable  currency  tax_included
        A1   false       EUR       -
    """
    assert findings_of("currency_and_tax", offers)["subject"].to_list() == ["currency"]


NET = """
    sku  tax_included  market_tax_included  tax_rate  price  expected_price
    A1   true          true                 2000      10.00  12.00
    A2   true          true                 2000      10.01  12.00
    A3   true          true                 2000      12.00  12.00
    A4   true          true                 2000      14.40  12.00
    A5   true          true                 -         10.00  12.00
    A6   true          true                 0         12.00  12.00
    A7   true          true                 550       1.89   1.99
    A8   false         false                550       2.10   1.99
    A9   false         false                2000      10.00  12.00
"""


def test_a_price_that_is_the_decided_one_without_its_tax_to_the_cent_is_a_matter_of_tax():
    assert_table(
        findings_of("currency_and_tax", NET),
        """
        sku  subject  observed  expected  direction    detail
        A1   price    10.00     12.00     undercharge  the decided price without its 20 % tax
        A7   price    1.89      1.99      undercharge  the decided price without its 5.5 % tax
        A8   price    2.10      1.99      overcharge   the decided price plus 5.5 % tax
        """,
    )


def test_amounts_are_left_to_other_kinds_on_request():
    assert findings_of("currency_and_tax", NET, amounts=False).is_empty()


def test_a_regular_price_is_held_against_the_list_price():
    offers = """
        sku  tax_included  market_tax_included  tax_rate  price  expected_price  regular_price  list_price
        A1   true          true                 2000      -      -               10.00          12.00
        A2   true          true                 2000      10.00  12.00           10.00          12.00
    """
    assert_table(
        findings_of("currency_and_tax", offers),
        """
        sku  subject        observed  expected
        A1   regular_price  10.00     12.00
        A2   price          10.00     12.00
        """,
    )


def test_during_grace_a_former_price_that_looks_like_a_net_one_is_right():
    offers = """
        sku  tax_included  market_tax_included  tax_rate  price  expected_price  tolerated_price
        A1   true          true                 2000      10.00  12.00           10.00
    """
    assert findings_of("currency_and_tax", offers).is_empty()


def test_other_sellers_count_as_they_like():
    offers = """
        sku  seller  comparable  currency  tax_included
        A1   Acme    false       EUR       -
    """
    assert findings_of("currency_and_tax", offers).is_empty()


def test_an_offer_without_anything_decided_is_still_told_to_be_incomparable_and_not_held_against_nothing():
    offers = """
        sku  comparable  tax_included  tax_rate  price  expected_price
        A1   false       -             2000      10.00  -
        A2   true        false         2000      10.00  -
    """
    assert findings_of("currency_and_tax", offers)["sku"].to_list() == ["A1"]


def test_a_net_price_is_told_once_and_not_also_as_a_wrong_one():
    assert {"expected_price", "reference_price", "channel_parity"} <= registry()["currency_and_tax"].refines
