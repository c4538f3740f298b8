"""The likeliest cause: which other price does the wrong one equal? Exact or not at all, and against which row.

    candidates -> with_facts -> with_neighbours -> causes that hold, in order -> the first one's words, row and root
               -> what has none: is its whole file off by the same?

Causes are tried in the order of the table (`engine.causes`); the first that holds is the cause, the others that hold are its
alternatives. A wrong price of 9.99 where 12.99 is decided, and 9.99 was the list price until Sunday: the change did not reach the
channel. A price that equals nothing is `unknown`: no cause is claimed because it is likely.

Candidates are few beside the offers they come from, and each step reads the one before it several times: so they are collected
first, and go through the steps as a frame.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import windows
from pricewatch.domain.texts import formatted
from pricewatch.engine.bad_imports import bad_imports
from pricewatch.engine.causes import BAD_IMPORT, CAUSES, PRICED, UNKNOWN, Cause, Table
from pricewatch.engine.facts import CATALOGUE, with_facts
from pricewatch.engine.neighbours import with_neighbours
from pricewatch.engine.world import World

DIAGNOSED = pl.Schema(dict.fromkeys(("cause", "cause_detail", "cause_ref", "cause_root", "cause_alternatives"), pl.String))
"""What is added to a candidate."""

_first = pl.col("first")
"""UInt8: the position in `CAUSES` of the cause that is told."""


def diagnose(
    candidates: pl.DataFrame, world: World, points: pl.DataFrame, places: pl.DataFrame, catalogue: pl.DataFrame
) -> pl.DataFrame:
    """Candidates with `DIAGNOSED`, in any order.

    In: `run_rules`' candidates, collected; `points` from `price_points`, `places` from `place_table`, `catalogue` from
    `rules.products`. `cause` is never null; `cause_detail` says which other price it is, `cause_ref` is that price's central row
    (`file:line`), `cause_root` what it goes back to: `promotion P-2218`, `price change 2026-03-09` (a market day), `zone Z2`,
    `file tills.csv`. Findings that are not about a price have the cause `unknown` and nothing else. Nothing is claimed that is
    not exact.
    """
    about_prices = pl.col("subject").is_in(PRICED) & pl.all_horizontal(pl.col("observed", "expected").is_not_null())
    priced, others = candidates.filter(about_prices), candidates.filter(~about_prices.fill_null(False))
    quiet = others.with_columns(pl.lit(None, pl.String).alias(name) for name in DIAGNOSED).with_columns(cause=pl.lit(UNKNOWN))
    if priced.is_empty():
        return quiet
    known = catalogue.select(CATALOGUE)
    relevant = points.join(_concerned(priced.select("item").unique(), known), on="item", how="semi")
    return pl.concat([_told(priced, world, relevant, places, known).select(quiet.columns), quiet])


def _told(
    candidates: pl.DataFrame, world: World, points: pl.DataFrame, places: pl.DataFrame, catalogue: pl.DataFrame
) -> pl.DataFrame:
    """Candidates about prices with `DIAGNOSED`, and the columns by which it was found."""
    rows = with_facts(candidates, world, places, catalogue).with_row_index("candidate")
    rows = with_neighbours(rows, points, places, catalogue).with_columns(first=_holding_first())
    rows = _with_evidence(rows, world, catalogue).with_columns(
        cause=_first.replace_strict(dict(enumerate(cause.name for cause in CAUSES)), default=UNKNOWN, return_dtype=pl.String),
        cause_alternatives=_alternatives(),
    )
    rows = _with_words(rows)
    rows = rows.join(bad_imports(rows), on="candidate", how="left", validate="1:1")
    imported = pl.col("import_words").is_not_null()
    return rows.with_columns(
        cause=pl.when(imported).then(pl.lit(BAD_IMPORT)).otherwise("cause"),
        cause_detail=pl.coalesce("cause_detail", "import_words"),
        cause_root=pl.coalesce("cause_root", formatted("file {}", "import_file")),
    )


def _concerned(asked: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """The items asked for, and every item whose price one of them may show: `item`."""
    families = catalogue.join(asked, on="item", how="semi").select("family").drop_nulls().unique()
    packs = catalogue.filter(pl.col("unit_sku").is_not_null())
    singles = catalogue.join(packs.select(sku="unit_sku"), on="sku", how="semi")
    return pl.concat(
        [asked, *(part.select("item") for part in (catalogue.join(families, on="family", how="semi"), packs, singles))]
    ).unique()


def _holds(cause: Cause) -> pl.Expr:
    return cause.holds.fill_null(False)


def _holding_first() -> pl.Expr:
    return pl.coalesce(*(pl.when(_holds(cause)).then(pl.lit(at, pl.UInt8)) for at, cause in enumerate(CAUSES)))


def _alternatives() -> pl.Expr:
    """The names of the other causes that hold, in order, each once; null without any."""
    others = []
    for name in dict.fromkeys(cause.name for cause in CAUSES):
        ways = pl.any_horizontal(_holds(cause) for cause in CAUSES if cause.name == name)
        others.append(pl.when(ways & ~_first.is_in(_at(name))).then(pl.lit(name)))
    return pl.concat_str(others, separator=", ", ignore_nulls=True).replace("", None)


def _with_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `cause_detail` and `cause_root`: each cause speaks for its own rows only."""
    silent = pl.lit(None, pl.String)
    parts = [rows.filter(_first.is_null()).with_columns(cause_detail=silent, cause_root=silent)]
    for (at,), part in rows.filter(_first.is_not_null()).group_by("first", maintain_order=True):
        cause = CAUSES[int(str(at))]
        parts.append(part.with_columns(cause_detail=cause.words, cause_root=silent if cause.root is None else cause.root))
    return pl.concat(parts)


def _at(*names: str) -> list[int]:
    return [at for at, cause in enumerate(CAUSES) if cause.name in names]


def _evident(table: Table) -> pl.Expr:
    """The position (of a product, its item) of the row in a central table that the first cause is exact against."""
    return pl.coalesce(
        *(pl.when(_first == at).then(cause.row) for at, cause in enumerate(CAUSES) if cause.table == table and cause.row)
    )


def _with_evidence(rows: pl.DataFrame, world: World, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Rows with what the evidence of their first cause says: `cause_ref`, `promotion` (its id), `changed_on` (a market day)."""
    versions = _versions(world)
    promotions = world.central.promotions.select(_position(), "promotion", promotion_ref="source_ref")
    products = catalogue.select("sku", product="item").join(
        world.central.products.select("sku", product_ref="source_ref"), on="sku", how="inner"
    )
    time_zones = world.markets.select("market", "time_zone")
    found = rows.with_columns(
        evident_version=_evident("price_list"), evident_promotion=_evident("promotions"), evident_product=_evident("products")
    )
    for left, right, frame in (
        ("evident_version", "position", versions),
        ("price_row", "position", versions.select("position", now_ends="ends")),
        ("evident_promotion", "position", promotions),
        ("evident_product", "product", products.drop("sku")),
        ("market", "market", time_zones),
    ):
        found = found.join(frame, left_on=left, right_on=right, how="left", validate="m:1")
    # What a version interrupts began before it, and goes on after it: then the change is the end of the interruption.
    ahead = pl.when(pl.col("begins") > pl.col("observed_at")).then("begins").otherwise("now_ends")
    changed = pl.when(_first.is_in(_at("next_list_price"))).then(ahead).otherwise("ends")
    zones = sorted(set(world.markets["time_zone"].to_list()))
    return found.with_columns(
        changed_on=windows.local_day(changed, pl.col("time_zone"), zones),
        cause_ref=pl.coalesce("price_ref", "promotion_ref", "product_ref"),
    )


def _versions(world: World) -> pl.DataFrame:
    """Price-list rows: `position` (Int32), `price_ref`, `begins` and `ends` (UTC): as they say, or when the next one begins."""
    of = ["sku", "market", "zone"]
    return (
        world.central.price_list.select(_position(), *of, "valid_from", "valid_to", price_ref="source_ref")
        .sort(*of, "valid_from", "position")
        .select(
            "position",
            "price_ref",
            begins="valid_from",
            ends=pl.min_horizontal("valid_to", pl.col("valid_from").shift(-1).over(of)),
        )
    )


def _position() -> pl.Expr:
    return pl.int_range(pl.len(), dtype=pl.Int32).alias("position")
