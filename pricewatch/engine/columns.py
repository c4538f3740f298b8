"""The types of the columns that a condition may name: a rule's `where`, the text of the check kind `condition`."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pricewatch.domain import tables


def types_of(names: Iterable[str]) -> dict[str, pl.DataType]:
    """Names with their types, of `rules.WHERE_COLUMNS` and its like. Money is Int64 minor units."""
    source_runs, products = tables.schema("source_runs"), tables.schema("products")
    types = {**source_runs, **products, **tables.schema("findings"), **tables.schema("offers"), "listed": products["channels"]}
    # the rest is ours, derived from the calendar and the price list: text for names, minor units for money
    text = tables.schema("findings")["market"]
    return {name: types.get(name) or (pl.Int64() if name.endswith(("_price", "_gtin")) else text) for name in names}
