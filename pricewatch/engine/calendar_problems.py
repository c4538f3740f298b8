"""One thing that is wrong with a calendar or a price list: the columns it is told in, before it is a finding."""

from __future__ import annotations

import polars as pl

PROBLEM: dict[str, pl.DataType] = {
    "rule": pl.String(),
    "severity": pl.String(),
    "subject": pl.String(),
    "market": pl.String(),
    "zone": pl.String(),
    "sku": pl.String(),
    "promotion": pl.String(),
    "message": pl.String(),
    "source": pl.String(),
    "source_ref": pl.String(),
}


def problem(rows: pl.DataFrame, rule: str | pl.Expr, *, severity: str, subject: str | pl.Expr, message: pl.Expr) -> pl.DataFrame:
    """Rows of `PROBLEM`, one a row: where each is (market, zone, SKU, promotion, source) as the rows say it, null where not.

    `rule`, `severity` and `subject` are words, or an expression that says them.
    """
    said = {
        name: pl.lit(value) if isinstance(value, str) else value
        for name, value in (("rule", rule), ("severity", severity), ("subject", subject), ("message", message))
    }
    told = rows.with_columns(**said)
    return told.select((pl.col(n) if n in told.columns else pl.lit(None)).cast(d).alias(n) for n, d in PROBLEM.items())
