"""How a computed price becomes one that can be charged: which way, at which point, to which coin, to which ending.

49.95 less 10 % is 44.955. Rounded half up once, at the end, it is 44.96; where the discount is rounded first, 4.995 is 5.00 and
the price 44.95. Both are right somewhere, so the mode and the point belong to a market or a channel. No float takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from pricewatch.domain.errors import UserError

MODES = ("half_up", "half_even", "up", "down")
"""What becomes of a fraction: 0.5 and more up; 0.5 to the even neighbour; always up; always down."""

POINTS = ("price", "discount", "each")
"""What is rounded: the price, once, at the end; every promotion's discount; the price after every promotion."""

TOWARDS = ("nearest", "down", "up")
"""Which price with a wanted ending is taken: the nearest (of two equally near, the lower), the next below, the next above."""


@dataclass(frozen=True)
class Rounding:
    """The rounding policy of a market or a channel."""

    mode: str = "half_up"
    """One of `MODES`."""
    point: str = "price"
    """One of `POINTS`: what is rounded to whole minor units, or, for the price at the end, to `step`."""
    step: int = 1
    """Minor units of the smallest coin: 5 is multiples of 0.05 (cash rounding), 1 is none."""
    endings: tuple[int, ...] = ()
    """Wanted endings, minor units of one major unit: 99 and 95 give 12.99 and 12.95; empty = every ending will do."""
    to: str = "nearest"
    """One of `TOWARDS`."""
    unit: int = 100
    """Minor units after which endings repeat: those of one major unit, 100 for EUR (`money.unit`)."""

    def __post_init__(self) -> None:
        for name, value, known in (("mode", self.mode, MODES), ("point", self.point, POINTS), ("to", self.to, TOWARDS)):
            if value not in known:
                raise UserError(f"no such rounding {name}: '{value}'", name, _one_of(known))
        for name, units in (("step", self.step), ("unit", self.unit)):
            if units < 1:
                raise UserError(f"rounding {name} is {units} minor units", name, "write 1 or more")
        for ending in self.endings:
            if not 0 <= ending < self.unit:
                fix = f"write minor units from 0 to {self.unit - 1}"
                raise UserError(f"no price ends on {ending}: a major unit has {self.unit} minor units", "endings", fix)


def _one_of(known: Sequence[str]) -> str:
    return f"write one of {', '.join(known)}"


def divided(numerator: pl.Expr, denominator: pl.Expr | int, mode: str) -> pl.Expr:
    """`numerator / denominator` as a whole number, its fraction rounded as `mode` says; null where either is null.

    In: whole numbers, the numerator not negative, the denominator above zero; twice the numerator must fit its integer type.
    """
    whole = numerator // denominator
    match mode:
        case "down":
            return whole
        case "up":
            return (numerator + (denominator - 1)) // denominator
        case "half_up":
            return (numerator * 2 + denominator) // (denominator * 2)
    twice = (numerator % denominator) * 2
    return whole + ((twice > denominator) | ((twice == denominator) & (whole % 2 == 1))).cast(pl.Int64)


def rounded(numerator: pl.Expr, denominator: int, rounding: Rounding) -> pl.Expr:
    """A price of `numerator / denominator` minor units as a multiple of the policy's step, rounded once.

    2.145 net at 5.5 % tax is 2.262975; a floor is rounded up: 2.27.
    """
    return divided(numerator, denominator * rounding.step, rounding.mode) * rounding.step


def to_step(price: pl.Expr, rounding: Rounding) -> pl.Expr:
    """A price in whole minor units as a multiple of the policy's step: 12.98 in steps of 0.05 is 13.00."""
    return rounded(price, 1, rounding)


def to_ending(price: pl.Expr, rounding: Rounding, at_most: pl.Expr) -> pl.Expr:
    """A price in whole minor units, moved to a wanted ending: 12.86 to 99 or 95 is 12.95, below it 11.99, above it 12.95.

    An ending never lifts a price above `at_most`, the price before the promotion; where that is null, or where
    no wanted ending lies that way, the price stays as it is. What is free stays free. Null where the price is null.
    """
    if not rounding.endings:
        return price
    first, second = _moves(rounding)
    whole, most, likely, instead = (pl.field(name) for name in ("price", "at_most", "likely", "instead"))
    remainder, movable = whole % rounding.unit, whole > 0
    # A struct, so that the price, which may be a long expression, is computed once and not for every word about it.
    return (
        pl.struct(price=price, at_most=at_most)
        .struct.with_fields(
            likely=whole + remainder.replace_strict(first, return_dtype=pl.Int64),
            instead=whole + remainder.replace_strict(second, return_dtype=pl.Int64),
        )
        .struct.with_fields(
            price=pl.when(movable & likely.is_between(0, most))
            .then(likely)
            .when(movable & instead.is_between(0, most))
            .then(instead)
            .otherwise(whole)
        )
        .struct.field("price")
    )


@cache
def _moves(rounding: Rounding) -> tuple[dict[int, int], dict[int, int]]:
    """By what a price ends on: how far it is moved to the ending that is wanted most, and to the one taken failing that.

    The second is the other way round `nearest`; where the policy knows one way only, a price that cannot go it stays.
    """
    first, second = {}, {}
    for remainder in range(rounding.unit):
        down = -min((remainder - ending) % rounding.unit for ending in rounding.endings)
        up = min((ending - remainder) % rounding.unit for ending in rounding.endings)
        first[remainder], second[remainder] = {
            "nearest": (down, up) if -down <= up else (up, down),
            "down": (down, 0),
            "up": (up, 0),
        }[rounding.to]
    return first, second
