"""A bucket over the border of a process: what it needs is left in a shared folder, what it gives comes back as one Arrow table.

    <shared>/<night>-<number>/about.json            which versions cut the night
                              brief.pickle          what every bucket is held against: rules, central tables, codes
                              00017.offers.parquet  what bucket 17 alone needs, and points and history likewise

Whoever runs the buckets (Dask, Spark, a loop) moves the folder's name and a number, never an offer, and shuffles nothing. A
worker reads the three files of its bucket whole, and no other's. The folder is gone when the night is judged.

`brief.pickle` is read by equal versions only, and by workers that trust the folder as they trust the program: who may write there
may run code on them.
"""

from __future__ import annotations

import json
import pickle
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from io import BytesIO
from typing import Literal
from uuid import uuid4

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine.judging import Brief, Judged
from pricewatch.engine.seen import Seen
from pricewatch.runs.buckets import Range, Work, judge_bucket
from pricewatch.runs.shelf import Shelf

ANSWER = pl.Schema({"frame": pl.String, "payload": pl.Binary})
"""What a bucket gives: each frame of `Judged` by name, as an Arrow IPC stream. The same columns whatever the frames hold."""


@contextmanager
def posted(work: Work, shared: str) -> Iterator[str]:
    """Lay out what the buckets need below `shared`, a folder or a URL that all workers can read; gives the place of this night.

    One bucket is in memory at a time. Raises `UserError` when it can't be written there.
    """
    place = f"{shared.rstrip('/')}/{work.brief.world.night}-{uuid4().hex[:8]}"
    shelf = Shelf(place)
    try:
        for number, within in enumerate(work.ranges):
            for name, frame in _own(work, within).items():
                shelf.put(_name(number, name), _parquet(frame))
        world = replace(work.brief.world, history=tables.empty("history").lazy())
        brief = replace(work.brief, world=world, points=work.brief.points.clear())
        shelf.put("brief.pickle", pickle.dumps((brief, tuple(work.ranges))))
        shelf.put("about.json", json.dumps(_versions()).encode())
        yield place
    finally:
        shelf.remove()


def audit_bucket(place: str, number: int) -> bytes:
    """One bucket of the night at `place`, judged: an Arrow IPC stream of `ANSWER`. The unit of work on any engine.

    Raises `UserError` when the place can't be read from here, or other versions of the program have laid it out.
    """
    brief, ranges = _brief(place)
    shelf = Shelf(place)
    offers, points, history = (pl.read_parquet(BytesIO(shelf.get(_name(number, name)))) for name in OWN)
    own = replace(brief, points=points, world=replace(brief.world, history=history.lazy()))
    return pack(judge_bucket(Work(own, offers.lazy(), ranges), number))


def pack(judged: Judged) -> bytes:
    """A bucket's answer as bytes: an Arrow IPC stream of `ANSWER`."""
    counts = pl.DataFrame(list(judged.judged_by.items()), schema={"rule": pl.String, "offers": pl.Int64}, orient="row")
    frames = {
        "candidates": judged.candidates,
        "situations": judged.seen.situations,
        "met": judged.seen.met,
        "remembered": judged.remembered,
        "not_provable": judged.not_provable,
        "not_verified": judged.not_verified,
        "judged_by": counts,
    }
    payload = [_stream(each, "zstd") for each in frames.values()]
    return _stream(pl.DataFrame({"frame": list(frames), "payload": payload}, schema=ANSWER), "uncompressed")


def unpack(answer: bytes) -> Judged:
    """What `pack` packed."""
    frames = {name: pl.read_ipc_stream(payload) for name, payload in pl.read_ipc_stream(answer).select(list(ANSWER)).rows()}
    return Judged(
        candidates=frames["candidates"],
        seen=Seen(frames["situations"], frames["met"]),
        remembered=frames["remembered"],
        not_provable=frames["not_provable"],
        not_verified=frames["not_verified"],
        judged_by=dict(frames["judged_by"].rows()),
    )


def in_order(answers: Iterable[tuple[int, bytes]], buckets: int) -> list[Judged]:
    """The answers of all buckets by bucket number, taken as they come: every bucket has exactly one.

    The order is that of a night judged here, so that nothing depends on which worker was the faster one.
    """
    came: dict[int, Judged] = {}
    for number, answer in answers:
        if number in came:
            raise RuntimeError(f"bucket {number} was answered twice")
        came[number] = unpack(answer)
    if missing := set(range(buckets)) - came.keys():
        raise RuntimeError(f"buckets without an answer: {sorted(missing)}")
    return [came[number] for number in range(buckets)]


OWN = ("offers", "points", "history")
"""What is a bucket's own; everything else is in the brief."""


def _own(work: Work, within: Range) -> dict[str, pl.DataFrame]:
    mine = pl.col("item").is_between(*within)
    offers, points, history = work.offers, work.brief.points.lazy(), work.brief.world.history
    return {name: frame.filter(mine).collect() for name, frame in zip(OWN, (offers, points, history), strict=True)}


def _name(number: int, of: str) -> str:
    return f"{number:05}.{of}.parquet"


@lru_cache(maxsize=1)
def _brief(place: str) -> tuple[Brief, tuple[Range, ...]]:
    """What all buckets of a place share: read once by each worker. A place is never written to twice."""
    shelf = Shelf(place)
    laid_out: Mapping[str, str] = json.loads(shelf.get("about.json"))
    if differing := [name for name, here in _versions().items() if laid_out.get(name) != here]:
        told = "; ".join(f"{name} {laid_out.get(name)} there, {_versions()[name]} here" for name in differing)
        fix = "install the versions of the machine that runs pricewatch audit on every worker"
        raise UserError(f"the night was laid out by other versions than this worker's: {told}", place, fix)
    brief, ranges = pickle.loads(shelf.get("brief.pickle"))
    return brief, ranges


def _versions() -> dict[str, str]:
    """What must be equal for one to read the other's brief. Of Python the first two numbers: 3.11."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"pricewatch": version("pricewatch-omni"), "polars": version("polars"), "python": python}


def _parquet(frame: pl.DataFrame) -> bytes:
    written = BytesIO()
    frame.write_parquet(written, compression="zstd", compression_level=1, statistics=False)
    return written.getvalue()


def _stream(frame: pl.DataFrame, compression: Literal["zstd", "uncompressed"]) -> bytes:
    written = BytesIO()
    # the oldest layout of Arrow: every reader of Arrow knows it
    frame.write_ipc_stream(written, compression=compression, compat_level=pl.CompatLevel.oldest())
    return written.getvalue()
