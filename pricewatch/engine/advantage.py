"""What all promotions of a product are worth together: price cut, multibuy, extra content and deferred credit, cumulated exactly.

A customer takes some units, pays for them, and is given content and credit besides. What is left for him to bear, of what the same
content costs at the list price:

    20 % off 10.00, 20 % of the 8.00 paid credited       8.00 - 1.60 = 6.40 of 10.00     an advantage of 36 %
    the same, 20 % of the regular 10.00 credited         8.00 - 2.00 = 6.00 of 10.00     40 %
    2 for the price of 1, list price 3.99                3.99 of 7.98                    50 %
    +51.5 % of content at the same price                 10.00 of 15.15                  33.99 %

The two sides are whole numbers of ten-thousandths of a minor unit (Int64: exact for regular amounts up to 4 x 10^10 minor units), so a
limit is met or exceeded without any rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pricewatch.domain.money import BASIS_POINTS

CreditOn = Literal["paid", "regular"]
"""What a credited percentage is taken of: what is paid, or what would regularly be paid."""


@dataclass(frozen=True)
class Bargain:
    """One purchase under all promotions at once; expressions over judged offers."""

    units: pl.Expr
    """Units bought together, Int64."""
    paid: pl.Expr
    """For all of them, minor units."""
    list_price: pl.Expr
    """Of one unit, minor units."""
    extra: pl.Expr
    """Content given besides, basis points of the content bought; 0 = none."""
    credit: pl.Expr
    """Credited for a later purchase, basis points; 0 = none."""
    credit_on: CreditOn

    @property
    def regular(self) -> pl.Expr:
        """What the units cost without promotions, minor units."""
        return self.units * self.list_price

    @property
    def worth(self) -> pl.Expr:
        """What all the content costs at the list price, ten-thousandths of a minor unit."""
        return self.regular * (BASIS_POINTS + self.extra)

    @property
    def borne(self) -> pl.Expr:
        """What the customer bears in the end, ten-thousandths of a minor unit."""
        if self.credit_on == "paid":
            return self.paid * (BASIS_POINTS - self.credit)
        return self.paid * BASIS_POINTS - self.regular * self.credit

    def exceeds(self, limit: pl.Expr) -> pl.Expr:
        """Boolean: the advantage is more than `limit` (basis points of what all the content is worth)."""
        return self.borne * BASIS_POINTS < self.worth * (BASIS_POINTS - limit)

    @property
    def percent(self) -> pl.Expr:
        """The advantage in basis points, rounded up: one that exceeds a limit never reads like the limit."""
        return BASIS_POINTS - self.borne * BASIS_POINTS // self.worth

    def lowest(self, limit: pl.Expr) -> pl.Expr:
        """The least amount for all units that stays within `limit`, rounded up to a whole minor unit: 66 % of 2.95 is 1.947, so 1.95.

        Null where only more than the regular amount would: extra content or credit exceed the limit by themselves.
        """
        allowed = self.worth * (BASIS_POINTS - limit)
        if self.credit_on == "paid":
            share = (BASIS_POINTS - self.credit) * BASIS_POINTS
            least = -(-allowed // pl.when(share > 0).then(share))
        else:
            least = -(-(allowed + self.regular * self.credit * BASIS_POINTS) // (BASIS_POINTS * BASIS_POINTS))
        return pl.when(least <= self.regular).then(least)


def best_bargain(price: pl.Expr, *, credit: pl.Expr, credit_on: CreditOn) -> Bargain:
    """The dearest advantage a judged offer gives at `price`: as many units as its multibuy asks for where that is cheaper, else one.

    In: judged offers with `list_price`, `multibuy_quantity`, `multibuy_paid`, `extra`; `credit` is the rate in force (basis points).
    """
    together = (pl.col("multibuy_paid") < pl.col("multibuy_quantity") * price).fill_null(False)
    return Bargain(
        units=pl.when(together).then("multibuy_quantity").otherwise(pl.lit(1, pl.Int64)),
        paid=pl.when(together).then("multibuy_paid").otherwise(price),
        list_price=pl.col("list_price"),
        extra=pl.col("extra").fill_null(0),
        credit=credit.fill_null(0),
        credit_on=credit_on,
    )
