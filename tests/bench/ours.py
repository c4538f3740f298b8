"""Pricewatch as a contender. Everything that knows how its store and its functions look stands here.

python -m tests.bench.ours lake WORKSPACE ANSWER      the night's offers as the lake keeps them, judged; candidates written
python -m tests.bench.ours normalised WORKSPACE ANSWER    the same from the text Parquet that peers read
python -m tests.bench.ours night WORKSPACE ANSWER     the whole night from raw files: `pricewatch audit`
python -m tests.bench.ours landed WORKSPACE ANSWER    the same without reading the files: `pricewatch audit --no-collect`
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tests.bench.central import AS_OF, NIGHT

if TYPE_CHECKING:
    from pricewatch.collect import Delivery
    from pricewatch.engine.world import World
    from pricewatch.workspace import Workspace

SETTLED = ("lines", "member_lines", "price_low", "price_high", "leading", "label_price", "file_price")
"""Columns of offers that settling adds."""

BEFORE = NIGHT - timedelta(days=1)


def prepare(workspace: Path, history: Path) -> None:
    """Fill the lake: what was shown before the night, as the nights before would have left it; then one audit of the night.

    In: `history`, Parquet with text keys, sorted by SKU and, within it, as places are numbered.
    """
    from pricewatch.domain import tables
    from pricewatch.engine.codes import item_codes, place_codes
    from pricewatch.engine.history import ORDER
    from pricewatch.runs.night import collect_night, run_night
    from pricewatch.store.lake import Lake
    from pricewatch.workspace import Workspace

    opened = Workspace.load(workspace)
    world = _world(opened, collect_night(opened, NIGHT))
    items, places = item_codes(world), place_codes(world)
    # Part by part: each holds whole products, so sorted parts in order are sorted as a whole.
    files = sorted(history.glob("*.parquet"))
    coded = [_coded(pl.scan_parquet(file), items, places).select(list(tables.schema("history"))).sort(ORDER) for file in files]
    Lake(opened.lake).write_night(
        BEFORE,
        offers=tables.empty("offers"),
        quarantine=tables.empty("quarantine"),
        unmatched=tables.empty("offers"),
        items=items,
        places=places,
        history=pl.concat(coded),
    )
    run_night(opened, NIGHT, collect=False)


def night(workspace: Path, answer: Path, *options: str) -> None:
    """The command a user types, then its findings from the state it left."""
    from pricewatch.cli import main

    sys.argv = ["pricewatch", "--workspace", str(workspace), "audit", "--night", str(NIGHT), "--fail-on", "never", *options]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    _findings(workspace).write_parquet(answer)


def lake(workspace: Path, answer: Path) -> None:
    """The night's offers as the lake keeps them, held against all rules: candidates with their keys as text."""
    from pricewatch.store.lake import Lake
    from pricewatch.workspace import Workspace

    opened = Workspace.load(workspace)
    _judged(opened, _landed(opened), Lake(opened.lake).offers(NIGHT), answer)


def normalised(workspace: Path, answer: Path) -> None:
    """Offers and history as text Parquet, as peers read them: coded, settled, held against all rules."""
    from pricewatch.domain import tables
    from pricewatch.engine.codes import item_codes, place_codes
    from pricewatch.engine.settle import settle
    from pricewatch.workspace import Workspace

    opened = Workspace.load(workspace)
    world = _landed(opened)
    items, places = item_codes(world), place_codes(world)
    stated = pl.scan_parquet(workspace.parent / "offers" / "*.parquet").with_columns(pl.col("gtin").cast(pl.Int64))
    coded = _coded(stated, items, places)
    has = [*coded.collect_schema().names(), *SETTLED]
    rest = {name: pl.lit(None, dtype) for name, dtype in tables.schema("offers").items() if name not in has}
    rest |= {"source": pl.lit("offers"), "source_ref": pl.lit("offers")}
    seen = settle(coded.with_columns(**rest).collect())
    history = _coded(pl.scan_parquet(workspace.parent / "history" / "*.parquet"), items, places)
    _judged(opened, replace(world, history=history.select(list(tables.schema("history")))), seen.lazy(), answer)


def _judged(workspace: Workspace, world: World, offers: pl.LazyFrame, answer: Path) -> None:
    """Coded offers, held against all rules bucket by bucket."""
    from pricewatch.engine.audit import brief, decide
    from pricewatch.engine.codes import item_codes, place_codes
    from pricewatch.engine.judging import together
    from pricewatch.engine.world import Memory, in_force
    from pricewatch.runs.buckets import Work, cut, one_by_one

    items, places = item_codes(world), place_codes(world)
    given = brief(offers, decide(world, items, places), in_force(workspace.rules, NIGHT), world, Memory(), items, places)
    found = together(list(one_by_one(Work(given, offers, cut(offers, items))))).candidates
    named = found.join(items, on="item").join(_stores(places), on="place")
    named.select("rule", "store", "sku", "expected", "observed").write_parquet(answer)


def _coded(rows: pl.LazyFrame, items: pl.DataFrame, places: pl.DataFrame) -> pl.LazyFrame:
    """Rows with the codes of their `sku` and `store`."""
    return rows.join(items.lazy(), on="sku", how="inner").join(_stores(places).lazy(), on="store", how="inner")


def _stores(places: pl.DataFrame) -> pl.DataFrame:
    """Places as peers know them: a store by its number, any other channel by its name."""
    return places.select("place", store=pl.coalesce("location", "channel"))


def _landed(workspace: Workspace) -> World:
    from pricewatch.collect import deliveries

    return _world(workspace, deliveries(workspace.landing, NIGHT))


def _world(workspace: Workspace, delivered: list[Delivery]) -> World:
    """What landed, with its central tables read."""
    from pricewatch.engine.central import read_central
    from pricewatch.runs.landed import landed
    from pricewatch.store.lake import Lake

    given = landed(workspace, NIGHT, AS_OF, delivered, Lake(workspace.lake))
    decided, refused = read_central(given.central, given.world)
    if refused.height:
        raise ValueError(f"head office's files have rows that cannot be read: {refused.row(0, named=True)}")
    return replace(given.world, central=decided)


def _findings(workspace: Path) -> pl.DataFrame:
    """`rule`, `store`, `sku` of the night's findings; a rule that only agrees with another one (`also`) counts too."""
    from pricewatch.store.database import Database
    from pricewatch.workspace import Workspace

    with Database(Workspace.load(workspace).database_url) as database:
        run = database.run(NIGHT)
    if run is None:
        raise ValueError(f"{NIGHT} was not remembered")
    found = run.findings
    also = found.filter(pl.col("also").is_not_null()).with_columns(rule=pl.col("also").str.split(", ")).explode("rule")
    every = pl.concat([found, also.select(found.columns)]).filter(pl.col("sku").is_not_null())
    return every.select("rule", "sku", store=pl.coalesce("location", "channel"))


Verb = Callable[[Path, Path], None]
"""Given a workspace, writes an answer."""

VERBS: dict[str, Verb] = {
    "lake": lake,
    "normalised": normalised,
    "night": night,
    "landed": lambda workspace, answer: night(workspace, answer, "--no-collect"),
}

if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "100")
    VERBS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
