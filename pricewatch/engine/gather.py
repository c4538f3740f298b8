"""What the channels said: raw rows read and matched, each wording once, however many rows repeat it.

A row says three things that have nothing to do with each other: where, what, and when. Five hundred stores that show twenty
thousand products at their zones' prices are ten million rows, five hundred places, some hundred thousand wordings of product and
price, and a few times. Reading text is the dear part of a night, so each place, wording and time is read once, and the rows are
put together of them. What comes out is what `match(normalise(raw).offers)` would say row by row.

    source  location  sku  price_text  observed_at          where  what  when
    tills   0001      S1   9,99        2026-03-13           0      0     0
    tills   0002      S1   9,99        2026-03-13           1      0     0       nothing but the place is read
    tills   0002      S2   9,99        2026-03-13           1      2     0
"""

from __future__ import annotations

import polars as pl

from pricewatch.engine.match import match_items, match_places
from pricewatch.engine.normalise import Part, parts, read
from pricewatch.engine.world import World


def gather(raw: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Rows that can be read, matched (`match.match`), in their order, with `row` (UInt32): their position in `raw`.

    In: `tables.Raw` rows; the codes of `engine.codes` for this world. The rows that are missing are those `normalise` puts in
    quarantine. `item` is null where the product is unknown.
    """
    where, what, when = parts(world)
    rows = raw.with_row_index("row")
    alike = {"_where": where, "_what": what, "_when": when}
    rows = rows.with_columns(_first_alike(rows, part).alias(name) for name, part in alike.items())
    read_once = {
        "_where": match_places(_told(rows, where, "_where", world), places),
        "_what": match_items(_told(rows, what, "_what", world), world, items),
        "_when": _told(rows, when, "_when", world),
    }
    together = rows.lazy().select("row", "source", "source_ref", *read_once)
    for part, told in read_once.items():
        together = together.join(told, on=part, how="inner", validate="m:1", maintain_order="left")
    offer = [expression.meta.output_name() for part in (where, what, when) for expression in part.offers]
    return together.select("row", *offer, "source", "source_ref", "item", "place").collect()


def _first_alike(rows: pl.DataFrame, part: Part) -> pl.Expr:
    """The first row of the same source that says the same of this part. Columns that nobody fills are not compared."""
    filled = [column for column in part.columns if rows[column].null_count() < rows.height]
    return pl.col("row").first().over("source", *sorted(filled))


def _told(rows: pl.DataFrame, part: Part, name: str, world: World) -> pl.LazyFrame:
    """What the first of alike rows say of one part, by `name`, unless that part can't be read."""
    first = rows.filter(pl.col("row") == pl.col(name)).drop("_where", "_what", "_when")
    return read(first.lazy(), world).filter(~part.wrong).select(pl.col("row").alias(name), *part.offers)
