"""What tests of kinds that look at other products or zones share: their world frames as text tables, by place in words."""

from __future__ import annotations

import polars as pl

from pricewatch.testing import judged, typed


def _judged(offers: str | pl.DataFrame) -> pl.DataFrame:
    return judged(offers) if isinstance(offers, str) else offers


def families_of(offers: str | pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The world frame `families` of the judged offers themselves: how often each price is shown in a family and place."""
    shown = _judged(offers).filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("price").is_not_null())
    counted = shown.drop_nulls("family").group_by("place", "family", family_price="price").agg(shown=pl.len().cast(pl.Int64))
    return {"families": counted}


def unit_prices_of(offers: str | pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The world frame `unit_prices` of the judged offers themselves: what each product costs alone in each place."""
    shown = _judged(offers).filter(pl.col("seller").is_null(), pl.col("price").is_not_null())
    return {"unit_prices": shown.select("place", unit_sku="sku", single_price="price")}


def zone_prices_of(offers: str | pl.DataFrame, text: str) -> dict[str, pl.DataFrame]:
    """The world frame `zone_prices` of a text table with `sku`, `other_zone`, `zone_list_price`, in market `us`."""
    rows = typed(text, {"sku": pl.String, "other_zone": pl.String, "zone_list_price": pl.Int64})
    items = _judged(offers).select("sku", "item").unique()
    told = rows.join(items, on="sku", how="inner").with_columns(market=pl.lit("us"))
    return {"zone_prices": told.select("market", "item", "other_zone", "zone_list_price")}
