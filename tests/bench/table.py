"""What was measured, as rows of numbers and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import TypedDict

from tests.bench.contenders import PEER, Contender
from tests.bench.measure import Measured


class Result(TypedDict):
    """One contender; medians of all rounds. Without a measured round every number is null."""

    name: str
    words: str
    wall: float | None
    """Seconds."""
    cpu: float | None
    """Seconds."""
    peak: int | None
    """Bytes."""
    offers_per_second: float | None
    wall_ratio: float | None
    """Median of the rounds' own ratios to the peer: what slows a whole round down cancels out."""
    cpu_ratio: float | None
    answer: str
    """`all N`, or how it differs in any round; `-` = there is nothing to compare."""
    problem: str


def results(
    contenders: Sequence[Contender], runs: Mapping[str, Sequence[Measured]], answers: Mapping[str, Sequence[str]], offers: int
) -> list[Result]:
    """One result a contender, in their order."""
    peer = runs.get(PEER, ())
    return [_result(each, runs[each.name], peer, answers[each.name], offers) for each in contenders]


def _result(
    contender: Contender, runs: Sequence[Measured], peer: Sequence[Measured], answers: Sequence[str], offers: int
) -> Result:
    problem = next((run.problem for run in runs if run.problem), "")
    good = [] if problem else runs
    beside = list(zip(good, peer, strict=False)) if not any(run.problem for run in peer) else []
    wall = median(run.wall for run in good) if good else None
    said = sorted({answer for answer in answers if answer}) or ["-"]
    return Result(
        name=contender.name,
        words=contender.words,
        wall=wall,
        cpu=median(run.cpu for run in good) if good else None,
        peak=int(median(run.peak for run in good)) if good else None,
        offers_per_second=offers / wall if wall else None,
        wall_ratio=median(run.wall / other.wall for run, other in beside) if beside else None,
        cpu_ratio=median(run.cpu / other.cpu for run, other in beside) if beside else None,
        answer="-" if contender.rules == () else " | ".join(said),
        problem=problem,
    )


HEAD = ("", "wall s", "CPU s", "peak MB", "offers/s", "wall x SQL", "CPU x SQL", "findings")


def printed(found: Sequence[Result], offers: int, rounds: int) -> str:
    """The table."""
    rows = [HEAD, *(_row(result) for result in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    lines = []
    for row in rows:
        numbers = [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *numbers, row[-1]]).rstrip())
    title = f"{offers:,} offers, median of {rounds} rounds; whole processes, imports included; ratios to {PEER!r}, round by round"
    return "\n".join([title, "", *lines])


def _row(result: Result) -> tuple[str, ...]:
    if result["problem"]:
        return (result["words"], *(["-"] * 6), result["problem"])
    return (
        result["words"],
        _number(result["wall"], "{:.2f}"),
        _number(result["cpu"], "{:.2f}"),
        _number(None if result["peak"] is None else result["peak"] / 1e6, "{:,.0f}"),
        _number(result["offers_per_second"], "{:,.0f}"),
        _number(result["wall_ratio"], "{:.2f}"),
        _number(result["cpu_ratio"], "{:.2f}"),
        result["answer"],
    )


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
