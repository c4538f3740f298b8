"""A promotion's text says something else than the prices beside it, or than the calendar."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.domain.advantages import credited, depth
from pricewatch.domain.money import BASIS_POINTS, less_percent
from pricewatch.domain.plain_text import plain
from pricewatch.domain.texts import formatted
from pricewatch.engine import multibuys, promises, wording
from pricewatch.engine.checks import Params, check, suspects


class PromotionLabel(Params):
    """How far the prices may be off what the text promises, and the words it must not use."""

    points: Decimal = Field(
        Decimal(1), ge=0, le=100, decimal_places=2, description="percentage points between the text and the prices, for example 1"
    )
    rounding: Decimal = Field(
        Decimal("0.01"), ge=0, description="in the currency: what a price may be off by rounding, for example 0.01"
    )
    forbidden_words: tuple[str, ...] = Field(
        (), description="whole words or phrases that a label must not use; capitals and accents do not matter"
    )
    forbidden_on: Literal["food", "everything"] = Field("food", description="on which products: food, or everything")


def uses_a_forbidden_word(params: PromotionLabel) -> pl.Expr:
    """Boolean, never null."""
    if not params.forbidden_words:
        return pl.lit(False)
    forbidden = pl.select(_in_words(pl.lit(pl.Series(params.forbidden_words, dtype=pl.String)))).to_series().to_list()
    return _in_words(pl.col("promotion_label")).str.contains_any(forbidden).fill_null(False)


def _in_words(text: pl.Expr) -> pl.Expr:
    """The text as words with a space around each."""
    return formatted(" {} ", plain(text).str.replace_all("[^a-z0-9]+", " ").str.strip_chars())


def of_unknown_kind(offers: pl.LazyFrame, params: PromotionLabel, **_frames: pl.LazyFrame) -> pl.LazyFrame:
    """Offers that use a word forbidden on food, of which the catalogue does not say whether they are food."""
    if params.forbidden_on == "everything":
        return offers.filter(pl.lit(False))
    return _labelled(offers).filter(pl.col("food").is_null(), uses_a_forbidden_word(params))


@check(
    title="label that says something else",
    sentence="{place} shows {observed} where its label makes {expected}: {detail}",
    needs={
        "price",
        "member_price",
        "was_price",
        "regular_price",
        "promotion_row",
        "tolerated_price",
        "tolerated_list_price",
        "credit",
        "credit_row",
        "extra",
        "extra_row",
        "food",
        "grace",
        "observed_at",
        *multibuys.NEEDS,
        *promises.NEEDS,
    },
    unproven=of_unknown_kind,
    observes=lambda _: "promotion_label",
    # a label that is gone says nothing wrong
    verifies=lambda _: pl.col("promotion_label").is_not_null() | pl.col("price").is_not_null(),
    calendar=True,
)
def promotion_label(
    offers: pl.LazyFrame, params: PromotionLabel, *, calendar: pl.LazyFrame, labels: pl.LazyFrame
) -> pl.LazyFrame:
    """Offers whose promotion label, French or English, is contradicted by the prices or the calendar, or uses a forbidden word.

    In this order, each offer once. A forbidden word. Terms of a multibuy (`2+1`, `3 for 10.00`, `2e a -50 %`) that are not those
    in force. A condition (`des 2 achetes`) although the price of one unit is reduced and nothing but a multibuy could be in
    force, or although only a reduction without a condition is. A percentage or an amount off that the prices do not make: held
    against the struck-through price, else the regular price shown, else the list price; for card holders against the member
    price. More content or more credit than the calendar gives. A percentage is wrong beyond `points`, and never for `rounding`.

    Not judged: `up to`; percentages and amounts under a condition or with a code; labels with two readings, or that nobody
    understands; labels for card holders where no member price is shown; prices against the list price, and terms, while grace
    runs after a change; credits where several are in force; other sellers' offers and offers that are not comparable. Products
    not stated to be food or not are counted as not provable where they use a word forbidden on food. A label that no promotion
    in force explains is a matter of `promotion_unauthorised`.

    Source: on food, `gratuit` may not be used to promote (France, loi 2018-938 art. 16).

    Example::

        - id: label-tells-the-truth
          check: promotion_label
          points: 1
          forbidden_words: [gratuit, gratuite, gratuits, gratuites]
          severity: major
          owner: legal
          why: What a label promises is what the customer pays (misleading practices).
    """
    read = promises.with_promises(_labelled(offers), labels).join(_credits(calendar), on="credit_row", how="left", validate="m:1")
    told = _promised(multibuys.with_terms(read, calendar)).with_columns(terms=multibuys.terms_due())
    wrong = _wrong(params)
    found = told.with_columns(wrong=pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in wrong.items()))
    found = found.filter(pl.col("wrong").is_not_null())
    by_price = pl.col("wrong").is_in(["flat", "percent", "amount"])
    expected = pl.when(pl.col("wrong") == "flat").then("expected_price").otherwise("promised")
    return suspects(
        found,
        subject="promotion_label",
        observed=pl.when(by_price).then("charged"),
        expected=pl.when(by_price).then(expected),
        detail=_words(),
    )


def _labelled(offers: pl.LazyFrame) -> pl.LazyFrame:
    return offers.filter(pl.col("seller").is_null(), pl.col("comparable"), pl.col("promotion_label").is_not_null())


def _credits(calendar: pl.LazyFrame) -> pl.LazyFrame:
    return calendar.select(credit_row="promotion_row", credit_rate="value")


def _promised(offers: pl.LazyFrame) -> pl.LazyFrame:
    """Offers with `charged` (what the label is about), `base` (what it is taken off) and `promised` (what it makes of it)."""
    charged = pl.when("label_members").then("member_price").otherwise("price")
    in_grace = pl.col("tolerated_price").is_not_null() | pl.col("tolerated_list_price").is_not_null()
    references = [pl.when(pl.col(name) > pl.col("charged")).then(name) for name in ("was_price", "regular_price")]
    percent, amount = (pl.col("label_mechanic") == name for name in ("percent", "amount"))
    return (
        offers.with_columns(charged=charged)
        .with_columns(base=pl.coalesce(*references, pl.when(~in_grace).then("list_price")))
        .with_columns(
            promised=pl.when(percent)
            .then(less_percent(pl.col("base"), pl.col("label_percent")))
            .when(amount)
            .then((pl.col("base") - pl.col("label_amount")).clip(lower_bound=0))
        )
    )


def _wrong(params: PromotionLabel) -> dict[str, pl.Expr]:
    """What may be wrong with a label, in the order it is told; Boolean."""
    clear = ~pl.col("label_unclear")
    grouped = pl.col("label_mechanic").is_in(multibuys.GROUPED)
    stated = pl.col("label_units").is_not_null() & (pl.col("label_pay").is_not_null() | pl.col("label_value").is_not_null())
    stated |= (pl.col("label_mechanic") == "cheapest_free") & pl.col("label_units").is_not_null()
    conditional = clear & pl.col("label_conditional") & (pl.col("label_units") > 1)
    cut = pl.col("promotion_row").is_not_null() & (pl.col("expected_price") < pl.col("list_price"))
    no_cut = pl.col("promotion_row").is_null() & pl.col("tolerated_price").is_null()
    plainly = clear & ~pl.col("label_conditional") & ~pl.col("label_up_to")
    off = (pl.col("charged") - pl.col("promised")).abs()
    rounded = off * 1000 <= pl.col("unit") * int(params.rounding * 1000)
    points = off * BASIS_POINTS > pl.col("base") * int(params.points * 100)
    words = uses_a_forbidden_word(params)
    return {
        "word": words if params.forbidden_on == "everything" else words & pl.col("food"),
        "terms": clear & grouped & stated & pl.col("terms").is_not_null() & ~multibuys.alike("label") & ~multibuys.fresh(),
        "flat": conditional & no_cut & (pl.col("price") < pl.col("list_price")),
        "condition": conditional & cut & pl.col("multibuy_row").is_null(),
        "percent": plainly & (pl.col("label_mechanic") == "percent") & ~rounded & points,
        "amount": plainly & (pl.col("label_mechanic") == "amount") & ~rounded,
        "extra": clear & (pl.col("label_mechanic") == "extra_quantity") & (pl.col("label_value") != pl.col("extra")),
        "credit": clear & _one_credit() & (pl.col("label_credit") != pl.col("credit_rate")),
    }


def _one_credit() -> pl.Expr:
    """Whether the credit in force is the one of `credit_row` alone."""
    decided = pl.coalesce("expected_price", "list_price")
    return credited(decided, pl.col("credit_rate")) == pl.col("credit")


def _words() -> pl.Expr:
    """What the label says, and what contradicts it."""
    wrong, says = pl.col("wrong"), formatted("says '{}'", pl.col("promotion_label"))
    needs = formatted("{}, which asks for {} units", says, "label_units")
    less = (pl.col("base") - pl.col("charged")).clip(lower_bound=0)
    beside = pl.when(pl.col("terms").is_not_null()).then(formatted("; the calendar has {}", "terms")).otherwise(pl.lit(""))
    return (
        pl.when(wrong == "word")
        .then(formatted("{}, a word that is forbidden here", says))
        .when(wrong == "terms")
        .then(formatted("{}, the calendar has {}", says, "terms"))
        .when(wrong == "flat")
        .then(formatted("{}, but one alone is reduced", needs))
        .when(wrong == "condition")
        .then(formatted("{}, the calendar asks for one", needs))
        .when(wrong == "percent")
        .then(formatted("{}, the prices say {} %{}", says, wording.percent(depth(less, pl.col("base"))), beside))
        .when(wrong == "amount")
        .then(formatted("{}, the prices say {}{}", says, wording.amount(less), beside))
        .when(wrong == "extra")
        .then(formatted("{}, the calendar has {} % more content", says, wording.percent(pl.col("extra"))))
        .otherwise(formatted("{}, the calendar credits {} %", says, wording.percent(pl.col("credit_rate"))))
    )
