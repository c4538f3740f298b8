"""Kinds that look at one offer in several ways: the first thing that is wrong is told, and each offer once.

verdicts = [verdict(price < floor, subject="price", observed=price, expected=floor, detail="below our own lowest price"),
            verdict(price > ceiling, subject="price", observed=price, expected=ceiling, detail="above the highest price")]
return first_wrong(offers, verdicts)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from pricewatch.engine.checks import CANDIDATE


class Verdict(NamedTuple):
    """One way in which an offer may be wrong."""

    wrong: pl.Expr
    """Boolean; null is not wrong."""
    told: pl.Expr
    """Struct of `checks.CANDIDATE`."""


def verdict(
    wrong: pl.Expr,
    *,
    subject: str,
    observed: pl.Expr | None = None,
    expected: pl.Expr | None = None,
    detail: pl.Expr | str | None = None,
) -> Verdict:
    """What is told where `wrong` holds. Amounts are Int64 minor units, `detail` is String."""
    words = pl.lit(detail) if isinstance(detail, str) else detail
    values = {"subject": pl.lit(subject), "observed": observed, "expected": expected, "detail": words}
    told = ((pl.lit(None) if value is None else value).cast(CANDIDATE[name]).alias(name) for name, value in values.items())
    return Verdict(wrong.fill_null(False), pl.struct(*told))


def first_wrong(offers: pl.LazyFrame, verdicts: Iterable[Verdict]) -> pl.LazyFrame:
    """Offers of which a verdict holds, with the columns of the first that does (`checks.CANDIDATE`).

    Words are made for these few only.
    """
    asked = list(verdicts)
    found = offers.filter(pl.any_horizontal(pl.lit(False), *(each.wrong for each in asked)))
    judged = found.with_columns(_verdict=pl.coalesce([pl.when(each.wrong).then(each.told) for each in asked]))
    return judged.with_columns(pl.col("_verdict").struct.field(name).alias(name) for name in CANDIDATE).drop("_verdict")
