"""On a marketplace another seller sells our product instead of us, or sells what it may not."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain import money
from pricewatch.domain.landed import landed
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, Tolerance, check, suspects

KEY = ["place", "item"]


class BuyBox(Params):
    """What is looked for among the sellers of a product, and who may be one of them."""

    find: Literal["lost", "undercut", "wrong_seller"] = Field(
        "lost",
        description="lost: another seller holds the buy box; undercut: another seller's landed price is below ours; "
        "wrong_seller: somebody sells who may not",
    )
    sellers: tuple[str, ...] = Field(
        (), description="wrong_seller: names of those who may sell these products besides us; empty = nobody may"
    )
    tolerance: Tolerance = Field(Tolerance(), description="undercut: how far below ours is still no finding; beyond both limits")


def sees_enough(params: BuyBox) -> pl.Expr:
    """A buy box that is ours; a landed price of our own; for wrong sellers, whatever is seen of them."""
    seen = {"lost": pl.col("buy_box"), "undercut": pl.col("price") + pl.col("shipping"), "wrong_seller": pl.col("source")}
    return seen[params.find].is_not_null()


@check(
    title="buy box",
    scope="product",
    sentence="{place}: {detail}",
    needs={"price", "shipping", "points", "buy_box", "available", "tax_included", "unit"},
    observes=lambda params: "buy_box" if params.find == "lost" else "price",
    verifies=sees_enough,
)
def buy_box(offers: pl.LazyFrame, params: BuyBox) -> pl.LazyFrame:
    """Our marketplace offers that lost the buy box or are undercut, or other sellers' offers that should not be there.

    `lost`: another seller's offer of the product holds the buy box in the place; the finding is on our offer and names who, with
    both landed prices (price + shipping - points) where they are stated. `undercut`: the cheapest other seller's landed price is
    below ours, beyond the tolerance. `wrong_seller`: a seller who is not among `sellers` offers a product the rule is about
    (`where: brand = 'Ours'`); the finding is on that seller's offer.

    Not judged: for `lost` and `undercut`, our offers that are out of stock, and places where we have none (see `coverage`); for
    `undercut`, offers whose shipping is not stated, and other sellers' in another currency or tax basis or out of stock. Who
    holds a buy box that no source states is unknown, not lost.

    Example::

        - id: buy-box
          check: buy_box
          where: channel_kind = 'marketplace'
          find: lost
          severity: major
          owner: marketplaces
          why: Most customers buy from whoever holds the buy box.
    """
    others = offers.filter(pl.col("seller").is_not_null())
    if params.find == "wrong_seller":
        wrong = others.filter(~pl.col("seller").is_in(params.sellers))
        asks = formatted("sold by {}, who is not among those who may", "seller")
        return suspects(wrong, subject="seller", observed=pl.col("price"), detail=asks)
    ours = offers.filter(pl.col("seller").is_null(), pl.col("available").fill_null(True)).with_columns(_landed=_landed())
    rivals = others.select(*KEY, "currency", "tax_included", "buy_box", "available", _rival="seller", _theirs=_landed())
    return _lost(ours, rivals) if params.find == "lost" else _undercut(ours, rivals, params.tolerance)


def _landed() -> pl.Expr:
    return landed(pl.col("price"), pl.col("shipping"), pl.col("points"))


def _lost(ours: pl.LazyFrame, rivals: pl.LazyFrame) -> pl.LazyFrame:
    """Our offers whose buy box another seller holds; should several be said to hold it, the first by name."""
    holders = rivals.filter("buy_box").sort("_rival").unique(KEY, keep="first", maintain_order=True)
    holders = holders.select(*KEY, "_rival", "_theirs", _currency="currency", _tax="tax_included")
    held = ours.filter(~pl.col("buy_box").fill_null(False)).join(holders, on=KEY, how="inner", validate="m:1")
    alike = (pl.col("currency") == pl.col("_currency")) & pl.col("tax_included").eq_missing(pl.col("_tax"))
    told = held.with_columns(_theirs=pl.when(alike).then("_theirs"))
    return _suspected(told, "{} holds the buy box")


def _undercut(ours: pl.LazyFrame, rivals: pl.LazyFrame, tolerance: Tolerance) -> pl.LazyFrame:
    """Our offers that cost more delivered than the cheapest other seller's; of equally cheap ones, the first by name."""
    basis = [*KEY, "currency", "tax_included"]
    cheapest = (
        rivals.filter(pl.col("_theirs").is_not_null(), pl.col("available").fill_null(True))
        .sort("_theirs", "_rival")
        .unique(basis, keep="first", maintain_order=True)
        .select(*basis, "_rival", "_theirs")
    )
    # a basis that neither states is the marketplace's one basis for all its sellers
    both = ours.join(cheapest, on=basis, how="inner", nulls_equal=True)
    above = pl.col("_landed") - pl.col("_theirs")
    return _suspected(both.filter(above > 0, tolerance.exceeded(above, pl.col("_theirs"))), "{} undercuts us")


def _suspected(offers: pl.LazyFrame, words: str) -> pl.LazyFrame:
    """Our offers with both landed prices; where one of them is not known, the words name the other seller alone."""
    both = pl.col("_landed").is_not_null() & pl.col("_theirs").is_not_null()
    theirs, ours = (money.show_expr(pl.col(name), pl.col("currency")) for name in ("_theirs", "_landed"))
    amounts = pl.when(both).then(formatted(": {} delivered, ours {}", theirs, ours)).otherwise(pl.lit(""))
    return suspects(
        offers,
        subject="buy_box",
        observed=pl.when(both).then("_landed"),
        expected=pl.when(both).then("_theirs"),
        detail=formatted(words, "_rival") + amounts,
    )
