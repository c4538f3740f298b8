"""What landed for a night, as the engine is given it: the world, and the rows that feed each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from pricewatch.collect import Delivery, deliveries, read_landing
from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.audit import decide
from pricewatch.engine.central import read_central
from pricewatch.engine.expect import expect
from pricewatch.engine.places import place_table
from pricewatch.engine.rules import products
from pricewatch.engine.world import World
from pricewatch.store.lake import Lake
from pricewatch.workspace import Workspace


@dataclass(frozen=True)
class Landed:
    """One night's rows, lazy and as text."""

    world: World
    """Without its central tables: those are still text, in `central`."""
    offers: pl.LazyFrame
    history: pl.LazyFrame | None
    central: Mapping[str, pl.LazyFrame]


def landed(workspace: Workspace, night: date, as_of: datetime, delivered: Sequence[Delivery], lake: Lake) -> Landed:
    """What the sources brought that can be used, and the world it is judged in."""
    usable = [each for each in delivered if each.status in ("complete", "degraded")]
    rows = {feeds: _rows(workspace, night, usable, feeds) for feeds in sorted({each.feeds for each in usable})}
    world = World(
        night=night,
        as_of=as_of,
        markets=workspace.market_frame(),
        channels=workspace.channel_frame(),
        rates=workspace.rate_frame(),
        sources=workspace.source_frame(),
        items=lake.items(),
        places=lake.places(),
        history=lake.history(before=night),
        source_runs=source_runs(delivered),
    )
    return Landed(world, rows.pop("offers", tables.empty("raw").lazy()), rows.pop("history", None), rows)


def judged_offers(workspace: Workspace, night: date, as_of: datetime) -> pl.LazyFrame:
    """Judged offers of a night that was audited (`engine.expect`), with the catalogue's columns (`rules.products`).

    For questions asked afterwards: the offers as the lake keeps them, held once more against what was decided then.
    """
    lake = Lake(workspace.lake)
    given = landed(workspace, night, as_of, deliveries(workspace.landing, night), lake)
    central, _ = read_central(given.central, given.world)
    world = replace(given.world, central=central)
    items, places = codes.item_codes(world), codes.place_codes(world)
    points = decide(world, items, places).lazy()
    judged = expect(lake.offers(night), points, world, place_table(world, places))
    return judged.join(products(world, items), on="item", how="left", validate="m:1")


def source_runs(delivered: Sequence[Delivery]) -> pl.DataFrame:
    """`tables.SourceRuns` of the deliveries; what becomes of their rows is counted later."""
    schema = tables.schema("source_runs")
    rows = [{**vars(each), "quarantined": 0, "unmatched": 0, "oldest": None, "newest": None} for each in delivered]
    return pl.DataFrame(rows, schema=schema)


def _rows(workspace: Workspace, night: date, delivered: Sequence[Delivery], feeds: str) -> pl.LazyFrame:
    """All rows that feed one table, of every source."""
    frames = [read_landing(workspace.landing, night, each.source) for each in delivered if each.feeds == feeds]
    return pl.concat(frames, how="diagonal")
