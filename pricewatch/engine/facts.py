"""What a cause is judged by, beside the candidate: its catalogue row, its place, and what the shown amount would be otherwise.

    17.32 shown for 75 cl at 12.99                     per litre they come to 17.32      (`other_base`)
    11.95 shown for 12.99, and a dollar is 0.92 euro   12.99 are 11.95 euro              (`other_currency`)

Everything here is one row for one candidate, and Int64 minor units; what other products and zones cost is in `engine.neighbours`.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import contents, money
from pricewatch.domain.measures import DIMENSION_OF, FINE, SIZES
from pricewatch.engine.world import World

BASES = (
    (1, "kg"), (100, "g"), (1, "lb"), (1, "oz"), (1, "l"), (100, "ml"), (1, "floz"), (1, "m"), (1, "m2"), (1, "piece"),
    (1, "wash"), (1, "tablet"),
)  # fmt: skip
"""What unit prices are usually for: how many of which unit (`domain.measures`)."""

CATALOGUE = (
    "item", "sku", "category", "family", "catalogue_gtin", "tax_rate", "pack_of", "unit_sku", "content", "content_unit",
    "deposit", "eco_fee",
)  # fmt: skip
"""Columns of `rules.products` that causes are judged by."""

_RATE_PARTS = 10**6
"""`world.RATES` counts in millionths."""

_observed, _expected = pl.col("observed"), pl.col("expected")


def with_facts(candidates: pl.DataFrame, world: World, places: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Candidates with the columns that `engine.causes` reads of their own product and place.

    `CATALOGUE`; `market`, `channel`, `zone`, `tax_decided` (Boolean: the market's prices have tax in them); `unit` (Int64: minor
    units of one major one); `shown` and `against` (String); `price_of_one` (Int64: what is shown for one and without shipping,
    null for unit prices and where it cannot be told); `content_amount` and `base_amount` (Int64, thousandths); and, null where
    nothing is equal: `other_tax_rate` (basis points), `other_currency`, `other_base` (String).
    """
    known = places.select("place", "market", "channel", "zone", tax_decided="market_tax_included")
    rows = candidates.join(catalogue.select(CATALOGUE), on="item", how="left", validate="m:1").join(
        known, on="place", how="left", validate="m:1"
    )
    base = contents.base(pl.col("unit_price_base"))
    rows = rows.with_columns(unit=money.unit(pl.col("currency"))).with_columns(
        shown=money.show_expr(_observed, pl.col("currency")),
        against=_against(),
        price_of_one=_price_of_one(),
        dimension=contents.dimension(pl.col("content_unit")),
        content_amount=contents.amount(pl.col("content"), pl.col("content_unit")),
        base_amount=base.struct.field("amount"),
        base_dimension=base.struct.field("dimension"),
        other_tax_rate=_other_tax_rate(world),
        other_currency=_other_currency(world),
    )
    same = pl.col("base_dimension") == pl.col("dimension")
    return rows.with_columns(base_amount=pl.when(same).then("base_amount")).with_columns(other_base=_other_base())


def _price_of_one() -> pl.Expr:
    subject, quantity = pl.col("subject"), pl.col("quantity")
    evenly = (quantity > 0) & (_observed % quantity == 0)
    return (
        pl.when(subject == "landed_price")
        .then(_observed - pl.col("shipping"))
        .when(subject == "paid")
        .then(pl.when(evenly).then(_observed // quantity))
        .when(subject != "unit_price")
        .then(_observed)
    )


def _against() -> pl.Expr:
    """What the shown price is held against, in words: another price than the decided one is a corridor's bound, or a habit."""
    prices = ("expected_price", "list_price", "expected_member_price")
    decided = pl.any_horizontal((_expected == pl.col(price)).fill_null(False) for price in prices)
    words = pl.when(decided).then(pl.lit("the decided price")).otherwise(pl.lit("the expected price"))
    return pl.when(pl.col("subject") == "unit_price").then(pl.lit("the unit price")).otherwise(words)


def _other_tax_rate(world: World) -> pl.Expr:
    """A rate of the catalogue that is not the product's and by which the shown price is exact; the lowest of several.

    Taken off, put on, or put on in place of the product's own.
    """
    own = pl.col("tax_rate")
    net = money.without_tax(_expected, own)
    found = []
    for rate in sorted(world.central.products["tax_rate"].drop_nulls().unique().to_list()):
        other = pl.lit(rate, pl.Int64)
        exact = (_observed == money.without_tax(_expected, other)) | (_observed == money.with_tax(_expected, other))
        exact |= pl.col("tax_decided") & (_observed == money.with_tax(net, other))
        found.append(pl.when((own != other) & (other > 0) & exact).then(other))
    return pl.coalesce(*found, pl.lit(None, pl.Int64))


def _other_currency(world: World) -> pl.Expr:
    """The currency in which the expected price is the shown number, at a rate of `world.rates`; the first of several.

    Rounded half up to the coarser of both minor units: 12.99 dollars at 150 yen are 1949 yen, shown as 1949.00 dollars.
    """
    found = []
    for market, code, millionths in (
        world.rates.sort("market", "other_currency").select("market", "other_currency", "millionths").iter_rows()
    ):
        step = pl.max_horizontal(pl.col("unit") // 10 ** money.digits(code), 1)
        worth = (_expected * millionths * 2 + step * _RATE_PARTS) // (step * _RATE_PARTS * 2) * step
        found.append(pl.when((pl.col("market") == market) & (_expected > 0) & (_observed == worth)).then(pl.lit(code)))
    return pl.coalesce(*found, pl.lit(None, pl.String))


def _other_base() -> pl.Expr:
    """The quantity per which the price would be the shown amount, while another quantity was meant: `kg`, `100 ml`.

    For a unit price, the decided price per that quantity, when it is not the quantity shown beside it, or when the price per
    another quantity was expected: 0.64 for 100 ml where 6.43 for a litre must be shown. For any other, the expected price.
    """
    per_unit = pl.col("subject") == "unit_price"
    price = pl.when(per_unit).then("expected_price").otherwise(_expected)
    amounts = {(count, unit): (2 * count * SIZES[unit] + FINE) // (2 * FINE) for count, unit in BASES}
    comes_to = {base: contents.unit_price(price, pl.col("content_amount"), pl.lit(amount)) for base, amount in amounts.items()}
    found = []
    for count, unit in BASES:
        base, dimension = (count, unit), DIMENSION_OF[unit]
        others = [other for other in BASES if other != base and DIMENSION_OF[other[1]] == dimension]
        of_another = pl.any_horizontal(pl.lit(False), *((_expected == comes_to[other]).fill_null(False) for other in others))
        meant = per_unit & (pl.col("base_amount") == amounts[base]).fill_null(False) & ~of_another
        words = unit if count == 1 else f"{count} {unit}"
        found.append(pl.when((pl.col("dimension") == dimension) & (_observed == comes_to[base]) & ~meant).then(pl.lit(words)))
    return pl.coalesce(*found)
