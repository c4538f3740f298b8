"""What one promotion makes of a price: of one unit bought alone, and of several units of one product bought together.

A price of 12.99 at 30 % off: 1299 x 0.70 = 909.3, rounded half up once, at the end: 9.09. Three for 10.00 leave the single
price of 3.99 alone, and four units cost 10.00 + 3.99 = 13.99. No mechanic makes a price negative or dearer than it was: a
"promotion" above the regular price leaves the regular price.

Several promotions on one price are `stacking`; groups of different products are `allocation`; what a promotion is worth in
percent, as the laws count it, is `advantages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.reductions import COMPUTED, charged, lowered, meant
from pricewatch.domain.rounding import Rounding, divided, rounded, to_step

Need = Literal["value", "quantity", "pay", "threshold", "inner"]


@dataclass(frozen=True)
class Mechanic:
    """One kind of promotion, as the calendar names it."""

    name: str
    words: str
    """What it does, in a sentence."""
    needs: tuple[Need, ...]
    """Calendar columns that must be stated."""
    value_is: Literal["basis_points", "money"] | None
    """What `value` counts; None where there is none, and for a coupon, whose inner mechanic says it (`in_basis_points`)."""
    reduces: Literal["unit", "group", "basket", "content", "credit", "shipping"]
    """What becomes cheaper: each unit, units bought together, the basket, the price per content, a later purchase, delivery."""


_ALL = (
    Mechanic("percent", "A percentage off the price.", ("value",), "basis_points", "unit"),
    Mechanic("amount", "An amount off the price.", ("value",), "money", "unit"),
    Mechanic("fixed_price", "This price, for everybody.", ("value",), "money", "unit"),
    Mechanic("member_price", "This price, for card holders; it stands beside the public price.", ("value",), "money", "unit"),
    Mechanic("n_for_price", "Every N units together for one price.", ("value", "quantity"), "money", "group"),
    Mechanic("n_for_m", "Of every N units, M are paid: 2+1 is 3 for 2.", ("quantity", "pay"), None, "group"),
    Mechanic("nth_unit", "Every k-th unit at a percentage off.", ("value", "quantity"), "basis_points", "group"),
    Mechanic("cheapest_free", "Of every N units, dearest first, the cheapest is free.", ("quantity",), None, "group"),
    Mechanic("bundle", "Different products together for one price.", ("value",), "money", "group"),
    Mechanic("tier", "From so many units on, every unit at this price.", ("value", "quantity"), "money", "group"),
    Mechanic("basket_threshold", "An amount off a basket that reaches a sum.", ("value", "threshold"), "money", "basket"),
    Mechanic("extra_quantity", "So many percent more content at the same price.", ("value",), "basis_points", "content"),
    Mechanic("coupon", "What its inner mechanic takes off, with the code.", ("value", "inner"), None, "unit"),
    Mechanic("deferred_credit", "A percentage of the price paid, credited for later.", ("value",), "basis_points", "credit"),
    Mechanic("free_shipping", "Delivery for nothing.", (), None, "shipping"),
)

MECHANICS: dict[str, Mechanic] = {mechanic.name: mechanic for mechanic in _ALL}
"""Every mechanic by the name the calendar uses."""

SINGLE_PRICE_STAYS = tuple(each.name for each in _ALL if each.reduces != "unit" and each.name != "tier")
"""Mechanics that leave the price of one unit bought alone as it is."""


def in_basis_points(mechanic: pl.Expr, inner: pl.Expr) -> pl.Expr:
    """Whether a calendar row's `value` is a percentage (basis points) and not money; null where no mechanic is named."""
    return meant(mechanic, inner).is_in([each.name for each in _ALL if each.value_is == "basis_points"])


def reduced(
    mechanic: pl.Expr,
    price: pl.Expr,
    value: pl.Expr,
    quantity: pl.Expr | None = None,
    inner: pl.Expr | None = None,
    rounding: Rounding | None = None,
) -> pl.Expr:
    """The price of one unit bought alone under a promotion: Int64 minor units, within 0 and `price`.

    In: `price` and `value` as the calendar has them; `quantity`, from which a tier holds; `inner`, a coupon's mechanic. A tier
    that begins at 1 lowers the single price, one that begins later does not; nor do multibuys, bundles, baskets, credit, extra
    content and free shipping. Null where an input that the single price needs is null or not given, and for unknown mechanics.
    Exact for prices up to 10^14 minor units. `rounding`: rounded half up once, at the end, where not given.
    """
    policy = rounding or Rounding()
    scale = BASIS_POINTS if policy.point == "price" else 1
    quantity = pl.lit(None, pl.Int64) if quantity is None else quantity
    acting = meant(mechanic, pl.lit(None, pl.String) if inner is None else inner)
    start = price.cast(pl.Int64) * scale
    left = lowered(acting, start, value, quantity, of=start, untouched=SINGLE_PRICE_STAYS, scale=scale, rounding=policy)
    return charged(left, acting.is_in(COMPUTED), price.cast(pl.Int64), scale=scale, rounding=policy)


def paid(
    mechanic: pl.Expr,
    price: pl.Expr,
    value: pl.Expr,
    quantity: pl.Expr,
    pay: pl.Expr,
    count: pl.Expr | int,
    *,
    inner: pl.Expr | None = None,
    times: pl.Expr | int | None = None,
    rounding: Rounding | None = None,
) -> pl.Expr:
    """What `count` units of one product cost together: Int64 minor units, within 0 and `count` times `price`.

    Multibuys repeat: six units of 2+1 are four paid. `times` limits how often: 1 is a till that applies it once; null is
    unlimited. A line with a k-th unit at a percentage off is rounded once, for the whole line, to the policy's step; endings
    are for prices that are shown, not for lines. A group has two units or more: "1 for X" is no multibuy and takes nothing off.
    What depends on other products in the basket (bundle, basket threshold) and what the price does not show (content, credit,
    shipping) leave the line at its regular price. Null where a needed input is null, and for unknown mechanics. Exact for lines
    up to 10^14 minor units.
    """
    policy = rounding or Rounding()
    units = pl.lit(count, pl.Int64) if isinstance(count, int) else count.cast(pl.Int64)
    price = price.cast(pl.Int64)
    regular = units * price
    groups = units // quantity
    groups = groups if times is None else pl.when(groups > times).then(times).otherwise(groups)
    line = (
        pl.when(mechanic == "n_for_price")
        .then(regular - groups * (quantity * price - value).clip(lower_bound=0))
        .when(mechanic == "n_for_m")
        .then(regular - groups * (quantity - pay).clip(lower_bound=0) * price)
        .when(mechanic == "nth_unit")
        .then(_every_kth_less(units, groups, price, value, policy))
        .when(mechanic == "cheapest_free")
        .then(regular - groups * price)
        .when(mechanic == "tier")
        .then(pl.when(units < quantity).then(regular).when(units >= quantity).then(units * value))
        .otherwise(units * reduced(mechanic, price, value, quantity, inner, policy))
    )
    no_group = mechanic.is_in(_REPEATING) & (quantity < 2)
    return pl.when(no_group).then(regular).when(line.is_not_null()).then(pl.min_horizontal(line.clip(lower_bound=0), regular))


_REPEATING = ("n_for_price", "n_for_m", "nth_unit", "cheapest_free")


def _every_kth_less(units: pl.Expr, groups: pl.Expr, price: pl.Expr, value: pl.Expr, rounding: Rounding) -> pl.Expr:
    """A line with one unit of each group at `value` basis points off. Two at 4.00 with the second at half price: 6.00."""
    off = groups * price * pl.when(value.is_not_null()).then(pl.min_horizontal(value, BASIS_POINTS))
    if rounding.point == "discount":
        line = to_step((units * price - divided(off, BASIS_POINTS, rounding.mode)).clip(lower_bound=0), rounding)
    else:
        line = rounded(units * price * BASIS_POINTS - off, BASIS_POINTS, rounding)
    return pl.when(off == 0).then(units * price).otherwise(line)


def tested_counts(quantity: pl.Expr) -> pl.Expr:
    """How many units to try a multibuy of N with: 1, N-1, N, N+1, 2N, each once, rising (List[Int64]); 1 alone where N is null.

    A till that forgets the group, repeats it wrongly or counts the rest of it wrongly differs at one of these.
    """
    counts = pl.concat_list(pl.lit(1, pl.Int64), quantity - 1, quantity, quantity + 1, quantity * 2).cast(pl.List(pl.Int64))
    one = pl.lit([1], pl.List(pl.Int64))
    wanted = counts.list.eval(pl.element().filter(pl.element() > 0)).list.unique().list.sort()
    return pl.when(quantity.is_not_null()).then(wanted).otherwise(one)
