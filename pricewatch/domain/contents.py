"""Net contents and unit prices: how much is in the pack, and what a kilogram, a litre, a metre or a piece of it costs.

9.90 for 750 ml is 13.20 a litre: 990 x 1 000 000 / 750 000 = 1320. 4.56 for 6 x 33 cl is 4.56 for 198 cl: 2.303, so 2.30 a litre.
Law: Directive 98/6/EC art. 2, the unit price is the final price for one kilogram, litre, metre, square metre or cubic metre, or
for another single quantity that is customary.

Amounts are whole thousandths of their dimension's canonical unit (Int64): milligrams for `g`, microlitres for `ml`, thousandths
of a centimetre for `cm`, of one for things that are counted. No float comes near money. An amount in US units is rounded half up
once, to the thousandth: 12 fl oz are 354.88235475 ml, so 354 882.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain.measures import DIMENSION_OF, FINE, SIZES, UNIT
from pricewatch.domain.plain_text import plain

_MICRO = 10**6
"""Numbers of units are read to six decimals."""

_MOST = 10**9
"""No pack holds as many units as this; a larger number is a mistake and no amount."""


CONTENT = pl.Struct({"amount": pl.Int64, "dimension": pl.String})
"""What `base` and `written` give. `amount`: thousandths of the canonical unit, above 0; `dimension`: `g`, `ml` ... (`measures`).
Both are null where the text has no content, or has two readings."""


def dimension(unit: pl.Expr) -> pl.Expr:
    """String: what a unit measures, `g` for `KG`; null where none is stated or it is unknown."""
    return _dimension(plain(unit))


def amount(content: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """Int64 thousandths of the canonical unit: 0.75 `l` is 750 000 microlitres; rounded half up where it is no whole number.

    `content` is any number (read to six decimals). Null where either is null, the unit is unknown, or the content is not above 0.
    """
    return _amount(content, plain(unit))


def _dimension(plain_unit: pl.Expr) -> pl.Expr:
    return _word(plain_unit).replace_strict(DIMENSION_OF, default=None, return_dtype=pl.String)


def _amount(content: pl.Expr, plain_unit: pl.Expr) -> pl.Expr:
    sound = pl.when((content > 0) & (content < _MOST)).then(content)
    micro = (sound.cast(pl.Decimal(38, 6), strict=False) * _MICRO).cast(pl.Int128, strict=False)
    size = _word(plain_unit).replace_strict(SIZES, default=None, return_dtype=pl.Int64)
    return _half_up(micro * size, pl.lit(_MICRO * FINE, pl.Int128)).replace(0, None)


def _word(plain_unit: pl.Expr) -> pl.Expr:
    """A unit as `measures` spells it: `fl. oz`, `fl oz` and `floz` are one."""
    return plain_unit.str.replace_all(r"[ .]", "")


def _half_up(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Int64: a fraction of non-negative whole numbers (Int128), rounded half up; null where it does not fit."""
    return ((numerator * 2 + denominator) // (denominator * 2)).cast(pl.Int64, strict=False)


def _number(text: pl.Expr) -> pl.Expr:
    """Decimal: a number of units, under a comma or a point.

    Null where it has two readings: `1.250` is one and a quarter or one thousand two hundred and fifty, `1 250` may be 1 pack of
    250. `0.750` has one reading only.
    """
    plainly = text.str.contains(r"^[0-9]+(?:[.,][0-9]+)?$") & ~text.str.contains(r"^[1-9][0-9]{0,2}[.,][0-9]{3}$")
    return pl.when(plainly).then(text).str.replace(",", ".", literal=True).cast(pl.Decimal(38, 6), strict=False)


_BEFORE = r"^(?:[^0-9/]*/ ?)?(?:(?:prix|price|per|par|pour|for|au|a|the|le|la|les|un|une|de|du) |[ld]')*"
_BASE = _BEFORE + r"([0-9][0-9 .,]*?)? ?([a-z][a-z0-9 .]*)$"


def base(text: pl.Expr) -> pl.Expr:
    """What a unit price is for, as written beside it: `kg`, `/ kg`, `EUR/100g`, `per 100 g`, `le litre`, `a la piece`, `m²`.

    Struct `CONTENT`. Without a number it is one of the unit. Both fields null where the text is null or is no such thing.
    """
    # with_fields reads what the struct has already: a step is computed once, however often the next one names it.
    return _told(
        pl.struct(text=plain(text))
        .struct.with_fields(number=pl.field("text").str.extract(_BASE, 1), unit=pl.field("text").str.extract(_BASE, 2))
        .struct.with_fields(
            count=pl.when(pl.field("number").is_null()).then(pl.lit(1, pl.Decimal(38, 6))).otherwise(_number(pl.field("number")))
        )
        .struct.with_fields(amount=_amount(pl.field("count"), pl.field("unit")), dimension=_dimension(pl.field("unit")))
        .struct.with_fields(holds=pl.field("amount").is_not_null())
    )


def _told(struct: pl.Expr) -> pl.Expr:
    """`CONTENT` of a struct that also has `holds`: both fields null where it does not."""
    kept = {name: pl.when(pl.field("holds")).then(pl.field(name)) for name in ("amount", "dimension")}
    return struct.struct.with_fields(**kept).cast(CONTENT)


_NUMBER = r"[0-9]+(?:[ .,][0-9]+)*"
_TIMES = r"(?:[0-9]{1,3} ?x ?)"
_PACK = rf"\b{_TIMES}{{0,2}}{_NUMBER} ?{UNIT}\b(?: ?x ?[0-9]{{1,3}}\b){{0,2}}"
_PARTS = (
    rf"^(?P<count_0>{_TIMES}?)(?P<count_1>{_TIMES}?)(?P<number>{_NUMBER}) ?(?P<unit>{UNIT})"
    r"(?: ?x ?(?P<count_2>[0-9]+))?(?: ?x ?(?P<count_3>[0-9]+))?$"
)
_UNIT_PRICE = rf"(?:/|\bper|\bpar|\bles) ?{_NUMBER} ?{UNIT}\b"
_CONTAINERS = (
    "bouteilles?|canettes?|boites?|pots?|briques?|paquets?|packs?|lots?|bottles?|cans?|tins?|jars?|cartons?|packets?|bags?"
)
_UNTOLD = (
    r"\b(?:lot|pack|carton|caisse|case|box|multipack) (?:de|of) [0-9]"  # 6 of what is told, or the 6 together?
    rf"|\b[0-9]+ (?:{_CONTAINERS})\b"
    r"|\+ ?[0-9]"  # with or without what comes on top?
    r"|\bx ?[0-9]|[0-9] ?x\b"  # times what?
    r"|egoutte|drained"  # drained weight is another amount than net weight
)


def written(text: pl.Expr) -> pl.Expr:
    """The content told in a name or label: `6 x 33 cl` is 1 980 000 microlitres, `4x125g` 500 000 milligrams.

    Struct `CONTENT`. Both fields null where none is told, where several differ (`250 g + 50 g`; two within 1 % are one content in
    two systems, `12 oz (340 g)`: the first counts), where a number of packs is told and it is not clear of what (`lot de 3, 200
    g`), and for lengths that are multiplied (`10 x 15 cm` is no length). A unit price (`2 EUR les 100 g`) is no content.
    """
    told = plain(pl.when(text.str.contains("[0-9]")).then(text)).str.replace_all("[×*]", "x").str.replace_all(r"\b[ld]'", " ")
    packs, amounts, dimensions = pl.field("packs"), pl.field("amounts"), pl.field("dimensions")
    one_dimension = ~dimensions.list.contains(pl.lit(None, pl.String), nulls_equal=True) & (dimensions.list.n_unique() == 1)
    one_amount = amounts.list.max() - amounts.list.min() <= amounts.list.max() // 100
    untold = pl.field("text").str.replace_all(_PACK, " ").str.contains(_UNTOLD)
    return _told(
        pl.struct(text=told.str.replace_all(_UNIT_PRICE, " "))
        .struct.with_fields(packs=pl.field("text").str.extract_all(_PACK).list.eval(_pack(pl.element())))
        .struct.with_fields(
            amounts=packs.list.eval(pl.element().struct.field("amount")),
            dimensions=packs.list.eval(pl.element().struct.field("dimension")),
        )
        .struct.with_fields(
            amount=amounts.list.first(), dimension=dimensions.list.first(), holds=one_dimension & one_amount & ~untold
        )
    )


def _pack(text: pl.Expr) -> pl.Expr:
    """One match of `_PACK` as `CONTENT`: the number of units, times the counts before and behind it."""
    counts = [pl.field(f"count_{position}") for position in range(4)]
    times = pl.lit(1, pl.Int64)
    for count in counts:
        times = times * count.fill_null(1)
    unmultiplied = pl.all_horizontal(count.is_null() for count in counts)
    return _told(
        pl.struct(parts=text.str.extract_groups(_PARTS))
        .struct.with_fields(
            number=pl.field("parts").struct.field("number"),
            unit=pl.field("parts").struct.field("unit"),
            **{
                f"count_{position}": pl.field("parts").struct.field(f"count_{position}").str.extract("([0-9]+)").cast(pl.Int64)
                for position in range(4)
            },
        )
        .struct.with_fields(
            amount=(_amount(_number(pl.field("number")), pl.field("unit")).cast(pl.Int128) * times).cast(pl.Int64, strict=False),
            dimension=_dimension(pl.field("unit")),
        )
        .struct.with_fields(holds=(pl.field("amount") > 0) & ((pl.field("dimension") != "cm") | unmultiplied))
    )


def unit_price(price: pl.Expr, content_amount: pl.Expr, base_amount: pl.Expr) -> pl.Expr:
    """Int64 minor units for `base_amount` of a thing whose `content_amount` costs `price`: x base / content, rounded half up.

    The two amounts are of one dimension: the caller sees to it. Null where any of them is null, or an amount is not above 0.
    """
    sound = (price >= 0) & (content_amount > 0) & (base_amount > 0)
    return pl.when(sound).then(_half_up(price.cast(pl.Int128) * base_amount, content_amount.cast(pl.Int128)))


def tolerance(content_amount: pl.Expr, base_amount: pl.Expr) -> pl.Expr:
    """Int64 minor units that a shown unit price may be off `unit_price` and still be right.

    Half a minor unit x base / content, for the price itself was rounded to its minor unit, plus one displayed unit, for the unit
    price was: 750 ml per litre 0.67 + 1, so 1; 50 g per kilogram 10 + 1, so 11. Rounded down: differences are whole, so nothing
    is lost. Amounts of one dimension; null where one is null or not above 0.
    """
    sound = (content_amount > 0) & (base_amount > 0)
    return pl.when(sound).then(base_amount // (content_amount.cast(pl.Int64) * 2) + 1)
