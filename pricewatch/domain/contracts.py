"""A declared table as a pandera schema: one call names every row and column of a frame that breaks its table's word.

    contract("offers").validate(frame, lazy=True)

Of a LazyFrame only columns and types are checked, so validate what was collected. Pandera takes longer to load than a small night
takes to judge: nothing that a night needs imports this module.
"""

from __future__ import annotations

import pandera.polars as pa

from pricewatch.domain.declarations import Column
from pricewatch.domain.tables import TABLES


def contract(table: str) -> pa.DataFrameSchema:
    """What a frame of a table must be: its columns, their types, conditions on their values. Other columns may stand beside."""
    declared = TABLES[table]
    columns = {name: _column(column) for name, column in declared.columns.items()}
    return pa.DataFrameSchema(columns, name=declared.__name__, description=declared.__doc__)


def _column(column: Column) -> pa.Column:
    """One column and its conditions."""
    checks = []
    if column.ge is not None:
        checks.append(pa.Check.ge(column.ge))
    if column.isin is not None:
        checks.append(pa.Check.isin([*column.isin]))
    if column.min_length is not None:
        checks.append(pa.Check.str_length(min_value=column.min_length))
    return pa.Column(column.dtype, checks, nullable=column.nullable, unique=column.unique, description=column.description or None)
