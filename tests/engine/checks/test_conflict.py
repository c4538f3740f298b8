"""One channel, one offer, two prices: surfaces of a page against each other, till lines of a day against each other."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, channel, findings_of, night, raw, rule, source, world
from pricewatch.testing import central as decided

CENTRAL = decided(
    products="""
        sku  gtin
        A1   04006381333931
        A2   00036000291452
    """,
    price_list="""
        sku  zone  list_price
        A1   Z1    9.99
        A2   Z1    9.99
    """,
    locations="""
        location  zone
        0417      Z1
    """,
)


def test_markup_that_says_another_price_than_the_page_is_a_conflict():
    found = findings_of(
        "conflict",
        """
        sku  price  price_low  price_high  surface  lines
        A1   9.99   9.99       12.99       html     1
        A2   9.99   9.99       9.99        html     1
        """,
    )
    assert_table(
        found,
        """
        sku  subject         observed  expected  detail
        A1   price_conflict  12.99     9.99      leading: html; 1 rows behind it
        """,
    )


def test_the_price_farthest_from_the_leading_one_is_told_and_of_two_equally_far_the_higher():
    found = findings_of(
        "conflict",
        """
        sku  price  price_low  price_high
        A1   9.99   1.99       12.99
        A2   9.99   8.99       12.99
        A3   9.99   8.99       10.99
        A4   9.99   8.99        9.99
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected
        A1   1.99      9.99
        A2   12.99     9.99
        A3   10.99     9.99
        A4   8.99      9.99
        """,
    )


def test_a_tolerance_met_exactly_is_one_price():
    offers = """
        sku  price  price_low  price_high
        A1   9.99   9.98       10.00
        A2   9.99   9.97        9.99
    """
    assert findings_of("conflict", offers, tolerance={"amount": 0.01})["sku"].to_list() == ["A2"]
    assert findings_of("conflict", offers, tolerance={"amount": 0.02}).is_empty()


def test_an_offer_whose_leading_surface_states_no_price_is_not_judged():
    found = findings_of(
        "conflict",
        """
        sku  price  price_low  price_high
        A1   -      8.99       12.99
        A2   -      -          -
        """,
    )
    assert found.is_empty()


def test_other_sellers_may_contradict_themselves():
    found = findings_of(
        "conflict",
        """
        sku  seller  comparable  price  price_low  price_high
        A1   Acme    false       9.99   9.99       12.99
        """,
    )
    assert found.is_empty()


@pytest.mark.parametrize("backwards", [False, True])
def test_page_and_markup_are_held_against_each_other_whichever_came_first(backwards):
    rows = raw("""
        sku  surface  price
        A1   html     9.99
        A1   jsonld   12.99
        A2   html     9.99
        A2   jsonld   9.99
    """)
    shown = night(
        world(CENTRAL, [channel("web", role="leader")], [source("web", "web")]),
        [rule("conflict")],
        rows.reverse() if backwards else rows,
    )
    assert_table(
        shown.findings,
        """
        sku  subject         observed  expected  message
        A1   price_conflict  12.99     9.99      web shows 9.99 and 12.99 at once (leading: html; 1 rows behind it)
        """,
    )


def test_till_lines_of_a_day_are_held_against_the_most_frequent_one():
    lines = raw(
        """
        sku  location  surface  regular_price
        A1   0417      till     9.99
        A1   0417      till     9.99
        A1   0417      till     11.99
        A2   0417      till     9.99
        A2   0417      till     9.99
        """,
        source="tills",
    )
    shown = night(world(CENTRAL, [channel("store")], [source("tills", "store", surface="till")]), [rule("conflict")], lines)
    assert_table(
        shown.findings,
        """
        sku  location  observed  expected  lines  detail
        A1   0417      11.99     9.99      3      leading: till; 3 rows behind it
        """,
    )


LABELLED = """
    source  surface     sku  location  price
    tills   till        A1   0417      9.99
    labels  label       A1   0417      12.99
    files   price_file  A1   0417      11.99
    labels  label       A2   0417      12.99
    files   price_file  A2   0417      11.99
"""


def test_a_label_or_price_file_contradicts_no_till_but_each_other_where_there_is_none():
    sources = [source(name, "store", surface="till") for name in ("tills", "labels", "files")]
    shown = night(world(CENTRAL, [channel("store")], sources), [rule("conflict")], raw(LABELLED))
    assert_table(shown.findings, "sku  observed  expected  detail\nA2   11.99     12.99     leading: label; 1 rows behind it")
    offers = shown.offers.collect().filter("leading").select("surface", "price_low", "price_high", "label_price", "file_price")
    assert offers.rows() == [("till", 999, 999, 1299, 1199), ("label", 1199, 1299, 1299, 1199)]
