"""What one promotion takes off the price of one unit that others have reached before it, and what is charged in the end.

49.95 less 10 %, less another 10 %: 49.95 -> 44.955 -> 40.4595, charged 40.46. Between the first promotion and the last a price
is counted in parts of a minor unit, `scale` of them, so that nothing is rounded before the policy says so.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.rounding import Rounding, divided, rounded, to_ending

DECLARED = ("fixed_price", "member_price", "tier")
"""Mechanics whose `value` is the price itself. It is charged as it was declared: neither rounded nor moved to an ending."""

COMPUTED = ("percent", "amount")
"""Mechanics whose price is computed, and so rounded and moved to the wanted endings."""

INNER = ("percent", "amount", "fixed_price")
"""Mechanics that a coupon may stand for."""


def meant(mechanic: pl.Expr, inner: pl.Expr) -> pl.Expr:
    """The mechanic that does the arithmetic: a coupon's inner one, otherwise itself; null for a coupon that names none."""
    return pl.when(mechanic == "coupon").then(pl.when(inner.is_in(INNER)).then(inner)).otherwise(mechanic)


def lowered(
    mechanic: pl.Expr,
    reached: pl.Expr,
    value: pl.Expr,
    quantity: pl.Expr,
    *,
    of: pl.Expr,
    untouched: tuple[str, ...],
    scale: int,
    rounding: Rounding,
) -> pl.Expr:
    """The price of one unit after one more promotion, `scale` parts of a minor unit; never negative, never above `reached`.

    In: `mechanic` as `meant` says; `reached` and `of`, the price so far and the one a percentage is taken of, in such parts;
    `value` (basis points or minor units, in the integer type of `reached`) and `quantity` (from which a tier holds).
    `untouched` are the mechanics that leave the price of one unit alone. Null where the mechanic is unknown or needs an input
    that is null. `scale` is 1 unless the policy rounds the price at the end.
    """
    less = _less_percent(reached, of, pl.min_horizontal(value, BASIS_POINTS), rounding)
    declared = pl.when(value * scale < reached).then(value * scale).when(value * scale >= reached).then(reached)
    return (
        pl.when(mechanic.is_in(untouched) | ((mechanic == "tier") & (quantity > 1)))
        .then(reached)
        .when(mechanic == "percent")
        .then(pl.when(value.is_not_null()).then(less))
        .when(mechanic == "amount")
        .then((reached - value * scale).clip(lower_bound=0))
        .when(mechanic.is_in(DECLARED) & ((mechanic != "tier") | (quantity == 1)))
        .then(declared)
    )


def _less_percent(reached: pl.Expr, of: pl.Expr, basis_points: pl.Expr, rounding: Rounding) -> pl.Expr:
    """`reached` less a percentage of `of`, rounded here where the policy does not wait for the end."""
    match rounding.point:
        case "discount":
            left = reached - divided(of * basis_points, BASIS_POINTS, rounding.mode)
        case "each":
            left = divided((reached * BASIS_POINTS - of * basis_points).clip(lower_bound=0), BASIS_POINTS, rounding.mode)
        case _:
            # Exact while `of` is a multiple of 10 000 parts; multiplied last, so that the largest prices fit their type.
            left = reached - of // BASIS_POINTS * basis_points
    return left.clip(lower_bound=0)


def charged(reached: pl.Expr, computed: pl.Expr, price: pl.Expr, *, scale: int, rounding: Rounding) -> pl.Expr:
    """What is charged for one unit: Int64 minor units, not negative and not above `price`, the one before any promotion.

    `reached` counts `scale` parts of a minor unit. `computed` (Boolean): the price was computed by its last promotion, so it is
    rounded to the policy's step and moved to its endings, unless nothing was taken off; otherwise it was declared and stays.
    Null where `reached` is null.
    """
    left = (reached // scale).cast(pl.Int64)
    moved = to_ending(rounded(reached, scale, rounding).cast(pl.Int64), rounding, at_most=price)
    due = pl.when(computed & (left < price)).then(moved).otherwise(left)
    return pl.when(price < due).then(price).otherwise(due)
