"""Amounts and rates inside what a finding says in words: 12.99, 34 %, 33.3 %. No float takes part."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import money
from pricewatch.domain.texts import formatted


def amount(minor: pl.Expr | str) -> pl.Expr:
    """String: minor units of the row's `currency` as a decimal; null stays null."""
    return money.show_expr(pl.col(minor) if isinstance(minor, str) else minor, pl.col("currency"))


def percent(basis_points: pl.Expr) -> pl.Expr:
    """String: whole basis points, not negative, as a percentage without needless zeros: 3400 is `34`, 3333 is `33.33`."""
    whole, tenths, hundredths = basis_points // 100, basis_points // 10 % 10, basis_points % 10
    return (
        pl.when(basis_points % 100 == 0)
        .then(formatted("{}", whole))
        .when(hundredths == 0)
        .then(formatted("{}.{}", whole, tenths))
        .otherwise(formatted("{}.{}{}", whole, tenths, hundredths))
    )
