"""Kinds that look at one offer in several ways: the first thing that is wrong is told, and each offer once.

verdicts = [verdict(price < floor, subject="price", observed=price, expected=floor, detail="below our own lowest price"),
            verdict(price > ceiling, subject="price", observed=price, expected=ceiling, detail="above the highest price")]
return first_wrong(offers, verdicts)
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pricewatch.engine.checks import CANDIDATE


def verdict(
    wrong: pl.Expr,
    *,
    subject: str,
    observed: pl.Expr | None = None,
    expected: pl.Expr | None = None,
    detail: pl.Expr | str | None = None,
) -> pl.Expr:
    """Struct of `checks.CANDIDATE` where `wrong` holds; null where it does not, or is null. Amounts are Int64 minor units."""
    words = pl.lit(detail) if isinstance(detail, str) else detail
    values = {"subject": pl.lit(subject), "observed": observed, "expected": expected, "detail": words}
    told = ((pl.lit(None) if value is None else value).cast(CANDIDATE[name]).alias(name) for name, value in values.items())
    return pl.when(wrong).then(pl.struct(*told))


def first_wrong(offers: pl.LazyFrame, verdicts: Iterable[pl.Expr]) -> pl.LazyFrame:
    """Offers of which a verdict holds, with the columns of the first that does (`checks.CANDIDATE`)."""
    judged = offers.with_columns(_verdict=pl.coalesce(list(verdicts)))
    told = (pl.col("_verdict").struct.field(name).alias(name) for name in CANDIDATE)
    return judged.filter(pl.col("_verdict").is_not_null()).with_columns(told).drop("_verdict")
