"""Each cause by hand: the numbers of the trade on both sides of exactness, what is said, and against which row."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suspected import Told, cause_of, diagnosed, told

from pricewatch.engine.causes import BAD_IMPORT, CAUSES, TITLES, UNKNOWN, title
from pricewatch.testing import central

PRODUCTS = """
    sku  tax_rate  pack_of  content  content_unit  deposit  eco_fee
    A1   2000      6        0.75     l             0.48     0.13
    B1   550       -        500      g             -        -
"""
LIST = "sku  zone  list_price\nA1  Z1  12.99\nB1  Z1  4.00"
CALENDAR = """
    promotion  mechanic     value  quantity  sku  starts_at   ends_at
    P1         fixed_price  999    -         A1   2026-03-01  2026-04-01
    P2         n_for_price  3000   3         A1   2026-03-01  2026-04-01
"""
DECIDED = central(products=PRODUCTS, price_list=LIST, promotions=CALENDAR)
NET, GROSS = told(DECIDED, rates={"EUR": 920_000, "JPY": 150_000_000, "KWD": 307_000}), told(DECIDED, tax=True)
PLAIN = {"sku": "A1", "expected": "12.99", "list_price": "12.99", "expected_price": "12.99"}


def row(**cells: str) -> str:
    """One candidate: A1 at 12.99, with what else is said of it."""
    all_cells = {**PLAIN, **cells}
    return "  ".join(all_cells) + "\n" + "  ".join(all_cells.values())


def named(decided: Told = NET, **cells: str) -> str:
    """The cause of one candidate."""
    return cause_of(row(**cells), decided)[0]


@pytest.mark.parametrize(
    ("shown", "cause"),
    [
        ("1299.00", "minor_units"),
        ("129.90", "decimal_shift"),
        ("12990.00", "decimal_shift"),
        ("129900.00", UNKNOWN),
        ("0.13", UNKNOWN),
        ("1.30", UNKNOWN),
        ("15.59", "gross_instead_of_net"),
        ("15.60", UNKNOWN),
        ("10.83", "tax_counted_twice"),
        ("13.70", "other_tax_rate"),
        ("12.31", "other_tax_rate"),
        ("77.94", "pack_instead_of_unit"),
        ("17.32", "unit_price_base"),
        ("11.95", "other_currency"),
        ("1949.00", "other_currency"),
        ("1948.50", UNKNOWN),
        ("3.99", "other_currency"),
        ("13.47", "deposit_included"),
        ("12.51", "deposit_left_out"),
        ("13.12", "eco_fee_included"),
        ("12.86", "eco_fee_left_out"),
        ("13.60", "deposit_and_eco_fee_included"),
        ("12.38", "deposit_and_eco_fee_left_out"),
        ("13.00", "rounding"),
        ("12.98", "rounding"),
        ("12.97", UNKNOWN),
        ("13.01", UNKNOWN),
    ],
)
def test_a_number_has_the_meaning_it_has_by_the_cent(shown: str, cause: str) -> None:
    assert named(observed=shown) == cause


@pytest.mark.parametrize(
    ("expected", "shown", "cause"),
    [
        ("1300.00", "13.00", "minor_units"),
        ("12.90", "1.29", "decimal_shift"),
        ("12.00", "2.00", "unit_instead_of_pack"),
        ("12.01", "2.00", UNKNOWN),
    ],
)
def test_a_number_is_divided_only_where_no_digit_is_lost(expected: str, shown: str, cause: str) -> None:
    assert named(expected=expected, list_price=expected, expected_price=expected, observed=shown) == cause


def test_minor_units_are_those_of_the_currency() -> None:
    """A dinar has a thousand, a yen has none."""
    amounts = dict.fromkeys(("expected", "list_price", "expected_price"), "12990")
    dinars = {"currency": "KWD", **amounts}
    assert named(observed="12990000", **dinars) == "minor_units"
    assert named(observed="1299000", **dinars) == "decimal_shift"
    assert named(observed="1299000", **{**dinars, "currency": "JPY"}) == "decimal_shift"


@pytest.mark.parametrize(
    ("shown", "cause", "words"),
    [
        ("10.83", "net_instead_of_gross", "10.83 is the decided price without 20.0 % tax"),
        ("15.59", "tax_counted_twice", "15.59 is the decided price plus 20.0 % tax, which is in it already"),
        # 12.99 / 1.20 = 10.83 net; 10.83 x 1.055 = 11.43
        ("11.43", "other_tax_rate", "11.43 is the decided price by the tax rate 5.5 %, and the product's is 20.0 %"),
    ],
)
def test_where_prices_have_tax_in_them_it_is_missing_or_comes_twice(shown: str, cause: str, words: str) -> None:
    assert cause_of(row(observed=shown), GROSS) == (cause, words, "products:2", None)


def test_a_product_without_a_tax_rate_has_no_tax_to_be_wrong_by() -> None:
    untaxed = told(central(products="sku  tax_rate\nA1  -", price_list=LIST))
    assert named(untaxed, observed="15.59") == UNKNOWN
    exempt = told(central(products="sku  tax_rate\nA1  0", price_list=LIST))
    assert named(exempt, observed="12.99", expected="12.98") == "rounding"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"observed": "77.94"},
            ("pack_instead_of_unit", "77.94 is 6 times the decided price: as many units are in the pack", "products:2", None),
        ),
        ({"observed": "17.32"}, ("unit_price_base", "17.32 is what the decided price comes to per l", "products:2", None)),
        ({"observed": "11.95"}, ("other_currency", "11.95 is the decided price in EUR, at tonight's rate", None, None)),
        (
            {"observed": "13.60"},
            (
                "deposit_and_eco_fee_included",
                "13.60 is the decided price plus deposit and eco fee of 0.61",
                "products:2",
                None,
            ),
        ),
        (
            {"observed": "15.98", "shipping": "2.99"},
            ("landed_instead_of_item", "15.98 is the decided price plus shipping of 2.99", None, None),
        ),
        (
            {"observed": "8.49", "early_price": "8.49", "early_row": "0"},
            ("promotion_started_early", "8.49 is the price of a promotion that has not begun", "promotions:2", "promotion P1"),
        ),
        (
            {"observed": "7.99", "coupon_price": "7.99", "coupon_row": "1"},
            ("coupon_price_shown_to_all", "7.99 is the price with a coupon, shown without one", "promotions:3", "promotion P2"),
        ),
        (
            {"observed": "10.00", "multibuy_paid": "30.00", "multibuy_quantity": "3", "multibuy_row": "1"},
            (
                "mechanic_flattened",
                "10.00 is one unit's part of a multibuy, asked for a single one",
                "promotions:3",
                "promotion P2",
            ),
        ),
        (
            {"observed": "8.99", "expected_member_price": "8.99", "member_promotion_row": "0"},
            ("member_price_shown_to_all", "8.99 is the price for card holders", "promotions:2", "promotion P1"),
        ),
        (
            {"observed": "12.99", "expected": "9.99", "expected_price": "9.99", "promotion_row": "0"},
            (
                "promotion_not_started",
                "12.99 is the list price, and a promotion is in force",
                "promotions:2",
                "promotion P1",
            ),
        ),
    ],
)
def test_a_cause_says_which_other_price_it_is_and_where_that_is_written(cells: dict[str, str], said: tuple[object, ...]) -> None:
    assert cause_of(row(**cells), NET) == said


@pytest.mark.parametrize(
    ("shown", "cause"), [("3.34", "mechanic_flattened"), ("3.33", "mechanic_flattened"), ("3.32", UNKNOWN), ("3.35", UNKNOWN)]
)
def test_a_third_of_ten_is_rounded_either_way(shown: str, cause: str) -> None:
    assert named(observed=shown, multibuy_paid="10.00", multibuy_quantity="3", multibuy_row="1") == cause


def test_a_price_above_the_list_price_is_no_promotions() -> None:
    assert named(observed="14.49", ended_price="14.49", ended_row="0") == UNKNOWN
    assert named(observed="14.49", coupon_price="14.49", coupon_row="0") == UNKNOWN


@pytest.mark.parametrize(
    ("column", "cause"),
    [
        ("ended_member_price", "promotion_not_ended"),
        ("early_member_price", "promotion_started_early"),
        ("previous_list_price", "previous_list_price"),
    ],
)
def test_a_member_price_is_held_against_what_members_paid_or_will_pay(column: str, cause: str) -> None:
    cells = {"subject": "member_price", "expected": "9.99", "expected_member_price": "9.99", "observed": "8.49", column: "8.49"}
    assert named(**cells) == cause
    assert named(**{**cells, "subject": "price"}) == (cause if column == "previous_list_price" else UNKNOWN)


def test_members_who_pay_the_list_price_do_not_get_their_promotion() -> None:
    members = {"expected_member_price": "9.99", "member_promotion_row": "0"}
    assert cause_of(row(subject="member_price", expected="9.99", observed="12.99", **members), NET) == (
        "promotion_not_started",
        "12.99 is the list price, and members have a promotion",
        "promotions:2",
        "promotion P1",
    )


@pytest.mark.parametrize(
    ("paid", "cells", "cause"),
    [
        ("77.94", {}, "promotion_not_started"),  # 6 x 12.99, and 2 x 30.00 were due
        ("60.01", {}, "rounding"),
        ("600.00", {}, "decimal_shift"),
        ("62.88", {}, "deposit_included"),  # six deposits of 0.48
        ("47.94", {"coupon_price": "7.99", "coupon_row": "0"}, "coupon_price_shown_to_all"),
        ("47.95", {"coupon_price": "7.99", "coupon_row": "0"}, UNKNOWN),
    ],
)
def test_what_was_charged_for_six_is_judged_by_one(paid: str, cells: dict[str, str], cause: str) -> None:
    multibuy = {"multibuy_row": "1", "multibuy_paid": "30.00", "multibuy_quantity": "3"}
    assert named(subject="paid", quantity="6", expected="60.00", observed=paid, **multibuy, **cells) == cause


def test_a_receipt_that_does_not_say_how_many_is_held_against_no_price_of_one() -> None:
    assert named(subject="paid", expected="60.00", observed="77.94", multibuy_row="1") == UNKNOWN


def test_a_landed_price_is_judged_without_its_shipping() -> None:
    landed = {"subject": "landed_price", "expected": "14.00", "observed": "13.99", "shipping": "2.00"}
    assert named(previous_list_price="11.99", **landed) == "previous_list_price"
    assert named(previous_list_price="13.99", **{**landed, "observed": "13.98"}) == UNKNOWN
    assert named(**{**landed, "observed": "16.00"}) == "landed_instead_of_item"


def test_a_label_has_the_causes_of_a_price() -> None:
    assert named(subject="label_price", observed="11.99", previous_list_price="11.99") == "previous_list_price"
    assert named(subject="label_price", observed="129.90") == "decimal_shift"


@pytest.mark.parametrize(
    ("shown", "cells", "cause"),
    [
        ("1.73", {}, "unit_price_base"),  # per 100 ml instead of per litre
        ("0.51", {}, "unit_price_base"),  # per fluid ounce: 12.99 x 29.574 / 750
        ("12.99", {}, "unit_price_base"),  # the price itself
        ("173.20", {}, "unit_price_base"),  # ten times: no decimal sign
        ("1732.00", {}, "minor_units"),
        ("14.43", {}, "tax_counted_twice"),  # 17.32 / 1.20
        ("17.33", {}, "rounding"),
        ("19.99", {}, UNKNOWN),
        ("19.99", {"previous_list_price": "14.99"}, "previous_list_price"),  # 14.99 / 0.75
        ("11.32", {"coupon_price": "8.49"}, "coupon_price_shown_to_all"),
    ],
)
def test_a_unit_price_is_another_base_or_another_prices(shown: str, cells: dict[str, str], cause: str) -> None:
    assert named(subject="unit_price", unit_price_base="1 l", expected="17.32", observed=shown, **cells) == cause


def test_a_unit_price_that_stays_behind_its_promotion_is_the_list_prices() -> None:
    cells = {"subject": "unit_price", "unit_price_base": "l", "expected": "13.32", "expected_price": "9.99", "promotion_row": "0"}
    assert named(observed="17.32", **cells) == "promotion_not_started"


def test_a_unit_price_in_another_dimension_than_the_content_proves_nothing() -> None:
    cells = {"subject": "unit_price", "unit_price_base": "kg", "expected": "17.32", "observed": "19.99"}
    assert named(previous_list_price="14.99", **cells) == UNKNOWN


def test_a_pack_larger_than_any_is_no_factor() -> None:
    huge = told(central(products="sku  pack_of\nA1  49", price_list=LIST))
    assert named(huge, observed="636.51") == UNKNOWN
    assert named(told(central(products="sku  pack_of\nA1  48", price_list=LIST)), observed="623.52") == "pack_instead_of_unit"


def test_what_is_held_against_a_habit_does_not_say_it_was_decided() -> None:
    _, words, _, _ = cause_of(row(expected="5.00", observed="50.00"), NET)
    assert words == "50.00 is the expected price with its decimal point moved"


def test_a_price_of_nothing_is_nothings_multiple() -> None:
    assert named(expected="0.00", list_price="0.00", expected_price="0.00", observed="0.02") == UNKNOWN
    assert named(observed="0.00") == UNKNOWN


def test_the_first_of_the_table_is_told_and_each_other_is_named_once() -> None:
    cells = {"previous_list_price": "9.99", "ended_price": "9.99", "ended_row": "0", "coupon_price": "9.99", "coupon_row": "0"}
    (found,) = diagnosed(row(observed="9.99", **cells), NET).to_dicts()
    assert found["cause"] == "previous_list_price"
    assert found["cause_alternatives"] == "promotion_not_ended, coupon_price_shown_to_all"


def test_a_cause_that_holds_in_two_ways_is_no_alternative_to_itself() -> None:
    (found,) = diagnosed(row(subject="unit_price", expected="0.13", observed="1.30", unit_price_base="100 ml"), NET).to_dicts()
    assert (found["cause"], found["cause_alternatives"]) == ("unit_price_base", None)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(10, 10**7), st.integers(10, 10**9)), min_size=50, max_size=50))
def test_what_is_said_of_a_number_is_what_slow_decimals_say(pairs: list[tuple[int, int]]) -> None:
    """The causes that need nothing but the two numbers and a tax rate."""
    shown = pairs + [(price, price * factor) for price, _ in pairs for factor in (10, 100, 1000)]
    shown += [(price, by_tax(price)) for price, _ in pairs]
    rows = pl.DataFrame(
        {"sku": ["T1"] * len(shown), "expected": [price for price, _ in shown], "observed": [number for _, number in shown]}
    )
    found = diagnosed(rows, TAXED)["cause"].to_list()
    assert found == [slowly(price, number) for price, number in shown]


TAXED = told(central(products="sku  tax_rate\nT1  700", price_list="sku  zone  list_price\nT1  Z1  1.00"))
RATE = Decimal("1.07")


def by_tax(price: int) -> int:
    """A price with 7 % tax, rounded half up."""
    return int((price * RATE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def slowly(price: int, number: int) -> str:
    """What a number is to a price without tax, in the order of the table."""
    ratio = Fraction(number, price)
    if ratio in (100, Fraction(1, 100)):
        return "minor_units"
    if ratio in (10, 1000, Fraction(1, 10), Fraction(1, 1000)):
        return "decimal_shift"
    if number == by_tax(price):
        return "gross_instead_of_net"
    if number == int((price / RATE).quantize(Decimal(1), rounding=ROUND_HALF_UP)):
        return "tax_counted_twice"
    return "rounding" if abs(number - price) == 1 else UNKNOWN


def test_every_cause_has_one_title_and_a_row_where_it_has_a_table() -> None:
    assert len({(cause.name, cause.title) for cause in CAUSES}) == len({cause.name for cause in CAUSES})
    assert all((cause.table is None) == (cause.row is None) for cause in CAUSES)
    assert len(set(TITLES.values())) == len(TITLES)


def test_the_unknown_has_no_title() -> None:
    assert title(UNKNOWN) is None
    assert title("rounding") == "one cent off"
    assert title(BAD_IMPORT)
