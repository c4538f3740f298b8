"""What rules say together, and to the workspace: rules that can never find anything, that repeat or contradict each other.

Each is a warning and no mistake: the night can be judged all the same. Told by `pricewatch rules check`.

A rule is dead when its condition is true of no place. What is known of a place (market, channel, kind, role, and the zone of a
channel without stores) is filled in, everything else may be anything: `channel = 'shop' AND kvi` is false wherever there is no
channel `shop`, whatever `kvi` is. This is sound: a rule that is called dead is dead. It is not complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import polars as pl

from pricewatch.domain.errors import UserError
from pricewatch.engine.checks import Tolerance, registry
from pricewatch.engine.world import Rule
from pricewatch.workspace.config import Channel, Corridor, SameAs, Source
from pricewatch.workspace.mistakes import did_you_mean

PERCENT_OF_ALL = 100

Place = Mapping[str, str | None]
"""What is known of a place or source, by column; a column that is not here may be anything."""


def rule_warnings(rules: Sequence[Rule], channels: Sequence[Channel], sources: Sequence[Source] = ()) -> list[UserError]:
    """Every rule that is dead, impossible, a duplicate or a contradiction, in the order of the rules."""
    rules = [rule for rule in rules if rule.enabled]
    places = [_place(channel) for channel in channels]
    told = [_source(source) for source in sources]
    alone = [
        found
        for rule in rules
        for found in (*_dead(rule, told if registry()[rule.check].scope == "night" else places), *_impossible(rule))
    ]
    return [*alone, *_together(rules)]


def _place(channel: Channel) -> Place:
    role = channel.role
    named = "same_as" if isinstance(role, SameAs) else "within" if isinstance(role, Corridor) else role
    known = {"market": channel.market, "channel": channel.id, "channel_kind": channel.kind, "role": named}
    # Stores and their zones come with the list of stores; a channel without stores has one place.
    return known if channel.kind == "store" else {**known, "zone": channel.zone, "location": None}


def _source(source: Source) -> Place:
    return {"source": source.id, "channel": source.channel, "feeds": source.feeds}


# --- rules that can never find anything ---


@dataclass(frozen=True)
class Verdicts:
    """What a condition can be of one place: each of true, false and not stated may be possible."""

    true: bool
    false: bool
    null: bool


ANYTHING = Verdicts(true=True, false=True, null=True)


def _dead(rule: Rule, places: Sequence[Place]) -> Iterator[UserError]:
    if rule.where is None or not places:
        return
    condition = pl.sql_expr(rule.where)
    if any(verdicts(condition, place).true for place in places):
        return
    yield UserError(
        f"rule '{rule.id}' can never find anything: its 'where' is true of no place of this workspace",
        rule.place,
        _meant(rule.where, places) or "let 'where' be true of one place at least, or take the rule out",
    )


def verdicts(condition: pl.Expr, place: Place) -> Verdicts:
    """What a condition can be of a place of which some columns are known, by the three-valued logic of SQL."""
    parts = condition.meta.pop()
    if len(parts) == 1:
        inner = parts[0]
        if condition.meta.eq(~inner):
            found = verdicts(inner, place)
            return Verdicts(true=found.false, false=found.true, null=found.null)
        if condition.meta.eq(inner.cast(pl.Boolean)):  # SQL's NOT casts what it denies
            return verdicts(inner, place)
    if len(parts) == 2:
        for left, right in (parts, parts[::-1]):
            if condition.meta.eq(left & right):
                return _both(verdicts(left, place), verdicts(right, place))
            if condition.meta.eq(left | right):
                return _either(verdicts(left, place), verdicts(right, place))
    return _of_known(condition, place)


def _of_known(condition: pl.Expr, place: Place) -> Verdicts:
    """A condition that is no AND, OR or NOT: judged where all of its columns are known, anything otherwise."""
    if not set(condition.meta.root_names()) <= set(place):
        return ANYTHING
    row = pl.DataFrame({name: pl.Series(name, [value], pl.String) for name, value in place.items()})
    found = row.select(condition.cast(pl.Boolean).alias("found"))["found"].item()
    return Verdicts(true=found is True, false=found is False, null=found is None)


def _both(left: Verdicts, right: Verdicts) -> Verdicts:
    known = left.true and right.true
    return Verdicts(
        true=known,
        false=left.false or right.false,
        null=(left.null and (right.null or right.true)) or (right.null and left.true),
    )


def _either(left: Verdicts, right: Verdicts) -> Verdicts:
    return Verdicts(
        true=left.true or right.true,
        false=left.false and right.false,
        null=(left.null and (right.null or right.false)) or (right.null and left.false),
    )


def _meant(where: str, places: Sequence[Place]) -> str:
    """The closest name there is to a word in quotes that names nothing here; empty when every word names something."""
    names = sorted({value for place in places for value in place.values() if value is not None})
    for word in re.findall(r"'([^']*)'", where):
        if word not in names:
            return did_you_mean(word, names, f"there is no '{word}'; there are")
    return ""


def _impossible(rule: Rule) -> Iterator[UserError]:
    """Limits that no undercharge can exceed: nobody pays less than nothing."""
    if getattr(rule.params, "direction", None) != "undercharge":
        return
    tolerance = getattr(rule.params, "tolerance", None)
    limits = [("", tolerance)] if isinstance(tolerance, Tolerance) else []
    for name, each in [*limits, *rule.severities]:
        if each.percent >= PERCENT_OF_ALL:
            whose = f"severity '{name}'" if name else "its tolerance"
            what = f"rule '{rule.id}': no price is more than {each.percent} percent too low, which {whose} asks for"
            yield UserError(what, rule.place, f"write a percent below {PERCENT_OF_ALL}")


# --- rules that say the same, or not the same ---

GRADING = ("tolerance",)
"""Parameters that say how far off is too far: two rules that differ in nothing else are two opinions on one thing."""


def _together(rules: Sequence[Rule]) -> Iterator[UserError]:
    by_check: dict[str, list[Rule]] = {}
    for rule in rules:
        by_check.setdefault(rule.check, []).append(rule)
    for alike in by_check.values():
        for first, second in combinations(alike, 2):
            if not _same_scope(first, second):
                continue
            here, other = f"rule '{second.id}'", f"rule '{first.id}' ({first.place})"
            if second.params == first.params and _severity(second) == _severity(first):
                yield UserError(f"{here} repeats {other}", second.place, "take one of them out")
            else:
                differ = "tolerance" if second.params != first.params else "severity"
                fix = "keep one, with severity by limits: {minor: {}, major: {amount: 0.50, percent: 5}}"
                yield UserError(f"{here} contradicts {other}: same scope, other {differ}", second.place, fix)


def _same_scope(first: Rule, second: Rule) -> bool:
    """Whether two rules of one kind look at the same, on a same night."""
    if (first.valid_to or date.max) < (second.valid_from or date.min):
        return False
    if (second.valid_to or date.max) < (first.valid_from or date.min):
        return False
    if first.params.model_dump(exclude=set(GRADING)) != second.params.model_dump(exclude=set(GRADING)):
        return False
    if first.where is None or second.where is None:
        return first.where == second.where
    return pl.sql_expr(first.where).meta.eq(pl.sql_expr(second.where))


def _severity(rule: Rule) -> tuple[object, ...]:
    return rule.severity, rule.severities
