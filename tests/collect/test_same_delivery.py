"""The same delivery under two names is taken once, and it is said; two deliveries that look alike are two."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from pricewatch.collect import Delivery, collect, read_landing, read_refused
from pricewatch.workspace.config import Source

NIGHT = date(2026, 3, 13)
HEADER = "location;external_id;price_text\n"


def night_of(root: Path, files: dict[str, str]) -> Delivery:
    (root / "inbox").mkdir()
    for name, text in files.items():
        (root / "inbox" / name).write_text(text)
    source = Source.model_validate(
        {
            "id": "tills",
            "importer": "table_file",
            "market": "us",
            "channel": "store",
            "files": "inbox/*.csv",
            "layout": {"separator": ";"},
        }
    )
    read_at = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)
    (delivery,) = collect(root, root / "landing", [source], NIGHT, observed_at=read_at, spiders=root / "spiders")
    return delivery


def prices(root: Path) -> list[tuple[str, str]]:
    return read_landing(root / "landing", NIGHT, "tills").select("location", "price_text").collect().rows()


def refused(root: Path) -> list[tuple[str, str]]:
    return read_refused(root / "landing", NIGHT, "tills").select("source_ref", "reason").collect().rows()


def test_the_same_file_under_another_name_is_taken_once_and_named(tmp_path):
    rows = HEADER + "".join(f"0417;P{number};9.99\n" for number in range(10))
    delivery = night_of(tmp_path, {"0417.csv": rows, "0417 (1).csv": rows})
    assert (delivery.status, delivery.rows, delivery.refused, delivery.files) == ("complete", 10, 1, 1)
    assert refused(tmp_path) == [("inbox/0417.csv", "the same delivery as inbox/0417 (1).csv, byte for byte: taken once")]


def test_files_of_one_size_that_differ_are_all_taken(tmp_path):
    delivery = night_of(tmp_path, {"a.csv": HEADER + "0417;P1;9.99\n", "b.csv": HEADER + "0418;P1;8.99\n"})
    assert (delivery.status, delivery.rows, delivery.refused, delivery.files) == ("complete", 2, 0, 2)
    assert prices(tmp_path) == [("0417", "9.99"), ("0418", "8.99")]


def test_a_bad_file_that_came_twice_is_no_delivery_that_was_taken(tmp_path):
    delivery = night_of(tmp_path, {"a.csv": "", "b.csv": "", "c.csv": HEADER + "0417;P1;9.99\n"})
    assert (delivery.status, delivery.rows, delivery.refused, delivery.files) == ("degraded", 1, 0, 1)
    assert delivery.problem.startswith("2 of 3 files refused")
