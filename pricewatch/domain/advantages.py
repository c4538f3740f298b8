"""What a promotion is worth, as laws and leaflets count it: its depth, the share of the regular price that it gives away.

Regular 2.95 at 1.94: 1.01 / 2.95 = 34.24 %, above a cap of 34 %; at 1.95 it is 33.90 %. A share is kept as two whole numbers,
`given` of `of`, and compared by multiplying them out: a rounded percentage could hide a breach. Rounded, it is for people.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.mechanics import MECHANICS, paid
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.rounding import Rounding, divided, rounded


def advantage(
    mechanic: pl.Expr,
    price: pl.Expr,
    value: pl.Expr,
    quantity: pl.Expr,
    pay: pl.Expr,
    inner: pl.Expr,
    rounding: Rounding | None = None,
) -> tuple[pl.Expr, pl.Expr]:
    """What one promotion gives of the regular price, as two Int64: `given`, `of`. 2+1 at 3.99 gives 3.99 of 11.97: a third.

    Multibuys and tiers are measured on their first full group, where they give most; extra content e as e of 1 + e; credit as
    a share of the price paid. Null where an input is null, and for bundles, baskets and shipping, whose share depends on what
    else is bought.
    """
    grouped = mechanic.is_in([each.name for each in MECHANICS.values() if each.reduces == "group" and each.name != "bundle"])
    elsewhere = mechanic.is_in(["bundle", "basket_threshold", "free_shipping"])
    units = pl.when(grouped).then(quantity).when(mechanic.is_not_null()).then(1)
    of = units * price
    given = of - paid(mechanic, price, value, quantity, pay, units, inner=inner, rounding=rounding)
    return (
        pl.when(elsewhere).then(None).when(mechanic.is_in(["extra_quantity", "deferred_credit"])).then(value).otherwise(given),
        pl.when(elsewhere)
        .then(None)
        .when(mechanic == "extra_quantity")
        .then(BASIS_POINTS + value)
        .when(mechanic == "deferred_credit")
        .then(pl.when(value.is_not_null()).then(BASIS_POINTS))
        .otherwise(pl.when(given.is_not_null()).then(of)),
    )


def depth(given: pl.Expr, of: pl.Expr) -> pl.Expr:
    """The share in basis points, rounded half up, to be shown: a third is 3333. Null where `of` is zero."""
    return divided(given * BASIS_POINTS, pl.when(of > 0).then(of), "half_up")


def deeper_than(given: pl.Expr, of: pl.Expr, cap: pl.Expr | int) -> pl.Expr:
    """Whether the share is above `cap` basis points, exactly; null where a part is null or `of` is zero."""
    return pl.when(of > 0).then(given * BASIS_POINTS > of * cap)


def credited(price_paid: pl.Expr, value: pl.Expr, rounding: Rounding | None = None) -> pl.Expr:
    """The credit for later in minor units: 20 % of 10.00 paid is 2.00. Rounded by the policy's mode, half up where not given.

    A credit on the regular price instead of the price paid is the same call with the regular price.
    """
    return rounded(price_paid * value, BASIS_POINTS, Rounding((rounding or Rounding()).mode))
