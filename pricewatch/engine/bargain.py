"""What all promotions of a product give together: price cut, multibuy, extra content and deferred credit, cumulated exactly.

A customer takes some units, pays for them, and is given content and credit besides. What is left for him to bear, of what the
same content costs at the list price:

    20 % off 10.00, 20 % of the 8.00 paid credited       8.00 - 1.60 = 6.40 of 10.00     an advantage of 36 %
    the same, 20 % of the regular 10.00 credited         8.00 - 2.00 = 6.00 of 10.00     40 %
    2 for the price of 1, list price 3.99                3.99 of 7.98                    50 %
    +51.5 % of content at the same price                 10.00 of 15.15                  33.99 %

Both sides are kept as whole numbers and compared by multiplying them out (Int128), so a limit is met or exceeded without any
rounding. One promotion by itself is measured by `domain.advantages`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pricewatch.domain.money import BASIS_POINTS

CreditOn = Literal["paid", "regular"]
"""What a credited percentage is taken of: what is paid, or what would regularly be paid."""

_SHARES = BASIS_POINTS * BASIS_POINTS


@dataclass(frozen=True)
class Bargain:
    """One purchase under all promotions at once; Int64 expressions, none of them null, over judged offers."""

    units: pl.Expr
    """Units bought together."""
    paid: pl.Expr
    """For all of them, minor units."""
    list_price: pl.Expr
    """Of one unit, minor units."""
    extra: pl.Expr
    """Content given besides, basis points of the content bought; 0 = none."""
    credit: pl.Expr
    """Credited for a later purchase, minor units for each `credit_of` minor units; 0 = none."""
    credit_of: pl.Expr
    credit_on: CreditOn

    @property
    def regular(self) -> pl.Expr:
        """What the units cost without promotions, minor units."""
        return self.units * self.list_price

    @property
    def _worth(self) -> pl.Expr:
        """What all the content costs at the list price, in ten-thousandths of a minor unit, times `credit_of`."""
        return _large(self.regular) * (BASIS_POINTS + self.extra) * self.credit_of

    @property
    def _borne(self) -> pl.Expr:
        """What the customer bears in the end, in minor units, times `credit_of`."""
        credited_on = self.paid if self.credit_on == "paid" else self.regular
        return _large(self.paid) * self.credit_of - _large(credited_on) * self.credit

    def exceeds(self, limit: pl.Expr) -> pl.Expr:
        """Boolean: the advantage is more than `limit` (basis points of what all the content is worth)."""
        return self._borne * _SHARES < self._worth * (BASIS_POINTS - limit)

    @property
    def percent(self) -> pl.Expr:
        """The advantage in basis points, rounded up: one that exceeds a limit never reads like the limit."""
        return (BASIS_POINTS - self._borne * _SHARES // self._worth).cast(pl.Int64)

    def lowest(self, limit: pl.Expr) -> pl.Expr:
        """The least amount for all units that stays within `limit`, rounded up: 66 % of 2.95 is 1.947, so 1.95.

        Null where only more than the regular amount would: extra content or credit exceed the limit by themselves.
        """
        allowed = self._worth * (BASIS_POINTS - limit)
        if self.credit_on == "paid":
            kept = _large(self.credit_of - self.credit)
            least = _rounded_up(allowed, pl.when(kept > 0).then(kept) * _SHARES)
        else:
            least = _rounded_up(allowed + _large(self.regular) * self.credit * _SHARES, _large(self.credit_of) * _SHARES)
        return pl.when(least <= self.regular).then(least).cast(pl.Int64)


def _large(amount: pl.Expr) -> pl.Expr:
    return amount.cast(pl.Int128)


def _rounded_up(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    return (numerator + denominator - 1) // denominator


def best_bargain(price: pl.Expr, credit_on: CreditOn) -> Bargain:
    """What a judged offer gives at `price`: as many units as its multibuy asks for where that is cheaper, else one.

    In: judged offers with `list_price`, `expected_price`, `multibuy_quantity`, `multibuy_paid`, `extra`, and `credit`, which is
    what is credited at the expected price: at another price it is as many percent of that.
    """
    together = (pl.col("multibuy_paid") < pl.col("multibuy_quantity") * price).fill_null(False)
    decided = pl.coalesce("expected_price", "list_price")
    return Bargain(
        units=pl.when(together).then("multibuy_quantity").otherwise(pl.lit(1, pl.Int64)),
        paid=pl.when(together).then("multibuy_paid").otherwise(price),
        list_price=pl.col("list_price"),
        extra=pl.col("extra").fill_null(0),
        credit=pl.when(decided > 0).then("credit").fill_null(0),
        credit_of=pl.when(decided > 0).then(decided).otherwise(1),
        credit_on=credit_on,
    )
