"""How many judged offers a scope has: what a number of findings is held against.

    14 findings of promotion P-2218 among 16 judged offers that it is for: 87.50 % of the scope is wrong.
    14 findings among 4 000 offers of a channel: nothing is wrong with the channel.

Counted when asked for, from codes; text joins the counts, never the offers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from pricewatch.domain import windows
from pricewatch.engine.places import numbered
from pricewatch.engine.scopes import Scope, every_night, source_file
from pricewatch.engine.world import World

PROMOTION_ROWS = ("promotion_row", "member_promotion_row", "ended_row", "ended_member_row")
"""Where a judged offer names a promotion: one in force or one that has ended, for everyone or for members."""

FURTHER_PROMOTION_ROWS = (
    "early_row",
    "early_member_row",
    "coupon_row",
    "multibuy_row",
    "credit_row",
    "extra_row",
    "shipping_row",
)
"""Where it names one that has not begun, or that leaves the price of one as it is."""

PROMOTION_NAMES = (*PROMOTION_ROWS, *FURTHER_PROMOTION_ROWS)

PRICE_ROWS = ("price_row", "next_price_row")
"""Where it names a price change: the last one, or the next."""

PLACE = ("market", "channel", "zone", "location")


def asked(columns: list[str]) -> list[pl.Expr]:
    """What a census reads of judged offers, besides their keys: the central rows they were judged by, and their `file`."""
    rows = (*PROMOTION_NAMES, *PRICE_ROWS)
    # One category a file: a code a row instead of a text.
    file = source_file(pl.col("source"), pl.col("source_ref")).cast(pl.Categorical).alias("file")
    return [*(pl.col(name) for name in rows if name in columns), file]


@dataclass(frozen=True)
class Census:
    """Judged offers, to be counted by scope."""

    offers: pl.DataFrame
    """`item`, `place`, and what `asked` selects; one row a judged offer."""
    places: pl.DataFrame
    """`place` and `PLACE`."""
    products: pl.DataFrame
    """`item`, `sku`, `category`, `brand`, and `kind`: a code of category and brand."""
    calendar: pl.DataFrame
    """`market`, `promotion`, `row`: its calendar rows."""
    changes: pl.DataFrame
    """`market`, `day` (String, the market's), `row`: the price-list rows that came into force that day."""
    zone_priced: pl.DataFrame
    """`item` of the products whose list price differs between zones of a market tonight."""

    def of(self, scope: Scope) -> pl.DataFrame:
        """`market`, the scope's columns, `judged` (Int64)."""
        if "promotion" in scope:
            return _summed(self._by_promotion, scope)
        return _summed(self._by_product if "sku" in scope else self._by_kind, scope)

    @cached_property
    def zoned(self) -> Census:
        """The same of the offers whose list price depends on the zone."""
        return replace(self, offers=self.offers.join(self.zone_priced, on="item", how="semi"))

    def of_roots(self, roots: pl.DataFrame) -> pl.DataFrame:
        """The judged offers that each root is about: `root`, `market`, place and product columns, `n`.

        In: `root`, `market`, `root_kind`, `root_value`. A promotion's offers are those it is for; a price change's, those whose
        price it is. A root that the census does not know has no rows.
        """
        promotions = self.calendar.join(roots.filter(root_kind="promotion"), left_on=["market", "promotion"], right_on=_ROOT_KEY)
        changes = self.changes.join(roots.filter(root_kind="price change"), left_on=["market", "day"], right_on=_ROOT_KEY)
        files = self._files.join(roots.filter(root_kind="file"), left_on="name", right_on="root_value")
        rows = [
            self.offers.select("place", "item", "file").join(files.select("file", "root"), on="file", how="inner").drop("file"),
            self._pointing(PROMOTION_NAMES, promotions.select("row", "root"), "root"),
            self._pointing(PRICE_ROWS, changes.select("row", "root"), "root"),
        ]
        counted = pl.concat(rows).group_by("root", "place", "item").agg(n=pl.len())
        return (
            counted.join(self.places, on="place", how="inner")
            .join(self.products.select("item", "sku", "category", "brand"), on="item", how="left")
            .join(roots.select("root", "market"), on=["root", "market"], how="semi")
        )

    @cached_property
    def _by_kind(self) -> pl.DataFrame:
        """Counts by place, category, brand and file."""
        coded = self.offers.select("place", "item", "file").join(self.products.select("item", "kind"), on="item", how="inner")
        kinds = self.products.select("kind", "category", "brand").unique("kind")
        counts = coded.group_by("place", "kind", "file").agg(n=pl.len())
        named = counts.join(self._files, on="file", how="left").drop("file").rename({"name": "file"})
        return named.join(kinds, on="kind", how="left").join(self.places, on="place", how="inner")

    @cached_property
    def _by_product(self) -> pl.DataFrame:
        """Counts by product and market x channel x zone."""
        areas = self.places.with_columns(area=pl.struct("market", "channel", "zone").rank("dense"))
        coded = self.offers.select("place", "item").join(areas.select("place", "area"), on="place", how="inner")
        counts = coded.group_by("area", "item").agg(n=pl.len())
        named = counts.join(areas.select("area", "market", "channel", "zone").unique(), on="area", how="inner")
        return named.join(self.products.select("item", "sku"), on="item", how="inner")

    @cached_property
    def _by_promotion(self) -> pl.DataFrame:
        """Counts by place and promotion; an offer that names one twice, for everyone and for members, is one offer."""
        named = self._pointing(PROMOTION_NAMES, self.calendar.select("row", "promotion"), "promotion")
        return named.group_by("place", "promotion").agg(n=pl.len()).join(self.places, on="place", how="inner")

    def _pointing(self, columns: Sequence[str], rows: pl.DataFrame, name: str) -> pl.DataFrame:
        """`place`, `item` and `name` of the offers that name one of the central `rows` (`row`, `name`), each once a name."""
        offers = self.offers.with_row_index("offer")
        named = [
            offers.select("offer", "place", "item", row=column).join(rows, on="row", how="inner")
            for column in columns
            if column in self.offers.columns
        ]
        nothing = offers.clear().select("offer", "place", "item").with_columns(pl.lit(None, pl.String).alias(name))
        return pl.concat([nothing, *(part.drop("row") for part in named)]).unique(["offer", name]).drop("offer")

    @cached_property
    def _files(self) -> pl.DataFrame:
        """`file` as the offers have it, and `name` (`every_night`)."""
        return self.offers.select("file").unique().with_columns(name=every_night(pl.col("file").cast(pl.String)))


def _summed(counts: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    return counts.group_by("market", *scope).agg(judged=pl.col("n").sum().cast(pl.Int64))


_ROOT_KEY = ["market", "root_value"]


def census(seen: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> Census:
    """The judged offers of a night, to be counted by scope.

    In: `audit.judge`'s `seen`, of what was compared; `places` from `place_table`.
    """
    zones = world.markets.select("market", "time_zone")
    named = sorted(set(zones["time_zone"].to_list()))
    changes = (
        world.central.price_list.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("row"), "market", "valid_from")
        .join(zones, on="market", how="inner")
        .select("market", "row", day=windows.local_day(pl.col("valid_from"), pl.col("time_zone"), named))
    )
    products = world.central.products.unique("sku", keep="first").join(items, on="sku", how="inner")
    return Census(
        offers=seen,
        places=places.select("place", *PLACE),
        products=products.select("item", "sku", "category", "brand", kind=pl.struct("category", "brand").rank("dense")),
        calendar=numbered(world).select("market", "promotion", row="promotion_row"),
        changes=changes,
        zone_priced=_zone_priced(world, items, world.as_of),
    )


def _zone_priced(world: World, items: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """`item` of the products whose list price in force differs between zones of a market."""
    in_force = world.central.price_list.filter(
        pl.col("valid_from") <= at, pl.col("valid_to").is_null() | (pl.col("valid_to") > at)
    )
    last = in_force.sort("valid_from").unique(["market", "zone", "sku"], keep="last")
    apart = last.group_by("market", "sku").agg(pl.col("list_price").n_unique()).filter(pl.col("list_price") > 1)
    return apart.join(items, on="sku", how="inner").select("item").unique()
