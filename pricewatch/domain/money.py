"""Text to whole minor units and back; rounding, percent and tax. The one gate between money as written and money as counted.

`1.299,00 EUR` under the declared decimal sign `,` is 129900; under `.` it is no number and the row is refused: the decimal sign
is a property of the source, never guessed per cell. JPY has no minor unit, KWD has three digits (CLDR, by Babel).
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import polars as pl
from babel import Locale
from babel.numbers import get_currency_precision, list_currencies

BASIS_POINTS = 10_000

_MILLION = 1_000_000

_SPACE = "[ \u00a0\u202f\u2009]"
_TOKEN = r"([A-Z]{3}|[^\d\s.,'+\-A-Za-z]{1,3}|[A-Za-z]{0,3}[^\d\s.,'+\-A-Za-z]|kr|Kč|zł|Fr\.?)?"


def digits(currency: str) -> int:
    """Decimal places of a currency: USD 2, JPY 0, KWD 3. ISO 4217 by CLDR; unknown codes count as 2."""
    return get_currency_precision(currency)


@cache
def currencies() -> tuple[str, ...]:
    """Every currency code there is or was (CLDR)."""
    return tuple(sorted(list_currencies()))


@cache
def _odd_digits() -> dict[str, int]:
    """Currencies whose number of decimals is not 2."""
    return {code: places for code in currencies() if (places := digits(code)) != 2}


def unit(currency: pl.Expr) -> pl.Expr:
    """Minor units of one major unit, Int64: 100 for USD, 1 for JPY, 1000 for KWD."""
    return currency.replace_strict(
        {code: 10**places for code, places in _odd_digits().items()}, default=100, return_dtype=pl.Int64
    )


def show(minor: int, currency: str) -> str:
    """Minor units as a plain decimal: 1299 USD is `12.99`, 1299 JPY is `1299`. For people and files."""
    places = digits(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def show_expr(minor: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """`show` for columns: String; null stays null."""
    per_unit = unit(currency)
    places = per_unit.cast(pl.String).str.len_chars() - 1
    size = minor.abs()
    fraction = (size % per_unit).cast(pl.String).str.zfill(places)
    whole = (size // per_unit).cast(pl.String)
    sign = pl.when(minor < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.when(per_unit == 1).then(sign + whole).otherwise(sign + whole + "." + fraction)


def _number(decimal: str) -> str:
    """Numbers as written under a decimal sign; thousands only in well-formed groups of three."""
    thousands = f"(?:{_SPACE}|['’]|{'[.]' if decimal == ',' else ','})"
    sign = "[.]" if decimal == "." else ","
    return rf"([+-]?(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)(?:{sign}\d+)?|[+-]?{sign}\d+)"


def _written(text: pl.Expr, decimal: str, part: int) -> pl.Expr:
    """One part of a price as written: 1 the currency token before it, 2 the number, 3 the token behind it."""
    pattern = rf"^\s*{_TOKEN}\s*{_number(decimal)}\s*{_TOKEN}\s*$"
    return text.str.replace_all("[\u00a0\u202f\u2009]", " ").str.extract(pattern, part)


def _plain(text: pl.Expr, decimal: str) -> pl.Expr:
    """The number without its thousands, with a point."""
    number = _written(text, decimal, 2).str.replace_all(rf"[ '’{',' if decimal == '.' else '.'}]", "")
    return number.str.replace(",", ".", literal=True) if decimal == "," else number


def parse(text: pl.Expr, *, decimal: pl.Expr, minor_units: pl.Expr, per_unit: pl.Expr) -> pl.Expr:
    """Int64 minor units of a price as written; null where it is no number, or has more decimals than the currency.

    `decimal` is the declared sign (`.` or `,`), `minor_units` says that the text is whole minor units already, `per_unit` comes
    from `unit`. Signs are kept: a negative price is a number, and refused later with its own reason.
    """
    bare, rest = _bare(text, decimal)
    pointed = pl.when(decimal == ",").then(bare.str.replace(",", ".", literal=True)).otherwise(bare)
    adorned = pl.when(decimal == ",").then(_plain(rest, ",")).otherwise(_plain(rest, "."))
    # The cast rounds what is behind the sixth decimal: 12.9999999 would be 13.00. Bare texts have no more than six.
    adorned = pl.when(~adorned.str.contains(r"\.\d{6}0*[1-9]")).then(adorned)
    exact = pl.coalesce(pointed, adorned).cast(pl.Decimal(38, 6), strict=False) * pl.when(minor_units).then(1).otherwise(per_unit)
    return pl.when(exact.round(0) == exact).then(exact.cast(pl.Int64, strict=False))


def millionths(text: pl.Expr, *, decimal: pl.Expr) -> pl.Expr:
    """Int64 millionths of up to twelve digits and six decimals behind the declared sign; null for any other text.

    The cheap half of `parse`: nearly all prices are written so. What is null here goes through `parse`.
    """
    foreign = pl.when(decimal == ",").then(text.str.contains(".", literal=True)).otherwise(text.str.contains(",", literal=True))
    plain = text.str.contains(r"^[0-9]{1,12}(?:[.,][0-9]{1,6})?$") & ~foreign
    pointed = pl.when(plain).then(text.str.replace(",", ".", literal=True))
    return pointed.cast(pl.Decimal(38, 6), strict=False).to_physical().cast(pl.Int64)


def from_millionths(amount: pl.Expr, *, minor_units: pl.Expr, per_unit: pl.Expr) -> pl.Expr:
    """Int64 minor units; null where the amount has more decimals than the currency, or the unit is no part of a million."""
    size = pl.when(minor_units).then(_MILLION).when(_MILLION % per_unit == 0).then(_MILLION // per_unit)
    return pl.when(amount % size == 0).then(amount // size)


def token(text: pl.Expr, *, decimal: pl.Expr) -> pl.Expr:
    """The currency code or symbol written beside a number: `EUR` in `12,99 EUR`, `$ CAD` in `$12.99 CAD`; null without any."""
    _, rest = _bare(text, decimal)
    before, after = (
        pl.when(decimal == ",").then(_written(rest, ",", part)).otherwise(_written(rest, ".", part)) for part in (1, 3)
    )
    return pl.coalesce(pl.concat_str(before, after, separator=" "), before, after)


def _bare(text: pl.Expr, decimal: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The text where it is digits and at most one decimal sign, and the text where it is not: nearly all are bare, and cheap."""
    comma, point = text.str.contains(r"^\d+(?:,\d{1,6})?$"), text.str.contains(r"^\d+(?:[.]\d{1,6})?$")
    bare = pl.when(decimal == ",").then(comma).otherwise(point)
    return pl.when(bare).then(text), pl.when(~bare).then(text)


@cache
def _symbols() -> tuple[dict[str, str], ...]:
    """The symbol of each currency that has one, as people of six countries write it (CLDR)."""
    locales = ("en_US", "en_GB", "fr_FR", "de_DE", "en_CA", "en_AU")
    return tuple(dict(Locale.parse(locale).currency_symbols) for locale in locales)


@cache
def tokens(currency: str) -> tuple[str, ...]:
    """How a currency may be written beside a price, as `token` tells it: its code, its symbols, and two of them (`$ CAD`)."""
    marks = {symbols.get(currency, currency) for symbols in _symbols()}
    if currency.endswith("D") or currency in ("MXN", "CLP", "COP", "ARS"):
        marks.add("$")
    if currency in ("CNY", "JPY"):
        marks.add("¥")
    local = {"PLN": "zł", "CZK": "Kč", "CHF": "Fr.", "SEK": "kr", "NOK": "kr", "DKK": "kr", "GBP": "£", "INR": "₹", "ILS": "₪"}
    marks.add(local.get(currency, currency))
    marks.add(currency)
    return tuple(sorted({*marks, *(f"{before} {after}" for before in marks for after in marks)}))


def half_up(numerator: pl.Expr, denominator: int) -> pl.Expr:
    """`numerator / denominator` of non-negative whole numbers, rounded half up to a whole number, without floats."""
    return (numerator * 2 + denominator) // (2 * denominator)


def less_percent(price: pl.Expr, basis_points: pl.Expr) -> pl.Expr:
    """`price` less a percentage, rounded half up: 1299 less 3000 is 909. Never below zero for rates up to 10 000."""
    return half_up(price * (BASIS_POINTS - basis_points), BASIS_POINTS)


def with_tax(net: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Gross from net at a rate in basis points, rounded half up: 1000 at 2000 is 1200."""
    return half_up(net * (BASIS_POINTS + rate), BASIS_POINTS)


def without_tax(gross: pl.Expr, rate: pl.Expr) -> pl.Expr:
    """Net from gross at a rate in basis points, rounded half up: 1200 at 2000 is 1000."""
    taxed = BASIS_POINTS + rate
    return (gross * BASIS_POINTS * 2 + taxed) // (taxed * 2)
