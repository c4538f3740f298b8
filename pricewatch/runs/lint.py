"""Before it goes live: head office's files read as the audit reads them, and judged without any offer. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.collect import collect, read_landing
from pricewatch.domain.errors import UserError
from pricewatch.engine import codes
from pricewatch.engine.calendar import lint_calendar, lint_prices
from pricewatch.engine.central import read_central
from pricewatch.engine.world import World, in_force
from pricewatch.runs.night import business_date
from pricewatch.store.lake import Lake
from pricewatch.workspace import Workspace

CENTRAL = ("products", "price_list", "promotions", "locations")


@dataclass(frozen=True)
class Linted:
    """What a day's calendar was found to be."""

    findings: pl.DataFrame
    """`tables.Findings`."""
    not_provable: int
    """Prices whose announced reduction the history can't prove."""


def lint(workspace: Workspace, on: date | None = None) -> Linted:
    """What is wrong with the price list and the promotions of a day (`tables.Findings`); None = tomorrow.

    The calendar itself, and its prices by every rule in force whose kind can judge prices before they are shown. Announced
    reductions are held against the price history kept so far.

    Files of the night before are read where a path names the night. Raises `UserError` where a required file did not come: a
    calendar that was not read is not found right.
    """
    on = on or business_date(workspace) + timedelta(days=1)
    zone = ZoneInfo(workspace.markets[0].time_zone)
    sources = [source for source in workspace.sources if source.feeds in CENTRAL]
    with TemporaryDirectory() as folder:
        landing = Path(folder)
        night = on - timedelta(days=1)
        delivered = collect(workspace.root, landing, sources, night, spiders=workspace.spiders)
        for each in delivered:
            if each.status in ("failed", "missing") and each.problem:
                raise UserError(
                    f"{each.source} was not read: {each.problem}", "config/sources.yaml", each.fix or "bring the file"
                )
        usable = [each for each in delivered if each.status in ("complete", "degraded")]
        given = {
            feeds: pl.concat(
                [read_landing(landing, night, each.source).collect() for each in usable if each.feeds == feeds], how="diagonal"
            ).lazy()
            for feeds in sorted({each.feeds for each in usable})
        }
    lake = Lake(workspace.lake)
    world = World(
        night=on,
        as_of=datetime.combine(on, time(12), zone).astimezone(UTC),
        markets=workspace.market_frame(),
        channels=workspace.channel_frame(),
        sources=workspace.source_frame(),
        rates=workspace.rate_frame(),
        items=lake.items(),
        places=lake.places(),
        history=lake.history(),
    )
    decided, refused = read_central(given, world)
    world = replace(world, central=decided)
    prices, unproven = lint_prices(world, in_force(workspace.rules, on), codes.item_codes(world), codes.place_codes(world))
    return Linted(pl.concat([lint_calendar(world, refused), prices]), unproven)
