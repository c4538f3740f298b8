"""SQL conditions of rules, calendars and checks: what is right, what is told, and what a null verdict means."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pricewatch.engine.conditions import LONGEST, columns_of, compiled, problem

COLUMNS = {
    "sku": pl.String(),
    "brand": pl.String(),
    "channel_kind": pl.String(),
    "price": pl.Int64(),
    "was_price": pl.Int64(),
    "content": pl.Float64(),
    "kvi": pl.Boolean(),
    "observed_at": pl.Datetime("us", "UTC"),
    "launched_on": pl.Date(),
    "grace": pl.Duration("us"),
    "listed": pl.List(pl.String()),
}

WRONG = [
    ("", "is no SQL condition"),
    ("price >", "is no SQL condition"),
    ("nosuch(price) = 1", "is no SQL condition"),
    ("price > 1; price < 2", "is no SQL condition"),
    ("(" * 900 + "kvi" + ")" * 900, "is no SQL condition"),
    ("prise < was_price", "names 'prise', which is no column here"),
    ("1 = 1", "names no column"),
    ("price", "is neither true nor false"),
    ("price = 'cheap'", "can't be judged"),
    ("CAST(sku AS INTEGER) > 5", "fails on some values"),
    ("REGEXP_LIKE(sku, '(')", "can't be judged"),
    ("SUM(price) > 3", "looks at more than one row"),
    ("price > AVG(price)", "looks at more than one row"),
    ("COUNT(*) > price", "looks at more than one row"),
    ("price > ALL(was_price)", "looks at more than one row"),
    ("ROW_NUMBER() OVER (ORDER BY price) = 1", "looks at more than one row"),
    ("MAX(price) OVER (PARTITION BY sku) = price", "looks at more than one row"),
    ("sku IN (SELECT sku FROM self)", "has a query inside"),
    ("observed_at < NOW()", "looks at the clock"),
    ("launched_on < CURRENT_DATE", "looks at the clock"),
    ("COLUMNS('price') > 1 AND price > 1", "names columns by a pattern"),
    ("kvi -- always", "has a comment"),
    ("sku = 'A' OR " * 800 + "kvi", f"has more than {LONGEST} characters"),
]

HIDDEN_QUERIES = [
    "EXISTS (SELECT 1 FROM read_csv('{}'))",
    "/* ' */ EXISTS (SELECT 1 FROM read_csv('{}')) /* ' */",
    "`'` = 'a' OR EXISTS (SELECT 1 FROM read_csv('{}')) OR `'` = 'a'",
    "sku = E'\\'' OR EXISTS (SELECT 1 FROM read_csv('{}')) OR sku = ''",
    "sku = $$'$$ OR EXISTS (SELECT 1 FROM read_csv('{}')) OR sku = $$'$$",
    "sku = 'a' -- '\n OR EXISTS (SELECT 1 FROM read_csv('{}')) -- '",
]

RIGHT = [
    "channel_kind IN ('store', 'web') AND NOT kvi",
    "price * 100 > 95 * was_price",
    "LOWER(brand) LIKE 'corner%' OR kvi",
    "observed_at > DATE '2026-01-02'",
    "launched_on > DATE '2026-01-02'",
    "price BETWEEN 100 AND 10 * 100",
    "CASE WHEN kvi THEN price > 1 ELSE FALSE END",
    "sku IS NULL",
    "TRY_CAST(sku AS INTEGER) > 5",
    "ARRAY_CONTAINS(listed, 'web')",
    "price / (price - price) > 1",
    "EXTRACT(hour FROM observed_at) > 3 AND brand <> 'select one -- now()'",
    "brand = 'O''Neill'",
]


def judged(text: str, **values: object) -> bool:
    row = pl.DataFrame({name: pl.Series(name, [value], COLUMNS[name]) for name, value in values.items()})
    return bool(row.select(compiled(text).alias("judged")).item())


@pytest.mark.parametrize(("text", "word"), WRONG, ids=[word + " " + text[:30] for text, word in WRONG])
def test_a_condition_that_is_none_is_told_with_a_fix(text: str, word: str):
    found = problem(text, COLUMNS)
    assert found is not None
    what, fix = found
    assert what.startswith(f"'where' {word}")
    assert len(what) < 400
    assert fix


@pytest.mark.parametrize("text", RIGHT)
def test_a_condition_of_one_row_is_right(text: str):
    assert problem(text, COLUMNS) is None


@pytest.mark.parametrize("query", HIDDEN_QUERIES)
def test_no_way_of_quoting_lets_a_query_open_a_file(query: str, tmp_path: Path):
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n1\n")
    assert problem(query.format(secret), COLUMNS) is not None


def test_unknown_columns_are_answered_with_the_closest_and_all_there_are():
    assert problem("prise > 1", COLUMNS) == (
        "'where' names 'prise', which is no column here",
        f"did you mean 'price'? columns: {', '.join(sorted(COLUMNS))}",
    )


def test_the_key_it_is_written_under_is_named():
    found = problem("price >", COLUMNS, name="excluding")
    assert found is not None
    assert found[0].startswith("'excluding' is no SQL condition")


def test_what_is_not_stated_is_not_concerned():
    assert judged("kvi", kvi=True)
    assert not judged("kvi", kvi=None)
    assert not judged("NOT kvi", kvi=None)
    assert judged("kvi IS NULL", kvi=None)
    assert not judged("price > was_price", price=100, was_price=None)


def test_the_columns_of_a_condition_are_named_once_in_their_order():
    assert columns_of("price > 1 AND (kvi OR price < was_price)") == ["price", "kvi", "was_price"]
