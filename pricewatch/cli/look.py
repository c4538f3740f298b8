"""The verbs that only read: report, incidents, findings, refused, explain, history, runs, score, scan."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pricewatch.cli.output import Format, FormatOption, emit, show, width
from pricewatch.cli.place import NightOption, Root, day, open_workspace

if TYPE_CHECKING:
    import polars as pl

verbs = typer.Typer()

SHOWN = 50
"""Rows of a table where nobody says; json and csv give all."""

Limit = Annotated[
    int | None,
    typer.Option("--limit", min=0, metavar="N", help=f"Rows at most, 0 for all; {SHOWN} in a table, all in json, csv."),
]


@verbs.command()
def report(night: NightOption = None, root: Root = None) -> None:
    """Show the morning report of a night.

    What was not seen, what is wrong, why, what it costs, who mends it. Without --night: the newest night.

    Example:

      pricewatch report --night 2026-03-13
    """
    from pricewatch.report.terminal import morning
    from pricewatch.runs.look import last_run

    show(morning(last_run(open_workspace(root), day(night)), width=width()))


@verbs.command()
def incidents(night: NightOption = None, limit: Limit = None, form: FormatOption = Format.TABLE, root: Root = None) -> None:
    """List the root causes, the worst first.

    Example:

      pricewatch incidents --format json
    """
    from pricewatch.report.lists import INCIDENTS, listing
    from pricewatch.runs.look import last_run

    found = last_run(open_workspace(root), day(night)).incidents.sort("rank")
    part = _head(found, limit, form)
    emit(part, form, table=lambda columns: listing(part, INCIDENTS, width=columns, total=found.height))


@verbs.command()
def findings(
    night: NightOption = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE",
            help="new, open, regressed (these when none is named), resolved, unverified, waived, all; may be repeated.",
        ),
    ] = None,
    rule: Annotated[str | None, typer.Option(metavar="ID", help="A rule.")] = None,
    channel: Annotated[str | None, typer.Option(metavar="ID", help="A channel.")] = None,
    location: Annotated[str | None, typer.Option(metavar="ID", help="A store.")] = None,
    sku: Annotated[str | None, typer.Option(metavar="SKU", help="A product.")] = None,
    incident: Annotated[str | None, typer.Option(metavar="ID", help="An incident, as the report shows it.")] = None,
    severity: Annotated[str | None, typer.Option(metavar="SEVERITY", help="info, minor, major or critical, and worse.")] = None,
    limit: Limit = None,
    form: FormatOption = Format.TABLE,
    root: Root = None,
) -> None:
    """List findings, the most harmful first.

    Those that are wrong tonight, unless --state says otherwise. Without --night: the newest night.

    Example:

      pricewatch findings --channel web --severity critical

      pricewatch findings --state resolved --format csv
    """
    from pricewatch.report.lists import FINDINGS, listing, worst_first
    from pricewatch.runs.look import last_run, select_findings

    wanted = {"rule": rule, "channel": channel, "location": location, "sku": sku, "incident": incident}
    workspace = open_workspace(root)
    run = last_run(workspace, day(night))
    found = worst_first(select_findings(workspace, run.findings, states=state or [], at_least=severity, **wanted))
    part = _head(found, limit, form)
    emit(part, form, table=lambda columns: listing(part, FINDINGS, width=columns, total=found.height))


@verbs.command()
def refused(
    night: NightOption = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="A source.")] = None,
    limit: Limit = None,
    form: FormatOption = Format.TABLE,
    root: Root = None,
) -> None:
    """List the rows that could not be judged, each with its reason.

    No number, no known store, no known product, a page that could not be read. Without --night: the newest night.

    Example:

      pricewatch refused --source tills --format csv
    """
    from pricewatch.report.lists import REFUSED, listing
    from pricewatch.runs.look import refused as set_aside

    rows = set_aside(open_workspace(root), day(night), source)
    part = _head(rows, limit, form)
    emit(part, form, table=lambda columns: listing(part, REFUSED, width=columns, total=rows.height))


@verbs.command()
def explain(
    finding: Annotated[str, typer.Argument(help="The beginning of its id, as lists and the report show it.")],
    form: FormatOption = Format.TABLE,
    root: Root = None,
) -> None:
    """Tell one finding end to end.

    What was expected and by which row, what was seen and where, since when, why, what it costs, who mends it.

    Example:

      pricewatch explain f5f0c2
    """
    from pricewatch.report.explain import explain as tell
    from pricewatch.runs.look import story

    told = story(open_workspace(root), finding)
    emit(told.nights, form, table=lambda _: tell(told.nights, incident=told.incident, why=told.why))


@verbs.command()
def history(
    sku: Annotated[str, typer.Argument(help="Our id of the product.")], form: FormatOption = Format.TABLE, root: Root = None
) -> None:
    """Show what a product cost, place by place.

    Example:

      pricewatch history A1 --format csv
    """
    from pricewatch.report.history import history as tell
    from pricewatch.runs.look import price_history

    prices = price_history(open_workspace(root), sku)
    emit(prices, form, table=lambda _: tell(prices, sku=sku))


@verbs.command()
def runs(
    limit: Annotated[int, typer.Option(min=1, help="Nights at most.")] = 30, form: FormatOption = Format.TABLE, root: Root = None
) -> None:
    """List the nights that were audited.

    Example:

      pricewatch runs --limit 7
    """
    from pricewatch.report.lists import RUNS, listing
    from pricewatch.runs.look import list_runs

    known = list_runs(open_workspace(root), limit)
    emit(known, form, table=lambda columns: listing(known, RUNS, width=columns))


class Scope(StrEnum):
    """What scores are listed by."""

    CHANNEL = "channel"
    STORE = "store"
    CATEGORY = "category"


@verbs.command()
def score(
    by: Annotated[Scope, typer.Option(help="What the list is by.")] = Scope.CHANNEL,
    night: NightOption = None,
    limit: Limit = None,
    form: FormatOption = Format.TABLE,
    root: Root = None,
) -> None:
    """Say how consistent prices are, and how mature the price policy is.

    Shares of offers in their corridor, of promotions executed on time, of products listed; their trend; the level reached on the
    three-step scale, its evidence, and what is missing for the next. Without --night: the newest night.

    Example:

      pricewatch score --by store
    """
    from pricewatch.report.score import standing as shown
    from pricewatch.report.score import table
    from pricewatch.runs.score import standing

    found = standing(open_workspace(root), day(night))
    rows = table(found.scores)
    most = len(rows) if limit == 0 else limit or SHOWN
    emit(
        rows,
        form,
        table=lambda columns: shown(
            found.night, found.scores, found.trend, found.maturity, by=by.value, width=columns, limit=most
        ),
    )


@verbs.command()
def scan(
    store: Annotated[str | None, typer.Option(metavar="ID", help="One store, with its departments.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Instead: N items for each store to check by hand, drawn by chance.")
    ] = None,
    seed: Annotated[str, typer.Option(metavar="TEXT", help="Of the draw: the same seed draws the same items.")] = "1",
    night: NightOption = None,
    limit: Limit = None,
    form: FormatOption = Format.TABLE,
    root: Root = None,
) -> None:
    """Say how accurately the tills charge, store by store.

    What was charged against the lowest of shelf label, price file and decided price (NIST Handbook 130: 98 % pass). With
    --sample: a list to print, drawn in proportion to the departments.

    Example:

      pricewatch scan --store 0417

      pricewatch scan --store 0417 --sample 50 --seed march --format csv
    """
    from pricewatch.report.lists import listing
    from pricewatch.report.score import SAMPLE, SCAN
    from pricewatch.runs.score import sample as drawn
    from pricewatch.runs.score import scanned

    workspace = open_workspace(root)
    if sample is not None:
        rows, columns = drawn(workspace, day(night), store, size=sample, seed=seed), SAMPLE
    else:
        rows, columns = scanned(workspace, day(night), store), SCAN
        if store is None and form is Format.TABLE:
            rows = rows.filter(rows["department"].is_null())
    part = _head(rows, limit, form)
    emit(part, form, table=lambda room: listing(part, columns, width=room, total=rows.height))


def _head(frame: pl.DataFrame, limit: int | None, form: Format) -> pl.DataFrame:
    """The rows to show: what was asked, else a screenful of a table and all of anything else."""
    rows = limit if limit is not None else SHOWN if form is Format.TABLE else 0
    return frame.head(rows) if rows else frame
