"""`rules/*.yaml`: a list of rules, each the header and the kind's own parameters, flat in one mapping.

    - id: store-shelf-price                 header: id, check, where, severity, owner, why
      check: expected_price
      where: channel_kind = 'store'
      severity: critical
      owner: store-ops
      why: The till must charge the decided price.
      tolerance: {amount: 0.05}             the kind's parameters

`rules/<name>.test.yaml` beside them are not rules. `where` is compiled here by Polars' own SQL, so that a mistake in it is
told with its line before anything runs: it is one condition on the columns of one row, true or false.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from pricewatch.domain import tables
from pricewatch.domain.errors import Problems, UserError
from pricewatch.engine import conditions
from pricewatch.engine.checks import Check, registry
from pricewatch.engine.rules import LISTED_COLUMNS, SOURCE_COLUMNS, WHERE_COLUMNS
from pricewatch.engine.world import Rule
from pricewatch.workspace import yamlfile
from pricewatch.workspace.config import Id
from pricewatch.workspace.mistakes import did_you_mean, subject
from pricewatch.workspace.yamlfile import Document


class Header(BaseModel):
    """What every rule has, whatever its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="rule")

    id: Id = Field(description="lower-case letters, digits, - and _; findings keep it, so do not rename a rule lightly")
    check: str = Field(description="the kind of check; see: pricewatch rules list --kinds")
    where: str | None = Field(None, description="SQL condition on the offer's columns, for example channel_kind = 'store'")
    severity: Literal["info", "minor", "major", "critical"] = Field("major", description="how bad a finding of it is")
    owner: str = Field("pricing", min_length=1, description="who mends what it finds, for example store-ops")
    why: str = Field("", description="one sentence for the person who reads a finding")


def load_rules(folder: Path) -> list[Rule]:
    """Every rule of a folder, in the order of files and lines; raises all problems of all files at once."""
    rules, problems = read_rules(folder)
    Problems.raise_if_any(problems)
    return rules


def read_rules(folder: Path) -> tuple[list[Rule], list[UserError]]:
    """The rules that are right, and every problem. A folder without rules, or no folder, has neither."""
    rules: list[Rule] = []
    problems: list[UserError] = []
    first: dict[str, str] = {}
    for path in sorted(folder.glob("*.y*ml")):
        shown = f"{folder.name}/{path.name}"
        if path.name.endswith((".test.yaml", ".test.yml")):
            continue
        if path.suffix != ".yaml":
            problems.append(UserError("pricewatch does not read a file of this name", shown, f"rename it to {path.stem}.yaml"))
            continue
        try:
            document = yamlfile.read(path, shown)
        except UserError as problem:
            problems.append(problem)
            continue
        problems += document.problems
        found, wrong = _rules(document, first)
        rules += found
        problems += wrong
    return rules, problems


def _rules(document: Document, first: dict[str, str]) -> tuple[list[Rule], list[UserError]]:
    """The rules of one file; `first` remembers over all files where an id was seen."""
    if document.value is None:
        return [], []
    if not isinstance(document.value, list):
        return [], [UserError("this file is a list of rules", document.place(), "begin each rule with - id: ...")]
    rules, problems = [], []
    for index, entry in enumerate(document.value):
        rule, wrong = _rule(document, index, entry)
        problems += wrong
        if rule is not None:
            rules.append(rule)
        identity = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(identity, str):
            continue
        where = document.place((index, "id"))
        if identity in first:
            what = f"there are two rules '{identity}'; the other is {first[identity]}"
            problems.append(UserError(what, where, "give one of them another id"))
        first.setdefault(identity, where)
    return rules, problems


def _rule(document: Document, index: int, entry: Any) -> tuple[Rule | None, list[UserError]]:
    """One rule, or None and everything that is wrong with it."""
    loc = (index,)
    if not isinstance(entry, dict):
        return None, [
            UserError("this is no rule", document.place(loc), "write keys with values: id, check, severity, owner, why")
        ]
    kind = registry().get(entry["check"]) if isinstance(entry.get("check"), str) else None
    if kind is None:
        # without its kind nobody knows the keys it may have: only the header is judged
        header = {key: value for key, value in entry.items() if key in Header.model_fields}
        _, problems = yamlfile.check(document, Header, loc, value=header, noun="rule")
        if isinstance(entry.get("check"), str):
            who = subject("rule", entry)
            what = f"there is no check '{entry['check']}'"
            fix = did_you_mean(entry["check"], list(registry()), "checks")
            problems.append(UserError(f"{who}: {what}" if who else what, document.place((*loc, "check")), fix))
        return None, problems
    return _of_kind(document, index, entry, kind)


def _of_kind(document: Document, index: int, entry: dict[str, Any], kind: Check) -> tuple[Rule | None, list[UserError]]:
    """One rule whose kind is known: its header, its parameters, its condition."""
    loc = (index,)
    noun = f"rule of kind {kind.name}"
    own = {key: value for key, value in entry.items() if key not in Header.model_fields}
    header, problems = yamlfile.check(
        document, Header, loc, value={key: value for key, value in entry.items() if key in Header.model_fields}, noun="rule"
    )
    keys = [*Header.model_fields, *kind.params.model_fields]
    params, wrong = yamlfile.check(document, kind.params, loc, value=own, noun=noun, who=subject("rule", entry), keys=keys)
    problems += wrong
    if isinstance(entry.get("where"), str):
        problem = conditions.problem(entry["where"], where_columns(kind))
        if problem is not None:
            what, fix = problem
            who = subject("rule", entry)
            problems.append(UserError(f"{who}: {what}" if who else what, document.place((*loc, "where")), fix))
    if header is None or params is None or problems:
        return None, problems
    rule = Rule(header.id, kind.name, params, header.where, header.severity, header.owner, header.why, document.place(loc))
    return rule, []


def where_columns(kind: Check) -> dict[str, pl.DataType]:
    """The columns that the `where` of a rule of this kind may name, with their types. Money in them is minor units."""
    of_offers: tuple[str, ...] = LISTED_COLUMNS if "assortment" in kind.frames else WHERE_COLUMNS
    known = SOURCE_COLUMNS if kind.scope == "night" else of_offers
    types = {**tables.schema("products"), **tables.schema("findings"), **tables.schema("offers")}
    # the rest is ours, derived from the calendar and the price list: text for names, minor units for money
    text = tables.schema("findings")["market"]
    types = {**types, "listed": tables.schema("products")["channels"]}
    return {name: types.get(name) or (pl.Int64() if name.endswith(("_price", "_gtin")) else text) for name in known}
