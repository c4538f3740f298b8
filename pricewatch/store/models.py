"""The database's tables, and how a connection to it is made.

Findings, incidents, source runs and waivers have the columns of `domain.tables`, read from there: a column is named, typed and
said to be nullable once. Money and counts are BIGINT, days DATE, instants UTC timestamps; nothing here is for SQLite only.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import polars as pl
import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from pricewatch.domain import tables

SCHEMA_VERSION = 3
"""Goes up by one with every change of a table. An older program refuses a newer database."""

METADATA = sa.MetaData(
    naming_convention={"ix": "ix_%(column_0_N_label)s", "pk": "pk_%(table_name)s"}  # later migrations name what they change
)


class _Json(sa.types.TypeDecorator[Any]):
    """JSON; on PostgreSQL in its binary form, whose dialect is loaded there only."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The type that this database has for it."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(sa.JSON())
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB())


class Stored(SQLModel):
    """What the tables written by hand share: the same metadata as those read from `domain.tables`."""

    metadata: ClassVar[sa.MetaData] = METADATA


class SchemaVersion(Stored, table=True):
    """Which tables this database has. One row."""

    __tablename__ = "schema_version"
    version: int = Field(primary_key=True)


class RunRow(Stored, table=True):
    """The scalars of `engine.world.Run`. One row a night."""

    __tablename__ = "runs"
    night: date = Field(primary_key=True)
    started_at: datetime
    as_of: datetime
    seconds: float
    status: str
    counts: dict[str, int] = Field(sa_type=_Json)
    workspace: str
    previous_night: date | None = None


# PostgreSQL sorts text by language unless told otherwise; byte order lets a fingerprint be found by its start everywhere.
_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")

_TYPES: dict[pl.DataType, sa.types.TypeEngine[Any]] = {
    pl.String(): _TEXT,
    pl.Int64(): sa.BigInteger(),
    pl.Float64(): sa.Double(),
    pl.Boolean(): sa.Boolean(),
    pl.Date(): sa.Date(),
    tables.UTC: UTCDateTime(),
}


def _table(name: str, *indexes: sa.Index, key: tuple[str, ...]) -> sa.Table:
    """The table of `domain.tables` called `name`, with `key` as its primary key."""
    columns = tables.TABLES[name].columns
    return sa.Table(
        name,
        METADATA,
        *(
            sa.Column(column, _TYPES[spec.dtype], primary_key=column in key, nullable=spec.nullable)
            for column, spec in columns.items()
        ),
        sa.PrimaryKeyConstraint(*key),
        *indexes,
    )


FINDINGS = _table(
    "findings",
    sa.Index(None, "fingerprint", "night"),  # the last row of each fingerprint is read from this index alone
    key=("night", "fingerprint"),
)
INCIDENTS = _table("incidents", key=("night", "incident"))
SOURCE_RUNS = _table("source_runs", key=("night", "source"))
SCORES = _table("scores", key=("night", "market", "scope", "value", "measure"))
WAIVERS = _table("waivers", key=("waiver",))


def make_engine(url: str) -> sa.Engine:
    """A connection pool to the database at `url`; on SQLite with a write-ahead log, and with our own BEGIN.

    Reads that should not wait for a writer use `engine.execution_options(read_only=True)`.
    """
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves: left to the driver, updates of several processes get lost
            for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            reading = connection.get_execution_options().get("read_only")
            connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")

    return engine
