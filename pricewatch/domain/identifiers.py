"""The GTIN family: one canonical number, the check digit, and how it is shown.

`036000291452` (UPC-A), `0036000291452` and `00036000291452` are the same product: as a number 36000291452, shown with 14 digits.
Check digit (GS1 General Specifications): from the right, weights 3, 1, 3, 1 ...; 4006381333931 has 1.
"""

from __future__ import annotations

import polars as pl

UNREADABLE = 0
"""What `gtin_number` gives for a text that is no GTIN: no product has it, so it differs from every catalogue entry."""


def gtin_number(text: pl.Expr) -> pl.Expr:
    """Int64: a GTIN as written (8 to 14 digits, maybe spaced); `UNREADABLE` otherwise; null where none is written."""
    written = text.str.strip_chars()
    bare = written.str.replace_all(r"[ \-\u00a0]", "")
    number = pl.when(bare.str.contains(r"^[0-9]{8,14}$")).then(bare.cast(pl.Int64, strict=False)).otherwise(UNREADABLE)
    return pl.when(written.str.len_chars() > 0).then(number)


def gtin_text(number: pl.Expr) -> pl.Expr:
    """The canonical 14 digits of a GTIN number; null where there is none or it is unreadable."""
    return pl.when(number > 0).then(number.cast(pl.String).str.zfill(14))


def check_digit_right(number: pl.Expr) -> pl.Expr:
    """Boolean: the last digit of a GTIN number is the check digit of the others."""
    rest = number // 10
    total = pl.lit(0, pl.Int64)
    for position in range(13):
        digit = (rest // 10**position) % 10
        total = total + digit * (3 if position % 2 == 0 else 1)
    return (10 - total % 10) % 10 == number % 10


def expanded(number: pl.Expr) -> pl.Expr:
    """Int64: the GTIN-12 that a UPC-E (8 digits beginning with 0 or 1) stands for: 01234565 is 012345000065; null otherwise.

    GS1 General Specifications: the sixth digit says where the zeros were left out.
    """
    system, body, last = number // 10**7, number // 10 % 10**6, number // 10 % 10
    tail, check = body // 10 % 100, number % 10
    where = (
        pl.when(last <= 2)
        .then(body // 10_000 * 10**8 + last * 10**7 + body // 10 % 1000)
        .when(last == 3)
        .then(body // 1000 * 10**7 + tail)
        .when(last == 4)
        .then(body // 100 * 10**6 + tail % 10)
        .otherwise(body // 10 * 10**5 + last)
    )
    return pl.when((number > 0) & (system <= 1)).then((system * 10**10 + where) * 10 + check)


def restricted(number: pl.Expr) -> pl.Expr:
    """Boolean: a number for use inside one retailer or store (GS1 prefixes 02, 04 and 20 to 29): loose weight, own labels.

    It has no meaning anywhere else, and its last digits may be a price or a weight.
    """
    prefix = number // 10**11
    return prefix.is_in([2, 4]) | prefix.is_between(20, 29)


def unit_of_case(number: pl.Expr) -> pl.Expr:
    """Int64: the product inside a case, without its check digit: 13017620422000 holds 301762042200; null where it is no case.

    A GTIN-14 with an indicator from 1 to 8 is a packing level of the product; its check digit is another one.
    """
    return pl.when((number // 10**13).is_between(1, 8)).then(number // 10 % 10**12)
