"""The benchmark's world is what it says it is, and those who are compared on it do the same work."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.bench import ours
from tests.bench.answers import difference
from tests.bench.central import Size
from tests.bench.contenders import Contender
from tests.bench.measure import Measured, measured
from tests.bench.peers import analyst, validation, yardsticks
from tests.bench.shown import FINDINGS
from tests.bench.table import printed, results
from tests.bench.workspace import KINDS
from tests.bench.world import World, world

pytestmark = pytest.mark.xdist_group("bench")
"""One world for all of them."""

SIZE = Size(20_000)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small world, its lake filled."""
    small = world(tmp_path_factory.mktemp("bench"), SIZE)
    ours.prepare(small.workspace, small.folder / "history")
    return small


def test_every_kind_of_fault_is_planted_and_no_offer_has_two_of_one_kind(made: World) -> None:
    assert {rule for found in FINDINGS.values() for rule in found} == set(KINDS)
    assert set(made.truth["rule"]) == set(KINDS)
    assert not made.truth.is_duplicated().any()


def test_a_world_is_as_large_as_asked_for_and_two_in_a_hundred_offers_are_wrong(made: World) -> None:
    offers = pl.read_parquet(made.folder / "offers" / "*.parquet")
    history = pl.read_parquet(made.folder / "history" / "*.parquet")
    assert offers.height == made.offers == pytest.approx(SIZE.offers, rel=0.05)
    assert 0.01 < made.truth.select("store", "sku").unique().height / made.offers < 0.03
    assert 1.5 < history.height / made.offers < 2.0


@pytest.mark.parametrize("verb", [ours.lake, ours.normalised])
def test_pricewatch_finds_what_was_planted_and_nothing_else(made: World, tmp_path: Path, verb: ours.Verb) -> None:
    verb(made.workspace, tmp_path / "answer.parquet")
    assert _difference(tmp_path, made).startswith("all ")


@pytest.mark.parametrize("layout", ["text", "coded"])
def test_sql_finds_what_was_planted_and_nothing_else(made: World, tmp_path: Path, layout: str) -> None:
    pytest.importorskip("duckdb")
    from tests.bench.peers import sql

    sql.run(layout, made.folder, tmp_path / "answer.parquet")
    assert _difference(tmp_path, made).startswith("all ")


def test_the_analyst_finds_what_was_planted_and_nothing_else(made: World) -> None:
    assert difference(analyst.findings(made.folder), made.truth).startswith("all ")


def test_validation_finds_what_was_planted_of_its_four_rules(made: World) -> None:
    assert difference(validation.findings(made.folder), made.truth, validation.RULES).startswith("all ")


def test_the_yardsticks_read_every_offer_and_every_row_of_history(made: World) -> None:
    history = pl.read_parquet(made.folder / "history" / "*.parquet")
    read = yardsticks.join(made.folder).collect(engine="streaming")
    assert read["sku_bytes"].item() == made.offers * len("S000000")
    assert read["h_price"].item() == history["price"].sum()
    assert read["wrong"].item() > 0


def test_the_same_seed_gives_the_same_bytes_and_another_one_another_world(tmp_path: Path) -> None:
    once, again = (_digests(world(tmp_path / name, Size(5_000)).folder) for name in ("once", "again"))
    other = _digests(world(tmp_path / "other", Size(5_000, seed=2)).folder)
    assert once == again
    changed = {name for name in once if other.get(name) != once[name]}
    assert {"truth.parquet", "tables/products.parquet", "workspace/inbox/catalogue.csv"} <= changed


def test_a_made_world_is_used_again_and_an_unfinished_one_is_not(tmp_path: Path) -> None:
    first = world(tmp_path, Size(5_000))
    truth = first.folder / "truth.parquet"
    made_at = truth.stat().st_mtime_ns
    assert world(tmp_path, Size(5_000)) == first
    assert truth.stat().st_mtime_ns == made_at
    (first.folder / "offers.txt").unlink()
    (first.folder / "offers" / "9999.parquet").touch()
    assert world(tmp_path, Size(5_000)) == first
    assert not (first.folder / "offers" / "9999.parquet").exists()


def test_a_difference_names_what_is_missing_what_is_false_and_what_is_told_twice() -> None:
    def rows(*rows: tuple[str, str, str]) -> pl.DataFrame:
        return pl.DataFrame(rows, schema=["rule", "store", "sku"], orient="row")

    truth = rows(("was_price", "web", "S1"), ("conflict", "web", "S1"))
    assert difference(truth, truth) == "all 2"
    answer = rows(("was_price", "web", "S1"), ("was_price", "web", "S1"), ("coverage", "web", "S1"))
    assert difference(answer, truth) == "1 missing (conflict); 1 false (coverage); 1 told twice"
    assert difference(answer.head(1), truth, ("was_price",)) == "all 1"


def test_a_child_is_measured_and_one_that_fails_or_takes_too_long_says_so(tmp_path: Path) -> None:
    def run(code: str, timeout: float = 60) -> Measured:
        return measured([sys.executable, "-c", code], timeout=timeout, log=tmp_path / "log")

    busy = run("data = bytearray(200_000_000)\nfor _ in range(2_000_000): pass")
    assert not busy.problem
    assert busy.peak > 200_000_000
    assert 0 < busy.cpu <= busy.wall * 1.5
    assert run("raise SystemExit('no such file')").problem == "failed: no such file"
    assert run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)").problem == "killed by SIGKILL"
    assert run("import threading; threading.Event().wait()", timeout=0.3).problem == "killed after 0.3 s"


def test_the_table_has_medians_and_the_ratio_of_each_round_to_the_peer() -> None:
    contenders = [
        Contender("lake", "ours", "ours"),
        Contender("duckdb", "SQL", "peers.sql"),
        Contender("scan", "scan", "y", rules=()),
    ]
    runs = {
        "lake": [Measured(1.0, 2.0, 10**8), Measured(9.0, 9.0, 10**8), Measured(2.0, 4.0, 10**8)],
        "duckdb": [Measured(2.0, 4.0, 10**9), Measured(9.0, 18.0, 10**9), Measured(4.0, 8.0, 10**9)],
        "scan": [Measured(0.0, 0.0, 0, "killed after 5 s")],
    }
    answers = {"lake": ["all 4", "1 missing (conflict)"], "duckdb": ["all 4"], "scan": [""]}
    lake, duckdb, scan = results(contenders, runs, answers, 1_000)
    assert (lake["wall"], lake["cpu"], lake["wall_ratio"], lake["cpu_ratio"]) == (2.0, 4.0, 0.5, 0.5)
    assert (lake["offers_per_second"], lake["answer"]) == (500.0, "1 missing (conflict) | all 4")
    assert (duckdb["wall_ratio"], scan["wall"], scan["problem"]) == (1.0, None, "killed after 5 s")
    assert printed([lake, duckdb, scan], 1_000, 3).splitlines()[2:] == [
        "      wall s  CPU s  peak MB  offers/s  wall x SQL  CPU x SQL  findings",
        "ours    2.00   4.00      100       500        0.50       0.50  1 missing (conflict) | all 4",
        "SQL     4.00   8.00    1,000       250        1.00       1.00  all 4",
        "scan       -      -        -         -           -          -  killed after 5 s",
    ]


def _difference(folder: Path, made: World) -> str:
    return difference(pl.read_parquet(folder / "answer.parquet"), made.truth)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
