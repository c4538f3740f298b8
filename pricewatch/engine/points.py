"""Price points: what each product should cost in each area, from when until when, by which rows. Solved once, used by millions.

An area's product has one segment between two changes (a price version, a promotion's start or end). An offer is held against the
segment that its own observation time falls into, so Sunday's till lines are judged by Sunday's prices on Monday morning.

    Z1 espresso   12.99 from 1 March; P-2218 makes it 9.99 from 13 to 15 March
    segments      [5 March, 13 March) 12.99 | [13 March, 16 March) 9.99 because P-2218 | [16 March, ...) 12.99, P-2218 ended
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.mechanics import reduced
from pricewatch.engine.places import REMEMBERS_ENDED, looked_back_to, relevant
from pricewatch.engine.world import World

_FAR = datetime(9999, 1, 1)  # noqa: DTZ001 - cast to UTC below
KEY = ["area", "item"]


def far() -> pl.Expr:
    """An instant after every other."""
    return pl.lit(_FAR).dt.replace_time_zone("UTC").cast(tables.UTC)


def price_points(world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """One row an area, item and segment.

    `since`, `until` (UTC, end-exclusive); `list_price`, `price_row`; `expected_price` with `promotion_row` and
    `promotion_starts_at` (null without promotion); `expected_member_price` with `member_promotion_row` (null where members have
    no price of their own); `previous_list_price`, `next_list_price` with their rows; `ended_price`, `ended_member_price` with
    their rows; and what was expected before the last change of each price, and when it changed: `earlier_list_price` until
    `list_price_changed_at`, `earlier_price` until `price_changed_at`, `earlier_member_price` until `member_price_changed_at`.
    Money is Int64 minor units, rows are Int32 positions in `central.price_list` and `central.promotions`. Products without a
    price version have no point.

    Solved step by step, not as one lazy plan: the later steps share the first ones, which one plan would solve again for each.
    """
    areas = places.select("area", "market", "zone", "role").unique()
    versions = _versions(world, items).join(areas.drop("role"), on=["market", "zone"], how="inner")
    offered = _offered(world, items, places)
    start, end = pl.lit(looked_back_to(world), tables.UTC), pl.lit(world.as_of, tables.UTC)
    segments = _segments(versions, offered, start, end)
    priced = segments.join(
        segments.join(versions, on=KEY, how="inner")
        .filter(pl.col("valid_from") <= pl.col("since"), pl.col("since") < pl.col("valid_to"))
        .select(*KEY, "since", *_VERSION),
        on=[*KEY, "since"],
        how="left",
    )
    running, ended = _running(priced, offered), _ended(priced, offered)
    points = priced
    for audience, price, row in (
        ("everyone", "promotion_price", "promotion_row"),
        ("members", "member_promotion_price", "member_promotion_row"),
    ):
        best = _best(running, audience, price, row)
        points = points.join(best if audience == "everyone" else best.drop("starts_at"), on=[*KEY, "since"], how="left")
        last = _last(ended, audience, "ended_price" if audience == "everyone" else "ended_member_price")
        points = points.join(last, on=[*KEY, "since"], how="left")
    decided = pl.col("role") != "within"
    return (
        points.rename({"starts_at": "promotion_starts_at"})
        .join(areas.select("area", "role"), on="area", how="left")
        .with_columns(expected_price=pl.min_horizontal("list_price", "promotion_price"))
        .with_columns(
            expected_price=pl.when(decided).then("expected_price"),
            expected_member_price=pl.when(decided & pl.col("member_promotion_price").is_not_null()).then(
                pl.min_horizontal("member_promotion_price", "expected_price")
            ),
            list_price=pl.when(decided).then("list_price"),
        )
        .sort(*KEY, "since")
        .with_columns(
            *_before_its_change("list_price", "list_price"),
            *_before_its_change("expected_price", "price"),
            *_before_its_change("expected_member_price", "member_price"),
        )
        .drop("promotion_price", "member_promotion_price", "role")
    )


def _before_its_change(column: str, name: str) -> tuple[pl.Expr, pl.Expr]:
    """What a price was before it last changed, and when it changed. In: segments sorted by `KEY` and `since`.

    A segment that begins because something else changed leaves the price, and the grace that runs for it, as they are.
    """
    price, before = pl.col(column), pl.col(column).shift(1)
    first = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in KEY)
    change = pl.when(first | price.ne_missing(before)).then(pl.int_range(pl.len())).forward_fill()
    earlier = pl.when(~first).then(before).gather(change)
    return earlier.alias(f"earlier_{name}"), pl.col("since").gather(change).alias(f"{name}_changed_at")


_VERSION = ["list_price", "price_row", "previous_list_price", "previous_price_row", "next_list_price", "next_price_row"]


def _versions(world: World, items: pl.DataFrame) -> pl.DataFrame:
    """Price-list versions by market, zone and item; a version ends where it says, or where the next begins.

    The previous and the next list price are the nearest that differ: a list that is issued anew each week repeats itself.
    """
    key = ["market", "zone", "item"]
    price, row = pl.col("list_price"), pl.col("price_row")
    first, last = (pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(by)) for name in key) for by in (1, -1))
    position = pl.int_range(pl.len())
    began = pl.when(first | (price != price.shift(1))).then(position).forward_fill()
    ends = pl.when(last | (price != price.shift(-1))).then(position).backward_fill()
    return (
        world.central.price_list.with_row_index("price_row")
        .with_columns(pl.col("price_row").cast(pl.Int32))
        .join(items, on="sku", how="inner")
        .sort(*key, "valid_from")
        .with_columns(
            valid_to=pl.min_horizontal(
                pl.col("valid_to").fill_null(far()), pl.col("valid_from").shift(-1).over(key).fill_null(far())
            ),
            previous_list_price=pl.when(~first).then(price.shift(1)).gather(began),
            previous_price_row=pl.when(~first).then(row.shift(1)).gather(began),
            next_list_price=pl.when(~last).then(price.shift(-1)).gather(ends),
            next_price_row=pl.when(~last).then(row.shift(-1)).gather(ends),
        )
        .select(*key, "valid_from", "valid_to", *_VERSION)
    )


def _offered(world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Calendar rows spread to the areas and items they are for: area, item, promotion_row, mechanic, value, audience, window."""
    calendar = relevant(world)
    channels = sorted(set(world.channels["channel"].to_list()))
    zones = sorted(set(places["zone"].drop_nulls().to_list()))
    areas = places.select("area", "market", "channel", "zone").unique()
    apart = (
        calendar.filter(pl.col("locations").is_not_null())
        .select("promotion_row", "market", "locations")
        .explode("locations")
        .join(places.select("market", "area", locations="location"), on=["market", "locations"], how="inner")
        .select("promotion_row", "area", named=pl.lit(True))
        .unique()
    )
    spread = (
        calendar.with_columns(channel=_or_all("channels", channels), zone=_or_all("zones", zones))
        .explode("channel")
        .explode("zone")
        .join(areas, on=["market", "channel", "zone"], how="inner")
        .join(apart, on=["promotion_row", "area"], how="left")
        .filter(pl.col("locations").is_null() | pl.col("named").fill_null(False))
        .select("promotion_row", "area", "mechanic", "value", "audience", "starts_at", "ends_at")
    )
    return _scoped(calendar, world, items).join(spread, on="promotion_row", how="inner")


def _or_all(column: str, every: list[str]) -> pl.Expr:
    return pl.when(pl.col(column).is_null()).then(pl.lit(every, pl.List(pl.String))).otherwise(pl.col(column))


def _scoped(calendar: pl.DataFrame, world: World, items: pl.DataFrame) -> pl.DataFrame:
    """`promotion_row`, `item`: every product a calendar row is for. SKU, brand and category narrow each other down."""
    products = world.central.products.select("sku", "brand", "category").join(items, on="sku", how="inner")
    scope = ["sku", "brand", "category"]
    rows = [pl.DataFrame(schema={"promotion_row": pl.Int32, "item": pl.Int32})]
    given = calendar.select("promotion_row", *scope, given=pl.concat_str(pl.col(scope).is_not_null().cast(pl.Int8)))
    for (pattern,), part in given.group_by("given"):
        named = [column for column, flag in zip(scope, str(pattern), strict=True) if flag == "1"]
        rows_of = part.select("promotion_row", *named)
        joined = rows_of.join(products, on=named, how="inner") if named else rows_of.join(products, how="cross")
        rows.append(joined.select("promotion_row", "item"))
    return pl.concat(rows)


def _segments(versions: pl.DataFrame, offered: pl.DataFrame, start: pl.Expr, end: pl.Expr) -> pl.DataFrame:
    """`area`, `item`, `since`, `until`: cut at every change between `start` and `end`; the last segment has no end."""
    priced = versions.select(KEY).unique()
    inside = [
        frame.select(*KEY, since=pl.col(edge))
        for frame, edges in ((versions, ("valid_from", "valid_to")), (offered, ("starts_at", "ends_at")))
        for edge in edges
    ]
    cuts = pl.concat([cut.filter(pl.col("since") > start, pl.col("since") <= end) for cut in inside])
    cuts = cuts.join(priced, on=KEY, how="semi")
    every = pl.concat([priced.with_columns(since=start), cuts]).unique().sort(*KEY, "since")
    return every.with_columns(until=pl.col("since").shift(-1).over(KEY).fill_null(far()))


def _running(priced: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """Promotions in force in each segment, with the price each makes."""
    return (
        priced.select(*KEY, "since", "list_price")
        .join(offered, on=KEY, how="inner")
        .filter(pl.col("starts_at") <= pl.col("since"), pl.col("since") < pl.col("ends_at"))
        .with_columns(reduced=reduced(pl.col("mechanic"), pl.col("list_price"), pl.col("value")))
    )


def _ended(priced: pl.DataFrame, offered: pl.DataFrame) -> pl.DataFrame:
    """Promotions that ended before each segment, with the price they would make of its list price."""
    return (
        priced.select(*KEY, "since", "list_price")
        .join(offered, on=KEY, how="inner")
        .filter(pl.col("ends_at") <= pl.col("since"), pl.col("ends_at") > pl.col("since") - REMEMBERS_ENDED)
        .with_columns(reduced=reduced(pl.col("mechanic"), pl.col("list_price"), pl.col("value")))
    )


def _best(running: pl.DataFrame, audience: str, price: str, row: str) -> pl.DataFrame:
    """The cheapest promotion for an audience; of equally cheap ones, the first of the calendar."""
    return (
        running.filter(pl.col("audience") == audience, pl.col("reduced").is_not_null())
        .sort("reduced", "promotion_row")
        .unique([*KEY, "since"], keep="first", maintain_order=True)
        .select(*KEY, "since", pl.col("reduced").alias(price), pl.col("promotion_row").alias(row), "starts_at")
    )


def _last(ended: pl.DataFrame, audience: str, price: str) -> pl.DataFrame:
    """The promotion for an audience that ended last."""
    row = f"{price.removesuffix('_price')}_row"
    return (
        ended.filter(pl.col("audience") == audience, pl.col("reduced").is_not_null())
        .sort("ends_at", "reduced", "promotion_row", descending=[True, False, False])
        .unique([*KEY, "since"], keep="first", maintain_order=True)
        .select(*KEY, "since", pl.col("reduced").alias(price), pl.col("promotion_row").alias(row))
    )
