"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pricewatch.domain.durations import Duration

DURATION = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("36h", 129_600), ("30m", 1800), ("1d 12h", 129_600), ("1d12h", 129_600), (" 90m ", 5400), ("45s", 45), ("0h", 0)],
)
def test_a_duration_is_read_with_its_units(text: str, seconds: int) -> None:
    assert DURATION.validate_python(text) == timedelta(seconds=seconds)


@given(st.integers(0, 400), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_days_hours_minutes_and_seconds_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    read = DURATION.validate_python(f"{days}d {hours}h {minutes}m {seconds}s")
    assert read == timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def test_a_duration_is_a_duration_already() -> None:
    assert DURATION.validate_python(timedelta(hours=2)) == timedelta(hours=2)


@pytest.mark.parametrize("value", ["", "  ", "36", "h", "-2h", "1.5h", "two days", "12h 1d", "1w", 36, None, "99999999999d"])
def test_what_has_no_unit_is_refused_with_an_example_of_what_has(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        DURATION.validate_python(value)
    assert f"'{value}' is no duration; write it with its unit, for example 12h, 30m or 1d" in str(refused.value)
