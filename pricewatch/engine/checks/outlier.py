"""A price so far from the usual one that somebody's finger slipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check, suspects
from pricewatch.engine.usual import OFFER, PEERS, in_other_places, in_the_past

SHIFTS = {
    10: ("ten times", "a tenth of"),
    100: ("a hundred times", "a hundredth of"),
    1000: ("a thousand times", "a thousandth of"),
}
"""A decimal sign in the wrong place, minor units that were taken for major ones."""


class Outlier(Params):
    """What a price is held against, and how far away it cannot be meant."""

    against: Literal["history", "peers"] = Field(
        "history", description="history: what it cost in the same place; peers: what it costs in places of the same channel kind"
    )
    days: int = Field(30, ge=2, description="history: days before the offer was seen")
    at_least: int = Field(5, ge=3, description="prices it takes to say what is usual: days of history, or places")
    times_mad: int = Field(5, ge=0, description="right up to so many times the median absolute deviation from the median")
    cheap_up_to: Decimal = Field(Decimal(20), ge=0, description="usual prices up to this one are cheap, in the currency")
    below_percent_cheap: Decimal = Field(
        Decimal(50), ge=0, le=100, decimal_places=2, description="right down to so many percent below a cheap usual price"
    )
    below_percent: Decimal = Field(
        Decimal(20), ge=0, le=100, decimal_places=2, description="right down to so many percent below a dearer usual price"
    )
    above_percent: Decimal = Field(
        Decimal(100), ge=0, decimal_places=2, description="right up to so many percent above the usual price"
    )
    placeholders: tuple[Decimal, ...] = Field(
        (Decimal(9999), Decimal("9999.99"), Decimal(99999), Decimal("99999.99"), Decimal(999999), Decimal("999999.99")),
        description="amounts in the currency that systems fill in where no price is known; 0.00 is one always",
    )
    clearance: Literal["exempt", "judge"] = Field(
        "exempt", description="exempt: clearance products may be far below the usual price; judge: they may not"
    )


@check(
    title="price far from the usual one",
    scope="product",
    sentence="{place} shows {observed} where {expected} is usual; {detail}",
    needs={"price", "expected_price", "promotion_row", "market", "channel_kind", "clearance", "observed_at", "unit"},
    observes=lambda _: "price",
    calendar=True,
)
def outlier(offers: pl.LazyFrame, params: Outlier, *, history: pl.LazyFrame) -> pl.LazyFrame:
    """Offers whose price is far from the usual one, exactly ten, a hundred or a thousand times off, zero, or a placeholder.

    What is usual is the median of the product's prices in the same place over the last `days`, each counted by how long it was in
    force (`against: history`), or of what the places of the same channel kind that the rule is about show tonight
    (`against: peers`). Far is beyond `times_mad` times the median absolute deviation and beyond the percents: by default below
    half the usual price up to 20.00, more than 20 % below above that (the gross errors of Massachusetts 940 CMR 3.13), or more
    than twice the usual price. A price list that says a wrong price is found too: what was decided is held against what was
    usual.

    Not judged, far below the usual price: what a promotion in force makes of the list price, and clearance products
    (`clearance: exempt`). Not judged at all but for zero and placeholders: offers with fewer than `at_least` days of history, or
    places. Other sellers' offers, and prices in another currency or tax basis, are never judged. A product that has always cost
    what looks like a placeholder costs it.

    Example::

        - id: fat-fingers
          check: outlier
          against: history
          days: 30
          severity: critical
          owner: pricing
          why: A price that nobody meant is bought by everybody.
    """
    own = offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("price").is_not_null())
    known = _with_usual(own.with_columns(_filled_in=_is_placeholder(params)), params, history)
    enough = known.with_columns(usual=pl.when(pl.col("prices") >= params.at_least).then("usual"))
    judged = enough.with_columns(_low=_far_below(params), _high=_far_above(params))
    found = judged.filter(_meaningless() | pl.col("_low") | pl.col("_high"))
    return suspects(found, subject="price", observed=pl.col("price"), expected=pl.col("usual"), detail=_words(params))


def _is_placeholder(params: Outlier) -> pl.Expr:
    # thousandths: KWD has three decimals, no currency has more
    amounts = [pl.col("unit") * int(amount * 1000) for amount in params.placeholders]
    return pl.any_horizontal(pl.lit(False), *(pl.col("price") * 1000 == amount for amount in amounts))


def _with_usual(own: pl.LazyFrame, params: Outlier, history: pl.LazyFrame) -> pl.LazyFrame:
    """The offers that may be outliers, with `usual`, `spread` and `prices`, null where nothing is known.

    The usual price lies between the lowest and the highest one. Nearly all offers are near both: only the others go the long way.
    """
    key = OFFER if params.against == "history" else PEERS
    shown = history.filter(pl.col("seller").is_null()) if params.against == "history" else own
    range_of = shown.group_by(key).agg(_lowest=pl.col("price").min(), _highest=pl.col("price").max())
    asked = own.select(*OFFER, "market", "channel_kind", "price", "observed_at", "_filled_in")
    meaningless = (pl.col("price") == 0) | pl.col("_filled_in")
    few = asked.join(range_of, on=key, how="left", validate="m:1").filter(meaningless | _may_be_far(params).fill_null(False))
    if params.against == "history":
        usual = in_the_past(few, history, days=params.days)
    else:
        usual = in_other_places(asked.join(few.select(key).unique(), on=key, how="semi"))
    concerned = own.join(few.select(OFFER), on=OFFER, how="semi")
    return concerned.join(usual, on=key, how="left", validate="m:1")


def _may_be_far(params: Outlier) -> pl.Expr:
    """Far from some price between the lowest and the highest one, by percent or by a decimal sign."""
    price, lowest, highest = pl.col("price"), pl.col("_lowest"), pl.col("_highest")
    below = int(min(params.below_percent, params.below_percent_cheap) * 100)
    low = (price * BASIS_POINTS < highest * (BASIS_POINTS - below)) | (price * min(SHIFTS) <= highest)
    high = (price * BASIS_POINTS > lowest * (BASIS_POINTS + int(params.above_percent * 100))) | (price >= lowest * min(SHIFTS))
    return low | high


def _meaningless() -> pl.Expr:
    """Zero, or a placeholder that is not what it usually costs."""
    usual = (pl.col("price") == pl.col("usual")).fill_null(False)
    return ((pl.col("price") == 0) | pl.col("_filled_in")) & ~usual & ~_promoted()


def _promoted() -> pl.Expr:
    """Whether the price is what a promotion in force makes of the list price."""
    return pl.col("promotion_row").is_not_null() & (pl.col("price") == pl.col("expected_price")).fill_null(False)


def _beyond_spread(params: Outlier) -> pl.Expr:
    return (pl.col("price") - pl.col("usual")).abs() > pl.col("spread") * params.times_mad


def _far_below(params: Outlier) -> pl.Expr:
    price, usual = pl.col("price"), pl.col("usual")
    cheap = usual * 1000 <= pl.col("unit") * int(params.cheap_up_to * 1000)
    allowed = pl.when(cheap).then(int(params.below_percent_cheap * 100)).otherwise(int(params.below_percent * 100))
    gross = price * BASIS_POINTS < usual * (BASIS_POINTS - allowed)
    shifted = pl.any_horizontal((price > 0) & (price * times == usual) for times in SHIFTS)
    wrong = shifted | (gross & _beyond_spread(params))
    if params.clearance == "exempt":
        wrong &= ~pl.col("clearance").fill_null(False)
    return (wrong & ~_promoted()).fill_null(False)


def _far_above(params: Outlier) -> pl.Expr:
    price, usual = pl.col("price"), pl.col("usual")
    gross = price * BASIS_POINTS > usual * (BASIS_POINTS + int(params.above_percent * 100))
    shifted = pl.any_horizontal((usual > 0) & (price == usual * times) for times in SHIFTS)
    return (shifted | (gross & _beyond_spread(params))).fill_null(False)


def _words(params: Outlier) -> pl.Expr:
    """What is wrong with the price, and what the usual one was taken from."""
    price, usual = pl.col("price"), pl.col("usual")
    matters = [("no price at all", price == 0), ("filled in where no price was known", pl.col("_filled_in"))]
    for times, (above, below) in SHIFTS.items():
        matters += [(f"{above} the usual price", price == usual * times), (f"{below} the usual price", price * times == usual)]
    matters += [("far below the usual price", pl.col("_low")), ("far above the usual price", pl.col("_high"))]
    wrong = pl.coalesce(*(pl.when(holds).then(pl.lit(words)) for words, holds in matters))
    taken = formatted("(median of {} days)" if params.against == "history" else "(median of {} places)", "prices")
    return pl.concat_str(wrong, pl.when(usual.is_not_null()).then(taken), separator=" ", ignore_nulls=True)
