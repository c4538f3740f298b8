"""Findings for other people's programs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from findings import findings

from pricewatch.deliver.export import export
from pricewatch.domain import tables
from pricewatch.domain.errors import UserError


def test_csv_has_the_columns_of_the_table_and_decimal_amounts(tmp_path: Path) -> None:
    file = export(findings({}, {"currency": "JPY"}), tmp_path / "f.csv", "csv")
    read = pl.read_csv(file, infer_schema=False)
    assert read.columns == list(tables.schema("findings"))
    assert read["observed"].to_list() == ["12.99", "1299"]
    assert read["gtin"].to_list() == ["03017620422003"] * 2


def test_a_negative_difference_is_a_number_and_a_name_is_no_formula(tmp_path: Path) -> None:
    file = export(findings({"delta": -300, "name": "=1+1"}), tmp_path / "f.csv", "csv")
    read = pl.read_csv(file, infer_schema=False)
    assert (read["delta"][0], read["name"][0]) == ("-3.00", "'=1+1")


def test_parquet_keeps_types_and_text_as_they_came(tmp_path: Path) -> None:
    file = export(findings({"name": "=1+1"}), tmp_path / "f.parquet", "parquet")
    read = pl.read_parquet(file)
    assert (read["name"][0], read["expected"][0]) == ("=1+1", "9.99")
    assert read.schema["night"] == pl.Date


def test_excel_opens_with_gtins_and_amounts_as_text(tmp_path: Path) -> None:
    file = export(findings({}), tmp_path / "f.xlsx", "xlsx")
    read = pl.read_excel(file)
    assert (read["gtin"][0], read["expected"][0]) == ("03017620422003", "9.99")


def test_a_night_without_findings_is_a_file_with_a_header(tmp_path: Path) -> None:
    for kind in ("csv", "parquet", "xlsx"):
        assert export(findings(), tmp_path / f"f.{kind}", kind).stat().st_size > 0


def test_a_place_that_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UserError, match="can't be written"):
        export(findings({}), tmp_path / "folder.csv", "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]


def test_a_format_there_is_none_of_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError) as said:
        export(findings({}), tmp_path / "f.doc", "doc")
    assert said.value.fix == "there are csv, parquet, xlsx"
