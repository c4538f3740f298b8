"""Candidates to findings: text for codes, what it costs, the sentence a person reads, one finding a wrong price.

Several rules may see the same wrong price: a promotion that is missing is also an unexpected price. The most specific kind keeps
it (`Check.refines`) with the highest severity among them, and `also` names the other rules; nothing is told twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from string import Formatter

import polars as pl

from pricewatch.domain import money, tables, windows
from pricewatch.domain.texts import formatted
from pricewatch.engine.because import because
from pricewatch.engine.checks import SENTENCE, registry
from pricewatch.engine.places import numbered
from pricewatch.engine.severity import graded
from pricewatch.engine.world import Rule, World

IDENTITY = ["check", "rule", "market", "channel", "location", "sku", "seller", "source_key", "promotion_key"]
"""What makes a finding the same on another night. Never an amount: a price that is wrong otherwise is the same finding."""

CHARGED = ("price", "regular_price", "member_price", "paid", "landed_price")
"""Subjects that customers pay: a difference is an overcharge or an undercharge, and costs money every week."""

MONEY_SUBJECTS = (
    *CHARGED, "was_price", "price_conflict", "unit_price", "list_price", "label_price", "shipping", "family_price",
    "pack_price", "buy_box", "multibuy_paid",
)  # fmt: skip
"""Subjects whose `expected` and `observed` are money."""


def describe(
    candidates: pl.DataFrame,
    points: pl.DataFrame,
    rules: Sequence[Rule],
    world: World,
    items: pl.DataFrame,
    places: pl.DataFrame,
) -> pl.DataFrame:
    """Findings of one night, without lifecycle: `tables.Findings` less `state`, `first_seen`, `state_since`, waivers, incident.

    In: diagnosed candidates; the night's price points. One row a fingerprint, in a fixed order.
    """
    rows = _with_rules(candidates, rules)
    rows = _with_text(rows, world, items, places)
    rows = _with_amounts(rows)
    rows = graded(rows, rules)
    rows = _folded(rows)
    rows = rows.with_columns(because=because(rows, points, world, places), message=_message(), night=pl.lit(world.night))
    rows = rows.with_columns(fingerprint=_fingerprints(rows))
    lifecycle = {"state", "first_seen", "state_since", "incident", "waived_by", "waived_until"}
    columns = {name: dtype for name, dtype in tables.schema("findings").items() if name not in lifecycle}
    ordered = rows.sort("channel", "location", "sku", "seller", "rule", "source_ref", "fingerprint", nulls_last=True)
    return ordered.select(pl.col(name).cast(dtype) for name, dtype in columns.items()).unique(
        "fingerprint", keep="first", maintain_order=True
    )


def _with_rules(candidates: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    told = pl.DataFrame(
        [(rule.id, rule.check, rule.severity, rule.owner) for rule in rules],
        schema={"rule": pl.String, "check": pl.String, "severity": pl.String, "owner": pl.String},
        orient="row",
    )
    return candidates.join(told, on="rule", how="inner", validate="m:1")


def _with_text(rows: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """SKU, product and place in text again, and the central rows the expectation rests on."""
    keyed = [kind.name for kind in registry().values() if kind.keyed_by_promotion]
    products = world.central.products.join(items, on="sku", how="inner").select(
        "item", "sku", "gtin", "name", "brand", "category", "weekly_units"
    )
    where = places.select("place", "market", "channel", "channel_kind", "location", "zone", "market_currency", "time_zone")
    zones = sorted(set(places["time_zone"].to_list()))
    promotions = numbered(world).select("promotion_row", "promotion", promotion_name="name", promotion_ref="source_ref")
    price_list = world.central.price_list.select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("price_row"), price_ref="source_ref", price_since="valid_from"
    )
    sources = world.sources.select("source", source_market="market", source_channel="channel")
    return (
        rows.join(products, on="item", how="left", validate="m:1")
        .join(where, on="place", how="left", validate="m:1")
        .join(promotions, on="promotion_row", how="left", validate="m:1")
        .join(price_list, on="price_row", how="left", validate="m:1")
        .join(sources, on="source", how="left", validate="m:1")
        .with_columns(
            price_since=windows.local_day(pl.col("price_since"), pl.col("time_zone"), zones).str.to_date("%Y-%m-%d"),
            market=pl.coalesce("market", "source_market"),
            channel=pl.coalesce("channel", "source_channel"),
            currency=pl.coalesce("currency", "market_currency"),
            # The promotion that is missing, stale or misapplied is part of what a finding is; one merely in force is evidence.
            promotion_key=pl.when(pl.col("check").is_in(keyed)).then("promotion"),
            source_key=pl.when(pl.col("item").is_null()).then("source"),
        )
    )


def _with_amounts(rows: pl.DataFrame) -> pl.DataFrame:
    """`delta`, `direction` and `impact` (minor units a week): |delta| times the units one place sells a week, or 1."""
    is_money = pl.col("subject").is_in(MONEY_SUBJECTS)
    delta = pl.when(is_money).then(pl.col("observed") - pl.col("expected"))
    charged = pl.col("subject").is_in(CHARGED)
    # What was charged for several units together is so much too much or too little on each of them.
    together = pl.when(pl.col("subject") == "paid").then(pl.col("quantity").fill_null(1)).otherwise(1)
    units = pl.col("weekly_units").fill_null(1.0) / together
    return rows.with_columns(delta=delta).with_columns(
        direction=pl.when(charged & (pl.col("delta") > 0))
        .then(pl.lit("overcharge"))
        .when(charged & (pl.col("delta") < 0))
        .then(pl.lit("undercharge"))
        .otherwise(pl.lit("none")),
        impact=pl.when(charged)
        .then((pl.col("delta").abs() * units).round(0, mode="half_away_from_zero"))
        .cast(pl.Int64)
        .fill_null(0),
        volume_known=pl.col("weekly_units").is_not_null(),
    )


def _folded(rows: pl.DataFrame) -> pl.DataFrame:
    """One finding a wrong price: the most specific kind keeps it, with the highest severity; `also` names the other rules."""
    refined = pl.DataFrame(
        [(specific, general) for specific, kind in registry().items() for general in sorted(kind.refines)],
        schema={"specific": pl.String, "check": pl.String},
        orient="row",
    )
    price = ["item", "place", "seller", "observed"]
    seen = rows.filter(pl.col("item").is_not_null(), pl.col("observed").is_not_null())
    pairs = (
        seen.select(*price, "check", "rule", "severity")
        .join(refined, on="check", how="inner")
        .join(seen.select(*price, specific="check", kept="rule"), on=[*price, "specific"], how="inner", nulls_equal=True)
    )
    dropped = pairs.select(*price, "rule").unique()
    keeps = pairs.group_by(*price, rule="kept").agg(
        also=pl.col("rule").unique().sort().str.join(", "), folded=_rank("severity").max()
    )
    names = dict(enumerate(tables.SEVERITIES))
    return (
        rows.join(dropped, on=[*price, "rule"], how="anti", nulls_equal=True)
        .join(keeps, on=[*price, "rule"], how="left", nulls_equal=True)
        .with_columns(severity=pl.max_horizontal(_rank("severity"), "folded").replace_strict(names, return_dtype=pl.String))
    )


def _rank(severity: str) -> pl.Expr:
    return pl.col(severity).replace_strict({name: i for i, name in enumerate(tables.SEVERITIES)}, return_dtype=pl.Int8)


def _amount(column: str) -> pl.Expr:
    return money.show_expr(pl.col(column), pl.col("currency"))


SUBJECTS = {"price": "shows", "regular_price": "has regular price", "member_price": "takes from card holders"}


def _message() -> pl.Expr:
    """One sentence, as the kind of check says it: where, what is shown, what was decided.

    Where a part of it is unknown (no promotion's name, no amounts), the detail stands for it.
    """
    place = (
        pl.when(pl.col("location").is_not_null())
        .then(formatted("store {}", pl.col("location")))
        .otherwise(pl.coalesce("channel", "source"))
    )
    parts = {
        "place": place,
        "observed": _amount("observed"),
        "expected": _amount("expected"),
        "delta": _amount("delta"),
        "promotion": pl.coalesce("promotion_name", "promotion"),
        "detail": pl.col("detail"),
        "verb": pl.col("subject").replace_strict(SUBJECTS, default="shows", return_dtype=pl.String),
    }
    told = pl.coalesce(
        *(pl.when(pl.col("check") == kind.name).then(_filled(kind.sentence, parts)) for kind in registry().values()),
        _filled(SENTENCE, parts),
    )
    return pl.coalesce(told, formatted("{}: {}", place, pl.col("detail").fill_null("differs")))


def _filled(sentence: str, parts: dict[str, pl.Expr]) -> pl.Expr:
    """A sentence of `Check.sentence` with its parts filled in; null where one of them is."""
    pieces = list(Formatter().parse(sentence))
    return formatted(
        "".join(text + ("" if name is None else "{}") for text, name, _, _ in pieces),
        *(parts[name] for _, name, _, _ in pieces if name is not None),
    )


def _fingerprints(rows: pl.DataFrame) -> pl.Series:
    """`f` and 16 hexadecimal digits of `IDENTITY`, the same in every version of every library.

    The letter in front keeps spreadsheets from reading an id as a number.
    """
    keys = rows.select(pl.concat_str(pl.col(IDENTITY).fill_null("\x00"), separator="\x1f")).to_series()
    return pl.Series("fingerprint", ["f" + hashlib.blake2b(key.encode(), digest_size=8).hexdigest() for key in keys], pl.String)
