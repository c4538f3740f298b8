"""Samples that stores check by hand: proportional, half of them on sale at most, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.engine.sampling import Sizes, population, sample
from pricewatch.testing import assert_table, judged


def items(departments: dict[str | None, int], *, reduced: int = 0, location: str = "0417") -> pl.DataFrame:
    """A store's items by department; the first `reduced` of each department are on sale."""
    rows = [
        ("us", location, department, f"{department}-{number:04}", number < reduced)
        for department, count in departments.items()
        for number in range(count)
    ]
    names = {"market": pl.String, "location": pl.String, "department": pl.String, "sku": pl.String, "reduced": pl.Boolean}
    return pl.DataFrame(rows, schema=names, orient="row")


def registers(location: str, count: int | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"market": ["us"], "location": [location], "registers": [count]}, schema_overrides={"registers": pl.Int64}
    )


def test_departments_are_drawn_in_proportion():
    drawn = sample(items({"food": 600, "home": 300, "toys": 100}), seed="2026-03", registers=registers("0417", 4))
    assert Counter(drawn["department"]) == {"food": 15, "home": 8, "toys": 2}
    assert drawn["line"].to_list() == list(range(1, 26))
    assert drawn["sku"].to_list() == sorted(drawn["sku"])


@pytest.mark.parametrize(("count", "size"), [(1, 10), (3, 10), (4, 25), (9, 25), (10, 50), (None, 50)])
def test_the_sample_grows_with_the_registers(count, size):
    assert sample(items({"food": 600}), seed="s", registers=registers("0417", count)).height == size


def test_a_store_that_says_nothing_of_its_registers_checks_the_most_and_one_size_may_hold_for_all():
    assert sample(items({"food": 600}), seed="s").height == 50
    assert sample(items({"food": 600}), seed="s", sizes=Sizes((), 100)).height == 100


def test_at_most_half_of_the_sample_is_on_sale():
    drawn = sample(items({"food": 300, "home": 300}, reduced=280), seed="s")
    assert drawn.height == 50
    assert drawn["reduced"].sum() <= 25
    every = sample(items({"food": 300, "home": 300}, reduced=280), seed="s", sizes=Sizes(reduced_at_most=10_000))
    assert every["reduced"].sum() > 25


def test_a_small_store_checks_everything_but_what_is_on_sale_beyond_its_share():
    assert sample(items({"food": 7, "home": 2}), seed="s", sizes=Sizes((), 20)).height == 9
    assert sample(items({"food": 20}, reduced=20), seed="s", sizes=Sizes((), 10))["reduced"].sum() == 5


def test_one_seed_gives_one_sample_in_any_order_and_beside_any_other_store():
    store = items({"food": 200, None: 100})
    drawn = sample(store, seed="2026-03")
    assert sample(store.sample(fraction=1, shuffle=True, seed=1), seed="2026-03").equals(drawn)
    both = sample(pl.concat([items({"food": 90}, location="0099"), store]), seed="2026-03")
    assert both.filter(location="0417").equals(drawn)
    assert not sample(store, seed="2026-04")["sku"].equals(drawn["sku"])
    assert not sample(items({"food": 200}, location="0418"), seed="2026-03")["sku"].equals(
        sample(items({"food": 200}), seed="2026-03")["sku"]
    )


def test_no_item_is_drawn_oftener_than_another():
    """400 samples of 20 out of 100: each item is expected 80 times, with a standard deviation of 8."""
    drawn = Counter(
        sku for seed in range(400) for sku in sample(items({"food": 100}), seed=str(seed), sizes=Sizes((), 20))["sku"]
    )
    assert len(drawn) == 100
    assert all(80 - 5 * 8 < times < 80 + 5 * 8 for times in drawn.values())


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(1, 80))
def test_every_department_gets_its_share_to_less_than_one_item_and_all_add_up(counts: list[int], size: int):
    drawn = Counter(
        sample(items({f"d{i}": count for i, count in enumerate(counts)}), seed="s", sizes=Sizes((), size))["department"]
    )
    total = min(size, sum(counts))
    assert sum(drawn.values()) == total
    for i, count in enumerate(counts):
        assert abs(drawn[f"d{i}"] - Fraction(total * count, sum(counts))) < 1


def test_the_population_is_what_stores_promise():
    offers = """
        sku  name      category  catalogue_gtin  channel  location  surface  price  label_price  list_price  expected_price
        A1   Espresso  coffee    36000291452     store    0417      till     9.99   9.49         12.99       9.99
        A2   Lungo     coffee    -               store    0417      label    9.99   9.99         -           -
        A3   Filter    coffee    -               store    0417      till     9.99   -            -           -
        A4   Mocha     coffee    -               web      -         html     9.99   -            9.99        9.99
    """
    found = population(judged(offers).lazy()).collect().rename({"promised": "expected"})
    assert_table(
        found,
        """
        sku  name      department  gtin            location  expected  reduced
        A1   Espresso  coffee      00036000291452  0417      9.49      true
        A2   Lungo     coffee      -               0417      9.99      false
        """,
    )
