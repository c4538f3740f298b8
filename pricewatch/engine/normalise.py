"""Raw text rows to typed offers; rows that cannot be read are quarantined with their reasons. Rows in = offers + quarantined.

The one place where a price becomes money: `"9,99 EUR"` from a source that declares `decimal: ","` and the market's euro is 999.
Nothing is guessed: a text that is no number under the declared sign, a currency mark that is not the row's currency, a time that
does not exist, a store nobody knows are each a reason, in words, and a row may have several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from pricewatch.domain import identifiers, money, tables, windows
from pricewatch.domain.texts import formatted
from pricewatch.engine.world import World

PRICES = ("regular_price", "price", "was_price", "member_price", "shipping", "points", "paid")


@dataclass(frozen=True)
class Sorted:
    """What could be read and what could not. Both lazy, both with the provenance of the raw rows."""

    offers: pl.LazyFrame
    quarantine: pl.LazyFrame


def normalise(raw: pl.LazyFrame, world: World) -> Sorted:
    """Typed rows and quarantine.

    In: `tables.Raw` rows of sources in `world.sources`. Offers out: one row a raw row, with `market`, `channel`, `location`,
    `surface`, ids as text, `gtin` (Int64), the five prices (Int64 minor units), `currency`, `tax_included`, `available`,
    `observed_at` (UTC), provenance, and `row`, its position among the raw rows; `seller` is null where the seller is the channel
    itself. Quarantine out: `tables.Quarantine`. Empty when nothing came.
    """
    rows = read(raw.with_row_index("row"), world)
    problems = [
        *_price_problems(world),
        _currency_problem(),
        _surface_problem(),
        *_time_problems(world),
        *_location_problems(world),
        _empty_problem(),
    ]
    wrong = _any(problems)
    words = pl.concat_str([pl.when(problem.holds).then(problem.words) for problem in problems], separator="; ", ignore_nulls=True)
    offers = rows.filter(~wrong).select("row", *_place(), *_content(), *_instant(), "source", "source_ref")
    return Sorted(offers, _quarantine(rows.filter(wrong).with_columns(reason=words)))


def read(rows: pl.LazyFrame, world: World) -> pl.LazyFrame:
    """Raw rows beside what can be read of them and what their sources declare: what the parts of an offer are taken from."""
    declared = world.sources.rename({"currency": "_currency", "tax_included": "_tax", "surface": "_surface"})
    channels = world.channels.select("market", "channel", "own_seller", "channel_kind")
    rows = rows.join(declared.lazy(), on="source", how="left", validate="m:1", maintain_order="left").join(
        channels.lazy(), on=["market", "channel"], how="left", validate="m:1", maintain_order="left"
    )
    rows = _amounts(rows.with_columns(_currency(world).alias("_code"), _blank("location").alias("_location")))
    return _instants(rows, world)


@dataclass(frozen=True)
class Part:
    """A part of an offer that is read from some columns of a raw row, and from nothing else of it."""

    columns: frozenset[str]
    """Columns of `tables.Raw` beside `source`."""
    offers: Sequence[pl.Expr]
    """Columns of normalised offers, of rows that were `read`."""
    wrong: pl.Expr
    """Whether a row is refused for this part of it."""


def parts(world: World) -> tuple[Part, Part, Part]:
    """Where, what and when: together, all of a normalised offer, and all that a row can be refused for."""
    where, when = frozenset({"location"}), frozenset({"observed_at", "collected_at"})
    what = frozenset(tables.schema("raw")) - where - when - {"source", "source_ref"}
    unreadable = [*_price_problems(world), _currency_problem(), _surface_problem(), _empty_problem()]
    return (
        Part(where, _place(), _any(_location_problems(world))),
        Part(what, _content(), _any(unreadable)),
        Part(when, _instant(), _any(_time_problems(world))),
    )


@dataclass(frozen=True)
class Problem:
    """One way a row can be unreadable: when, and the words. Words are made for refused rows only."""

    holds: pl.Expr
    words: pl.Expr


def _any(problems: Sequence[Problem]) -> pl.Expr:
    return pl.any_horizontal(problem.holds for problem in problems).fill_null(False)


def _blank(name: str) -> pl.Expr:
    """A text column without surrounding space; nothing but space is null."""
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _amounts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """With `per_unit`, and for each price its `_text_` (without blanks), `_price` (minor units), `_rest_` and `_mark_`.

    Step by step, for an expression that is used twice inside another is calculated twice: plain numbers first, then what is left
    of the texts (`_rest_`, nearly all null, and nulls cost nothing) the general way, with the currency's mark beside it.
    """
    declared = {"minor_units": pl.col("minor_units"), "per_unit": pl.col("per_unit")}
    sign = pl.col("decimal")

    def each(prefix: str, make: Callable[[str], pl.Expr]) -> dict[str, pl.Expr]:
        return {f"{prefix}{name}": make(name) for name in PRICES}

    return (
        rows.with_columns(
            per_unit=money.unit(pl.coalesce("_code", "_currency")), **each("_text_", lambda name: _blank(f"{name}_text"))
        )
        .with_columns(**each("_", lambda name: money.millionths(pl.col(f"_text_{name}"), decimal=sign)))
        .with_columns(**each("_", lambda name: money.from_millionths(pl.col(f"_{name}"), **declared)))
        .with_columns(**each("_rest_", lambda name: pl.when(pl.col(f"_{name}").is_null()).then(f"_text_{name}")))
        .with_columns(
            **each("_", lambda name: pl.coalesce(f"_{name}", money.parse(pl.col(f"_rest_{name}"), decimal=sign, **declared))),
            **each("_mark_", lambda name: money.token(pl.col(f"_rest_{name}"), decimal=sign)),
        )
    )


def _currency(world: World) -> pl.Expr:
    """The row's currency: a code as it stands, a symbol as the source's declared currency; null when it is neither."""
    written = _blank("currency")
    symbols = _marks(world)
    return (
        pl.when(written.is_null())
        .then(pl.col("_currency"))
        .when(written.str.contains(r"^[A-Za-z]{3}$"))
        .then(written.str.to_uppercase())
        .when(pl.concat_str("_currency", written, separator="|").is_in(symbols))
        .then(pl.col("_currency"))
    )


def _marks(world: World) -> list[str]:
    """`USD|$` for every currency and each way it may be written: a row may name one that nobody declared."""
    currencies = sorted({*world.sources["currency"], *world.markets["currency"], *money.currencies()})
    return [f"{code}|{mark}" for code in currencies for mark in money.tokens(code)]


def _currency_problem() -> Problem:
    known = pl.col("_code").is_in(money.currencies()).fill_null(False)
    return Problem(~known, formatted("currency '{}' is no ISO 4217 code", pl.coalesce("currency", pl.lit(""))))


def _surface_problem() -> Problem:
    shown = pl.coalesce(_blank("surface"), "_surface").fill_null("")
    none = formatted("surface '{}' is none of {}", shown, pl.lit(", ".join(tables.SURFACES)))
    return Problem(~shown.is_in(tables.SURFACES), none)


def _price_problems(world: World) -> list[Problem]:
    """For each price: not a number under the declared sign, below zero, or another currency's mark beside it."""
    marks = _marks(world)
    problems = []
    for name in PRICES:
        text, value, what = pl.col(f"_text_{name}"), pl.col(f"_{name}"), pl.lit(name)
        unreadable = text.is_not_null() & value.is_null()
        no_number = formatted("{} '{}' is no number with decimal sign '{}'", what, text, pl.col("decimal"))
        not_whole = formatted("{} '{}' is no whole number of minor units", what, text)
        mark = pl.col(f"_mark_{name}")
        foreign = mark.is_not_null() & ~pl.concat_str("_code", mark, separator="|").is_in(marks)
        problems += [
            Problem(unreadable, pl.when(pl.col("minor_units")).then(not_whole).otherwise(no_number)),
            Problem(value < 0, formatted("{} '{}' is below zero", what, text)),
            Problem(value.is_not_null() & foreign, formatted("{} '{}' is not written in {}", what, text, pl.col("_code"))),
        ]
    return problems


def _empty_problem() -> Problem:
    """A row without any price says nothing; a row whose price is unreadable has that reason already."""
    texts = [pl.col(f"_text_{name}").is_null() for name in PRICES if name not in ("shipping", "was_price", "points", "paid")]
    return Problem(pl.all_horizontal(texts), pl.lit("no price in the row"))


def _instants(rows: pl.LazyFrame, world: World) -> pl.LazyFrame:
    """With `_at`: when the channel says it was so; when it says nothing, when we read it, at the latest when the night is judged.

    `_written` is what the channel says, `_collected` when we read it, null where the channel says something.
    """
    forms = world.sources.select("time_zone", "time_format").unique().sort("time_zone", "time_format").rows()
    written = pl.col("_written")
    read = [
        pl.when((pl.col("time_zone") == zone) & pl.col("time_format").eq_missing(pl.lit(form, pl.String))).then(
            windows.instant(written, zone, form)
        )
        for zone, form in forms
    ]
    # A file without times, read again for an old night, still tells of that night.
    latest = pl.lit(world.as_of, tables.UTC)
    read_at = pl.when(pl.col("_read_at") > latest).then(latest).otherwise("_read_at")
    return (
        rows.with_columns(_written=_blank("observed_at"))
        .with_columns(_collected=pl.when(pl.col("_written").is_null()).then("collected_at"))
        .with_columns(_at=pl.coalesce(*read, pl.lit(None, tables.UTC)), _read_at=windows.instant(pl.col("_collected"), "UTC"))
        .with_columns(_at=pl.coalesce("_at", read_at))
    )


def _time_problems(world: World) -> list[Problem]:
    written = pl.coalesce("_written", "collected_at", pl.lit(""))
    unreadable = formatted("time '{}' does not exist or is not written as declared", written)
    ahead = formatted("time '{}' is after the instant the night is judged at", written)
    return [Problem(pl.col("_at").is_null(), unreadable), Problem(pl.col("_at") > world.as_of, ahead)]


def _location_problems(world: World) -> list[Problem]:
    """A store's row names a store that is known. A channel without stores has one place, whatever the row says."""
    stores = world.central.locations.group_by("market").agg("location").sort("market").rows()
    known = [(pl.col("market") == market) & pl.col("_location").is_in(locations) for market, locations in stores]
    store = pl.col("channel_kind") == "store"
    unknown = pl.col("_location").is_not_null() & ~pl.any_horizontal(pl.lit(False), *known)
    return [
        Problem(store & pl.col("_location").is_null(), pl.lit("no store in the row")),
        Problem(store & unknown, formatted("store '{}' is not in the list of stores", pl.col("_location"))),
    ]


def _place() -> list[pl.Expr]:
    store = pl.when(pl.col("channel_kind") == "store").then("_location")
    return [pl.col("market"), pl.col("channel"), store.alias("location")]


def _instant() -> list[pl.Expr]:
    return [pl.col("_at").alias("observed_at")]


def _content() -> list[pl.Expr]:
    seller, basis = _blank("seller"), _blank("tax_included").str.to_lowercase()
    stocked = _blank("availability").str.to_lowercase().str.replace(r"^https?://schema\.org/", "").str.replace_all(r"[ _\-]", "")
    return [
        pl.coalesce(_blank("surface"), "_surface").alias("surface"),
        pl.when(seller != pl.col("own_seller").fill_null("")).then(seller).alias("seller"),
        _blank("sku").alias("sku"),
        _blank("external_id").alias("external_id"),
        identifiers.gtin_number(pl.col("gtin")).alias("gtin"),
        _blank("name").alias("name"),
        pl.col("_regular_price").alias("regular_price"),
        pl.coalesce("_price", "_regular_price").alias("price"),
        pl.col("_was_price").alias("was_price"),
        pl.col("_member_price").alias("member_price"),
        pl.col("_shipping").alias("shipping"),
        *_besides(),
        pl.col("_code").alias("currency"),
        pl.when(basis.is_null())
        .then("_tax")
        .otherwise(basis.replace_strict(FLAGS, default=None, return_dtype=pl.Boolean))
        .alias("tax_included"),
        _blank("promotion_label").alias("promotion_label"),
        stocked.replace_strict(AVAILABLE, default=None, return_dtype=pl.Boolean).alias("available"),
    ]


def _besides() -> list[pl.Expr]:
    """What a row tells besides its prices. Unreadable, it is not stated: the price beside it is still worth judging."""
    per_unit = pl.col("per_unit")
    # Unit prices are often written with more decimals than the currency has: 0.235 a gram is 24 cents.
    fine = money.parse(
        _blank("unit_price_text"), decimal=pl.col("decimal"), minor_units=pl.lit(False), per_unit=per_unit * UNIT_PRICE_DIGITS
    )
    whole = (
        pl.when(pl.col("minor_units"))
        .then(fine // per_unit // UNIT_PRICE_DIGITS)
        .otherwise(money.half_up(fine, UNIT_PRICE_DIGITS))
    )
    flag = _blank("buy_box").str.to_lowercase()
    units = _blank("quantity").str.replace(r"[.,]0+$", "").cast(pl.Int64, strict=False)
    several = (units > 0) & pl.col("_paid").is_not_null()
    return [
        pl.when(whole >= 0).then(whole).alias("unit_price"),
        _blank("unit_price_base").alias("unit_price_base"),
        pl.col("_points").alias("points"),
        flag.replace_strict(FLAGS, default=None, return_dtype=pl.Boolean).alias("buy_box"),
        pl.when(several).then(units).alias("quantity"),
        pl.when(several).then("_paid").alias("paid"),
        _blank("promotion").alias("promotion"),
    ]


UNIT_PRICE_DIGITS = 10_000
"""Unit prices are read to four decimals beyond the currency's, then rounded half up."""

FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}

AVAILABLE = {
    **dict.fromkeys(("instock", "instoreonly", "onlineonly", "limitedavailability", "true", "1", "yes", "available"), True),
    **dict.fromkeys(("outofstock", "soldout", "discontinued", "false", "0", "no", "unavailable", "backorder"), False),
}
"""How channels write availability (schema.org, Google, flags), lower-cased without spaces; anything else is 'not stated'."""


def _quarantine(rows: pl.LazyFrame) -> pl.LazyFrame:
    text = list(tables.schema("raw"))
    return rows.select(
        "source", "source_ref", pl.lit("offers").alias("feeds"), "reason", pl.struct(text).struct.json_encode().alias("row")
    )
