"""The GTIN family, with python-stdnum as the oracle of check digits."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from pricewatch.domain.identifiers import (
    UNREADABLE,
    check_digit_right,
    expanded,
    gtin_number,
    gtin_text,
    restricted,
    unit_of_case,
)

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


def expanded_by_hand(text: str) -> str:
    """UPC-E to UPC-A, digit by digit, as the GS1 General Specifications' table says it."""
    system, d, check = text[0], text[1:7], text[7]
    if d[5] in "012":
        return f"{system}{d[:2]}{d[5]}0000{d[2:5]}{check}"
    if d[5] == "3":
        return f"{system}{d[:3]}00000{d[3:5]}{check}"
    if d[5] == "4":
        return f"{system}{d[:4]}00000{d[4]}{check}"
    return f"{system}{d[:5]}0000{d[5]}{check}"


def test_a_upc_e_stands_for_a_upc_a() -> None:
    assert expanded_by_hand("01234565") == "012345000065"
    assert pl.select(expanded(pl.lit(1234565, pl.Int64))).item() == 12345000065


@given(st.sampled_from("01"), st.text("0123456789", min_size=7, max_size=7).filter(lambda text: int(text) > 0))
def test_every_upc_e_is_expanded_as_the_table_says(system: str, rest: str) -> None:
    short = pl.lit(int(system + rest), pl.Int64)
    assert pl.select(expanded(short)).item() == int(expanded_by_hand(system + rest))


@pytest.mark.parametrize("number", [0, 20_000_000, 96385074, 4006381333931, None])
def test_other_numbers_are_no_upc_e(number: int | None) -> None:
    assert pl.select(expanded(pl.lit(number, pl.Int64))).item() is None


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("2012345678900", True),
        ("2912345678906", True),
        ("0212345678903", True),
        ("0412345678901", True),
        ("1912345678909", False),
        ("3012345678907", False),
        ("0312345678902", False),
        ("036000291452", False),
        ("13017620422000", False),
        ("22017620422000", False),
        ("96385074", False),
    ],
)
def test_numbers_for_use_inside_begin_with_02_04_or_20_to_29(text: str, inside: bool) -> None:
    assert pl.select(restricted(pl.lit(number(text), pl.Int64))).item() is inside


def test_a_case_names_the_product_inside_but_for_the_check_digit() -> None:
    """3017620422003 -> case 13017620422000: stripping the indicator is not enough."""
    assert pl.select(unit_of_case(pl.lit(13017620422000))).item() == 3017620422003 // 10
    assert pl.select(unit_of_case(pl.lit(3017620422003))).item() is None
    assert pl.select(unit_of_case(pl.lit(93017620422006))).item() is None
