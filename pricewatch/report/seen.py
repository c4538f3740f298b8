"""What was not seen, told before anything is called wrong: sources, rows set aside, offers that could not be judged.

"Nothing found" is worth nothing without this. Failed sources come first, with what happened and how to mend it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pricewatch.engine.world import HOLDS_NOTHING, JUDGED_BY, LAPSED, NOT_IN_FORCE, SILENT, Run
from pricewatch.report import words
from pricewatch.report.totals import Totals

_ORDER = {"failed": 0, "missing": 1, "degraded": 2, "complete": 3}
_STYLE = {"failed": "bold red", "missing": "bold red", "degraded": "yellow", "complete": ""}

_NAMED = 6
"""Silent places that are named."""

_REASONS = 5
"""Reasons for refused rows that are told; the rows themselves are one command away."""

_ROOMY = 100
"""Columns from which the table has room for refused and quarantined rows apart."""


def not_seen(run: Run, sums: Totals, *, width: int) -> RenderableType:
    """Coverage of the night: one row a source, worst first, then what could not be judged and why."""
    sources = run.source_runs.with_columns(order=pl.col("status").replace_strict(_ORDER, default=0, return_dtype=pl.Int8))
    sources = sources.sort("order", "source")
    # Central files are worth a line of their own only when something is wrong with them.
    quiet = (pl.col("feeds") != "offers") & (pl.col("status") == "complete") & (pl.col("refused") + pl.col("quarantined") == 0)
    central = sources.filter(quiet)
    parts: list[RenderableType] = [Text("WHAT WAS NOT SEEN", style="bold")]
    told = sources.filter(~quiet)
    parts += _trouble(told)
    if told.height:
        parts.append(_table(told, run.as_of, width=width))
    elif central.is_empty():
        parts.append(Text("No source was asked this night.", style="bold red"))
    if central.height:
        rows = words.count(int(central["rows"].sum()), "row")
        parts.append(Text(f"{words.count(central.height, 'central file')} read whole, {rows}.", style="dim"))
    return Group(*parts, *_unjudged(run, sums))


def _trouble(sources: pl.DataFrame) -> list[RenderableType]:
    """What happened to each source that is not complete, and how to mend it."""
    said: list[RenderableType] = []
    for row in sources.filter(pl.col("status") != "complete").iter_rows(named=True):
        problem = words.plain(row["problem"]) or "no reason was given"
        said.append(
            Text.assemble((f"{words.plain(row['source'])} {row['status']}", _STYLE.get(row["status"], "")), f": {problem}")
        )
        if row["fix"]:
            said.append(Padding(Text(f"fix: {words.plain(row['fix'])}"), (0, 0, 0, 2)))
    return said


def _table(sources: pl.DataFrame, as_of: datetime, *, width: int) -> Table:
    """Rows against what was expected, and what became of them."""
    roomy = width >= _ROOMY
    table = Table(box=None, pad_edge=False, padding=(0, 2 if roomy else 1, 0, 0), header_style="dim")
    table.add_column("source", max_width=24, overflow="fold")
    table.add_column("status", no_wrap=True)
    bad = ("refused", "quarantined") if roomy else ("bad rows",)
    for name in ("rows", "expected", *bad, "unmatched", "oldest"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in sources.iter_rows(named=True):
        lost = [row["refused"], row["quarantined"]] if roomy else [row["refused"] + row["quarantined"]]
        expected = f"{row['expected_rows']:,}" if row["expected_rows"] else "-"
        numbers = [
            f"{row['rows']:,}",
            expected,
            *(f"{n:,}" if n else "-" for n in (*lost, row["unmatched"])),
            _oldest(row, as_of),
        ]
        status = Text(row["status"], style=_STYLE.get(row["status"], ""))
        table.add_row(Text(words.plain(row["source"])), status, *(Text(number) for number in numbers))
    return table


def _oldest(row: dict[str, Any], as_of: datetime) -> str:
    """How old the oldest observation was when it was judged."""
    age: timedelta | None = as_of - row["oldest"] if row["oldest"] else None
    return words.age(age) if age is not None else "-"


def _set_aside(run: Run) -> list[RenderableType]:
    """Why rows were not judged at all: the most frequent reasons, each with the place of one row."""
    lines = [
        f"{words.count(row['rows'], 'row')} of {words.plain(row['source'])}: {words.plain(row['reason'])}"
        f" [{words.plain(row['example'])}]"
        for row in run.set_aside.head(_REASONS).iter_rows(named=True)
    ]
    if more := run.set_aside.height - len(lines):
        lines.append(f"and for {words.count(more, 'more reason')}")
    if lines:
        lines.append(f"row by row: pricewatch refused --night {run.night}")
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]


def _silent(run: Run) -> list[RenderableType]:
    """Stores and channels of which nothing at all was seen: a source that came may still have left some out."""
    silent = [key.removeprefix(SILENT) for key in run.counts if key.startswith(SILENT)]
    if not silent or not run.counts.get("offers"):
        return []
    some = ", ".join(words.plain(place) for place in silent[:_NAMED])
    more = f" and {len(silent) - _NAMED:,} more" if len(silent) > _NAMED else ""
    return [
        Text(
            f"{len(silent):,} of {words.count(run.counts.get('places', 0), 'place')} showed nothing: {some}{more}.",
            style="yellow",
        )
    ]


def _idle(run: Run) -> list[RenderableType]:
    """Rules that found nothing because there was nothing for them to look at."""
    idle = [key.removeprefix(JUDGED_BY) for key, count in run.counts.items() if key.startswith(JUDGED_BY) and not count]
    if not idle or not run.counts.get("offers"):
        return []
    what = f"{words.count(len(idle), 'rule')} had nothing to judge, no offer shows what to look at: "
    return [Text(what + ", ".join(words.plain(rule) for rule in idle), style="yellow")]


def _resting(run: Run) -> list[RenderableType]:
    """Rules that were not run, because the night is outside their days."""
    resting = [key.removeprefix(NOT_IN_FORCE) for key in run.counts if key.startswith(NOT_IN_FORCE)]
    if not resting:
        return []
    what = f"{words.count(len(resting), 'rule')} not in force this night: "
    return [Text(what + ", ".join(words.plain(rule) for rule in resting), style="dim")]


def _waivers(run: Run) -> list[RenderableType]:
    """Waivers that match nothing, which would hide tomorrow's fault, and those that have ended: their findings are open again."""
    said = ((HOLDS_NOTHING, "held nothing this night"), (LAPSED, "expired, and their findings are open again"))
    lines: list[RenderableType] = []
    for start, what in said:
        if named := [words.plain(key.removeprefix(start)) for key in run.counts if key.startswith(start)]:
            lines.append(Text(f"{words.count(len(named), 'waiver')} {what}: {', '.join(named)}", style="yellow"))
    return lines


def _unjudged(run: Run, sums: Totals) -> list[RenderableType]:
    """Offers that were seen and still not judged, and findings that nobody could look at again."""
    seen, judged = run.counts.get("offers", 0), run.counts.get("judged", 0)
    reasons = [
        (run.counts.get("undecided", 0), "without a decided price"),
        (run.counts.get("others", 0), "of other sellers"),
        (run.counts.get("second_surfaces", 0), "read a second time on the same page"),
        (
            run.counts.get("not_comparable", 0),
            "not comparable (other or no currency or tax basis, or too old)",
        ),
        (run.counts.get("not_provable", 0), "claims not provable (not enough price history)"),
        (run.counts.get("unmatched", 0), "not in the catalogue"),
        (run.counts.get("quarantined", 0), "rows quarantined"),
    ]
    said = ", ".join(f"{number:,} {reason}" for number, reason in reasons if number)
    lines: list[RenderableType] = [Text(f"{words.count(seen, 'offer')} seen, {judged:,} judged{'; ' + said if said else ''}.")]
    lines += _set_aside(run)
    lines += _silent(run)
    lines += _idle(run)
    lines += _resting(run)
    lines += _waivers(run)
    if unverified := sums.states.get("unverified", 0):
        what = words.count(unverified, "earlier finding")
        lines.append(Text(f"{what} unverified: not seen again this night, so neither open nor resolved.", style="yellow"))
    if sums.guessed:
        what = words.count(sums.guessed, "finding")
        lines.append(Text(f"Money at risk counts {what} as one unit a week: the volume is not known.", style="dim"))
    return lines
