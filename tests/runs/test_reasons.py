"""Reasons are counted alike where only the quoted value differs, and no row is lost in the counting."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.runs.refused import by_reason, refused_rows

KEYS = {"source": pl.String, "reason": pl.String, "source_ref": pl.String, "row": pl.String}


def rows(*told: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame([(*one, None) for one in told], schema=KEYS, orient="row")


def test_reasons_that_differ_in_the_quoted_value_only_are_one_reason() -> None:
    found = by_reason(
        rows(
            ("tills", "store '9' is not in the list of stores", "a:2"),
            ("tills", "store '8' is not in the list of stores", "a:3"),
            ("tills", "price 'x' is no number", "a:4"),
            ("web", "price 'x' is no number", "b:1"),
        )
    )
    assert found.rows() == [
        ("tills", "store '9' is not in the list of stores", 2, "a:2"),
        ("tills", "price 'x' is no number", 1, "a:4"),
        ("web", "price 'x' is no number", 1, "b:1"),
    ]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.text("' x", max_size=5), st.text(max_size=3)), max_size=20))
def test_no_row_is_lost_in_the_counting(told: list[tuple[str, str, str]]) -> None:
    assert by_reason(refused_rows(rows(*told[:3]), rows(*told[3:]))).get_column("rows").sum() == len(told)
