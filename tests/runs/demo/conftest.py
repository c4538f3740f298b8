"""The derived retailer, once a worker, and its three nights' offers."""

from __future__ import annotations

import pytest

from pricewatch.runs.demo import offers
from pricewatch.runs.demo.derive import NIGHTS
from pricewatch.runs.demo.nights import Retailer, open_retailer
from pricewatch.runs.demo.source import find_files


@pytest.fixture(scope="session")
def retailer() -> Retailer:
    return open_retailer(find_files(), say=lambda _: None)


@pytest.fixture(scope="session")
def nights(retailer: Retailer) -> list[offers.Night]:
    carried = retailer.carried
    return [offers.play_night(retailer.reference, retailer.weeks, carried, night, retailer.faults) for night in NIGHTS]
