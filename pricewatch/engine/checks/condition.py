"""An offer meets a condition that no right offer meets."""

from __future__ import annotations

import polars as pl
from pydantic import Field, field_validator

from pricewatch.engine import conditions
from pricewatch.engine.checks import Params, check, suspects
from pricewatch.engine.columns import types_of
from pricewatch.engine.findings import MONEY_SUBJECTS
from pricewatch.engine.rules import WHERE_COLUMNS

TYPES = types_of(WHERE_COLUMNS)

SHOWN = frozenset({"price", "regular_price", "list_price", "expected_price"})
"""Columns without which a condition that names them says nothing: there is no offer without a price, no decision without one."""


class Condition(Params):
    """What no right offer meets, and how a person is told."""

    wrong_when: str = Field(
        "price = 0", description="SQL condition on one offer; money in it is minor units, for example price > max_price"
    )
    detail: str = Field("", description="what a person reads; empty = the condition itself")
    subject: str = Field("price", description="the column that is wrong, for example shipping; shown where it is money")

    @field_validator("wrong_when")
    @classmethod
    def _can_be_judged(cls, text: str) -> str:
        found = conditions.problem(text, TYPES, name="wrong_when")
        if found is not None:
            what, fix = found
            # pydantic names the key itself
            raise ValueError(f"{what.partition(' ')[2]}; {fix}")
        return text

    @field_validator("subject")
    @classmethod
    def _is_a_column(cls, name: str) -> str:
        if name not in TYPES:
            raise ValueError(f"'{name}' is no column here; columns: {', '.join(sorted(TYPES))}")
        return name


def reads(params: Condition) -> frozenset[str]:
    """The columns of the condition, and the subject."""
    return frozenset({*conditions.columns_of(params.wrong_when), params.subject})


def states_its_prices(params: Condition) -> pl.Expr:
    """The prices that the condition names are known: without them it is met by no offer, and says nothing."""
    named = sorted(SHOWN & reads(params))
    return pl.all_horizontal(pl.lit(True), *(pl.col(name).is_not_null() for name in named))


@check(title="condition met", sentence="{place}: {detail}", reads=reads, verifies=states_its_prices)
def condition(offers: pl.LazyFrame, params: Condition) -> pl.LazyFrame:
    """Offers that meet the SQL condition `wrong_when`, on any column that a rule's `where` may name.

    The condition looks at one offer, its product and its place; a part of it that is not stated (null) is not met. Money is minor
    units: 12.99 is 1299. `observed` is the subject's amount where it is money.

    Every offer that the rule's `where` leaves is asked, other sellers' and those in another currency too: write
    `seller IS NULL` where only our own are meant.

    Example::

        - id: no-price-above-the-ceiling
          check: condition
          where: seller IS NULL
          wrong_when: price > max_price
          detail: above the regulated price
          severity: critical
          owner: legal
          why: Regulated prices are ceilings.
    """
    observed = pl.col(params.subject) if params.subject in MONEY_SUBJECTS else None
    return suspects(
        offers.filter(conditions.compiled(params.wrong_when)),
        subject=params.subject,
        observed=observed,
        detail=pl.lit(params.detail or params.wrong_when),
    )
