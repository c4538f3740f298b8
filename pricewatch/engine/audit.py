"""The engine on one page: what the channels said, what was expected, what is wrong, why, and what it comes to.

    raw -> normalise -> match -> rows; settled, they are offers                         gather.gather(), settle.settle()
    price list, calendar -> price points                                                decide()
    offers of some products, price points -> expect -> rules -> candidates              judging.judge(), with a brief()
    candidates -> diagnose -> describe -> reconcile -> roll up -> findings, incidents   conclude()

`gather` reads every wording once; `judge` takes products in buckets, each by itself; `conclude` works on what is left:
findings.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pricewatch.domain import labels
from pricewatch.engine.census import census
from pricewatch.engine.checks import registry
from pricewatch.engine.diagnose import diagnose
from pricewatch.engine.expect import compared
from pricewatch.engine.findings import describe
from pricewatch.engine.frames import BESIDE, due
from pricewatch.engine.incidents import roll_up
from pricewatch.engine.judging import Brief, Judged
from pricewatch.engine.places import place_table
from pricewatch.engine.points import price_points
from pricewatch.engine.reconcile import LIVING, reconcile
from pricewatch.engine.rules import products, run_rules
from pricewatch.engine.seen import Seen
from pricewatch.engine.situations import instants
from pricewatch.engine.world import Memory, Rule, World


def decide(world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """What each product should cost in each area (`points.price_points`), in markets whose decisions arrived whole.

    Without its calendar every promotion that is given would be a wrong price, and every one that is missing right again. So a
    market whose price list or calendar did not come has no price points: nothing is claimed there, and nothing resolved.
    """
    known = place_table(world, places)
    unknown = known.filter(pl.col("market").is_in(_undecided(world))).select("area").unique()
    return price_points(world, items, known).join(unknown, on="area", how="anti")


def _undecided(world: World) -> list[str]:
    """Markets whose price list or promotion calendar did not come, or not whole. What may be missing, and is, is no loss."""
    came = (pl.col("status") == "complete") | ((pl.col("status") == "missing") & pl.col("problem").is_null())
    lost = world.source_runs.filter(pl.col("feeds").is_in(["price_list", "promotions"]), ~came)
    return lost.join(world.sources, on="source", how="inner")["market"].unique().to_list()


def brief(
    offers: pl.LazyFrame,
    points: pl.DataFrame,
    rules: Sequence[Rule],
    world: World,
    memory: Memory,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> Brief:
    """What every bucket of a night's offers is held against.

    In: all of the night's `tables.Offers`; the price points of `decide`; a world whose `source_runs` have their counts; the codes
    the offers were gathered with.
    """
    known = place_table(world, places)
    shown = offers.select(pl.col("promotion_label").drop_nulls().unique()).collect()
    return Brief(
        world=world,
        rules=rules,
        places=known,
        items=items,
        catalogue=products(world, items).collect(),
        points=points,
        labels=labels.read(shown.to_series().sort()),
        cuts=instants(world, points, rules),
        asked=_asked(memory, items, places),
        beside=_beside(offers, rules, world, items, known),
    )


def _beside(
    offers: pl.LazyFrame, rules: Sequence[Rule], world: World, items: pl.DataFrame, places: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The frames that look at several products at once, of all offers; empty where no rule asks for them."""
    wanted = {name for rule in rules for name in registry()[rule.check].frames}
    told = {name: make(world, compared(offers, places), items) for name, make in BESIDE.items()}
    return {name: (frame if name in wanted else frame.clear()).collect() for name, frame in told.items()}


def due_by_category(brief: Brief) -> pl.DataFrame:
    """How many products each place must list, by category: `place`, `category`, `listed`."""
    must = due(brief.world, brief.items, brief.places, brief.points.lazy())
    by_area = (
        must.join(brief.catalogue.lazy().select("item", "category"), on="item", how="left")
        .group_by("area", "category")
        .agg(listed=pl.len().cast(pl.Int64))
    )
    return by_area.join(brief.places.lazy().select("area", "place"), on="area", how="inner").drop("area").collect()


def night_rules(brief: Brief) -> pl.DataFrame:
    """Candidates of the rules about sources, which are judged once a night and not product by product."""
    rules = [rule for rule in brief.rules if registry()[rule.check].scope == "night"]
    runs = {"source_runs": brief.world.source_runs.lazy()}
    return run_rules(pl.LazyFrame(), rules, brief.catalogue.lazy(), runs).collect()


def _asked(memory: Memory, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Offers and rules of earlier findings that are not settled: `rule`, `item`, `place`."""
    living = memory.findings.filter(pl.col("state").is_in(list(LIVING)))
    known = living.join(items, on="sku", how="inner").join(
        places, on=["market", "channel", "location"], how="inner", nulls_equal=True
    )
    return known.select("rule", "item", "place").unique()


def silent_places(seen: Seen, world: World, places: pl.DataFrame) -> list[str]:
    """Places that exist and of which nothing was seen: `store 0417`, `web`. A store that has left the list of stores is none."""
    known = place_table(world, places).filter(pl.col("zone").is_not_null())
    silent = known.join(seen.met.select("place").unique(), on="place", how="anti").sort("channel", "location")
    return silent.select(pl.concat_str("channel", "location", separator=" ", ignore_nulls=True)).to_series().to_list()


def conclude(
    judged: Judged,
    points: pl.DataFrame,
    rules: Sequence[Rule],
    world: World,
    memory: Memory,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`tables.Findings` in all states of the night, and `tables.Incidents`.

    In: what all buckets gave, the rules about sources included; the price points of `decide`; what earlier nights left.
    """
    known = place_table(world, places)
    catalogue = products(world, items).collect()
    diagnosed = diagnose(judged.candidates, world, points, known, catalogue)
    found = describe(diagnosed, points, rules, world, items, known)
    findings = reconcile(
        found, _told(judged.remembered, items, places), _told(judged.not_verified, items, places), memory, world, rules
    )
    return roll_up(findings, census(judged.seen.filter(pl.col("compared")), world, items, known), memory, world)


def _told(offers: pl.DataFrame, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Offers with their codes as text."""
    return offers.join(items, on="item", how="inner").join(places, on="place", how="inner").drop("item", "place")
