"""When a feed was made, and whether a price with a window holds at that time.

A feed that holds a price and its window leaves the decision to the reader: 9.99 until 29 February is 9.99 in a feed of the 28th
and not in one of 1 March. The instant that counts is the feed's own, not the one at which somebody reads it. Windows are
start-inclusive, end-exclusive; a bound that is a day begins or ends with that day (domain: `windows`).

A time without an offset is one of the source's time zone. Where none is declared it may be anywhere on earth (UTC+14 to UTC-12):
mostly that decides still, and where it does not, nobody guesses.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field

from pricewatch.collect.gathered import Options
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

_FIRST, _LAST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
_PARTS = {"%Y": r"\d{4}", "%m": r"\d\d", "%d": r"\d\d", "%H": r"\d\d", "%M": r"\d\d", "%S": r"\d\d", "%j": r"\d{3}"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Span = tuple[datetime, datetime]
"""The first and the last instant (aware) that a written time may mean: the same one where its zone is known."""


class Unclear(Exception):
    """Why the price that holds is not known."""


class Dated(Options):
    """Options of a feed whose prices have windows."""

    made_at: str | None = Field(
        None,
        description="where the file's path says when it was made, as strptime writes it, for example offers_%Y%m%dT%H%M; "
        "null = what the feed itself says, or else when the file was last written",
    )


class Clock:
    """The instant one feed tells of, and which windows hold then."""

    def __init__(self, at: datetime, said: str | None, source: Source) -> None:
        self._at, self.observed_at, self._source = at, said, source
        self._decided: dict[tuple[str | None, str | None], bool] = {}

    def holds(self, start: str | None, end: str | None) -> bool:
        """Whether a window holds; a bound that is not stated is open. Raises Unclear."""
        window = start, end
        if window not in self._decided:
            # A feed has few windows and many rows.
            self._decided[window] = self._holds(start, end)
        return self._decided[window]

    def _holds(self, start: str | None, end: str | None) -> bool:
        begins, ends = _span(start, self._source, last=False), _span(end, self._source, last=True)
        if begins is not None and ends is not None and begins[0] >= ends[0]:
            raise Unclear(f"a price holds from {start} to {end}, which ends before it begins")
        early = begins is not None and self._at < begins[0]
        late = ends is not None and self._at >= ends[1]
        if early or late:
            return False
        if (begins is None or self._at >= begins[1]) and (ends is None or self._at < ends[0]):
            return True
        raise Unclear(f"a price holds from {start} to {end}: whether that is now depends on its time zone, which is not declared")


def clock(path: Path, ref: str, source: Source, options: Dated, said: str | None = None) -> Clock:
    """The instant a feed tells of: in its path as declared, else what it says itself (`said`), else when it was last written.

    Its `observed_at` is ISO 8601 with an offset; null where only the file's date is known, which says no more than when it came.
    Raises SourceError where the declared place in the path holds no time, or one without a time zone.
    """
    if options.made_at is not None:
        at = _in_path(options.made_at, ref, source)
        return Clock(at, _written(at, source), source)
    if said is not None:
        own = _own_time(said, source)
        if own is not None:
            return Clock(own, _written(own, source), source)
    return Clock(datetime.fromtimestamp(path.stat().st_mtime, UTC), None, source)


def _written(at: datetime, source: Source) -> str:
    """A time in the form that the source's rows have."""
    if source.time_format is None:
        return at.astimezone(UTC).isoformat(timespec="seconds")
    local = at.astimezone(ZoneInfo(source.time_zone)) if source.time_zone is not None else at
    return local.strftime(source.time_format)


def _in_path(form: str, ref: str, source: Source) -> datetime:
    where = f"config/sources.yaml: source '{source.id}', options"
    pieces = re.split(r"(%.)", form)
    if unknown := [piece for piece in pieces if piece.startswith("%") and piece not in _PARTS]:
        raise SourceError(f"'made_at': {unknown[0]} is not known", where, f"made_at: use {', '.join(_PARTS)}")
    found = re.search("".join(_PARTS.get(piece) or re.escape(piece) for piece in pieces), ref)
    if found is None:
        raise SourceError(f"its path has no time as made_at declares it: {form}", ref, f"mend made_at of source '{source.id}'")
    if source.time_zone is None:
        raise SourceError("'made_at' is a time of no declared time zone", where, "add time_zone: ..., for example Europe/Paris")
    try:
        return datetime.strptime(found[0], form).replace(tzinfo=ZoneInfo(source.time_zone))
    except ValueError:
        raise SourceError(f"its path says '{found[0]}', which is no time ({form})", ref) from None


def _own_time(text: str, source: Source) -> datetime | None:
    """An ISO 8601 or an RFC 822 time (Atom, RSS); null where it is neither, or of an unknown zone."""
    try:
        span = _span(text, source, last=False)
    except Unclear:
        span = None
    if span is not None:
        return span[0] if span[0] == span[1] else None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo is not None else None


def _span(text: str | None, source: Source, *, last: bool) -> Span | None:
    """What a written bound may mean; `last`: it is an end, and a day ends with its last instant. Raises Unclear."""
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=1 if last else 0)
            at = datetime.combine(day, time())
        else:
            at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC), at.astimezone(UTC)
        if source.time_zone is not None:
            known = at.replace(tzinfo=ZoneInfo(source.time_zone)).astimezone(UTC)
            return known, known
        return at.replace(tzinfo=_FIRST).astimezone(UTC), at.replace(tzinfo=_LAST).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unclear(f"'{text}' is no time as ISO 8601 writes it") from None
