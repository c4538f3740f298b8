"""What the cases in pricat/ do not show: any bytes, any text in an interchange, and texts that look like UNA."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import altered, good_files, mutated

from pricewatch.collect.edifact import interchange
from pricewatch.collect.importers import Reading, read_file
from pricewatch.collect.importers.pricat import pricat
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

GOOD = good_files(Path(__file__).parent / "pricat")


def read(folder: Path, data: bytes, feeds: str = "price_list", **declared: object) -> Reading:
    values = {"id": "supplier", "importer": "pricat", "market": "fr", "files": "*", "currency": "EUR", "feeds": feeds}
    path = folder / "pricat.edi"
    path.write_bytes(data)
    return read_file(path, path.name, Source.model_validate(values | {"options": {"zone": "national"}} | declared))


def test_it_knows_a_price_catalogue_by_its_message_or_its_name():
    known = pricat.__dict__["importer"].recognises
    assert known("0417.edi", b"UNB+UNOC:3+1+2'UNH+1+PRICAT:D:01B:UN'")
    assert known("pricat_1872_lego.csv.gz", b"\x1f\x8b")
    assert not known("orders.edi", b"UNH+1+ORDERS:D:96A:UN'")


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=80) | mutated(GOOD) | altered(GOOD), feeds=st.sampled_from(["price_list", "products"]))
def test_whatever_bytes_arrive_they_are_read_or_refused_in_words(tmp_path_factory, data, feeds):
    said = "pricat.edi"
    try:
        read(tmp_path_factory.mktemp("pricat"), data, feeds)
    except SourceError as error:
        said = str(error)
    assert said.startswith("pricat.edi")


PART = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), max_size=8)
SEGMENTS = st.lists(st.lists(st.lists(PART, min_size=1, max_size=4), min_size=1, max_size=4), max_size=6)


def escaped(text: str) -> str:
    """ISO 9735: the release character before each of the four."""
    return "".join("?" + char if char in ":+?'" else char for char in text)


def trimmed(parts: list[str]) -> list[str]:
    """Empty components at an element's end need not be written, so they are not there."""
    while len(parts) > 1 and not parts[-1]:
        parts = parts[:-1]
    return parts


@settings(max_examples=200, deadline=None)
@given(segments=SEGMENTS, ends=st.sampled_from(["", "\n", "\r\n"]))
def test_any_text_written_as_segments_is_read_back_with_its_line(segments, ends):
    body = ["+".join(["FTX", *(":".join(map(escaped, trimmed(parts))) for parts in elements)]) for elements in segments]
    lines = ["UNB+UNOY:4+A+B+260105:0700+1", "UNH+1+PRICAT:D:01B:UN", *body, f"UNT+{len(body) + 2}+1", "UNZ+1+1"]
    found = list(interchange("".join(f"{line}'{ends}" for line in lines).encode(), "x.edi", "PRICAT", None))[1:-1]
    assert [segment.line for segment in found] == [number if ends else 1 for number in range(3, len(body) + 3)]
    read_back = [[trimmed(list(parts)) for parts in segment.elements] for segment in found]
    assert read_back == [[trimmed(parts) for parts in elements] for elements in segments]


def test_a_text_that_looks_like_una_changes_no_separators(tmp_path):
    text = "UNB+UNOC:3+A+B+260105:0700+1'UNH+1+PRICAT:D:01B:UN'DTM+7:20260101:102'CUX+2:EUR:8'LIN+1++96385074:EN'"
    text += "IMD+F++:::THE ?'UNAVOIDABLE?' GAME'PRI+AAE:9.99'UNT+7+1'UNZ+1+1'"
    assert read(tmp_path, text.encode()).rows["list_price"].to_list() == ["9.99"]


@pytest.mark.parametrize("currency", [None, "CHF"])
def test_a_catalogue_in_another_currency_than_declared_is_never_a_price_list(tmp_path, currency):
    data = (Path(__file__).parent / "pricat" / "pricat_list_prices.edi").read_bytes()
    with pytest.raises(SourceError, match="is in EUR, its source declares"):
        read(tmp_path, data, currency=currency)
