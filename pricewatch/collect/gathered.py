"""What an importer of records gathers from one file: rows and refusals in the file's order, and the options it was declared with.

For files that are read record by record (XML, EDIFACT). Tables go through Polars whole (`importers/table_file.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from pricewatch.collect.importers import Reading
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source
from pricewatch.workspace.mistakes import did_you_mean

_HELD = 50_000
"""Rows kept as Python objects before they go into a frame: bounds the memory of a large file."""


class Options(BaseModel):
    """What a source declares in `options` for its importer, beyond what every source can say. Derive and describe each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


O = TypeVar("O", bound=Options)  # noqa: E741


def declared(kind: type[O], source: Source) -> O:
    """The source's options. Raises SourceError that names each wrong key, the source, and what may be written there."""
    try:
        return kind.model_validate(source.options)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        wrong, key = [], str(first["loc"][0]) if first["loc"] else ""
        for detail in error.errors(include_url=False):
            name = ".".join(str(part) for part in detail["loc"])
            what = "is no option" if detail["type"] == "extra_forbidden" else detail["msg"][:1].lower() + detail["msg"][1:]
            wrong.append(f"'{name}' {what}" if detail["type"] == "extra_forbidden" else f"'{name}': {what}")
        field = kind.model_fields.get(key)
        known = list(kind.model_fields)
        fix = f"{key}: {field.description}" if field is not None else did_you_mean(key, known, "its options")
        raise SourceError("; ".join(wrong), f"config/sources.yaml: source '{source.id}', options", fix) from None


class Gathered:
    """Rows of the given columns (all String) with `source_ref`, and the rows that were refused."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._schema = dict.fromkeys((*columns, "source_ref"), pl.String())
        self._frames: list[pl.DataFrame] = []
        self._rows: list[tuple[str | None, ...]] = []
        self._refused: list[tuple[str, str, str]] = []

    def add(self, at: str, row: Mapping[str, str | None]) -> None:
        """Keep a row that was read at `at`; columns it does not name are null."""
        self._rows.append((*(row.get(name) or None for name in list(self._schema)[:-1]), at))
        if len(self._rows) >= _HELD:
            self._spill()

    def refuse(self, at: str, reason: str, row: Mapping[str, str | None]) -> None:
        """Keep why a row was refused, and what it said."""
        told = {name: value for name, value in row.items() if value is not None}
        self._refused.append((at, reason, json.dumps(told, ensure_ascii=False)))

    def reading(self) -> Reading:
        """Everything that was gathered."""
        self._spill()
        rows = pl.concat(self._frames) if self._frames else pl.DataFrame(schema=self._schema)
        refused = pl.DataFrame(
            self._refused, schema={"source_ref": pl.String, "reason": pl.String, "row": pl.String}, orient="row"
        )
        return Reading(rows, refused, rows.height + refused.height)

    def _spill(self) -> None:
        if self._rows:
            self._frames.append(pl.DataFrame(self._rows, schema=self._schema, orient="row"))
            self._rows = []
