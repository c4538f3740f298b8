"""What a wrong price may have come from: the table of causes, in the order in which they are tried.

Each cause is exact or it does not hold: 12.99 was decided, 1299.00 is shown, and 129900 = 1299 x 100. Nothing is claimed because
it is near. Several may hold for one price; the first of the table is the more specific one, the others are its alternatives. The
order is that of the signatures of a price difference: misread numbers, tax, packs and units, the price list's other versions,
promotions, zones, audiences, other products, parts of the price, another currency; a cent comes last, for it is near everything.

A page that is old shows a former price. That is no cause of its own: an offer is held against what was decided at the time it was
seen, so a price from before the change that is seen after it is `previous_list_price`, whatever kept it alive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pricewatch.domain import contents, money
from pricewatch.domain.texts import formatted

UNKNOWN = "unknown"
BAD_IMPORT = "bad_import"
"""What no table can hold: it is seen by looking at a whole file (`engine.bad_imports`)."""

EVERYBODY = ("price", "label_price", "landed_price", "paid", "unit_price")
"""Subjects that say what everybody pays: for one, for several together, or for a kilogram."""

PRICED = (*EVERYBODY, "regular_price", "member_price")
"""Subjects that have a cause. A struck-through price or a GTIN has none: no price list says what it should have been."""

PACKS = (2, 48)
"""Units of the smallest and of the largest pack that a price is multiplied or divided by."""

Table = Literal["price_list", "promotions", "products"]


@dataclass(frozen=True)
class Cause:
    """One cause: what people call it, when it holds, what it says, and the row it is exact against.

    The expressions read candidates with what `engine.facts` and `engine.neighbours` put beside them.
    """

    name: str
    title: str
    """In the few words of an incident."""
    holds: pl.Expr
    """Boolean; null counts as no."""
    words: pl.Expr
    """String: which other price it is, with the amount."""
    table: Table | None = None
    """Where the evidence is a central row. Without one it is what was decided, whose rows the finding names anyway."""
    row: str | None = None
    """The candidate's column with that row's position; for `products` the item's code."""
    root: pl.Expr | None = None
    """String: what the fault goes back to. Findings with one root belong to one incident."""


_observed, _expected, _subject = pl.col("observed"), pl.col("expected"), pl.col("subject")
_one = pl.col("price_of_one")
_shown, _against = pl.col("shown"), pl.col("against")
_tax, _taxed = pl.col("tax_rate"), pl.col("tax_decided")
_listed, _decided = pl.col("list_price"), pl.col("expected_price")
_per_unit, _members = _subject == "unit_price", _subject == "member_price"
_everybody = _subject.is_in(EVERYBODY)
_of_one = ~_per_unit & (_subject != "paid")


def _times(factor: pl.Expr | int) -> pl.Expr:
    """Whether one of the two prices is the other so many times."""
    return (_expected > 0) & ((_observed == _expected * factor) | (_observed * factor == _expected))


def _is(price: str) -> pl.Expr:
    """Whether what is shown is this price of one; of a unit price, whether it is this price's, in the base that is shown."""
    of_base = contents.unit_price(pl.col(price), pl.col("content_amount"), pl.col("base_amount"))
    return pl.when(_per_unit).then(_observed == of_base).otherwise(_one == pl.col(price))


_unit = pl.col("unit")

_NUMBERS = (
    Cause(
        "minor_units",
        "cents and whole units mixed up",
        (_unit > 1) & _times(_unit),
        pl.when(_observed > _expected)
        .then(formatted("{} is {} times {}: minor units taken for whole ones", _shown, _unit, _against))
        .otherwise(formatted("{} is {} divided by {}: whole units taken for minor ones", _shown, _against, _unit)),
    ),
    Cause(
        "decimal_shift",
        "decimal point moved",
        ~_per_unit & pl.any_horizontal(_times(factor) & (_unit != factor) for factor in (10, 100, 1000)),
        formatted("{} is {} with its decimal point moved", _shown, _against),
    ),
)
"""A number that was read or written wrongly. Digits that were lost (12.99 shown as 1.30) prove nothing."""


def _by_tax(name: str, title: str, holds: pl.Expr, words: str) -> Cause:
    """A price that is the decided one with or without the product's tax."""
    return Cause(name, title, (_tax > 0) & holds, formatted(words, _shown, _against, _tax / 100), "products", "item")


_net, _gross = _observed == money.without_tax(_expected, _tax), _observed == money.with_tax(_expected, _tax)

_TAX = (
    _by_tax("net_instead_of_gross", "shown without tax", _taxed & _net, "{} is {} without {} % tax"),
    _by_tax("gross_instead_of_net", "shown with tax", ~_taxed & _gross, "{} is {} plus {} % tax"),
    _by_tax("tax_counted_twice", "tax counted twice", _taxed & _gross, "{} is {} plus {} % tax, which is in it already"),
    _by_tax("tax_counted_twice", "tax counted twice", ~_taxed & _net, "{} is {} less {} % tax, which was never in it"),
    Cause(
        "other_tax_rate",
        "another tax rate",
        pl.col("other_tax_rate").is_not_null(),
        formatted(
            "{} is {} by the tax rate {} %, and the product's is {} %",
            _shown,
            _against,
            pl.col("other_tax_rate") / 100,
            _tax / 100,
        ),
        "products",
        "item",
    ),
)
"""Tax on one side only, on neither, twice, or at the rate of other products."""

_pack_of = pl.col("pack_of")
_own_pack = ~_per_unit & _pack_of.is_between(*PACKS) & (_expected > 0)
_PACK, _SINGLE, _BASE = (
    "price of a pack shown for one",
    "price of one shown for a pack",
    "unit price and price, or their bases, mixed up",
)

_CONTENTS = (
    Cause(
        "pack_instead_of_unit",
        _PACK,
        _own_pack & (_observed == _expected * _pack_of),
        formatted("{} is {} times {}: as many units are in the pack", _shown, _pack_of, _against),
        "products",
        "item",
    ),
    Cause(
        "pack_instead_of_unit",
        _PACK,
        pl.col("pack_item").is_not_null(),
        pl.when("pack_decided")
        .then(formatted("{} is the price of {}, the pack of {}", _shown, "pack_sku", "pack_units"))
        .otherwise(formatted("{} is {} times {}: as many are in the pack {}", _shown, "pack_units", _against, "pack_sku")),
        "products",
        "pack_item",
    ),
    Cause(
        "unit_instead_of_pack",
        _SINGLE,
        _own_pack & (_observed * _pack_of == _expected),
        formatted("{} is {} divided by {}, the units in the pack", _shown, _against, _pack_of),
        "products",
        "item",
    ),
    Cause(
        "unit_instead_of_pack",
        _SINGLE,
        pl.col("single_item").is_not_null(),
        formatted("{} is the price of {}, the single unit of the pack", _shown, "single_sku"),
        "products",
        "single_item",
    ),
    Cause(
        "unit_price_base",
        _BASE,
        pl.col("other_base").is_not_null(),
        formatted("{} is what {} comes to per {}", _shown, _against, "other_base"),
        "products",
        "item",
    ),
    Cause(
        "unit_price_base",
        _BASE,
        _per_unit & (_observed == _decided),
        formatted("{} is the price itself, shown as a unit price", _shown),
    ),
    Cause(
        "unit_price_base",
        _BASE,
        _per_unit & (_times(10) | _times(1000)),
        formatted("{} is the unit price of 10 or 1000 times as much, or as little", _shown),
    ),
)
"""The price of more or less of the same thing. A unit price ten times too high is per kg, not per 100 g: no decimal sign."""

_changed = formatted("price change {}", "changed_on")

_LIST = (
    Cause(
        "previous_list_price",
        "price change has not arrived",
        _is("previous_list_price") & pl.col("previous_list_price").ne_missing(_listed),
        formatted("{} is the list price before the last change: the change has not arrived", _shown),
        "price_list",
        "previous_price_row",
        _changed,
    ),
    Cause(
        "next_list_price",
        "price change published early",
        _is("next_list_price") & pl.col("next_list_price").ne_missing(_listed),
        formatted("{} is the next list price: it was published early", _shown),
        "price_list",
        "next_price_row",
        _changed,
    ),
)
"""Another version of the price list: the change came too late to the channel, or too early."""


def _promotional(
    name: str, title: str, asked: pl.Expr, price: str, row: str, words: str, *, holds: pl.Expr | None = None
) -> Cause:
    """What is shown is the price that a promotion makes of the list price; where `holds` is given, what it says instead."""
    exact = _is(price) & (pl.col(price) < _listed) if holds is None else holds
    return Cause(name, title, asked & exact, formatted(words, _shown), "promotions", row, formatted("promotion {}", "promotion"))


_ended, _early, _missing = "ended promotion still given", "promotion given early", "promotion not given"
_undiminished = _is("list_price") & pl.col("promotion_row").is_not_null() & (_decided < _listed)
_undiminished_members = (
    _is("list_price") & pl.col("member_promotion_row").is_not_null() & (pl.col("expected_member_price") < _listed)
)
_undiminished_multibuy = _is("list_price") & pl.col("multibuy_row").is_not_null() & (_expected < _observed)

_CALENDAR = (
    *(
        _promotional(name, title, asked, f"{stem}{audience}_price", f"{stem}{audience}_row", words.format(of=of))
        for name, title, stem, words in (
            ("promotion_not_ended", _ended, "ended", "{{}} is the {of}price of a promotion that has ended"),
            ("promotion_started_early", _early, "early", "{{}} is the {of}price of a promotion that has not begun"),
        )
        for asked, audience, of in ((~_members, "", ""), (_members, "_member", "member "))
    ),
    *(
        _promotional("promotion_not_started", _missing, asked, "list_price", row, words, holds=holds)
        for asked, row, holds, words in (
            (_everybody, "promotion_row", _undiminished, "{} is the list price, and a promotion is in force"),
            (_members, "member_promotion_row", _undiminished_members, "{} is the list price, and members have a promotion"),
            (
                _subject == "paid",
                "multibuy_row",
                _undiminished_multibuy,
                "{} is the list price of each, and a multibuy is in force",
            ),
        )
    ),
)
"""A promotion outside its window, or none inside it."""

_flat = (_one * pl.col("multibuy_quantity") - pl.col("multibuy_paid")).abs() < pl.col("multibuy_quantity")

_MISPLACED = (
    Cause(
        "other_zones_price",
        "another zone's price",
        pl.col("other_zone").is_not_null(),
        formatted("{} is the price of zone {}", _shown, "other_zone"),
        "price_list",
        "other_zone_row",
        formatted("zone {}", "other_zone"),
    ),
    _promotional(
        "member_price_shown_to_all",
        "member price shown to all",
        _everybody,
        "expected_member_price",
        "member_promotion_row",
        "{} is the price for card holders",
    ),
    _promotional(
        "coupon_price_shown_to_all",
        "coupon price shown to all",
        _everybody,
        "coupon_price",
        "coupon_row",
        "{} is the price with a coupon, shown without one",
    ),
    _promotional(
        "mechanic_flattened",
        "multibuy given on a single one",
        _everybody & _of_one,
        "multibuy_paid",
        "multibuy_row",
        "{} is one unit's part of a multibuy, asked for a single one",
        holds=_flat & (pl.col("multibuy_quantity") > 1) & (_one < _listed),
    ),
    Cause(
        "item_mapping",
        "another product's price",
        pl.col("relative_sku").is_not_null(),
        formatted("{} is the price of {}, of the same family", _shown, "relative_sku"),
        "price_list",
        "relative_row",
    ),
    Cause(
        "item_mapping",
        "another product's price",
        pl.col("swapped_sku").is_not_null(),
        formatted("{} is the price of {}, which shows this one's", _shown, "swapped_sku"),
        "price_list",
        "swapped_row",
    ),
)
"""A right price in the wrong place: another zone's, audience's, number of units', or product's."""


def _part(columns: tuple[str, ...]) -> tuple[Cause, Cause]:
    """A component of the price that one side counts in and the other does not; a till line has as many as it has units."""
    name, words = "_and_".join(columns), " and ".join(column.replace("_", " ") for column in columns)
    size = pl.sum_horizontal(*columns, ignore_nulls=False)
    all_there = pl.all_horizontal(pl.col(column) > 0 for column in columns) & ~_per_unit
    units = pl.when(_subject == "paid").then(pl.col("quantity")).otherwise(1)
    delta = _observed - _expected
    amount = money.show_expr(size * units, pl.col("currency"))
    return (
        Cause(
            f"{name}_included",
            f"{words} counted in",
            all_there & (delta == size * units),
            formatted(f"{{}} is {{}} plus {words} of {{}}", _shown, _against, amount),
            "products",
            "item",
        ),
        Cause(
            f"{name}_left_out",
            f"{words} left out",
            all_there & (delta == -size * units),
            formatted(f"{{}} is {{}} less {words} of {{}}", _shown, _against, amount),
            "products",
            "item",
        ),
    )


_PARTS = (
    Cause(
        "landed_instead_of_item",
        "shipping counted in",
        _of_one & (pl.col("shipping") > 0) & (_observed - _expected == pl.col("shipping")),
        formatted("{} is {} plus shipping of {}", _shown, _against, money.show_expr(pl.col("shipping"), pl.col("currency"))),
    ),
    Cause(
        "other_currency",
        "another currency's number",
        pl.col("other_currency").is_not_null(),
        formatted("{} is {} in {}, at tonight's rate", _shown, _against, "other_currency"),
    ),
    *(cause for columns in (("deposit",), ("eco_fee",), ("deposit", "eco_fee")) for cause in _part(columns)),
    Cause(
        "rounding",
        "one cent off",
        (_observed - _expected).abs() == 1,
        pl.lit("one minor unit off: rounded at another point, or one line of a multi-buy"),
    ),
)
"""The decided price and something besides, or expressed in something else."""

CAUSES = (*_NUMBERS, *_TAX, *_CONTENTS, *_LIST, *_CALENDAR, *_MISPLACED, *_PARTS)
"""Every way a cause can hold, in the order in which they are tried; a cause may hold in several ways."""

TITLES = {cause.name: cause.title for cause in CAUSES} | {BAD_IMPORT: "one file off by the same"}


def title(name: str) -> str | None:
    """What people call a cause, in the few words of an incident; None for `unknown`, which says nothing."""
    return TITLES.get(name)
