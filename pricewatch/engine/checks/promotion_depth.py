"""A promotion in force is given, but with another depth or another mechanic."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain.advantages import depth
from pricewatch.domain.texts import formatted
from pricewatch.engine import audiences, multibuys, wording
from pricewatch.engine.audiences import Audience
from pricewatch.engine.checks import Params, Tolerance, check, suspects


class PromotionDepth(Params):
    """Whose promotion, and how far off is still right."""

    audience: Audience = "everyone"
    tolerance: Tolerance = Field(
        Tolerance(), description="of a price, or of a receipt's amount; wrong only when amount and percent are exceeded"
    )


def enough_shown(params: PromotionDepth) -> pl.Expr:
    """A price, and at a till under a multibuy a receipt of several units; a member price where one is due."""
    if params.audience == "members":
        return pl.col("member_price").is_not_null() | pl.col("expected_member_price").is_null()
    return pl.col("price").is_not_null() & multibuys.tried()


@check(
    title="promotion given otherwise",
    sentence="{place} gives {promotion} otherwise: {observed} instead of {expected}; {detail}",
    keyed_by_promotion=True,
    needs={
        "price",
        "member_price",
        "promotion",
        "market",
        "tolerated_member_price",
        "promotion_row",
        "member_promotion_row",
        "unit",
        *multibuys.NEEDS,
        *multibuys.RECEIPT,
    },
    refines={"promotion_unauthorised", "promotion_label", "expected_price", "channel_parity", "reference_price"},
    observes=lambda params: audiences.of(params.audience).shown,
    verifies=enough_shown,
)
def promotion_depth(offers: pl.LazyFrame, params: PromotionDepth, *, calendar: pl.LazyFrame) -> pl.LazyFrame:
    """Offers that give a promotion in force, but not as the calendar has it: too much, too little, or by another mechanic.

    A price below the list price that is not what the promotions in force make of it. Under a multibuy: a price of one unit that
    is what a unit costs in the group (the mechanic was flattened); a till receipt that takes another amount for its units than
    the calendar does; a promotion named by the channel whose terms are not those in force. The price of one unit is never
    compared with the effective price of several; that one stands in the detail, for information.

    Not judged: prices at or above the list price and receipts without any reduction (`promotion_missing`); what the label says
    (`promotion_label`); what grace excuses after a change; receipts whose own price of one unit is wrong; other sellers' offers
    and offers that are not comparable. The exact price of another promotion is kept by `promotion_stale` or `promotion_early`.

    Example::

        - id: promotion-as-decided
          check: promotion_depth
          severity: major
          owner: pricing
          why: A leaflet's 30 percent are 30 percent, and 2+1 is two paid of three.
    """
    judged = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("expected_price").is_not_null())
    if params.audience == "members":
        return _cut_otherwise(judged, params)
    under_multibuy = multibuys.with_dues(judged, calendar).join(_named(calendar), on=["market", "promotion"], how="left")
    apart = judged.filter(~multibuys.together())
    return pl.concat([_cut_otherwise(apart, params), _grouped_otherwise(under_multibuy, params)], how="diagonal")


def _wrong_cut(params: PromotionDepth) -> pl.Expr:
    """Boolean, never null: a reduction is in force and given, of another depth than decided."""
    columns = audiences.of(params.audience)
    shown, expected, listed = pl.col(columns.shown), pl.col(columns.expected), pl.col("list_price")
    promised = pl.col(columns.row).is_not_null() & (expected < listed)
    given = (shown < listed) & params.tolerance.exceeded(shown - expected, expected) & shown.ne_missing(columns.formerly)
    return (promised & given).fill_null(False)


def _cut_otherwise(offers: pl.LazyFrame, params: PromotionDepth) -> pl.LazyFrame:
    columns = audiences.of(params.audience)
    shown, expected = pl.col(columns.shown), pl.col(columns.expected)
    found = offers.filter(_wrong_cut(params)).with_columns(promotion_row=pl.col(columns.row))
    return suspects(found, subject=columns.shown, observed=shown, expected=expected, detail=_depths(shown, expected))


def _grouped_otherwise(offers: pl.LazyFrame, params: PromotionDepth) -> pl.LazyFrame:
    """Offers under a multibuy, each found once: by its price, else by its receipt, else by the promotion it names."""
    price, taken, count = pl.col("price"), pl.col("paid"), pl.col("quantity")
    expected, total = pl.col("expected_price"), pl.col("due")
    receipt = multibuys.rung()
    right = receipt & multibuys.lawful()
    flat = multibuys.flattened(price) & price.ne_missing(pl.col("tolerated_price")) & ~(receipt & multibuys.divided())
    reduced = (taken < count * expected) & params.tolerance.exceeded(taken - total, total)
    named = pl.col("named_mechanic").is_not_null() & ~multibuys.alike("named") & ~multibuys.fresh()
    wrong = (
        pl.when(flat)
        .then(pl.lit("flat"))
        .when(_wrong_cut(params))
        .then(pl.lit("cut"))
        .when(receipt & ~right & reduced.fill_null(False))
        .then(pl.lit("receipt"))
        .when(named)
        .then(pl.lit("named"))
    )
    found = offers.with_columns(wrong=wrong).filter(pl.col("wrong").is_not_null())
    of = pl.col("wrong")
    by_price = of.is_in(["flat", "cut"])
    terms = multibuys.terms_due()
    detail = (
        pl.when(of == "flat")
        .then(formatted("what one costs in {}", terms))
        .when(of == "cut")
        .then(_depths(price, expected))
        .when(of == "receipt")
        .then(formatted("{} units under {}{}", count, terms, _given_once()))
        .otherwise(formatted("names {}, {}; {} is in force", "promotion", _named_terms(), terms))
    )
    row = pl.when(of == "cut").then("promotion_row").otherwise("multibuy_row")
    suspected = suspects(
        found.with_columns(evidence=row),
        subject="price",
        observed=pl.when(by_price).then(price).when(of == "receipt").then(taken),
        expected=pl.when(by_price).then(expected).when(of == "receipt").then(total),
        detail=detail,
    )
    subject = pl.when(by_price).then(pl.lit("price")).when(of == "receipt").then(pl.lit("paid")).otherwise(pl.lit("promotion"))
    return suspected.with_columns(subject=subject, promotion_row="evidence")


def _given_once() -> pl.Expr:
    """A known defect of tills: the multibuy applied to the first group only."""
    once = (pl.col("paid") == pl.col("due_once")) & (pl.col("due_once") != pl.col("due"))
    return pl.when(once).then(pl.lit(", given once only")).otherwise(pl.lit(""))


def _named(calendar: pl.LazyFrame) -> pl.LazyFrame:
    """Terms of each multibuy by the name of its promotion; promotions whose rows differ have none."""
    terms = pl.struct("mechanic", "quantity", "pay", "value")
    return (
        calendar.filter(pl.col("mechanic").is_in(multibuys.GROUPED))
        .group_by("market", "promotion")
        .agg(terms=terms.first(), different=terms.n_unique())
        .filter(pl.col("different") == 1)
        .select(
            "market",
            "promotion",
            named_mechanic=pl.col("terms").struct.field("mechanic"),
            named_units=pl.col("terms").struct.field("quantity"),
            named_pay=pl.col("terms").struct.field("pay"),
            named_value=pl.col("terms").struct.field("value"),
        )
    )


def _named_terms() -> pl.Expr:
    return multibuys.words(*(pl.col(f"named_{name}") for name in multibuys.TERMS))


def _depths(shown: pl.Expr, expected: pl.Expr) -> pl.Expr:
    """How deep the reduction is, and how deep it should be."""
    listed = pl.col("list_price")
    given, decided = (wording.percent(depth(listed - price, listed)) for price in (shown, expected))
    return formatted("{} % off instead of {} %", given, decided)
