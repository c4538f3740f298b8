"""Offers that are alike in everything a rule can see, judged once: a situation is a product in an area, shown in one way.

Two hundred stores of a zone that show the decided price are one situation, the three that show another are a second and a third.
Nearly all rules say the same of all offers in a situation, so they are asked once of each; the few situations that some rule
suspects are then judged offer by offer. A rule costs what it suspects, and its author need not know.

    item  place  area  price            situation
    S1    0001   Z1    9.99             0
    S1    0002   Z1    9.99             0
    S1    0003   Z1    12.99            1
    S1    0004   Z1    9.99             2       a run ends where anything differs: nothing is sorted or hashed for it

What rules may see of an offer beside its situation is when it was observed. Rules compare that instant with others that are known
beforehand (`instants`): a segment's start, a promotion's, the end of a grace, an age that a rule names. Between two of them, all
observations are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.checks import registry
from pricewatch.engine.places import LOOKS_BACK
from pricewatch.engine.rules import columns_read
from pricewatch.engine.world import Rule, World

OF_ONE_OFFER = frozenset({"place", "location", "source_ref", "observed_at", "age"})
"""What offers of one situation may differ in."""

OF_ONE_PLACE = OF_ONE_OFFER - {"observed_at", "age"}
"""What a kind must not look at itself, if it is to say the same of all of them."""

FRAMES_OF_ALL = frozenset({"calendar", "labels", "zone_prices", "source_runs"})
"""World frames that say the same of all offers in a situation; the others say something of one place."""


def alike(rule: Rule) -> bool:
    """Whether a rule says the same of all offers in a situation.

    Not the rules whose condition or parameters name a store or an instant, nor those that look into a place's own past, at what
    else is shown there, or at what is not. A kind that reads `observed_at` or `age` itself compares it with `instants` only.
    """
    kind = registry()[rule.check]
    of_one_offer = (columns_read(rule) & OF_ONE_OFFER) | (kind.needs & OF_ONE_PLACE)
    return kind.scope == "offer" and FRAMES_OF_ALL.issuperset(kind.frames) and not of_one_offer


def instants(world: World, points: pl.DataFrame, rules: Sequence[Rule]) -> pl.Series:
    """The instants that rules hold an observation against, sorted (Datetime UTC).

    Starts and ends of the price points' segments and of the calendar's rows, when a price last changed, each also with every
    channel's grace after it; `as_of` less the ages that a rule names among its parameters, and less what is looked back.
    """
    changes = [points[name] for name in ("since", "until", *(n for n in points.columns if n.endswith("_changed_at")))]
    begun = pl.concat([*changes, world.central.promotions["starts_at"], world.central.promotions["ends_at"]])
    dated = begun.drop_nulls().unique().to_frame("at").filter(pl.col("at") < world.as_of)
    graces = [grace for grace in world.channels["grace"].unique() if grace]
    late = [dated.select(pl.col("at") + grace) for grace in graces]
    ages = {age for rule in rules for age in vars(rule.params).values() if isinstance(age, timedelta)} | {LOOKS_BACK}
    # an age equal to its limit is within it, an instant equal to its start is after it: both sides of the limit are cut
    edges = [world.as_of - age + step for age in ages for step in (timedelta(0), timedelta(microseconds=1))]
    named = pl.DataFrame({"at": edges}, schema={"at": tables.UTC})
    return pl.concat([dated, *late, named])["at"].unique().sort()


def situate(offers: pl.DataFrame, area: pl.Series, cuts: pl.Series) -> pl.DataFrame:
    """The same offers in the same order, with `situation` (UInt32, from 0).

    In: offers sorted by item and place; the area of each; `cuts` from `instants`. Offers alike lie side by side where places of
    an area do; where they do not, a situation is there several times, which costs time and changes nothing.
    """
    if offers.is_empty():
        return offers.with_columns(situation=pl.lit(None, pl.UInt32))
    between = _between(offers["observed_at"], cuts)
    shown = [name for name in offers.columns if name not in OF_ONE_OFFER and offers[name].null_count() < offers.height]
    columns = [area, *(offers[name] for name in shown), *([] if between is None else [between])]
    other = pl.any_horizontal(pl.lit(column).ne_missing(pl.lit(column).shift(1)) for column in columns)
    first = pl.int_range(offers.height) == 0
    return offers.with_columns(situation=((other | first).cum_sum() - 1).cast(pl.UInt32))


def _between(observed_at: pl.Series, cuts: pl.Series) -> pl.Series | None:
    """How many cuts lie at or before each observation; None where it is the same of all: then nothing is searched."""
    edges = pl.Series([observed_at.min(), observed_at.max()], dtype=observed_at.dtype)
    first, last = cuts.search_sorted(edges, side="right")
    return None if first == last else cuts.search_sorted(observed_at, side="right")


def first_of_each(situated: pl.DataFrame) -> pl.DataFrame:
    """One offer of each situation, the first, with `offers` (Int64): how many there are of it."""
    begins = situated["situation"] != situated["situation"].shift(1)
    first = situated.filter(begins.fill_null(True))
    ends = pl.concat([begins.fill_null(True).arg_true()[1:], pl.Series([situated.height], dtype=pl.UInt32)])
    starts = begins.fill_null(True).arg_true()
    return first.with_columns(offers=(ends.cast(pl.Int64) - starts.cast(pl.Int64)))
