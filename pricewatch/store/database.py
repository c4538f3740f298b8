"""What people ask about: the runs of each night, what was delivered, findings, incidents, and what was waived until when.

A night is replaced as a whole in one transaction, so a run that was killed is simply run again. What is asked of earlier nights
is answered as it was *before* the night in question: running a night twice gives the same findings twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType

import polars as pl
import sqlalchemy as sa
from sqlmodel import Session, col, select

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine.world import Memory, Run, Type
from pricewatch.store.frames import insert, read
from pricewatch.store.models import (
    FINDINGS,
    INCIDENTS,
    METADATA,
    SCHEMA_VERSION,
    SCORES,
    SOURCE_RUNS,
    WAIVERS,
    RunRow,
    SchemaVersion,
    make_engine,
)

COUNTS = ("offers", "judged", "not_comparable", "not_provable", "quarantined", "unmatched")
"""The counts of a run that have a column in `Database.runs`; `Database.run` has them all."""

RUNS: dict[str, Type] = {
    "night": pl.Date,
    "status": pl.String,
    "started_at": tables.UTC,
    "as_of": tables.UTC,
    "seconds": pl.Float64,
    "previous_night": pl.Date,
    **dict.fromkeys(COUNTS, pl.Int64),
}

MEDIANS: dict[str, Type] = {"source": pl.String, "median_rows": pl.Int64}


SCORE_KEY = ("market", "scope", "value", "measure")
"""How the scores of one night are sorted."""


class Database:
    """The database at `url` (`sqlite:///path/to/file.db`, or any that SQLAlchemy reaches). Made where there is none.

    Frames come in and go out with the columns and dtypes of `domain.tables`: instants UTC, microseconds; days as dates.
    Raises `UserError` where a newer pricewatch wrote it, and wherever it can't be opened, read or written.
    """

    def __init__(self, url: str) -> None:
        try:
            self._engine = make_engine(url)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
            raise UserError(
                f"no database can be reached so: {error}", url.split("@")[-1], "write sqlite:///data/pricewatch.db"
            ) from error
        self._reading = self._engine.execution_options(read_only=True)
        self._place = self._engine.url.database or self._engine.url.render_as_string(hide_password=True)
        try:
            if self._engine.dialect.name == "sqlite" and self._engine.url.database:
                _made(Path(self._engine.url.database).parent)
            self._open()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Database:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def save(self, run: Run) -> None:
        """Put one night's run, source runs, findings and incidents in the place of what was known of that night.

        One transaction: all of it or nothing. Other nights and waivers are not touched.
        Raises `ValueError` when a frame has other columns than its table or rows of another night.
        """
        frames = {FINDINGS: run.findings, INCIDENTS: run.incidents, SOURCE_RUNS: run.source_runs, SCORES: run.scores}
        for table, frame in frames.items():
            if frame.schema != tables.schema(table.name):
                raise ValueError(f"{table.name}: {frame.schema} is not {tables.schema(table.name)}")
            if not frame.filter(pl.col("night").ne_missing(run.night)).is_empty():
                raise ValueError(f"{table.name}: rows of other nights than {run.night}")
        scalars = RunRow(
            night=run.night,
            started_at=run.started_at,
            as_of=run.as_of,
            seconds=run.seconds,
            status=run.status,
            counts=dict(run.counts),
            workspace=run.workspace,
            previous_night=run.previous_night,
        )
        with self._writing() as connection:
            for table, frame in frames.items():
                connection.execute(sa.delete(table).where(table.c.night == run.night))
                insert(connection, table, frame)
            with Session(connection) as session:
                session.merge(scalars)
                session.commit()

    def memory(self, night: date) -> Memory:
        """What the nights strictly before `night` left: the last row of each finding and incident; and the waivers of today."""
        with self._read() as connection:
            return Memory(
                findings=_last(connection, FINDINGS, FINDINGS.c.fingerprint, night),
                waivers=read(connection, WAIVERS).sort("waiver"),
                incidents=_last(connection, INCIDENTS, INCIDENTS.c.incident, night),
            )

    def run(self, night: date | None = None) -> Run | None:
        """The run of `night`, or of the newest night there is; None when there is none.

        Findings are sorted by fingerprint, incidents by rank, source runs by source.
        """
        asked = select(RunRow) if night is None else select(RunRow).where(RunRow.night == night)
        with self._read() as connection:
            with Session(connection) as session:
                row = session.exec(asked.order_by(col(RunRow.night).desc()).limit(1)).first()
                if row is None:
                    return None
                known = row.model_dump()
            return Run(
                **known,
                findings=read(connection, FINDINGS, FINDINGS.c.night == known["night"]).sort("fingerprint"),
                incidents=read(connection, INCIDENTS, INCIDENTS.c.night == known["night"]).sort("rank", "incident"),
                source_runs=read(connection, SOURCE_RUNS, SOURCE_RUNS.c.night == known["night"]).sort("source"),
                scores=read(connection, SCORES, SCORES.c.night == known["night"]).sort(*SCORE_KEY),
            )

    def runs(self, limit: int = 30) -> pl.DataFrame:
        """The last `limit` nights, newest first. Columns: `RUNS`; a count that a run did not state is null."""
        with self._read() as connection, Session(connection) as session:
            found = session.exec(select(RunRow).order_by(col(RunRow.night).desc()).limit(limit)).all()
            rows = [row.model_dump() | {count: row.counts.get(count) for count in COUNTS} for row in found]
        return pl.DataFrame([{name: row[name] for name in RUNS} for row in rows], schema=RUNS)

    def finding(self, start_of_fingerprint: str) -> pl.DataFrame:
        """Every night's row of the findings whose fingerprint starts so (`tables.Findings`), by fingerprint and night."""
        start = FINDINGS.c.fingerprint
        # A range instead of LIKE: it uses the index, and capitals stay capitals on SQLite.
        begins = sa.and_(start >= start_of_fingerprint, start < start_of_fingerprint + "\U0010ffff")
        with self._read() as connection:
            return read(connection, FINDINGS, begins).sort("fingerprint", "night")

    def waive(self, fingerprint: str, who: str, why: str, until: date) -> None:
        """Live with a finding until a day, inclusive; a second waiver takes the place of the first.

        Raises `UserError` when nobody ever found it, or when it is not said who waives it and why.
        """
        _said(fingerprint, who, why)
        with self._writing() as connection:
            if connection.scalar(sa.select(FINDINGS.c.night).where(FINDINGS.c.fingerprint == fingerprint).limit(1)) is None:
                raise UserError("there is no such finding", fingerprint, "see their fingerprints with: pricewatch findings")
            _put_waiver(connection, waiver=fingerprint, fingerprint=fingerprint, who=who, why=why, until=until)

    def waive_where(self, where: str, who: str, why: str, until: date) -> str:
        """Live with all findings that meet a condition (`engine.waivers.problem` finds nothing in it) until a day; its id.

        The id follows from the condition: a second waiver of the same condition takes the place of the first.
        """
        waiver = "w" + hashlib.blake2b(where.encode(), digest_size=4).hexdigest()
        _said(waiver, who, why)
        with self._writing() as connection:
            _put_waiver(connection, waiver=waiver, where=where, who=who, why=why, until=until)
        return waiver

    def waivers(self) -> pl.DataFrame:
        """All waivers (`tables.Waivers`), past ones too, those that end first on top."""
        with self._read() as connection:
            return read(connection, WAIVERS).sort("until", "waiver")

    def source_medians(self, before: date, nights: int = 7) -> pl.DataFrame:
        """How many rows each source delivers on a normal night: the median of its last complete nights before `before`.

        Columns: `MEDIANS`, by source. A source without a complete night has no row.
        """
        c = SOURCE_RUNS.c
        newest = sa.func.row_number().over(partition_by=c.source, order_by=c.night.desc()).label("newest")
        complete = sa.select(c.source, c.rows, newest).where(c.night < before, c.status == "complete").subquery()
        with self._read() as connection:
            found = connection.execute(sa.select(complete.c.source, complete.c.rows).where(complete.c.newest <= nights)).all()
        rows = pl.DataFrame(found, schema={"source": pl.String, "rows": pl.Int64}, orient="row")
        medians = rows.group_by("source").agg(median_rows=pl.col("rows").median().round().cast(pl.Int64))
        return medians.sort("source").select(*MEDIANS)

    def scores(self, until: date, nights: int = 30) -> pl.DataFrame:
        """`tables.Scores` of the last `nights` nights up to and with `until`, oldest first."""
        newest = sa.select(col(RunRow.night)).where(col(RunRow.night) <= until).order_by(col(RunRow.night).desc()).limit(nights)
        with self._read() as connection:
            return read(connection, SCORES, SCORES.c.night.in_(newest)).sort("night", *SCORE_KEY)

    def _open(self) -> None:
        """Make the tables that are missing and see that this program knows all of them."""
        with self._writing() as connection:
            METADATA.create_all(connection)
            version = connection.scalar(sa.select(sa.func.max(SchemaVersion.version)))
            if version is None:
                connection.execute(sa.insert(SchemaVersion).values(version=SCHEMA_VERSION))
            elif version < SCHEMA_VERSION:
                _rekey_waivers(connection)
                _add_columns(connection)
                connection.execute(sa.update(SchemaVersion).values(version=SCHEMA_VERSION))
            elif version > SCHEMA_VERSION:
                raise UserError(
                    f"a newer pricewatch wrote this database (version {version} of its tables; this one knows {SCHEMA_VERSION})",
                    self._place,
                    "install the newer pricewatch",
                )

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._mendable(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with self._mendable(), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def _mendable(self) -> Iterator[None]:
        """Say what a user can do about a database that does not answer; our own mistakes in SQL stay what they are."""
        try:
            yield
        except sa.exc.DatabaseError as error:
            if isinstance(error, (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError)):
                raise
            said = str(error.orig)
            fixes = (
                ("locked", "another program holds it: wait until it has finished, then run again"),
                ("full", "make room on that disk, then run again; what was stored before is unharmed"),
                (
                    "disk I/O",
                    "make room on that disk and see that it is sound, then run again; what was stored before is unharmed",
                ),
                ("not a database", "move the file away; a new one is made, with no memory of earlier nights"),
                ("malformed", "move the file away, or bring back a copy of it"),
                ("readonly", "give the user who runs pricewatch the right to write there"),
                ("unable to open", "see that the folder is there and that the user who runs pricewatch may write in it"),
            )
            fix = next((fix for word, fix in fixes if word in said), "see that the database is up and can be reached")
            raise UserError(f"the database does not work: {said}", self._place, fix) from error


def _add_columns(connection: sa.Connection) -> None:
    """Columns that tables have won since the database was made; they may all be null, for earlier nights know nothing of them."""
    there = sa.inspect(connection)
    for table in METADATA.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                spec = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {spec}")


def _rekey_waivers(connection: sa.Connection) -> None:
    """Waivers that were keyed by the one finding each was about, keyed by an id: conditions came later."""
    if "waiver" in {column["name"] for column in sa.inspect(connection).get_columns(WAIVERS.name)}:
        return
    kept = ("fingerprint", "who", "why", "until")
    rows = connection.execute(sa.select(*(WAIVERS.c[name] for name in kept))).mappings().all()
    WAIVERS.drop(connection)
    WAIVERS.create(connection)
    for row in rows:
        _put_waiver(connection, waiver=row["fingerprint"], **row)


def _put_waiver(connection: sa.Connection, **given: object) -> None:
    """One waiver, in the place of the one with its id."""
    connection.execute(sa.delete(WAIVERS).where(WAIVERS.c.waiver == given["waiver"]))
    connection.execute(sa.insert(WAIVERS).values(**given))


def _said(waived: str, who: str, why: str) -> None:
    """Raises `UserError` when it is not said who waives and why."""
    if not who.strip() or not why.strip():
        raise UserError("a waiver says who waives and why", waived, "give both, for example --who jo --why 'label reprinted'")


def _made(folder: Path) -> None:
    """The folder, there from now on."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fix = "see that the user who runs pricewatch may write there"
        raise UserError(f"the folder of the database can't be made: {error.strerror}", str(folder), fix) from error


def _last(connection: sa.Connection, table: sa.Table, key: sa.Column[str], night: date) -> pl.DataFrame:
    """The last row of each key strictly before a night, with the table's schema, by key."""
    last = sa.select(key, sa.func.max(table.c.night).label("night")).where(table.c.night < night).group_by(key).subquery()
    rows = read(connection, table, sa.and_(key == last.c[key.name], table.c.night == last.c.night))
    return rows.sort(key.name)
