"""A channel gives or announces a reduction that no calendar knows."""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine import audiences, multibuys, promises, wording
from pricewatch.engine.audiences import Audience
from pricewatch.engine.checks import Params, Tolerance, check, suspects


class PromotionUnauthorised(Params):
    """Whose price, how far below the decided one is no reduction yet, and what is left alone."""

    audience: Audience = "everyone"
    tolerance: Tolerance = Field(
        Tolerance(), description="below the decided price; a reduction only when amount and percent are exceeded"
    )
    announced_only: bool = Field(
        False,
        description="true: only what the channel itself calls a reduction, by a struck-through or regular price or a label; "
        "a lower price that says nothing is left to expected_price",
    )
    clearance: Literal["exempt", "judged"] = Field(
        "exempt", description="products on clearance: exempt or judged; products not stated to be on clearance are judged"
    )


PROMOTIONS = ("promotion_row", "member_promotion_row", "multibuy_row", "coupon_row", "credit_row", "extra_row", "shipping_row")
"""Where a promotion of any kind is in force for the product, in the place it was seen."""


@check(
    title="reduction that no calendar knows",
    sentence="{place} reduces to {observed} what costs {expected}: {detail}",
    needs={
        "price",
        "regular_price",
        "was_price",
        "member_price",
        "list_price",
        "expected_price",
        "expected_member_price",
        "tolerated_price",
        "tolerated_list_price",
        "tolerated_member_price",
        "previous_list_price",
        "next_list_price",
        "ended_price",
        "ended_member_price",
        "early_price",
        "early_member_price",
        "coupon_price",
        "multibuy_quantity",
        "multibuy_paid",
        "currency",
        "clearance",
        *promises.NEEDS,
        *PROMOTIONS,
    },
    refines={"promotion_label", "expected_price", "channel_parity", "reference_price"},
    observes=lambda params: audiences.of(params.audience).shown,
    # a member price that is shown no more is a reduction no more; a public price must be seen to be right
    verifies=lambda params: pl.col("price").is_not_null() if params.audience == "everyone" else pl.lit(True),
)
def promotion_unauthorised(offers: pl.LazyFrame, params: PromotionUnauthorised, *, labels: pl.LazyFrame) -> pl.LazyFrame:
    """Offers reduced below the list price, or announced as reduced, although no promotion is in force for them.

    For `everyone`: a price below the list price; or a struck-through price above the price, or a label that promises a
    reduction, beside the full price. For `members`: a member price below what everybody should pay. Clearance is exempt unless
    the rule says otherwise.

    Not judged, for the calendar or the price list explains them: the exact price of a promotion that has ended
    (`promotion_stale`) or has not begun (`promotion_early`), of a coupon, of members, or of a multibuy by the piece
    (`promotion_depth`); where nothing is announced, the previous and the next list price (`expected_price` names the cause); a
    struck-through price that was the list price before the present one; what was right before a change, during the channel's
    grace. Nor other sellers' offers, offers that are not comparable or have no list price, and labels that nobody understands.

    Example::

        - id: online-unknown-reduction
          check: promotion_unauthorised
          where: channel_kind IN ('web', 'app')
          severity: major
          owner: ecommerce
          why: What head office did not decide, nobody may give away.
    """
    judged = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("list_price").is_not_null())
    if params.clearance == "exempt":
        judged = judged.filter(~pl.col("clearance").fill_null(False))
    return _of_members(judged, params) if params.audience == "members" else _of_everyone(judged, params, labels)


def _of_members(offers: pl.LazyFrame, params: PromotionUnauthorised) -> pl.LazyFrame:
    """Member prices below what everybody should pay, and below what everybody does pay, without a promotion for members."""
    shown, public = pl.col("member_price"), pl.col("expected_price")
    known = _any_of(
        shown, "tolerated_member_price", "tolerated_price", "ended_member_price", "early_member_price", "previous_list_price"
    )
    below = (shown < public) & params.tolerance.exceeded(shown - public, public) & (shown < pl.col("price")).fill_null(True)
    found = offers.filter(pl.col("member_promotion_row").is_null(), below & ~known)
    words = pl.lit("the calendar has no promotion for members")
    return suspects(found, subject="member_price", observed=shown, expected=public, detail=words)


def _of_everyone(offers: pl.LazyFrame, params: PromotionUnauthorised, labels: pl.LazyFrame) -> pl.LazyFrame:
    """Reduced prices, struck-through prices and labels, each offer once: the price says more than what stands beside it."""
    price, listed = pl.col("price"), pl.col("list_price")
    unexplained = offers.filter(pl.col("promotion_row").is_null(), pl.col("expected_price") >= listed)
    told = promises.with_promises(unexplained, labels).with_columns(
        struck=(pl.col("was_price") > price).fill_null(False),
        cut_from=(pl.col("regular_price") > price).fill_null(False),
        in_grace=pl.any_horizontal(pl.col(name).is_not_null() for name in ("tolerated_price", "tolerated_list_price")),
        below=((price < listed) & params.tolerance.exceeded(price - listed, listed)).fill_null(False),
    )
    known = _any_of(
        price,
        "tolerated_price",
        "tolerated_list_price",
        "ended_price",
        "early_price",
        "coupon_price",
        "expected_member_price",
    )
    misplaced = _any_of(price, "previous_list_price", "next_list_price")
    announced = pl.col("struck") | pl.col("cut_from") | pl.col("promises")
    reduced = pl.col("below") & ~known & ~multibuys.flattened(price)
    reduced &= announced if params.announced_only else announced | ~misplaced
    full = (price >= listed) & ~pl.col("in_grace")
    # what was the list price may be struck through when the list price itself was cut
    struck = full & pl.col("struck") & pl.col("was_price").ne_missing(pl.col("previous_list_price"))
    none_in_force = pl.all_horizontal(pl.col(name).is_null() for name in PROMOTIONS)
    labelled = full & pl.col("promises") & none_in_force
    subject = (
        pl.when(reduced)
        .then(pl.lit("price"))
        .when(struck)
        .then(pl.lit("was_price"))
        .when(labelled)
        .then(pl.lit("promotion_label"))
    )
    found = told.with_columns(subject_of=subject).filter(pl.col("subject_of").is_not_null())
    of = pl.col("subject_of")
    observed = pl.when(of == "price").then(price).when(of == "was_price").then("was_price")
    suspected = suspects(
        found,
        subject="price",
        observed=observed,
        expected=pl.when(of == "price").then("expected_price"),
        detail=_announcement(),
    )
    return suspected.with_columns(subject="subject_of")


def _any_of(price: pl.Expr, *columns: str) -> pl.Expr:
    """Boolean, never null: `price` is exactly one of these."""
    return pl.any_horizontal(price == pl.col(name) for name in columns).fill_null(False)


def _announcement() -> pl.Expr:
    """What announces the reduction, in words."""

    why = pl.lit("the calendar has no promotion")
    return (
        pl.when(pl.col("promises"))
        .then(formatted("{}, the label says '{}'", why, "promotion_label"))
        .when(pl.col("struck"))
        .then(formatted("{}, {} is struck through", why, wording.amount("was_price")))
        .when(pl.col("cut_from"))
        .then(formatted("{}, the regular price shown is {}", why, wording.amount("regular_price")))
        .otherwise(why)
    )
