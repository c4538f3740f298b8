"""Which price was in force from when until when: offers of one night after another, folded into change-only history.

Three nights of one product in one place, 12.99, 12.99, 9.99, are two rows:

    price   since      until
    12.99   1 March    2 March      first and last seen so
     9.99   3 March    3 March

An offer that is not newer than what is known of its product, place and seller (a late file, the same night once more) changes
nothing: the past is not rewritten, and extending twice is extending once.
"""

from __future__ import annotations

import polars as pl

KEY = ("item", "place", "seller")
PRICES = ("price", "was_price", "member_price")
ORDER = (*KEY, "since")
"""How history is sorted: one product in one place lies together, oldest first; the channel's own offers before other sellers'."""


def extend_history(history: pl.LazyFrame, offers: pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    """History after one night.

    In: `history` (`tables.History`, any order) and `offers` (`tables.Offers`, of which the leading ones with an item count: at
    most one for each item, place and seller, as `settle` gives them). Out: `tables.History`, sorted by `ORDER`, nulls first.

    Where all three prices are what they were last (null equals null), the last row's `until` moves to `observed_at`; otherwise
    a new row begins and ends there. Rows that are no longer the last of their key never change.
    """
    seen = (
        offers.lazy()
        .filter(pl.col("leading"), pl.col("item").is_not_null())
        .select(*KEY, *PRICES, since="observed_at", until="observed_at", tonight=True)
    )
    # One sort instead of a join and a window: after it, tonight's row of a key follows the last one known, whatever its time.
    rows = pl.concat([history.with_columns(tonight=False), seen]).sort(*KEY, "tonight", "since")
    follows = _as_before(KEY)
    stale = pl.col("tonight") & follows & (pl.col("since") <= pl.col("until").shift(1))
    unchanged = pl.col("tonight") & follows & ~stale & _as_before(PRICES)
    return (
        rows.with_columns(stale=stale, unchanged=unchanged)
        .with_columns(until=pl.when(pl.col("unchanged").shift(-1)).then(pl.col("until").shift(-1)).otherwise("until"))
        .filter(~pl.col("stale"), ~pl.col("unchanged"))
        .drop("tonight", "stale", "unchanged")
    )


def _as_before(columns: tuple[str, ...]) -> pl.Expr:
    """Whether all these columns are what they are in the row before; false in the first row."""
    same = pl.all_horizontal(pl.col(column).eq_missing(pl.col(column).shift(1)) for column in columns)
    return same & (pl.int_range(pl.len()) > 0)
