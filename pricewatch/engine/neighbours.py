"""Whose price is this? The zones and products whose decided price the shown one equals, and which of them count as evidence.

A shop has thousands of products and a few hundred prices, so nearly every wrong price is the right one of some product: that
proves nothing. Evidence is only

- what another zone of the market should show for the same product;
- the pack of a single unit, the single unit of a pack;
- a product of the same family: a dozen at most, which should cost the same;
- a swap: this product shows what was decided for that one, and that one shows what was decided for this one, at the same place.
  The two have adjacent article numbers or GTINs, or are of one family, or of one category in which hardly any other product is
  wrong by these prices; and neither has another such partner. By chance that takes two coincidences at once.

Each function gives one row for a candidate that has such a neighbour (`candidate`: its number), and none for the others.
"""

from __future__ import annotations

import polars as pl

from pricewatch.engine.causes import PACKS, PRICED

_observed, _expected, _subject = pl.col("observed"), pl.col("expected"), pl.col("subject")
_of_one = _subject.is_in([subject for subject in PRICED if subject != "unit_price"])
_DECIDED = ("since", "until", "list_price", "expected_price", "expected_member_price")


def with_neighbours(rows: pl.DataFrame, points: pl.DataFrame, places: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Candidates with the columns of every neighbour (null without one).

    In: `facts.with_facts` with `candidate`, their number. Out besides: what `other_zones`, `packs`, `single_units`, `relatives`
    and `swapped` say.
    """
    asked = rows.filter(_of_one, _observed.is_not_null())
    for found in (
        other_zones(asked, points, places),
        packs(asked, points, catalogue),
        single_units(asked, points, catalogue),
        relatives(asked, points, catalogue),
        swapped(asked),
    ):
        rows = rows.join(found, on="candidate", how="left", validate="1:1")
    return rows


def _shows_decided() -> pl.Expr:
    """Whether what is shown is what was decided elsewhere: by audience and, for everybody, with the promotion or without."""
    one = pl.col("price_of_one")
    members, regular = _subject == "member_price", _subject == "regular_price"
    return (
        pl.when(members)
        .then(_observed == pl.col("expected_member_price_there"))
        .when(regular)
        .then(_observed == pl.col("list_price_there"))
        .otherwise((one == pl.col("expected_price_there")) | (one == pl.col("list_price_there")).fill_null(False))
        .fill_null(False)
    )


def _then() -> pl.Expr:
    """Whether a price point was in force when the candidate was seen."""
    return (pl.col("since_there") <= pl.col("observed_at")) & (pl.col("observed_at") < pl.col("until_there"))


def _there(points: pl.DataFrame, **renamed: str) -> pl.DataFrame:
    """Price points with their columns called `..._there`, to stand beside a candidate's own."""
    return points.select("area", "item", "price_row", *_DECIDED).rename({name: f"{name}_there" for name in _DECIDED} | renamed)


def other_zones(asked: pl.DataFrame, points: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Another zone of the market that should show this: `candidate`, `other_zone`, `other_zone_row` (in the price list).

    The first zone by name, where several have the price.
    """
    zones = places.select("area", "market", other_zone="zone").unique()
    elsewhere = _there(points, price_row="other_zone_row").join(zones, on="area", how="inner").drop("area")
    return (
        asked.join(elsewhere, on=["market", "item"], how="inner")
        .filter(pl.col("other_zone") != pl.col("zone"), _then(), _shows_decided())
        .sort("candidate", "other_zone", "other_zone_row")
        .unique("candidate", keep="first", maintain_order=True)
        .select("candidate", "other_zone", "other_zone_row")
    )


def _pairs(catalogue: pl.DataFrame) -> pl.DataFrame:
    """`pack_item`, `pack_sku`, `pack_units`, `single_item`, `single_sku`: every pack whose single unit is in the catalogue."""
    packed = catalogue.filter(pl.col("pack_of").is_between(*PACKS), pl.col("unit_sku").is_not_null())
    single = catalogue.select(single_item="item", single_sku="sku")
    return packed.select(pack_item="item", pack_sku="sku", pack_units="pack_of", single_sku="unit_sku").join(
        single, on="single_sku", how="inner"
    )


def packs(asked: pl.DataFrame, points: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """The pack that has this price, or as many times the expected one as it has units: `candidate`, `pack_item`, `pack_sku`,
    `pack_units`, `pack_decided` (Boolean: it is the pack's own decided price).

    One that is decided before one that is multiplied, then the smallest pack.
    """
    decided = _then().fill_null(False) & _shows_decided()
    multiplied = (_expected > 0) & (_observed == _expected * pl.col("pack_units"))
    return (
        asked.join(_pairs(catalogue), left_on="item", right_on="single_item", how="inner")
        .join(_there(points), left_on=["area", "pack_item"], right_on=["area", "item"], how="left")
        .with_columns(pack_decided=decided)
        .filter(pl.col("pack_decided") | multiplied)
        .sort("candidate", "pack_decided", "pack_units", "pack_sku", descending=[False, True, False, False])
        .unique("candidate", keep="first", maintain_order=True)
        .select("candidate", "pack_item", "pack_sku", "pack_units", "pack_decided")
    )


def single_units(asked: pl.DataFrame, points: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """The single unit of this pack, where the pack shows its decided price: `candidate`, `single_item`, `single_sku`."""
    return (
        asked.join(_pairs(catalogue), left_on="item", right_on="pack_item", how="inner")
        .join(_there(points), left_on=["area", "single_item"], right_on=["area", "item"], how="inner")
        .filter(_then(), _shows_decided())
        .unique("candidate")
        .select("candidate", "single_item", "single_sku")
    )


def relatives(asked: pl.DataFrame, points: pl.DataFrame, catalogue: pl.DataFrame) -> pl.DataFrame:
    """Another product of the family with this decided price: `candidate`, `relative_sku`, `relative_row` (in the price list)."""
    family = catalogue.filter(pl.col("family").is_not_null()).select("family", relative="item", relative_sku="sku")
    return (
        asked.join(family, on="family", how="inner")
        .filter(pl.col("relative") != pl.col("item"))
        .join(_there(points, price_row="relative_row"), left_on=["area", "relative"], right_on=["area", "item"], how="inner")
        .filter(_then(), _shows_decided())
        .sort("candidate", "relative_sku")
        .unique("candidate", keep="first", maintain_order=True)
        .select("candidate", "relative_sku", "relative_row")
    )


def swapped(asked: pl.DataFrame) -> pl.DataFrame:
    """The product with which this one has changed prices: `candidate`, `swapped_sku`, `swapped_row` (in the price list)."""
    here = ["place", "seller", "subject"]
    wrong = asked.with_columns(
        showing=pl.col("item").n_unique().over([*here, "category", "observed"]),
        asking=pl.col("item").n_unique().over([*here, "category", "expected"]),
    )
    other = wrong.select(*here, *(pl.col(name).alias(f"{name}_there") for name in _COMPARED)).unique()
    pairs = wrong.join(
        other,
        left_on=[*here, "observed", "expected"],
        right_on=[*here, "expected_there", "observed_there"],
        how="inner",
        nulls_equal=True,
    ).filter(pl.col("item") != pl.col("item_there"), _adjacent() | _alike("family") | (_alike("category") & _rare()))
    partners = pl.col("item_there").n_unique().over([*here, "item"])
    its_partners = pl.col("item").n_unique().over([*here, "item_there"])
    return (
        pairs.filter(partners == 1, its_partners == 1)
        .sort("candidate", "price_row_there")
        .unique("candidate", keep="first", maintain_order=True)
        .select("candidate", swapped_sku="sku_there", swapped_row="price_row_there")
    )


_COMPARED = (
    "observed", "expected", "item", "sku", "price_row", "family", "category", "catalogue_gtin", "showing", "asking",
)  # fmt: skip


def _alike(name: str) -> pl.Expr:
    return (pl.col(name) == pl.col(f"{name}_there")).fill_null(False)


def _rare() -> pl.Expr:
    """Whether the two prices meet in this pair only: of each product's two, no other wrong one of the category has one of them.

    With hundreds of wrong products at a few dozen prices, pairs that seem swapped are everywhere.
    """
    return ((pl.col("showing_there") == 1) | (pl.col("asking_there") == 1)) & ((pl.col("showing") == 1) | (pl.col("asking") == 1))


def _adjacent() -> pl.Expr:
    """Whether the article numbers or the GTINs of two products are adjacent."""
    # The last digit of a GTIN is its check digit: neighbours differ by one in the digits before it.
    references = pl.col("catalogue_gtin") // 10 - pl.col("catalogue_gtin_there") // 10
    (number, stem), (its_number, its_stem) = _article_number("sku"), _article_number("sku_there")
    numbers = (stem == its_stem) & ((number - its_number).abs() == 1)
    return (references.abs() == 1).fill_null(False) | numbers.fill_null(False)


def _article_number(sku: str) -> tuple[pl.Expr, pl.Expr]:
    """The number an article number ends in (null without one), and what stands before it: `A-0471` is 471 behind `A-`."""
    return pl.col(sku).str.extract(r"([0-9]{1,18})$").cast(pl.Int64), pl.col(sku).str.replace(r"[0-9]{1,18}$", "")
