"""A price that is not what its market counts in: another currency, or with tax where it should be without."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from pydantic import Field

from pricewatch.domain import money
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check
from pricewatch.engine.verdicts import Verdict, first_wrong, verdict
from pricewatch.engine.wording import percent

BASES = ("with tax", "without tax")


class CurrencyAndTax(Params):
    """What is judged besides currency and tax basis as the channel declares them."""

    amounts: bool = Field(True, description="judge prices that are exactly the decided price with, or without, the product's tax")


@check(
    title="wrong currency or tax basis",
    sentence="{place} shows {observed} where {expected} was decided: {detail}",
    needs={
        "currency", "market_currency", "tax_included", "market_tax_included", "tax_rate", "price", "expected_price",
        "tolerated_price", "regular_price", "list_price", "tolerated_list_price",
    },
    refines={"expected_price", "reference_price", "channel_parity"},
)  # fmt: skip
def currency_and_tax(offers: pl.LazyFrame, params: CurrencyAndTax) -> pl.LazyFrame:
    """Offers that cannot be compared because of currency or tax, and prices that are the decided one on the wrong tax basis.

    A price without currency or tax basis is comparable to nothing: every other kind leaves it alone, and this one says which it
    is. The currency is not the market's; it is not stated whether tax is included; tax is included where the market's prices are
    without it, or the other way round. And, with `amounts`: the declared basis is right, but the price is the decided one plus or
    less the product's tax, to the cent (10.00 net at 20 % is 12.00); so is a regular price of the list price.

    Not judged: other sellers' offers; amounts of products without a tax rate; prices that are right.

    Example::

        - id: comparable-prices
          check: currency_and_tax
          severity: major
          owner: it-operations
          why: A price without its currency or tax basis is comparable to nothing, and is not checked at all.
    """
    return first_wrong(offers.filter(pl.col("seller").is_null()), _wrong(params))


def _wrong(params: CurrencyAndTax) -> Iterator[Verdict]:
    """One verdict a thing that may be wrong."""
    taxed = pl.col("market_tax_included")
    basis, other = (pl.when(taxed).then(pl.lit(yes)).otherwise(pl.lit(no)) for yes, no in (BASES, BASES[::-1]))
    yield verdict(
        pl.col("currency") != pl.col("market_currency"),
        subject="currency",
        detail=formatted("in {}, and the market's currency is {}", "currency", "market_currency"),
    )
    yield verdict(
        pl.col("tax_included").is_null(),
        subject="tax_included",
        detail=formatted("not stated whether tax is included; the market's prices are {}", basis),
    )
    yield verdict(
        pl.col("tax_included") != taxed,
        subject="tax_included",
        detail=formatted("{}, and the market's prices are {}", other, basis),
    )
    if params.amounts:
        yield _amount("price", "expected_price", "tolerated_price", taxed)
        yield _amount("regular_price", "list_price", "tolerated_list_price", taxed)


def _amount(shown: str, decided: str, tolerated: str, taxed: pl.Expr) -> Verdict:
    """A price that is the decided one on the other tax basis."""
    price, due, rate = pl.col(shown), pl.col(decided), pl.col("tax_rate")
    other_basis = pl.when(taxed).then(money.without_tax(due, rate)).otherwise(money.with_tax(due, rate))
    wrong = pl.col("comparable") & (price == other_basis) & (price != due) & price.ne_missing(pl.col(tolerated))
    words = pl.when(taxed).then(pl.lit("without its")).otherwise(pl.lit("plus"))
    detail = formatted("the decided price {} {} % tax", words, percent(rate))
    return verdict(wrong, subject=shown, observed=price, expected=due, detail=detail)
