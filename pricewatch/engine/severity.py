"""How bad is a finding? As its rule says: always the same, or by how far the amount is off.

    severity: {minor: {}, major: {amount: 0.50, percent: 5}, critical: {amount: 2.00, percent: 20}}

A price of 12.99 that should be 9.99 is 3.00 and 30 percent off: critical. One of 102.50 that should be 100.00 is 2.50 off, but
only 2.5 percent: minor, for both limits of a severity must be exceeded. A finding without amounts is as bad as the lowest says.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pricewatch.domain import money
from pricewatch.engine.world import Rule


def graded(rows: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Findings with the `severity` that the thresholds of their rules give them.

    In: `rule`, `severity` (the rule's lowest), `expected` and `delta` (Int64 minor units; null = not about money), `currency`.
    Rules without thresholds keep their severity, and so does a finding whose limits cannot be judged.
    """
    unit = rows.with_columns(unit=money.unit(pl.col("currency")))
    severity = pl.col("severity")
    for rule in rules:
        # From the lowest to the highest: the highest that is exceeded is said last.
        for name, limits in rule.severities:
            exceeded = limits.exceeded(pl.col("delta"), pl.col("expected")).fill_null(False)
            severity = pl.when((pl.col("rule") == rule.id) & exceeded).then(pl.lit(name)).otherwise(severity)
    return unit.with_columns(severity=severity).select(rows.columns)
