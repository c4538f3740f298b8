"""The three steps of a price policy: reached by numbers, each with its evidence."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine.maturity import maturity
from pricewatch.testing import rule

BOUNDS = [rule("channel_parity"), rule("price_ending", endings=["0.99"])]


def night(**shares: int) -> pl.DataFrame:
    """Scores of a whole market, each share in percent of a thousand."""
    rows = [
        {
            "night": date(2026, 3, 13),
            "market": "us",
            "scope": "market",
            "value": "us",
            "measure": m,
            "good": 10 * s,
            "total": 1000,
        }
        for m, s in shares.items()
    ]
    return pl.DataFrame(rows, schema=tables.schema("scores"))


STEERED = {"decided": 95, "consistent": 95, "on_time": 95}
LOCAL = {"decided": 95, "consistent": 99, "on_time": 95, "zoned": 20, "changed": 10}


def test_a_channel_whose_prices_nobody_decided_prices_alone() -> None:
    assert maturity(night(decided=40, consistent=99, on_time=99), []).level == 1


def test_nearly_all_decided_shown_and_executed_is_centrally_steered() -> None:
    found = maturity(night(**STEERED), [])
    assert (found.level, found.name) == (2, "centrally steered")


@pytest.mark.parametrize("lacking", STEERED)
def test_each_share_below_its_mark_keeps_the_policy_on_the_first_step_and_is_named(lacking: str) -> None:
    found = maturity(night(**STEERED | {lacking: 94}), BOUNDS)
    assert found.level == 1
    assert [claim.found for claim in found.missing] == ["94.0 %"]


def test_local_and_lively_prices_inside_rules_are_the_third_step() -> None:
    found = maturity(night(**LOCAL), BOUNDS)
    assert found.level == 3
    assert found.missing == ()


def test_local_prices_without_rules_that_bound_them_are_not() -> None:
    found = maturity(night(**LOCAL), BOUNDS[:1])
    assert found.level == 2
    assert [claim.found for claim in found.missing] == ["channel_parity"]


def test_the_third_step_is_not_reached_over_a_second_one_that_is_missing() -> None:
    assert maturity(night(**LOCAL | {"on_time": 50}), BOUNDS).level == 1


def test_what_is_not_known_is_no_evidence() -> None:
    found = maturity(night(decided=99, consistent=99), [])
    assert found.level == 1
    assert [claim.found for claim in found.missing] == ["nothing to measure"]
