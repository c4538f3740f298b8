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
from pricewatch.engine.scopes import Scope, every_night
from pricewatch.engine.seen import Seen
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


CENTRAL_ROWS = (*PROMOTION_NAMES, *PRICE_ROWS)


def central_rows(judged: pl.DataFrame) -> list[str]:
    """The columns of judged offers by which they name the central rows they were judged by."""
    return [name for name in CENTRAL_ROWS if name in judged.columns]


@dataclass(frozen=True)
class Census:
    """Judged offers, to be counted by scope."""

    seen: Seen
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
        return replace(self, seen=self.seen.of_items(self.zone_priced))

    def of_roots(self, roots: pl.DataFrame) -> Rooted:
        """The judged offers that each root is about.

        In: `root`, `market`, `root_kind`, `root_value`. A promotion's offers are those it is for; a price change's, those whose
        price it is. A root that the census does not know has none.
        """
        promotions = self.calendar.join(roots.filter(root_kind="promotion"), left_on=["market", "promotion"], right_on=_ROOT_KEY)
        changes = self.changes.join(roots.filter(root_kind="price change"), left_on=["market", "day"], right_on=_ROOT_KEY)
        files = self._files.join(roots.filter(root_kind="file"), left_on="name", right_on="root_value")
        rows = [
            self._pointing(PROMOTION_NAMES, promotions.select("row", "root"), "root"),
            self._pointing(PRICE_ROWS, changes.select("row", "root"), "root"),
        ]
        parts = [(self.seen, pl.concat(rows).unique())]
        for (root,), named in files.group_by("root", maintain_order=True):
            seen = self.seen.of_files(named.select("file"))
            parts.append((seen, seen.situations.select("situation", root=pl.lit(root))))
        return Rooted(self, parts, roots.select("root", "market").unique())

    @cached_property
    def _by_kind(self) -> pl.DataFrame:
        """Counts by place, category, brand and file."""
        kinds = self.products.select("item", "kind")
        coded = self.seen.situations.select("situation", "item").join(kinds, on="item", how="inner")
        counts = self.seen.by_place(coded, "kind").join(self._files, on="file", how="left").drop("file")
        named = self.products.select("kind", "category", "brand").unique("kind")
        return counts.rename({"name": "file"}).join(named, on="kind", how="left").join(self.places, on="place", how="inner")

    @cached_property
    def _by_product(self) -> pl.DataFrame:
        """Counts by product and market x channel x zone."""
        return self.by_product(self.seen, self.seen.situations.select("situation"))

    def by_product(self, seen: Seen, situations: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Counts of some situations by product and market x channel x zone, and by `columns`."""
        areas = self.places.with_columns(area=pl.struct("market", "channel", "zone").rank("dense"))
        told = seen.situations.select("situation", "item", "place", "offers").join(situations, on="situation", how="inner")
        coded = told.join(areas.select("place", "area"), on="place", how="inner")
        counts = coded.group_by("area", "item", *columns).agg(n=pl.col("offers").sum())
        named = counts.join(areas.select("area", "market", "channel", "zone").unique(), on="area", how="inner")
        return named.join(self.products.select("item", "sku"), on="item", how="inner")

    @cached_property
    def _by_promotion(self) -> pl.DataFrame:
        """Counts by place and promotion; an offer that names one twice, for everyone and for members, is one offer."""
        named = self._pointing(PROMOTION_NAMES, self.calendar.select("row", "promotion"), "promotion")
        return self.seen.by_place(named, "promotion").join(self.places, on="place", how="inner")

    def _pointing(self, columns: Sequence[str], rows: pl.DataFrame, name: str) -> pl.DataFrame:
        """`situation` and `name` of the situations that name one of the central `rows` (`row`, `name`), each once a name."""
        told = self.seen.situations
        named = [
            told.select("situation", row=column).join(rows, on="row", how="inner").select("situation", name)
            for column in columns
            if column in told.columns
        ]
        nothing = told.clear().select("situation").with_columns(pl.lit(None, pl.String).alias(name))
        return pl.concat([nothing, *named]).unique()

    @cached_property
    def _files(self) -> pl.DataFrame:
        """`file` as the offers have it, and `name` (`every_night`)."""
        return self.seen.met.select("file").unique().with_columns(name=every_night(pl.col("file").cast(pl.String)))


@dataclass(frozen=True)
class Rooted:
    """The judged offers that roots are about, to be counted by scope."""

    census: Census
    parts: Sequence[tuple[Seen, pl.DataFrame]]
    """Offers, and the roots that their situations are of: `situation`, `root`."""
    roots: pl.DataFrame
    """`root`, `market`."""

    def of(self, scope: Scope) -> pl.DataFrame:
        """`root`, `market`, the scope's columns, `judged` (Int64)."""
        counts = self._by_product if "sku" in scope else self._by_kind
        return counts.group_by("root", "market", *scope).agg(judged=pl.col("n").sum().cast(pl.Int64))

    @cached_property
    def _by_product(self) -> pl.DataFrame:
        counts = pl.concat(self.census.by_product(seen, situations, "root") for seen, situations in self.parts)
        return counts.join(self.roots, on=["root", "market"], how="semi")

    @cached_property
    def _by_kind(self) -> pl.DataFrame:
        kinds = self.census.products.select("item", "kind")
        counts = []
        for seen, situations in self.parts:
            told = seen.situations.select("situation", "item").join(situations, on="situation", how="inner")
            counts.append(seen.by_place(told.join(kinds, on="item", how="left"), "root", "kind"))
        named = self.census.products.select("kind", "category", "brand").unique("kind")
        by_code = pl.concat(counts).group_by("root", "kind", "place").agg(pl.col("n").sum())
        every = by_code.join(named, on="kind", how="left").join(self.census.places, on="place", how="inner")
        return every.join(self.roots, on=["root", "market"], how="semi")


def _summed(counts: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    return counts.group_by("market", *scope).agg(judged=pl.col("n").sum().cast(pl.Int64))


_ROOT_KEY = ["market", "root_value"]


def census(seen: Seen, world: World, items: pl.DataFrame, places: pl.DataFrame) -> Census:
    """The judged offers of a night, to be counted by scope.

    In: what was compared; `places` from `place_table`.
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
        seen=seen,
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
