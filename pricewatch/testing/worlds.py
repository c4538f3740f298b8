"""A world of one market: channels, sources, central tables and raw rows, with quiet defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.texts import formatted
from pricewatch.engine.world import CHANNELS, MARKETS, Central, World
from pricewatch.testing.text_tables import table, typed

NIGHT = date(2026, 3, 13)
AS_OF = datetime(2026, 3, 14, 5, tzinfo=UTC)
SEEN = datetime(2026, 3, 13, 22, tzinfo=UTC)

QUIET_POLICY: dict[str, Any] = {
    "stacking": "exclusive", "stack_limit": None, "rounding_mode": "half_up", "rounding_point": "price", "rounding_step": 1,
    "rounding_endings": [], "rounding_to": "nearest",
}  # fmt: skip
"""Promotions exclude each other, computed prices are rounded half up (schema POLICY)."""


def market(**policy: Any) -> pl.DataFrame:
    """Market `us` (schema MARKETS), with a policy of its own where one is given."""
    row = {"market": "us", "currency": "USD", "time_zone": "America/New_York", "tax_included": False, **QUIET_POLICY, **policy}
    return pl.DataFrame([row], schema=MARKETS)


MARKET = market()


def channel(
    name: str,
    kind: str | None = None,
    *,
    role: str = "own_zone",
    zone: str | None = None,
    leader: str | None = None,
    landed: bool = False,
    low: int = 0,
    high: int = 0,
    grace: timedelta = timedelta(0),
    own_seller: str | None = None,
    **policy: Any,
) -> pl.DataFrame:
    """One channel of market `us` (schema CHANNELS); `policy`: what it does not take from its market (schema POLICY)."""
    kind = kind or name
    zone = zone or (None if kind == "store" else "Z1")
    row = {
        "channel": name, "channel_name": name, "channel_kind": kind, "market": "us", "zone": zone, "role": role, "leader": leader,
        "landed": landed, "low": low, "high": high, "grace": grace, "own_seller": own_seller, **policy,
    }  # fmt: skip
    return pl.DataFrame([row], schema=CHANNELS)


def source(name: str, channel: str | None, *, surface: str = "feed", **declared: Any) -> pl.DataFrame:
    """What one source declares (`tables.Sources`), of market `us`."""
    row = {
        "source": name, "market": "us", "channel": channel, "surface": surface, "decimal": ".", "minor_units": False,
        "currency": "USD",
        "tax_included": False, "time_zone": "America/New_York", "time_format": None, **declared,
    }  # fmt: skip
    return pl.DataFrame([row], schema=tables.schema("sources"))


def source_run(name: str, channel: str | None, *, status: str = "complete", night: date = NIGHT, **values: Any) -> pl.DataFrame:
    """What one source delivered (`tables.SourceRuns`)."""
    row = {
        "source": name, "night": night, "status": status, "problem": None, "fix": None, "feeds": "offers", "channel": channel,
        "rows": 1, "refused": 0, "quarantined": 0, "unmatched": 0, "expected_rows": None, "files": 1, "started_at": SEEN,
        "seconds": 1.0, "oldest": SEEN, "newest": SEEN, **values,
    }  # fmt: skip
    return pl.DataFrame([row], schema=tables.schema("source_runs"))


def central(**text: str) -> Central:
    """Central tables of text tables: `products`, `price_list`, `promotions`, `locations`; columns not named are null.

    Price lists need `sku`, `zone`, `list_price`; promotions `promotion`, `mechanic`, `value` (percent in basis points, money in
    minor units), `starts_at`, `ends_at`; market is `us`, windows are UTC, `valid_from` is 2026-01-01.
    """
    defaults: dict[str, dict[str, Any]] = {
        "price_list": {"market": "us", "valid_from": datetime(2026, 1, 1, tzinfo=UTC)},
        "promotions": {"market": "us", "audience": "everyone"},
        "locations": {"market": "us"},
        "products": {},
    }
    frames = {}
    for name, rows in text.items():
        schema = tables.schema(name)
        frame = typed(rows, schema)
        given = defaults[name]
        frames[name] = frame.select(
            (pl.col(c) if c in frame.columns else pl.lit(given.get(c), d)).cast(d).alias(c) for c, d in schema.items()
        ).with_columns(source_ref=pl.coalesce("source_ref", formatted("{}:{}", pl.lit(name), pl.int_range(2, pl.len() + 2))))
    return Central(**frames)


RAW_MONEY = ("price", "regular_price", "was_price", "member_price", "shipping", "unit_price", "points", "paid")


def raw(text: str, *, source: str | None = None) -> pl.DataFrame:
    """Raw rows of a text table (columns of `tables.Raw`; `price` stands for `price_text`, and so on)."""
    frame = table(text)
    frame = frame.rename({n: f"{n}_text" for n in frame.columns if n in RAW_MONEY})
    given = {"source": source or "web", "collected_at": SEEN.isoformat()}
    columns = [(pl.col(n) if n in frame.columns else pl.lit(given.get(n), pl.String)).alias(n) for n in tables.schema("raw")]
    return frame.select(columns).with_columns(
        source_ref=pl.coalesce("source_ref", formatted("{}:{}", pl.col("source"), pl.int_range(2, pl.len() + 2)))
    )


def world(
    decided: Central,
    channels: Sequence[pl.DataFrame],
    sources: Sequence[pl.DataFrame],
    *,
    night: date = NIGHT,
    as_of: datetime = AS_OF,
    source_runs: Sequence[pl.DataFrame] = (),
    history: pl.DataFrame | None = None,
    items: pl.DataFrame | None = None,
    places: pl.DataFrame | None = None,
    markets: pl.DataFrame = MARKET,
    rates: pl.DataFrame | None = None,
) -> World:
    """A world of market `us`. Sources count as delivered completely where `source_runs` says nothing."""
    declared = pl.concat(sources)
    runs = pl.concat(source_runs) if source_runs else tables.empty("source_runs")
    quiet = [
        source_run(name, of, night=night)
        for name, of in declared.select("source", "channel").rows()
        if name not in runs["source"].to_list()
    ]
    kept = {} if items is None else {"items": items}
    kept |= {} if places is None else {"places": places}
    kept |= {} if rates is None else {"rates": rates}
    return World(
        night=night,
        as_of=as_of,
        markets=markets,
        channels=pl.concat(channels),
        sources=declared,
        central=decided,
        history=(tables.empty("history") if history is None else history).lazy(),
        source_runs=pl.concat([runs, *quiet]),
        **kept,
    )
