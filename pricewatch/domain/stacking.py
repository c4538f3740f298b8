"""What several promotions on one product make of its price together, as its market or channel declares it.

100.00 with -20 % and -10 %:

    exclusive    the best single one                                80.00
    sequential   each on what the ones before it left               72.00
    additive     percentages of the list price, summed              70.00

Amounts and percentages do not commute: 5.00 off, then 10 %: 85.50; 10 %, then 5.00 off: 85.00. The order is that of
`priority`, lowest first and unstated last, then that of the calendar. A declared price (fixed, member, tier) is no discount:
it replaces what was reached before it where it is cheaper, and what comes after it takes off it. `limit` is how many
promotions may take something off: later ones are left out. A promotion that is not combinable is applied alone, and wins only
where that is cheaper than the stack.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.errors import UserError
from pricewatch.domain.mechanics import SINGLE_PRICE_STAYS, reduced
from pricewatch.domain.reductions import COMPUTED, charged, lowered, meant
from pricewatch.domain.rounding import Rounding

MODES = ("exclusive", "sequential", "additive")
"""How promotions on one product go together; null is read as `exclusive`, which never takes off more than one of them."""

ROUNDING = ("rounding_mode", "rounding_point", "rounding_step", "rounding_endings", "rounding_to", "unit")
"""Columns of the rounding policy, in the order of `Rounding`'s fields; null is its default."""

_PARTS = 10**20
"""Parts of a minor unit between promotions: exact for five percentages in a row; Int128 holds them for every Int64 price."""

_KEY = "_key"


def stacked(promotions: pl.DataFrame, *, key: list[str]) -> pl.DataFrame:
    """The price of each product under all promotions in force for it.

    In: one row a `key` and promotion in force: `list_price`, `mechanic`, `value`, `quantity`, `inner`, `priority` (Int64, lowest
    first, null = last), `combinable` (Boolean, null = yes), `promotion_row` (Int32, once a key); and the policy, the same in
    every row of a key: `stacking` (one of `MODES`, null = exclusive), `limit` (Int64, null = none), and `ROUNDING`
    (`rounding_endings` is List[Int64], `rounding_step` and `unit` are minor units). Rows may come in any order.

    Out: one row a key, sorted by it: `price` (Int64 minor units, within 0 and `list_price`; null where that is null), `applied`
    (List[Int32]: rows that took something off, in that order) and `promotion_row` (Int32: of those the one that took off
    most, of equal ones the first of the calendar; null where none did). A promotion that takes nothing off, or whose price
    cannot be told because an input is null, is not applied. `UserError` for a mode that does not exist.
    """
    unknown = sorted(set(promotions["stacking"].drop_nulls().unique()) - set(MODES))
    if unknown:
        raise UserError(f"no such stacking: '{unknown[0]}'", "stacking", f"write one of {', '.join(MODES)}")
    rows = _ordered(promotions, key)
    keys = rows.filter(_begins([_KEY])).select(_KEY, *key, "list_price")
    able = rows.drop(key).filter(~pl.col("mechanic").is_in(SINGLE_PRICE_STAYS), pl.col("limit").fill_null(1) > 0)
    single = pl.col("stacking").fill_null("exclusive").eq("exclusive") | ~pl.col("combinable").fill_null(True)
    together, alone = [_NONE], [_NONE]
    for part in able.partition_by(ROUNDING):
        rounding = _rounding(part)
        together.append(_together(part.filter(~single), rounding))
        alone.append(_alone(part.filter(single), rounding))
    return (
        keys.join(pl.concat(together), on=_KEY, how="left", maintain_order="left")
        .join(pl.concat(alone), on=_KEY, how="left", maintain_order="left", suffix="_alone")
        .select(*key, *_cheapest())
    )


_NONE = pl.DataFrame(schema={_KEY: pl.UInt32, "price": pl.Int64, "applied": pl.List(pl.Int32), "promotion_row": pl.Int32})
"""No price that promotions lower. One row a key where they do."""


def _cheapest() -> list[pl.Expr]:
    """The list price, what promotions make of it together, or what one makes of it alone. Of equals the one named first."""
    together, alone = pl.col("price").fill_null(pl.col("list_price")), pl.col("price_alone")
    wins = alone < together
    none = pl.lit([], pl.List(pl.Int32))
    return [
        pl.when(wins).then(alone).otherwise(together).alias("price"),
        pl.when(wins).then("applied_alone").otherwise(pl.col("applied").fill_null(none)).alias("applied"),
        pl.when(wins).then("promotion_row_alone").otherwise("promotion_row").alias("promotion_row"),
    ]


def _ordered(promotions: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The rows in the order in which they are applied, with the number of their key, rising."""
    rows = promotions.sort(*key, "priority", "promotion_row", nulls_last=[*(False for _ in key), True, True])
    return rows.with_columns(_begins(key).cast(pl.UInt32).cum_sum().alias(_KEY))


def _begins(key: list[str], by: int = 1) -> pl.Expr:
    """Whether a row is the first of its key in sorted rows; with -1, the last."""
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(by)) for name in key)


def _rounding(rows: pl.DataFrame) -> Rounding:
    """The policy of rows that share one."""
    stated = zip(("mode", "point", "step", "endings", "to", "unit"), rows.select(ROUNDING).row(0), strict=True)
    given = {name: value for name, value in stated if value is not None}
    return Rounding(**{**given, "endings": tuple(given.get("endings", ()))})


def _alone(rows: pl.DataFrame, rounding: Rounding) -> pl.DataFrame:
    """The cheapest of promotions that are applied alone, where it is below the list price; of equals the first row."""
    mechanic, list_price, value, quantity, inner = (
        pl.col(name) for name in ("mechanic", "list_price", "value", "quantity", "inner")
    )
    price = reduced(mechanic, list_price, value, quantity, inner, rounding)
    # Price, then row, in one number: their smallest is found in one pass, many times faster than by sorting.
    wide = pl.lit(2**32, pl.Int128)
    return (
        rows.select(_KEY, "promotion_row", "list_price", price=price)
        .filter(pl.col("price") < pl.col("list_price"))
        .group_by(_KEY)
        .agg(first=(pl.col("price").cast(pl.Int128) * wide + pl.col("promotion_row")).min())
        .select(_KEY, price=(pl.col("first") // wide).cast(pl.Int64), promotion_row=(pl.col("first") % wide).cast(pl.Int32))
        .select(_KEY, "price", pl.concat_list("promotion_row").alias("applied"), "promotion_row")
    )


def _together(rows: pl.DataFrame, rounding: Rounding) -> pl.DataFrame:
    """The price that promotions make together, where it is below the list price.

    All first promotions of their key are applied in one go, then all second ones, and so on: as many steps as the longest
    stack has promotions, each over the keys that have so many.
    """
    if rows.is_empty():
        return _NONE
    scale, parts = (_PARTS, pl.Int128) if rounding.point == "price" else (1, pl.Int64)
    position = pl.int_range(pl.len())
    ranked = rows.with_columns(
        rank=position - pl.when(_begins([_KEY])).then(position).forward_fill(),
        last=_begins([_KEY], -1),
        mechanic=meant(pl.col("mechanic"), pl.col("inner")),
        value=pl.col("value").cast(parts),
        list_parts=pl.col("list_price").cast(parts) * pl.lit(scale, parts),
    )
    ranks = ranked.partition_by("rank", maintain_order=True)
    before = ranks[0].select(
        reached="list_parts",
        count=pl.lit(0, pl.Int64),
        computed=pl.lit(False),
        most=pl.lit(0, parts),
        promotion_row_of_most=pl.lit(None, pl.Int32),
    )
    steps = []
    for rank in ranks:
        # Both sides are sorted by key, and `before` holds the keys that were not at their last row: they fit row by row.
        steps.append(_applied(rank.hstack(before), scale, rounding))
        before = steps[-1].filter(~pl.col("last")).select(before.columns)
    return _told(pl.concat(steps), scale, rounding)


def _applied(rows: pl.DataFrame, scale: int, rounding: Rounding) -> pl.DataFrame:
    """One promotion of each key applied to the price its key has `reached`, in parts of a minor unit.

    Out, beside it: `taken`, whether it took something off; `count`, how many did so far; `computed`, whether the last of them
    computes its price; `most`, what the strongest took off, and its row.
    """
    left = lowered(
        pl.col("mechanic"),
        pl.col("reached"),
        pl.col("value"),
        pl.col("quantity"),
        of=pl.when(pl.col("stacking") == "additive").then("list_parts").otherwise("reached"),
        untouched=SINGLE_PRICE_STAYS,
        scale=scale,
        rounding=rounding,
    )
    off, most, row, strongest = (pl.col(name) for name in ("off", "most", "promotion_row", "promotion_row_of_most"))
    stronger = (off > most) | ((off == most) & (row < strongest))
    return (
        rows.with_columns(off=pl.col("reached") - left)
        .with_columns(taken=off.fill_null(0).gt(0) & (pl.col("limit").is_null() | (pl.col("count") < pl.col("limit"))))
        .select(
            _KEY,
            "last",
            "list_price",
            row,
            "taken",
            reached=pl.col("reached") - pl.when("taken").then(off).otherwise(0),
            count=pl.col("count") + pl.col("taken").cast(pl.Int64),
            computed=pl.when("taken").then(pl.col("mechanic").is_in(COMPUTED)).otherwise("computed"),
            most=pl.when(pl.col("taken") & stronger).then(off).otherwise(most),
            promotion_row_of_most=pl.when(pl.col("taken") & stronger).then(row).otherwise(strongest),
        )
    )


def _told(steps: pl.DataFrame, scale: int, rounding: Rounding) -> pl.DataFrame:
    """What each key is charged after its last step, which promotions were applied in which order, and the strongest."""
    price = charged(pl.col("reached"), pl.col("computed"), pl.col("list_price"), scale=scale, rounding=rounding)
    prices = steps.filter("last").select(_KEY, "list_price", price=price, promotion_row="promotion_row_of_most")
    applied = steps.filter("taken").group_by(_KEY).agg(applied="promotion_row")  # a group keeps the order of its rows
    return prices.filter(pl.col("price") < pl.col("list_price")).join(applied, on=_KEY).select(_NONE.columns)
