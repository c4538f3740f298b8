"""A price whose last digits are not those of the price policy."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import polars as pl
from pydantic import Field

from pricewatch.engine.checks import Params, check, suspects

Ending = Annotated[Decimal, Field(ge=0, decimal_places=3)]
_THOUSANDTHS = 1000
"""Endings are read to three decimals, for currencies with three."""


class PriceEnding(Params):
    """How prices end."""

    endings: tuple[Ending, ...] = Field(
        (Decimal("0.99"), Decimal("0.95"), Decimal("0.00")),
        description="last digits a price may have, in the currency: 0.99 for 12.99, 9.90 for 19.90, 80 for 980; empty = any",
    )
    exempt_promotions: bool = Field(True, description="while a promotion is in force its price may end in anything")
    cash_step: Decimal | None = Field(
        None, gt=0, decimal_places=3, description="prices are multiples of the smallest coin, in the currency: 0.05; null = any"
    )


@check(
    title="wrong price ending",
    sentence="{place} shows {observed}: {detail}",
    needs={"price", "promotion_row", "unit"},
    observes=lambda _: "price",
    calendar=True,
)
def price_ending(offers: pl.LazyFrame, params: PriceEnding) -> pl.LazyFrame:
    """Offers whose price ends in other digits than the policy allows, or is no multiple of the smallest coin.

    An ending is compared with as many digits as it has: 0.99 with what is behind the major unit, 9.90 with that and the last
    digit before it. Judged are prices as shown and, before they go live, prices as decided.

    Not judged: the endings of prices under a promotion (`exempt_promotions`; the coin is judged all the same); member prices;
    other sellers' offers, and offers that are not comparable.

    Example::

        - id: charm-prices
          check: price_ending
          endings: [0.99, 0.95]
          severity: minor
          owner: pricing
          why: Our prices end in 99 or 95 cents.
    """
    price = pl.col("price")
    words = []
    if params.cash_step is not None:
        words.append(
            pl.when(~_multiple(price, params.cash_step)).then(pl.lit(f"no multiple of {params.cash_step.normalize():f}"))
        )
    if params.endings:
        allowed = pl.any_horizontal(_ends_in(price, ending) for ending in params.endings)
        exempt = pl.col("promotion_row").is_not_null() if params.exempt_promotions else pl.lit(False)
        policy = f"prices end in {' or '.join(_written(ending) for ending in params.endings)}"
        words.append(pl.when(~allowed & ~exempt).then(pl.lit(policy)))
    detail = pl.coalesce(words) if words else pl.lit(None, pl.String)
    wrong = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), price.is_not_null(), detail.is_not_null())
    return suspects(wrong, subject="price", observed=price, detail=detail)


def _multiple(price: pl.Expr, step: Decimal) -> pl.Expr:
    return (price * _THOUSANDTHS) % (pl.col("unit") * int(step * _THOUSANDTHS)) == 0


def _ends_in(price: pl.Expr, ending: Decimal) -> pl.Expr:
    """Whether the last digits of a price are those of an ending, as many as that has."""
    places = 10 ** len(str(int(ending))) if ending >= 1 else 1
    return (price * _THOUSANDTHS) % (pl.col("unit") * places * _THOUSANDTHS) == pl.col("unit") * int(ending * _THOUSANDTHS)


def _written(ending: Decimal) -> str:
    """As people say it: `.99`, `.00`, `9.90`, `80`."""
    if ending >= 1 and ending == int(ending):
        return str(int(ending))
    places = max(2, -int(ending.normalize().as_tuple().exponent))
    return f"{ending:.{places}f}".removeprefix("0")
