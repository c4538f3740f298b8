"""How far one price may lie from another one, in percent, and which bound it broke.

A corridor of 0 % to 8 % around 10.00 reaches from 10.00 to 10.80; 10.81 broke the upper bound, 9.99 the lower one. Both bounds
belong to the corridor, rounded half up to the minor unit.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from pydantic import Field, model_validator

from pricewatch.domain.money import BASIS_POINTS, half_up
from pricewatch.engine.checks import Params, Tolerance


def broken_bound(observed: pl.Expr, around: pl.Expr, low: pl.Expr | int, high: pl.Expr | int) -> pl.Expr:
    """Int64 minor units: the bound that `observed` lies beyond, seen from `around`; null inside, or where a side is null.

    `low` and `high` are basis points of `around`, -10 000 at the lowest.
    """
    lowest = half_up(around * (BASIS_POINTS + low), BASIS_POINTS)
    highest = half_up(around * (BASIS_POINTS + high), BASIS_POINTS)
    return pl.when(observed < lowest).then(lowest).when(observed > highest).then(highest)


def percent(rate: Decimal) -> str:
    """A percentage as people write it: `7.5 %`, `-5 %`."""
    return f"{rate.normalize():f} %"


class Corridor(Params):
    """How far from another price is still right."""

    from_percent: Decimal = Field(
        Decimal(0), ge=-100, decimal_places=2, description="lowest that is right: percent above the other price, for example -5"
    )
    to_percent: Decimal = Field(
        Decimal(0), ge=-100, decimal_places=2, description="highest that is right: percent above the other price, for example 8"
    )
    tolerance: Tolerance = Field(Tolerance(), description="beyond the bounds; wrong only when amount and percent are exceeded")

    @model_validator(mode="after")
    def _in_order(self) -> Corridor:
        if self.from_percent > self.to_percent:
            raise ValueError("from_percent is above to_percent; exchange the two")
        return self

    def bound(self, observed: pl.Expr, around: pl.Expr) -> pl.Expr:
        """The bound that `observed` breaks by more than the tolerance (Int64 minor units); null where it is right or unknown."""
        bound = broken_bound(observed, around, int(self.from_percent * 100), int(self.to_percent * 100))
        return pl.when(self.tolerance.exceeded(observed - bound, bound)).then(bound)

    @property
    def words(self) -> str:
        """The corridor in words, to be followed by what it is above: `0 % to 8 % above`."""
        if self.from_percent == self.to_percent == 0:
            return "the same as"
        return f"{percent(self.from_percent)} to {percent(self.to_percent)} above"
