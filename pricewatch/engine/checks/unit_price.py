"""A price per kilogram, litre or piece that is missing, per something else, or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl
from pydantic import Field, field_validator

from pricewatch.domain import contents
from pricewatch.domain.measures import DIMENSIONS
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check
from pricewatch.engine.verdicts import Verdict, first_wrong, verdict
from pricewatch.engine.wording import amount

LEGAL_BASES = {"g": "kg", "ml": "l", "cm": "m", "cm2": "m2"}
"""What a unit price is for where a rule says nothing (Directive 98/6/EC art. 2); counted things: one of them."""


class UnitPrice(Params):
    """Where unit prices must be shown, and for how much."""

    required_in: tuple[Literal["store", "web", "app", "marketplace"], ...] = Field(
        (), description="channel kinds that must show a unit price where the content is known; empty = what is shown is judged"
    )
    bases: dict[str, tuple[str, ...]] = Field(
        {},
        description="what a unit price may be for, by dimension, the usual one first: {g: [kg, 100 g], ml: [l]}; of a dimension "
        "that is not named, any amount",
    )

    @field_validator("bases")
    @classmethod
    def _of_their_dimension(cls, bases: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for dimension, texts in bases.items():
            if dimension not in DIMENSIONS:
                raise ValueError(f"'{dimension}' is no dimension; there are {', '.join(DIMENSIONS)}")
            usual = LEGAL_BASES.get(dimension, dimension)
            if not texts:
                raise ValueError(f"'{dimension}' has no base; write for example {{{dimension}: [{usual}]}}, or leave it out")
            for text in texts:
                if _read(text)[1] != dimension:
                    raise ValueError(f"'{text}' is no amount of {dimension}; write for example {usual}")
        return bases


def _read(base: str) -> tuple[int | None, str | None]:
    """How much a base is, in thousandths of its dimension's canonical unit, and its dimension; nothing when it is none."""
    told = pl.select(contents.base(pl.lit(base))).item()
    return told["amount"], told["dimension"]


def looked_at(params: UnitPrice) -> str:
    """Where unit prices are required, every offer with a price is looked at."""
    return "price" if params.required_in else "unit_price"


@check(
    title="wrong unit price",
    sentence="{place} shows {observed} where {expected} is the unit price: {detail}",
    needs={
        "price", "list_price", "unit_price", "unit_price_base", "content", "content_unit", "extra", "channel_kind", "currency",
    },
    observes=looked_at,
    verifies=lambda _: pl.col("price").is_not_null() & pl.col("unit_price").is_not_null(),
)  # fmt: skip
def unit_price(offers: pl.LazyFrame, params: UnitPrice) -> pl.LazyFrame:
    """Offers whose unit price is not the price divided by the content, is for another amount than it may be, or is missing.

    9.90 for 750 ml is 13.20 a litre. What is off by less than the price's own rounding, half a minor unit times base by content,
    and one displayed unit is right. A unit price follows the promotion: one that is still that of the list price says so. Content
    that a promotion adds counts as content. Law: Directive 98/6/EC art. 2 to 4.

    Not judged: products without a content or with a unit nobody knows; outside `required_in`, offers without a unit price, or
    whose unit price does not say readably what it is for; other sellers' offers, and offers that are not comparable.

    Example::

        - id: web-unit-prices
          check: unit_price
          where: channel_kind = 'web'
          bases: {g: [kg, 100 g], ml: [l, 100 ml]}
          severity: major
          owner: ecommerce
          why: Customers compare prices by the kilogram and the litre (Directive 98/6/EC art. 3).
    """
    required = pl.col("channel_kind").is_in(params.required_in)
    concerned = offers.filter(
        pl.col("seller").is_null(),
        pl.col("comparable"),
        pl.col("price").is_not_null(),
        pl.col("unit_price").is_not_null() | required,
    )
    base, content = contents.base(pl.col("unit_price_base")), contents.amount(pl.col("content"), pl.col("content_unit"))
    more = pl.when(pl.col("extra").is_not_null()).then(content * (BASIS_POINTS + pl.col("extra")) // BASIS_POINTS)
    measured = concerned.with_columns(
        _content=pl.coalesce(more, content),
        _dimension=contents.dimension(pl.col("content_unit")),
        _base=base.struct.field("amount"),
        _base_dimension=base.struct.field("dimension"),
    ).filter(pl.col("_content").is_not_null())
    usual = _usual_bases(params)
    amounts = {name: _read(text)[0] for name, text in usual.items()}
    told = measured.with_columns(
        _usual=pl.col("_dimension").replace_strict(amounts, return_dtype=pl.Int64),
        _usual_text=pl.col("_dimension").replace_strict(usual, return_dtype=pl.String),
    )
    found = first_wrong(told, _wrong(params, required))
    return found.drop("_content", "_dimension", "_base", "_base_dimension", "_usual", "_usual_text")


def _usual_bases(params: UnitPrice) -> dict[str, str]:
    """What the unit price of each dimension is usually for, as it is written."""
    return {name: params.bases.get(name, (LEGAL_BASES.get(name, name),))[0] for name in DIMENSIONS}


def _wrong(params: UnitPrice, required: pl.Expr) -> Iterator[Verdict]:
    """One verdict a thing that may be wrong with a unit price."""
    shown, dimension, base = pl.col("unit_price"), pl.col("_dimension"), pl.col("_base")
    usual = contents.unit_price(pl.col("price"), pl.col("_content"), pl.col("_usual"))
    due = formatted("per {}, {}", "_usual_text", _arithmetic())
    yield _missing(shown.is_null(), formatted("no unit price; {} {}", amount(usual), due), usual)
    yield _missing(
        required & base.is_null(), formatted("{} without saying for what; {} {}", amount(shown), amount(usual), due), usual
    )
    written = pl.col("unit_price_base")
    other = formatted("it is per {}, and the content is {}", written, _content())
    yield _differs(pl.col("_base_dimension") != dimension, usual, other)
    for name, texts in params.bases.items():
        allowed = base.is_in([_read(text)[0] for text in texts])
        words = formatted("it is per {} instead of {}", written, pl.lit(" or ".join(texts)))
        yield _differs((dimension == name) & ~allowed, usual, words)
    right = contents.unit_price(pl.col("price"), pl.col("_content"), base)
    before = contents.unit_price(pl.col("list_price"), pl.col("_content"), base)
    allowed_gap = contents.tolerance(pl.col("_content"), base)
    off = (shown - right).abs() > allowed_gap
    stale = (pl.col("price") < pl.col("list_price")) & ((shown - before).abs() <= allowed_gap)
    yield _differs(off & stale, right, formatted("it is that of {}, the price without the promotion", amount("list_price")))
    yield _differs(off, right, _arithmetic())


def _missing(wrong: pl.Expr, words: pl.Expr, right: pl.Expr) -> Verdict:
    return verdict(wrong, subject="unit_price", expected=right, detail=words)


def _differs(wrong: pl.Expr, right: pl.Expr, words: pl.Expr) -> Verdict:
    return verdict(wrong, subject="unit_price", observed=pl.col("unit_price"), expected=right, detail=words)


def _arithmetic() -> pl.Expr:
    return formatted("{} for {}", amount("price"), _content())


def _content() -> pl.Expr:
    """As the catalogue writes it: `750 ml`."""
    return formatted("{} {}", pl.col("content").cast(pl.String).str.strip_suffix(".0"), "content_unit")
