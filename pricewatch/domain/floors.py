"""The lowest price at which a product may be sold: what covers its cost, leaves a margin, or is above the resale threshold.

Worked (code de commerce L442-5, art. 125 loi 2020-1525): invoice 2.00 net, other advantages 5 %, transport 0.05, food at 5.5 %:

    threshold   2.00 - 0.10 + 0.05    = 1.95 net
    food        1.95     x 1.10       = 2.145 net
    on a shelf  2.145    x 1.055      = 2.262975, so 2.27: at 2.26 the threshold is not reached

Everything is whole minor units and basis points (Int64); fractions are kept until the end and rounded up once, for a price a cent
below a floor is below it. `tax` is the rate that the price includes: 0 where prices are net. A null cost or rate gives null.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.money import BASIS_POINTS

FOOD_FACTOR = 11_000
"""Basis points of the threshold that food is sold at, at least: 1.10."""


def lowest(net: pl.Expr, share: int, tax: pl.Expr) -> pl.Expr:
    """Int64: the lowest whole price of which the part without tax is at least `net / share`.

    The Int128 in between holds what four factors of ten thousand make of an amount.
    """
    numerator, denominator = net.cast(pl.Int128) * (BASIS_POINTS + tax), share * BASIS_POINTS
    return ((numerator + (denominator - 1)) // denominator).cast(pl.Int64)


def covering_cost(cost: pl.Expr, tax: pl.Expr) -> pl.Expr:
    """The lowest price that covers the invoice price of one unit: 2.00 net at 20 % is 2.40."""
    return lowest(cost, 1, tax)


def leaving_margin(cost: pl.Expr, margin: int, tax: pl.Expr) -> pl.Expr:
    """The lowest price with a margin rate of `margin` basis points, (net price - cost) / net price: 1.50 at 25 % is 2.00 net."""
    return lowest(cost.cast(pl.Int128) * BASIS_POINTS, BASIS_POINTS - margin, tax)


def resale_threshold(
    cost: pl.Expr, advantages: pl.Expr, transport: pl.Expr, specific_taxes: pl.Expr, tax: pl.Expr, factor: pl.Expr
) -> pl.Expr:
    """The lowest price at or above the resale threshold (SRP) times `factor` basis points (`FOOD_FACTOR`, or 10 000).

    `advantages` are basis points of `cost`; advantages, transport and specific taxes that are not stated count as none.
    """
    less = cost.cast(pl.Int128) * (BASIS_POINTS - advantages.fill_null(0))
    net = less + (transport.fill_null(0) + specific_taxes.fill_null(0)) * BASIS_POINTS
    return lowest(net * factor, BASIS_POINTS * BASIS_POINTS, tax)
