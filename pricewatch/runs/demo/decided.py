"""What head office must have decided, read off the tills: list prices, card promotions, leaflets.

A *list price* is the regular price that more than half of a zone's stores rang in a week, where at least `QUORUM` stores sold the
product. Example: of 5 stores, 3 rang 2.99 and 2 rang 3.19: the zone's list price is 2.99. Fewer stores can confirm the price that
stood before, but not change it. A week that says nothing gets the price of the weeks around it when both sides agree: what held
before and after held in between. When the sides differ, or there is only one, nothing is carried: the change could lie anywhere.

A *card promotion* is decided where more than half of those stores discounted most of their lines; its value is the card price
rung most often. It is *advertised* where the leaflet names the product in more than half of the zone's stores that sold it.

All frames are weekly: product_id, zone, week (the retailer's), money in cents.
"""

from __future__ import annotations

import polars as pl

QUORUM = 3
CELL = ["product_id", "zone", "week"]


def list_prices(lines: pl.LazyFrame) -> pl.DataFrame:
    """The zone's list price of each week that shows one. In: till lines with `zone`. Out: CELL, list_price; sorted."""
    keys = [*CELL, "store_id"]
    votes = (
        lines.group_by(*keys, "regular_price")
        .len()
        # A store has one vote: what most of its lines show; on a tie the lower price.
        .sort(*keys, "len", "regular_price", descending=[False] * len(keys) + [True, False])
        .unique(keys, keep="first", maintain_order=True)
    )
    rung = (
        votes.group_by(*CELL, list_price="regular_price")
        .agg(votes=pl.len())
        .with_columns(stores=pl.col("votes").sum().over(CELL))
        .filter(pl.col("votes") * 2 > pl.col("stores"))
        .sort("week")
        .collect()
    )
    decided = rung.filter(pl.col("stores") >= QUORUM)
    standing = decided.select(*CELL, standing="list_price")
    confirmed = rung.filter(pl.col("stores") < QUORUM).join_asof(
        standing, on="week", by=["product_id", "zone"], strategy="backward", check_sortedness=False
    )
    confirmed = confirmed.filter(pl.col("list_price") == pl.col("standing"))
    return pl.concat([decided.select(*CELL, "list_price"), confirmed.select(*CELL, "list_price")]).sort(CELL)


def bridge(weekly: pl.DataFrame) -> pl.DataFrame:
    """Fills weeks between two weeks of one list price. In and out: CELL, list_price; sorted."""
    following = pl.col("week").shift(-1).over("product_id", "zone", order_by="week")
    same = pl.col("list_price") == pl.col("list_price").shift(-1).over("product_id", "zone", order_by="week")
    until = pl.when(same).then(following).otherwise(pl.col("week") + 1)
    return (
        weekly.select(*CELL, "list_price")
        .with_columns(week=pl.int_ranges("week", until))
        .explode("week")
        .with_columns(pl.col("week").cast(pl.Int64))
        .sort(CELL)
    )


def versions(weekly: pl.DataFrame, value: str, *within: str) -> pl.DataFrame:
    """Equal values of consecutive weeks as one row: the keys, `value`, first_week, last_week. Sorted by key and week."""
    keys = ["product_id", "zone", *within]
    apart = (pl.col("week") != pl.col("week").shift(1) + 1) | (pl.col(value) != pl.col(value).shift(1))
    run = apart.fill_null(True).cum_sum().over(keys, order_by="week")
    return (
        weekly.sort(*keys, "week")
        .with_columns(run=run)
        .group_by(*keys, "run", value)
        .agg(first_week=pl.col("week").min(), last_week=pl.col("week").max())
        .drop("run")
        .sort(*keys, "first_week")
    )


def card_prices(lines: pl.LazyFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Card promotions by week. In: till lines with `zone`, weekly list prices. Out: CELL, member_price (below the list price)."""
    discounted = pl.col("card_price").is_not_null()
    stores = lines.group_by(*CELL, "store_id").agg(gave=discounted.sum() * 2 > pl.len())
    given = (
        stores.group_by(CELL)
        .agg(stores=pl.len(), gave=pl.col("gave").sum())
        .filter(pl.col("stores") >= QUORUM, pl.col("gave") * 2 > pl.col("stores"))
    )
    modal = (
        lines.filter(discounted)
        .group_by(*CELL, "card_price")
        .len()
        .sort(*CELL, "len", "card_price", descending=[False, False, False, True, False])
        .unique(CELL, keep="first", maintain_order=True)
        .select(*CELL, member_price="card_price")
    )
    return (
        given.select(CELL)
        .join(modal, on=CELL)
        # A promotion reduces a price: without a decided price there is nothing to reduce.
        .join(decided.lazy(), on=CELL)
        .filter(pl.col("member_price") < pl.col("list_price"))
        .select(*CELL, "member_price")
        .sort(CELL)
        .collect()
    )


def in_leaflet(lines: pl.LazyFrame, marks: pl.LazyFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """Card promotions that the leaflet names in most of the zone's stores that sold the product. Out: CELL; sorted."""
    sold = lines.select(*CELL, "store_id").unique().join(cards.lazy(), on=CELL, how="semi").collect().lazy()
    named = sold.join(marks, on=["product_id", "week", "store_id"], how="semi")
    stores, marked = sold.group_by(CELL).agg(stores=pl.len()), named.group_by(CELL).agg(marked=pl.len())
    most = pl.col("marked") * 2 > pl.col("stores")
    return stores.join(marked, on=CELL).filter(most).select(CELL).sort(CELL).collect()
