"""Tonight against the nights before: new, still open, regressed, resolved, unverified, waived.

A finding is resolved only when its offer was seen again and is right. Where its source did not deliver, nobody bought the item,
nobody knows what was decided, or its rule was not run, it is `unverified`: nothing is known. A finding that was resolved and
comes back is `regressed`. A waiver holds until its day.

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
from pricewatch.engine import waivers
from pricewatch.engine.checks import registry
from pricewatch.engine.seen import LOOKED_AT
from pricewatch.engine.world import Memory, Rule, World

OFFER = ["market", "channel", "location", "sku", "seller"]

LIVING = ("new", "open", "regressed", "unverified", "waived")


def reconcile(
    found: pl.DataFrame, seen: pl.DataFrame, too_little: pl.DataFrame, memory: Memory, world: World, rules: Sequence[Rule]
) -> pl.DataFrame:
    """`tables.Findings` of this night, all states, without incidents.

    In: `findings.describe`'s rows; `seen`: tonight's offers that earlier findings are about, as text (`market`, `channel`,
    `location`, `sku`, `seller`) and how far each was looked at (`LOOKED_AT`, Boolean); `too_little`: `rule` and offer, where a
    rule saw too little to call it right; what earlier nights left; the rules that were run. Out: found rows with their state, and
    earlier ones that are resolved or unverified tonight.
    """
    before = memory.findings.select("fingerprint", past="state", past_first="first_seen", past_since="state_since")
    held = waivers.held(found, memory.waivers, world.night).select("fingerprint", waived_by="who", waived_until="until")
    here = found.join(before, on="fingerprint", how="left").join(held, on="fingerprint", how="left")
    here = here.with_columns(state=_state_of_found())
    gone = memory.findings.filter(pl.col("state").is_in(LIVING)).join(found, on="fingerprint", how="anti")
    # A wrong price that a more specific rule tells tonight is told there: it is not put right, and not told twice.
    gone = gone.join(_kept_elsewhere(found), on=[*OFFER, "rule"], how="anti", nulls_equal=True)
    gone = _gone(gone, seen, too_little, world, rules)
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


def _kept_elsewhere(found: pl.DataFrame) -> pl.DataFrame:
    """Offers and the rules whose findings on them are folded into another rule's tonight."""
    folded = found.filter(pl.col("also").is_not_null()).with_columns(rule=pl.col("also").str.split(", "))
    return folded.select(*OFFER, "rule").explode("rule")


def _gone(
    earlier: pl.DataFrame, seen: pl.DataFrame, too_little: pl.DataFrame, world: World, rules: Sequence[Rule]
) -> pl.DataFrame:
    """Earlier findings that were not found tonight: resolved where their rule looked again, unverified otherwise.

    A rule about sources looked at those that delivered completely; one that holds prices against others, at the offers for which
    those others are known (`Check.basis`); every other one, at all offers. What a rule saw too little of (`Check.verified`), it
    did not look at.
    """
    offers = seen.group_by(OFFER).agg(pl.col(LOOKED_AT).any()).with_columns(_seen=pl.lit(True))
    complete = world.source_runs.filter(pl.col("status") == "complete")["source"].to_list()
    kinds = registry()
    thin = too_little.select(*OFFER, "rule").unique().with_columns(_thin=pl.lit(True))
    told = earlier.join(offers, on=OFFER, how="left", nulls_equal=True).join(
        thin, on=[*OFFER, "rule"], how="left", nulls_equal=True
    )
    again = pl.col("_seen")
    for basis in LOOKED_AT:
        resting = [name for name, kind in kinds.items() if kind.basis == basis]
        again = pl.when(pl.col("check").is_in(resting)).then(basis).otherwise(again)
    again = pl.when(pl.col("sku").is_null()).then(pl.col("source").is_in(complete)).otherwise(again).fill_null(False)
    right = again & pl.col("_thin").is_null() & pl.col("rule").is_in([rule.id for rule in rules])
    now = pl.when(right).then(pl.lit("resolved")).otherwise(pl.lit("unverified"))
    night = pl.lit(world.night)
    return told.with_columns(
        state_since=pl.when(now == pl.col("state")).then("state_since").otherwise(night), state=now, night=night
    )
