"""Tonight against the nights before: new, still open, regressed, resolved, unverified, waived.

A finding is resolved only when its offer was seen again and is right. Where its source did not deliver, nobody bought the item,
or its rule was not run, it is `unverified`: nothing is known. A finding that was resolved and comes back is `regressed`. A
waiver holds until its day.

    before        found tonight    seen, not found    not seen
    -             new              -                  -
    new, open     open             resolved           unverified
    regressed     open             resolved           unverified
    unverified    open             resolved           unverified
    waived        waived or open   resolved           unverified
    resolved      regressed        (stays in the past)
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.checks import registry
from pricewatch.engine.world import Memory, Rule, World

OFFER = ["market", "channel", "location", "sku", "seller"]

LIVING = ("new", "open", "regressed", "unverified", "waived")


def reconcile(found: pl.DataFrame, seen: pl.DataFrame, memory: Memory, world: World, rules: Sequence[Rule]) -> pl.DataFrame:
    """`tables.Findings` of this night, all states, without incidents.

    In: `findings.describe`'s rows; `seen`: tonight's offers as text (`market`, `channel`, `location`, `sku`, `seller`) and
    whether they were `compared` with what was decided; what earlier nights left; the rules that were run. Out: found rows with
    their state, and earlier ones that are resolved or unverified tonight.
    """
    before = memory.findings.select("fingerprint", past="state", past_first="first_seen", past_since="state_since")
    waivers = (
        memory.waivers.filter(pl.col("until") >= world.night)
        .sort("until", descending=True)
        .unique("fingerprint", keep="first", maintain_order=True)
        .select("fingerprint", waived_by="who", waived_until="until")
    )
    here = found.join(before, on="fingerprint", how="left").join(waivers, on="fingerprint", how="left")
    here = here.with_columns(state=_state_of_found())
    gone = memory.findings.filter(pl.col("state").is_in(LIVING)).join(found, on="fingerprint", how="anti")
    gone = _gone(gone, seen, world, rules)
    return pl.concat([_dated(here, world), gone.select(list(tables.schema("findings")))]).sort(
        "channel", "location", "sku", "seller", "rule", "fingerprint", nulls_last=True
    )


def _state_of_found() -> pl.Expr:
    return (
        pl.when(pl.col("waived_until").is_not_null())
        .then(pl.lit("waived"))
        .when(pl.col("past").is_null())
        .then(pl.lit("new"))
        .when(pl.col("past") == "resolved")
        .then(pl.lit("regressed"))
        .otherwise(pl.lit("open"))
    )


def _dated(here: pl.DataFrame, world: World) -> pl.DataFrame:
    """When it was first found, and since when it is in its state."""
    night = pl.lit(world.night)
    dated = here.with_columns(
        first_seen=pl.coalesce("past_first", night),
        state_since=pl.when(pl.col("state") == pl.col("past")).then("past_since").otherwise(night),
        incident=pl.lit(None, pl.String),
    )
    return dated.select(pl.col(name).cast(dtype) for name, dtype in tables.schema("findings").items())


def _gone(earlier: pl.DataFrame, seen: pl.DataFrame, world: World, rules: Sequence[Rule]) -> pl.DataFrame:
    """Earlier findings that were not found tonight: resolved where their rule looked again, unverified otherwise.

    A rule about sources looked at those that delivered completely; one that holds prices against what was decided, at the offers
    that could be; every other one, at all offers.
    """
    offers = seen.group_by(OFFER).agg(pl.col("compared").any()).with_columns(_seen=pl.lit(True))
    complete = world.source_runs.filter(pl.col("status") == "complete")["source"].to_list()
    comparing = [name for name, kind in registry().items() if kind.compares]
    told = earlier.join(offers, on=OFFER, how="left", nulls_equal=True)
    again = (
        pl.when(pl.col("sku").is_null())
        .then(pl.col("source").is_in(complete))
        .when(pl.col("check").is_in(comparing))
        .then(pl.col("compared"))
        .otherwise(pl.col("_seen"))
        .fill_null(False)
    )
    right = again & pl.col("rule").is_in([rule.id for rule in rules])
    now = pl.when(right).then(pl.lit("resolved")).otherwise(pl.lit("unverified"))
    night = pl.lit(world.night)
    return told.with_columns(
        state_since=pl.when(now == pl.col("state")).then("state_since").otherwise(night), state=now, night=night
    )
