"""Products that a channel must list, judged only where every source delivered completely."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from pricewatch.testing import assert_table, channel, night, raw, rule, source, source_run, world
from pricewatch.testing import central as decided

CENTRAL = decided(
    products="""
        sku  name       channels  clearance
        A1   Espresso   web|app   false
        A2   Ristretto  web       false
        A3   Lungo      -         false
        A4   Filter     web|app   true
        A5   Unpriced   web|app   false
    """,
    price_list="""
        sku  zone  list_price
        A1   Z1    9.99
        A2   Z1    9.99
        A3   Z1    9.99
        A4   Z1    9.99
    """,
)
SOURCES = [source("shop", "web", surface="html"), source("markup", "web", surface="jsonld"), source("api", "app", surface="api")]


def missing(rows: str, *, runs: Sequence[pl.DataFrame] = (), where: str | None = None, **params: str) -> pl.DataFrame:
    """Products found missing on web and app of zone Z1."""
    given = world(
        CENTRAL, [channel("web", role="leader"), channel("app", role="same_as", leader="web")], SOURCES, source_runs=runs
    )
    found = night(given, [rule("coverage", where=where, **params)], raw(rows))
    assert found.quarantine.is_empty()
    assert found.unmatched.is_empty()
    return found.findings


EVERYTHING = """
    source  sku  seller  price
    shop    A1   -       9.99
    shop    A2   -       9.99
    shop    A4   -       9.99
    api     A1   -       9.99
    api     A4   -       9.99
"""


def test_a_channel_that_lists_all_it_must_has_no_findings():
    assert missing(EVERYTHING).is_empty()


def test_a_product_is_missing_where_the_catalogue_names_the_channel_and_it_was_not_seen_there():
    assert_table(
        missing("""
            source  sku  price
            shop    A1   9.99
            api     A1   9.99
            api     A4   9.99
        """),
        """
        sku  channel  subject   detail      direction  list_price
        A2   web      presence  not listed  none       9.99
        A4   web      presence  not listed  none       9.99
        """,
    )


def test_seen_on_one_surface_at_any_price_is_listed():
    assert missing(EVERYTHING.replace("shop    A1   -       9.99", "markup  A1   -       1.00")).is_empty()


def test_what_is_out_of_stock_is_listed_and_only_where_the_rule_says_so_missing():
    rows = """
        source  sku  price  availability
        shop    A1   9.99   OutOfStock
        shop    A2   9.99   InStock
        shop    A4   9.99   -
        api     A1   9.99   OutOfStock
    """
    assert_table(missing(rows), "sku  channel  detail\nA4   app      not listed")
    assert_table(
        missing(rows, sold_out="missing"),
        """
        sku  channel  detail
        A1   app      listed, but out of stock
        A1   web      listed, but out of stock
        A4   app      not listed
        """,
    )


def test_what_one_surface_calls_for_sale_is_for_sale():
    rows = """
        source  sku  price  availability
        shop    A1   9.99   InStock
        shop    A2   9.99   -
        shop    A4   9.99   -
        markup  A1   9.99   OutOfStock
        api     A1   9.99   -
        api     A4   9.99   -
    """
    assert missing(rows, sold_out="missing").is_empty()


def test_another_sellers_offer_does_not_list_our_product():
    found = missing(EVERYTHING.replace("shop    A2   - ", "shop    A2   Acme"))
    assert found.select("sku", "channel").rows() == [("A2", "web")]


def test_products_without_named_channels_or_without_a_list_price_need_not_be_listed():
    skus = missing("source  sku  price\nshop  A1  9.99")["sku"].unique().to_list()
    assert not {"A3", "A5"} & set(skus)


@pytest.mark.parametrize("status", ["degraded", "failed", "missing"])
def test_a_channel_with_one_source_that_did_not_deliver_completely_is_not_asked(status):
    runs = [source_run("markup", "web", status=status)]
    assert missing("source  sku  price\napi  A1  9.99", runs=runs).select("sku", "channel").rows() == [("A4", "app")]


def test_a_delivery_without_any_row_of_a_healthy_source_lacks_everything():
    found = missing("source  sku  price\napi  A1  9.99\napi  A4  9.99")
    assert found.select("sku", "channel").rows() == [("A1", "web"), ("A2", "web"), ("A4", "web")]


def test_the_condition_of_the_rule_narrows_what_must_be_listed():
    rows = "source  sku  price\nshop  A2  9.99"
    everything = [("A1", "app"), ("A1", "web"), ("A4", "app"), ("A4", "web")]
    assert missing(rows).select("sku", "channel").sort("sku", "channel").rows() == everything
    assert missing(rows, where="channel = 'app'")["channel"].unique().to_list() == ["app"]
    assert missing(rows, where="NOT clearance")["sku"].unique().to_list() == ["A1"]
    assert missing(rows, where="channel = 'app' AND clearance").select("sku", "channel").rows() == [("A4", "app")]


def test_a_product_is_missing_once_in_each_store_that_must_have_it():
    central = decided(
        products="""
            sku  channels
            A1   store
        """,
        price_list="""
            sku  zone  list_price
            A1   Z1    9.99
            A1   Z2    8.99
        """,
        locations="""
            location  zone
            0417      Z1
            0418      Z2
            0419      Z3
        """,
    )
    given = world(central, [channel("store")], [source("tills", "store", surface="till")])
    seen = raw("sku  location  regular_price\nA1  0417  9.99", source="tills")
    assert_table(night(given, [rule("coverage")], seen).findings, "sku  location  list_price\nA1   0418      8.99")
