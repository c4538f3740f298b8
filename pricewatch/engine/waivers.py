"""Waivers: what somebody decided to live with, until a day. One finding by its fingerprint, or all that meet a condition.

    - id: closing-0417
      where: location = '0417' AND check = 'expected_price'      columns of findings, no query (`engine.conditions`)
      until: 2026-06-30

A waiver holds from its first day to its last, both included; after it what it held is open again. Where several hold one finding,
the one that lasts longest counts. Nothing is waived for ever, and one that matches nothing is told: it hides tomorrow's fault.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine import conditions

LONGEST = timedelta(days=366)
"""How far ahead a waiver may end: a decision that nobody looks at again within a year is a rule, and belongs into the rules."""

LIFECYCLE = frozenset({"fingerprint", "night", "state", "first_seen", "state_since", "incident", "waived_by", "waived_until"})

COLUMNS = {name: dtype for name, dtype in tables.schema("findings").items() if name not in LIFECYCLE}
"""What the condition of a waiver may name: columns of a finding that do not follow from waiving it. Money is minor units."""

HELD: dict[str, pl.DataType] = {"waiver": pl.String(), "fingerprint": pl.String(), "who": pl.String(), "until": pl.Date()}


def problem(where: str) -> conditions.Problem | None:
    """What is wrong with a waiver's condition, and the fix; None when it is right."""
    return conditions.problem(where, COLUMNS)


def too_late(until: date, since: date) -> conditions.Problem | None:
    """What is wrong with a last day, and the fix, for a waiver that begins on `since`; None when it is right."""
    last = since + LONGEST
    if until <= last:
        return None
    return f"it lasts until {until}, which is more than a year ahead", f"name a day up to {last}, and look at it again then"


def in_force(waivers: pl.DataFrame, night: date) -> pl.DataFrame:
    """The waivers that hold on a night (`tables.Waivers`)."""
    return waivers.filter(pl.col("since").is_null() | (pl.col("since") <= night), pl.col("until") >= night)


def expired(waivers: pl.DataFrame, night: date) -> pl.DataFrame:
    """The waivers whose last day is over (`tables.Waivers`)."""
    return waivers.filter(pl.col("until") < night)


def matches(findings: pl.DataFrame, waivers: pl.DataFrame) -> pl.DataFrame:
    """Which findings each waiver is about, whatever the night: `HELD`, one row a waiver and finding.

    In: findings with `fingerprint` and `COLUMNS`; `tables.Waivers`. A condition that is not stated of a finding does not meet it.
    """
    named = waivers.filter(pl.col("fingerprint").is_not_null()).select(list(HELD))
    found = [findings.select("fingerprint").join(named, on="fingerprint", how="inner").select(list(HELD))]
    for waiver, where, who, until in waivers.drop_nulls("where").select("waiver", "where", "who", "until").iter_rows():
        met = findings.filter(conditions.compiled(where)).select("fingerprint")
        told = {"waiver": waiver, "who": who, "until": until}
        found.append(met.with_columns(pl.lit(value, HELD[name]).alias(name) for name, value in told.items()).select(list(HELD)))
    return pl.concat(found)


def held(findings: pl.DataFrame, waivers: pl.DataFrame, night: date) -> pl.DataFrame:
    """The findings that are waived on a night, each once, by the waiver that lasts longest: `HELD`."""
    holding = matches(findings, in_force(waivers, night)).sort("until", "waiver", descending=[True, False])
    return holding.unique("fingerprint", keep="first", maintain_order=True)


def idle(findings: pl.DataFrame, waivers: pl.DataFrame, night: date) -> list[str]:
    """Ids of waivers in force that match no finding of the night that is wrong or was not seen again, in their order."""
    living = findings.filter(pl.col("state") != "resolved")
    holding = in_force(waivers, night)
    return holding.join(matches(living, holding), on="waiver", how="anti")["waiver"].sort().to_list()


def lapsed(findings: pl.DataFrame, before: pl.DataFrame, waivers: pl.DataFrame, night: date) -> list[str]:
    """Ids of expired waivers of whose findings one that was waived before is wrong again tonight, in order.

    In: the night's findings, the last row of each finding before it, all waivers.
    """
    was = before.filter(pl.col("state") == "waived").select("fingerprint")
    reopened = findings.filter(pl.col("state").is_in(["new", "open", "regressed"])).join(was, on="fingerprint", how="semi")
    return matches(reopened, expired(waivers, night))["waiver"].unique().sort().to_list()


def covers(first: str, second: str) -> bool:
    """Whether a condition is met wherever another one is: the other asks for all that the first asks for, and more or nothing.

    `location = '0417'` covers `location = '0417' AND sku = 'A1'`. Sound, not complete: conditions are compared part by part.
    """
    asked, given = _parts(pl.sql_expr(first)), _parts(pl.sql_expr(second))
    return all(any(part.meta.eq(other) for other in given) for part in asked)


def _parts(condition: pl.Expr) -> list[pl.Expr]:
    """What a condition joins by AND; itself where it joins nothing."""
    inner = condition.meta.pop()
    if len(inner) == 2:
        for left, right in (inner, inner[::-1]):
            if condition.meta.eq(left & right):
                return [*_parts(left), *_parts(right)]
    return [condition]
