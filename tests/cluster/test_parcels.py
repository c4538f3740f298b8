"""What goes over the border of a process: laid out once, read by equal versions, the same when it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain.errors import UserError
from pricewatch.runs.buckets import cut
from pricewatch.runs.parcels import ANSWER, audit_bucket, in_order, posted, unpack
from tests.cluster.nights import judged_as_here, work

pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The planted night, laid out in a folder."""
    with posted(work(), str(tmp_path_factory.mktemp("work"))) as laid_out:
        yield laid_out


def answers(place: str) -> Iterator[tuple[int, bytes]]:
    """Of all buckets, the last one first."""
    return ((number, audit_bucket(place, number)) for number in reversed(range(len(work().ranges))))


def test_a_bucket_comes_back_as_it_was_judged(place: str) -> None:
    judged_as_here(in_order(answers(place), len(work().ranges)))


def test_every_answer_has_the_same_columns(place: str) -> None:
    assert pl.read_ipc_stream(audit_bucket(place, 0)).schema == ANSWER


def test_a_bucket_reads_its_own_files_and_no_others(place: str, tmp_path: Path) -> None:
    copy = tmp_path / "one"
    copy.mkdir()
    for file in Path(place).iterdir():
        if file.name.startswith("00001.") or not file.name[0].isdigit():
            (copy / file.name).write_bytes(file.read_bytes())
    assert unpack(audit_bucket(str(copy), 1)).judged_by == unpack(audit_bucket(place, 1)).judged_by
    with pytest.raises(UserError, match=r"a worker can't read '00000\.offers\.parquet'"):
        audit_bucket(str(copy), 0)


def test_a_night_laid_out_by_another_version_is_refused(place: str, tmp_path: Path) -> None:
    about = json.loads((Path(place) / "about.json").read_bytes())
    (tmp_path / "about.json").write_text(json.dumps(about | {"polars": "1.0.0"}))
    (tmp_path / "brief.pickle").write_bytes(b"never read")
    with pytest.raises(UserError, match=r"laid out by other versions than this worker's: polars 1\.0\.0 there"):
        audit_bucket(str(tmp_path), 0)


def test_a_folder_that_a_worker_can_not_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere: a worker can't read 'about.json'"):
        audit_bucket(str(tmp_path / "nowhere"), 0)


def test_the_work_of_a_night_may_lie_at_a_url() -> None:
    with posted(work(), "memory://ours/work") as place:
        judged_as_here(in_order(answers(place), len(work().ranges)))


def test_a_url_that_nothing_here_can_read_is_told() -> None:
    with pytest.raises(UserError, match="can't be reached"):
        audit_bucket("carrier-pigeon://ours/work", 0)


def test_a_bucket_that_is_answered_twice_or_never_is_our_mistake(place: str) -> None:
    answer = audit_bucket(place, 0)
    with pytest.raises(RuntimeError, match="bucket 0 was answered twice"):
        in_order([(0, answer), (0, answer)], 1)
    with pytest.raises(RuntimeError, match=r"without an answer: \[1\]"):
        in_order([(0, answer)], 2)


@given(
    st.lists(st.integers(0, 60), max_size=80),
    st.integers(1, 30),
    st.integers(0, 5),
)
def test_buckets_hold_every_product_once_and_about_as_many_offers(shown: list[int], rows: int, unseen: int) -> None:
    """Products that nobody showed belong to a bucket too: what is missing is found there."""
    offers = pl.LazyFrame({"item": sorted(shown)}, schema={"item": pl.Int32})
    items = pl.DataFrame({"item": range(max(shown, default=0) + 1 + unseen)}, schema={"item": pl.Int32})
    ranges = cut(offers, items, rows)
    assert [item for first, last in ranges for item in range(first, last + 1)] == items["item"].to_list()
    held = [[item for item in shown if first <= item <= last] for first, last in ranges]
    most = max((shown.count(item) for item in shown), default=0)
    assert all(len(bucket) < rows + most for bucket in held)
    assert all(held) or not shown
