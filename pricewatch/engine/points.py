"""Price points: what each product should cost in each area, from when until when, by which rows. Solved once, used by millions.

An area's product has one segment between two changes (a price version, a promotion's start or end). An offer is held against the
segment that its own observation time falls into, so Sunday's till lines are judged by Sunday's prices on Monday morning.

    Z1 espresso   12.99 from 1 March; P-2218 makes it 9.99 from 13 to 15 March
    segments      [5 March, 13 March) 12.99 | [13 March, 16 March) 9.99 because P-2218 | [16 March, ...) 12.99, P-2218 ended
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.mechanics import MECHANICS, paid
from pricewatch.domain.money import BASIS_POINTS, half_up
from pricewatch.domain.stacking import stacked
from pricewatch.engine.calendar_rows import offered
from pricewatch.engine.places import ANNOUNCED, REMEMBERS_ENDED
from pricewatch.engine.price_versions import VERSION, segments_of, versions
from pricewatch.engine.world import POLICY, World

KEY = ["area", "item"]
SEGMENT = [*KEY, "since"]


def price_points(world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """One row an area, item and segment.

    `since`, `until` (UTC, end-exclusive); `list_price`, `price_row`; `expected_price` with `promotion_row` (the promotion that
    takes off most), `applied` (List(Int32): all that apply, in order) and `promotion_starts_at` (null without promotion);
    `expected_member_price` with `member_promotion_row` (null where members have no price of their own); `previous_list_price`,
    `next_list_price` with their rows; `ended_price`, `ended_member_price`, `early_price`, `early_member_price` (the promotion
    that ended last, the one that begins next) with their rows; what was expected before the last change of each price, and when
    it changed: `earlier_list_price` until `list_price_changed_at`, `earlier_price` until `price_changed_at`,
    `earlier_member_price` until `member_price_changed_at`. What a promotion gives that is not in the price of one unit:
    `multibuy_paid` for `multibuy_quantity` units with `multibuy_row`; `credit` (deferred, a unit) with `credit_row`; `extra`
    content (basis points) with `extra_row`; `shipping_row` where shipping is free; `coupon_price` with `coupon_row`.
    Money is Int64 minor units, rows are Int32 positions in `central.price_list` and `central.promotions`. Products without a
    price version have no point.

    Solved step by step, not as one lazy plan: the later steps share the first ones, which one plan would solve again for each.
    """
    areas = places.select("area", "market", "zone", "role", "unit", *POLICY).unique("area", keep="first", maintain_order=True)
    priced_by = versions(world, items).join(areas.select("area", "market", "zone"), on=["market", "zone"], how="inner")
    calendar = offered(world, items, places)
    segments = segments_of(world, priced_by, calendar)
    priced = segments.join(
        segments.join(priced_by, on=KEY, how="inner")
        .filter(pl.col("valid_from") <= pl.col("since"), pl.col("since") < pl.col("valid_to"))
        .select(*SEGMENT, *VERSION),
        on=SEGMENT,
        how="left",
    )
    policy = areas.select("area", "unit", *POLICY).rename({"stack_limit": "limit"})
    meeting = (
        priced.select(*SEGMENT, "until", "list_price")
        .join(calendar, on=KEY, how="inner")
        .filter(pl.col("list_price").is_not_null())
        .join(policy, on="area", how="inner")
    )
    running = meeting.filter(pl.col("starts_at") <= pl.col("since"), pl.col("since") < pl.col("ends_at"))
    since = pl.col("since")
    ended = meeting.filter(pl.col("ends_at") <= since, pl.col("ends_at") > since - REMEMBERS_ENDED)
    # a segment lasts until something changes, so what begins soon after an offer was seen may begin long after its segment did
    seen_last = pl.min_horizontal("until", pl.lit(world.as_of, tables.UTC))
    early = meeting.filter(pl.col("starts_at") > since, pl.col("starts_at") <= seen_last + ANNOUNCED)
    points = priced
    for part in (
        _public(running),
        _members(running),
        *(_alone(ended, "ended", audience) for audience in ("everyone", "members")),
        *(_alone(early, "early", audience) for audience in ("everyone", "members")),
        _alone(running, "coupon", "coupon_holders"),
    ):
        points = points.join(part, on=SEGMENT, how="left")
    points = _decided(points, areas)
    for part in (_multibuys(running, points), _credits(running, points), _extras(running), _shipping(running)):
        points = points.join(part, on=SEGMENT, how="left")
    return (
        points.sort(SEGMENT)
        .with_columns(
            *_before_its_change("list_price", "list_price"),
            *_before_its_change("expected_price", "price"),
            *_before_its_change("expected_member_price", "member_price"),
        )
        .drop("promotion_price", "member_promotion_price")
    )


def _decided(points: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Expected prices; null in areas that only follow another channel within a corridor: nothing is decided there."""
    decided = pl.col("role") != "within"
    return (
        points.join(areas.select("area", "role"), on="area", how="left")
        .with_columns(expected_price=pl.when(decided).then(pl.min_horizontal("list_price", "promotion_price")))
        .with_columns(
            expected_member_price=pl.when(decided & pl.col("member_promotion_price").is_not_null()).then(
                pl.min_horizontal("member_promotion_price", "expected_price")
            ),
            list_price=pl.when(decided).then("list_price"),
        )
        .drop("role")
    )


def _before_its_change(column: str, name: str) -> tuple[pl.Expr, pl.Expr]:
    """What a price was before it last changed, and when it changed. In: segments sorted by `SEGMENT`.

    A segment that begins because something else changed leaves the price, and the grace that runs for it, as they are.
    """
    price, before = pl.col(column), pl.col(column).shift(1)
    first = pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in KEY)
    change = pl.when(first | price.ne_missing(before)).then(pl.int_range(pl.len())).forward_fill()
    earlier = pl.when(~first).then(before).gather(change)
    return earlier.alias(f"earlier_{name}"), pl.col("since").gather(change).alias(f"{name}_changed_at")


def _of(kind: str) -> list[str]:
    return [name for name, mechanic in MECHANICS.items() if mechanic.reduces == kind]


def _single() -> pl.Expr:
    """Promotions that make one unit cheaper, bought alone. A tier does so where it holds from the first unit on."""
    return pl.col("mechanic").is_in(_of("unit")) | ((pl.col("mechanic") == "tier") & (pl.col("quantity") <= 1))


def _public(running: pl.DataFrame) -> pl.DataFrame:
    """What everybody pays: `promotion_price`, `promotion_row`, `promotion_starts_at`, `applied`."""
    rows = running.filter(_single(), pl.col("audience") == "everyone")
    began = rows.select(*SEGMENT, "promotion_row", promotion_starts_at="starts_at").unique(
        [*SEGMENT, "promotion_row"], keep="first"
    )
    best = stacked(rows, key=SEGMENT).rename({"price": "promotion_price"})
    return best.join(began, on=[*SEGMENT, "promotion_row"], how="left")


def _members(running: pl.DataFrame) -> pl.DataFrame:
    """What card holders pay where a promotion is for them: `member_promotion_price`, `member_promotion_row`, `member_applied`.

    They may have what everybody has besides, as far as promotions are combined at all.
    """
    single = running.filter(_single())
    theirs = single.filter(pl.col("audience") == "members")
    row = stacked(theirs, key=SEGMENT).drop_nulls("promotion_row").select(*SEGMENT, member_promotion_row="promotion_row")
    both = single.filter(pl.col("audience").is_in(["everyone", "members"])).join(row, on=SEGMENT, how="semi")
    price = stacked(both, key=SEGMENT).select(*SEGMENT, member_promotion_price="price", member_applied="applied")
    return row.join(price, on=SEGMENT, how="left")


def _alone(rows: pl.DataFrame, name: str, audience: str) -> pl.DataFrame:
    """One promotion out of those that ended, begin later or ask for a coupon, with the price it alone makes of the list price.

    The one that ended last, or begins first; of those, the cheapest, then the first of the calendar.
    """
    member = "member_" if audience == "members" else ""
    kept = rows.filter(_single(), pl.col("audience") == audience).with_columns(row=pl.col("promotion_row"))
    own = [*SEGMENT, "row", "starts_at", "ends_at"]  # each by itself
    order = {"ended": ("ends_at", True), "early": ("starts_at", False), "coupon": ("price", False)}[name]
    return (
        stacked(kept, key=own)
        .drop_nulls("promotion_row")
        .drop("promotion_row")
        .sort(order[0], "price", "row", descending=[order[1], False, False])
        .unique(SEGMENT, keep="first", maintain_order=True)
        .select(*SEGMENT, pl.col("price").alias(f"{name}_{member}price"), pl.col("row").alias(f"{name}_{member}row"))
    )


def _multibuys(running: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The multibuy with the lowest price a unit: what its quantity costs together.

    On the list price where promotions exclude each other, else on the price that one unit has. Those for everybody come first.
    """
    rows = running.filter(
        pl.col("mechanic").is_in(_of("group")),
        pl.col("mechanic") != "bundle",
        pl.col("quantity") > 1,
        pl.col("audience") != "coupon_holders",
    )
    rows = rows.join(points.select(*SEGMENT, "expected_price"), on=SEGMENT, how="left")
    single = pl.when(pl.col("stacking") == "exclusive").then("list_price").otherwise(pl.coalesce("expected_price", "list_price"))
    together = paid(pl.col("mechanic"), single, *(pl.col(name) for name in ("value", "quantity", "pay", "quantity")))
    return (
        rows.with_columns(multibuy_paid=together)
        .filter(pl.col("multibuy_paid").is_not_null())
        .with_columns(each=pl.col("multibuy_paid") * BASIS_POINTS // pl.col("quantity"), for_all=pl.col("audience") != "everyone")
        .sort("for_all", "each", "promotion_row")
        .unique(SEGMENT, keep="first", maintain_order=True)
        .select(*SEGMENT, "multibuy_paid", multibuy_quantity="quantity", multibuy_row="promotion_row")
    )


def _credits(running: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Credit given later for one unit at the expected price, all credits in force together; rounded half up each."""
    rows = running.filter(pl.col("mechanic").is_in(_of("credit"))).join(
        points.select(*SEGMENT, "expected_price"), on=SEGMENT, how="left"
    )
    price = pl.coalesce("expected_price", "list_price")
    return (
        rows.sort("promotion_row")
        .group_by(SEGMENT)
        .agg(credit=half_up(price * pl.col("value"), BASIS_POINTS).sum(), credit_row=pl.col("promotion_row").first())
    )


def _extras(running: pl.DataFrame) -> pl.DataFrame:
    """More content for the same price: the largest share in force, in basis points."""
    rows = running.filter(pl.col("mechanic").is_in(_of("content")))
    return (
        rows.sort("value", "promotion_row", descending=[True, False])
        .unique(SEGMENT, keep="first", maintain_order=True)
        .select(*SEGMENT, extra="value", extra_row="promotion_row")
    )


def _shipping(running: pl.DataFrame) -> pl.DataFrame:
    """Where shipping is free, by which promotion."""
    rows = running.filter(pl.col("mechanic").is_in(_of("shipping")))
    return rows.group_by(SEGMENT).agg(shipping_row=pl.col("promotion_row").min())
