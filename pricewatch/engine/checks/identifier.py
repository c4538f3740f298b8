"""A GTIN that is another product's, or nobody's."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import identifiers
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check, suspects


class Identifier(Params):
    """No parameters."""


@check(title="wrong GTIN", sentence="{place}: {detail}", needs={"gtin", "catalogue_gtin"}, observes=lambda _: "gtin")
def identifier(offers: pl.LazyFrame, params: Identifier) -> pl.LazyFrame:  # noqa: ARG001 - one signature
    """Offers that show another GTIN than the catalogue has for the product, and what is the matter with it.

    Unreadable (a spreadsheet's `3.01762E+12`), with a wrong check digit, without its check digit, a case's instead of the unit's
    or the other way round, an in-store number that means nothing outside, or another product's. Leading zeros do not count, and a
    UPC-E is the UPC-A it stands for.

    Not judged: offers that show none, products whose catalogue entry has none that can be read; in-store numbers against
    in-store numbers, for what of their digits is a price or a weight is each retailer's own; other sellers' offers.

    Example::

        - id: gtin
          check: identifier
          severity: minor
          owner: master-data
          why: A wrong GTIN sends customers, feeds and marketplaces to another product.
    """
    shown, ours = pl.col("gtin"), pl.col("catalogue_gtin")
    both = formatted("{}, catalogue: {}", identifiers.gtin_text(shown), identifiers.gtin_text(ours))
    # most specific first: one in ten numbers without their check digit passes for a GTIN, and all cases do
    matters = {
        "without its check digit": shown == ours // 10,
        "wrong check digit": ~identifiers.check_digit_right(shown),
        "a case's GTIN": identifiers.unit_of_case(shown) == ours // 10,
        "the single unit's GTIN": identifiers.unit_of_case(ours) == shown // 10,
        "an in-store number": identifiers.restricted(shown),
    }
    named = [pl.when(holds).then(pl.lit(matter)) for matter, holds in matters.items()]
    words = pl.concat_str(pl.coalesce(*named, pl.lit("another product's GTIN")), both, separator=": ")
    unreadable = shown == identifiers.UNREADABLE
    same = (shown == ours) | (identifiers.expanded(shown) == ours).fill_null(False)
    inside = identifiers.restricted(shown) & identifiers.restricted(ours)
    judged = offers.filter(pl.col("seller").is_null(), ours != identifiers.UNREADABLE)
    return suspects(
        judged.filter(~same & ~inside),
        subject="gtin",
        detail=pl.when(unreadable).then(pl.lit("what it shows is no GTIN")).otherwise(words),
    )
