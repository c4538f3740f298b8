"""A GTIN that is another product's, or nobody's."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import identifiers
from pricewatch.engine.checks import Params, check, suspects


class Identifier(Params):
    """No parameters."""


@check(title="wrong GTIN", sentence="{place}: {detail}", needs={"gtin", "catalogue_gtin"}, observes=lambda _: "gtin")
def identifier(offers: pl.LazyFrame, params: Identifier) -> pl.LazyFrame:  # noqa: ARG001 - one signature
    """Offers that show another GTIN than the catalogue has for the product: unreadable, with a wrong check digit, or another one.

    Not judged: offers that show none, products whose catalogue entry has none that can be read, other sellers' offers.

    Example::

        - id: gtin
          check: identifier
          severity: minor
          owner: master-data
          why: A wrong GTIN sends customers, feeds and marketplaces to another product.
    """
    shown, ours = pl.col("gtin"), pl.col("catalogue_gtin")
    both = pl.format("{}, catalogue: {}", identifiers.gtin_text(shown), identifiers.gtin_text(ours))
    words = (
        pl.when(shown == identifiers.UNREADABLE)
        .then(pl.lit("what it shows is no GTIN"))
        .when(~identifiers.check_digit_right(shown))
        .then(pl.lit("wrong check digit: ") + both)
        .otherwise(pl.lit("another product's GTIN: ") + both)
    )
    judged = offers.filter(pl.col("seller").is_null(), ours != identifiers.UNREADABLE)
    return suspects(judged.filter(shown != ours), subject="gtin", detail=words)
