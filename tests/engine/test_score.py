"""Shares of a night: what is counted as right, of how many, and by what."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.testing import assert_table, central, channel, night, raw, rule, source, world

DECIDED = central(
    products="""
        sku  category  channels
        A1   coffee    web
        A2   coffee    web
        B1   tea       web
        B2   tea       web
    """,
    price_list="""
        sku  zone  list_price  valid_from
        A1   Z1    10.00       2026-01-01
        A1   Z2    11.00       2026-01-01
        A2   Z1    20.00       2026-01-01
        A2   Z2    20.00       2026-01-01
        B1   Z1    4.00        2026-01-01
        B1   Z1    5.00        2026-03-05
    """,
    locations="""
        location  zone
        0417      Z1
        0418      Z2
    """,
    promotions="""
        promotion  mechanic     value  sku  channels    starts_at   ends_at
        GIVEN      fixed_price  1500   A2   web|store   2026-03-10  2026-03-20
        LATE       fixed_price  300    B1   web         2026-03-10  2026-03-20
    """,
)
SEEN = """
    source  location  sku  price
    web     -         A1   10.50
    web     -         A2   15.00
    web     -         B1   5.00
    web     -         B2   7.77
    tills   0417      A1   10.00
    tills   0418      A1   11.00
    tills   0418      A2   15.00
"""
RULES = [rule("expected_price"), rule("promotion_missing"), rule("coverage")]


def scores(seen: str = SEEN) -> pl.DataFrame:
    given = world(DECIDED, [channel("web"), channel("store")], [source("web", "web"), source("tills", "store", surface="till")])
    return night(given, RULES, raw(seen)).scores


def of(measure: str, *scopes: str) -> pl.DataFrame:
    return scores().filter(pl.col("measure") == measure, pl.col("scope").is_in(scopes))


def test_consistent_are_the_offers_held_against_a_decided_price_and_right() -> None:
    """A1 on the web is dearer than decided, B1 lacks its promotion; nobody decided a price for B2, so it is no share of it."""
    assert_table(
        of("consistent", "market", "channel", "store", "category"),
        """
        scope     value   good  total
        market    us      4     6
        channel   web     1     3
        channel   store   3     3
        store     0417    1     1
        store     0418    2     2
        category  coffee  4     5
        category  tea     0     1
        """,
    )


def test_a_promotion_is_on_time_in_a_place_where_nothing_of_it_is_missing() -> None:
    assert_table(
        of("on_time", "channel", "category"),
        """
        scope     value   good  total
        channel   web     1     2
        channel   store   1     1
        category  coffee  2     2
        category  tea     0     1
        """,
    )


def test_listed_are_the_products_that_must_be_there_and_were_seen() -> None:
    without = "\n".join(line for line in SEEN.splitlines() if "B1" not in line)
    told = scores(without).filter(measure="listed", scope="channel")
    assert_table(told, "value  good  total\nweb  2  3")


def test_prices_that_somebody_decided_are_a_share_of_those_that_can_be_compared() -> None:
    assert_table(of("decided", "channel"), "value  good  total\nweb  3  4\nstore  3  3")


def test_the_price_list_says_how_local_and_how_lively_it_is() -> None:
    """Of two products priced in two zones one has two prices; of five prices in force one is younger than four weeks."""
    assert_table(of("zoned", "market"), "good  total\n1  2")
    assert_table(of("changed", "market"), "good  total\n1  5")


def test_open_days_are_counted_from_the_night_a_finding_was_first_seen() -> None:
    assert_table(of("open_days", "channel"), "value  good  total\nweb  0  2")


def test_shares_are_never_more_than_the_whole_and_have_the_tables_columns() -> None:
    told = scores()
    assert told.schema == tables.schema("scores")
    assert told.filter(pl.col("measure") != "open_days").filter(pl.col("good") > pl.col("total")).is_empty()
    assert told.select("market", "scope", "value", "measure").is_duplicated().sum() == 0


def test_a_night_without_offers_has_no_score_of_offers() -> None:
    empty = scores("source  sku  price\n")
    assert set(empty["measure"]) <= {"listed", "zoned", "changed", "open_days"}
