"""The database against a real SQLite file: what is saved comes back, and a night is asked about as it was."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from polars.testing.parametric import column, dataframes
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine.world import Run
from pricewatch.store.database import MEDIANS, RUNS, SCORE_KEY, Database
from pricewatch.store.models import METADATA

FRIDAY = date(2026, 3, 13)
SIX = datetime(2026, 3, 14, 6, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state/pricewatch.db"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as opened:
        yield opened


def rows_of(table: str, *rows: dict[str, object]) -> pl.DataFrame:
    """Rows of a table, with something quiet in every column that must not be null and is not named."""
    quiet = {pl.String: "x", pl.Int64: 1, pl.Float64: 1.0, pl.Boolean: True, pl.Date: FRIDAY, tables.UTC: SIX}
    columns = tables.TABLES[table].columns
    default = {name: None if spec.nullable else quiet[spec.dtype] for name, spec in columns.items()}
    return pl.DataFrame([default | row for row in rows], schema=tables.schema(table))


def run(night: date = FRIDAY, *findings: dict[str, object], **known: object) -> Run:
    found = rows_of("findings", *({"night": night} | row for row in findings))
    return replace(Run(night, SIX, SIX, 1.5, "complete", {"offers": 3}, findings=found), **known)


def nightly(table: str, key: str) -> st.SearchStrategy[pl.DataFrame]:
    """Any frame of a table for one night, keys unique; nulls where the table says so."""
    columns = tables.TABLES[table].columns
    by_type = {pl.Float64: {"strategy": st.floats(allow_nan=False)}, pl.Date: {"strategy": st.dates()}}
    return dataframes(
        [
            column("night", pl.Date, strategy=st.just(FRIDAY))
            if name == "night"
            else column(name, spec.dtype, unique=name == key, allow_null=spec.nullable, **by_type.get(spec.dtype, {}))
            for name, spec in columns.items()
        ],
        max_size=5,
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    findings=nightly("findings", "fingerprint"),
    incidents=nightly("incidents", "incident"),
    source_runs=nightly("source_runs", "source"),
    scores=nightly("scores", "value"),
)
def test_every_frame_comes_back_as_it_was_saved(tmp_path_factory, findings, incidents, source_runs, scores):
    frames = {"findings": findings, "incidents": incidents, "source_runs": source_runs, "scores": scores}
    saved = Run(
        FRIDAY, SIX, SIX, 2.25, "source_failed", {"offers": 10**12}, **frames, workspace="Shop", previous_night=date(2026, 3, 9)
    )
    with Database(f"sqlite:///{tmp_path_factory.mktemp('any')}/p.db") as database:
        database.save(saved)
        known = database.run(FRIDAY)
    assert known is not None
    assert_frame_equal(known.findings, findings.sort("fingerprint"))
    assert_frame_equal(known.incidents, incidents.sort("rank", "incident"))
    assert_frame_equal(known.source_runs, source_runs.sort("source"))
    assert_frame_equal(known.scores, scores.sort(*SCORE_KEY))
    nothing = dict.fromkeys(frames, rows_of("findings"))
    assert replace(known, **nothing) == replace(saved, **nothing)


def test_instants_of_any_zone_come_back_in_utc(database):
    paris = datetime(2026, 3, 14, 7, tzinfo=UTC).astimezone(tz=None)
    database.save(run(started_at=paris))
    known = database.run()
    assert known.started_at == paris
    assert known.started_at.utcoffset() == timedelta(0)


def test_saving_a_night_again_replaces_it_and_nothing_else(database):
    thursday = FRIDAY - timedelta(1)
    database.save(run(thursday, {"fingerprint": "a"}))
    database.save(run(FRIDAY, {"fingerprint": "a"}, {"fingerprint": "b"}, incidents=rows_of("incidents", {"night": FRIDAY})))
    database.save(run(FRIDAY, {"fingerprint": "c"}, status="source_failed"))
    assert database.run(FRIDAY).findings["fingerprint"].to_list() == ["c"]
    assert database.run(FRIDAY).incidents.is_empty()
    assert database.run(FRIDAY).status == "source_failed"
    assert database.run(thursday).findings["fingerprint"].to_list() == ["a"]


def test_a_night_that_can_not_be_saved_whole_leaves_what_was_there(database):
    database.save(run(FRIDAY, {"fingerprint": "a"}))
    with pytest.raises(sa.exc.IntegrityError):
        database.save(run(FRIDAY, {"fingerprint": "b"}, {"fingerprint": "b"}))
    assert database.run(FRIDAY).findings["fingerprint"].to_list() == ["a"]


def test_rows_of_another_night_or_with_other_columns_are_refused(database):
    with pytest.raises(ValueError, match="other nights than 2026-03-13"):
        database.save(replace(run(), findings=rows_of("findings", {"night": date(2026, 3, 12)})))
    with pytest.raises(ValueError, match="findings: "):
        database.save(replace(run(), findings=rows_of("findings").drop("owner")))
    assert database.run() is None


def test_memory_is_the_last_row_of_each_fingerprint_before_the_night(database):
    monday, tuesday, wednesday = (date(2026, 3, day) for day in (9, 10, 11))
    database.save(run(monday, {"fingerprint": "a", "state": "new"}, {"fingerprint": "b", "state": "new"}))
    database.save(run(tuesday, {"fingerprint": "a", "state": "open"}, {"fingerprint": "b", "state": "resolved"}))
    database.save(run(wednesday, {"fingerprint": "a", "state": "resolved"}, {"fingerprint": "c", "state": "new"}))

    def states(night: date) -> list[tuple[object, ...]]:
        return database.memory(night).findings.select("fingerprint", "night", "state").rows()

    assert states(monday) == []
    assert states(tuesday) == [("a", monday, "new"), ("b", monday, "new")]
    assert states(wednesday) == [("a", tuesday, "open"), ("b", tuesday, "resolved")]
    assert states(date(2026, 3, 20)) == [("a", wednesday, "resolved"), ("b", tuesday, "resolved"), ("c", wednesday, "new")]
    assert database.memory(monday).findings.schema == tables.schema("findings")


@settings(max_examples=20, deadline=None)
@given(nights=st.lists(st.sets(st.sampled_from("abcdef")), max_size=6), asked=st.integers(0, 7))
def test_memory_equals_a_search_through_all_nights(tmp_path_factory, nights, asked):
    with Database(f"sqlite:///{tmp_path_factory.mktemp('nights')}/p.db") as database:
        last: dict[str, date] = {}
        for number, fingerprints in enumerate(nights):
            night = FRIDAY + timedelta(number)
            database.save(run(night, *({"fingerprint": one} for one in fingerprints)))
            if number < asked:
                last |= dict.fromkeys(fingerprints, night)
        known = database.memory(FRIDAY + timedelta(asked)).findings
    assert dict(known.select("fingerprint", "night").iter_rows()) == last


def test_memory_knows_when_an_incident_was_first_seen(database):
    thursday = FRIDAY - timedelta(1)
    seen = {"incident": "promotion-P2218", "night": thursday, "first_seen": date(2026, 3, 2)}
    database.save(run(thursday, incidents=rows_of("incidents", seen)))
    assert database.memory(FRIDAY).incidents.select("incident", "first_seen").rows() == [("promotion-P2218", date(2026, 3, 2))]
    assert database.memory(thursday).incidents.is_empty()


def test_a_finding_is_told_night_by_night_from_the_start_of_its_fingerprint(database):
    for night in (FRIDAY, FRIDAY - timedelta(1)):
        database.save(
            run(night, {"fingerprint": "ab12"}, {"fingerprint": "AB12"}, {"fingerprint": "ab_9"}, {"fingerprint": "cd"})
        )
    told = database.finding("ab1")
    assert told.select("fingerprint", "night").rows() == [("ab12", FRIDAY - timedelta(1)), ("ab12", FRIDAY)]
    assert database.finding("ab_")["fingerprint"].unique().to_list() == ["ab_9"]
    assert database.finding("zz").schema == tables.schema("findings")


def test_runs_are_listed_newest_first_with_their_counts(database):
    assert database.runs().schema == pl.Schema(RUNS)
    for day in (11, 13, 12):
        database.save(run(date(2026, 3, day), counts={"offers": day, "of_our_own": 1}))
    listed = database.runs(limit=2)
    assert listed.schema == pl.Schema(RUNS)
    assert listed.select("night", "offers", "judged").rows() == [(FRIDAY, 13, None), (date(2026, 3, 12), 12, None)]
    assert database.run().counts == {"offers": 13, "of_our_own": 1}


def test_a_finding_is_waived_until_a_day_and_a_second_waiver_replaces_the_first(database):
    database.save(run(FRIDAY, {"fingerprint": "a"}))
    database.waive("a", who="jo", why="label reprinted", until=date(2026, 3, 20))
    database.waive("a", who="kim", why="still printing", until=date(2026, 4, 1))
    told = database.waivers().select("waiver", "fingerprint", "who", "why", "until")
    assert told.rows() == [("a", "a", "kim", "still printing", date(2026, 4, 1))]
    assert database.waivers().schema == tables.schema("waivers")
    assert_frame_equal(database.memory(FRIDAY).waivers, database.waivers())
    database.save(run(FRIDAY))
    assert database.waivers().height == 1


def test_a_condition_is_waived_under_an_id_of_its_own_and_takes_the_place_of_the_same_one(database):
    first = database.waive_where("location = '0417'", who="jo", why="closing", until=date(2026, 3, 20))
    again = database.waive_where("location = '0417'", who="kim", why="closing later", until=date(2026, 4, 1))
    other = database.waive_where("location = '0418'", who="jo", why="closing", until=date(2026, 3, 20))
    assert first == again != other
    told = database.waivers().select("waiver", "fingerprint", "where", "who")
    assert told.rows() == [(other, None, "location = '0418'", "jo"), (again, None, "location = '0417'", "kim")]


@pytest.mark.parametrize("version", [1, 2])
def test_waivers_of_an_older_database_are_kept_under_the_id_of_their_finding(url, version):
    Database(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE schema_version SET version = {version}"))
        connection.execute(sa.text("DROP TABLE waivers"))
        connection.execute(
            sa.text(
                "CREATE TABLE waivers (fingerprint VARCHAR NOT NULL, who VARCHAR NOT NULL, why VARCHAR NOT NULL, "
                "until DATE NOT NULL, CONSTRAINT pk_waivers PRIMARY KEY (fingerprint))"
            )
        )
        connection.execute(sa.text("INSERT INTO waivers VALUES ('f1', 'jo', 'reprinting', '2026-03-20')"))
    engine.dispose()
    for _ in range(2):
        with Database(url) as database:
            assert database.waivers().rows() == [("f1", "f1", None, "jo", "reprinting", None, date(2026, 3, 20), None)]


def test_a_waiver_needs_a_finding_a_name_and_a_reason(database):
    database.save(run(FRIDAY, {"fingerprint": "a"}))
    with pytest.raises(UserError, match="no such finding") as unknown:
        database.waive("b", who="jo", why="label reprinted", until=FRIDAY)
    assert "pricewatch findings" in unknown.value.fix
    with pytest.raises(UserError, match="who waives and why"):
        database.waive("a", who="jo", why=" ", until=FRIDAY)
    assert database.waivers().is_empty()


def test_a_normal_night_of_a_source_is_the_median_of_its_last_complete_ones(database):
    delivered = [(1, 10, "complete"), (2, 1_000, "complete"), (3, 3, "degraded"), (4, 1_200, "complete"), (5, 1_100, "complete")]
    for day, rows, status in delivered:
        night = date(2026, 3, day)
        source = {"source": "tills", "night": night, "rows": rows, "status": status}
        never = {"source": "app", "night": night, "rows": 0, "status": "failed"}
        database.save(run(night, source_runs=rows_of("source_runs", source, never)))
    assert database.source_medians(date(2026, 3, 6), nights=3).rows() == [("tills", 1_100)]
    assert database.source_medians(date(2026, 3, 5), nights=7).rows() == [("tills", 1_000)]
    assert database.source_medians(date(2026, 3, 1)).schema == pl.Schema(MEDIANS)


def test_what_was_saved_is_there_when_opened_again(url):
    with Database(url) as first:
        first.save(run(FRIDAY, {"fingerprint": "a"}))
    with Database(url) as second:
        assert second.run().findings["fingerprint"].to_list() == ["a"]


def test_a_database_of_a_newer_pricewatch_is_refused(url):
    Database(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE schema_version SET version = 99"))
    engine.dispose()
    with pytest.raises(UserError, match="a newer pricewatch wrote this database") as refused:
        Database(url)
    assert refused.value.where.endswith("pricewatch.db")
    assert refused.value.fix == "install the newer pricewatch"


@pytest.mark.parametrize("content", [b"this is no database, it is a shopping list\n" * 100])
def test_a_file_that_is_no_database_is_told_with_its_place(tmp_path, content):
    (tmp_path / "p.db").write_bytes(content)
    with pytest.raises(UserError, match="not a database") as told:
        Database(f"sqlite:///{tmp_path}/p.db")
    assert told.value.where == f"{tmp_path}/p.db"
    assert "move the file away" in told.value.fix


def test_a_folder_that_can_not_be_made_and_an_address_that_is_none_are_told(tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(UserError, match="can't be made"):
        Database(f"sqlite:///{tmp_path}/state/below/p.db")
    with pytest.raises(UserError, match="no database can be reached so"):
        Database("p.db")


def test_a_password_is_never_part_of_a_message():
    with pytest.raises(UserError) as told:
        Database("nonesuch://jo:secret@host/prices")
    assert "secret" not in str(told.value)


def test_several_processes_may_open_a_new_database_at_once(url):
    program = f"from pricewatch.store.database import Database\nwith Database({url!r}) as d: assert d.runs().is_empty()"
    openers = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(opener.communicate()[1], opener.returncode) for opener in openers] == [(b"", 0)] * 4


def test_a_full_disk_is_told_and_leaves_what_was_stored(url):
    with Database(url) as database:
        database.save(run(FRIDAY, {"fingerprint": "a"}))
    program = f"""
import resource
from datetime import date
from pathlib import Path
import polars as pl
from pricewatch.domain.errors import UserError
from pricewatch.store.database import Database
with Database({url!r}) as database:
    night = database.run()
    many = night.findings.select(pl.all().repeat_by(5_000).explode()).with_columns(
        fingerprint=pl.int_range(5_000).cast(pl.String), message=pl.lit("m" * 1_000)
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
    try:
        database.save(night.__class__(night.night, night.started_at, night.as_of, 1.0, "complete", {{}}, findings=many))
    except UserError as error:
        print(error)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "the database does not work: " in told.stdout
    assert "make room on that disk" in told.stdout
    with Database(url) as database:
        assert database.run().findings["fingerprint"].to_list() == ["a"]


def test_the_same_tables_can_be_made_on_postgresql():
    made = [str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in METADATA.sorted_tables]
    made += [str(CreateIndex(i).compile(dialect=postgresql.dialect())) for t in METADATA.sorted_tables for i in t.indexes]
    everything = "\n".join(made)
    assert "impact BIGINT" in everything
    assert "observed_at TIMESTAMP WITH TIME ZONE" in everything
    assert 'fingerprint VARCHAR COLLATE "C" NOT NULL' in everything
    assert "counts JSONB NOT NULL" in everything
