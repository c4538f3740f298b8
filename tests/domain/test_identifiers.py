"""The GTIN family, with python-stdnum as the oracle of check digits."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from pricewatch.domain.identifiers import UNREADABLE, check_digit_right, gtin_number, gtin_text

LENGTHS = (8, 12, 13, 14)
gtins = st.sampled_from(LENGTHS).flatmap(lambda length: st.text("0123456789", min_size=length, max_size=length))


def number(text: str | None) -> int | None:
    return pl.select(gtin_number(pl.lit(text, pl.String))).item()


def right(value: int) -> bool:
    return bool(pl.select(check_digit_right(pl.lit(value, pl.Int64))).item())


@pytest.mark.parametrize(
    "text", ["4006381333931", "3017620422003", "96385074", "036000291452", "10614141000415", "13017620422000"]
)
def test_known_good_numbers_have_the_right_check_digit(text: str) -> None:
    value = number(text)
    assert value is not None
    assert right(value)


@given(gtins)
def test_check_digits_are_judged_as_the_standard_library_of_numbers_judges_them(text: str) -> None:
    assert right(int(text)) == ean.is_valid(text.zfill(14))


@given(gtins)
def test_one_digit_changed_makes_the_check_digit_wrong(text: str) -> None:
    good = text[:-1] + ean.calc_check_digit(text[:-1])
    changed = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert right(int(good))
    assert not right(int(changed))


@pytest.mark.parametrize("text", ["036000291452", "0036000291452", "00036000291452", " 0 36000-29145 2 ", "036000\u00a0291452"])
def test_upc_a_padded_or_spaced_is_one_product(text: str) -> None:
    assert number(text) == 36000291452


def test_a_number_is_shown_with_fourteen_digits() -> None:
    shown = pl.DataFrame({"gtin": [36000291452, 96385074, 0, None]}).select(gtin_text(pl.col("gtin"))).to_series().to_list()
    assert shown == ["00036000291452", "00000096385074", None, None]


@pytest.mark.parametrize(
    "text", ["3.01762E+12", "ABC", "1234567", "123456789012345", "12345678.0", "N/A", "٣٣٣٣٣٣٣٣", "１２３４５６７８"]
)
def test_what_is_no_gtin_is_unreadable_and_no_products_number(text: str) -> None:
    assert number(text) == UNREADABLE


@pytest.mark.parametrize("text", [None, "", "   ", "\u00a0"])
def test_nothing_written_is_null(text: str | None) -> None:
    assert number(text) is None


@given(st.text(max_size=20))
def test_any_text_is_a_number_of_at_most_fourteen_digits_unreadable_or_null(text: str) -> None:
    value = number(text)
    assert value is None or 0 <= value < 10**14
