"""Worlds and answers as text tables: what a test writes and what it compares with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl

from pricewatch.domain import money

MONEY = frozenset(
    {
        "list_price", "expected_price", "expected_member_price", "price", "regular_price", "was_price", "member_price",
        "shipping", "price_low", "price_high", "leader_price", "ended_price", "ended_member_price", "previous_list_price",
        "next_list_price",
        "tolerated_price", "tolerated_list_price", "tolerated_member_price", "expected", "observed", "delta", "impact",
        "early_price", "early_member_price", "coupon_price", "multibuy_paid", "credit", "points", "unit_price", "label_price",
        "file_price", "paid", "leader_shipping", "cost", "cost_transport", "cost_taxes", "min_price", "max_price", "map_price",
        "deposit", "eco_fee", "overcharge", "undercharge", "family_price", "single_price", "zone_list_price",
    }
)  # fmt: skip
"""Columns written as decimals."""


def table(text: str) -> pl.DataFrame:
    """A text table as text columns: the first line names them, two spaces separate, `-` is null."""
    lines = [re.split(r"\s{2,}", line.strip()) for line in text.strip().splitlines() if line.strip()]
    header, rows = lines[0], lines[1:]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells under {len(header)} columns: {row}")
    cells = [[None if cell == "-" else cell for cell in row] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(header, pl.String), orient="row")


def typed(text: str, schema: Mapping[str, Any], *, currency: str = "USD") -> pl.DataFrame:
    """A text table with the dtypes of `schema`; money becomes minor units, lists are separated by `|`."""
    frame = table(text)
    unknown = [name for name in frame.columns if name not in schema]
    if unknown:
        raise ValueError(f"no column {', '.join(unknown)}; there are {', '.join(schema)}")
    return frame.with_columns(_cell(name, schema[name], currency) for name in frame.columns)


def _cell(name: str, dtype: Any, currency: str) -> pl.Expr:
    text = pl.col(name)
    if name in MONEY:
        amount = money.parse(text, decimal=pl.lit("."), minor_units=pl.lit(False), per_unit=money.unit(pl.lit(currency)))
        return amount.alias(name)
    if dtype == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean).alias(name)
    if dtype == pl.Date:
        return text.str.to_date().alias(name)
    if isinstance(dtype, pl.Datetime):
        return pl.coalesce(
            text.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us", time_zone="UTC", strict=False),
            text.str.to_datetime("%Y-%m-%d", time_unit="us", time_zone="UTC", strict=False),
        ).alias(name)
    if isinstance(dtype, pl.Duration):
        return (text.str.strip_suffix("h").cast(pl.Int64) * timedelta(hours=1)).cast(dtype).alias(name)
    if isinstance(dtype, pl.List):
        return text.str.split("|").alias(name)
    return text.cast(dtype).alias(name)


def assert_table(found: pl.DataFrame, expected: str) -> None:
    """The named columns of `found`, in any order of rows, say exactly what the text table says."""
    wanted = table(expected)
    missing = [name for name in wanted.columns if name not in found.columns]
    if missing:
        raise AssertionError(f"no column {', '.join(missing)}; there are {', '.join(found.columns)}")
    shown = found.select(_shown(name, found.schema[name]) for name in wanted.columns)
    have, want = sorted(map(str, shown.rows())), sorted(map(str, wanted.rows()))
    if have != want:
        raise AssertionError("\n".join(["expected:", *want, "found:", *have]))


def _shown(name: str, dtype: pl.DataType) -> pl.Expr:
    if name in MONEY:
        return money.show_expr(pl.col(name), pl.lit("USD")).alias(name)
    if isinstance(dtype, pl.Datetime):
        return pl.col(name).dt.strftime("%Y-%m-%d %H:%M").alias(name)
    return pl.col(name).cast(pl.String).alias(name)
