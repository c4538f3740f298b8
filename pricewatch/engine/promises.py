"""What an offer's promotion label promises, beside the offer: terms as the calendar writes them, amounts in minor units.

`-20 % des 2 achetes` is 20 % under a condition, `3 pour 10 EUR` a multibuy at 1000. The label's money is read under both decimal
signs: one that reads as two amounts (`1.500`) is none. What `domain.labels` does not understand promises nothing here.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import money
from pricewatch.domain.labels import SAID
from pricewatch.engine.multibuys import GROUPED

ABOUT_ONE_PRODUCT = (*GROUPED, "percent", "amount", "member_price", "coupon", "extra_quantity", "deferred_credit")
"""Mechanics that a label promises of the product it stands beside; not of a basket, a bundle or the delivery."""

NEEDS = frozenset({"promotion_label", "unit"})
"""Columns of judged offers that are read."""


def with_promises(offers: pl.LazyFrame, labels: pl.LazyFrame) -> pl.LazyFrame:
    """Judged offers with what their label says; null or false where there is no label. `labels`: `domain.labels.read`.

    `label_mechanic`, `label_units`, `label_pay`, `label_value` (Int64: basis points, or minor units), `label_percent` (basis
    points off), `label_amount` (minor units off), `label_credit` (basis points); Boolean `label_up_to`, `label_members`,
    `label_conditional`, `label_unclear` (a part has two readings), and `promises`: a promotion of this very product is
    announced.
    """
    said = {field.name: pl.col("said").struct.field(field.name) for field in SAID.fields}
    flags = {
        "label_up_to": "up_to",
        "label_members": "members",
        "label_conditional": "conditional",
        "label_unclear": "ambiguous",
    }
    of_this_product = said["mechanic"].is_in(ABOUT_ONE_PRODUCT) & ~said["up_to"] & said["threshold_text"].is_null()
    return (
        offers.join(labels, on="promotion_label", how="left", validate="m:1")
        .with_columns(
            label_mechanic=said["mechanic"],
            label_units=said["quantity"],
            label_pay=said["pay"],
            label_value=pl.coalesce(said["value"], _minor(said["value_text"])),
            label_percent=said["percent"],
            label_amount=_minor(said["amount"]),
            label_credit=said["credit"],
            promises=of_this_product.fill_null(False),
            **{name: said[field].fill_null(False) for name, field in flags.items()},
        )
        .drop("said")
    )


def _minor(text: pl.Expr) -> pl.Expr:
    """Minor units of money as a label writes it; null where the decimal sign could be either and it matters."""
    point, comma = (
        money.parse(text, decimal=pl.lit(sign), minor_units=pl.lit(False), per_unit=pl.col("unit")) for sign in (".", ",")
    )
    return pl.when(point.is_null() | comma.is_null() | (point == comma)).then(pl.coalesce(point, comma))
