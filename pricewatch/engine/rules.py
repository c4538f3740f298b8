"""Rules applied to judged offers: each gives candidates, and all candidates are one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pricewatch.domain import identifiers
from pricewatch.engine import conditions
from pricewatch.engine.checks import CANDIDATE, registry
from pricewatch.engine.world import Rule, World

PRODUCT_COLUMNS = (
    "sku", "name", "brand", "category", "family", "tax_rate", "weekly_units", "kvi", "clearance", "catalogue_gtin", "food",
    "fast_moving", "fresh_produce", "perishable", "launched_on", "cost", "cost_advantages", "cost_transport", "cost_taxes",
    "min_price", "max_price", "map_price", "content", "content_unit", "pack_of", "unit_sku", "deposit", "eco_fee", "listed",
)  # fmt: skip
"""Catalogue columns a rule's `where` and a check's `needs` may name; joined only for rules that do."""

PLACE_COLUMNS = ("market", "channel", "channel_kind", "location", "zone", "role")

OFFER_COLUMNS = (
    "surface", "seller", "external_id", "gtin", "regular_price", "price", "was_price", "member_price", "shipping", "currency",
    "tax_included", "promotion_label", "promotion", "available", "unit_price", "unit_price_base", "points", "buy_box", "quantity",
    "paid", "label_price", "file_price", "observed_at", "source", "lines", "member_lines", "list_price", "expected_price",
    "expected_member_price",
)  # fmt: skip

WHERE_COLUMNS = (*PLACE_COLUMNS, *PRODUCT_COLUMNS, *OFFER_COLUMNS)
"""What a rule's `where` may name. Money in it is minor units."""

LISTED_COLUMNS = (*PLACE_COLUMNS, *PRODUCT_COLUMNS, "currency", "list_price")
"""What the `where` of a rule about presence may name (checks that ask for `assortment`): nothing was seen there."""

SOURCE_COLUMNS = ("source", "channel", "status", "feeds")
"""What the `where` of a rule about sources may name (checks with scope `night`)."""

EVIDENCE: dict[str, pl.DataType] = {
    "item": pl.Int32(),
    "place": pl.Int32(),
    "area": pl.Int32(),
    "surface": pl.String(),
    "seller": pl.String(),
    "source": pl.String(),
    "source_ref": pl.String(),
    "observed_at": pl.Datetime("us", "UTC"),
    "currency": pl.String(),
    "lines": pl.Int64(),
    "list_price": pl.Int64(),
    "price_row": pl.Int32(),
    "expected_price": pl.Int64(),
    "expected_member_price": pl.Int64(),
    "promotion_row": pl.Int32(),
    "member_promotion_row": pl.Int32(),
    "previous_list_price": pl.Int64(),
    "previous_price_row": pl.Int32(),
    "next_list_price": pl.Int64(),
    "next_price_row": pl.Int32(),
    "ended_price": pl.Int64(),
    "ended_row": pl.Int32(),
    "ended_member_price": pl.Int64(),
    "ended_member_row": pl.Int32(),
    "early_price": pl.Int64(),
    "early_row": pl.Int32(),
    "early_member_price": pl.Int64(),
    "early_member_row": pl.Int32(),
    "coupon_price": pl.Int64(),
    "coupon_row": pl.Int32(),
    "multibuy_paid": pl.Int64(),
    "multibuy_quantity": pl.Int64(),
    "multibuy_row": pl.Int32(),
    "shipping": pl.Int64(),
    "quantity": pl.Int64(),
    "unit_price_base": pl.String(),
}
"""What every candidate carries of its offer, besides `CANDIDATE`: keys, provenance, and the prices a cause may be found in."""


def run_rules(
    offers: pl.LazyFrame, rules: Sequence[Rule], catalogue: pl.LazyFrame, frames: Mapping[str, pl.LazyFrame]
) -> pl.LazyFrame:
    """Candidates of every rule: `rule` (its id) plus `CANDIDATE` plus `EVIDENCE`, one row a suspected offer and rule.

    In: judged offers (`expect`), the catalogue (`products`), and the world frames checks may ask for by name. Rows keep no order.
    """
    found = [_candidates(rule, offers, catalogue, frames) for rule in rules]
    empty = pl.LazyFrame(schema={"rule": pl.String, **EVIDENCE, **CANDIDATE})
    return pl.concat([empty, *found])


def suspected(
    offers: pl.LazyFrame, rule: Rule, catalogue: pl.LazyFrame, frames: Mapping[str, pl.LazyFrame], key: str
) -> pl.LazyFrame:
    """`key` of the offers that a rule suspects. In: as `run_rules`, offers with a column `key`."""
    return _suspects(rule, offers, catalogue, frames).select(key)


def not_provable(
    offers: pl.LazyFrame,
    rules: Sequence[Rule],
    catalogue: pl.LazyFrame,
    frames: Mapping[str, pl.LazyFrame],
    key: Sequence[str] = ("item", "place"),
) -> pl.LazyFrame:
    """Offers that some rule can call neither right nor wrong: `key`, each once."""
    found = [offers.select(key).clear()]
    for rule in rules:
        kind = registry()[rule.check]
        if kind.unproven is not None:
            where = condition(rule.where)
            given = {name: _frame(frames[name], name, rule, where, catalogue) for name in kind.frames}
            claims = kind.unproven(_concerned(offers, rule, where, catalogue), rule.params, **given)
            found.append(claims.select(key))
    return pl.concat(found).unique()


def judged_by(offers: pl.LazyFrame, rules: Sequence[Rule], catalogue: pl.LazyFrame) -> pl.LazyFrame:
    """One row, a column a rule about offers: how many of our own offers it is about that show what it looks at (Int64).

    In: judged offers with `offers` (Int64), how many each row stands for. A rule with none of them found nothing because it
    looked at nothing: its condition fits no channel, or no source delivers the price it is about.
    """
    named = {name for rule in rules for name in columns_read(rule)}
    if wanted := [name for name in PRODUCT_COLUMNS if name in named]:
        offers = offers.join(catalogue.select("item", *wanted), on="item", how="left", validate="m:1")
    counted = {}
    for rule in rules:
        observes, where = registry()[rule.check].observes, condition(rule.where)
        shown = pl.col("seller").is_null() if where is None else where & pl.col("seller").is_null()
        if observes is not None:
            shown &= pl.col(observes(rule.params)).is_not_null()
        counted[rule.id] = pl.col("offers").filter(shown).sum().cast(pl.Int64)
    return offers.select(**counted)


def about_offers(rules: Sequence[Rule]) -> list[Rule]:
    """The rules that look at what is shown: not at what is missing, not at sources."""
    kinds = registry()
    return [rule for rule in rules if kinds[rule.check].scope != "night" and "assortment" not in kinds[rule.check].frames]


def not_verified(offers: pl.LazyFrame, rules: Sequence[Rule], asked: pl.DataFrame) -> pl.LazyFrame:
    """Offers that a rule found wrong before and cannot call right tonight: `rule`, `item`, `place`, `seller`.

    In: judged offers; `asked`: `rule`, `item`, `place` of earlier findings. One till line, or a page without a member price, says
    too little to call right what was wrong.
    """
    found = [pl.LazyFrame(schema={"rule": pl.String, "item": pl.Int32, "place": pl.Int32, "seller": pl.String})]
    remembered = offers.join(asked.lazy().select("item", "place").unique(), on=["item", "place"], how="semi")
    for rule in rules:
        right = registry()[rule.check].verified(rule.params)
        if right is not None:
            found.append(remembered.filter(~right).select(pl.lit(rule.id).alias("rule"), "item", "place", "seller"))
    return pl.concat(found).join(asked.lazy(), on=["rule", "item", "place"], how="semi")


def columns_read(rule: Rule) -> frozenset[str]:
    """Columns of judged offers and of the catalogue that a rule names: in its condition, or by its parameters."""
    kind = registry()[rule.check]
    named = set() if rule.where is None else set(conditions.columns_of(rule.where))
    return frozenset(named | (kind.reads(rule.params) if kind.reads is not None else frozenset()))


def products(world: World, items: pl.DataFrame) -> pl.LazyFrame:
    """The catalogue by `item`, with `PRODUCT_COLUMNS`."""
    return (
        world.central.products.lazy()
        .join(items.lazy(), on="sku", how="inner")
        .with_columns(catalogue_gtin=identifiers.gtin_number(pl.col("gtin")), listed="channels")
        .select("item", *PRODUCT_COLUMNS)
    )


def condition(where: str | None) -> pl.Expr | None:
    """A rule's `where` as an expression; null verdicts count as 'not concerned'. Raises Polars' SQL errors."""
    return None if where is None else conditions.compiled(where)


def _candidates(rule: Rule, offers: pl.LazyFrame, catalogue: pl.LazyFrame, frames: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    suspects = _suspects(rule, offers, catalogue, frames)
    has = set(suspects.collect_schema().names())
    columns = {**EVIDENCE, **CANDIDATE}
    return suspects.select(
        pl.lit(rule.id).alias("rule"),
        *((pl.col(name) if name in has else pl.lit(None)).cast(dtype).alias(name) for name, dtype in columns.items()),
    )


def _suspects(rule: Rule, offers: pl.LazyFrame, catalogue: pl.LazyFrame, frames: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """What the rule's check suspects, with every column that it leaves."""
    kind = registry()[rule.check]
    where = condition(rule.where)
    concerned = _concerned(offers, rule, where, catalogue) if kind.scope != "night" else offers
    given = {name: _frame(frames[name], name, rule, where, catalogue) for name in kind.frames}
    return kind.function(concerned, rule.params, **given)


def _concerned(rows: pl.LazyFrame, rule: Rule, where: pl.Expr | None, catalogue: pl.LazyFrame) -> pl.LazyFrame:
    """Rows the rule is about, with the catalogue columns that its condition or its check reads."""
    kind = registry()[rule.check]
    named = set() if where is None else set(where.meta.root_names())
    named |= kind.needs | (kind.reads(rule.params) if kind.reads is not None else frozenset())
    wanted = [name for name in PRODUCT_COLUMNS if name in named]
    if wanted:
        rows = rows.join(catalogue.select("item", *wanted), on="item", how="left", validate="m:1")
    return rows if where is None else rows.filter(where)


def _frame(frame: pl.LazyFrame, name: str, rule: Rule, where: pl.Expr | None, catalogue: pl.LazyFrame) -> pl.LazyFrame:
    """A world frame a check asked for; the rule's condition narrows the ones that have its columns."""
    if name == "assortment":
        return _concerned(frame, rule, where, catalogue)
    if name == "source_runs" and where is not None and registry()[rule.check].scope == "night":
        return frame.filter(where)
    return frame
