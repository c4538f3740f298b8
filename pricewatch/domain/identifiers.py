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
