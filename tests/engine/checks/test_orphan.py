"""Offers that nobody meant to be there."""

from __future__ import annotations

import polars as pl
import pytest
from frames_beside import zone_prices_of

from pricewatch.testing import (
    assert_table,
    central,
    channel,
    findings_among,
    findings_of,
    judged,
    night,
    raw,
    remembered,
    rule,
    source,
    source_run,
    world,
)

OFFERS = """
    sku  channel      role      zone  price  list_price  listed     available
    A1   web          leader    Z1    9.99   9.99        web|app    -
    A2   web          leader    Z1    9.99   -           -          -
    A3   web          leader    Z1    9.99   -           -          -
    A4   web          leader    Z1    9.99   9.99        store|app  -
    A5   web          leader    Z1    9.99   -           store      true
    A6   web          leader    Z1    9.99   -           -          false
    A7   marketplace  within    Z1    9.99   -           -          -
    A8   marketplace  within    Z1    9.99   -           web        -
    A9   web          leader    Z1    -      -           -          -
"""
ELSEWHERE = "sku  other_zone  zone_list_price\nA3   Z2          9.99"


def test_what_has_no_list_price_or_is_not_listed_is_an_orphan_and_says_which():
    assert_table(
        findings_of("orphan", OFFERS, frames=zone_prices_of(OFFERS, ELSEWHERE)),
        """
        sku  subject   observed  detail
        A2   presence  -         no list price
        A3   presence  -         no list price in zone Z1
        A4   presence  -         the catalogue lists it for app, store only
        A5   presence  -         the catalogue lists it for store only; no list price
        A8   presence  -         the catalogue lists it for web only
        """,
    )


def test_one_of_the_two_reasons_may_be_asked_for():
    assert findings_of("orphan", OFFERS, find="undecided")["sku"].to_list() == ["A2", "A3", "A5"]
    unlisted = findings_of("orphan", OFFERS, find="unlisted")
    assert unlisted["sku"].to_list() == ["A4", "A5", "A8"]
    assert unlisted.filter(sku="A5")["detail"].item() == "the catalogue lists it for store only"


def test_a_product_that_left_the_assortment_is_an_orphan_wherever_it_is_offered():
    empty = judged(OFFERS).with_columns(listed=pl.col("listed").list.head(0))
    found = findings_among("orphan", empty, find="unlisted")
    assert found.filter(sku="A4")["detail"].item() == "the catalogue lists it nowhere any more"


@pytest.mark.parametrize(("status", "skus"), [("complete", ["A2", "A3", "A4", "A5", "A8"]), ("failed", ["A4", "A5", "A8"])])
def test_without_its_price_list_nobody_is_called_undecided(status, skus):
    runs = source_run("list", None, status=status, problem="half a file", feeds="price_list")
    assert findings_of("orphan", OFFERS, frames={"source_runs": runs})["sku"].to_list() == skus


def test_other_sellers_are_none_of_ours_and_another_currency_says_nothing_about_decisions():
    offers = """
        sku  seller  comparable  price  list_price  listed
        A1   Acme    false       9.99   -           app
        A2   -       false       9.99   -           -
        A3   -       false       9.99   -           app
    """
    assert findings_of("orphan", offers)["sku"].to_list() == ["A3"]


def test_an_observation_too_old_to_be_judged_has_no_decision_to_lack():
    offers = "sku  price  age\nA1   9.99   192h\nA2   9.99   193h"
    assert findings_of("orphan", offers)["sku"].to_list() == ["A1"]


CENTRAL = {"products": "sku\nA1\nA2", "price_list": "sku  zone  list_price\nA1  Z1  9.99\nA2  Z2  9.99"}


def test_through_the_engine_an_orphan_is_found_and_resolved_when_its_price_is_decided():
    given = world(central(**CENTRAL), [channel("web", role="leader")], [source("web", "web")])
    rows = raw("sku  price\nA1   9.99\nA2   9.99")
    first = night(given, [rule("orphan")], rows)
    assert_table(first.findings, "sku  state  message\nA2   new    web: no list price")
    decided = central(**(CENTRAL | {"price_list": CENTRAL["price_list"] + "\nA2  Z1  9.99"}))
    later = world(decided, [channel("web", role="leader")], [source("web", "web")])
    assert night(later, [rule("orphan")], rows, memory=remembered(first)).findings["state"].to_list() == ["resolved"]
