"""Money as written and money as counted, against slow lines of Decimal."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import money

CURRENCIES = ["USD", "EUR", "JPY", "KRW", "CLP", "KWD", "BHD", "CHF"]
PLACES = {"USD": 2, "EUR": 2, "JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "BHD": 3, "CHF": 2}
NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"

amounts = st.integers(0, 10**12)
prices = st.integers(0, 10**7)
rates = st.integers(0, 10_000)


def parsed(*texts: str | None, decimal: str = ".", currency: str = "USD", minor_units: bool = False) -> list[int | None]:
    text = pl.Series("text", texts, pl.String)
    counted = money.parse(
        pl.col("text"), decimal=pl.lit(decimal), minor_units=pl.lit(minor_units), per_unit=money.unit(pl.lit(currency))
    )
    return pl.DataFrame([text]).select(counted).to_series().to_list()


def marks(*texts: str | None, decimal: str = ".") -> list[str | None]:
    text = pl.Series("text", texts, pl.String)
    return pl.DataFrame([text]).select(money.token(pl.col("text"), decimal=pl.lit(decimal))).to_series().to_list()


def computed(formula: Callable[..., pl.Expr], *numbers: int) -> int:
    return int(pl.select(formula(*(pl.lit(number, pl.Int64) for number in numbers))).item())


def rounded(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_currency_has_its_own_number_of_decimals(currency: str) -> None:
    assert money.digits(currency) == PLACES[currency]
    assert pl.select(money.unit(pl.lit(currency))).item() == 10 ** PLACES[currency]


def test_an_unknown_currency_counts_as_having_two_decimals() -> None:
    assert pl.select(money.unit(pl.lit("QQQ"))).item() == 100


@given(st.lists(amounts, min_size=1), st.sampled_from(CURRENCIES), st.sampled_from([".", ","]))
def test_what_is_shown_is_read_back_as_the_same_amount(many: list[int], currency: str, decimal: str) -> None:
    texts = [money.show(amount, currency).replace(".", decimal) for amount in many]
    assert parsed(*texts, decimal=decimal, currency=currency) == many


@given(
    st.lists(amounts, min_size=1),
    st.sampled_from(CURRENCIES),
    st.sampled_from([(",", "."), (".", ","), (NBSP, ","), (NARROW, ","), (THIN, ","), (" ", "."), ("'", "."), ("’", ".")]),
)
def test_thousands_in_groups_of_three_are_read(many: list[int], currency: str, signs: tuple[str, str]) -> None:
    thousands, decimal = signs
    places = PLACES[currency]
    written = [f"{Decimal(amount).scaleb(-places):,.{places}f}" for amount in many]
    texts = [text.translate({ord(","): thousands, ord("."): decimal}) for text in written]
    assert parsed(*texts, decimal=decimal, currency=currency) == many


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1), st.sampled_from(CURRENCIES))
def test_a_column_is_shown_as_each_amount_is_shown(many: list[int], currency: str) -> None:
    frame = pl.DataFrame({"minor": [*many, None]}, schema={"minor": pl.Int64})
    shown = frame.select(money.show_expr(pl.col("minor"), pl.lit(currency))).to_series().to_list()
    assert shown == [*(money.show(amount, currency) for amount in many), None]


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("12.99", ".", 1299),
        ("2879.2", ".", 287920),
        ("2879.20", ".", 287920),
        (",89", ",", 89),
        (".89", ".", 89),
        ("3.350", ".", 335),
        ("3.350", ",", 335000),
        ("110.52", ".", 11052),
        ("108,56", ",", 10856),
        ("59,99 ", ",", 5999),
        (f"1{NBSP}099,00{NBSP}€", ",", 109900),
        (f"1{NARROW}099,00{NARROW}€", ",", 109900),
        ("12.99 USD", ".", 1299),
        ("US$12.99", ".", 1299),
        ("$ 1,299.00", ".", 129900),
        ("12.9900000000", ".", 1299),
        ("-5.00", ".", -500),
        ("0", ".", 0),
        ("kr 12,50", ",", 1250),
        ("12,50 Kč", ",", 1250),
    ],
)
def test_a_price_as_shops_write_it_is_read_under_the_declared_sign(text: str, decimal: str, minor: int) -> None:
    assert parsed(text, decimal=decimal) == [minor]


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        (",89", "."),
        (".89", ","),
        ("12,99", "."),
        ("12.99", ","),
        ("1.23.456", ","),
        ("1,23,456.00", "."),
        ("1 2345.00", "."),
        ("2 pairs from $349", "."),
        ("12.99 - 13.99", "."),
        ("from 12.99", "."),
        ("12.99 ct", "."),
        ("12.99/kg", "."),
        ("12.-", "."),
        ("1e3", "."),
        ("3.01762E+12", "."),
        ("NaN", "."),
        ("inf", "."),
        ("Free", "."),
        ("", "."),
        ("   ", "."),
        ("$", "."),
        ("١٢", "."),
        ("12.999", "."),
        ("12.9900001", "."),
        ("12.9999999", "."),
        ("0.00000000000000000000000000000000000000001", "."),
        ("9" * 19, "."),
        ("9" * 39, "."),
        ("9" * 4000, "."),
    ],
)
def test_what_is_no_price_under_the_declared_sign_is_null_and_never_guessed(text: str, decimal: str) -> None:
    assert parsed(text, decimal=decimal) == [None]


def test_a_price_with_more_decimals_than_its_currency_has_is_no_price() -> None:
    assert parsed("1299.5", currency="JPY") == [None]
    assert parsed("1.2345", currency="KWD") == [None]
    assert parsed("1.234", currency="KWD") == [1234]


def test_minor_units_are_taken_as_they_are_and_have_no_decimals() -> None:
    assert parsed("1299", "1299.00", "12.99", None, minor_units=True) == [1299, 1299, None, None]


@given(st.text(max_size=40), st.sampled_from([".", ","]), st.sampled_from(CURRENCIES), st.booleans())
def test_any_text_at_all_is_an_amount_or_null(text: str, decimal: str, currency: str, minor_units: bool) -> None:
    (amount,) = parsed(text, decimal=decimal, currency=currency, minor_units=minor_units)
    assert amount is None or any(character.isdigit() for character in text)


number_like = st.text("0123456789.,' -+$€\u00a0", max_size=14)


@given(number_like)
def test_no_text_is_one_amount_under_a_point_and_the_same_amount_with_decimals_under_a_comma(text: str) -> None:
    """Only whole numbers mean the same under both signs: otherwise the sign would not matter."""
    (point,), (comma,) = parsed(text), parsed(text, decimal=",")
    if point is not None and point == comma:
        assert point % 100 == 0


def test_the_mark_beside_a_number_is_told_before_or_behind_it() -> None:
    texts = ("12.99", "$12.99", "12.99 USD", f"12.99{NBSP}€", "kr 12.50", "US$ 5", None, "Free")
    assert marks(*texts) == [None, "$", "USD", "€", "kr", "US$", None, None]


def test_two_marks_are_both_told() -> None:
    assert marks("$12.99 CAD", "$12.99 €") == ["$ CAD", "$ €"]


@pytest.mark.parametrize(
    ("currency", "mark"),
    [("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("CHF", "Fr."), ("PLN", "zł"), ("CAD", "$ CAD"), ("JPY", "¥")],
)
def test_a_currency_is_known_by_its_code_and_its_symbols(currency: str, mark: str) -> None:
    assert {currency, mark} <= set(money.tokens(currency))


def test_a_currency_is_not_known_by_anothers_symbol() -> None:
    assert not {"€", "EUR", "$ €"} & set(money.tokens("USD"))


@given(prices, rates)
def test_a_percentage_off_is_rounded_half_up_once_at_the_end(price: int, rate: int) -> None:
    assert computed(money.less_percent, price, rate) == rounded(Decimal(price) * (10_000 - rate) / 10_000)


@given(prices, rates)
def test_tax_is_added_and_rounded_half_up(net: int, rate: int) -> None:
    assert computed(money.with_tax, net, rate) == rounded(Decimal(net) * (10_000 + rate) / 10_000)


@given(prices, rates)
def test_tax_is_taken_off_and_rounded_half_up(gross: int, rate: int) -> None:
    assert computed(money.without_tax, gross, rate) == rounded(Decimal(gross) * 10_000 / (10_000 + rate))


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_a_fraction_is_rounded_half_up(numerator: int, denominator: int) -> None:
    halved = pl.select(money.half_up(pl.lit(numerator, pl.Int64), denominator)).item()
    assert halved == rounded(Decimal(numerator) / denominator)


numbers = st.one_of(
    st.text("0123456789.,-+ $€\u00a0\u0663", max_size=22),
    st.from_regex(r"[0-9]{1,14}([.,][0-9]{1,8})?", fullmatch=True),
)


@given(st.lists(numbers, max_size=8), st.sampled_from([".", ","]), st.sampled_from(CURRENCIES), st.booleans())
def test_the_cheap_way_to_read_plain_numbers_says_what_the_general_way_says(
    texts: list[str], decimal: str, currency: str, minor_units: bool
) -> None:
    declared = {"minor_units": pl.lit(minor_units), "per_unit": money.unit(pl.lit(currency))}
    text = pl.DataFrame([pl.Series("text", texts, pl.String)])
    cheap = text.with_columns(amount=money.millionths(pl.col("text"), decimal=pl.lit(decimal)))
    cheaply = cheap.with_columns(money.from_millionths(pl.col("amount"), **declared).alias("amount"))
    generally = parsed(*texts, decimal=decimal, currency=currency, minor_units=minor_units)
    for written, amount, general in zip(texts, cheaply["amount"], generally, strict=True):
        assert amount is None or amount == general, written


def test_the_cheap_way_reads_nearly_all_prices() -> None:
    texts = pl.DataFrame({"text": ["12.99", "1299", "0.5", "999999999999.99", "12.999999"]})
    amounts = texts.select(money.millionths(pl.col("text"), decimal=pl.lit("."))).to_series().to_list()
    assert amounts == [12_990_000, 1_299_000_000, 500_000, 999_999_999_999_990_000, 12_999_999]
