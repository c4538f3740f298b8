"""What findings may have in common: a root they all go back to, a cause, a check; and a place, a product, a file.

    finding                                             key                         whole
    cause_root `promotion P-2218`                       promotion P-2218            yes: one incident, wherever it is
    cause_root `price change 2026-03-09`                price change 2026-03-09     yes
    cause_root `file inbox/tills.csv`                   file inbox/tills.csv        yes
    cause_root `zone Z2` (it shows that zone's price)   zone Z2                     no: one store's mix-up is not another's
    no root, cause `decimal_shift`                      cause decimal_shift         no
    no root, cause `unknown`, check `coverage`          check coverage              no

A whole root is one incident on every channel and under every rule. What is not whole is looked for in the scopes of `SCOPES`.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.texts import formatted
from pricewatch.engine.causes import UNKNOWN
from pricewatch.engine.checks import registry

Scope = tuple[str, ...]

PRODUCT = ("category", "brand", "sku")

SCOPES: tuple[Scope, ...] = (
    (),
    ("file",),
    ("file", "category"),
    ("file", "brand"),
    ("zone",),
    ("channel", "zone"),
    ("channel",),
    ("channel", "location"),
    ("category",),
    ("channel", "location", "category"),
    ("channel", "category"),
    ("brand",),
    ("channel", "location", "brand"),
    ("channel", "brand"),
    ("promotion",),
    ("channel", "zone", "promotion"),
    ("channel", "promotion"),
    ("sku",),
    ("channel", "zone", "sku"),
    ("channel", "sku"),
)
"""Columns whose values findings of one key may share, in one market. Of two that say the same, the later one is told."""

SCATTERED_CAUSES: tuple[Scope, ...] = (("file",), ("channel", "location"), ("sku",))
"""What may be bad as a whole, whatever the causes: a file, a store, a product's own data."""

WHERE: tuple[Scope, ...] = (
    ("category",),
    ("brand",),
    ("sku",),
    ("channel", "category"),
    ("channel", "brand"),
    ("channel", "sku"),
    (),
    ("zone",),
    ("channel", "zone"),
    ("channel",),
    ("channel", "location"),
)
"""In what terms it is told where a whole root went wrong. Of two that say the same, the later one is told: the root itself says
which products it is about, but not where they are sold."""

PLACED = "zone"
"""The kind of root that is another fault in each place."""

_ROOT = r"^(promotion|price change|zone|file) (.+)$"

_DAY = r"20\d\d[-_.]?(?:0\d|1[0-2])[-_.]?(?:[0-2]\d|3[01])"


def source_file(source: pl.Expr, source_ref: pl.Expr) -> pl.Expr:
    """The file a row was read from, without its line (String); for what was read from the web, its source.

    `inbox/2026-03-13/0417.csv:812` is `inbox/2026-03-13/0417.csv`. Null where both are.
    """
    stem = source_ref.str.strip_chars_end("0123456789")
    in_file = stem.str.ends_with(":") & ~stem.str.contains("://", literal=True)
    return pl.when(in_file).then(stem.str.strip_suffix(":")).otherwise(source)


def every_night(file: pl.Expr) -> pl.Expr:
    """A file's name without its day: `inbox/2026-03-13/0417.csv` and Saturday's are both `inbox/*/0417.csv`."""
    return file.str.replace_all(_DAY, "*")


def keyed(active: pl.DataFrame) -> pl.DataFrame:
    """Findings with what they may have in common.

    In: `tables.Findings`. Added: `row` (UInt32, from 0); `file` (`every_night`); `root`, `root_kind`, `root_value` (String, null
    without a root); `whole` (Boolean); `key` (String, see above); `offer` (UInt32: findings of one offer have the same).
    """
    told = active.with_row_index("row").with_columns(
        file=every_night(source_file(pl.col("source"), pl.col("source_ref"))), root=_root()
    )
    told = told.with_columns(
        root_kind=pl.col("root").str.extract(_ROOT, 1),
        root_value=pl.coalesce(pl.col("root").str.extract(_ROOT, 2), "root"),
        key=pl.coalesce(
            "root",
            pl.when(pl.col("cause") != UNKNOWN).then(formatted("cause {}", "cause")),
            formatted("check {}", "check"),
        ),
        offer=pl.struct("market", "channel", "location", "sku", "seller").rank("dense").cast(pl.UInt32),
    )
    return told.with_columns(whole=pl.col("root").is_not_null() & pl.col("root_kind").ne_missing(PLACED))


def _root() -> pl.Expr:
    """The root of the cause; what is said of a promotion's execution goes back to the promotion, also when no price proves it.

    Kinds that judge the calendar itself (`Check.calendar`) find another fault in a promotion than that it was not carried out.
    """
    executed = [kind.name for kind in registry().values() if kind.keyed_by_promotion and not kind.calendar]
    of_promotion = (pl.col("cause") == UNKNOWN) | pl.col("cause").str.starts_with("promotion_")
    promotion = pl.when(pl.col("check").is_in(executed), of_promotion).then(formatted("promotion {}", "promotion"))
    file = formatted("file {}", every_night(pl.col("cause_root").str.strip_prefix("file ")))
    stated = pl.when(pl.col("cause_root").str.starts_with("file ")).then(file).otherwise("cause_root")
    return pl.coalesce(stated, promotion)
