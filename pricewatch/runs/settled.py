"""Raw rows made into offers: in memory, or through the disk where a night is larger than memory should have to be.

Rows come as the sources sent them, store by store; offers are settled product by product. Beyond `IN_MEMORY` rows they are dealt
out to files by product as they are read, and settled file by file: what is in memory at once is that many rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.gather import gather
from pricewatch.engine.match import unmatched
from pricewatch.engine.normalise import normalise
from pricewatch.engine.settle import settle
from pricewatch.engine.watch import Watch
from pricewatch.engine.world import World

IN_MEMORY = 2_000_000
"""Raw rows that are settled at once."""


@dataclass(frozen=True)
class Settled:
    """What became of a night's raw rows. Offers, unmatched and refused ones are all rows there were, settled."""

    offers: pl.LazyFrame
    """`tables.Offers`, sorted by item and place: a frame in memory, or a scan of files in the folder that was given."""
    refused: pl.DataFrame
    """`tables.Quarantine`."""
    unmatched: pl.DataFrame


def settled(
    raw: pl.LazyFrame, world: World, items: pl.DataFrame, places: pl.DataFrame, folder: Path | None, watch: Watch
) -> Settled:
    """Offers of `tables.Raw` rows. `folder`: an empty one for what does not fit into memory; None: everything has to."""
    total = int(raw.select(pl.len()).collect().item())
    if folder is None or total <= IN_MEMORY:
        with watch("stage", "normalise and match") as told:
            read = _read(raw.collect(), world, items, places)
            told(total, total - read.refused.height)
        with watch("stage", "settle offers") as told:
            offers = settle(read.known)
            told(total - read.refused.height, offers.height)
        return Settled(offers.lazy(), read.refused, read.unmatched.sort("source", "source_ref"))
    with watch("stage", "normalise and match") as told:
        dealt = defaultdict[int, list[Path]](list)
        aside = list[_Read]()
        for start in range(0, total, IN_MEMORY):
            read = _read(raw.slice(start, IN_MEMORY).collect(), world, items, places)
            for number, part in _dealt_out(read.known, items, -(-total // IN_MEMORY)):
                dealt[number].append(folder / str(number) / f"{start}.parquet")
                part.write_parquet(dealt[number][-1], compression="lz4", mkdir=True)
            aside.append(replace(read, known=read.known.clear()))
        refused, strangers = pl.concat(read.refused for read in aside), pl.concat(read.unmatched for read in aside)
        told(total, total - refused.height)
    with watch("stage", "settle offers") as told:
        done = [_settled_file(dealt[number]) for number in sorted(dealt)]
        on_disk = pl.scan_parquet(done) if done else tables.empty("offers").lazy()
        told(total - refused.height, int(on_disk.select(pl.len()).collect().item()))
    return Settled(on_disk, refused, strangers.sort("source", "source_ref"))


@dataclass(frozen=True)
class _Read:
    """What became of raw rows: of known products, of unknown ones, refused."""

    known: pl.DataFrame
    unmatched: pl.DataFrame
    refused: pl.DataFrame


def _read(raw: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> _Read:
    rows = gather(raw, world, items, places)
    return _Read(rows.filter(pl.col("item").is_not_null()), unmatched(rows), _refused(raw, rows, world))


def _refused(raw: pl.DataFrame, rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """Rows that did not come through are the refused ones: only they are read a second time, for their reasons."""
    if rows.height == raw.height:
        return tables.empty("quarantine")
    lost = raw.with_row_index("row").join(rows.select("row"), on="row", how="anti").drop("row")
    return normalise(lost.lazy(), world).quarantine.collect()


def _dealt_out(rows: pl.DataFrame, items: pl.DataFrame, files: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The rows by ranges of item codes, each with its number."""
    last = items["item"].max()
    each = -(-(last + 1) // files) if isinstance(last, int) else 1
    for (number,), part in rows.group_by(pl.col("item") // each, maintain_order=True):
        yield int(str(number)), part


def _settled_file(rows: list[Path]) -> Path:
    offers = rows[0].with_name("offers.parquet")
    settle(pl.read_parquet(rows)).write_parquet(offers, compression="lz4")
    for file in rows:
        file.unlink()
    return offers
