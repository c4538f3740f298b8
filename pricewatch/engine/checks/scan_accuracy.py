"""The till charges another price than the lowest one that was promised."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.accuracy import REFERENCES, Charged, Reference, judged_charge, lowest, references
from pricewatch.engine.checks import Direction, Params, Tolerance, check, suspects

NAMES = {"label": "shelf label", "price_file": "price file", "decided": "decided price"}


class Large(BaseModel):
    """When an overcharge is a large one (New York, Agriculture & Markets Law 197-b)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Decimal = Field(Decimal("0.25"), gt=0, description="on cheap items, from this amount on, in the currency")
    cheap_up_to: Decimal = Field(Decimal("2.50"), ge=0, description="promised prices up to this one are cheap, in the currency")
    percent: Decimal = Field(Decimal(10), gt=0, decimal_places=2, description="on dearer items, from so many percent on")

    def reached(self, delta: pl.Expr, promised: pl.Expr) -> pl.Expr:
        """Boolean: an overcharge `delta` on `promised` (Int64 minor units) is a large one. Needs the column `unit`."""
        # thousandths: KWD has three decimals, no currency has more
        cheap = promised * 1000 <= pl.col("unit") * int(self.cheap_up_to * 1000)
        by_amount = delta * 1000 >= pl.col("unit") * int(self.amount * 1000)
        return pl.when(cheap).then(by_amount).otherwise(delta * BASIS_POINTS >= promised * int(self.percent * 100))


class ScanAccuracy(Params):
    """What is charged, what it is held against, how far off is still right."""

    charged: Charged = Field(
        "price",
        description="price: what everybody pays for one; regular_price: without promotion, against the list price; "
        "paid: for all units of a line",
    )
    against: tuple[Reference, ...] = Field(
        REFERENCES, min_length=1, description="label, price_file, decided: the lowest of those that are stated was promised"
    )
    tolerance: Tolerance = Field(Tolerance(), description="amount and percent of what was promised; wrong only beyond both")
    direction: Direction = Field("any", description="any, overcharge or undercharge")
    large: Large = Field(Large(), description="from when on an overcharge is a large one: amount, cheap_up_to, percent")
    large_only: bool = Field(False, description="true: large overcharges only")


def everything_stated(params: ScanAccuracy) -> pl.Expr:
    """The charge and all it is held against: what was wrong against a label is right only against a label."""
    asked = references(params.charged, params.against).values()
    return judged_charge(params.charged) & pl.all_horizontal(price.is_not_null() for price in asked)


@check(
    title="till against shelf",
    sentence="{place} charges {observed} where {expected} was promised: {detail}",
    needs={
        "surface",
        "price",
        "regular_price",
        "paid",
        "quantity",
        "multibuy_row",
        "label_price",
        "file_price",
        "list_price",
        "expected_price",
        "tolerated_price",
        "tolerated_list_price",
        "unit",
    },
    refines={"expected_price", "reference_price", "channel_parity"},
    observes=lambda params: params.charged,
    verifies=everything_stated,
)
def scan_accuracy(offers: pl.LazyFrame, params: ScanAccuracy) -> pl.LazyFrame:
    """Till prices that differ from the lowest of shelf label, price file and decided price, as far as they are stated.

    The rule of NIST Handbook 130 (Examination Procedure for Price Verification): the lowest advertised, posted or marked price
    counts, over- and undercharges alike. The detail names which one was the lowest, and says when an overcharge is large: by
    default at least 0.25 on what was promised for up to 2.50, at least 10 % above that (New York AGM 197-b). `paid` holds what a
    line of several units cost against as many times the lowest price. During the channel's grace after a change, a till that
    charges what was decided before is not held against the new decision, but is against the label.

    An earlier finding counts as put right when everything in `against` is stated again: name only what is delivered. How accurate
    a store and its departments are as a whole is `engine.accuracy`'s sum of the same comparison.

    Not judged: places without a till's rows; items whose price nobody states; for `paid`, lines under a multibuy in force (see
    `promotion_depth`); other sellers' offers, and prices in another currency or tax basis.

    Example::

        - id: till-against-shelf
          check: scan_accuracy
          where: channel_kind = 'store'
          against: [label, decided]
          severity: critical
          owner: store-ops
          why: Customers pay the lowest price they were shown (NIST Handbook 130).
    """
    promised = pl.col("_promised")
    delta = pl.col(params.charged) - promised
    wrong = params.tolerance.exceeded(delta, promised)
    if params.direction != "any":
        wrong &= delta > 0 if params.direction == "overcharge" else delta < 0
    large = (delta > 0) & params.large.reached(delta, promised)
    if params.large_only:
        wrong &= large
    asked = references(params.charged, params.against)
    said = pl.coalesce(*(pl.when(price == promised).then(pl.lit(NAMES[name])) for name, price in asked.items()))
    kind = (
        pl.when(delta < 0)
        .then(pl.lit("undercharge"))
        .when(large.fill_null(False))
        .then(pl.lit("large overcharge"))
        .otherwise(pl.lit("overcharge"))
    )
    judged = offers.filter(judged_charge(params.charged)).with_columns(_promised=lowest(params.charged, params.against))
    return suspects(
        judged.filter(wrong),
        subject=params.charged,
        observed=pl.col(params.charged),
        expected=promised,
        detail=pl.concat_str(kind, pl.lit("against the"), said, separator=" "),
    )
