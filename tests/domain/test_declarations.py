"""A class with one annotated line a column is all there is to say of a table."""

from typing import Annotated

import polars as pl
import pytest

from pricewatch.domain.declarations import Column, Table, field


class Sightings(Table):
    """Where something was seen."""

    name: str = field(min_length=1, description="as shown")
    price: int = field(ge=0, nullable=True)
    share: float
    open: bool
    day: pl.Date
    code: pl.Int32 = field(unique=True)
    tags: list[str]
    seen: Annotated[pl.Datetime, "us", "UTC"]
    kind: str = field(isin=(kind for kind in ("a", "b")))


def test_columns_stand_in_the_order_they_were_written_in_with_the_types_that_were_written() -> None:
    assert {name: column.dtype for name, column in Sightings.columns.items()} == {
        "name": pl.String(),
        "price": pl.Int64(),
        "share": pl.Float64(),
        "open": pl.Boolean(),
        "day": pl.Date(),
        "code": pl.Int32(),
        "tags": pl.List(pl.String()),
        "seen": pl.Datetime("us", "UTC"),
        "kind": pl.String(),
    }
    assert list(Sightings.columns)[:3] == ["name", "price", "share"]


def test_what_was_said_of_a_column_is_kept_and_what_was_not_said_is_strict() -> None:
    assert Sightings.columns["name"] == Column(pl.String(), "as shown", min_length=1)
    assert Sightings.columns["price"] == Column(pl.Int64(), nullable=True, ge=0)
    assert Sightings.columns["share"] == Column(pl.Float64())
    assert Sightings.columns["code"] == Column(pl.Int32(), unique=True)
    assert Sightings.columns["kind"] == Column(pl.String(), isin=("a", "b"))


@pytest.mark.parametrize("annotation", [object, "str", dict[str, int], None])
def test_what_is_no_type_of_a_column_is_said_where_it_is_declared(annotation: object) -> None:
    with pytest.raises(TypeError, match="is no type of a column"):
        type("Odd", (Table,), {"__annotations__": {"a": annotation}})
