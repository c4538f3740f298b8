"""`rules/**/*.yaml`: a list of rules, each the header and the kind's own parameters, flat in one mapping.

    - id: store-shelf-price                 header: id, check, where, severity, owner, why, enabled, valid_from, valid_to
      check: expected_price
      where: channel_kind = 'store'
      severity: critical
      owner: store-ops
      why: The till must charge the decided price.
      tolerance: {amount: 0.05}             the kind's parameters

A law pack (`rules/law/fr.yaml`) is a mapping that holds such a list under `rules`, with what all of them rest on. Files named
`<name>.test.yaml` are not rules but their tests (`rule_tests`). `where` is judged here (`engine.conditions`), so that a mistake
in it is told with its line before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pricewatch.domain.errors import Problems, UserError
from pricewatch.engine import conditions
from pricewatch.engine.checks import Check, registry
from pricewatch.engine.columns import types_of
from pricewatch.engine.rules import LISTED_COLUMNS, SOURCE_COLUMNS, WHERE_COLUMNS
from pricewatch.engine.world import Rule
from pricewatch.workspace import yamlfile
from pricewatch.workspace.mistakes import Loc, did_you_mean, subject
from pricewatch.workspace.rule_models import HEADER, Dated, Header, Pack
from pricewatch.workspace.yamlfile import Document

TEST = (".test.yaml", ".test.yml")
"""How the files beside the rules end that are tests of them."""


def load_rules(folder: Path) -> list[Rule]:
    """Every rule of a folder, in the order of files and lines; raises all problems of all files at once."""
    rules, problems = read_rules(folder)
    Problems.raise_if_any(problems)
    return rules


def read_rules(folder: Path) -> tuple[list[Rule], list[UserError]]:
    """The rules that are right, and every problem. A folder without rules, or no folder, has neither."""
    reading = Reading()
    for path, shown in rule_files(folder):
        if path.name.endswith(TEST):
            continue
        if path.suffix != ".yaml":
            fix = f"rename it to {path.stem}.yaml"
            reading.problems.append(UserError("pricewatch does not read a file of this name", shown, fix))
            continue
        try:
            document = yamlfile.read(path, shown)
        except UserError as problem:
            reading.problems.append(problem)
            continue
        reading.problems += document.problems
        reading.file(document)
    return reading.rules, reading.problems


def rule_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every YAML file of a folder and its subfolders, in the order of names, as messages show it: `rules/law/fr.yaml`."""
    for path in sorted(folder.rglob("*.y*ml"), key=lambda path: path.relative_to(folder).parts):
        yield path, f"{folder.name}/{path.relative_to(folder).as_posix()}"


@dataclass
class Reading:
    """What was read so far, of all files: rules, problems, and where each id was first seen."""

    rules: list[Rule] = field(default_factory=list)
    problems: list[UserError] = field(default_factory=list)
    first: dict[str, str] = field(default_factory=dict)

    def file(self, document: Document) -> None:
        """One file: a list of rules, or a law pack."""
        value = document.value
        if isinstance(value, dict) and set(value) & set(Pack.model_fields):
            pack, wrong = yamlfile.check(document, Pack)
            self.problems += wrong
            if isinstance(value.get("rules"), list):
                self._list(document, ("rules",), pack)
        elif isinstance(value, list):
            self._list(document, (), None)
        elif value is not None:
            self.problems.append(UserError("this file is a list of rules", document.place(), "begin each rule with - id: ..."))

    def _list(self, document: Document, loc: Loc, pack: Pack | None) -> None:
        """The rules at a place of a file; a pack that is itself wrong is told, and its rules are judged all the same."""
        entries = document.value
        for part in loc:
            entries = entries[part]
        for index, entry in enumerate(entries):
            here = (*loc, index)
            rule, wrong = _rule(document, here, entry, pack)
            self.problems += wrong
            if rule is not None:
                self.rules.append(rule)
            identity = entry.get("id") if isinstance(entry, dict) else None
            if isinstance(identity, str):
                self._once(identity, document.place((*here, "id")))

    def _once(self, identity: str, place: str) -> None:
        if identity in self.first:
            what = f"there are two rules '{identity}'; the other is {self.first[identity]}"
            self.problems.append(UserError(what, place, "give one of them another id"))
        self.first.setdefault(identity, place)


def _rule(document: Document, loc: Loc, entry: Any, pack: Pack | None) -> tuple[Rule | None, list[UserError]]:
    """One rule, or None and everything that is wrong with it."""
    if not isinstance(entry, dict):
        fix = "write keys with values: id, check, severity, owner, why"
        return None, [UserError("this is no rule", document.place(loc), fix)]
    kind = registry().get(entry["check"]) if isinstance(entry.get("check"), str) else None
    if kind is None:
        # without its kind nobody knows the keys it may have: only the header is judged
        header = {key: value for key, value in entry.items() if key in Header.model_fields}
        _, problems = yamlfile.check(document, Header, loc, value=header, noun="rule")
        if isinstance(entry.get("check"), str):
            fix = did_you_mean(entry["check"], list(registry()), "checks")
            problems.append(_problem(document, (*loc, "check"), entry, f"there is no check '{entry['check']}'", fix))
        return None, problems
    return _of_kind(document, loc, entry, kind, pack)


def _of_kind(
    document: Document, loc: Loc, entry: dict[str, Any], kind: Check, pack: Pack | None
) -> tuple[Rule | None, list[UserError]]:
    """One rule whose kind is known: its header, its parameters, its condition, its days."""
    shared = {key: value for key, value in entry.items() if key in Header.model_fields}
    own = {key: value for key, value in entry.items() if key not in Header.model_fields}
    header, problems = yamlfile.check(document, Header, loc, value=shared, noun="rule")
    keys = [*HEADER, *kind.params.model_fields]
    params, wrong = yamlfile.check(
        document, kind.params, loc, value=own, noun=f"rule of kind {kind.name}", who=subject("rule", entry), keys=keys
    )
    problems += wrong
    if isinstance(entry.get("where"), str):
        found = conditions.problem(entry["where"], where_columns(kind))
        if found is not None:
            problems.append(_problem(document, (*loc, "where"), entry, *found))
    days = None if header is None else _days(header, pack)
    if header is not None and days is None:
        what = "it is in force on no day of its pack"
        problems.append(_problem(document, loc, entry, what, f"correct its days, or take it out of {document.shown}"))
    if header is None or params is None or days is None or problems:
        return None, problems
    return Rule(
        id=header.id,
        check=kind.name,
        params=params,
        where=_of_markets(header.where, pack, kind),
        severity=header.lowest,
        owner=header.owner,
        why=header.why,
        place=document.place(loc),
        severities=header.thresholds,
        valid_from=days.valid_from,
        valid_to=days.valid_to,
        enabled=header.enabled and (pack is None or pack.enabled),
        markets=() if pack is None else tuple(pack.markets),
        pack="" if pack is None else document.shown.partition("/")[2].removesuffix(".yaml"),
    ), []


def _of_markets(where: str | None, pack: Pack | None, kind: Check) -> str | None:
    """A rule's condition within its pack's markets. Rules about sources are about no market's law."""
    if pack is None or not pack.markets or kind.scope == "night":
        return where
    within = f"market IN ({', '.join(repr(market) for market in pack.markets)})"
    return within if where is None else f"{within} AND ({where})"


def _days(header: Header, pack: Pack | None) -> Dated | None:
    """The days on which a rule and its pack are both in force; None when there are none."""
    both: tuple[Dated, ...] = (header,) if pack is None else (header, pack)
    begins = max((each.valid_from for each in both if each.valid_from is not None), default=None)
    ends = min((each.valid_to for each in both if each.valid_to is not None), default=None)
    if begins is not None and ends is not None and ends < begins:
        return None
    return Dated(valid_from=begins, valid_to=ends)


def _problem(document: Document, loc: Loc, entry: dict[str, Any], what: str, fix: str) -> UserError:
    who = subject("rule", entry)
    return UserError(f"{who}: {what}" if who else what, document.place(loc), fix)


def where_columns(kind: Check) -> dict[str, pl.DataType]:
    """The columns that the `where` of a rule of this kind may name, with their types. Money in them is minor units."""
    of_offers: tuple[str, ...] = LISTED_COLUMNS if "assortment" in kind.frames else WHERE_COLUMNS
    known = SOURCE_COLUMNS if kind.scope == "night" else of_offers
    return types_of(known)
