"""Files that are there whole or not at all: written aside under another name, flushed to the disk, then renamed.

A process that is killed leaves at most `.part` files, which nobody reads and the next writer sweeps away.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pricewatch.domain.errors import UserError

PART = ".part"

_NO_ROOM = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file may not grow that large here (see: ulimit -f)",
}


def write_aside(frame: pl.DataFrame | pl.LazyFrame, target: Path) -> None:
    """Write a frame as Parquet beside `target`, flushed to the disk; `put` makes it the target. A lazy frame is streamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    frame.lazy().sink_parquet(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())


def put(target: Path) -> None:
    """Make what was written aside the target, in one step, and let the folder remember it through a power cut."""
    target.with_name(target.name + PART).replace(target)
    _flush(target.parent)


def remove(target: Path) -> None:
    """Take a file away, if it is there, before anything that is done after this."""
    if target.exists():
        target.unlink()
        _flush(target.parent)


def sweep(folder: Path) -> None:
    """Take away what killed or failed writers left anywhere below a folder."""
    for part in folder.rglob(f"*{PART}"):
        part.unlink(missing_ok=True)


@contextmanager
def room_for(folder: Path, needed: int) -> Iterator[None]:
    """Say, when the block can't write below `folder`, why, how many bytes are needed at most and how many there are.

    Raises `UserError`; nothing written aside is left. Errors that are not the disk's pass unchanged.
    """
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        sweep(folder)
        reason = _of_the_disk(error)
        if reason is None:
            raise
        if reason not in _NO_ROOM:
            fix = "see that the user who runs pricewatch may write there, then run the night again"
            raise UserError(f"can't be written: {os.strerror(reason).lower()}", str(folder), fix) from error
        free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
        raise UserError(
            f"{_NO_ROOM[reason]}: up to {_megabytes(needed)} are needed and {_megabytes(free)} are free; "
            "what was stored before is unharmed",
            str(folder),
            "make room, then run the night again",
        ) from error


def _of_the_disk(error: Exception) -> int | None:
    """The operating system's error number, also where Polars has it in words only; None when it is no such error."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    told = re.search(r"\(os error (\d+)\)", str(error))
    return int(told[1]) if told else None


def _megabytes(size: int) -> str:
    """Bytes as people read them, never less than what they are: `3.2 MB`."""
    tenths = -(-size // 100_000)
    return f"{tenths // 10:,}.{tenths % 10} MB".replace(",", " ")


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
