"""What became of a rule test, row by row: expected and not found `-`, found and not expected `+`, as expected ` `."""

from __future__ import annotations

from collections.abc import Sequence

from pricewatch.report import words

Cells = tuple[str | None, ...]


def difference(
    columns: Sequence[str], equal: Sequence[Cells], missing: Sequence[Cells], unexpected: Sequence[Cells]
) -> list[str]:
    """Lines of an aligned table.

        sku  observed  expected
    -   A1   13.99     12.99
    +   A1   13.98     12.99
        A2   5.00      4.00
    """
    rows = [("", columns), *(("-", row) for row in missing), *(("+", row) for row in unexpected), *(("", row) for row in equal)]
    cells = [(mark, ["-" if cell is None else words.plain(cell) for cell in row]) for mark, row in rows]
    wide = [max(len(row[at]) for _, row in cells) for at in range(len(columns))]
    return [
        f"{mark:<4}" + "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for mark, row in cells
    ]


def failure(place: str, name: str, rules: Sequence[str], notes: Sequence[str], rows: Sequence[str]) -> list[str]:
    """One test that failed: which one, rows that did not get through, and the difference."""
    head = f"{place}: failed: {words.plain(name)} (rule {', '.join(words.plain(rule) for rule in rules)})"
    return [head, *(f"    {words.plain(note)}" for note in notes), *(f"  {row}" for row in rows), ""]


def summary(cases: int, failed: int) -> str:
    """The last line: how many were run, and how many of them failed."""
    return f"{words.count(cases, 'rule test')}: {f'{failed} failed' if failed else 'all right'}"
