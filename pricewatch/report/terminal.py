"""The morning report: the verdict, what was not seen, the incidents that matter, what changed, what to type next.

Pure: a night in, a renderable out; it prints nothing and asks no clock. All lines are plain ASCII around the data, so that a
pipe, a mail and a log read as well as a terminal. Below `WIDE` columns an incident takes two lines instead of one.
"""

from __future__ import annotations

import shlex
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.world import Run
from pricewatch.report import words
from pricewatch.report.seen import not_seen
from pricewatch.report.totals import WRONG, Totals, totals

WIDE = 130
"""Columns from which an incident fits on one line."""

NARROW = 80
"""Columns from which columns of numbers stand two blanks apart."""

TOP = 10
"""Incidents on the first screen; the others are one command away."""

_COMMAND = 60
"""Characters of a command that what it is for is aligned behind."""

ID = 12
"""Characters of a fingerprint that are shown: enough to be the only one among millions."""


def morning(run: Run, *, width: int) -> RenderableType:
    """The morning report of one night, for a console `width` columns wide."""
    sums = totals(run.findings)
    parts: list[RenderableType] = [*_masthead(run, width=width), verdict(run, sums), Text(), not_seen(run, sums, width=width)]
    if not run.incidents.is_empty():
        parts += [Text(), _incidents(run.incidents, sums, width=width)]
    parts += [Text(), *_changes(run, sums)]
    if sums.channels.height:
        parts += [Text(), _channels(sums.channels, width=width)]
    return Group(*parts, Text(), _next(run))


def heading(text: str) -> Text:
    """A section's heading."""
    return Text(text.upper(), style="bold")


def _masthead(run: Run, *, width: int) -> list[Text]:
    """Whose night this is, when it was judged, how long it took."""
    name = Text(f"{words.plain(run.workspace) or 'pricewatch'}, night of {words.day(run.night)}", style="bold")
    judged = Text(f"judged as of {words.instant(run.as_of)} in {run.seconds:,.1f} s", style="dim")
    return [Text.assemble(name, "  ", judged)] if width >= WIDE else [name, judged]


def verdict(run: Run, sums: Totals) -> Text:
    """One sentence: calm, or how many prices are wrong and what they cost; never calm about what was not seen."""
    blind = run.source_runs.filter(pl.col("status").is_in(["failed", "missing"]), pl.col("feeds") == "offers").height
    shown = "what it shows is" if blind == 1 else "what they show is"
    unseen = f" {words.count(blind, 'source')} delivered nothing: {shown} unknown." if blind else ""
    judged = words.count(run.counts.get("judged", 0), "offer")
    if not run.counts.get("judged") and not sums.wrong:
        # Silence about nothing is no calm: the worst night for a reader who looks at colours only.
        seen = words.count(run.counts.get("offers", 0), "offer")
        return Text(f"Nothing was judged: {seen} seen, none of them could be held against a price.{unseen}", style="bold red")
    if not sums.wrong:
        if blind:
            return Text(f"Nothing wrong in what was seen ({judged} judged).{unseen}", style="bold yellow")
        return Text(f"Calm night: {judged} judged, nothing wrong.", style="bold green")
    verb = "is" if sums.prices == 1 else "are"
    cost = f", worth {words.amounts(sums.at_risk)} a week" if sums.at_risk else ""
    said = [f"{words.count(sums.prices, 'price')} {verb} wrong{cost}"] if sums.prices else []
    said += [words.count(sums.others, "other fault")] if sums.others else []
    serious = f"{sums.critical:,} critical" if sums.critical else "none critical"
    return Text(f"{'; '.join(said)}; {serious}.{unseen}", style="bold red" if sums.critical or blind else "bold yellow")


def _incidents(incidents: pl.DataFrame, sums: Totals, *, width: int) -> RenderableType:
    """The incidents that matter, by rank: one line each where there is room, two where there is not."""
    top = incidents.sort("rank").head(TOP)
    rest = incidents.sort("rank").slice(TOP)
    wide = width >= WIDE
    table = Table(
        box=None, pad_edge=False, padding=(0, 2 if wide else 1, 0, 0), show_header=wide, header_style="dim", expand=True
    )
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=3)
    table.add_column("what is wrong", ratio=1, overflow="fold", no_wrap=wide)
    if wide:
        table.add_column("severity", no_wrap=True)
        for name in ("findings", "share", "overcharge/week", "undercharge"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("owner", no_wrap=True)
    rows = [_incident(row, wide=wide) for row in top.iter_rows(named=True)]
    # What is left for the title when everything beside it has its room: titles are cut with dots, never mid-column.
    beside = sum(
        max([len(row[n]) for row in rows] + [len(str(table.columns[n].header)), 3]) + 2 for n in range(len(rows[0])) if n != 2
    )
    for row in rows:
        row[2] = Text(words.shorten(row[2].plain, width - beside - 2), style=row[2].style) if wide else row[2]
        table.add_row(*row)
    said = Group(heading("What matters"), *_explained(incidents, width=width))
    if rest.height:
        more = f"and {words.count(rest.height, 'more incident')} with {words.count(int(rest['findings'].sum()), 'finding')}"
        return Group(said, table, Text(f"   {more}: pricewatch incidents", style="dim"))
    explained = int(top["findings"].sum())
    if sums.wrong > explained:
        left = words.count(sums.wrong - explained, "finding")
        return Group(said, table, Text(f"   and {left} on their own: pricewatch findings", style="dim"))
    return Group(said, table)


def _explained(incidents: pl.DataFrame, *, width: int) -> list[Text]:
    """How much the causes explain that have a name, and one wrong price as an example of the worst."""
    named = incidents.filter(pl.col("explained").is_not_null())
    said = []
    if named.height:
        found = int(incidents["findings"].sum())
        share = words.percent(int(named["findings"].sum()) * BASIS_POINTS // found)
        causes = words.count(named.height, "cause explains", "causes explain")
        said.append(f"{causes} {share} of {words.count(found, 'finding')}.")
    if example := incidents.sort("rank")["example_message"][0]:
        said.append(f"The first, for example: {words.plain(example)}")
    return [Text(words.shorten(line, width), style="dim") for line in said]


def _incident(row: dict[str, Any], *, wide: bool) -> list[Text]:
    """One incident as table cells."""
    mark = Text("NEW", style="bold red") if row["new"] == row["findings"] else Text(f"+{row['new']}" if row["new"] else "")
    style = "bold" if row["severity"] == "critical" else ""
    rank, what = Text(str(row["rank"]), style="dim"), words.plain(row["title"])
    owner, share = words.shorten(words.plain(row["owner"]), 16), words.percent(row["share"])
    spread = f" in {words.count(row['places'], 'place')}" if row["places"] > 1 else ""
    if wide:
        sides = [words.amount(row[side], row["currency"]) if row[side] else "-" for side in ("overcharge", "undercharge")]
        cells = (row["severity"], f"{row['findings']:,}{spread}", share, *sides, owner)
        return [rank, mark, Text(what, style=style), *(Text(cell) for cell in cells)]
    facts = [row["severity"], words.count(row["findings"], "finding") + spread + (f" ({share})" if share else "")]
    facts += [words.at_risk(row["overcharge"], row["undercharge"], row["currency"]), owner]
    return [rank, mark, Text.assemble((what, style), "\n", (", ".join(filter(None, facts)), "dim"))]


def _changes(run: Run, sums: Totals) -> list[Text]:
    """What is new, still open, resolved, regressed and unverified since the night before."""
    if run.previous_night is None:
        return [heading("Since last night"), Text("The first night: everything is new. Tomorrow's report says what changed.")]
    if not any(sums.states.values()):
        return [heading(f"Since {words.day(run.previous_night)}"), Text("Nothing new, nothing open, nothing to resolve.")]
    said = (("new", "new"), ("open", "still open"), ("regressed", "regressed"), ("resolved", "resolved"))
    line = ", ".join(f"{sums.states.get(state, 0):,} {word}" for state, word in said)
    line += f", {sums.states.get('unverified', 0):,} unverified"
    if sums.states.get("waived"):
        line += f", {sums.states['waived']:,} waived"
    return [heading(f"Since {words.day(run.previous_night)}"), Text(line)]


def _channels(channels: pl.DataFrame, *, width: int) -> RenderableType:
    """Counts and money by channel."""
    table = Table(box=None, pad_edge=False, padding=(0, 2 if width >= NARROW else 1, 0, 0), header_style="dim")
    table.add_column("channel", max_width=20, overflow="fold")
    counted = ("new", "open", "regressed", "resolved", "unverified", "critical")
    for name in counted:
        table.add_column("unverif." if name == "unverified" else name, justify="right", no_wrap=True)
    table.add_column("a week", justify="right", no_wrap=True)
    for row in channels.iter_rows(named=True):
        cost = words.amount(row["impact"], row["currency"]) if row["impact"] and row["currency"] else "-"
        cells = [words.plain(row["channel"]) or "(none)", *(f"{row[name]:,}" if row[name] else "-" for name in counted), cost]
        table.add_row(*(Text(cell) for cell in cells))
    return Group(heading("By channel"), table)


def _next(run: Run) -> RenderableType:
    """The command to type next: the example of the worst incident, its findings, and mending what did not come."""
    commands: list[tuple[str, str]] = []
    worst = run.incidents.sort("rank").head(1)
    if worst.height:
        example, incident = worst.row(0, named=True)["example_finding"], worst.row(0, named=True)["incident"]
        commands.append((f"pricewatch explain {shlex.quote(words.plain(example)[:ID])}", "why the first one is wrong"))
        commands.append((f"pricewatch findings --incident {shlex.quote(words.plain(incident))}", "all of the first"))
    elif (found := run.findings.filter(pl.col("state").is_in(list(WRONG)))).height:
        example = found.sort(pl.col("impact").fill_null(0), descending=True)["fingerprint"][0]
        commands.append((f"pricewatch explain {words.plain(example)[:ID]}", "why it is wrong"))
    if down := sorted(run.source_runs.filter(pl.col("status").is_in(["failed", "missing"]))["source"].to_list()):
        named = " ".join(shlex.quote(words.plain(source)) for source in down)
        # Collecting alone changes no report; judging does.
        commands.append((f"pricewatch collect {named} --night {run.night}", "once it is mended"))
        commands.append((f"pricewatch audit --no-collect --night {run.night}", "then judge again"))
    if not commands:
        commands.append(("pricewatch runs", "the nights before"))
    # One that is too long for a column of its own stands alone: it must be pasted whole.
    longest = max((len(command) for command, _ in commands if len(command) <= _COMMAND), default=0)
    lines = [Text.assemble("  ", (command.ljust(longest), "cyan"), (f"  {why}", "dim")) for command, why in commands]
    return Group(heading("Next"), *lines)
