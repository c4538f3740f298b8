"""`rules/<name>.test.yaml`: given these offers, expect these findings. Read here, run by `runs.rule_tests`.

    - name: the webshop asks more than was decided
      rule: web-price
      products: |
        sku  name
        A1   Espresso
      price_list: |
        sku  zone  list_price
        A1   Z1    12.99
      offers: |
        channel  sku  price
        web      A1   13.99
      findings: |
        sku  observed  expected
        A1   13.99     12.99

Tables are as in `small_tables`. Prices are decimals with a point, whatever the source declares; days and times are the market's.
Markets, channels and sources are the workspace's own. Expected findings are compared by the columns that are written; `none`
says that there is none. Rows that the engine refuses, and offers of products that are not in `products`, fail a case unless it
says how many it expects (`refused`, `unmatched`): a rule is silent about them for another reason than the one that is tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pricewatch.domain import tables
from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace import Workspace, yamlfile
from pricewatch.workspace.mistakes import Loc, did_you_mean
from pricewatch.workspace.rules import TEST, rule_files
from pricewatch.workspace.small_tables import Row, small_table
from pricewatch.workspace.yamlfile import Document

NIGHT = date(2026, 3, 13)
"""The night of a case that names none."""

AMOUNTS = ("expected", "observed", "delta", "impact", "list_price")
"""Columns of findings that are money, where the finding is about money."""

OURS = frozenset({"source_ref", "collected_at"})
"""Columns that say where a row was read: the case's own file and line."""

RAW = tuple(name.removesuffix("_text") for name in tables.schema("raw") if name not in OURS)

GIVEN: Mapping[str, tuple[str, ...]] = {
    "offers": ("channel", *RAW),
    "history": ("channel", *(name for name in RAW if name not in ("source", "observed_at")), "since", "until"),
    **{
        name: tuple(column for column in tables.schema(name) if column not in OURS)
        for name in ("products", "price_list", "promotions", "locations")
    },
    "source_runs": ("source", "status", "problem", "fix", "rows", "refused", "expected_rows"),
}
"""The tables a case may give, and their columns."""

NEEDED: Mapping[str, tuple[str, ...]] = {"history": ("channel", "since"), "source_runs": ("source",)}

Table = str | list[Any] | None


class CaseFile(BaseModel):
    """One case as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="rule test")

    name: str = Field(min_length=1, description="what the case shows, as a sentence")
    rule: str | None = Field(None, description="the rule that is run, by its id")
    rules: list[str] = Field(default_factory=list, description="the rules that are run, where they are several")
    night: date = Field(NIGHT, description="the night that is judged, for example 2026-03-13")
    offers: Table = Field(None, description="a table of what channels show")
    products: Table = Field(None, description="a table: the catalogue")
    price_list: Table = Field(None, description="a table of decided prices")
    promotions: Table = Field(None, description="a table: the promotion calendar")
    locations: Table = Field(None, description="a table of stores")
    history: Table = Field(None, description="a table of earlier prices, each since and until a day")
    source_runs: Table = Field(None, description="a table of what sources delivered; those not named delivered completely")
    findings: str | list[Any] = Field(description="a table of the findings that are expected, or none")
    refused: int = Field(0, ge=0, description="rows that the engine is expected to refuse")
    unmatched: int = Field(0, ge=0, description="offers whose product is not expected to be in the catalogue")

    @model_validator(mode="after")
    def _of_a_rule(self) -> CaseFile:
        if (self.rule is None) == (not self.rules):
            raise ValueError("a rule test has either a rule or rules; write one of the two")
        return self


@dataclass(frozen=True)
class Case:
    """One case that is right: what is given, and what is expected."""

    name: str
    place: str
    file: str
    """The tested file without its ending: `prices`, `law/fr`."""
    rules: tuple[str, ...]
    night: date
    given: Mapping[str, Sequence[Row]]
    columns: tuple[str, ...]
    """Columns of the expected findings; empty when none is expected."""
    findings: Sequence[Row]
    refused: int
    unmatched: int


def load_cases(workspace: Workspace) -> list[Case]:
    """Every case of a workspace, in the order of files and lines; raises all problems of all files at once."""
    cases: list[Case] = []
    problems: list[UserError] = []
    for path, shown in rule_files(workspace.root / "rules"):
        if not path.name.endswith(TEST[0]):
            continue
        try:
            found, wrong = _file(path, shown, workspace)
        except UserError as problem:
            problems.append(problem)
            continue
        cases += found
        problems += wrong
    Problems.raise_if_any(problems)
    return cases


def named(cases: Sequence[Case], name: str) -> list[Case]:
    """The cases of a file (`prices`), of a rule (`web-price`), or the one that is called so."""
    found = [case for case in cases if name in (case.file, case.name, *case.rules)]
    if not found:
        names = sorted({word for case in cases for word in (case.file, *case.rules)})
        raise UserError(f"no rule test is about '{name}'", fix=did_you_mean(name, names, "files and rules that have one"))
    return found


def _file(path: Path, shown: str, workspace: Workspace) -> tuple[list[Case], list[UserError]]:
    document = yamlfile.read(path, shown)
    problems = list(document.problems)
    if not isinstance(document.value, list | None):
        return [], [
            *problems,
            UserError("this file is a list of rule tests", document.place(), "begin each one with - name: ..."),
        ]
    cases: list[Case] = []
    first: dict[str, str] = {}
    for index in range(len(document.value or [])):
        case, wrong = _case(document, (index,), workspace)
        problems += wrong
        if case is None:
            continue
        if case.name in first:
            what = f"there are two rule tests '{case.name}'; the other is {first[case.name]}"
            problems.append(UserError(what, case.place, "give one of them another name"))
        first.setdefault(case.name, case.place)
        cases.append(case)
    return cases, problems


def _case(document: Document, loc: Loc, workspace: Workspace) -> tuple[Case | None, list[UserError]]:
    written, problems = yamlfile.check(document, CaseFile, loc, noun="rule test")
    if written is None:
        return None, problems
    given: dict[str, list[Row]] = {}
    for table, columns in GIVEN.items():
        rows, wrong = small_table(document, (*loc, table), getattr(written, table), columns, needs=NEEDED.get(table, ()))
        problems += [*wrong, *_strangers(table, rows, workspace)]
        given[table] = rows
    none = isinstance(written.findings, str) and written.findings.strip() == "none"
    here = (*loc, "findings")
    expected, wrong = small_table(document, here, None if none else written.findings, list(tables.schema("findings")))
    rules: dict[Loc, str] = {("rules", index): rule for index, rule in enumerate(written.rules)} or {("rule",): str(written.rule)}
    problems += [*wrong, *_no_amounts(expected), *_no_deliveries(given["source_runs"])]
    known = [rule.id for rule in workspace.rules]
    for key, rule in rules.items():
        if rule not in known:
            fix = did_you_mean(rule, known, "rules")
            problems.append(UserError(f"there is no rule '{rule}'", document.place((*loc, *key)), fix))
    if problems:
        return None, problems
    return Case(
        name=written.name,
        place=document.place(loc),
        file=document.shown.partition("/")[2].removesuffix(TEST[0]),
        rules=tuple(rules.values()),
        night=written.night,
        given=given,
        columns=tuple(dict.fromkeys(name for row in expected for name in row.cells)),
        findings=expected,
        refused=written.refused,
        unmatched=written.unmatched,
    ), []


def _strangers(table: str, rows: Sequence[Row], workspace: Workspace) -> Iterator[UserError]:
    """Sources and channels that the workspace does not have; an offer says at least one of the two."""
    offering = {source.id: source.channel for source in workspace.sources if source.feeds == "offers"}
    sources = [source.id for source in workspace.sources] if table == "source_runs" else list(offering)
    channels = list(dict.fromkeys(offering.values())) if table == "offers" else [channel.id for channel in workspace.channels]
    for row in rows:
        source, channel = row.cells.get("source"), row.cells.get("channel")
        if source is not None and source not in sources:
            yield UserError(f"there is no source '{source}' here", row.place, did_you_mean(source, sources, "sources"))
        if table in ("offers", "history") and channel is not None and channel not in channels:
            known = [name for name in channels if name is not None]
            yield UserError(f"there is no channel '{channel}' here", row.place, did_you_mean(channel, known, "channels"))
        if table == "offers" and source is None and channel is None:
            yield UserError("this offer says neither source nor channel", row.place, "add a column channel")


STATUSES = ("complete", "degraded", "failed", "missing")
COUNTS = ("rows", "refused", "expected_rows")


def _no_deliveries(rows: Sequence[Row]) -> Iterator[UserError]:
    """Deliveries that cannot have been: a status there is not, rows that are no number."""
    for row in rows:
        status = row.cells.get("status")
        if status is not None and status not in STATUSES:
            yield UserError(f"'status' is '{status}'", row.place, did_you_mean(status, STATUSES, "it is one of"))
        for name in COUNTS:
            cell = row.cells.get(name)
            if cell is not None and not cell.isdecimal():
                yield UserError(f"'{name}' is '{cell}', which is no whole number", row.place, "write for example 100")


def _no_amounts(expected: Sequence[Row]) -> Iterator[UserError]:
    for row in expected:
        for name in AMOUNTS:
            if amount_of(row.cells.get(name)) is None and row.cells.get(name) is not None:
                yield UserError(f"'{name}' is '{row.cells[name]}', which is no amount", row.place, "write for example 12.99")


def amount_of(cell: str | None) -> Decimal | None:
    """A cell as a number; None where it is none."""
    try:
        found = Decimal(cell) if cell is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None
