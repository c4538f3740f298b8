"""Market days and windows to UTC instants. Windows are start-inclusive, end-exclusive.

A calendar's `2026-03-29` to `2026-03-29` in Europe/Paris is one market day, from 2026-03-28T23:00Z to 2026-03-29T22:00Z: 23
hours, for clocks change that night. Date-only ends are inclusive, so they become the next day's start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

FAR = "9999-01-01"


def by_zone(zone: pl.Expr, zones: Sequence[str], convert: Callable[[str], pl.Expr]) -> pl.Expr:
    """One conversion a time zone, chosen by the row's `zone`. Polars converts with one fixed zone a call."""
    if not zones:
        return pl.lit(None, pl.Datetime("us", "UTC"))
    return pl.coalesce(*(pl.when(zone == name).then(convert(name)) for name in zones))


def local_day(instant: pl.Expr, zone: pl.Expr, zones: Sequence[str]) -> pl.Expr:
    """The market day (String, `2026-03-14`) that an instant falls into."""
    days = [pl.when(zone == name).then(instant.dt.convert_time_zone(name).dt.strftime("%Y-%m-%d")) for name in zones]
    return pl.coalesce(*days, pl.lit(None, pl.String))


def wall_clock(naive: pl.Expr, zone: str) -> pl.Expr:
    """UTC instants of wall-clock times in a zone. Twice-existing times are the earlier one; times in the gap are null."""
    local = naive.cast(pl.Datetime("us")).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def day_start(day: pl.Expr, zone: str) -> pl.Expr:
    """The instant a market day (`Date`) begins; where clocks jump over midnight, the first instant that exists."""
    midnight = day.cast(pl.Datetime("us"))
    return pl.coalesce(wall_clock(midnight, zone), wall_clock(midnight.dt.offset_by("1h"), zone))


def instant(text: pl.Expr, zone: str, form: str | None = None) -> pl.Expr:
    """UTC instants of times as written: ISO 8601 with or without offset, or a declared strptime `form`; null when unreadable."""
    if form is not None:
        if "%z" in form or "%:z" in form:
            return text.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        return wall_clock(text.str.to_datetime(form, time_unit="us", strict=False), zone)
    plain = text.str.len_bytes() == 19
    usual = (
        pl.when(plain)
        .then(text)
        .str.replace("T", " ", literal=True)
        .str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    )
    # As Python and databases write an instant: 2026-03-14 18:00:00+00:00.
    written = (
        pl.when(text.str.len_bytes() == 25)
        .then(text)
        .str.replace("T", " ", literal=True)
        .str.to_datetime("%Y-%m-%d %H:%M:%S%:z", time_unit="us", time_zone="UTC", strict=False)
    )
    # The others in one shape, so that each is parsed once: 2026-03-14T18:00Z is 2026-03-14 18:00:00+00:00.
    whole = (
        pl.when(~plain & written.is_null())
        .then(text)
        .str.replace("T", " ", literal=True)
        .str.replace(r"^(\S+ \d{2}:\d{2})($|[Zz+-])", "$1:00$2")
        .str.replace(r"[Zz]$", "+00:00")
        .str.replace(r"([+-]\d{2})(\d{2})$", "$1:$2")
    )
    offset = whole.str.contains(r" \S+[+-]\d{2}:\d{2}$")
    absolute = (
        pl.when(offset).then(whole).str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)
    )
    naive = pl.when(~offset).then(whole).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    return pl.coalesce(written, absolute, wall_clock(pl.coalesce(usual, naive), zone))


def window_start(text: pl.Expr, zone: str) -> pl.Expr:
    """When a window written as a day or a time begins."""
    return pl.coalesce(day_start(text.str.to_date("%Y-%m-%d", strict=False), zone), instant(text, zone))


def window_end(text: pl.Expr, zone: str) -> pl.Expr:
    """When a window ends, exclusive: a day is included whole, a time is the first instant outside."""
    last_day = text.str.to_date("%Y-%m-%d", strict=False)
    return pl.coalesce(day_start(last_day.dt.offset_by("1d"), zone), instant(text, zone))
