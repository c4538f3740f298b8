"""Findings to one file a store: which prices to change, the most harmful first, in words a store understands.

Only what a store can act on: its own wrong prices, wrong tonight. What head office must mend (identifiers, sources, coverage) is
not in it. A row reads: 1; A1; GTIN 03017620422003; Espresso 1 kg; till; 12.99 EUR; 9.99 EUR; 2026-03-13; promotion P-2218 is
not given; seen 4 times, inbox/2026-03-13/tills/0417.csv.gz:812.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

import polars as pl

from pricewatch.deliver import Parcel
from pricewatch.deliver.spreadsheet import csvs, identifier
from pricewatch.domain import money, tables
from pricewatch.domain.texts import formatted
from pricewatch.engine import causes

ACTIONABLE = ("price", "regular_price", "member_price", "was_price")
"""Subjects a store can put right itself, at the till or on the shelf."""

WRONG = ("new", "open", "regressed")

COLUMNS = ("priority", "sku", "gtin", "product", "where", "shown", "should_be", "since", "why", "evidence")

SURFACES: Mapping[str, str] = {"till": "till", "label": "shelf label", "checkout": "till"}
"""Where in a store a price is, in its words."""

_RESERVED = {"con", "prn", "aux", "nul", "manifest", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def parcels(findings: pl.DataFrame, *, surfaces: Mapping[str, str] | None = None, stores: Iterable[str] = ()) -> list[Parcel]:
    """The night's store files, ready for the outbox. The manifest tells the real store id of each.

    `stores` are all store ids there are, not only tonight's: whether `A1` and `a1` both exist must not change a name from night
    to night.
    """
    frames = list(store_files(findings, surfaces=surfaces))
    files = file_names([*(location for location, _ in frames), *stores])
    contents = csvs([frame for _, frame in frames])
    return [
        Parcel(f"{files[store]}.csv", content, frame.height, {"location": store})
        for (store, frame), content in zip(frames, contents, strict=True)
    ]


def store_files(findings: pl.DataFrame, *, surfaces: Mapping[str, str] | None = None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each store that has something to do, with its rows in order of harm, all text (`COLUMNS`; `priority` counts from 1).

    In: `tables.Findings` of one night; `surfaces`, what each source shows (`{"tills": "till"}`). Harm: severity, overcharges
    before undercharges, then money at risk. Made for all stores at once: 500 stores are one sort and one split.
    """
    todo = findings.filter(
        pl.col("state").is_in(list(WRONG)),
        pl.col("channel_kind") == "store",
        pl.col("subject").is_in(list(ACTIONABLE)),
        pl.col("location").is_not_null(),
        pl.col("observed").is_not_null() | pl.col("expected").is_not_null(),
    )
    severity = pl.col("severity").replace_strict({name: n for n, name in enumerate(tables.SEVERITIES)}, return_dtype=pl.Int8)
    harm = (
        pl.col("location"),
        -severity,
        pl.col("direction") != "overcharge",
        -pl.col("impact").fill_null(0),
        pl.col("sku"),
        pl.col("fingerprint"),
    )
    ranked = todo.sort(harm, nulls_last=True).with_columns(priority=pl.int_range(1, pl.len() + 1).over("location"))
    rows = ranked.select("location", *_in_words(surfaces or {}))
    for key, frame in rows.partition_by("location", maintain_order=True, include_key=False, as_dict=True).items():
        yield str(key[0]), frame


def _in_words(surfaces: Mapping[str, str]) -> list[pl.Expr]:
    """The columns of a store file."""
    where = pl.col("source").replace_strict(
        {source: SURFACES.get(surface, surface) for source, surface in surfaces.items()},
        default="till or label",
        return_dtype=pl.String,
    )
    kind = pl.col("subject").replace_strict(
        {"member_price": " (card price)", "was_price": " (struck-through price)"}, default="", return_dtype=pl.String
    )
    take_off = pl.col("subject").is_in(["member_price", "was_price"]) & pl.col("expected").is_null()
    seen = pl.when(pl.col("lines") > 1).then(formatted("seen {} times", pl.col("lines"))).otherwise(pl.lit("seen"))
    at = pl.col("observed_at").dt.strftime("%Y-%m-%d %H:%M UTC")
    return [
        pl.col("priority"),
        identifier("sku", "SKU"),
        identifier("gtin", "GTIN", always=True),
        pl.col("name").alias("product"),
        (where + kind).alias("where"),
        _amount("observed").fill_null("none").alias("shown"),
        pl.when(take_off).then(pl.lit("take it off")).otherwise(_amount("expected")).fill_null("").alias("should_be"),
        pl.col("first_seen").dt.strftime("%Y-%m-%d").alias("since"),
        _why().alias("why"),
        pl.concat_str(seen, at, pl.col("source_ref"), separator=", ", ignore_nulls=True).alias("evidence"),
    ]


def _amount(column: str) -> pl.Expr:
    """`12.99 EUR`; null stays null."""
    currency = pl.col("currency")
    return pl.concat_str(money.show_expr(pl.col(column), currency), pl.lit(" "), currency)


def _why() -> pl.Expr:
    """Why it is wrong, as a store says it; what the audit said where there is no better word."""
    promotion = pl.concat_str(pl.lit("promotion "), pl.col("promotion").fill_null("")).str.strip_chars()
    words = {
        "promotion_not_started": promotion + " is not given",
        "promotion_not_ended": promotion + " is over and still given",
        "previous_list_price": pl.lit("last price still charged, the change was not taken over"),
        "next_list_price": pl.lit("the coming price, too early"),
        "rounding": pl.lit("one cent off"),
        "other_zones_price": pl.lit("the price of another zone"),
        "net_instead_of_gross": pl.lit("tax is missing from the price"),
        "gross_instead_of_net": pl.lit("tax was added to a price without tax"),
        "decimal_shift": pl.lit("the decimal point is in the wrong place"),
        "member_price_shown_to_all": pl.lit("the card price is charged without a card"),
    }
    said = pl.coalesce(*(pl.when(pl.col("cause") == cause).then(text) for cause, text in words.items()))
    named = pl.col("cause").replace_strict(causes.TITLES, default=None, return_dtype=pl.String)
    missing = pl.when(pl.col("check") == "promotion_missing").then(promotion + " is not given")
    stale = pl.when(pl.col("check") == "promotion_stale").then(promotion + " is over and still given")
    return pl.coalesce(said, missing, stale, named, pl.col("detail"), pl.lit("not the decided price"))


def file_names(locations: Iterable[str]) -> dict[str, str]:
    """A file name without ending for each store id, unique also where upper and lower case are one.

    A plain id is its own name: `0417`. Anything else keeps its harmless characters and gets a mark made of the id itself, so that
    it is the same every night: `../../x` becomes `x-5f1c2a9d`.
    """
    ids = sorted(set(locations))
    folded: dict[str, int] = {}
    for location in ids:
        folded[location.casefold()] = folded.get(location.casefold(), 0) + 1
    return {location: _file_name(location, alone=folded[location.casefold()] == 1) for location in ids}


def _file_name(location: str, *, alone: bool) -> str:
    """One of them. A marked name ends in eight hexadecimal digits of the id's BLAKE2 hash."""
    plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", location) and location.casefold() not in _RESERVED
    if plain and alone and not re.search(r"-[0-9a-f]{8}$", location):
        return location
    kept = re.sub(r"[^A-Za-z0-9_]+", "-", location).strip("-")[:40]
    mark = blake2b(location.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{kept or 'store'}-{mark}"
