"""Every column of every frame is named once, with a type an engine can rely on."""

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.domain.contracts import contract

NAMES = sorted(tables.TABLES)
MONEY = {
    "list_price", "price", "regular_price", "was_price", "member_price", "shipping", "price_low", "price_high", "expected",
    "observed", "delta", "impact", "cost",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_a_schema_and_can_be_empty(name: str) -> None:
    none = tables.empty(name)
    assert none.height == 0
    assert none.schema == tables.schema(name)
    contract(name).validate(none)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_says_what_it_holds(name: str) -> None:
    assert (tables.TABLES[name].__doc__ or "").strip()


@pytest.mark.parametrize("name", NAMES)
def test_money_is_whole_minor_units_and_instants_are_utc(name: str) -> None:
    for column, dtype in tables.schema(name).items():
        if column in MONEY:
            assert dtype == pl.Int64, column
        if isinstance(dtype, pl.Datetime):
            assert dtype == tables.UTC, column
        if dtype in (pl.Float32, pl.Float64):
            assert column in {"content", "weekly_units", "seconds"}, f"{column}: a float within reach of money"


def test_raw_rows_are_text_all_of_it() -> None:
    assert set(tables.schema("raw").dtypes()) == {pl.String}


def test_a_code_of_a_sku_or_a_place_has_one_type_everywhere() -> None:
    for name in NAMES:
        for column in {"item", "place"} & set(tables.schema(name)):
            assert tables.schema(name)[column] == pl.Int32, f"{name}.{column}"


def test_severities_rise_and_states_are_those_of_the_lifecycle() -> None:
    assert tables.SEVERITIES == ("info", "minor", "major", "critical")
    assert set(tables.STATES) == {"new", "open", "regressed", "resolved", "unverified", "waived"}
