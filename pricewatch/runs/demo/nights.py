"""Playing the three nights: derive, serve, deliver, audit, and hold what was found against what was planted.

The demo's clock is the data's: a night's crawl is at 23:15 of its business day in New York, its audit at 01:00.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.domain.errors import WorkspaceError
from pricewatch.engine.world import Run
from pricewatch.runs.demo import central, facts, faults, marketplace, offers, shown, tills
from pricewatch.runs.demo.derive import NIGHTS, Reference, Say, derive
from pricewatch.runs.demo.faults import Fault
from pricewatch.runs.demo.inbox import nightly
from pricewatch.runs.demo.score import ALIVE, Score, score
from pricewatch.runs.demo.shop import Shop
from pricewatch.runs.demo.source import TIME_ZONE, Files, find_files
from pricewatch.store.lock import NAME as LOCK
from pricewatch.store.lock import exclusive
from pricewatch.workspace import Workspace

MARKER = ".demo"
SHOP_VARIABLE = "PRICEWATCH_DEMO_SHOP"
ANSWERS = "demo-answers.csv"


class RunNight(Protocol):
    """What runs one night, as `pricewatch.runs.night.run_night` does."""

    def __call__(self, workspace: Workspace, night: date, *, observed_at: datetime, as_of: datetime) -> Run:
        """Collects, audits and stores one night."""
        ...


@dataclass(frozen=True)
class Played:
    """The nights as they ended, in order, and how well they did."""

    runs: list[Run]
    score: Score


@dataclass(frozen=True)
class Retailer:
    """The demo's retailer: what was decided, what is shown, what is wrong."""

    reference: Reference
    weeks: pl.DataFrame
    """`shown.weekly`."""
    carried: pl.Series
    """`shown.assortment`."""
    faults: list[Fault]


def open_retailer(files: Files, say: Say) -> Retailer:
    """Derives the retailer and plans its faults; a few seconds."""
    reference = derive(files, say)
    weeks = shown.weekly(reference)
    carried = shown.assortment(reference, weeks)
    planned = faults.plan(facts.gather(reference, weeks, carried), offers.on_marketplace(carried.to_list()))
    return Retailer(reference, weeks, carried, planned)


def play(workspace: Workspace, *, say: Say, run_night: RunNight) -> Played:
    """Plays the three nights in a workspace made for it. The caller shows the last run's report and the score's lines.

    A demo played there before is wiped; a workspace with other state is refused (WorkspaceError), as is a machine without
    the data package (UserError). `say` is told each step.
    """
    files = find_files()
    claim(workspace)
    retailer = open_retailer(files, say)
    say(f"writing the central files and planting {len(retailer.faults)} faults")
    central.write_central(workspace.inbox / "central", retailer.reference, retailer.weeks, retailer.carried)
    faults.write_answers(workspace.data / ANSWERS, retailer.faults)
    runs = []
    with Shop() as shop, shop_at(shop.url):
        # Loaded again: its sources name the shop's address, which is known only now.
        served = Workspace.load(workspace.root)
        for night in NIGHTS:
            deliver(served, retailer, night, shop)
            say(f"{night:%A %d %B %Y}: collecting and auditing")
            run = run_night(served, night, observed_at=at(night, time(23, 15)), as_of=at(night + timedelta(days=1), time(1)))
            runs.append(run)
            say(f"{night:%A %d %B %Y}: {told(run)}")
    sheet = faults.answer_sheet(retailer.faults)
    return Played(runs, score({run.night: run.findings for run in runs}, sheet))


def deliver(workspace: Workspace, retailer: Retailer, night: date, shop: Shop) -> None:
    """What arrives before a night is collected: the tills' files, the marketplace's export, and what the shop shows."""
    tills.write_tills(workspace.inbox, retailer.reference, night)
    tonight = offers.play_night(retailer.reference, retailer.weeks, retailer.carried, night, retailer.faults)
    marketplace.write_marketplace(workspace.inbox, tonight.marketplace, night)
    shop.show(tonight.web, tonight.app)


def told(run: Run) -> str:
    """A night in one line: `41 new, 20 open, 5 resolved, 1 regressed`."""
    counts = dict(run.findings.group_by("state").len().iter_rows())
    alive = sum(counts.get(state, 0) for state in ALIVE)
    states = [f"{counts[state]} {state}" for state in (*ALIVE, "resolved", "unverified", "waived") if counts.get(state)]
    return f"{alive} findings ({', '.join(states)})" if states else "no findings"


def at(day: date, clock: time) -> datetime:
    """An instant of the market's wall clock."""
    return datetime.combine(day, clock, ZoneInfo(TIME_ZONE))


def claim(workspace: Workspace) -> None:
    """Makes the workspace the demo's: wipes an earlier demo, refuses state or deliveries that are not a demo's."""
    marker = workspace.data / MARKER
    with exclusive(workspace.data):
        if not marker.exists():
            _refuse_others(workspace)
        for path in workspace.data.iterdir():
            if path.name not in (LOCK, MARKER):
                _remove(path)
        for folder in _delivered(workspace):
            _remove(folder)
        marker.write_text("This state was made by `pricewatch demo`, which wipes it when it plays again.\n", encoding="utf-8")


def _delivered(workspace: Workspace) -> list[Path]:
    """Folders that a demo writes outside `data`."""
    nights = [nightly(folder, night) for folder in (workspace.inbox, workspace.outbox) for night in NIGHTS]
    return [workspace.inbox / "central", *nights]


def _refuse_others(workspace: Workspace) -> None:
    """WorkspaceError when the workspace holds state or deliveries already."""
    state = [path for path in workspace.data.iterdir() if path.name != LOCK]
    found = state or [folder for folder in _delivered(workspace) if folder.exists()]
    if found:
        where = found[0].relative_to(workspace.root)
        raise WorkspaceError(
            f"this workspace has state that is not the demo's ({where}); the demo would wipe it",
            str(workspace.root),
            "play it in a workspace of its own: pricewatch init demo-shop, then: pricewatch --workspace demo-shop demo",
        )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def shop_at(url: str) -> Iterator[None]:
    """The environment says where the shop is while the block runs; the sources of the template read it."""
    before = os.environ.get(SHOP_VARIABLE)
    os.environ[SHOP_VARIABLE] = url
    try:
        yield
    finally:
        if before is None:
            del os.environ[SHOP_VARIABLE]
        else:
            os.environ[SHOP_VARIABLE] = before
