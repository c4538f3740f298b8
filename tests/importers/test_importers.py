"""Importer cases: `<importer>/<case>.<ext>`, beside it `<case>.source.yaml` (what its source declares), `<case>.expected.csv`."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pricewatch.collect.importers import Reading, read_file, registry
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.glob("*/*.*") if not path.name.endswith((".source.yaml", ".expected.csv", ".py")))


def source_of(importer: str, **declared: object) -> Source:
    values = {"id": "case", "importer": importer, "market": "us", "channel": "store", "files": "*"}
    return Source.model_validate(values | declared)


def beside(case: Path, suffix: str) -> Path:
    return case.with_name(case.name.partition(".")[0] + suffix)


def as_csv(case: Path) -> str:
    """What a case gives: its rows, then its refused rows; or the message when the whole file is refused."""
    source = source_of(case.parent.name, **YAML(typ="safe").load(beside(case, ".source.yaml")))
    try:
        reading = read_file(case, case.name, source)
    except SourceError as error:
        return f"error\n{error}\n" + (f"fix: {error.fix}\n" if error.fix else "")
    assert set(reading.rows.dtypes) == {pl.String}
    told = reading.rows.select("source_ref", pl.exclude("source_ref")).write_csv()
    return told + (reading.refused.write_csv() if reading.refused.height else "")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_file_gives_the_rows_written_beside_it(case: Path):
    assert as_csv(case) == beside(case, ".expected.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", [case for case in CASES if case.parent.name == "table_file"], ids=lambda path: path.name)
def test_how_many_records_are_parsed_at_once_changes_nothing(case: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pricewatch.collect.delimited._AT_ONCE", 1)
    assert as_csv(case) == beside(case, ".expected.csv").read_text(encoding="utf-8")


def test_every_importer_has_cases_and_recognises_its_own_files():
    assert set(registry()) == {path.parent.name for path in CASES}
    for case in CASES:
        assert registry()[case.parent.name].recognises(case.name, b"x")


def test_an_unknown_importer_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(SourceError, match="there is no importer 'tabel_file'") as raised:
        read_file(tmp_path / "x.csv", "x.csv", source_of("tabel_file"))
    assert "table_file" in raised.value.fix


def read_bytes(folder: Path, data: bytes, name: str = "x.csv", **layout: object) -> Reading:
    path = folder / name
    path.write_bytes(data)
    return read_file(path, name, source_of("table_file", layout=layout))


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)
TABLE = st.lists(st.tuples(st.text("0123456789AB", min_size=1, max_size=8), CELL, CELL), max_size=12)
WRITTEN = {"separator": st.sampled_from(",;|\t"), "ends": st.sampled_from(["\n", "\r\n"]), "always": st.booleans()}


def tidied(cell: str) -> str | None:
    """Blanks around a cell do not count; an empty cell is null. What is blank, Polars says: Python adds U+001C to U+001F."""
    return pl.Series([cell]).str.strip_chars()[0] or None


@settings(max_examples=150, deadline=None)
@given(table=TABLE, **WRITTEN)
def test_any_table_written_as_csv_is_read_back(tmp_path_factory, table, separator, ends, always):
    out = io.StringIO()
    rules = csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=separator, lineterminator=ends, quoting=rules)
    writer.writerows([("sku", "price_text", "name"), *table])
    reading = read_bytes(tmp_path_factory.mktemp("csv"), out.getvalue().encode(), separator=separator)
    assert reading.refused.is_empty()
    rows = list(reading.rows.select("sku", "price_text", "name", "source_ref").iter_rows())
    assert rows == [(sku, tidied(price), tidied(name), f"x.csv:{at}") for at, (sku, price, name) in enumerate(table, start=2)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.text("0123456789AB", min_size=1, max_size=8), CELL, CELL), min_size=1, max_size=12))
def test_any_table_written_in_fixed_width_is_read_back(tmp_path_factory, table):
    text = "".join(f"{sku:<8}{price:>12}{name:<12}\n" for sku, price, name in table)
    columns = {"sku": {"start": 1, "width": 8}, "price_text": {"start": 9, "width": 12}, "name": {"start": 21, "width": 12}}
    folder = tmp_path_factory.mktemp("fixed")
    reading = read_bytes(folder, text.encode(), format="fixed", header=False, columns=columns)
    assert reading.refused.is_empty()
    assert list(reading.rows.select("sku", "price_text", "name").iter_rows()) == [
        (sku, tidied(price), tidied(name)) for sku, price, name in table
    ]


@settings(max_examples=300, deadline=None)
@given(st.text("a,;\"'\n\r \t1é", max_size=80), st.sampled_from(['"', "'", None]))
def test_whatever_stands_in_a_file_no_row_is_lost_and_no_other_error_is_raised(tmp_path_factory, text, quote):
    """`read_file` asserts that rows in = rows out + refused."""
    said, reading = "", None
    try:
        reading = read_bytes(tmp_path_factory.mktemp("any"), f"sku,price_text\n{text}".encode(), quote=quote)
    except SourceError as error:
        said = str(error)
    assert "x.csv" in said or reading is not None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(["csv", "excel", "parquet", "fixed"]), st.booleans())
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, kind, packed):
    columns = {"sku": {"start": 1, "width": 2}, "price_text": {"start": 3, "width": 2}} if kind == "fixed" else {}
    name = "x.csv.gz" if packed else "x.csv"
    said = name
    try:
        read_bytes(tmp_path_factory.mktemp("bytes"), gzip.compress(data) if packed else data, name, format=kind, columns=columns)
    except SourceError as error:
        said = str(error)
    assert said.startswith(name)


def test_a_stray_quote_never_swallows_the_lines_after_it(tmp_path):
    lines = [f"A{number},{number}.00,plain" for number in range(2000)]
    lines[10] = 'A10,10.00,"opened'
    lines[900] = 'A900,900.00,closed"'
    reading = read_bytes(tmp_path, "\n".join(["sku,price_text,name", *lines]).encode())
    assert (reading.rows.height, reading.refused.height) == (1998, 2)
    assert reading.refused["source_ref"].to_list() == ["x.csv:12", "x.csv:902"]
