"""Every rule on every offer of some products: each situation once, then what is suspected, offer by offer.

    offers -> situations -> expect -> rules        which situations does some rule suspect?      a tenth of the offers
    the offers of those -> expect -> rules         what is wrong with each of them               a fiftieth
    offers -> expect -> the other rules            those that look at one place (`situations.alike` is false)

The first pass decides nothing: it only tells which offers are worth a second look, and that look is the same plan. Products are
judged apart (no rule looks at two at once, see `frames`), so a night can be judged in any number of buckets, on any machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pricewatch.engine import census, frames
from pricewatch.engine.checks import registry
from pricewatch.engine.expect import expect, leaders
from pricewatch.engine.places import LOOKS_BACK, numbered
from pricewatch.engine.rules import about_offers, columns_read, judged_by, not_provable, not_verified, run_rules, suspected
from pricewatch.engine.scopes import source_file
from pricewatch.engine.seen import Seen
from pricewatch.engine.situations import OF_ONE_OFFER, alike, first_of_each, situate
from pricewatch.engine.watch import Watch, unwatched
from pricewatch.engine.world import Rule, World


@dataclass(frozen=True)
class Brief:
    """What offers are held against: made once a night, the same for every bucket."""

    world: World
    """With its `source_runs` counted."""
    rules: Sequence[Rule]
    places: pl.DataFrame
    """`places.place_table`."""
    items: pl.DataFrame
    catalogue: pl.DataFrame
    """`rules.products`."""
    points: pl.DataFrame
    """`points.price_points`, those of the bucket at least."""
    labels: pl.DataFrame
    """What the offers' labels say (`domain.labels.read`)."""
    cuts: pl.Series
    """`situations.instants`."""
    asked: pl.DataFrame
    """Offers and rules of earlier findings that are not settled: `rule`, `item`, `place`."""
    beside: Mapping[str, pl.DataFrame]
    """Frames that look at several products at once: `families`, `unit_prices` (`frames`); empty where no rule asks for them."""


@dataclass(frozen=True)
class Judged:
    """What is wrong and what was looked at."""

    candidates: pl.DataFrame
    """`rules.run_rules`."""
    seen: Seen
    remembered: pl.DataFrame
    """Tonight's offers of earlier findings, and how far each was looked at: `item`, `place`, `seller`, `seen.LOOKED_AT`."""
    not_provable: pl.DataFrame
    """Offers that some rule can call neither right nor wrong: `item`, `place`."""
    not_verified: pl.DataFrame
    """Offers that a rule found wrong before and sees too little of tonight to call right: `rule`, `item`, `place`, `seller`."""
    judged_by: Mapping[str, int]
    """How many offers each rule could look at (`rules.judged_by`)."""


def judge(offers: pl.DataFrame, brief: Brief, watch: Watch = unwatched) -> Judged:
    """Every rule about offers, on the offers of some products.

    In: `tables.Offers`, whole products, sorted by item and place; `brief.points` those of the same products, and of those that
    must be listed and were not seen. `watch` is told of every rule.
    """
    world, places, rules = brief.world, brief.places, [r for r in brief.rules if registry()[r.check].scope != "night"]
    shown = _situated(offers, places, brief.cuts)
    first = first_of_each(shown)
    points, catalogue = brief.points.lazy(), brief.catalogue.lazy()
    leading = leaders(expect(_of_leaders(shown, places).lazy(), points, world, places, _NO_LEADER)).collect()

    def held(rows: pl.DataFrame) -> pl.LazyFrame:
        return expect(rows.lazy(), points, world, places, leading.lazy())

    once = held(first).collect()
    beside = _frames(brief, once)
    in_situations, apart = [rule for rule in rules if alike(rule)], [rule for rule in rules if not alike(rule)]
    worth = [once.select("situation").clear()]
    for rule in in_situations:
        with watch("rule", rule.id) as rows:
            worth.append(suspected(once.lazy(), rule, catalogue, beside, "situation").collect())
            rows(once.height, 0)
    again = held(shown.join(pl.concat(worth).unique(), on="situation", how="semi")).collect()
    found = [run_rules(again.lazy(), [], catalogue, beside).collect()]
    for rule in rules:
        with watch("rule", rule.id) as rows:
            looked_at = _worth_a_look(shown, rule, beside) if rule in apart else again
            judged = held(looked_at) if rule in apart else again.lazy()
            found.append(run_rules(judged, [rule], catalogue, beside).collect())
            rows(looked_at.height, found[-1].height)
    asked = held(shown.join(brief.asked.select("item", "place").unique(), on=["item", "place"], how="semi")).collect()
    told = once.select("situation", "place", "item", "seller", "offers", *census.central_rows(once), **_looked_at())
    return Judged(
        candidates=pl.concat(found),
        seen=Seen(told.sort("situation"), shown.select("situation", "place", file=_read_from(shown))),
        remembered=asked.select("item", "place", "seller", **_looked_at()),
        not_provable=_not_provable(once, shown, rules, held, catalogue, beside),
        not_verified=not_verified(asked.lazy(), rules, brief.asked).collect(),
        judged_by=_judged_by(once, shown, rules, held, catalogue),
    )


Held = Callable[[pl.DataFrame], pl.LazyFrame]
"""Offers of the bucket, held against what is decided: judged offers."""


def _situated(offers: pl.DataFrame, places: pl.DataFrame, cuts: pl.Series) -> pl.DataFrame:
    """Leading offers of known places with their `situation`."""
    areas = places.select("place", "area")
    shown = offers if offers["leading"].all() else offers.filter("leading")
    area = shown.select("place").join(areas, on="place", how="left", maintain_order="left")["area"]
    if area.null_count():
        shown, area = shown.filter(area.is_not_null()), area.drop_nulls()
    return situate(shown, area, cuts)


def _read_from(shown: pl.DataFrame) -> pl.Series:
    """The file each offer was read from (`scopes.source_file`, Categorical). A night has few: each is named once."""
    stem = pl.col("source_ref").str.strip_chars_end("0123456789").cast(pl.Categorical)
    stems = shown.select(pl.col("source").cast(pl.Categorical), stem=stem)
    file = source_file(pl.lit(None, pl.String), pl.col("stem").cast(pl.String)).cast(pl.Categorical)
    named = stems.select("stem").unique().with_columns(file=file)
    known = stems.join(named, on="stem", how="left", maintain_order="left")
    return known.select(pl.coalesce("file", "source")).to_series()


def _of_leaders(shown: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    followed = places.filter(pl.col("leader").is_not_null()).select("market", channel="leader").unique()
    leading = places.filter(role="leader").join(followed, on=["market", "channel"], how="semi")
    return shown.join(leading.select("place"), on="place", how="semi")


_NO_LEADER = pl.LazyFrame(
    schema={
        "market": pl.String, "leader": pl.String, "item": pl.Int32, "leader_price": pl.Int64, "leader_ref": pl.String,
        "leader_shipping": pl.Int64,
    }
)  # fmt: skip


def _frames(brief: Brief, once: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    """The frames of `checks.FRAMES` for one bucket."""
    points = brief.points.lazy()
    return {
        "history": brief.world.history,
        "source_runs": brief.world.source_runs.lazy(),
        "assortment": frames.assortment(_not_wholly_shown(brief, once), brief.places),
        "calendar": numbered(brief.world).lazy(),
        "zone_prices": frames.zone_prices(brief.world, points, brief.places),
        "labels": brief.labels.lazy(),
        **{name: frame.lazy() for name, frame in brief.beside.items()},
    }


def _not_wholly_shown(brief: Brief, once: pl.DataFrame) -> pl.LazyFrame:
    """What must be listed (`frames.due`) in areas where not every place shows it for sale: nearly everything is in all."""
    own = once.lazy().filter(pl.col("seller").is_null(), pl.col("available").fill_null(True))
    in_all = brief.places.lazy().group_by("area").len("all")
    whole = (
        own.group_by("item", "area")
        .agg(places=pl.col("offers").sum())
        .join(in_all, on="area", how="inner")
        .filter(pl.col("places") >= pl.col("all"))
    )
    must = frames.due(brief.world, brief.items, brief.places, brief.points.lazy())
    return must.join(whole, on=["item", "area"], how="anti")


def _worth_a_look(shown: pl.DataFrame, rule: Rule, beside: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """The offers that a rule about single places has to see: those that show what it observes; for one about what is missing,
    those of products in areas where they are not shown everywhere."""
    kind = registry()[rule.check]
    if "assortment" in kind.frames:
        return shown.join(beside["assortment"].select("item", "place").collect(), on=["item", "place"], how="semi")
    observed = kind.observes(rule.params) if kind.observes is not None and kind.scope == "offer" else None
    return shown.filter(pl.col(observed).is_not_null()) if observed in shown.columns else shown


def _looked_at() -> dict[str, pl.Expr]:
    """How far judged offers were looked at (`seen.LOOKED_AT`)."""
    looked = pl.col("comparable") & (pl.col("age") <= LOOKS_BACK)
    decided, led = (pl.col(name).is_not_null() for name in ("list_price", "leader_price"))
    return {"compared": looked, "decided": looked & decided, "led": looked & led}


def _not_provable(
    once: pl.DataFrame,
    shown: pl.DataFrame,
    rules: Sequence[Rule],
    held: Held,
    catalogue: pl.LazyFrame,
    beside: Mapping[str, pl.LazyFrame],
) -> pl.DataFrame:
    claiming = [rule for rule in rules if registry()[rule.check].unproven is not None]
    unproven = not_provable(once.lazy(), [rule for rule in claiming if alike(rule)], catalogue, beside, ["situation"]).collect()
    offers = [shown.join(unproven, on="situation", how="semi").select("item", "place")]
    for rule in claiming:
        if not alike(rule):
            seen = held(_worth_a_look(shown, rule, beside))
            offers.append(not_provable(seen, [rule], catalogue, beside).collect())
    return pl.concat(offers).unique()


def _judged_by(
    once: pl.DataFrame, shown: pl.DataFrame, rules: Sequence[Rule], held: Held, catalogue: pl.LazyFrame
) -> dict[str, int]:
    about = about_offers(rules)
    of_one = [rule for rule in about if columns_read(rule) & OF_ONE_OFFER]
    every = held(shown).with_columns(offers=pl.lit(1, pl.Int64))
    counted = ((once.lazy(), [rule for rule in about if rule not in of_one]), (every, of_one))
    return {
        rule: count
        for offers, asked in counted
        if asked
        for rule, count in judged_by(offers, asked, catalogue).collect().row(0, named=True).items()
    }


def together(parts: Sequence[Judged]) -> Judged:
    """What several buckets gave, as one. Buckets hold whole products, so no offer is in two."""
    counts = Counter[str]()
    for part in parts:
        counts.update(part.judged_by)
    return Judged(
        candidates=pl.concat(part.candidates for part in parts),
        seen=Seen.together([part.seen for part in parts]),
        remembered=pl.concat(part.remembered for part in parts),
        not_provable=pl.concat(part.not_provable for part in parts),
        not_verified=pl.concat(part.not_verified for part in parts),
        judged_by=counts,
    )
