"""How bad a finding is by how far the amount is off: both limits of a severity must be exceeded."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.checks import Tolerance, registry
from pricewatch.engine.severity import graded
from pricewatch.engine.world import Rule

LIMITS = (
    ("minor", Tolerance()),
    ("major", Tolerance(amount=Decimal("0.50"), percent=Decimal(5))),
    ("critical", Tolerance(amount=Decimal("2.00"), percent=Decimal(20))),
)


def rule(identity: str, severities: tuple[tuple[str, Tolerance], ...] = ()) -> Rule:
    params = registry()["expected_price"].params()
    return Rule(identity, "expected_price", params, severity=severities[0][0] if severities else "major", severities=severities)


def severity_of(expected: int | None, delta: int | None, currency: str | None = "USD", which: str = "graded") -> str:
    rules = [rule("graded", LIMITS), rule("plain")]
    lowest = {each.id: each.severity for each in rules}[which]
    row = {"rule": which, "severity": lowest, "expected": expected, "delta": delta, "currency": currency}
    schema = {"rule": pl.String, "severity": pl.String, "expected": pl.Int64, "delta": pl.Int64, "currency": pl.String}
    found = graded(pl.DataFrame([row], schema=schema), rules)
    assert found.columns == list(schema)
    return str(found["severity"].item())


@pytest.mark.parametrize(
    ("expected", "delta", "severity"),
    [
        (999, 300, "critical"),  # 3.00 and 30 percent
        (999, -300, "critical"),  # too little is as far off as too much
        (10000, 250, "minor"),  # 2.50, but only 2.5 percent
        (100, 40, "minor"),  # 40 percent, but only 0.40
        (100, 50, "minor"),  # 0.50 is not more than 0.50
        (100, 51, "major"),
        (1000, 201, "critical"),  # 2.01 and 20.1 percent
        (1000, 200, "major"),
        (0, 201, "critical"),  # of nothing, everything is more than any percentage
        (999, 1, "minor"),
    ],
)
def test_the_highest_severity_counts_whose_limits_are_both_exceeded(expected: int, delta: int, severity: str):
    assert severity_of(expected, delta) == severity


def test_limits_are_in_the_currency_of_the_finding():
    assert severity_of(1000, 201, "JPY") == "critical"  # 201 yen of 1000: no minor units, far beyond 2.00
    assert severity_of(1000, 201, "KWD") == "minor"  # 0.201 dinar of 1.000


def test_a_finding_without_amounts_is_as_bad_as_the_lowest():
    assert severity_of(None, None) == "minor"
    assert severity_of(None, None, None) == "minor"


def test_a_rule_without_thresholds_keeps_its_severity():
    assert severity_of(999, 9999, which="plain") == "major"


@given(expected=st.integers(0, 10**9), delta=st.integers(-(10**9), 10**9))
def test_it_is_what_slow_decimals_say(expected: int, delta: int):
    off = abs(Decimal(delta)) / 100
    slow = "minor"
    for name, amount, percent in (("major", Decimal("0.50"), 5), ("critical", Decimal("2.00"), 20)):
        if off > amount and off * 100 > Decimal(expected) / 100 * percent:
            slow = name
    assert severity_of(expected, delta) == slow
