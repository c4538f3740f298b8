"""Prices a shop showed before pricewatch was there."""

from datetime import UTC, datetime

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.earlier import seeded, told_history
from pricewatch.testing import central, channel, raw, source, table, world

WORLD = world(
    central(products="sku\nA1\nA2"),
    [channel("web")],
    [source("history", "web", surface="html"), source("older", "web", surface="html")],
)
ITEMS, PLACES = codes.item_codes(WORLD), codes.place_codes(WORLD)


def told(text: str, of: str = "history") -> tuple[pl.DataFrame, pl.DataFrame]:
    dated = table(text)
    rows = raw(text_without(text, "since", "until"), source=of).with_columns(dated["since"], dated["until"])
    history, refused = pl.collect_all(told_history(rows.lazy(), WORLD, ITEMS, PLACES))
    return history, refused


def text_without(text: str, *columns: str) -> str:
    kept = table(text).drop(columns)
    lines = [kept.columns, *([cell or "-" for cell in row] for row in kept.rows())]
    return "\n".join("  ".join(line) for line in lines)


def test_days_told_are_market_days_and_an_open_end_is_now() -> None:
    history, refused = told("""
        sku  price  since       until
        A1   12.99  2026-01-01  2026-02-28
        A1   11.99  2026-03-01  -
        A2   5.00   2026-03-01  2027-01-01
    """)
    assert refused.height == 0
    assert history.schema == tables.schema("history")
    assert history.select("item", "price", "since", "until").rows() == [
        (0, 1299, datetime(2026, 1, 1, 5, tzinfo=UTC), datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (0, 1199, datetime(2026, 3, 1, 5, tzinfo=UTC), WORLD.as_of),
        (1, 500, datetime(2026, 3, 1, 5, tzinfo=UTC), WORLD.as_of),
    ]


def test_windows_that_cannot_be_read_are_refused_and_never_stretched_to_now() -> None:
    history, refused = told("""
        sku  price  since       until
        A1   12.99  -           2026-02-28
        A1   12.99  2026-03-02  2026-03-01
        A1   12.99  2026-03-02  31/03/2026
        A1   12.99  2027-01-01  -
        A1   x      2026-03-02  -
        ZZ   12.99  2026-03-02  -
    """)
    assert history.height == 0
    assert refused.sort("source_ref")["reason"].to_list() == [
        "since '' until '2026-02-28' is no window",
        "since '2026-03-02' until '2026-03-01' is no window",
        "since '2026-03-02' until '31/03/2026' is no window",
        "since '2027-01-01' is after the instant the night is judged at",
        "price 'x' is no number with decimal sign '.'",
        "product 'ZZ' is not in the catalogue",
    ]
    assert refused["feeds"].unique().to_list() == ["history"]


def test_two_sources_may_tell_from_the_same_line_of_their_own_files() -> None:
    one = told("sku  price  since  until  source_ref\nA1  12.99  2026-01-01  2026-01-31  h.csv:2")[0]
    two = told("sku  price  since  until  source_ref\nA1  12.99  2026-02-01  2026-02-28  h.csv:2", of="older")[0]
    assert (one.height, two.height) == (1, 1)


def test_what_was_told_seeds_products_never_observed_and_overrides_nothing_observed() -> None:
    known, _ = told("sku  price  since  until\nA1  10.00  2026-03-10  2026-03-12")
    said, _ = told("sku  price  since  until\nA1  12.99  2026-01-01  2026-02-28\nA2  5.00  2026-01-01  2026-02-28")
    both = seeded(known.lazy(), said.lazy()).collect().sort("item", "since")
    assert both.select("item", "price").rows() == [(0, 1000), (1, 500)]
    assert seeded(tables.empty("history").lazy(), said.lazy()).collect().height == 2


def test_nothing_told_is_no_history() -> None:
    nothing = tables.empty("raw").with_columns(since=pl.lit(None, pl.String), until=pl.lit(None, pl.String))
    history, refused = pl.collect_all(told_history(nothing.lazy(), WORLD, ITEMS, PLACES))
    assert (history.height, refused.height) == (0, 0)
