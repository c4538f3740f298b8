"""Whose price it is: which other products and zones are evidence, and which are chance."""

from __future__ import annotations

import random

import polars as pl
import pytest
from suspected import Told, cause_of, diagnosed, told

from pricewatch.engine.causes import UNKNOWN
from pricewatch.testing import central

PRODUCTS = """
    sku   family  category  gtin            pack_of  unit_sku
    A1    jam     food      04006381333931  -        -
    A2    jam     food      04006381333948  -        -
    B7    -       food      -               -        -
    C5    -       care      03000000000014  -        -
    D3    -       tools     03000000000021  -        -
    E9    -       -         -               -        -
    S1    -       drinks    -               -        -
    S6    -       drinks    -               6        S1
    S24   -       drinks    -               24       S1
"""
PRICES = """
    sku  zone  list_price  valid_from
    A1   Z1    3.49        2026-01-01
    A2   Z1    3.79        2026-01-01
    B7   Z1    5.25        2026-01-01
    C5   Z1    7.15        2026-01-01
    D3   Z1    8.85        2026-01-01
    E9   Z1    9.65        2026-01-01
    S1   Z1    1.15        2026-01-01
    S6   Z1    6.29        2026-01-01
    S24  Z1    23.49       2026-01-01
    A1   Z2    3.19        2026-01-01
    A1   Z3    3.19        2026-01-01
    A1   Z3    3.29        2026-03-20
"""
CARDS = """
    promotion  mechanic      value  sku  audience  zones  starts_at   ends_at
    P1         member_price  299    A2   members   -      2026-03-01  2026-04-01
    P2         fixed_price   279    A1   everyone  Z2     2026-03-01  2026-04-01
"""
STORES = "location  zone\n0417  Z1\n0500  Z2\n0600  Z3"
SHOP = told(central(products=PRODUCTS, price_list=PRICES, promotions=CARDS, locations=STORES))


def wrong(sku: str, expected: str, observed: str, *, subject: str = "price", given: Told = SHOP) -> tuple[object, ...]:
    """Cause, words, row and root of one wrong price."""
    return cause_of(f"sku  subject  expected  observed\n{sku}  {subject}  {expected}  {observed}", given)


def test_another_zones_price_names_the_first_zone_that_has_it_and_its_row() -> None:
    assert wrong("A1", "3.49", "3.19") == ("other_zones_price", "3.19 is the price of zone Z2", "price_list:11", "zone Z2")


def test_another_zones_promotion_is_its_price_too() -> None:
    assert wrong("A1", "3.49", "2.79")[:2] == ("other_zones_price", "2.79 is the price of zone Z2")
    assert wrong("A1", "3.49", "2.79", subject="regular_price")[0] == UNKNOWN


def test_what_another_zone_will_show_next_week_is_not_its_price() -> None:
    assert wrong("A1", "3.49", "3.29")[0] == UNKNOWN


def test_a_relatives_price_is_told_with_its_name_and_row() -> None:
    assert wrong("A1", "3.49", "3.79") == ("item_mapping", "3.79 is the price of A2, of the same family", "price_list:3", None)


def test_a_relatives_member_price_is_only_a_member_price() -> None:
    assert wrong("A1", "3.29", "2.99", subject="member_price")[0] == "item_mapping"
    assert wrong("A1", "3.49", "2.99")[0] == UNKNOWN
    assert wrong("A1", "3.29", "3.79", subject="member_price")[0] == UNKNOWN


def test_one_product_that_shows_the_price_of_a_stranger_proves_nothing() -> None:
    assert wrong("B7", "5.25", "7.15")[0] == UNKNOWN


def swap(first: str, second: str) -> list[str]:
    """Causes of two products that show each other's price."""
    prices = {"A1": "3.49", "A2": "3.79", "B7": "5.25", "C5": "7.15", "D3": "8.85", "E9": "9.65"}
    one, two = prices[first], prices[second]
    found = diagnosed(f"sku  expected  observed\n{first}  {one}  {two}\n{second}  {two}  {one}", SHOP)
    return found["cause"].to_list()


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        ("A1", "B7", "item_mapping"),  # one category
        ("C5", "D3", "item_mapping"),  # GTINs 300000000001 and 300000000002 before their check digits
        ("B7", "C5", UNKNOWN),
        ("E9", "B7", UNKNOWN),  # no category is no common category
    ],
)
def test_two_products_that_show_each_others_prices_are_swapped_when_they_are_neighbours(
    first: str, second: str, cause: str
) -> None:
    assert swap(first, second) == [cause, cause]


def test_a_swap_names_the_other_product_and_its_row() -> None:
    found = diagnosed("sku  expected  observed  price_row\nC5  7.15  8.85  3\nD3  8.85  7.15  4", SHOP)
    assert found["cause_detail"].to_list() == [
        "8.85 is the price of D3, which shows this one's",
        "7.15 is the price of C5, which shows this one's",
    ]
    assert found["cause_ref"].to_list() == ["price_list:6", "price_list:5"]


def test_a_swap_that_several_rules_see_is_one() -> None:
    found = diagnosed(
        """
        rule  sku  expected  observed
        r1    C5   7.15      8.85
        r2    C5   7.15      8.85
        r1    D3   8.85      7.15
        """,
        SHOP,
    )
    assert found["cause"].to_list() == ["item_mapping"] * 3


def test_products_at_two_places_are_not_swapped() -> None:
    found = diagnosed(
        "sku  channel  location  expected  observed\nC5  store  0417  7.15  8.85\nD3  store  0500  8.85  7.15",
        SHOP,
    )
    assert found["cause"].to_list() == [UNKNOWN, UNKNOWN]


def test_adjacent_article_numbers_are_neighbours_and_others_are_not() -> None:
    numbers = ("X-0099", "X-0100", "X-0102", "Y-0101")
    shop = told(
        central(
            products="\n".join(["sku", *numbers]),
            price_list="\n".join(["sku  zone  list_price", *(f"{sku}  Z1  {at + 3}.15" for at, sku in enumerate(numbers))]),
        )
    )
    near = diagnosed("sku  expected  observed\nX-0099  3.15  4.15\nX-0100  4.15  3.15", shop)
    far = diagnosed("sku  expected  observed\nX-0100  4.15  5.15\nX-0102  5.15  4.15", shop)
    others = diagnosed("sku  expected  observed\nX-0102  5.15  6.15\nY-0101  6.15  5.15", shop)
    assert [frame["cause"].unique().to_list() for frame in (near, far, others)] == [["item_mapping"], [UNKNOWN], [UNKNOWN]]


def test_among_many_wrong_products_at_few_prices_no_two_are_swapped() -> None:
    """3 000 wrong products of one category at 45 prices: each has its expected price shown by some that have its own."""
    dice = random.Random(3)
    skus = [f"N{number}x" for number in range(3000)]
    shop = told(
        central(
            products="\n".join(["sku  category", *(f"{sku}  food" for sku in skus)]),
            price_list="\n".join(["sku  zone  list_price", *(f"{sku}  Z1  99.99" for sku in skus)]),
        )
    )
    prices = pl.DataFrame({"sku": skus, "expected": [dice.randint(5, 49) * 100 + 99 for _ in skus]})
    rows = prices.with_columns(observed=pl.Series([dice.randint(5, 49) * 100 + 99 for _ in skus])).filter(
        pl.col("expected") != pl.col("observed")
    )
    pairs = rows.join(rows, left_on=["expected", "observed"], right_on=["observed", "expected"], how="semi")
    assert pairs.height > 2000
    assert "item_mapping" not in diagnosed(rows, shop)["cause"].to_list()


@pytest.mark.parametrize(
    ("sku", "expected", "observed", "said"),
    [
        ("S1", "1.15", "6.29", ("pack_instead_of_unit", "6.29 is the price of S6, the pack of 6", "products:9", None)),
        ("S1", "1.15", "23.49", ("pack_instead_of_unit", "23.49 is the price of S24, the pack of 24", "products:10", None)),
        (
            "S1",
            "1.15",
            "27.60",
            ("pack_instead_of_unit", "27.60 is 24 times the expected price: as many are in the pack S24", "products:10", None),
        ),
        (
            "S6",
            "6.29",
            "1.15",
            ("unit_instead_of_pack", "1.15 is the price of S1, the single unit of the pack", "products:8", None),
        ),
        ("S1", "1.15", "8.05", (UNKNOWN, None, None, None)),
        ("S6", "6.29", "23.49", (UNKNOWN, None, None, None)),
    ],
)
def test_a_pack_and_its_single_unit_are_taken_for_each_other(
    sku: str, expected: str, observed: str, said: tuple[object, ...]
) -> None:
    assert wrong(sku, expected, observed) == said
