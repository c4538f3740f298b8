"""For whom a price is: everyone, or the holders of a card. Two prices, never merged: each has its own promotions and decisions.

A public price of 3.49 and a member price of 2.99 are both right at once; `of(audience)` says in which columns each of them is
shown, decided, tolerated during grace, and explained by a promotion that runs, has ended or has not begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import suspects

Audience = Annotated[
    Literal["everyone", "members"], Field(description="everyone: the price and public promotions; members: the member price")
]
"""The parameter of kinds that know two audiences."""


@dataclass(frozen=True)
class Columns:
    """Columns of judged offers that one audience's price is in: minor units; those named `row` are positions in the calendar."""

    shown: str
    expected: str
    tolerated: str
    row: str
    ended: str
    ended_row: str
    early: str
    early_row: str

    @property
    def decided(self) -> pl.Expr:
        """What is decided for the audience: card holders without a price of their own pay what everyone pays."""
        return pl.coalesce(self.expected, "expected_price")

    @property
    def formerly(self) -> pl.Expr:
        """What was right before the last change, during grace: before a first member price, members paid what everyone paid."""
        return pl.coalesce(self.tolerated, "tolerated_price")


_EVERYONE = Columns(
    "price", "expected_price", "tolerated_price", "promotion_row", "ended_price", "ended_row", "early_price", "early_row"
)
_MEMBERS = Columns(
    "member_price",
    "expected_member_price",
    "tolerated_member_price",
    "member_promotion_row",
    "ended_member_price",
    "ended_member_row",
    "early_member_price",
    "early_member_row",
)


def of(audience: str) -> Columns:
    """The columns of an `Audience`."""
    return _MEMBERS if audience == "members" else _EVERYONE


def outside_the_window(offers: pl.LazyFrame, columns: Columns, *, price: str, row: str) -> pl.LazyFrame:
    """Candidates: offers that show exactly the price of a promotion that is not in force, and not what is decided now.

    `price` (Int64, minor units) and `row` name the columns of that promotion, which becomes the finding's. At or above the list
    price nothing is given. Null on either side is not judged.
    """
    shown = pl.col(columns.shown)
    given = (shown == pl.col(price)) & (shown < pl.col("list_price")) & (shown != columns.decided)
    given &= shown.ne_missing(pl.col(columns.tolerated))
    found = offers.filter(given).with_columns(promotion_row=pl.col(row))
    return suspects(found, subject=columns.shown, observed=shown, expected=columns.decided)
