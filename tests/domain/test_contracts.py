"""What a table declares of its columns is what pandera refuses of a frame."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from pricewatch.domain import tables
from pricewatch.domain.contracts import contract

SOME = {
    pl.String(): ["x", "y"],
    pl.Int64(): [1, 2],
    pl.Int32(): [1, 2],
    pl.Float64(): [1.0, 2.0],
    pl.Boolean(): [True, False],
    pl.Date(): [date(2026, 3, 13), date(2026, 3, 14)],
    pl.List(pl.String()): [["x"], []],
    tables.UTC: [datetime(2026, 3, 13, 6, tzinfo=UTC), datetime(2026, 3, 14, 6, tzinfo=UTC)],
}

EVERY_COLUMN = [(name, column) for name, table in tables.TABLES.items() for column in table.columns]


def filled(table: str, **other: list[object]) -> pl.DataFrame:
    """Two rows that a table allows, but for the columns named."""
    columns = tables.TABLES[table].columns
    allowed = {name: [*column.isin[:2]] if column.isin else SOME[column.dtype] for name, column in columns.items()}
    return pl.DataFrame(allowed | other, schema=tables.schema(table))


def refused(table: str, frame: pl.DataFrame) -> set[tuple[str, str]]:
    """Columns of a frame that break the contract of a table, and the condition that each breaks."""
    try:
        contract(table).validate(frame, lazy=True)
    except SchemaErrors as errors:
        return set(errors.failure_cases.select("column", "check").rows())
    return set()


@pytest.mark.parametrize("table", tables.TABLES)
def test_rows_that_a_table_allows_are_not_refused(table: str) -> None:
    assert refused(table, filled(table)) == set()


@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN)
def test_a_null_is_refused_where_the_table_says_there_is_none(table: str, column: str) -> None:
    declared = tables.TABLES[table].columns[column]
    broken = {name for name, _ in refused(table, filled(table, **{column: [None, filled(table)[column][1]]}))}
    assert broken == (set() if declared.nullable else {column})


@pytest.mark.parametrize(
    ("table", "column", "values", "check"),
    [
        ("promotions", "value", [0, -1], "greater_than_or_equal_to(0)"),
        ("promotions", "quantity", [1, 0], "greater_than_or_equal_to(1)"),
        ("products", "sku", ["A1", ""], "str_length(1, None)"),
        ("products", "sku", ["A1", "A1"], "field_uniqueness"),
        ("findings", "severity", ["major", "grave"], "isin(['info', 'minor', 'major', 'critical'])"),
    ],
)
def test_a_value_outside_what_is_declared_is_refused(table: str, column: str, values: list[object], check: str) -> None:
    assert refused(table, filled(table, **{column: values})) == {(column, check)}


def test_a_column_that_is_missing_or_of_another_type_is_refused_and_another_one_is_not() -> None:
    offers = filled("offers")
    assert {name for _, name in refused("offers", offers.drop("price"))} == {"column_in_dataframe"}
    assert refused("offers", offers.cast({"price": pl.Float64})) == {("price", "dtype('Int64')")}
    assert refused("offers", offers.with_columns(shelf=1)) == set()
