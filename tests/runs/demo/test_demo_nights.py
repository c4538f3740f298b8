"""The three nights, played for real: shop, spiders, till files, audit. And whose state a demo may wipe."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from conftest import Demo

from pricewatch.domain.errors import WorkspaceError
from pricewatch.engine.world import Run
from pricewatch.runs.demo import Played, play
from pricewatch.runs.demo.derive import NIGHTS
from pricewatch.runs.demo.nights import ANSWERS, MARKER, SHOP_VARIABLE, claim, shop_at
from pricewatch.workspace import Workspace
from pricewatch.workspace.config import WorkspaceFile
from pricewatch.workspace.starter import init


def bare(root: Path) -> Workspace:
    """A workspace of which only the folders matter."""
    return Workspace(root, WorkspaceFile(name="Corner Grocery", data="data", inbox="inbox", outbox="outbox"))


def expected_states(nights: str) -> Iterator[tuple[date, str]]:
    """What becomes of a finding whose fault lives on `nights` (as on the answer sheet), night by night."""
    before = ""
    for night in NIGHTS:
        if night.isoformat() in nights:
            before = {"": "new", "gone": "regressed"}.get(before, "open")
            yield night, before
        elif before not in ("", "gone"):
            before = "gone"
            yield night, "resolved"


@pytest.mark.demo
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("demo")
def test_three_nights_find_every_planted_fault_with_its_cause_and_nothing_else(demo: Demo) -> None:
    played = demo.played
    assert list(played.score.lines()) == [f"{played.score.planted} planted, {played.score.planted} found, 0 missed, 0 false"]
    assert [run.night for run in played.runs] == list(NIGHTS)
    assert {run.status for run in played.runs} == {"complete"}
    assert sum(line.endswith("collecting and auditing") for line in demo.told) == 3
    every_finding_has_the_fate_of_its_fault(played, demo.root / "data" / ANSWERS)
    nothing_personal_came_in(demo.root)
    the_shop_is_gone(played)


def every_finding_has_the_fate_of_its_fault(played: Played, answers: Path) -> None:
    found = pl.concat([run.findings for run in played.runs])
    for row in pl.read_csv(answers).iter_rows(named=True):
        named = {name: row[name] for name in ("channel", "sku", "check")}
        fates = found.filter(**named).sort("night").select("night", "state").rows()
        assert fates == list(expected_states(row["nights"])), row


def nothing_personal_came_in(root: Path) -> None:
    for landed in (root / "data").rglob("*.parquet"):
        assert not {"household_id", "basket_id"} & set(pl.scan_parquet(landed).collect_schema().names())


def the_shop_is_gone(played: Played) -> None:
    pages = played.runs[-1].findings.filter(pl.col("channel") == "web")["source_ref"].drop_nulls()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(pages[0], timeout=2)


def test_a_workspace_with_state_of_its_own_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    database = tmp_path / "data/pricewatch.db"
    database.parent.mkdir()
    database.write_text("mine")
    with pytest.raises(WorkspaceError, match=r"data/pricewatch\.db") as error:
        claim(bare(tmp_path))
    assert "pricewatch init demo-shop" in error.value.fix
    assert database.read_text() == "mine"
    assert not (tmp_path / "data" / MARKER).exists()


def test_deliveries_that_a_demo_would_replace_are_refused_too(tmp_path: Path) -> None:
    (tmp_path / "inbox/central").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="inbox/central"):
        claim(bare(tmp_path))
    assert (tmp_path / "inbox/central").exists()


def test_a_demos_own_state_is_wiped_and_other_peoples_deliveries_stay(tmp_path: Path) -> None:
    claim(bare(tmp_path))
    for name in ("data/pricewatch.db", "data/lake/items.parquet", "inbox/2017-06-18/tills/1.csv", "inbox/2026-03-13/ours.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    claim(bare(tmp_path))
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"data/.demo", "data/.lock", "inbox/2026-03-13/ours.csv"}


def test_an_empty_workspace_becomes_the_demos(tmp_path: Path) -> None:
    claim(bare(tmp_path))
    assert (tmp_path / "data" / MARKER).exists()


def test_the_environment_is_as_before_when_the_shop_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHOP_VARIABLE, raising=False)
    with shop_at("http://127.0.0.1:1"):
        assert os.environ[SHOP_VARIABLE] == "http://127.0.0.1:1"
    assert SHOP_VARIABLE not in os.environ
    monkeypatch.setenv(SHOP_VARIABLE, "http://mine")
    with shop_at("http://127.0.0.1:1"):
        pass
    assert os.environ[SHOP_VARIABLE] == "http://mine"


@pytest.mark.demo
def test_a_night_that_fails_leaves_no_shop_behind(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    seen: list[str] = []

    def failing(workspace: Workspace, night: date, **_: object) -> Run:
        seen.append(str(next(source.url for source in workspace.sources if source.id == "webshop")))
        raise Stop

    init(tmp_path)
    with pytest.raises(Stop):
        play(Workspace.load(tmp_path), say=lambda _: None, run_night=failing)
    assert SHOP_VARIABLE not in os.environ
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(seen[0], timeout=2)
