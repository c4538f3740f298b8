"""What the engine reads in bulk, as Parquet files that anything can read.

    offers/2026-03-13.parquet        what the channels showed that night, sorted by item and place
    quarantine/2026-03-13.parquet    rows that were refused, with the reason
    unmatched/2026-03-13.parquet     rows whose product is not in the catalogue
    told/2026-03-13.parquet          earlier prices that a channel's own export told that night
    history/2026-03-13.parquet       the whole change-only history after that night
    items.parquet, places.parquet    the codes of SKUs and places: only ever added to

Offers are what was seen; history only sums them up, and whatever is missing of it can be made again from them and from what was
told. So the history before a night is the newest one kept from before it, extended by the nights between (usually none). That
makes three things simple. Running a night again starts from the history before it. Correcting an old night removes the histories
after it, which no longer hold, and they are made again when asked for. And a run killed half-way leaves no history that
disagrees with the offers: the ones to be replaced are removed first, then the offers change, then the new history appears.
The last three histories are kept, and of each month the last: correcting a night of last year reads a month of offers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine.earlier import seeded
from pricewatch.engine.history import extend_history
from pricewatch.engine.world import ITEMS, PLACES, Type
from pricewatch.store.aside import put, remove, room_for, sweep, write_aside

KEPT = 3
"""How many of the last histories are kept."""


class Lake:
    """The lake below `folder` (the workspace's `data/lake`). Reading makes no folder; one writer at a time (see `lock`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def nights(self) -> list[date]:
        """The nights whose offers are kept, oldest first."""
        return self._nights("offers")

    def items(self) -> pl.DataFrame:
        """Codes of SKUs (schema `ITEMS`), by code. Empty before the first night."""
        return self._codes("items", ITEMS)

    def places(self) -> pl.DataFrame:
        """Codes of places (schema `PLACES`), by code. Empty before the first night."""
        return self._codes("places", PLACES)

    def offers(self, night: date) -> pl.LazyFrame:
        """`tables.Offers` of a night, sorted by item and place. Raises `UserError` when that night is not kept."""
        return self._night("offers", night, tables.schema("offers"))

    def quarantine(self, night: date) -> pl.LazyFrame:
        """`tables.Quarantine` of a night. Raises `UserError` when that night is not kept."""
        return self._night("quarantine", night, tables.schema("quarantine"))

    def unmatched(self, night: date) -> pl.LazyFrame:
        """Offers of a night whose product is not in the catalogue, as the audit gave them. Raises `UserError` as above."""
        return self._night("unmatched", night)

    def told(self, night: date) -> pl.LazyFrame:
        """Earlier prices that were told on a night (`tables.History`); often none. Raises `UserError` as above."""
        return self._night("told", night, tables.schema("history"))

    def history(self, before: date | None = None) -> pl.LazyFrame:
        """`tables.History` as it was before a night, or as it is now, sorted by item, place, seller and since.

        A scan of one file, unless nights have to be played again (see above).
        """
        kept = [night for night in self._nights("history") if before is None or night < before]
        later = [n for n in self.nights() if (not kept or n > kept[-1]) and (before is None or n < before)]
        schema = tables.schema("history")
        history = _scan(self._file("history", kept[-1]), schema) if kept else pl.LazyFrame(schema=schema)
        for night in later:
            # Collected night by night: `seeded` reads history twice, so a plan of thirty nights would be 2^30 scans.
            history = extend_history(seeded(history, self.told(night)), self.offers(night)).collect().lazy()
        return history

    def write_night(
        self,
        night: date,
        *,
        offers: pl.DataFrame | pl.LazyFrame,
        quarantine: pl.DataFrame,
        unmatched: pl.DataFrame,
        items: pl.DataFrame,
        places: pl.DataFrame,
        history: pl.LazyFrame | pl.DataFrame,
        told: pl.LazyFrame | pl.DataFrame | None = None,
    ) -> None:
        """Keep one night, in the place of what was kept of it. Doing it twice changes nothing.

        `offers`, where they are lazy, are sorted by item and place; `items` and `places` are all codes, those of earlier nights
        included; `told` is what exports say of earlier prices (`tables.History`), if any; `history` is
        `extend_history(seeded(lake.history(before=night), told), offers)`, streamed to its file. Everything is written aside and
        flushed before anything is renamed; a night is in `nights` when its offers are.

        Raises `UserError` when the disk is full or can't be written: then everything is as before. Raises `ValueError` when a
        frame has other columns than its table, or a code was given to something else before.
        """
        given = (("offers", offers), ("quarantine", quarantine), ("history", history), ("history", told))
        for table, frame in given:
            if frame is not None and (found := frame.lazy().collect_schema()) != tables.schema(table):
                raise ValueError(f"{table}: {found} is not {tables.schema(table)}")
        _only_added_to(self.items(), items, "item")
        _only_added_to(self.places(), places, "place")
        if isinstance(offers, pl.DataFrame):
            offers = offers.sort("item", "place", maintain_order=True)
        # In this order they appear: codes before the offers that use them, history last.
        files: dict[Path, pl.DataFrame | pl.LazyFrame] = {
            self.folder / "items.parquet": items.sort("item"),
            self.folder / "places.parquet": places.sort("place"),
            self._file("quarantine", night): quarantine,
            self._file("unmatched", night): unmatched,
            self._file("told", night): pl.LazyFrame(schema=tables.schema("history")) if told is None else told,
            self._file("offers", night): offers,
            self._file("history", night): history,
        }
        with room_for(self.folder, self._needed(files)):
            self.folder.mkdir(parents=True, exist_ok=True)
            sweep(self.folder)
            for file, frame in files.items():
                write_aside(frame, file)
            for outdated in reversed(self._nights("history")):
                if outdated >= night:
                    remove(self._file("history", outdated))
            for file in files:
                put(file)
            self._thin_out()

    def _thin_out(self) -> None:
        """Remove histories that are neither among the last nor the last of their month."""
        nights = self._nights("history")
        last_of_month = {(night.year, night.month): night for night in nights}
        for night in nights[:-KEPT]:
            if night not in last_of_month.values():
                remove(self._file("history", night))

    def _needed(self, files: Mapping[Path, pl.DataFrame | pl.LazyFrame]) -> int:
        """Bytes that these frames take on the disk at most: they shrink when written, but history is not in memory."""
        known = [self._file("history", night) for night in self._nights("history")[-1:]]
        frames = sum(frame.estimated_size() for frame in files.values() if isinstance(frame, pl.DataFrame))
        return int(frames) + sum(file.stat().st_size for file in known)

    def _nights(self, kind: str) -> list[date]:
        """The nights that have a file of this kind, oldest first. Files that are no night's are somebody else's."""
        nights = []
        for file in (self.folder / kind).glob("*.parquet"):
            try:
                nights.append(date.fromisoformat(file.stem))
            except ValueError:
                continue
        return sorted(nights)

    def _file(self, kind: str, night: date) -> Path:
        return self.folder / kind / f"{night}.parquet"

    def _night(self, kind: str, night: date, schema: pl.Schema | None = None) -> pl.LazyFrame:
        file = self._file(kind, night)
        if not file.exists():
            nights = self.nights()
            known = f"there are {len(nights)} nights, {nights[0]} to {nights[-1]}" if nights else "there is no night yet"
            raise UserError(f"nothing is kept of {night}; {known}", str(file), "run: pricewatch audit --night " + str(night))
        return _scan(file, schema)

    def _codes(self, name: str, columns: Mapping[str, Type]) -> pl.DataFrame:
        file = self.folder / f"{name}.parquet"
        if not file.exists():
            return pl.DataFrame(schema=columns)
        return _scan(file, pl.Schema(columns)).collect()


def _scan(file: Path, schema: pl.Schema | None) -> pl.LazyFrame:
    """A file of the lake, its last bytes already read, where Parquet keeps its columns: a damaged file is told here."""
    frame = pl.scan_parquet(file, glob=False)
    try:
        found = frame.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        fix = "bring back a copy, or move it away and run that night again"
        raise UserError(f"is damaged: {error}", str(file), fix) from error
    if schema is not None and found != schema:
        differing = sorted(name for name in {*found, *schema} if found.get(name) != schema.get(name)) or ["their order"]
        fix = "move it away and run that night again"
        raise UserError(f"another version of pricewatch wrote it; different: {', '.join(differing)}", str(file), fix)
    return frame


def _only_added_to(before: pl.DataFrame, now: pl.DataFrame, code: str) -> None:
    """Raise `ValueError` unless every code means what it meant, and no code or meaning is there twice."""
    if now.schema != before.schema:
        raise ValueError(f"{code} codes: {now.schema} is not {before.schema}")
    meaning = [name for name in now.columns if name != code]
    if now[code].is_duplicated().any() or now.select(meaning).is_duplicated().any():
        raise ValueError(f"{code} codes: given twice")
    kept = now.join(before, on=now.columns, how="semi", nulls_equal=True)
    if kept.height != before.height:
        raise ValueError(f"{code} codes: {before.height - kept.height} codes of earlier nights are gone or mean something else")
