"""What a night's sources deliver: files that come, come late, come broken or thin; and what has landed afterwards."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from pricewatch.collect import Delivery, collect, deliveries, read_landing, read_refused
from pricewatch.collect.landing import Landing
from pricewatch.domain import tables
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

NIGHT = date(2026, 3, 13)
READ = datetime(2026, 3, 13, 23, 15, tzinfo=timezone(timedelta(hours=1)))


def tills(**changes: object) -> Source:
    values = {
        "id": "tills",
        "importer": "table_file",
        "market": "us",
        "channel": "store",
        "files": "inbox/{night}/tills/*.csv*",
        "layout": {"separator": ";", "trailer": {"starts_with": "END", "count_at": 2}},
    }
    return Source.model_validate(values | changes)


def till_file(root: Path, store: str, lines: int, said: int | None = None) -> None:
    folder = root / "inbox" / "2026-03-13" / "tills"
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"{store};P{number};{number}.99\n" for number in range(lines))
    text = f"location;external_id;price_text\n{rows}END;{lines if said is None else said}\n"
    (folder / f"{store}.csv.gz").write_bytes(gzip.compress(text.encode()))


def night_of(root: Path, *sources: Source, **more: object) -> list[Delivery]:
    return collect(root, root / "landing", sources, NIGHT, observed_at=READ, spiders=root / "spiders", **more)


def landed(root: Path, source: str = "tills") -> pl.DataFrame:
    return read_landing(root / "landing", NIGHT, source).collect()


def names_in(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "landing" / "2026-03-13").iterdir())


def test_the_files_of_a_night_land_as_one_delivery_with_every_rows_file_and_line(tmp_path):
    till_file(tmp_path, "0417", 2)
    till_file(tmp_path, "0418", 1)
    (delivery,) = night_of(tmp_path, tills())
    assert (delivery.status, delivery.problem, delivery.rows, delivery.refused, delivery.files) == ("complete", None, 3, 0, 2)
    assert delivery.started_at == READ
    assert delivery.started_at.tzinfo is UTC
    rows = landed(tmp_path)
    assert rows.schema == tables.schema("raw")
    assert rows["source_ref"].to_list() == [
        "inbox/2026-03-13/tills/0417.csv.gz:2",
        "inbox/2026-03-13/tills/0417.csv.gz:3",
        "inbox/2026-03-13/tills/0418.csv.gz:2",
    ]
    assert rows["location"].to_list() == ["0417", "0417", "0418"]
    assert set(rows["collected_at"]) == {"2026-03-13T22:15:00+00:00"}
    assert rows["observed_at"].null_count() == 3
    assert names_in(tmp_path) == ["tills.json", "tills.parquet"]


def test_one_stores_half_written_file_refuses_that_file_only(tmp_path):
    till_file(tmp_path, "0417", 2)
    till_file(tmp_path, "0418", 1204, said=1980)
    (delivery,) = night_of(tmp_path, tills())
    assert (delivery.status, delivery.rows, delivery.files) == ("degraded", 2, 1)
    assert delivery.problem == (
        "1 of 2 files refused: inbox/2026-03-13/tills/0418.csv.gz: "
        "ends after 1 204 rows, its trailer says 1 980; nothing was imported"
    )
    assert delivery.fix == "have it sent again, then run: pricewatch collect tills --night 2026-03-13"
    assert set(landed(tmp_path)["location"]) == {"0417"}


def test_a_delivery_whose_every_file_is_bad_failed_and_many_problems_are_told_in_part(tmp_path):
    for store in range(5):
        till_file(tmp_path, f"000{store}", 1, said=2)
    (delivery,) = night_of(tmp_path, tills())
    assert (delivery.status, delivery.rows) == ("failed", 0)
    assert delivery.problem.startswith("5 of 5 files refused: inbox/2026-03-13/tills/0000.csv.gz: ends after 1 rows")
    assert delivery.problem.endswith("; and 2 more")
    assert landed(tmp_path).is_empty()


def test_a_required_source_without_files_failed_and_another_one_is_missing(tmp_path):
    failed, missing = night_of(tmp_path, tills(), tills(id="labels", required=False))
    assert (failed.status, failed.problem) == ("failed", "no file matches inbox/2026-03-13/tills/*.csv*")
    assert failed.fix == "have it sent, then run: pricewatch collect tills --night 2026-03-13"
    assert (missing.status, missing.problem, missing.rows) == ("missing", None, 0)
    assert landed(tmp_path, "labels").is_empty()


def test_a_file_that_is_still_being_sent_is_no_file_yet(tmp_path):
    till_file(tmp_path, "0417", 1)
    folder = tmp_path / "inbox" / "2026-03-13" / "tills"
    (folder / "0418.csv.part").write_text("location;ex")
    (folder / ".0419.csv").write_text("location;ex")
    (delivery,) = night_of(tmp_path, tills())
    assert (delivery.status, delivery.rows) == ("complete", 1)


def test_fewer_than_half_of_the_usual_rows_is_a_degraded_delivery(tmp_path):
    till_file(tmp_path, "0417", 49)
    (delivery,) = night_of(tmp_path, tills(expect_rows=100))
    assert (delivery.status, delivery.rows, delivery.expected_rows) == ("degraded", 49, 100)
    assert delivery.problem == "49 rows, fewer than half of the 100 of a normal night"
    till_file(tmp_path, "0417", 50)
    (delivery,) = night_of(tmp_path, tills(expect_rows=100))
    assert (delivery.status, delivery.problem) == ("complete", None)


def test_refused_lines_are_kept_with_their_reason_and_many_of_them_degrade_the_delivery(tmp_path):
    (tmp_path / "prices.csv").write_text("sku,price_text\nA1,1\nA2\nA3,3\nA4,4,4\n")
    (delivery,) = night_of(tmp_path, tills(files="prices.csv", layout={}))
    assert (delivery.status, delivery.rows, delivery.refused) == ("degraded", 2, 2)
    assert delivery.problem == "2 of 4 refused"
    refused = read_refused(tmp_path / "landing", NIGHT, "tills").collect()
    assert refused.schema == tables.schema("quarantine")
    assert refused.rows() == [
        ("tills", "prices.csv:3", "offers", "1 field where the header has 2", '{"line":"A2"}'),
        ("tills", "prices.csv:5", "offers", "3 fields where the header has 2", '{"line":"A4,4,4"}'),
    ]


def test_central_files_land_under_our_names_and_keep_their_further_columns(tmp_path):
    (tmp_path / "list.csv").write_text("artikel;list_price;valid_from;remark\nS1;2,99;2026-03-01;x\n")
    layout = {"separator": ";", "columns": {"sku": "artikel"}}
    (delivery,) = night_of(tmp_path, tills(files="list.csv", feeds="price_list", channel=None, layout=layout))
    assert (delivery.status, delivery.feeds, delivery.channel) == ("complete", "price_list", None)
    assert landed(tmp_path).to_dicts() == [
        {
            "source": "tills",
            "source_ref": "list.csv:2",
            "collected_at": "2026-03-13T22:15:00+00:00",
            "sku": "S1",
            "list_price": "2,99",
            "valid_from": "2026-03-01",
            "remark": "x",
        }
    ]


def test_history_lands_with_since_and_until(tmp_path):
    (tmp_path / "history.csv").write_text("external_id,price_text,since,until\n1,2.99,2026-03-01,2026-03-08\n")
    night_of(tmp_path, tills(files="history.csv", feeds="history", layout={}))
    rows = landed(tmp_path)
    assert rows.columns == [*tables.schema("raw"), "since", "until"]
    assert rows["until"].to_list() == ["2026-03-08"]


def test_files_of_one_source_may_differ_in_their_further_columns(tmp_path):
    (tmp_path / "a1.csv").write_text("sku,list_price,valid_from\nS1,1,2026-03-01\n")
    (tmp_path / "a2.csv").write_text("valid_from,sku,list_price,remark\n2026-03-01,S2,2,x\n")
    night_of(tmp_path, tills(files="a*.csv", feeds="price_list", layout={}))
    assert landed(tmp_path).select("sku", "list_price", "remark").rows() == [("S1", "1", None), ("S2", "2", "x")]


def test_sources_come_back_in_the_order_asked_and_progress_is_told(tmp_path):
    till_file(tmp_path, "0417", 3)
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    told: list[tuple[str, int]] = []
    sources = [tills(id="b"), tills(id="a", files="bad.csv"), tills(id="c")]
    got = night_of(tmp_path, *sources, on_progress=lambda source, rows: told.append((source, rows)), workers=2)
    assert [(each.source, each.status) for each in got] == [("b", "complete"), ("a", "failed"), ("c", "complete")]
    assert sorted(told) == [("b", 3), ("c", 3)]
    assert [each.source for each in deliveries(tmp_path / "landing", NIGHT)] == ["a", "b", "c"]
    assert deliveries(tmp_path / "landing", date(2026, 3, 14)) == []


def test_a_second_collection_that_fails_leaves_no_rows_of_the_first(tmp_path):
    till_file(tmp_path, "0417", 2)
    night_of(tmp_path, tills())
    till_file(tmp_path, "0417", 2, said=9)
    night_of(tmp_path, tills())
    assert landed(tmp_path).is_empty()
    assert names_in(tmp_path) == ["tills.json"]


def test_the_same_files_land_the_same_bytes(tmp_path):
    till_file(tmp_path, "0417", 50)
    till_file(tmp_path, "0418", 50)
    landing = tmp_path / "landing" / "2026-03-13" / "tills.parquet"
    night_of(tmp_path, tills())
    first = landing.read_bytes()
    night_of(tmp_path, tills())
    assert landing.read_bytes() == first


@pytest.mark.parametrize("spill", [1, 60, 1_000])
def test_rows_land_the_same_however_often_they_went_to_the_disk_before(tmp_path, monkeypatch, spill):
    monkeypatch.setattr("pricewatch.collect.landing._SPILL", spill)
    for store in ("0417", "0418"):
        till_file(tmp_path, store, 50)
    night_of(tmp_path, tills())
    assert landed(tmp_path).height == 100
    assert landed(tmp_path)["location"].to_list() == ["0417"] * 50 + ["0418"] * 50
    assert names_in(tmp_path) == ["tills.json", "tills.parquet"]


def test_what_landed_before_a_column_was_known_is_read_with_that_column_empty(tmp_path):
    till_file(tmp_path, "0417", 3)
    night_of(tmp_path, tills())
    now = landed(tmp_path)
    now.drop("quantity", "paid_text", "buy_box").write_parquet(tmp_path / "landing" / "2026-03-13" / "tills.parquet")
    assert landed(tmp_path).equals(now)


def test_a_night_that_was_not_collected_says_how_to_collect_it(tmp_path):
    with pytest.raises(SourceError, match="nothing was collected for 2026-03-13") as raised:
        read_landing(tmp_path / "landing", NIGHT, "tills")
    assert raised.value.fix == "pricewatch collect tills --night 2026-03-13"


def test_what_a_kill_left_behind_is_no_delivery_and_is_cleared_away(tmp_path):
    """A kill at any moment before the record is renamed: staging, or rows without their record."""
    folder = tmp_path / "landing" / "2026-03-13"
    (folder / "tills.part").mkdir(parents=True)
    (folder / "tills.part" / "kept-00001.parquet").write_bytes(b"half")
    (folder / "tills.parquet").write_bytes(b"rows whose record never came")
    (folder / "tills.json.part").write_text("{")
    assert deliveries(tmp_path / "landing", NIGHT) == []
    till_file(tmp_path, "0417", 1)
    (delivery,) = night_of(tmp_path, tills())
    assert (delivery.status, landed(tmp_path).height) == ("complete", 1)
    assert names_in(tmp_path) == ["tills.json", "tills.parquet"]


def test_nothing_is_seen_before_a_landing_is_closed(tmp_path):
    with Landing(tmp_path, NIGHT, "tills", "offers") as place:
        place.add(pl.DataFrame({"source_ref": ["x:1"], "sku": ["A1"]}), collected_at="2026-03-13T22:15:00+00:00")
        assert deliveries(tmp_path, NIGHT) == []
    assert list((tmp_path / "2026-03-13").iterdir()) == []


def test_a_landing_folder_that_can_not_be_written_is_a_failed_delivery_too(tmp_path):
    till_file(tmp_path, "0417", 1)
    (tmp_path / "landing").write_text("a file where a folder should be")
    (delivery,) = night_of(tmp_path, tills())
    assert (delivery.status, delivery.rows) == ("failed", 0)
    assert "the landing folder can't be written" in delivery.problem


def test_an_unknown_importer_fails_its_source_only(tmp_path):
    till_file(tmp_path, "0417", 1)
    failed, good = night_of(tmp_path, tills(id="x", importer="tabel_file"), tills())
    assert "there is no importer 'tabel_file'" in failed.problem
    assert good.status == "complete"


def test_the_record_of_a_delivery_is_json_that_anybody_reads(tmp_path):
    till_file(tmp_path, "0417", 1)
    (delivery,) = night_of(tmp_path, tills())
    record = json.loads((tmp_path / "landing" / "2026-03-13" / "tills.json").read_text())
    assert record["night"] == "2026-03-13"
    assert record["started_at"] == "2026-03-13T22:15:00+00:00"
    assert deliveries(tmp_path / "landing", NIGHT) == [delivery]


def test_an_instant_without_a_zone_is_the_callers_mistake(tmp_path):
    with pytest.raises(ValueError, match="observed_at has no time zone"):
        collect(tmp_path, tmp_path, [], NIGHT, observed_at=datetime(2026, 3, 13), spiders=tmp_path)  # noqa: DTZ001
