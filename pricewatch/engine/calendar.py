"""Tomorrow's calendar before it goes live: rows that make no sense together, as findings like any other.

What can be told without any offer: rows that were refused, promotions that name what there is not or match no product, and what
price list and calendar say against themselves (`calendar_conflicts`). Prices that were decided are judged as offers would be, by
the checks that can (`calendar_offers`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import polars as pl

from pricewatch.domain import labels, tables
from pricewatch.domain.texts import formatted
from pricewatch.engine import calendar_conflicts as conflicts
from pricewatch.engine import codes
from pricewatch.engine.calendar_offers import decided_offers
from pricewatch.engine.calendar_problems import problem
from pricewatch.engine.calendar_rows import scoped
from pricewatch.engine.checks import registry
from pricewatch.engine.diagnose import diagnose
from pricewatch.engine.expect import expect
from pricewatch.engine.findings import describe
from pricewatch.engine.frames import frames_of
from pricewatch.engine.places import numbered, place_table
from pricewatch.engine.points import price_points
from pricewatch.engine.rules import not_provable, products, run_rules
from pricewatch.engine.world import Rule, World

CHECK = "calendar"


def lint_calendar(world: World, refused: pl.DataFrame) -> pl.DataFrame:
    """What is wrong with the price list and the promotions that `world.night` goes live with: `tables.Findings`, state `new`.

    In: a world with its central tables; `tables.Quarantine` rows of them. Promotions over by `world.as_of` are left out.
    """
    coming = numbered(world).filter(pl.col("ends_at") > world.as_of)
    items = codes.item_codes(world)
    places = place_table(world, codes.place_codes(world))
    parts = [
        _refused(refused),
        _unknown(coming, "channels", "channel", world.channels["channel"].to_list()),
        _unknown(coming, "zones", "zone", place_zones(world)),
        _unknown(coming, "locations", "store", world.central.locations["location"].to_list()),
        _matching_nothing(coming, world),
        _without_price(world),
        conflicts.overlaps(coming, world, items, places),
        conflicts.without_effect(coming, world, items, places),
        conflicts.gaps(world, items),
        conflicts.interrupted(world, items),
        conflicts.strangers(world),
        conflicts.priced_elsewhere(world, items, places),
    ]
    return _findings(pl.concat(parts), world.night)


def lint_prices(world: World, rules: Sequence[Rule], items: pl.DataFrame, place_codes: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """What the checks that can judge decided prices find in those of `world.as_of`, and how many claims history can't prove.

    In: a world with central tables and the price history; rules in force, of which those of kinds with `Check.calendar` are run;
    the codes that the history is written in. Out: `tables.Findings`, state `new`; each about an area, so without a store.
    """
    judging = [rule for rule in rules if registry()[rule.check].calendar]
    places = place_table(world, place_codes).with_columns(location=pl.lit(None, pl.String))
    points = price_points(world, items, places)
    offers = decided_offers(points, world, places)
    judged = expect(offers.lazy(), points.lazy(), world, places)
    frames = frames_of(world, judged, points.lazy(), labels.read(offers["promotion_label"]), items, places)
    catalogue = products(world, items).collect()
    candidates = run_rules(judged, judging, catalogue.lazy(), frames).collect()
    unproven = not_provable(judged, judging, catalogue.lazy(), frames).collect().height
    diagnosed = diagnose(candidates, world, points, places, catalogue)
    found = describe(diagnosed, points, judging, world, items, places)
    return _completed(found, world.night), unproven


def place_zones(world: World) -> list[str]:
    """Every price zone that a channel or a store is in."""
    zones = [*world.channels["zone"].drop_nulls(), *world.central.locations["zone"].drop_nulls()]
    return sorted(set(zones))


def _refused(refused: pl.DataFrame) -> pl.DataFrame:
    """Rows that can't be read or end before they start: set aside by the audit, so their prices are not decided."""
    return problem(
        refused,
        "calendar-refused",
        severity="major",
        subject=pl.col("feeds"),
        message=formatted("{} row: {}", "feeds", "reason"),
    )


def _unknown(coming: pl.DataFrame, column: str, noun: str, known: list[str]) -> pl.DataFrame:
    """Calendar rows that name a channel, zone or store there is not."""
    named = coming.drop_nulls(column).explode(column).filter(~pl.col(column).is_in(known))
    return problem(
        named,
        f"calendar-unknown-{noun}",
        severity="major",
        subject=column,
        message=formatted("promotion {}: there is no {} '{}'", "promotion", pl.lit(noun), column),
    )


def _matching_nothing(coming: pl.DataFrame, world: World) -> pl.DataFrame:
    """Calendar rows whose scope is true of no product of the catalogue; an SKU that is not in it is named."""
    matched = scoped(coming, world, codes.item_codes(world)).select("promotion_row").unique()
    stranger = pl.col("sku").is_not_null() & ~pl.col("sku").is_in(world.central.products["sku"].to_list())
    return problem(
        coming.join(matched, on="promotion_row", how="anti"),
        pl.when(stranger).then(pl.lit("calendar-unknown-sku")).otherwise(pl.lit("calendar-scope")),
        severity="major",
        subject="scope",
        message=pl.when(stranger)
        .then(formatted("promotion {}: there is no product '{}'", "promotion", "sku"))
        .otherwise(formatted("promotion {}: its scope matches no product", "promotion")),
    )


def _without_price(world: World) -> pl.DataFrame:
    """Zones of channels and stores in which no product at all has a list price in force."""
    places = place_table(world, codes.place_codes(world))
    now = pl.lit(world.as_of, tables.UTC)
    ends = pl.col("valid_to").is_null() | (pl.col("valid_to") > now)
    priced = world.central.price_list.filter(pl.col("valid_from") <= now, ends).select("market", "zone").unique()
    bare = places.select("market", "zone").drop_nulls().unique().join(priced, on=["market", "zone"], how="anti")
    return problem(
        bare,
        "calendar-zone-without-price",
        severity="critical",
        subject="list_price",
        message=formatted("zone {}: no product has a price", "zone"),
    )


def _findings(problems: pl.DataFrame, night: date) -> pl.DataFrame:
    """Problems as findings; the fingerprint follows from rule, row and message, so that a mended row is another finding."""
    keys = problems.select(
        pl.concat_str(pl.col("rule", "market", "zone", "source_ref", "message").fill_null(""), separator="\x1f")
    )
    ids = ["f" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest() for key in keys.to_series()]
    told = problems.with_columns(
        pl.Series("fingerprint", ids, pl.String),
        check=pl.lit(CHECK),
        owner=pl.lit("pricing"),
        direction=pl.lit("none"),
        cause=pl.lit("unknown"),
        detail="message",
        promotion_ref=pl.when(pl.col("promotion").is_not_null()).then("source_ref"),
    )
    full = _completed(told, night)
    return full.unique("fingerprint", keep="first", maintain_order=True).sort("rule", "source_ref", "message", nulls_last=True)


def _completed(told: pl.DataFrame, night: date) -> pl.DataFrame:
    """`tables.Findings` with the lifecycle of something just found."""
    days = dict.fromkeys(("night", "first_seen", "state_since"), pl.lit(night))
    rows = told.with_columns(state=pl.lit("new"), **days)
    schema = tables.schema("findings")
    return rows.select((pl.col(n) if n in rows.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema.items())
