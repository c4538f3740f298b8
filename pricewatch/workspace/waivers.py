"""`config/waivers.yaml`: what the user decided to live with, kept in git beside the rules. The file may be missing.

- id: closing-0417
  where: location = '0417' AND check = 'expected_price'      or  finding: f5f0c2a97b1de034
  reason: The store closes on 30 June; its labels are not printed again.
  author: ana
  until: 2026-06-30
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine import waivers
from pricewatch.workspace import yamlfile
from pricewatch.workspace.config import Id, Model
from pricewatch.workspace.yamlfile import Document

FILE = "waivers.yaml"


class Waiver(Model):
    """One waiver of the file: what it is about, why, who says so, from when until when."""

    model_config = ConfigDict(title="waiver")

    id: Id
    where: str | None = Field(None, description="SQL condition on the columns of findings, for example location = '0417'")
    finding: str | None = Field(
        None, pattern=r"^f[0-9a-f]{16}$", description="the whole id of one finding, as: pricewatch findings --format csv"
    )
    reason: str = Field(min_length=1, description="why it may stay wrong, for the person who reads it later")
    author: str = Field(min_length=1, description="who decided it")
    since: date | None = Field(None, alias="from", description="first night it holds, for example 2026-03-14; null = at once")
    until: date = Field(description="last night it holds, for example 2026-06-30; a year ahead at most")
    _place: str = PrivateAttr("")

    @property
    def place(self) -> str:
        """`config/waivers.yaml:3`."""
        return self._place

    @model_validator(mode="after")
    def _whole(self) -> Waiver:
        if (self.where is None) == (self.finding is None):
            raise ValueError("a waiver has either 'where' or 'finding'; write one of the two")
        if self.since is not None and self.until < self.since:
            raise ValueError("it ends before it begins; exchange 'from' and 'until'")
        return self


def read_waivers(root: Path, today: date) -> tuple[list[Waiver], list[UserError]]:
    """The waivers of a workspace that are right, in their order, and every problem of the file. No file, no waivers.

    `today` is what "more than a year ahead" is counted from, where a waiver does not say when it begins.
    """
    path = root / "config" / FILE
    if not path.exists():
        return [], []
    try:
        document = yamlfile.read(path, f"config/{FILE}")
    except UserError as problem:
        return [], [problem]
    if document.value is None:
        return [], list(document.problems)
    if not isinstance(document.value, list):
        return [], [UserError("this file is a list of waivers", document.place(), "begin each waiver with - id: ...")]
    good: list[Waiver] = []
    problems = list(document.problems)
    first: dict[str, str] = {}
    for index in range(len(document.value)):
        waiver, wrong = _waiver(document, index, today)
        problems += wrong
        if waiver is None:
            continue
        if waiver.id in first:
            what = f"there are two waivers '{waiver.id}'; the other is {first[waiver.id]}"
            problems.append(UserError(what, waiver.place, "give one of them another id"))
        else:
            good.append(waiver)
        first.setdefault(waiver.id, waiver.place)
    return good, problems


def _waiver(document: Document, index: int, today: date) -> tuple[Waiver | None, list[UserError]]:
    waiver, wrong = yamlfile.check(document, Waiver, (index,))
    if waiver is None:
        return None, wrong
    waiver._place = document.place((index,))
    found = {
        "where": None if waiver.where is None else waivers.problem(waiver.where),
        "until": waivers.too_late(waiver.until, waiver.since or today),
    }
    told = [
        UserError(f"waiver '{waiver.id}': {problem[0]}", document.place((index, key)), problem[1])
        for key, problem in found.items()
        if problem is not None
    ]
    return (None if told else waiver), told


def waiver_frame(given: Sequence[Waiver]) -> pl.DataFrame:
    """Waivers of the file as `domain.tables.Waivers`."""
    rows = [(w.id, w.finding, w.where, w.author, w.reason, w.since, w.until, w.place) for w in given]
    return pl.DataFrame(rows, schema=tables.schema("waivers"), orient="row")


def waiver_warnings(given: Sequence[Waiver], today: date) -> list[UserError]:
    """Waivers that hold nothing (expired), or nothing that an earlier one does not hold (shadowed), in the file's order."""
    return [found for number, waiver in enumerate(given) for found in _warned(waiver, given[:number], today)]


def _warned(waiver: Waiver, earlier: Sequence[Waiver], today: date) -> Iterator[UserError]:
    if waiver.until < today:
        what = f"waiver '{waiver.id}' expired on {waiver.until}; its findings are open again"
        yield UserError(what, waiver.place, "take it out, or decide again until when")
        return
    cover = next((first for first in earlier if _shadows(first, waiver, today)), None)
    if cover is not None:
        what = f"waiver '{waiver.id}' is shadowed: '{cover.id}' ({cover.place}) holds all it could hold, as long"
        yield UserError(what, waiver.place, "take it out, or let it last longer")


def _shadows(first: Waiver, second: Waiver, today: date) -> bool:
    """Whether a waiver holds whatever another one holds, on each of its nights from today on."""
    if first.until < second.until or (first.since or today) > max(second.since or today, today):
        return False
    if first.where is None or second.where is None:
        return first.finding is not None and first.finding == second.finding
    return waivers.covers(first.where, second.where)
