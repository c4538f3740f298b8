"""The kit that tests of rules share, ours and other people's: worlds as text tables in, findings as text tables out.

    found = findings_of("expected_price", '''
        sku  channel  location  price  expected_price
        A1   store    0417      12.99  9.99
        A2   store    0417       9.99  9.99
    ''')
    assert_table(found, '''
        sku  observed  expected  delta  direction
        A1   12.99     9.99      3.00   overcharge
    ''')

Money is decimal, times are UTC, `-` is null, columns are separated by two spaces or more, columns not named get a quiet default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from pricewatch.domain import money, tables
from pricewatch.engine.checks import registry
from pricewatch.engine.rules import EVIDENCE, PRODUCT_COLUMNS, run_rules
from pricewatch.engine.world import CHANNELS, ITEMS, MARKETS, Audit, Central, Memory, Rule, World

NIGHT = date(2026, 3, 13)
AS_OF = datetime(2026, 3, 14, 5, tzinfo=UTC)
SEEN = datetime(2026, 3, 13, 22, tzinfo=UTC)

MONEY = frozenset(
    {
        "list_price", "expected_price", "expected_member_price", "price", "regular_price", "was_price", "member_price",
        "shipping", "price_low", "price_high", "leader_price", "ended_price", "ended_member_price", "previous_list_price",
        "next_list_price",
        "tolerated_price", "tolerated_list_price", "tolerated_member_price", "expected", "observed", "delta", "impact",
        "early_price", "early_member_price", "coupon_price", "multibuy_paid", "credit", "points", "unit_price", "label_price",
        "file_price", "paid", "leader_shipping", "cost", "cost_transport", "cost_taxes", "min_price", "max_price", "map_price",
        "deposit", "eco_fee", "overcharge", "undercharge", "family_price", "single_price", "zone_list_price",
    }
)  # fmt: skip
"""Columns written as decimals."""


def table(text: str) -> pl.DataFrame:
    """A text table as text columns: the first line names them, two spaces separate, `-` is null."""
    lines = [re.split(r"\s{2,}", line.strip()) for line in text.strip().splitlines() if line.strip()]
    header, rows = lines[0], lines[1:]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells under {len(header)} columns: {row}")
    cells = [[None if cell == "-" else cell for cell in row] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(header, pl.String), orient="row")


def typed(text: str, schema: Mapping[str, Any], *, currency: str = "USD") -> pl.DataFrame:
    """A text table with the dtypes of `schema`; money becomes minor units, lists are separated by `|`."""
    frame = table(text)
    unknown = [name for name in frame.columns if name not in schema]
    if unknown:
        raise ValueError(f"no column {', '.join(unknown)}; there are {', '.join(schema)}")
    return frame.with_columns(_cell(name, schema[name], currency) for name in frame.columns)


def _cell(name: str, dtype: Any, currency: str) -> pl.Expr:
    text = pl.col(name)
    if name in MONEY:
        amount = money.parse(text, decimal=pl.lit("."), minor_units=pl.lit(False), per_unit=money.unit(pl.lit(currency)))
        return amount.alias(name)
    if dtype == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, return_dtype=pl.Boolean).alias(name)
    if dtype == pl.Date:
        return text.str.to_date().alias(name)
    if isinstance(dtype, pl.Datetime):
        return pl.coalesce(
            text.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us", time_zone="UTC", strict=False),
            text.str.to_datetime("%Y-%m-%d", time_unit="us", time_zone="UTC", strict=False),
        ).alias(name)
    if isinstance(dtype, pl.Duration):
        return (text.str.strip_suffix("h").cast(pl.Int64) * timedelta(hours=1)).cast(dtype).alias(name)
    if isinstance(dtype, pl.List):
        return text.str.split("|").alias(name)
    return text.cast(dtype).alias(name)


NOT_OF_OFFERS = frozenset(
    {
        "expected", "observed", "delta", "impact", "overcharge", "undercharge", "family_price", "single_price", "zone_list_price",
    }
)  # fmt: skip
"""Money that is in findings or in the frames of `engine.frames`, not in judged offers."""

# --- one check on judged offers -------------------------------------------------------------------------------------------------

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
    given = {name: frame.lazy() for name, frame in {**_quiet_frames(), **(frames or {})}.items()}
    bare = offers.drop(PRODUCT_COLUMNS)
    found = run_rules(bare.lazy(), [rule], world, items, given).collect()
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


def assert_table(found: pl.DataFrame, expected: str) -> None:
    """The named columns of `found`, in any order of rows, say exactly what the text table says."""
    wanted = table(expected)
    missing = [name for name in wanted.columns if name not in found.columns]
    if missing:
        raise AssertionError(f"no column {', '.join(missing)}; there are {', '.join(found.columns)}")
    shown = found.select(_shown(name, found.schema[name]) for name in wanted.columns)
    have, want = sorted(map(str, shown.rows())), sorted(map(str, wanted.rows()))
    if have != want:
        raise AssertionError("\n".join(["expected:", *want, "found:", *have]))


def _shown(name: str, dtype: pl.DataType) -> pl.Expr:
    if name in MONEY:
        return money.show_expr(pl.col(name), pl.lit("USD")).alias(name)
    if isinstance(dtype, pl.Datetime):
        return pl.col(name).dt.strftime("%Y-%m-%d %H:%M").alias(name)
    return pl.col(name).cast(pl.String).alias(name)


# --- a whole night --------------------------------------------------------------------------------------------------------------

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
        ).with_columns(source_ref=pl.coalesce("source_ref", pl.format("{}:{}", pl.lit(name), pl.int_range(2, pl.len() + 2))))
    return Central(**frames)


RAW_MONEY = ("price", "regular_price", "was_price", "member_price", "shipping", "unit_price", "points", "paid")


def raw(text: str, *, source: str | None = None) -> pl.DataFrame:
    """Raw rows of a text table (columns of `tables.Raw`; `price` stands for `price_text`, and so on)."""
    frame = table(text)
    frame = frame.rename({n: f"{n}_text" for n in frame.columns if n in RAW_MONEY})
    given = {"source": source or "web", "collected_at": SEEN.isoformat()}
    columns = [(pl.col(n) if n in frame.columns else pl.lit(given.get(n), pl.String)).alias(n) for n in tables.schema("raw")]
    return frame.select(columns).with_columns(
        source_ref=pl.coalesce("source_ref", pl.format("{}:{}", pl.col("source"), pl.int_range(2, pl.len() + 2)))
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


def night(given: World, rules: Sequence[Rule], offers: pl.DataFrame, *, memory: Memory | None = None) -> Audit:
    """The whole engine on one night."""
    from pricewatch.runs.judge import audit

    return audit(given, rules, offers=offers.lazy(), memory=memory)


def remembered(audit: Audit, before: Memory | None = None) -> Memory:
    """What a night leaves to the next one: the last row of each finding, and every incident seen so far."""
    earlier = before or Memory()
    return Memory(
        findings=pl.concat([audit.findings, earlier.findings]).unique("fingerprint", keep="first", maintain_order=True),
        waivers=earlier.waivers,
        incidents=pl.concat([earlier.incidents, audit.incidents]),
    )


def rule(
    check: str, *, id: str | None = None, where: str | None = None, severity: str = "major", owner: str = "pricing", **params: Any
) -> Rule:
    """One rule, as YAML would give it."""
    return Rule(
        id=id or check.replace("_", "-"),
        check=check,
        params=registry()[check].params(**params),
        where=where,
        severity=severity,
        owner=owner,
    )


__all__ = [
    "AS_OF", "ITEMS", "JUDGED", "NIGHT", "SEEN", "assert_table", "central", "channel", "findings_among", "findings_of", "judged",
    "market", "night", "raw", "remembered", "rule", "source", "source_run", "table", "typed", "world",
]  # fmt: skip
