"""Greedy set cover: of many scopes that overlap, the few that explain most.

The scope that explains most is taken first; the others then explain only what it left. What a scope explains only shrinks, so
only the best one has to be counted again (lazy greedy): a few thousand counts instead of millions.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import polars as pl

from pricewatch.domain.money import BASIS_POINTS

AT_LEAST = 2
"""Findings that make a scope worth a name."""

EXPLAINED = 9_000
"""Basis points of all findings from which only scopes of `AT_LEAST_BEYOND` findings are named: what is left is scattered."""

AT_LEAST_BEYOND = 5

KNOWN = 1.25
"""How much more a scope counts that was named on an earlier night: an incident that goes on keeps its name while another scope
explains a little more."""


@dataclass(frozen=True)
class Taken:
    """An explanation that was taken, and the findings that it explains and none before it did."""

    explanation: int
    rows: list[int]
    """Ascending."""


def cover(explanations: pl.DataFrame, findings: int) -> list[Taken]:
    """The explanations that are needed, the best first.

    In: `rows` (List[UInt32], ascending, each below `findings`), `judged` (Int64: offers in its scope; null: all it has goes back
    to it, whatever its scope), `known` (Boolean), `preferred` (Int64, the higher of two that explain the same is taken).
    """
    sizes = explanations["rows"].list.len().to_list()
    judged, known, preferred = (explanations[name].to_list() for name in ("judged", "known", "preferred"))
    # Plain numbers: most candidates are a handful of rows, for which a list is a hundred times quicker than a Series.
    flat = explanations["rows"].explode().to_list()
    starts = [0]
    for size in sizes:
        starts.append(starts[-1] + size)

    def gain(at: int, left: int) -> float:
        share = 1.0 if judged[at] is None else min(left / judged[at], 1.0)
        return left * share * (KNOWN if known[at] else 1.0)

    heap = [(-gain(at, size), -preferred[at], at, size) for at, size in enumerate(sizes)]
    heapq.heapify(heap)
    covered = bytearray(findings)
    explained, taken = 0, list[Taken]()
    while heap:
        _, rank, at, before = heapq.heappop(heap)
        least = AT_LEAST if explained * BASIS_POINTS < findings * EXPLAINED else AT_LEAST_BEYOND
        if before < least:
            continue
        rows = flat[starts[at] : starts[at + 1]]
        left = len(rows) - sum(map(covered.__getitem__, rows))
        if left < least or (judged[at] is not None and left * 2 < len(rows)):
            # A scope of which others explain the better half is not what went wrong.
            continue
        if left < before:
            heapq.heappush(heap, (-gain(at, left), rank, at, left))
            continue
        own = [row for row in rows if not covered[row]]
        taken.append(Taken(at, own))
        for row in own:
            covered[row] = 1
        explained += left
    return taken
