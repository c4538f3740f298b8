"""Planted, found, missed, false: counted right on tables small enough to count by hand."""

from __future__ import annotations

from datetime import date

import polars as pl

from pricewatch.runs.demo.faults import ANSWERS
from pricewatch.runs.demo.score import Score, score

SUN, MON = date(2017, 6, 18), date(2017, 6, 19)
COLUMNS = ("state", "channel", "sku", "check", "cause", "message")


def findings(*rows: tuple[str, str, str | None, str, str]) -> pl.DataFrame:
    """state, channel, sku, check, cause."""
    return pl.DataFrame([(*row, "as told") for row in rows], schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def answers(*rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    """sku, nights, check, cause; all on the web."""
    sheet = [(f"F{n}", "kind", "web", sku, nights, SUN, MON, check, cause) for n, (sku, nights, check, cause) in enumerate(rows)]
    return pl.DataFrame(sheet, schema=ANSWERS, orient="row")


BOTH = "2017-06-18|2017-06-19"
PRICE = answers(("A", BOTH, "expected_price", "decimal_shift"))


def scored(sunday: pl.DataFrame, monday: pl.DataFrame, sheet: pl.DataFrame = PRICE) -> tuple[Score, tuple[int, int, int]]:
    result = score({SUN: sunday, MON: monday}, sheet)
    return result, (result.found, result.missed.height, result.false.height)


def test_a_fault_found_on_all_its_nights_is_found() -> None:
    new, still = (findings((state, "web", "A", "expected_price", "decimal_shift")) for state in ("new", "open"))
    result, counts = scored(new, still)
    assert counts == (1, 0, 0)
    assert result.perfect
    assert list(result.lines()) == ["1 planted, 1 found, 0 missed, 0 false"]


def test_a_fault_found_on_one_of_two_nights_is_missed() -> None:
    result, counts = scored(findings(("new", "web", "A", "expected_price", "decimal_shift")), findings())
    assert counts == (0, 1, 0)
    assert not result.perfect
    assert next(result.lines()).startswith("missed F0 2017-06-19: kind, A on web: expected expected_price (decimal_shift)")


def test_the_wrong_cause_is_a_miss_and_no_false_finding() -> None:
    right = findings(("new", "web", "A", "expected_price", "decimal_shift"))
    result, counts = scored(right, findings(("open", "web", "A", "expected_price", "unknown")))
    assert counts == (0, 1, 0)
    assert result.missed["said"].to_list() == ["expected_price (unknown)"]


def test_a_fault_without_a_cause_on_the_sheet_is_found_with_any() -> None:
    sheet = answers(("A", "2017-06-18", "coverage", None))
    assert scored(findings(("new", "web", "A", "coverage", "unknown")), findings(), sheet)[1] == (1, 0, 0)


def test_another_check_on_the_same_product_is_false() -> None:
    right = ("new", "web", "A", "expected_price", "decimal_shift")
    result, counts = scored(findings(right, ("new", "web", "A", "conflict", "unknown")), findings(right))
    assert counts == (1, 0, 1)
    assert next(result.lines()) == "false 2017-06-18: conflict (unknown), A on web: as told"


def test_a_finding_on_a_night_the_fault_does_not_live_is_false() -> None:
    right = ("new", "web", "A", "expected_price", "decimal_shift")
    sheet = answers(("A", "2017-06-18", "expected_price", "decimal_shift"))
    assert scored(findings(right), findings(right), sheet)[1] == (1, 0, 1)


def test_resolved_and_unverified_findings_claim_nothing() -> None:
    right = ("new", "web", "A", "expected_price", "decimal_shift")
    sheet = answers(("A", "2017-06-18", "expected_price", "decimal_shift"))
    after = findings(
        ("resolved", "web", "A", "expected_price", "decimal_shift"), ("unverified", "web", "B", "coverage", "unknown")
    )
    assert scored(findings(right), after, sheet)[1] == (1, 0, 0)


def test_stores_are_not_counted_but_a_sources_finding_on_a_planted_channel_is() -> None:
    right = ("new", "web", "A", "expected_price", "decimal_shift")
    extra = findings(right, ("new", "store", "B", "expected_price", "unknown"), ("new", "web", None, "source_health", "unknown"))
    assert scored(extra, findings(right))[1] == (1, 0, 1)


def test_each_night_is_counted_by_itself() -> None:
    right = ("new", "web", "A", "expected_price", "decimal_shift")
    result, _ = scored(findings(right), findings(("new", "app", "Z", "conflict", "unknown")))
    assert result.nights.rows() == [(SUN, 1, 1, 0, 0), (MON, 1, 0, 1, 1)]
