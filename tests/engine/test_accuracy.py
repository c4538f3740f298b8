"""Scan accuracy of stores and departments, as NIST Handbook 130 counts it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.accuracy import PassMark, scanned, score
from pricewatch.testing import assert_table, judged


def items(over: list[int], under: list[int], right: int, **more: str) -> pl.LazyFrame:
    """Scanned items: overcharges, undercharges (minor units) and as many right ones."""
    rows = [(amount, 0) for amount in over] + [(0, amount) for amount in under] + [(0, 0)] * right
    frame = pl.LazyFrame(rows, schema={"over": pl.Int64, "under": pl.Int64}, orient="row")
    return frame.with_columns(**{name: pl.lit(value) for name, value in more.items()})


def test_the_worked_example_of_handbook_130():
    """100 items, 1 overcharge, 2 undercharges: 97 % fails, 99 % without undercharges, O/U 0.5."""
    (told,) = score(items([30], [5, 10], 97)).collect().to_dicts()
    assert told == {
        "sampled": 100,
        "correct": 97,
        "over": 1,
        "under": 2,
        "accuracy": 9700,
        "accuracy_without_under": 9900,
        "overcharge_rate": 100,
        "over_under": 5000,
        "overcharged": 30,
        "undercharged": 15,
        "passed": False,
    }


def test_98_percent_passes_and_less_does_not():
    assert score(items([1], [1], 98)).collect()["passed"].item() is True
    assert score(items([1], [1], 97)).collect()["passed"].item() is False
    # 98.00 % when rounded, and still less
    assert score(items([1] * 201, [], 9848)).collect().select("accuracy", "passed").row(0) == (9800, False)


def test_where_only_overcharges_fail_undercharges_do_not_count():
    only = PassMark(undercharges_count=False)
    assert score(items([], [1] * 50, 50), mark=only).collect()["passed"].item() is True
    assert score(items([1] * 3, [], 97), mark=only).collect()["passed"].item() is False
    assert score(items([1] * 3, [], 97), mark=PassMark(accuracy=9700)).collect()["passed"].item() is True


def test_without_undercharges_there_is_no_ratio_and_without_items_no_score():
    assert score(items([1], [], 9)).collect()["over_under"].item() is None
    assert score(items([], [], 0)).collect().is_empty()
    assert score(items([], [], 0, location="0417"), by=["location"]).collect().is_empty()


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 400))
def test_shares_are_rounded_half_up_and_passing_is_exact(over: int, under: int, right: int):
    sampled = over + under + right
    told = score(items([1] * over, [1] * under, right)).collect().to_dicts()
    if sampled == 0:
        assert told == []
        return

    def share(part: int, whole: int) -> int:
        return int((Decimal(part) * 10_000 / whole).quantize(Decimal(1), ROUND_HALF_UP))

    (row,) = told
    assert row["accuracy"] == share(right, sampled)
    assert row["accuracy_without_under"] == share(sampled - over, sampled)
    assert row["overcharge_rate"] == share(over, sampled)
    assert row["over_under"] == (share(over, under) if under else None)
    assert row["passed"] == (Decimal(right) / sampled >= Decimal("0.98"))


TILLS = """
    sku  category  channel  location  surface  price  label_price  file_price  expected_price  tolerated_price
    A1   dairy     store    0417      till     9.99   9.99         9.99        9.99            -
    A2   dairy     store    0417      till     10.99  9.99         10.99       10.99           -
    A3   bakery    store    0417      till     8.99   -            9.99        9.99            -
    A4   bakery    store    0418      till     9.99   -            -           9.99            -
    A5   bakery    store    0418      till     9.99   -            -           -               -
    A6   bakery    store    0418      label    9.99   9.99         -           1.00            -
    A7   bakery    store    0418      till     9.99   -            -           8.99            9.99
    A8   dairy     store    0418      till     9.99   8.99         -           8.99            9.99
    A9   dairy     web      -         html     9.99   -            -           8.99            -
"""


def test_a_charge_is_held_against_the_lowest_price_that_was_promised():
    """No till row (A6, A9), nothing promised (A5), and in grace only a label that is quicker counts (A7 and A8)."""
    found = scanned(judged(TILLS).lazy(), by=["sku", "location"]).collect()
    assert_table(
        found.select("sku", "location", "over", "under", price="charged", expected="promised").with_columns(
            pl.col("over", "under").cast(pl.Int64)
        ),
        """
        sku  location  price  expected  over  under
        A1   0417      9.99   9.99      0     0
        A2   0417      10.99  9.99      100   0
        A3   0417      8.99   9.99      0     100
        A4   0418      9.99   9.99      0     0
        A8   0418      9.99   8.99      100   0
        """,
    )


def test_stores_and_departments_have_their_own_scores_and_add_up():
    found = scanned(judged(TILLS).lazy(), by=["location", "category"])
    assert_table(
        score(found, by=["location", "category"]).collect(),
        """
        location  category  sampled  correct  over  under  overcharged  undercharged  passed
        0417      dairy     2        1        1     0      100          0             false
        0417      bakery    1        0        0     1      0            100           false
        0418      bakery    1        1        0     0      0            0             true
        0418      dairy     1        0        1     0      100          0             false
        """,
    )
    assert_table(
        score(found, by=["location"]).collect(),
        """
        location  sampled  correct  over  under  accuracy
        0417      3        1        1     1      3333
        0418      2        1        1     0      5000
        """,
    )
    assert score(found).collect().select("sampled", "correct", "over", "under").row(0) == (5, 2, 2, 1)


@pytest.mark.parametrize(
    ("quantity", "paid", "multibuy_row", "over"), [("3", "9.00", "-", 0), ("3", "9.50", "-", 50), ("3", "9.50", "7", None)]
)
def test_what_several_units_cost_is_held_against_as_many_times_the_price(quantity, paid, multibuy_row, over):
    line = f"sku  surface  quantity  paid  multibuy_row  expected_price\nA1  till  {quantity}  {paid}  {multibuy_row}  3.00"
    assert scanned(judged(line).lazy(), charged="paid").collect()["over"].to_list() == ([] if over is None else [over])
