"""One check on judged offers, without the night around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl

from pricewatch.domain import labels, tables
from pricewatch.engine.checks import registry
from pricewatch.engine.rules import EVIDENCE, PRODUCT_COLUMNS, run_rules
from pricewatch.engine.rules import products as catalogue
from pricewatch.engine.world import Central, Rule, World
from pricewatch.testing.text_tables import MONEY, typed
from pricewatch.testing.worlds import AS_OF, NIGHT, SEEN

NOT_OF_OFFERS = frozenset(
    {
        "expected", "observed", "delta", "impact", "overcharge", "undercharge", "family_price", "single_price", "zone_list_price",
    }
)  # fmt: skip
"""Money that is in findings or in the frames of `engine.frames`, not in judged offers."""

JUDGED: dict[str, tuple[Any, Any]] = {
    "sku": (pl.String, None),
    "name": (pl.String, None),
    "brand": (pl.String, None),
    "category": (pl.String, None),
    "family": (pl.String, None),
    "tax_rate": (pl.Int64, None),
    "weekly_units": (pl.Float64, None),
    **dict.fromkeys(("kvi", "clearance", "food", "fast_moving", "fresh_produce", "perishable"), (pl.Boolean, None)),
    "launched_on": (tables.UTC, None),
    "cost_advantages": (pl.Int64, None),
    "content": (pl.Float64, None),
    "content_unit": (pl.String, None),
    "pack_of": (pl.Int64, None),
    "unit_sku": (pl.String, None),
    "listed": (pl.List(pl.String), None),
    "catalogue_gtin": (pl.Int64, None),
    "market": (pl.String, "us"),
    "channel": (pl.String, "web"),
    "channel_kind": (pl.String, None),
    "location": (pl.String, None),
    "zone": (pl.String, "Z1"),
    "role": (pl.String, "own_zone"),
    "leader": (pl.String, None),
    "landed": (pl.Boolean, None),
    "low": (pl.Int64, None),
    "high": (pl.Int64, None),
    "grace": (pl.Duration("us"), timedelta(0)),
    "unit": (pl.Int64, 100),
    "surface": (pl.String, "html"),
    "seller": (pl.String, None),
    "external_id": (pl.String, None),
    "gtin": (pl.Int64, None),
    "currency": (pl.String, "USD"),
    "market_currency": (pl.String, "USD"),
    "market_tax_included": (pl.Boolean, False),
    "tax_included": (pl.Boolean, False),
    "promotion_label": (pl.String, None),
    "available": (pl.Boolean, None),
    "observed_at": (tables.UTC, SEEN),
    "source": (pl.String, "test"),
    "source_ref": (pl.String, "test:1"),
    "lines": (pl.Int64, 1),
    "member_lines": (pl.Int64, 0),
    "comparable": (pl.Boolean, True),
    "age": (pl.Duration("us"), AS_OF - SEEN),
    "price_row": (pl.Int32, None),
    "promotion_row": (pl.Int32, None),
    "promotion_starts_at": (tables.UTC, None),
    "member_promotion_row": (pl.Int32, None),
    "previous_price_row": (pl.Int32, None),
    "next_price_row": (pl.Int32, None),
    "ended_row": (pl.Int32, None),
    "ended_member_row": (pl.Int32, None),
    **dict.fromkeys(("early_row", "early_member_row", "coupon_row", "multibuy_row", "credit_row", "extra_row"), (pl.Int32, None)),
    "shipping_row": (pl.Int32, None),
    "multibuy_quantity": (pl.Int64, None),
    "extra": (pl.Int64, None),
    "promotion": (pl.String, None),
    "unit_price_base": (pl.String, None),
    "buy_box": (pl.Boolean, None),
    "quantity": (pl.Int64, None),
    "leader_ref": (pl.String, None),
    **dict.fromkeys(sorted(MONEY - NOT_OF_OFFERS), (pl.Int64, None)),
}
"""Judged offers (`engine.expect`) as a test writes them, by SKU and location instead of codes: dtype and quiet default."""


def judged(text: str) -> pl.DataFrame:
    """Judged offers of a text table (columns of `JUDGED`), with `item` and `place` codes."""
    rows = typed(text, {name: dtype for name, (dtype, _) in JUDGED.items()})
    quiet = [pl.lit(default, dtype).alias(name) for name, (dtype, default) in JUDGED.items() if name not in rows.columns]
    rows = rows.with_columns(quiet)
    rows = rows.with_columns(
        channel_kind=pl.coalesce("channel_kind", "channel"),
        price_low=pl.coalesce("price_low", "price"),
        price_high=pl.coalesce("price_high", "price"),
    )
    place = pl.struct("market", "channel", "location")
    return rows.with_columns(item=_code(pl.col("sku")), place=_code(place), area=_code(pl.struct("market", "channel", "zone")))


def _code(value: pl.Expr) -> pl.Expr:
    return (value.rank("dense") - 1).cast(pl.Int32)


def findings_of(
    check: str, offers: str, *, where: str | None = None, frames: Mapping[str, pl.DataFrame] | None = None, **params: Any
) -> pl.DataFrame:
    """What one check finds among judged offers: `sku` and place in text, `CANDIDATE`, `EVIDENCE`, `delta`, `direction`."""
    return findings_among(check, judged(offers), where=where, frames=frames, **params)


def findings_among(
    check: str, offers: pl.DataFrame, *, where: str | None = None, frames: Mapping[str, pl.DataFrame] | None = None, **params: Any
) -> pl.DataFrame:
    """`findings_of` for judged offers that are a frame already."""
    rule = Rule(id="test", check=check, params=registry()[check].params(**params), where=where)
    products = offers.select(*OF_CATALOGUE, gtin="catalogue_gtin", channels="listed")
    central = Central(products=_products(products))
    items = offers.select("item", "sku").unique().drop_nulls().sort("item")
    world = World(night=NIGHT, as_of=AS_OF, central=central, items=items)
    given = {name: frame.lazy() for name, frame in {**_quiet_frames(), "labels": said_of(offers), **(frames or {})}.items()}
    bare = offers.drop(PRODUCT_COLUMNS)
    found = run_rules(bare.lazy(), [rule], catalogue(world, items), given).collect()
    places = offers.select("place", "market", "channel", "location").unique()
    delta = pl.col("observed") - pl.col("expected")
    return (
        found.join(items, on="item", how="left")
        .join(places, on="place", how="left")
        .with_columns(
            delta=delta,
            direction=pl.when(delta > 0)
            .then(pl.lit("overcharge"))
            .when(delta < 0)
            .then(pl.lit("undercharge"))
            .otherwise(pl.lit("none")),
        )
        .sort("sku", "channel", "location", "seller", "source", nulls_last=True)
    )


def said_of(offers: pl.DataFrame) -> pl.DataFrame:
    """The frame `labels` of judged offers: what each of their promotion labels says."""
    shown = offers["promotion_label"].drop_nulls().unique().sort() if "promotion_label" in offers.columns else ()
    return _labels(tuple(shown))


@cache
def _labels(texts: tuple[str, ...]) -> pl.DataFrame:
    """What labels say: read once, for worlds made by chance repeat a handful."""
    return labels.read(pl.Series(texts, dtype=pl.String))


def _products(rows: pl.DataFrame) -> pl.DataFrame:
    schema = tables.schema("products")
    known = rows.drop_nulls("sku").unique("sku", keep="first", maintain_order=True).with_columns(pl.col("gtin").cast(pl.String))
    return known.select((pl.col(n) if n in known.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema.items())


OF_CATALOGUE = tuple(name for name in PRODUCT_COLUMNS if name not in ("catalogue_gtin", "listed"))


def _quiet_frames() -> dict[str, pl.DataFrame]:
    assortment = {name: EVIDENCE[name] for name in ("item", "place", "area", "list_price", "price_row", "currency")}
    return {
        "history": tables.empty("history"),
        "source_runs": tables.empty("source_runs"),
        "assortment": pl.DataFrame(schema={**assortment, "market": pl.String, "channel": pl.String, "channel_kind": pl.String}),
        "calendar": tables.empty("promotions").with_columns(promotion_row=pl.lit(None, pl.Int32)),
        "zone_prices": pl.DataFrame(
            schema={"market": pl.String, "item": pl.Int32, "other_zone": pl.String, "zone_list_price": pl.Int64}
        ),
        "families": pl.DataFrame(schema={"place": pl.Int32, "family": pl.String, "family_price": pl.Int64, "shown": pl.Int64}),
        "unit_prices": pl.DataFrame(schema={"place": pl.Int32, "unit_sku": pl.String, "single_price": pl.Int64}),
    }
