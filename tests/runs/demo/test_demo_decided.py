"""What head office must have decided, from a handful of till lines."""

from __future__ import annotations

import polars as pl

from pricewatch.runs.demo import decided

SCHEMA = {"store_id": pl.Int64, "week": pl.Int64, "regular_price": pl.Int64, "card_price": pl.Int64}


def lines(*rows: tuple[int, int, int, int | None]) -> pl.LazyFrame:
    """store, week, regular price, card price; one product, one zone."""
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return frame.with_columns(product_id=pl.lit(7, pl.Int64), zone=pl.lit("Z1")).lazy()


def listed(*rows: tuple[int, int, int]) -> dict[int, int]:
    """week to list price, from (store, week, regular price)."""
    found = decided.list_prices(lines(*((*row, None) for row in rows)))
    return dict(found.select("week", "list_price").iter_rows())


def bridged(weeks: dict[int, int]) -> dict[int, int]:
    frame = pl.DataFrame({"week": list(weeks), "list_price": list(weeks.values())}).with_columns(
        product_id=pl.lit(7, pl.Int64), zone=pl.lit("Z1")
    )
    return dict(decided.bridge(frame).select("week", "list_price").iter_rows())


def test_the_price_of_more_than_half_of_the_stores_is_the_list_price() -> None:
    assert listed((1, 5, 299), (2, 5, 299), (3, 5, 299), (4, 5, 319), (5, 5, 319)) == {5: 299}


def test_half_of_the_stores_is_not_enough() -> None:
    assert listed((1, 5, 299), (2, 5, 299), (3, 5, 319), (4, 5, 319)) == {}


def test_two_stores_decide_nothing() -> None:
    assert listed((1, 5, 299), (2, 5, 299)) == {}


def test_two_stores_can_confirm_what_stood_before_but_not_change_it() -> None:
    stood = [(1, 5, 299), (2, 5, 299), (3, 5, 299)]
    assert listed(*stood, (1, 6, 299)) == {5: 299, 6: 299}
    assert listed(*stood, (1, 6, 319), (2, 6, 319)) == {5: 299}


def test_a_store_has_one_vote_however_much_it_sells() -> None:
    assert listed((1, 5, 319), (1, 5, 319), (1, 5, 319), (2, 5, 299), (3, 5, 299)) == {5: 299}


def test_silent_weeks_between_equal_prices_are_filled() -> None:
    assert bridged({3: 299, 6: 299}) == {3: 299, 4: 299, 5: 299, 6: 299}


def test_silent_weeks_between_different_prices_stay_silent() -> None:
    assert bridged({3: 299, 6: 319}) == {3: 299, 6: 319}


def test_equal_weeks_become_one_version_and_a_gap_ends_it() -> None:
    weeks = pl.DataFrame({"week": [1, 2, 4, 5], "list_price": [299, 299, 299, 319]}).with_columns(
        product_id=pl.lit(7, pl.Int64), zone=pl.lit("Z1")
    )
    found = decided.versions(weeks, "list_price").select("list_price", "first_week", "last_week").rows()
    assert found == [(299, 1, 2), (299, 4, 4), (319, 5, 5)]


def test_versions_of_different_kinds_do_not_run_into_each_other() -> None:
    weeks = pl.DataFrame({"week": [1, 2, 3], "member_price": [99, 99, 99], "advertised": [True, False, True]}).with_columns(
        product_id=pl.lit(7, pl.Int64), zone=pl.lit("Z1")
    )
    found = decided.versions(weeks, "member_price", "advertised").select("advertised", "first_week", "last_week")
    assert sorted(found.rows()) == [(False, 2, 2), (True, 1, 1), (True, 3, 3)]


def cards(*rows: tuple[int, int | None]) -> list[int]:
    """Member prices decided in week 5, from (store, card price) of lines with a regular price of 2.99."""
    till = lines(*((store, 5, 299, card) for store, card in rows))
    return decided.card_prices(till, decided.list_prices(till))["member_price"].to_list()


def test_a_card_promotion_is_what_most_stores_gave_on_most_lines() -> None:
    assert cards((1, 249), (2, 249), (2, 249), (2, None), (3, None)) == [249]


def test_a_card_price_that_few_stores_gave_is_no_promotion() -> None:
    assert cards((1, 249), (2, None), (3, None)) == []


def test_its_value_is_the_card_price_rung_most_often() -> None:
    assert cards((1, 33), (2, 33), (3, 34)) == [33]


def test_a_promotion_is_in_the_leaflet_when_the_leaflet_of_most_stores_names_it() -> None:
    till = lines((1, 5, 299, 249), (2, 5, 299, 249), (3, 5, 299, 249))
    given = decided.card_prices(till, decided.list_prices(till))

    def marks(*stores: int) -> pl.LazyFrame:
        return pl.LazyFrame({"product_id": [7] * len(stores), "store_id": stores, "week": [5] * len(stores)})

    assert decided.in_leaflet(till, marks(1, 2, 2), given).height == 1
    assert decided.in_leaflet(till, marks(1, 1, 1), given).height == 0
