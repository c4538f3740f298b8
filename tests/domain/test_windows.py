"""Market days and windows on the nights when clocks change, against the standard library's time zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import tables, windows

ZONES = ("Europe/Paris", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
times = st.integers(1_577_836_800, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC).replace(tzinfo=None))


def one(expression: pl.Expr) -> datetime | None:
    return pl.select(expression).item()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def exists(naive: datetime, zone: ZoneInfo) -> bool:
    return naive.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == naive


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends", "hours"),
    [
        ("Europe/Paris", "2026-03-28", "2026-03-27T23:00", "2026-03-28T23:00", 24),
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00", 23),
        ("Europe/Paris", "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00", 25),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00", 23),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00", 25),
        # Midnight itself does not exist on these two days: clocks jump from 23:59:59 to 01:00.
        ("America/Santiago", "2024-09-08", "2024-09-08T04:00", "2024-09-09T03:00", 23),
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00", "2024-04-26T21:00", 23),
        # Midnight exists twice in Havana: the day begins the first time.
        ("America/Havana", "2024-11-03", "2024-11-03T04:00", "2024-11-04T05:00", 25),
    ],
)
def test_a_market_day_is_whole_on_both_clock_changes(zone: str, day: str, starts: str, ends: str, hours: int) -> None:
    start, end = one(windows.window_start(pl.lit(day), zone)), one(windows.window_end(pl.lit(day), zone))
    assert (start, end) == (utc(starts), utc(ends))
    assert utc(ends) - utc(starts) == timedelta(hours=hours)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap_or_overlap(day: date, zone: str) -> None:
    ends = one(windows.window_end(pl.lit(day.isoformat()), zone))
    assert ends is not None
    assert ends == one(windows.window_start(pl.lit((day + timedelta(1)).isoformat()), zone))
    assert ends.astimezone(ZoneInfo(zone)).date() == day + timedelta(1)
    assert (ends - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() == day


@given(times, st.sampled_from(ZONES))
def test_a_wall_clock_time_is_the_earlier_of_two_and_null_in_the_gap(naive: datetime, zone: str) -> None:
    local = ZoneInfo(zone)
    expected = naive.replace(tzinfo=local).astimezone(UTC) if exists(naive, local) else None
    assert one(windows.instant(pl.lit(naive.strftime("%Y-%m-%dT%H:%M:%S")), zone)) == expected


def test_a_time_in_the_lost_hour_is_null_and_one_in_the_doubled_hour_is_the_first() -> None:
    assert one(windows.instant(pl.lit("2026-03-29T02:30"), "Europe/Paris")) is None
    assert one(windows.instant(pl.lit("2026-10-25T02:30"), "Europe/Paris")) == utc("2026-10-25T00:30")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-13T22:15:00Z",
        "2026-03-13T22:15:00+00:00",
        "2026-03-13T23:15:00+01:00",
        "2026-03-13T23:15:00+0100",
        "2026-03-13T22:15:00.000Z",
        "2026-03-13T22:15Z",
        "2026-03-13T18:15:00-0400",
        "2026-03-13 22:15:00+00:00",
        "2026-03-13T23:15:00",
        "2026-03-13T23:15",
        "2026-03-13 23:15:00",
        "2026-03-13 23:15",
    ],
)
def test_iso_times_are_read_with_their_offset_or_in_the_sources_zone(text: str) -> None:
    assert one(windows.instant(pl.lit(text), "Europe/Paris")) == utc("2026-03-13T22:15")


@pytest.mark.parametrize("text", ["", "today", "13/03/2026", "2026-02-30T10:00", "2026-03-13T25:00", "22:15", "1773440100"])
def test_what_is_no_time_is_null(text: str) -> None:
    assert one(windows.instant(pl.lit(text), "UTC")) is None
    assert one(windows.window_start(pl.lit(text), "UTC")) is None
    assert one(windows.window_end(pl.lit(text), "UTC")) is None


@given(st.text(max_size=30), st.sampled_from(ZONES))
def test_any_text_is_an_instant_or_null(text: str, zone: str) -> None:
    for read in (windows.instant, windows.window_start, windows.window_end):
        found = one(read(pl.lit(text), zone))
        assert found is None or found.tzinfo is not None


def test_a_declared_form_is_the_only_one_that_is_read() -> None:
    french = "%d/%m/%Y %H:%M"
    assert one(windows.instant(pl.lit("13/03/2026 23:15"), "Europe/Paris", french)) == utc("2026-03-13T22:15")
    assert one(windows.instant(pl.lit("2026-03-13T23:15"), "Europe/Paris", french)) is None
    assert one(windows.instant(pl.lit("13/03/2026 23:15 -0500"), "Europe/Paris", french + " %z")) == utc("2026-03-14T04:15")


def test_a_window_written_as_times_ends_at_its_end() -> None:
    assert one(windows.window_end(pl.lit("2026-03-15T18:00"), "Europe/Paris")) == utc("2026-03-15T17:00")
    assert one(windows.window_end(pl.lit("2026-03-15"), "Europe/Paris")) == utc("2026-03-15T23:00")


def test_each_row_is_read_in_its_own_zone() -> None:
    rows = pl.DataFrame({"day": ["2026-03-13"] * 3, "zone": ["Europe/Paris", "America/New_York", "Mars/Olympus"]})
    zones = ["America/New_York", "Europe/Paris"]
    starts = windows.by_zone(pl.col("zone"), zones, lambda zone: windows.window_start(pl.col("day"), zone))
    assert rows.select(starts).to_series().to_list() == [utc("2026-03-12T23:00"), utc("2026-03-13T04:00"), None]


def test_no_zones_give_no_instants() -> None:
    nothing = windows.by_zone(pl.col("zone"), [], lambda zone: windows.window_start(pl.col("zone"), zone))
    assert pl.DataFrame({"zone": ["UTC"]}).select(nothing).to_series().to_list() == [None]


@given(times, st.sampled_from(ZONES))
def test_the_market_day_of_an_instant_is_its_local_date(at: datetime, zone: str) -> None:
    seen = pl.lit(at.replace(tzinfo=UTC), tables.UTC)
    day = pl.select(windows.local_day(seen, pl.lit(zone), sorted(ZONES))).item()
    assert day == at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date().isoformat()


two_digits = st.integers(0, 99).map("{:02}".format)
"""Of an hour, a minute, a month: often none that exists."""


@given(st.tuples(two_digits, two_digits, two_digits, two_digits, two_digits), st.sampled_from("T "), st.sampled_from("+-"), times)
def test_the_cheap_way_to_read_an_instant_says_what_the_general_way_says(
    parts: tuple[str, str, str, str, str], between: str, sign: str, whole: datetime
) -> None:
    month, hour, minute, offset, offset_minute = parts
    for start in (f"2026-{month}-13{between}{hour}:{minute}:30", whole.isoformat(sep=between)):
        end = f"{sign}{offset}:{offset_minute}"
        # A fraction, though it is none, is read the general way.
        cheap, general = (one(windows.instant(pl.lit(f"{start}{fraction}{end}"), "UTC")) for fraction in ("", ".0"))
        assert cheap == general
