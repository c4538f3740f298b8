"""What a promotion's text claims, French and English: `-20 % des 2 achetes` is 20 % off, from two units on.

The claim is held against the prices beside it and against the calendar, so nothing is guessed: what is not understood is null,
and a part with two readings (`-20 % ou -30 %`, `10 % offerts`) is null and marked `ambiguous`. Money is left as written (`2,00
€`), for `money.parse` under the decimal sign that the source declares; percentages are basis points.

| label | read as |
|---|---|
| `2+1 offert`, `3 pour 2`, `buy 2 get 1 free` | n_for_m, quantity 3, pay 2 |
| `3 for 10.00`, `lot de 3 : 10,00 €`, `3/$10` | n_for_price, quantity 3, value_text |
| `2e a moitie prix`, `50% off the 2nd`, `buy 1 get 1 half price` | nth_unit, quantity 2, value 5000 |
| `+25 % gratuit`, `25% extra free` | extra_quantity, value 2500 |
| `20 % credites`, `15% back on your card` | deferred_credit, credit 2000, 1500 |

`3 pour 2` is three for the price of two; a bare figure that is not below the first (`2 for 5`) can only be money. A label's own
sum (`soit -25 % sur les 2`) is left aside. Law: loi 2018-938 art. 16, no `gratuit` in a promotion of food, hence `free_word`.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.label_phrases import MONEY_ALONE, PHRASES, taken
from pricewatch.domain.label_text import MONEY, PERCENT, formed
from pricewatch.domain.money import BASIS_POINTS

SAID = pl.Struct(
    {
        "mechanic": pl.String,
        "quantity": pl.Int64,
        "pay": pl.Int64,
        "value": pl.Int64,
        "value_text": pl.String,
        "threshold_text": pl.String,
        "percent": pl.Int64,
        "amount": pl.String,
        "up_to": pl.Boolean,
        "credit": pl.Int64,
        "credit_text": pl.String,
        "code": pl.String,
        "members": pl.Boolean,
        "says_free": pl.Boolean,
        "free_word": pl.String,
        "conditional": pl.Boolean,
        "ambiguous": pl.Boolean,
    }
)
"""What a label says.

- `mechanic`, `quantity`, `pay`, `value` (basis points): as the calendar's columns; `value_text`, `threshold_text` are money. The
  mechanic is null where the label names none or several. Without a mechanic of several units, `quantity` is the number to buy.
- `percent` (basis points) and `amount` (money) off; `up_to`: only the best case is promised.
- `credit` (basis points) or `credit_text` (money): given later, not off the price.
- `members`: a card or membership is spoken of; `code`: the code one has to give.
- `says_free`, `free_word`: something but the delivery is called free, and with which word (plain: `gratuite`).
- `conditional`: one unit bought alone is not what the label is about: several units, or a basket.
- `ambiguous`: a part of it has two readings and is null.

The flags are false where nothing is said; all fields are null where there is no label.
"""

FREE_WORDS = (r"\b(gratuit[a-z]*)", r"\b(gratis)\b", r"\b(offerte?s?)\b", r"\b(free)\b")
"""The words for what costs nothing, the one that a law forbids first."""

_MEMBERS = (
    r"\b(?:(?:club)?card(?:s|holders?)?|cartes?|fidelite|adherents?|membres?|members?|membership|loyalty|encartes?|abonnes?)\b"
)
_ON_TOP = r"\b(?:supplementaires?|additional|extra)\b"
"""A reduction on top of another one: of which price?"""

_COUNTED = r"\b[2-9]e\b"
"""`-50 % 2e`: an item is counted, and not in a way that is understood."""

_OF_WHICH = r"\b(?:dont|including|incl)\b"
"""`-34 % dont 20 % credites`: how much is off the price is a sum, and not said."""

_OFFERED = rf"(?:{PERCENT}|{MONEY}) ?offert"
"""`10 % offerts`: off the price, credited, or more in the pack?"""

_SEVERAL_UNITS = ("nth_unit", "nth_free", "buy_get", "n_for_price", "price_for_n", "n_for_m", "cheapest_free")
_UNCLEAR = ("unclear_amount", "unclear_percent", "from_unit")


def read(labels: pl.Series) -> pl.DataFrame:
    """Each distinct label once, with what it claims: `promotion_label`, `said` (`SAID`), sorted. In: text, null = no label.

    Read once for all who ask: working out the plan of a reading takes longer than reading ten thousand labels.
    """
    texts = pl.DataFrame({"promotion_label": labels.drop_nulls().unique().sort()}, schema={"promotion_label": pl.String})
    if texts.is_empty():
        return texts.with_columns(said=pl.lit(None, SAID))
    return texts.with_columns(said=said(pl.col("promotion_label")))


def said(label: pl.Expr) -> pl.Expr:
    """Struct `SAID`: what each label claims. Where many rows show few texts, `read` is faster."""
    # with_fields reads what the struct has already: a step is computed once, however often the next one names it.
    claim = taken(formed(label))
    for step in (_parts, _readings, _mechanic, _flags):
        claim = claim.struct.with_fields(**step())
    return claim.struct.with_fields(
        **{field.name: pl.when(pl.field("whole").is_not_null()).then(pl.field(field.name)) for field in SAID.fields}
    ).cast(SAID)


def _once(*names: str) -> pl.Expr:
    """Boolean: one of these phrases is there and says one thing."""
    return pl.any_horizontal(pl.field(f"{name}_things") == 1 for name in names)


def _ever(*names: str) -> pl.Expr:
    """Boolean: one of these phrases is there."""
    return pl.any_horizontal(pl.field(f"{name}_things") > 0 for name in names)


def _words(phrase: str, group: str) -> pl.Expr:
    """What stands in a phrase's group; null where the phrase says several things."""
    return pl.when(_once(phrase)).then(pl.field(f"{phrase}_{group}"))


def _units(phrase: str, group: str = "n") -> pl.Expr:
    return _words(phrase, group).cast(pl.Int64, strict=False)


def _basis_points(phrase: str) -> pl.Expr:
    """Int64: `33,3 %` is 3330; null above 100 %."""
    figure = _words(phrase, "percent").str.extract("([0-9.,]+)").str.replace(",", ".", literal=True)
    rate = (figure.cast(pl.Decimal(9, 2), strict=False) * 100).cast(pl.Int64, strict=False)
    return pl.when(rate.is_between(1, BASIS_POINTS)).then(rate)


def _money(phrase: str) -> pl.Expr:
    """Money as written, currency codes in capitals as `money.token` tells them."""
    return _words(phrase, "money").str.strip_chars().str.to_uppercase()


def _parts() -> dict[str, pl.Expr]:
    """The single claims of a label."""
    on_top = pl.field("whole").str.contains(_ON_TOP) & ~_ever("extra_quantity")
    of_which = pl.field("whole").str.contains(_OF_WHICH) & _ever("credit", "credit_money")
    counted = pl.field("rest").str.contains(_COUNTED)
    unclear = on_top | of_which | counted | _ever("from_unit")
    several = _ever(*_SEVERAL_UNITS, "extra_quantity") | (_units("n_paid", "m") < _units("n_paid")).fill_null(False)
    off = ~unclear & ~several
    return {
        "unclear": (on_top | of_which | counted) & _ever("percent", "amount"),
        "several": several,
        "percent": pl.when(off & ~_ever("unclear_percent")).then(_basis_points("percent")),
        "amount": pl.when(off & ~_ever("unclear_amount")).then(_money("amount")),
        "credit": _basis_points("credit"),
        "credit_text": _money("credit_money"),
        "threshold_text": _money("threshold"),
        "code": _words("code", "code").str.to_uppercase(),
        "price": pl.field("rest").str.extract(MONEY_ALONE).str.strip_chars().str.to_uppercase(),
        "members": pl.field("whole").str.contains(_MEMBERS),
        "free_word": pl.coalesce(pl.field("undelivered").str.extract(word) for word in FREE_WORDS),
    }


def _reading(holds: pl.Expr, mechanic: str | pl.Expr, **columns: pl.Expr) -> pl.Expr:
    """One way to understand the label, as the calendar would write it; null where it does not hold."""
    nothing = {"quantity": pl.Int64(), "pay": pl.Int64(), "value": pl.Int64(), "value_text": pl.String()}
    stated = [columns.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in nothing.items()]
    named = pl.lit(mechanic) if isinstance(mechanic, str) else mechanic
    return pl.when(holds).then(pl.struct(named.alias("mechanic"), *stated))


def _readings() -> dict[str, pl.Expr]:
    """What the label says of several units or of more content: `readings`, a list without nulls."""
    bought, paid = _units("n_paid"), _units("n_paid", "m")
    free_unit = pl.lit(BASIS_POINTS, pl.Int64)
    each = pl.when(_words("n_for_price", "each").is_not_null()).then(pl.lit("tier")).otherwise(pl.lit("n_for_price"))
    readings = (
        _reading(_once("nth_unit"), "nth_unit", quantity=_units("nth_unit"), value=_basis_points("nth_unit")),
        _reading(_once("nth_free"), "nth_unit", quantity=_units("nth_free"), value=free_unit),
        _reading(
            _once("buy_get") & (_units("buy_get", "m") == 1),
            "nth_unit",
            quantity=_units("buy_get") + 1,
            value=_basis_points("buy_get"),
        ),
        _reading(_once("n_for_price"), each, quantity=_units("n_for_price"), value_text=_money("n_for_price")),
        _reading(_once("price_for_n"), "n_for_price", quantity=_units("price_for_n"), value_text=_money("price_for_n")),
        _reading(
            _once("n_paid") & (paid >= bought) & _words("n_paid", "word").is_null(),
            "n_for_price",
            quantity=bought,
            value_text=_words("n_paid", "m"),
        ),
        _reading(_once("n_for_m"), "n_for_m", quantity=_units("n_for_m") + _units("n_for_m", "m"), pay=_units("n_for_m")),
        _reading(_once("n_paid") & (paid < bought), "n_for_m", quantity=bought, pay=paid),
        # `3 pour 2, le moins cher offert` says the same thing twice.
        _reading(
            _once("cheapest_free") & ~_ever("n_for_m", "n_paid"),
            "cheapest_free",
            quantity=pl.coalesce(_units("cheapest_free"), _units("minimum")),
        ),
        _reading(_once("extra_quantity"), "extra_quantity", value=_basis_points("extra_quantity")),
    )
    return {"readings": pl.concat_list(readings).list.drop_nulls()}


def _mechanic() -> dict[str, pl.Expr]:
    """The one mechanic the label names: of several units where it speaks of them, else of one, else of what comes later."""
    field = pl.field
    none_off = ~_ever("percent", "amount", "unclear_percent", "unclear_amount")
    percent, amount, threshold = (
        field("percent").is_not_null(),
        field("amount").is_not_null(),
        field("threshold_text").is_not_null(),
    )
    single = pl.coalesce(
        _reading(field("code").is_not_null() & (percent | amount), "coupon", value=field("percent"), value_text=field("amount")),
        _reading(threshold & amount & ~percent, "basket_threshold", value_text=field("amount")),
        _reading(percent & ~threshold, "percent", value=field("percent")),
        _reading(amount & ~threshold & ~_ever("percent"), "amount", value_text=field("amount")),
        _reading(
            none_off & (field("credit").is_not_null() | field("credit_text").is_not_null()),
            "deferred_credit",
            value=field("credit"),
            value_text=field("credit_text"),
        ),
        _reading(none_off & _ever("shipping"), "free_shipping"),
        _reading(
            none_off & ~threshold & field("members") & field("price").is_not_null(), "member_price", value_text=field("price")
        ),
    )
    readings = field("readings")
    one = pl.when(readings.list.len() == 1).then(readings.list.first())
    chosen = pl.when((readings.list.len() == 0) & ~field("several")).then(single).otherwise(one)
    least = pl.coalesce(_units("minimum"), _units("from_unit"))
    return {
        "chosen": chosen,
        **{name: chosen.struct.field(name) for name in ("mechanic", "pay", "value", "value_text")},
        "quantity": pl.coalesce(chosen.struct.field("quantity"), pl.when(~field("several")).then(least)),
    }


def _flags() -> dict[str, pl.Expr]:
    field = pl.field
    several_things = pl.any_horizontal(field(f"{name}_things") > 1 for name, _ in PHRASES)
    beside = field("several") & _ever("percent", "amount")
    best_case = pl.any_horizontal(field(f"{name}_up").is_not_null() for name in ("percent", "amount"))
    return {
        "says_free": field("free_word").is_not_null(),
        "up_to": best_case & (field("percent").is_not_null() | field("amount").is_not_null()),
        "conditional": _ever(*_SEVERAL_UNITS, "threshold", "from_unit")
        | (field("minimum_things") > 1)
        | (field("quantity") > 1).fill_null(False)
        | field("rest").str.contains(_COUNTED),
        "ambiguous": several_things
        | (field("readings").list.len() > 1)
        | beside
        | field("unclear")
        | _ever(*_UNCLEAR)
        | field("rest").str.contains(_OFFERED),
    }
