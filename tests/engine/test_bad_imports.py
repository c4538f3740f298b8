"""A file that is off as a whole: how many products it takes, of how many, and what they must have in common."""

from __future__ import annotations

import random
from datetime import timedelta

import polars as pl
import pytest
from suspected import Told, diagnosed, told

from pricewatch.engine.bad_imports import AT_LEAST, SHARE
from pricewatch.engine.causes import BAD_IMPORT, UNKNOWN
from pricewatch.testing import SEEN, central

MOST = 300
SKUS = [f"T{number:03}x" for number in range(MOST)]


@pytest.fixture(scope="module")
def shop() -> Told:
    """Products that nothing but their file can explain."""
    prices = [f"{sku}  Z1  500.00" for sku in SKUS]
    return told(central(products="\n".join(["sku", *SKUS]), price_list="\n".join(["sku  zone  list_price", *prices])))


def shifted(count: int, delta: int, first: int = 0, *, file: str = "tills.csv") -> pl.DataFrame:
    """So many products that are off by the same amount, each at a price of its own."""
    prices = [1003 + 7 * (first + at) for at in range(count)]
    return pl.DataFrame(
        {
            "sku": SKUS[first : first + count],
            "expected": prices,
            "observed": [price + delta for price in prices],
            "source_ref": [f"inbox/{file}:{at + 2}" for at in range(count)],
        }
    )


def scattered(count: int, first: int) -> pl.DataFrame:
    """So many products of the same file that are off by amounts of their own."""
    dice = random.Random(first)
    return shifted(count, 0, first).with_columns(
        observed=pl.col("expected") + pl.Series([211 + 13 * at + dice.randint(0, 2) * 4 for at in range(count)])
    )


def test_twenty_products_off_by_the_same_are_their_files_fault(shop: Told) -> None:
    found = diagnosed(shifted(AT_LEAST, 30), shop)
    assert found["cause"].unique().to_list() == [BAD_IMPORT]
    assert found["cause_detail"].unique().to_list() == ["0.30 dearer than expected, like 20 products of inbox/tills.csv"]
    assert found["cause_root"].unique().to_list() == ["file inbox/tills.csv"]
    assert found["cause_ref"].null_count() == AT_LEAST


def test_nineteen_are_not(shop: Told) -> None:
    assert diagnosed(shifted(AT_LEAST - 1, 30), shop)["cause"].unique().to_list() == [UNKNOWN]


def test_the_same_product_twenty_times_is_one(shop: Told) -> None:
    one = pl.concat([shifted(1, 30)] * AT_LEAST)
    assert diagnosed(one, shop)["cause"].unique().to_list() == [UNKNOWN]


def test_two_files_are_not_added_up_nor_are_two_instants(shop: Told) -> None:
    half = AT_LEAST // 2
    files = pl.concat([shifted(half, 30), shifted(half, 30, half, file="web.csv")])
    assert diagnosed(files, shop)["cause"].unique().to_list() == [UNKNOWN]
    later = pl.lit(SEEN + timedelta(minutes=1)).cast(pl.Datetime("us", "UTC"))
    seen = pl.lit(SEEN).cast(pl.Datetime("us", "UTC"))
    times = pl.concat([shifted(half, 30).with_columns(observed_at=seen), shifted(half, 30, half).with_columns(observed_at=later)])
    assert diagnosed(times, shop)["cause"].unique().to_list() == [UNKNOWN]


def test_twenty_among_many_that_are_off_by_amounts_of_their_own_are_chance(shop: Told) -> None:
    few, many = AT_LEAST * (SHARE - 1), AT_LEAST * (SHARE - 1) + 1
    alike = shifted(AT_LEAST, 30)
    enough = diagnosed(pl.concat([alike, scattered(few, AT_LEAST)]), shop)
    assert enough["cause"].value_counts().sort("cause").rows() == [(BAD_IMPORT, AT_LEAST), (UNKNOWN, few)]
    drowned = diagnosed(pl.concat([alike, scattered(many, AT_LEAST)]), shop)
    assert drowned["cause"].unique().to_list() == [UNKNOWN]


def test_products_with_a_cause_of_their_own_keep_it_and_do_not_count(shop: Told) -> None:
    cents = shifted(AT_LEAST, 1)
    assert diagnosed(cents, shop)["cause"].unique().to_list() == ["rounding"]
    tens = shifted(1, 0).with_columns(observed=pl.col("expected") * 10)
    found = diagnosed(pl.concat([shifted(AT_LEAST, 30, 1), tens]), shop)
    assert sorted(found["cause"].unique().to_list()) == [BAD_IMPORT, "decimal_shift"]


def test_a_rise_by_three_percent_is_one_ratio_however_cheap_the_product(shop: Told) -> None:
    """2.99 becomes 3.08 and 0.55 becomes 0.57, which is nearer to 104 %."""
    dear = [199 + 10 * at for at in range(AT_LEAST + 5)]
    cheap = [55, 62, 85]
    prices = dear + cheap
    rows = pl.DataFrame(
        {
            "sku": SKUS[: len(prices)],
            "expected": prices,
            "observed": [(price * 206 + 100) // 200 for price in prices],
            "source_ref": [f"inbox/web.csv:{at}" for at in range(len(prices))],
        }
    )
    assert rows.filter(pl.col("expected") == 55)["observed"].to_list() == [57]
    found = diagnosed(rows, shop)
    assert found["cause"].unique().to_list() == [BAD_IMPORT]
    assert found["cause_detail"].str.starts_with("103 % of the expected price, like ").all()
    assert found["cause_root"].unique().to_list() == ["file inbox/web.csv"]


def test_scattered_differences_of_a_large_file_have_no_common_cause(shop: Told) -> None:
    assert diagnosed(scattered(MOST, 0), shop)["cause"].unique().to_list() == [UNKNOWN]
