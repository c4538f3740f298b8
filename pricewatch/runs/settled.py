"""Raw rows made into offers: in memory, or through the disk where a night is larger than memory should have to be.

Rows come as the sources sent them, store by store; offers are settled product by product. Beyond `IN_MEMORY` rows they are dealt
out to files by product while they stream past, and settled file by file: what is in memory at once is one file's products.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pricewatch.engine.audit import gather
from pricewatch.engine.match import unmatched
from pricewatch.engine.settle import settle
from pricewatch.engine.watch import Watch
from pricewatch.engine.world import World

IN_MEMORY = 2_000_000
"""Raw rows that are settled at once."""

UNMATCHED = -1
"""The file of rows whose product is not in the catalogue."""


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
    rows = gather(raw, world, items, places).rows
    if folder is None or total <= IN_MEMORY:
        with watch("stage", "normalise and match") as told:
            read = rows.collect()
            strangers, refused = unmatched(read), _refused(raw, read.lazy(), total, world, items, places)
            told(total, read.height)
        with watch("stage", "settle offers") as told:
            offers = settle(read.lazy()).collect()
            told(read.height, offers.height)
        return Settled(offers.lazy(), refused, strangers.sort("source", "source_ref"))
    with watch("stage", "normalise and match") as told:
        dealt = _dealt_out(rows, items, -(-total // IN_MEMORY), folder)
        files = [file for number in dealt for file in dealt[number]]
        read_rows = (_scan(files) if files else rows.clear()).select("row")
        strangers = unmatched((_scan(dealt[UNMATCHED]) if UNMATCHED in dealt else rows.clear()).collect())
        refused = _refused(raw, read_rows, total, world, items, places)
        told(total, total - refused.height)
    with watch("stage", "settle offers") as told:
        done = [_settled_file(dealt[number]) for number in sorted(dealt) if number != UNMATCHED]
        offers_on_disk = _scan(done) if done else settle(rows.clear()).collect().lazy()
        told(total - refused.height, int(offers_on_disk.select(pl.len()).collect().item()))
    return Settled(offers_on_disk, refused, strangers.sort("source", "source_ref"))


def _refused(
    raw: pl.LazyFrame, read: pl.LazyFrame, total: int, world: World, items: pl.DataFrame, places: pl.DataFrame
) -> pl.DataFrame:
    """Rows that did not come through are the refused ones: only they are read a second time, for their reasons."""
    came = int(read.select(pl.len()).collect().item())
    lost = raw.with_row_index("row").join(read.select("row"), on="row", how="anti").drop("row")
    return gather(raw.clear() if came == total else lost, world, items, places).quarantine.collect()


def _dealt_out(rows: pl.LazyFrame, items: pl.DataFrame, files: int, folder: Path) -> dict[int, list[Path]]:
    """The rows in files by ranges of item codes, and those without an item; by number of the file."""
    last = items["item"].max()
    each = -(-(last + 1) // files) if isinstance(last, int) else 1
    number = (pl.col("item") // each).fill_null(UNMATCHED).alias("number")
    target = pl.PartitionBy(folder, key=number, include_key=False, approximate_bytes_per_file=None)
    rows.sink_parquet(target, compression="lz4", mkdir=True, maintain_order=False, engine="streaming")
    dealt = defaultdict[int, list[Path]](list)
    for file in sorted(folder.rglob("*.parquet")):
        dealt[int(file.parent.name.partition("=")[2])].append(file)
    return dict(dealt)


def _settled_file(rows: list[Path]) -> Path:
    offers = rows[0].with_name("offers.parquet")
    settle(_scan(rows)).sink_parquet(offers, compression="lz4")
    for file in rows:
        file.unlink()
    return offers


def _scan(files: list[Path]) -> pl.LazyFrame:
    # the folders are named after their numbers, which are no column
    return pl.scan_parquet(files, hive_partitioning=False)
