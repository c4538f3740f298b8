"""The derived retailer, once a worker, and its three nights' offers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pricewatch.runs.demo import offers
from pricewatch.runs.demo.derive import NIGHTS
from pricewatch.runs.demo.nights import Played, Retailer, open_retailer, play
from pricewatch.runs.demo.source import find_files
from pricewatch.runs.night import run_night
from pricewatch.workspace import Workspace
from pricewatch.workspace.starter import init


@pytest.fixture(scope="session")
def retailer() -> Retailer:
    return open_retailer(find_files(), say=lambda _: None)


@pytest.fixture(scope="session")
def nights(retailer: Retailer) -> list[offers.Night]:
    carried = retailer.carried
    return [offers.play_night(retailer.reference, retailer.weeks, carried, night, retailer.faults) for night in NIGHTS]


@dataclass(frozen=True)
class Demo:
    """The demo, played once for all tests that look at it."""

    root: Path
    played: Played
    told: list[str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    root, told = tmp_path_factory.mktemp("demo"), list[str]()
    init(root)
    return Demo(root, play(Workspace.load(root), say=told.append, run_night=run_night), told)
