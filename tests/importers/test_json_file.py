"""Answers kept in files: whatever the bytes are, offers or words, never a traceback; and a night that judges them."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricewatch.collect.importers import read_file
from pricewatch.collect.importers.json_file import json_file
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

GOOD = (Path(__file__).parent / "json_file" / "amazon_offers.json").read_bytes()


def source(**options: object) -> Source:
    return Source(id="amazon", importer="json_file", market="de", channel="amazon", files="*", options=options)


def survives(path: Path, data: bytes, declared: Source) -> None:
    path.write_bytes(data)
    with suppress(SourceError):
        reading = read_file(path, path.name, declared)
        assert reading.seen == reading.rows.height + reading.refused.height


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), lines=st.booleans(), suffix=st.sampled_from([".json", ".jsonl.gz"]))
def test_any_bytes_are_offers_or_words(tmp_path: Path, data: bytes, lines: bool, suffix: str):
    survives(tmp_path / f"x{suffix}", data, source(profile="amazon_offers", lines=lines))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(GOOD) - 1), byte=st.binary(max_size=3), cut=st.integers(0, 40))
def test_a_mutated_file_is_offers_or_words(tmp_path: Path, at: int, byte: bytes, cut: int):
    survives(tmp_path / "x.json", GOOD[:at] + byte + GOOD[at + cut :], source(profile="amazon_offers"))


def test_of_a_file_the_day_counts_on_which_it_was_written(tmp_path: Path):
    file = tmp_path / "magento.json"
    special = [
        {"attribute_code": "special_price", "value": "5.00"},
        {"attribute_code": "special_to_date", "value": "2026-03-13 00:00:00"},
    ]
    file.write_text(json.dumps({"items": [{"sku": "A1", "type_id": "simple", "price": 9, "custom_attributes": special}]}))
    prices = []
    for written in (datetime(2026, 3, 13, 22, 30, tzinfo=UTC), datetime(2026, 3, 13, 23, 30, tzinfo=UTC)):
        os.utime(file, (written.timestamp(), written.timestamp()))
        prices += json_file(file, file.name, source(profile="magento", zone="Europe/Paris")).rows["price_text"].to_list()
    assert prices == ["5.00", "9"]  # half past midnight in Paris is the next day


def test_an_answer_too_large_to_hold_is_refused_with_the_mend(tmp_path: Path):
    file = tmp_path / "large.json"
    file.write_bytes(b" " * (65 * 2**20))
    with pytest.raises(SourceError, match="holds an answer of 65 MiB, more than 64") as told:
        json_file(file, file.name, source(profile="amazon_offers"))
    assert "options: lines" in told.value.fix
