"""A night cut into buckets of whole products: the unit of work of one machine, one after another, and of many.

No rule looks at two products at once, so a bucket needs nothing of the others: its offers, price points and history are read by
ranges of item codes, which lie together in the lake. What the buckets give is put together again by `judging.together`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from pricewatch.engine.judging import Brief, Judged, judge
from pricewatch.engine.watch import Watch, unwatched

ROWS = 2_000_000
"""Offers of a bucket, about: what bounds the memory of a night, however many offers it has."""

Range = tuple[int, int]
"""The first and the last item code of a bucket, both included."""


@dataclass(frozen=True)
class Work:
    """All that the buckets of a night are judged with."""

    brief: Brief
    offers: pl.LazyFrame
    """`tables.Offers` sorted by item and place: a scan of the lake, or a frame in memory."""
    ranges: Sequence[Range]
    watch: Watch = unwatched
    """Told of what is judged here; whoever judges elsewhere tells nothing."""


Engine = Callable[[Work], Iterable[Judged]]
"""Whoever judges the buckets of a night, in any order."""


def cut(offers: pl.LazyFrame, items: pl.DataFrame, rows: int = ROWS) -> list[Range]:
    """Ranges of item codes that hold about `rows` offers each, and every code of `items` once; at least one."""
    last = items["item"].max()
    counts = offers.group_by("item").len().sort("item").collect()
    bucket = (pl.col("len").cum_sum() - 1) // rows
    starts = counts.with_columns(bucket=bucket).group_by("bucket", maintain_order=True).agg(pl.col("item").first())["item"]
    begins = [0, *starts.to_list()[1:]]
    ends = [*(begin - 1 for begin in begins[1:]), last if isinstance(last, int) else 0]
    return list(zip(begins, ends, strict=True))


def judge_bucket(work: Work, number: int) -> Judged:
    """One bucket, judged. It reads its own part of what the night has, and nothing else."""
    within = pl.col("item").is_between(*work.ranges[number])
    world = replace(work.brief.world, history=work.brief.world.history.filter(within))
    brief = replace(work.brief, world=world, points=work.brief.points.filter(within))
    return judge(work.offers.filter(within).collect(), brief, work.watch)


def one_by_one(work: Work) -> Iterable[Judged]:
    """The buckets judged here, one after another: one in memory at a time."""
    return (judge_bucket(work, number) for number in range(len(work.ranges)))
