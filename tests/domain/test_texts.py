"""Sentences of columns, however their rows are cut into chunks."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pricewatch.domain.texts import formatted

PACKAGE = Path(__file__).parents[2] / "pricewatch"


def test_columns_expressions_and_numbers_are_filled_in_in_their_order() -> None:
    rows = pl.DataFrame({"shown": [3, 1], "of": ["a", "b"]})
    told = rows.select(formatted("{} of {} ({}, {} %)", "shown", "of", pl.lit("so"), 20)).to_series().to_list()
    assert told == ["3 of a (so, 20 %)", "1 of b (so, 20 %)"]


def test_a_part_that_is_null_makes_the_sentence_null() -> None:
    rows = pl.DataFrame({"shown": [3, None]})
    assert rows.select(formatted("{} shown", "shown")).to_series().to_list() == ["3 shown", None]


def test_braces_that_are_doubled_stay() -> None:
    assert pl.select(formatted("{{{}}}", pl.lit("a"))).item() == "{a}"


@pytest.mark.parametrize(("template", "parts"), [("{} {}", ("a",)), ("{}", ("a", "b")), ("{name}", ("a",))])
def test_a_template_with_other_parts_is_a_mistake(template: str, parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="has other parts"):
        formatted(template, *parts)


@pytest.mark.parametrize("cut", [(7,), (0, 7), (2, 5), (1, 1, 5)])
def test_columns_cut_into_chunks_in_different_ways_are_filled_in_all_the_same(cut: tuple[int, ...]) -> None:
    whole = pl.Series("b", [str(number) for number in range(7)])
    parts, at = [], 0
    for rows in cut:
        parts.append(whole.slice(at, rows).to_frame())
        at += rows
    other = pl.concat([pl.DataFrame({"a": ["x"] * rows}) for rows in (3, 1, 3)], rechunk=False)
    rows = pl.DataFrame([*other.get_columns(), *pl.concat(parts, rechunk=False).get_columns()])
    told = rows.lazy().select(both=formatted("{} {}", "a", "b"), turned=formatted("{} {}", "b", "a")).collect()
    assert told["both"].to_list() == [f"x {number}" for number in range(7)]
    assert told["turned"].to_list() == [f"{number} x" for number in range(7)]


def test_nothing_in_the_package_uses_the_formatter_that_stops_on_such_columns() -> None:
    users = [path.name for path in PACKAGE.rglob("*.py") if "pl.format(" in path.read_text(encoding="utf-8")]
    assert not users, f"use pricewatch.domain.texts.formatted in {', '.join(users)}"
