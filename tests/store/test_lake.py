"""The lake in a real folder: what a night leaves, what running it again changes, and what kill -9 and a full disk do not."""

import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine.earlier import seeded
from pricewatch.engine.history import extend_history
from pricewatch.engine.world import ITEMS, PLACES
from pricewatch.store.lake import Lake

ITEM_CODES = pl.DataFrame({"item": range(10), "sku": [f"A{number}" for number in range(10)]}, schema=ITEMS)
PLACE_CODES = pl.DataFrame([(0, "us", "store", "0417"), (1, "us", "web", None)], schema=PLACES, orient="row")
REFUSED = pl.DataFrame(
    [("tills", "a.csv:7", "offers", "price_text 'abc' is no amount", None)], tables.schema("quarantine"), orient="row"
)
UNMATCHED = pl.DataFrame({"source": ["app"], "external_id": ["4711"], "reason": ["not in the catalogue"]})


def march(day: int) -> date:
    return date(2026, 3, 1) + timedelta(day - 1)


def offers_of(night: date, *prices: int, first_item: int = 0) -> pl.DataFrame:
    """One offer an item in place 0, observed in the evening of the night; items count up from `first_item`."""
    quiet = {pl.String(): "x", pl.Int64(): 1, pl.Int32(): 0, pl.Boolean(): True, tables.UTC: None}
    schema = tables.schema("offers")
    seen = datetime(night.year, night.month, night.day, 21, tzinfo=UTC)
    known = {"seller": None, "surface": "till", "was_price": None, "member_price": None, "observed_at": seen, "leading": True}
    default = {name: quiet[dtype] for name, dtype in schema.items()} | known
    rows = [default | {"item": first_item + item, "price": price} for item, price in enumerate(prices)]
    return pl.DataFrame(rows, schema=schema)


def told_of(item: int, price: int) -> pl.DataFrame:
    """What an export says of an item in place 0: its price in all of February."""
    row = (item, 0, None, price, None, None, datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC))
    return pl.DataFrame([row], schema=tables.schema("history"), orient="row")


def keep(lake: Lake, night: date, *prices: int, told: pl.DataFrame | None = None) -> None:
    """What the nightly run does."""
    offers = offers_of(night, *prices)
    known = lake.history(before=night)
    lake.write_night(
        night,
        offers=offers,
        quarantine=REFUSED,
        unmatched=UNMATCHED,
        items=ITEM_CODES,
        places=PLACE_CODES,
        history=extend_history(known if told is None else seeded(known, told.lazy()), offers),
        told=told,
    )


def replayed(lake: Lake, before: date | None = None) -> pl.DataFrame:
    """History made from nothing but the offers that are kept, and what was told."""
    history = tables.empty("history").lazy()
    for night in lake.nights():
        if before is None or night < before:
            history = extend_history(seeded(history, lake.told(night)), lake.offers(night))
    return history.collect()


def contents(lake: Lake) -> dict[str, bytes]:
    return {str(file.relative_to(lake.folder)): file.read_bytes() for file in lake.folder.rglob("*") if file.is_file()}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "data" / "lake")


def test_before_the_first_night_there_is_nothing_and_no_folder(lake):
    assert lake.nights() == []
    assert lake.items().schema == pl.Schema(ITEMS)
    assert lake.places().schema == pl.Schema(PLACES)
    assert_frame_equal(lake.history().collect(), tables.empty("history"))
    assert not lake.folder.exists()


def test_a_night_comes_back_as_it_was_kept_sorted_by_item_and_place(lake):
    offers = pl.concat([offers_of(march(1), 300, first_item=5), offers_of(march(1), 100, 200)])
    history = extend_history(lake.history(before=march(1)), offers)
    codes = {"items": ITEM_CODES.reverse(), "places": PLACE_CODES}
    lake.write_night(march(1), offers=offers, quarantine=REFUSED, unmatched=UNMATCHED, history=history, **codes)
    assert lake.nights() == [march(1)]
    assert lake.offers(march(1)).select("item", "price").collect().rows() == [(0, 100), (1, 200), (5, 300)]
    assert lake.offers(march(1)).collect_schema() == tables.schema("offers")
    assert_frame_equal(lake.quarantine(march(1)).collect(), REFUSED)
    assert_frame_equal(lake.unmatched(march(1)).collect(), UNMATCHED)
    assert_frame_equal(lake.items(), ITEM_CODES)
    assert_frame_equal(lake.places(), PLACE_CODES)
    assert lake.history().select("item", "price").collect().rows() == [(0, 100), (1, 200), (5, 300)]


def test_a_night_kept_twice_changes_nothing(lake):
    keep(lake, march(1), 100)
    keep(lake, march(2), 200)
    once = contents(lake)
    keep(lake, march(2), 200)
    assert contents(lake) == once


def test_a_night_run_again_does_not_see_itself(lake):
    keep(lake, march(1), 100)
    keep(lake, march(2), 999)
    assert lake.history(before=march(2)).select("price").collect().rows() == [(100,)]
    keep(lake, march(2), 200)
    assert lake.history().select("price").collect().rows() == [(100,), (200,)]
    assert lake.history(before=march(1)).collect().is_empty()


def test_an_old_night_corrected_is_seen_by_the_nights_after_it(lake):
    for day, price in enumerate([100, 999, 200, 200], start=1):
        keep(lake, march(day), price)
    keep(lake, march(2), 100)
    told = lake.history().select("price", pl.col("since").dt.day(), pl.col("until").dt.day()).collect()
    assert told.rows() == [(100, 1, 2), (200, 3, 4)]


def test_prices_told_on_a_night_outlive_the_correction_of_an_earlier_night(lake):
    keep(lake, march(1), 100)
    keep(lake, march(2), 100)
    keep(lake, march(3), 100, 300, told=pl.concat([told_of(0, 1), told_of(1, 300)]))
    keep(lake, march(2), 200)
    assert lake.told(march(3)).collect().height == 2
    told = lake.history().select("item", "price", pl.col("since").dt.to_string("%m-%d")).collect()
    assert told.rows() == [(0, 100, "03-01"), (0, 200, "03-02"), (0, 100, "03-03"), (1, 300, "02-01")]


plays = st.tuples(st.integers(1, 40), st.sampled_from([100, 200]), st.sampled_from([None, 0, 1]))


@settings(max_examples=15, deadline=None)
@given(played=st.lists(plays, max_size=6), asked=st.integers(1, 41))
def test_whatever_order_nights_are_run_in_history_is_what_their_offers_say(tmp_path_factory, played, asked):
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for day, price, item in played:
        keep(lake, march(day), price, told=None if item is None else told_of(item, price))
    assert_frame_equal(lake.history().collect(), replayed(lake))
    assert_frame_equal(lake.history(before=march(asked)).collect(), replayed(lake, before=march(asked)))


def test_the_last_three_histories_are_kept_and_the_last_of_each_month(lake):
    for day in (1, 2, 31, 32, 33, 34, 35):
        keep(lake, march(day), 100)
    kept = sorted(file.stem for file in (lake.folder / "history").iterdir())
    assert kept == ["2026-03-31", "2026-04-02", "2026-04-03", "2026-04-04"]
    assert len(lake.nights()) == 7


def test_files_of_others_are_no_nights(lake):
    keep(lake, march(1), 100)
    (lake.folder / "offers" / "copy of friday.parquet").write_bytes(b"")
    assert lake.nights() == [march(1)]


def test_a_night_that_is_not_kept_is_told_with_those_that_are(lake):
    with pytest.raises(UserError, match="there is no night yet"):
        lake.offers(march(1))
    keep(lake, march(1), 100)
    keep(lake, march(3), 100)
    with pytest.raises(UserError, match="nothing is kept of 2026-03-02; there are 2 nights, 2026-03-01 to 2026-03-03"):
        lake.quarantine(march(2))


def test_a_damaged_file_and_one_of_another_version_are_told_with_their_place(lake):
    keep(lake, march(1), 100)
    file = lake.folder / "offers" / "2026-03-01.parquet"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UserError, match="is damaged") as told:
        lake.offers(march(1))
    assert told.value.where == str(file)
    offers_of(march(1), 100).drop("lines").write_parquet(file)
    with pytest.raises(UserError, match="different: lines"):
        lake.offers(march(1))


def test_a_code_never_changes_its_meaning(lake):
    keep(lake, march(1), 100)

    def with_codes(items: pl.DataFrame, places: pl.DataFrame = PLACE_CODES) -> None:
        offers, history = offers_of(march(2), 100), lake.history()
        lake.write_night(
            march(2), offers=offers, quarantine=REFUSED, unmatched=UNMATCHED, items=items, places=places, history=history
        )

    with pytest.raises(ValueError, match="1 codes of earlier nights are gone"):
        with_codes(ITEM_CODES.head(9))
    with pytest.raises(ValueError, match="10 codes of earlier nights"):
        with_codes(ITEM_CODES.with_columns(pl.col("item").reverse()))
    with pytest.raises(ValueError, match="place codes: given twice"):
        with_codes(ITEM_CODES, pl.concat([PLACE_CODES, PLACE_CODES.tail(1).with_columns(place=pl.lit(2, pl.Int32))]))
    assert lake.nights() == [march(1)]
    with_codes(pl.concat([ITEM_CODES, pl.DataFrame({"item": [10], "sku": ["A10"]}, schema=ITEMS)]))
    assert lake.items().height == 11


def test_frames_with_other_columns_are_refused(lake):
    offers = offers_of(march(1), 100)
    codes = {"items": ITEM_CODES, "places": PLACE_CODES}
    with pytest.raises(ValueError, match="offers: "):
        lake.write_night(
            march(1), offers=offers.drop("lines"), quarantine=REFUSED, unmatched=UNMATCHED, history=lake.history(), **codes
        )
    assert not lake.folder.exists()


def test_what_a_killed_writer_left_is_not_read_and_swept_by_the_next(lake):
    keep(lake, march(1), 100)
    left = lake.folder / "offers" / "2026-03-02.parquet.part"
    left.write_bytes(b"half a fi")
    assert lake.nights() == [march(1)]
    keep(lake, march(2), 200)
    assert not left.exists()
    assert not list(lake.folder.rglob("*.part"))


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_lake import Lake, keep, march, told_of
steps = 0
def kill_at(event, arguments):
    global steps
    if event in ("os.rename", "os.remove") and {folder!r} in str(arguments[0]):
        steps += 1
        if steps == {step}:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(kill_at)
keep(Lake(Path({folder!r})), march(2), 555, told=told_of(1, 300))
print(steps)
"""
"""Night 2 of three once more, with another price; the kernel kills it just before the file system changes for the n-th time."""


def in_a_child(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_a_writer_killed_anywhere_leaves_whole_files_that_agree_and_can_be_run_again(tmp_path):
    tests = str(Path(__file__).parent)
    three = Lake(tmp_path / "three nights")
    for day in (1, 2, 3):
        keep(three, march(day), 100 * day)
    step, killed = 0, True
    while killed:
        step += 1
        lake = Lake(shutil.copytree(three.folder, tmp_path / f"killed at {step}"))
        child = in_a_child(KILLED.format(tests=tests, folder=str(lake.folder), step=step))
        killed = child.returncode == -signal.SIGKILL
        assert killed or child.returncode == 0, child.stderr
        assert lake.nights() == [march(1), march(2), march(3)]
        second = lake.offers(march(2)).collect()["price"].to_list()
        assert second in ([200], [555])
        assert_frame_equal(lake.history().collect(), replayed(lake))
        assert_frame_equal(lake.history(before=march(3)).collect(), replayed(lake, before=march(3)))
        keep(lake, march(2), 555, told=told_of(1, 300))
        assert lake.history().collect()["price"].to_list() == [100, 555, 300, 300]
        assert not list(lake.folder.rglob("*.part"))
    assert step > 6, "the writer was never killed: it changes at least one file of each kind"
    assert child.stdout.strip() == str(step - 1)


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_lake import Lake, UserError, extend_history, keep, march, offers_of, ITEM_CODES, PLACE_CODES, REFUSED, UNMATCHED
import polars as pl
lake = Lake(Path({folder!r}))
offers = offers_of(march(2), 0).select(pl.all().repeat_by(200_000).explode()).with_columns(
    item=pl.int_range(200_000).cast(pl.Int32), price=pl.int_range(200_000).shuffle(seed=1)
)
history = extend_history(lake.history(before=march(2)), offers)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    lake.write_night(
        march(2), offers=offers, quarantine=REFUSED, unmatched=UNMATCHED, items=ITEM_CODES, places=PLACE_CODES, history=history
    )
except UserError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [10, 20_000, 900_000])
def test_a_full_disk_is_told_with_what_is_needed_and_leaves_everything_as_it_was(lake, limit):
    keep(lake, march(1), 100)
    before = contents(lake)
    child = in_a_child(FULL.format(tests=str(Path(__file__).parent), folder=str(lake.folder), limit=limit))
    assert re.search(r"up to [\d ]+\.\d MB are needed and [\d ]+\.\d MB are free", child.stdout), child.stderr
    assert str(lake.folder) in child.stdout
    assert "fix: make room, then run the night again" in child.stdout
    assert contents(lake) == before
    keep(lake, march(2), 200)
    assert lake.history().collect()["price"].to_list() == [100, 200]


def test_a_folder_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "lake").write_text("a file where a folder should be")
    with pytest.raises(UserError, match=r"can't be written: (file exists|not a directory)") as told:
        keep(Lake(tmp_path / "lake"), march(1), 100)
    assert told.value.where == str(tmp_path / "lake")
