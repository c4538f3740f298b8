"""A night from its files to its store files: two in a row, one that is stopped, one that is done again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from pricewatch.domain.errors import UserError
from pricewatch.runs.look import last_run
from pricewatch.runs.night import business_date, judged_at, run_night
from pricewatch.store.lake import Lake
from pricewatch.workspace import Workspace

FRIDAY, SATURDAY = date(2026, 3, 13), date(2026, 3, 14)

FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n",
    "config/channels.yaml": "- {id: store, name: Stores, kind: store, market: fr, role: own_zone}\n",
    "config/sources.yaml": """
- {id: catalogue, feeds: products, importer: table_file, market: fr, files: inbox/catalogue.csv}
- {id: stores, feeds: locations, importer: table_file, market: fr, files: inbox/stores.csv}
- {id: price-list, feeds: price_list, importer: table_file, market: fr, files: inbox/price_list.csv}
- {id: tills, importer: table_file, market: fr, channel: store, surface: till, tax_included: true,
   files: "inbox/{night}/*.csv"}
""",
    "rules/prices.yaml": """
- {id: till-price, check: expected_price, severity: critical, owner: store-ops, why: Everybody pays the decided price.}
""",
    "inbox/catalogue.csv": "sku,name\nA1,Espresso\nA2,Pen\n",
    "inbox/stores.csv": "location,zone\n0417,Z1\n0009,Z1\n",
    "inbox/price_list.csv": "sku,market,zone,list_price,valid_from\nA1,fr,Z1,12.99,2026-01-01\nA2,fr,Z1,2.50,2026-01-01\n",
    "inbox/2026-03-13/0417.csv": "location,sku,price_text\n0417,A1,11.99\n0417,A2,2.75\n",
    "inbox/2026-03-13/0009.csv": "location,sku,price_text\n0009,A1,12.99\n0009,A2,2.50\n",
    "inbox/2026-03-14/0417.csv": "location,sku,price_text\n0417,A1,12.99\n0417,A2,2.75\n",
    "inbox/2026-03-14/0009.csv": "location,sku,price_text\n0009,A1,12.99\n0009,A2,2.40\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return written(tmp_path / "shop")


def written(root: Path) -> Workspace:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return Workspace.load(root)


def states(workspace: Workspace, night: date) -> list[tuple[str, str, str]]:
    return last_run(workspace, night).findings.select("location", "sku", "state").sort("location", "sku").rows()


def kept(workspace: Workspace) -> dict[str, object]:
    """Everything that two nights leave. Old nights are judged at their dawn, so that no clock is in it."""
    lake = Lake(workspace.lake)
    run = last_run(workspace)
    files = sorted(path for path in (workspace.outbox / str(run.night)).iterdir() if path.suffix == ".csv")
    return {
        "findings": run.findings.rows(),
        "incidents": run.incidents.rows(),
        "counts": dict(run.counts),
        "history": lake.history().collect().rows(),
        "offers": lake.offers(run.night).collect().rows(),
        "files": [(path.name, path.read_bytes()) for path in files],
        "unfinished": [path.name for path in workspace.root.rglob("*.part")],
    }


class StoppedAt:
    """Is told what the night is doing, and stops it there, as Ctrl-C does."""

    def __init__(self, moment: str) -> None:
        self.moment = moment

    def step(self, words: str) -> None:
        if self.moment in words:
            raise KeyboardInterrupt

    def rows(self, source: str, rows: int, expected: int | None) -> None:
        if self.moment == source:
            raise KeyboardInterrupt


def test_the_second_night_says_what_became_of_the_first_ones_findings(shop: Workspace) -> None:
    run_night(shop, FRIDAY)
    assert states(shop, FRIDAY) == [("0417", "A1", "new"), ("0417", "A2", "new")]
    run_night(shop, SATURDAY)
    assert states(shop, SATURDAY) == [("0009", "A2", "new"), ("0417", "A1", "resolved"), ("0417", "A2", "open")]
    assert sorted(path.name for path in (shop.outbox / str(SATURDAY)).glob("*.csv")) == ["0009.csv", "0417.csv"]


def test_a_store_whose_file_did_not_come_leaves_its_findings_unverified(shop: Workspace) -> None:
    run_night(shop, FRIDAY)
    (shop.root / "inbox/2026-03-14/0417.csv").unlink()
    run_night(shop, SATURDAY)
    assert states(shop, SATURDAY) == [("0009", "A2", "new"), ("0417", "A1", "unverified"), ("0417", "A2", "unverified")]


@pytest.mark.parametrize("moment", ["collecting", "tills", "judging", "storing", "writing store files"])
def test_a_night_that_was_stopped_is_run_again_as_if_it_never_was(moment: str, tmp_path: Path) -> None:
    undisturbed, stopped = written(tmp_path / "one"), written(tmp_path / "two")
    for night in (FRIDAY, SATURDAY):
        run_night(undisturbed, night)
    run_night(stopped, FRIDAY)
    with pytest.raises(KeyboardInterrupt):
        run_night(stopped, SATURDAY, observer=StoppedAt(moment))
    run_night(stopped, SATURDAY)
    assert kept(stopped) == kept(undisturbed)


def test_an_old_night_done_again_leaves_the_nights_after_it_as_they_were(shop: Workspace) -> None:
    run_night(shop, FRIDAY)
    run_night(shop, SATURDAY)
    before = states(shop, SATURDAY)
    run_night(shop, FRIDAY)
    assert states(shop, FRIDAY) == [("0417", "A1", "new"), ("0417", "A2", "new")]
    assert states(shop, SATURDAY) == before
    assert Lake(shop.lake).history().collect().filter(pl.col("price") == 240).height == 1


def test_without_anything_collected_a_night_says_what_to_do_and_keeps_nothing(shop: Workspace) -> None:
    with pytest.raises(UserError, match="nothing was collected for 2026-03-13"):
        run_night(shop, FRIDAY, collect=False)
    assert Lake(shop.lake).nights() == []


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-03-14T04:59:59", date(2026, 3, 13)),
        ("2026-03-14T05:00:00", date(2026, 3, 14)),
        ("2026-03-14T22:59:59", date(2026, 3, 14)),
        ("2026-03-29T03:59:59", date(2026, 3, 28)),
        ("2026-03-29T04:00:00", date(2026, 3, 29)),
    ],
    ids=["before six in Paris", "at six", "in the evening", "clocks changed, before six", "clocks changed, at six"],
)
def test_before_six_in_the_morning_a_night_is_about_the_day_before(now: str, night: date, shop: Workspace) -> None:
    assert business_date(shop, datetime.fromisoformat(now).replace(tzinfo=UTC)) == night


def test_tonight_and_last_night_are_judged_now_an_older_one_at_its_dawn(shop: Workspace) -> None:
    now = datetime(2026, 4, 2, 12, tzinfo=UTC)
    assert judged_at(shop, date(2026, 4, 2), now) == now
    assert judged_at(shop, date(2026, 4, 1), now) == now
    assert judged_at(shop, date(2026, 3, 28), now) == datetime(2026, 3, 29, 4, tzinfo=UTC)
