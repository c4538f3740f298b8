"""The engine on one page: what the channels said, what was expected, what is wrong, why, and what it comes to.

    raw -> normalise -> match -> rows; settled, they are offers                         gather(), settle()
    price list, calendar -> price points                                                decide()
    offers, price points -> expect -> rules -> candidates                               judge()
    candidates -> diagnose -> describe -> reconcile -> roll up -> findings, incidents   conclude()

`gather` and `judge` are lazy plans over many rows; whoever calls them collects. `conclude` works on what is left: findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pricewatch.engine.census import asked, census
from pricewatch.engine.diagnose import diagnose
from pricewatch.engine.expect import expect
from pricewatch.engine.findings import describe
from pricewatch.engine.frames import frames_of
from pricewatch.engine.incidents import roll_up
from pricewatch.engine.match import match
from pricewatch.engine.normalise import normalise
from pricewatch.engine.places import LOOKS_BACK, place_table
from pricewatch.engine.points import price_points
from pricewatch.engine.reconcile import LIVING, LOOKED_AT, reconcile
from pricewatch.engine.rules import judged_by, not_provable, not_verified, products, run_rules
from pricewatch.engine.world import Memory, Rule, World


@dataclass(frozen=True)
class Gathered:
    """What the channels said: lazy rows with `item` and `place` (null item: unknown product), and the refused rows."""

    rows: pl.LazyFrame
    quarantine: pl.LazyFrame


@dataclass(frozen=True)
class Judged:
    """What is wrong and what was looked at: lazy frames, small once collected."""

    candidates: pl.LazyFrame
    seen: pl.LazyFrame
    """Every leading offer: `item`, `place`, `seller`, `compared` (comparable, and not too old), `decided` (compared, and its own
    price was decided), `led` (compared, and its leader's price is known), and what they are counted by (`census.asked`)."""
    not_provable: pl.LazyFrame
    """Offers that some rule can call neither right nor wrong: `item`, `place`."""
    not_verified: pl.LazyFrame
    """Offers that a rule found wrong before and sees too little of tonight to call right: `rule`, `item`, `place`, `seller`."""
    listed: pl.LazyFrame
    """How many products each place must list, by category: `place`, `category`, `listed`."""
    judged_by: pl.LazyFrame
    """One row, a column a rule: how many offers it could look at (`rules.judged_by`)."""


def gather(raw: pl.LazyFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> Gathered:
    """Raw rows, read and matched. Rows in = rows + quarantined; `settle` makes offers of the rows.

    In: `tables.Raw` rows; the codes of `engine.codes` for this world.
    """
    normalised = normalise(raw, world)
    return Gathered(match(normalised.offers, world, items, places), normalised.quarantine)


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


def judge(
    offers: pl.LazyFrame,
    points: pl.DataFrame,
    labels: pl.DataFrame,
    rules: Sequence[Rule],
    world: World,
    memory: Memory,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> Judged:
    """Every rule on every offer.

    In: `tables.Offers`; the price points of `decide`; what the offers' labels say (`domain.labels.read`); a world whose
    `source_runs` have their counts; the codes the offers were gathered with.
    """
    known = place_table(world, places)
    judged = expect(offers, points.lazy(), world, known)
    catalogue = products(world, items)
    frames = frames_of(world, judged, points.lazy(), labels, items, known)
    compared = pl.col("comparable") & (pl.col("age") <= LOOKS_BACK)
    looked_at = {
        "compared": compared,
        "decided": compared & pl.col("list_price").is_not_null(),
        "led": compared & pl.col("leader_price").is_not_null(),
    }
    return Judged(
        candidates=run_rules(judged, rules, world, items, frames),
        seen=judged.select("item", "place", "seller", *asked(judged.collect_schema().names()), **looked_at),
        not_provable=not_provable(judged, rules, world, items, frames),
        not_verified=not_verified(judged, rules, _asked(memory, items, places)),
        listed=_listed(frames["assortment"], catalogue),
        judged_by=judged_by(judged, rules, world, items),
    )


def _listed(assortment: pl.LazyFrame, catalogue: pl.LazyFrame) -> pl.LazyFrame:
    return (
        assortment.select("item", "place")
        .join(catalogue.select("item", "category"), on="item", how="left")
        .group_by("place", "category")
        .agg(listed=pl.len().cast(pl.Int64))
    )


def _asked(memory: Memory, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Offers and rules of earlier findings that are not settled: `rule`, `item`, `place`."""
    living = memory.findings.filter(pl.col("state").is_in(list(LIVING)))
    known = living.join(items, on="sku", how="inner").join(
        places, on=["market", "channel", "location"], how="inner", nulls_equal=True
    )
    return known.select("rule", "item", "place").unique()


def silent_places(offers: pl.DataFrame, world: World, places: pl.DataFrame) -> list[str]:
    """Places that exist and of which nothing was seen: `store 0417`, `web`. A store that has left the list of stores is none."""
    known = place_table(world, places).filter(pl.col("zone").is_not_null())
    silent = known.join(offers.select("place").unique(), on="place", how="anti").sort("channel", "location")
    return silent.select(pl.concat_str("channel", "location", separator=" ", ignore_nulls=True)).to_series().to_list()


def conclude(
    candidates: pl.DataFrame,
    seen: pl.DataFrame,
    unverified: pl.DataFrame,
    points: pl.DataFrame,
    rules: Sequence[Rule],
    world: World,
    memory: Memory,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`tables.Findings` in all states of the night, and `tables.Incidents`.

    In: `judge`'s frames, collected; the price points of `decide`; what earlier nights left.
    """
    known = place_table(world, places)
    catalogue = products(world, items).collect()
    diagnosed = diagnose(candidates, world, points, known, catalogue)
    found = describe(diagnosed, points, rules, world, items, known)
    told = (
        seen.join(items, on="item", how="inner")
        .join(places, on="place", how="inner")
        .select("market", "channel", "location", "sku", "seller", *LOOKED_AT)
    )
    too_little = (
        unverified.join(items, on="item", how="inner")
        .join(places, on="place", how="inner")
        .select("rule", "market", "channel", "location", "sku", "seller")
    )
    findings = reconcile(found, told, too_little, memory, world, rules)
    return roll_up(findings, census(seen.filter("compared"), world, items, known), memory, world)
