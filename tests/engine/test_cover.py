"""Greedy set cover: held against the slow way, which counts every explanation again after each one that is taken."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.cover import AT_LEAST, AT_LEAST_BEYOND, EXPLAINED, KNOWN, cover

FINDINGS = 40

Explanation = tuple[frozenset[int], int | None, bool]
"""Rows, offers judged in the scope (None: a whole root), known from an earlier night."""

explanations = st.lists(
    st.tuples(st.frozensets(st.integers(0, FINDINGS - 1), min_size=1), st.none() | st.integers(1, 60), st.booleans()), max_size=12
)


def offered(given: list[Explanation]) -> pl.DataFrame:
    return pl.DataFrame(
        [(sorted(rows), judged, known, at) for at, (rows, judged, known) in enumerate(given)],
        schema={"rows": pl.List(pl.UInt32), "judged": pl.Int64, "known": pl.Boolean, "preferred": pl.Int64},
        orient="row",
    )


def slowly(given: list[Explanation]) -> list[tuple[int, list[int]]]:
    """What is taken when every explanation is counted again each time."""
    free, taken, dropped = set(range(FINDINGS)), list[tuple[int, list[int]]](), set[int]()
    while True:
        explained = FINDINGS - len(free)
        least = AT_LEAST if explained * 10_000 < FINDINGS * EXPLAINED else AT_LEAST_BEYOND
        best: tuple[float, int, int] | None = None
        for at, (rows, judged, known) in enumerate(given):
            left = len(rows & free)
            if at in dropped or left < least or (judged is not None and left * 2 < len(rows)):
                continue
            share = 1.0 if judged is None else min(left / judged, 1.0)
            best = max(best or (0.0, -1, -1), (left * share * (KNOWN if known else 1.0), at, at))
        if best is None:
            return taken
        rows = given[best[2]][0] & free
        taken.append((best[2], sorted(rows)))
        free -= rows
        dropped.add(best[2])


@given(explanations)
def test_it_takes_what_the_slow_way_takes(given: list[Explanation]) -> None:
    assert [(one.explanation, one.rows) for one in cover(offered(given), FINDINGS)] == slowly(given)


@given(explanations)
def test_no_finding_is_explained_twice(given: list[Explanation]) -> None:
    told = [row for one in cover(offered(given), FINDINGS) for row in one.rows]
    assert len(told) == len(set(told))


def names(given: list[Explanation]) -> list[int]:
    return [one.explanation for one in cover(offered(given), FINDINGS)]


def test_a_narrow_scope_that_is_wrong_beats_a_wide_one_that_is_mostly_right() -> None:
    assert names([(frozenset(range(14)), 4_000, False), (frozenset(range(14)), 16, False)]) == [1]


def test_a_wide_scope_that_is_wrong_beats_its_parts() -> None:
    wide = (frozenset(range(30)), 30, False)
    assert names([(frozenset(range(10)), 10, False), wide, (frozenset(range(10, 30)), 20, False)]) == [1]


def test_of_two_that_say_nearly_the_same_the_one_of_last_night_is_kept() -> None:
    known, other = (frozenset(range(18)), 20, True), (frozenset(range(20)), 20, False)
    assert names([known, other])[0] == 0
    assert names([(*known[:2], False), other])[0] == 1


def test_what_others_explain_for_the_better_half_is_not_named() -> None:
    assert names([(frozenset(range(30)), 30, False), (frozenset(range(24, 33)), 9, False)]) == [0]


def test_when_nine_tenths_are_explained_two_findings_make_no_incident() -> None:
    most, two, five = (frozenset(range(34)), 34, False), frozenset({38, 39}), frozenset(range(34, 39))
    assert names([most, (two, 2, False)]) == [0, 1]
    assert names([(frozenset(range(36)), 36, False), (two, 2, False)]) == [0]
    assert names([most, (five, 5, False)]) == [0, 1]
