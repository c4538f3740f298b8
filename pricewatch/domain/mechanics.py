"""What one promotion makes of the price of one unit. One function a mechanic; `expect` finds it by its name.

A price of 12.99 at 30 % off: 1299 x 0.70 = 909.3, rounded half up once, at the end: 9.09. No mechanic makes a price negative
or dearer than it was: a "promotion" above the regular price leaves the regular price.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pricewatch.domain.money import less_percent


def percent(price: pl.Expr, value: pl.Expr) -> pl.Expr:
    """`price` less `value` basis points, rounded half up."""
    return less_percent(price, value)


def amount(price: pl.Expr, value: pl.Expr) -> pl.Expr:
    """`price` less `value` minor units."""
    return price - value


def fixed_price(price: pl.Expr, value: pl.Expr) -> pl.Expr:  # noqa: ARG001 - one signature for every mechanic
    """`value` itself, for everybody."""
    return value


def member_price(price: pl.Expr, value: pl.Expr) -> pl.Expr:  # noqa: ARG001 - one signature for every mechanic
    """`value` itself, for card holders."""
    return value


MECHANICS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    function.__name__: function for function in (percent, amount, fixed_price, member_price)
}
"""Every mechanic by the name the calendar uses."""


def reduced(mechanic: pl.Expr, price: pl.Expr, value: pl.Expr) -> pl.Expr:
    """The price of one unit under a promotion: Int64 minor units, within 0 and `price`; null where any input is null."""
    named = pl.coalesce(*(pl.when(mechanic == name).then(function(price, value)) for name, function in MECHANICS.items()))
    return pl.when(named.is_not_null() & price.is_not_null()).then(pl.min_horizontal(named.clip(lower_bound=0), price))
