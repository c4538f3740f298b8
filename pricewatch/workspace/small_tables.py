"""Small tables in YAML, with the line of every row: as text, or as a list of mappings.

    offers: |                                   offers:
      source   sku  price                         - {source: webshop, sku: A1, price: 12.99}
      webshop  A1   12.99                         - {source: webshop, sku: A2}
      webshop  A2   -

Two spaces or more separate columns, `-` is nothing. Both forms give text cells as their author wrote them: the store `0417`
keeps its zero, the price 12.90 its last digit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pricewatch.domain.errors import UserError
from pricewatch.workspace.mistakes import Loc, did_you_mean
from pricewatch.workspace.yamlfile import Document

NOTHING = "-"


@dataclass(frozen=True)
class Row:
    """One row: where it stands, and its cells by column; null is None, a column that is not written is not there."""

    place: str
    cells: dict[str, str | None]


def small_table(
    document: Document, loc: Loc, value: Any, columns: Sequence[str], *, needs: Sequence[str] = ()
) -> tuple[list[Row], list[UserError]]:
    """The rows of a table at a place of a document, and every problem: of its form, its columns, the columns it needs."""
    if value is None:
        return [], []
    if isinstance(value, str):
        rows, problems = _text(document, loc, value, columns)
    elif isinstance(value, list):
        rows, problems = _listed(document, loc, value, columns)
    else:
        rows, problems = [], [UserError(f"'{loc[-1]}' is no table", document.place(loc), f"write {loc[-1]}: | and rows below it")]
    for row in rows:
        for name in needs:
            if row.cells.get(name) is None:
                problems.append(UserError(f"this row of '{loc[-1]}' has no {name}", row.place, f"add a column {name}"))
    return rows, problems


def _text(document: Document, loc: Loc, value: str, columns: Sequence[str]) -> tuple[list[Row], list[UserError]]:
    file, _, line = document.place(loc).rpartition(":")
    # The rows of a block begin on the line below its key; of any other text only the key's line is known.
    block = (document.written(loc) or "").startswith("|")
    written = [
        (f"{file}:{int(line) + number}" if block else f"{file}:{line}", re.split(r"\s{2,}", text.strip()))
        for number, text in enumerate(value.split("\n"), start=1)
        if text.strip()
    ]
    if not written:
        return [], []
    (head, names), *rows = written
    problems = [_unknown(name, str(loc[-1]), head, columns) for name in names if name not in columns]
    problems += [
        UserError(f"the column '{name}' is here twice", head, "keep one of the two")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    found = []
    for place, cells in rows:
        if len(cells) != len(names):
            what = f"there {'is' if len(cells) == 1 else 'are'} {len(cells)} cells under {len(names)} columns"
            problems.append(UserError(what, place, "separate cells by two spaces or more, and write - for nothing"))
            continue
        pairs = zip(names, cells, strict=True)
        found.append(Row(place, {name: None if cell == NOTHING else cell for name, cell in pairs if name in columns}))
    return found, problems


def _listed(document: Document, loc: Loc, value: list[Any], columns: Sequence[str]) -> tuple[list[Row], list[UserError]]:
    rows: list[Row] = []
    problems: list[UserError] = []
    for index, entry in enumerate(value):
        here = (*loc, index)
        if not isinstance(entry, dict):
            problems.append(UserError(f"this is no row of '{loc[-1]}'", document.place(here), "write - {column: value, ...}"))
            continue
        unknown = [str(name) for name in entry if name not in columns]
        problems += [_unknown(name, str(loc[-1]), document.place((*here, name)), columns) for name in unknown]
        cells = {name: _cell(document, (*here, name), each) for name, each in entry.items() if name in columns}
        rows.append(Row(document.place(here), cells))
    return rows, problems


def _cell(document: Document, loc: Loc, value: Any) -> str | None:
    """A value as text: a number as it is written, not as it was read."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return "|".join(_cell(document, (*loc, index), each) or "" for index, each in enumerate(value))
    return str(value).lower() if isinstance(value, bool) else document.written(loc) or str(value)


def _unknown(name: str, table: str, place: str, columns: Sequence[str]) -> UserError:
    return UserError(f"'{table}' has no column '{name}'", place, did_you_mean(name, list(columns), "columns"))
