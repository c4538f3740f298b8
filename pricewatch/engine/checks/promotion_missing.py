"""A promotion is in force, and the channel does not give it."""

from __future__ import annotations

import polars as pl
from pydantic import Field

from pricewatch.domain.texts import formatted
from pricewatch.engine import audiences, multibuys, promises
from pricewatch.engine.audiences import Audience
from pricewatch.engine.checks import Params, check, suspects


class PromotionMissing(Params):
    """Whose promotion, how much evidence it takes, and whether a multibuy must be shown."""

    audience: Audience = "everyone"
    min_lines: int = Field(
        1, ge=1, description="rows behind the offer: one till line without a card looks like a missing promotion"
    )
    multibuys: bool = Field(
        False, description="true: a multibuy in force must be labelled or named; for channels that show their promotions"
    )


def enough_lines(params: PromotionMissing) -> pl.Expr:
    """As many rows as it takes to say that a promotion is missing, or one that shows it is given, or none is due."""
    given = (pl.col("member_lines") > 0) | pl.col("expected_member_price").is_null()
    if params.audience == "members":
        return (pl.col("lines") >= params.min_lines) | given
    return (pl.col("lines") >= params.min_lines) & multibuys.tried()


@check(
    title="promotion not given",
    sentence="{place} does not give {promotion}: {observed} instead of {expected}",
    keyed_by_promotion=True,
    needs={
        "price",
        "member_price",
        "promotion",
        "list_price",
        "expected_price",
        "expected_member_price",
        "tolerated_price",
        "tolerated_member_price",
        "promotion_row",
        "member_promotion_row",
        "lines",
        "member_lines",
        *multibuys.NEEDS,
        *multibuys.RECEIPT,
        *promises.NEEDS,
    },
    refines={"promotion_label", "expected_price", "channel_parity", "reference_price"},
    verifies=enough_lines,
)
def promotion_missing(
    offers: pl.LazyFrame, params: PromotionMissing, *, calendar: pl.LazyFrame, labels: pl.LazyFrame
) -> pl.LazyFrame:
    """Offers at or above the list price while a promotion in force should make them cheaper.

    For `members`: no row behind the offer shows a reduced member price, and there are at least `min_lines` of them. For
    `everyone` also multibuys: a till receipt of as many units as the multibuy asks for, or more, without any reduction; and,
    where `multibuys` is set, an offer that neither labels nor names a promotion. A reduction that is given but has the wrong
    depth is a matter of `promotion_depth`. During the channel's grace after the promotion's start the former price is right.

    Example::

        - id: store-member-promotion
          check: promotion_missing
          where: channel_kind = 'store'
          audience: members
          min_lines: 2
          severity: major
          owner: store-ops
          why: What the leaflet promises, the till gives.
    """
    columns = audiences.of(params.audience)
    everyone = params.audience == "everyone"
    expected = pl.col(columns.expected)
    shown = pl.col("price") if everyone else pl.coalesce("member_price", "price")
    # a promotion price at or above the list price leaves the list price: what is dearer still is a matter of `expected_price`
    promised = pl.col(columns.row).is_not_null() & (expected < pl.col("list_price"))
    missing = promised & (shown >= pl.col("list_price")) & shown.ne_missing(columns.formerly)
    if not everyone:
        missing &= pl.col("member_lines") == 0
    missing = missing.fill_null(False)
    asked = offers.filter(pl.col("lines") >= params.min_lines)
    found = asked.filter(missing).with_columns(promotion_row=pl.col(columns.row))
    cuts = suspects(found, subject=columns.shown, observed=shown, expected=expected)
    if not everyone:
        return cuts
    return pl.concat([cuts, _multibuys_missing(asked.filter(~missing), params, calendar, labels)], how="diagonal")


def _multibuys_missing(
    offers: pl.LazyFrame, params: PromotionMissing, calendar: pl.LazyFrame, labels: pl.LazyFrame
) -> pl.LazyFrame:
    """Receipts that pay in full for what a multibuy makes cheaper; where it must be shown, offers that show nothing of it."""
    judged = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("expected_price").is_not_null())
    under = multibuys.with_dues(judged, calendar)
    in_full = pl.col("quantity") * pl.col("expected_price")
    receipt = multibuys.rung() & ~multibuys.lawful() & (pl.col("due") < in_full) & (pl.col("paid") >= in_full)
    unshown = pl.lit(False)
    if params.multibuys:
        under = promises.with_promises(under, labels)
        # a till shows its promotions on the receipt
        unshown = pl.col("promotion").is_null() & ~pl.col("promises") & ~multibuys.fresh() & (pl.col("surface") != "till")
    found = under.with_columns(in_full=receipt.fill_null(False)).filter(pl.col("in_full") | unshown)
    missing = suspects(
        found.with_columns(promotion_row="multibuy_row"),
        subject="paid",
        observed=pl.when("in_full").then("paid"),
        expected=pl.when("in_full").then("due"),
        detail=pl.when("in_full")
        .then(formatted("{} units in full, {}", "quantity", multibuys.terms_due()))
        .otherwise(formatted("shows nothing of {}", multibuys.terms_due())),
    )
    return missing.with_columns(subject=pl.when("in_full").then("subject").otherwise(pl.lit("promotion_label")))
