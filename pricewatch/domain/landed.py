"""What a product costs when it has arrived: price plus shipping less points.

    18.99 + 2.99 - 0.20 = 21.78      0.21 less than 21.99 shipped free, though its price is 3.00 lower

Amazon's LandedPrice is ListingPrice + Shipping - Points (Product Pricing API); Mirakl's `total-price` is price + least shipping.
"""

from __future__ import annotations

import polars as pl


def landed(price: pl.Expr, shipping: pl.Expr, points: pl.Expr) -> pl.Expr:
    """Int64 minor units; null where price or shipping is not stated. Points that are not stated are none: offers without them
    do not mention them.
    """
    return price + shipping - points.fill_null(0)
