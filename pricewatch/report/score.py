"""How consistent a night was, for eyes: shares with their trend, and the maturity of the price policy with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from rich.console import Group, RenderableType
from rich.text import Text

from pricewatch.domain import money
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.maturity import Maturity
from pricewatch.report import words
from pricewatch.report.lists import Column, listing

MEASURES = {
    "consistent": "in their corridor",
    "on_time": "promotions on time",
    "listed": "listed",
    "decided": "price decided",
}
"""Measures that are shares, as columns; the others are told in words."""

BARS = "_.-=*#"
"""A trend of shares in plain signs that every terminal has, from the lowest night to the highest."""


def table(scores: pl.DataFrame) -> pl.DataFrame:
    """One row a scope: `market`, `scope`, `value`, each of `MEASURES` in basis points (null: nothing to share out), `offers`.

    `offers` is how many the consistency rests on, `open_days` how long open findings have been open on average (days).
    """
    share = (pl.col("good") * BASIS_POINTS // pl.col("total")).alias("share")
    wide = scores.with_columns(share).filter(pl.col("measure").is_in(list(MEASURES)))
    named = wide.pivot("measure", index=["market", "scope", "value"], values="share", maintain_order=True)
    named = named.with_columns(pl.lit(None, pl.Int64).alias(name) for name in MEASURES if name not in named.columns)
    of = scores.filter(pl.col("measure") == "consistent").select("market", "scope", "value", offers="total")
    days = scores.filter(pl.col("measure") == "open_days").select(
        "market", "scope", "value", open_days=pl.col("good") // pl.col("total")
    )
    key = ["market", "scope", "value"]
    order = pl.col("scope").replace_strict({"market": 0, "channel": 1, "store": 2, "category": 3}, return_dtype=pl.Int8)
    return (
        named.join(of, on=key, how="left")
        .join(days, on=key, how="left")
        .sort(order, "consistent", *key, nulls_last=True)
        .select(*key, *MEASURES, "offers", "open_days")
    )


def standing(
    night: date, scores: pl.DataFrame, trend: pl.DataFrame, levels: Mapping[str, Maturity], *, by: str, width: int, limit: int
) -> RenderableType:
    """The whole answer: the markets with their trend, one scope in a list with the worst first, the maturity of each market."""
    parts: list[RenderableType] = [Text(f"Consistency, night of {words.day(night)}", style="bold"), Text("")]
    shares = table(scores)
    for (market,), rows in shares.filter(pl.col("scope") == "market").group_by("market", maintain_order=True):
        parts += [_market(str(market), rows.row(0, named=True), trend), Text("")]
    part = shares.filter(pl.col("scope") == by)
    parts += [Text(f"BY {by.upper()}, the least consistent first", style="bold")]
    parts += [listing(part.head(limit), _columns(by), width=width, total=part.height)]
    for market, level in levels.items():
        parts += [Text(""), _maturity(market, level)]
    return Group(*parts)


def _market(market: str, row: Mapping[str, int | None], trend: pl.DataFrame) -> Text:
    lines = [f"market {market}"]
    for measure, said in MEASURES.items():
        value = row[measure]
        told = "nothing to measure" if value is None else f"{value / 100:5.1f} %"
        lines.append(f"  {said:<20} {told}{_course(market, measure, trend)}")
    if row["open_days"] is not None:
        lines.append(f"  open findings        {row['open_days']:>5} days old on average")
    return Text("\n".join(lines))


def _course(market: str, measure: str, trend: pl.DataFrame) -> str:
    """How a share moved: against the night before, and the last nights in signs."""
    whole = trend.filter(pl.col("market") == market, pl.col("scope") == "market", pl.col("measure") == measure)
    shares = whole.sort("night").select(pl.col("good") * BASIS_POINTS // pl.col("total")).to_series().to_list()
    if len(shares) < 2:
        return ""
    low, high = min(shares), max(shares)
    steps = [BARS[0 if high == low else (share - low) * (len(BARS) - 1) // (high - low)] for share in shares]
    change = shares[-1] - shares[-2]
    moved = "as the night before" if change == 0 else f"{change / 100:+.1f} since the night before"
    return f"   {''.join(steps)}   {moved}"


def _columns(by: str) -> list[Column]:
    shares = [
        Column(said, pl.when(pl.col(name).is_not_null()).then(formatted("{} %", _decimal(name))), at, right=True)
        for at, (name, said) in enumerate(MEASURES.items(), start=2)
    ]
    return [
        Column(by, pl.col("value"), 1, widest=32),
        *shares,
        Column("offers", pl.col("offers"), 6, right=True),
        Column("days open", pl.col("open_days"), 7, right=True),
    ]


def _decimal(name: str) -> pl.Expr:
    return (pl.col(name) / 100).round(1)


def _maturity(market: str, level: Maturity) -> Text:
    text = Text(f"PRICE POLICY of {market}: level {level.level} of 3, {level.name}\n", style="bold")
    for claim in level.claims:
        text.append(f"  {'yes' if claim.met else 'no ':<3} for level {claim.level}: {claim.words}: {claim.found} ", style="none")
        text.append(f"(asked: {claim.asked})\n", style="dim")
    if level.missing:
        text.append(f"  missing for level {level.level + 1}: {'; '.join(claim.words for claim in level.missing)}", style="none")
    return text


SCAN = (
    Column("store", pl.col("location"), 1),
    Column("department", pl.col("department").fill_null("all"), 2, widest=28),
    Column("checked", pl.col("sampled"), 4, right=True),
    Column("accuracy", formatted("{} %", _decimal("accuracy")), 3, right=True),
    Column("passed", pl.when("passed").then(pl.lit("yes")).otherwise(pl.lit("NO")), 5),
    Column("over", pl.col("over"), 6, right=True),
    Column("under", pl.col("under"), 7, right=True),
    Column("over/under", (pl.col("over_under") / BASIS_POINTS).round(2), 10, right=True),
    Column("too much", money.show_expr(pl.col("overcharged"), pl.col("currency")), 8, right=True),
    Column("too little", money.show_expr(pl.col("undercharged"), pl.col("currency")), 9, right=True),
)
"""Columns of the till accuracy report (NIST Handbook 130)."""

SAMPLE = (
    Column("store", pl.col("location"), 1),
    Column("line", pl.col("line"), 2, right=True),
    Column("department", pl.col("department"), 6, widest=24),
    Column("sku", pl.col("sku"), 3, widest=18),
    Column("gtin", pl.col("gtin"), 7),
    Column("product", pl.col("name"), 4, widest=36, narrowest=16),
    Column("should be", money.show_expr(pl.col("promised"), pl.col("currency")), 5, right=True),
    Column("shelf", pl.lit("________"), 8),
    Column("till", pl.lit("________"), 9),
    Column("remark", pl.lit("____________"), 10),
)
"""Columns of the list a store prints and fills in."""
