"""The engine's plans, collected: from what landed to what was found. Reads no file, knows no workspace: notebooks call it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine import codes, waivers
from pricewatch.engine.audit import brief, conclude, decide, due_by_category, night_rules, silent_places
from pricewatch.engine.central import read_central
from pricewatch.engine.earlier import seeded, told_history
from pricewatch.engine.judging import together
from pricewatch.engine.places import place_table
from pricewatch.engine.score import scores
from pricewatch.engine.watch import Watch, unwatched
from pricewatch.engine.world import HOLDS_NOTHING, JUDGED_BY, LAPSED, SILENT, Audit, Memory, Rule, World
from pricewatch.runs.buckets import Engine, Work, cut, one_by_one
from pricewatch.runs.settled import settled


def audit(
    world: World,
    rules: Sequence[Rule],
    *,
    offers: pl.LazyFrame,
    central: Mapping[str, pl.LazyFrame] | None = None,
    history: pl.LazyFrame | None = None,
    memory: Memory | None = None,
    engine: Engine = one_by_one,
    watch: Watch = unwatched,
    spill: Path | None = None,
) -> Audit:
    """One night's audit.

    In: a world with markets, channels, sources, codes and source runs; `offers`: `tables.Raw` rows; `central`: head office's
    files as text rows by table (None = the world's own central tables); `history`: a shop's earlier prices as text rows. Out:
    everything the night found; the world's `source_runs` come back with their rows quarantined and unmatched counted in.
    `engine` judges the buckets of the night; `watch` is told of every stage, and of every rule that is run here. `spill`: an
    empty folder for offers that do not fit into memory, needed as long as the answer's `offers` are; None: everything has to fit.
    """
    memory = memory or Memory()
    refused = tables.empty("quarantine")
    if central is not None:
        with watch("stage", "read head office's tables") as rows_of:
            decided, refused = read_central(central, world)
            rows_of(decided.price_list.height + refused.height, decided.price_list.height)
        world = replace(world, central=decided)
    items, places = codes.item_codes(world), codes.place_codes(world)
    came = settled(offers, world, items, places, spill, watch)
    refused = pl.concat([refused, came.refused])
    told = tables.empty("history")
    if history is not None:
        told, unread = pl.collect_all(told_history(history, world, items, places))
        world, refused = replace(world, history=seeded(world.history, told.lazy())), pl.concat([refused, unread])
    refused = refused.sort("source", "source_ref")
    world = replace(world, source_runs=_counted(world.source_runs, came.offers, refused, came.unmatched))
    with watch("stage", "solve prices and promotions") as rows_of:
        points = decide(world, items, places)
        given = brief(came.offers, points, rules, world, memory, items, places)
        rows_of(world.central.price_list.height + world.central.promotions.height, points.height)
    with watch("stage", "judge") as rows_of:
        work = Work(given, came.offers, cut(came.offers, items), watch)
        judged = together(list(engine(work)))
        judged = replace(judged, candidates=pl.concat([judged.candidates, night_rules(given)]))
        rows_of(int(judged.seen.situations["offers"].sum()), judged.candidates.height)
    with watch("stage", "diagnose, reconcile, roll up") as rows_of:
        findings, incidents = conclude(judged, points, rules, world, memory, items, places)
        rows_of(judged.candidates.height, findings.height)
    total = int(came.offers.select(pl.len()).collect().item())
    looked = judged.seen.situations
    own = looked.filter(pl.col("seller").is_null())
    held, compared = (int(own.filter(which)["offers"].sum()) for which in (pl.col("decided") | pl.col("led"), pl.col("compared")))
    return Audit(
        offers=came.offers,
        quarantine=refused,
        unmatched=came.unmatched,
        findings=findings,
        incidents=incidents,
        source_runs=world.source_runs,
        scores=scores(findings, judged.seen, due_by_category(given), points, world, items, places),
        items=items,
        places=places,
        told=told,
        history=world.history,
        counts={
            "offers": total,
            "judged": held,
            "undecided": compared - held,
            "not_comparable": int(own["offers"].sum()) - compared,
            "others": int(looked["offers"].sum()) - int(own["offers"].sum()),
            "second_surfaces": total - int(looked["offers"].sum()),
            "not_provable": judged.not_provable.height,
            "quarantined": refused.height,
            "unmatched": came.unmatched.height,
            "places": place_table(world, places).height,
            **{f"{SILENT}{place}": 1 for place in silent_places(judged.seen, world, places)},
            **{f"{JUDGED_BY}{rule}": count for rule, count in judged.judged_by.items()},
            **{f"{HOLDS_NOTHING}{waiver}": 1 for waiver in waivers.idle(findings, memory.waivers, world.night)},
            **{f"{LAPSED}{waiver}": 1 for waiver in waivers.lapsed(findings, memory.findings, memory.waivers, world.night)},
        },
    )


def _counted(runs: pl.DataFrame, offers: pl.LazyFrame, refused: pl.DataFrame, strangers: pl.DataFrame) -> pl.DataFrame:
    """Source runs with what became of their rows: quarantined, unmatched, oldest and newest observation."""
    ages = offers.group_by("source").agg(oldest=pl.col("observed_at").min(), newest=pl.col("observed_at").max()).collect()
    counted = (
        runs.drop("quarantined", "unmatched", "oldest", "newest")
        .join(refused.group_by("source").agg(quarantined=pl.len().cast(pl.Int64)), on="source", how="left")
        .join(strangers.group_by("source").agg(unmatched=pl.len().cast(pl.Int64)), on="source", how="left")
        .join(ages, on="source", how="left")
        .with_columns(pl.col("quarantined", "unmatched").fill_null(0))
    )
    return counted.select(list(tables.schema("source_runs"))).sort("source")
