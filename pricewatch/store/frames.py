"""Frames to rows of a table and back, in bulk.

300 000 findings are 13 million cells. On SQLite, which keeps days and instants as text, Polars writes and reads that text a
column at a time; done a cell at a time by the database layer, both ways take twice as long. Other databases take Python values.
"""

from __future__ import annotations

import polars as pl
import sqlalchemy as sa

from pricewatch.domain import tables

_CHUNK = 20_000  # rows that are Python objects at a time: some 20 MB of a wide table

_INSTANT = "%Y-%m-%d %H:%M:%S%.6f"  # as SQLAlchemy writes a DateTime on SQLite


def insert(connection: sa.Connection, table: sa.Table, frame: pl.DataFrame) -> None:
    """Add a frame's rows to a table. The frame has exactly the columns and dtypes of `domain.tables`, in order."""
    if connection.dialect.name != "sqlite":
        for part in frame.iter_slices(_CHUNK):
            connection.execute(sa.insert(table), part.to_dicts())
        return
    statement = str(sa.insert(table).compile(dialect=connection.dialect))
    text = frame.with_columns(pl.col(pl.Date).dt.to_string("%Y-%m-%d"), pl.col(pl.Datetime).dt.to_string(_INSTANT))
    for part in text.iter_slices(_CHUNK):
        columns = [column.to_list() for column in part.get_columns()]
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


def read(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> pl.DataFrame:
    """The rows of a table that meet every condition, with the schema of `domain.tables`; in no particular order."""
    schema = tables.schema(table.name)
    if connection.dialect.name != "sqlite":
        rows = connection.execute(sa.select(table).where(*where)).all()
        return pl.DataFrame(rows, schema=schema, orient="row")
    stored = {name: pl.String() if dtype.is_temporal() else dtype for name, dtype in schema.items()}
    plain = [sa.type_coerce(column, sa.String()) if stored[column.name] == pl.String else column for column in table.columns]
    parts = [
        pl.DataFrame(rows, schema=stored, orient="row")
        for rows in connection.execute(sa.select(*plain).where(*where)).partitions(_CHUNK)
    ]
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=stored)
    days = [name for name, dtype in schema.items() if dtype == pl.Date]
    instants = [name for name, dtype in schema.items() if dtype == tables.UTC]
    return frame.with_columns(
        pl.col(days).str.to_date("%Y-%m-%d"),
        pl.col(instants).str.to_datetime(_INSTANT, time_unit="us").dt.replace_time_zone("UTC"),
    )
