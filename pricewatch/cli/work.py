"""The verbs that change something: init, demo, doctor, collect, audit, export, waive; and the waivers there are."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from pricewatch.cli.output import Format, FormatOption, emit, show, width
from pricewatch.cli.place import NightOption, Root, day, open_workspace
from pricewatch.cli.progress import watched
from pricewatch.domain.errors import Exit, UserError

if TYPE_CHECKING:
    from pricewatch.workspace import Workspace

verbs = typer.Typer()


class FailOn(StrEnum):
    """From which severity an audit answers 1. The severities of `domain.tables`, and never."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    NEVER = "never"


class On(StrEnum):
    """Where the buckets of a night are judged (`runs.engines`)."""

    HERE = "here"
    DASK = "dask"
    SPARK = "spark"


class Export(StrEnum):
    """Formats of an export (`deliver.export.FORMATS`)."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


@verbs.command()
def init(folder: Annotated[Path, typer.Argument(help="Where; made if there is none.")] = Path()) -> None:
    """Make a workspace.

    It holds configuration, rules and spiders of the demo retailer, to be changed into yours.

    Example:

      pricewatch init my-shop
    """
    from pricewatch.workspace.starter import init as start

    made = start(folder)
    typer.echo(f"{len(made)} files in {folder}; look at config/, then: pricewatch --help")
    go = "" if folder == Path() else f"cd {folder} && "
    typer.echo(
        f"  three nights of the demo retailer:  {go}pricewatch demo\n  what is missing for tonight:        {go}pricewatch doctor"
    )


@verbs.command()
def demo(root: Root = None) -> None:
    """Play three nights of a real grocery retailer.

    Faults are planted; the last morning's report is shown, then how many of them were found.

    Example:

      pricewatch demo
    """
    from pricewatch.report.terminal import morning
    from pricewatch.runs.demo import play
    from pricewatch.runs.night import run_night

    workspace = open_workspace(root)
    with watched() as watcher:
        played = play(workspace, say=watcher.say, run_night=partial(run_night, observer=watcher))
    show(morning(played.runs[-1], width=width()))
    typer.echo("\n" + "\n".join(played.score.lines()))
    raise typer.Exit(Exit.CLEAN if played.score.perfect else Exit.FINDINGS)


@verbs.command()
def doctor(root: Root = None) -> None:
    """Say whether this workspace can work tonight.

    Every answer comes with its fix. Exit code 2 when something must be mended.

    Example:

      pricewatch doctor
    """
    from pricewatch.report.answers import answers
    from pricewatch.runs.doctor import diagnose_workspace

    found = diagnose_workspace(open_workspace(root))
    show(answers(found))
    raise typer.Exit(Exit.USER if any(answer.ok is False for answer in found) else Exit.CLEAN)


@verbs.command()
def collect(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Source ids of config/sources.yaml; all when none is named.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Only explain what is read from this page of the one source; lands nothing."),
    ] = None,
    night: NightOption = None,
    root: Root = None,
) -> None:
    """Fetch what the channels show, judge nothing.

    Exit code 3 when a source failed; what the others brought is kept. With --url (a URL or a path like /p/4711): what
    each surface of one page says, where each value came from, what was left out and why; exit code 3 when nothing would land.

    Example:

      pricewatch collect webshop app --night 2026-03-13
    """
    from pricewatch.report.answers import deliveries
    from pricewatch.runs.night import collect_night

    workspace = open_workspace(root)
    _known(sources or [], [source.id for source in workspace.sources])
    if url is not None:
        _explain_page(workspace, sources or [], url)
    with watched() as watcher:
        delivered = collect_night(workspace, day(night), sources or [], observer=watcher)
    show(deliveries(delivered))
    raise typer.Exit(Exit.SOURCE if any(each.status == "failed" for each in delivered) else Exit.CLEAN)


def _explain_page(workspace: Workspace, sources: list[str], url: str) -> NoReturn:
    """Show what is read from one page."""
    from pricewatch.report.page import pages
    from pricewatch.runs.page import look_at_page

    if len(sources) != 1:
        raise UserError("one page is read by one source", "--url", "name one source: pricewatch collect SOURCE --url URL")
    looked = look_at_page(workspace, sources[0], url)
    show(pages(looked))
    raise typer.Exit(Exit.SOURCE if all(page.problem for page in looked) else Exit.CLEAN)


@verbs.command()
def audit(
    night: NightOption = None,
    collected: Annotated[bool, typer.Option("--collect/--no-collect", help="Fetch first, or judge what has landed.")] = True,
    fail_on: Annotated[FailOn, typer.Option(help="Answer 1 when something this bad, or worse, is wrong.")] = FailOn.MAJOR,
    profile: Annotated[bool, typer.Option("--profile", help="Show too how long each stage and rule took.")] = False,
    on: Annotated[On, typer.Option(help="Judge in this process, or with the workers of a cluster.")] = On.HERE,
    cluster: Annotated[
        str | None,
        typer.Option(
            envvar="PRICEWATCH_CLUSTER", metavar="ADDRESS", help="Dask scheduler or Spark master; two processes here without it."
        ),
    ] = None,
    shared: Annotated[
        str | None,
        typer.Option(envvar="PRICEWATCH_SHARED", metavar="FOLDER", help="Folder or URL that all workers read; else data/work."),
    ] = None,
    root: Root = None,
) -> None:
    """Do one night, and show the morning report.

    Collects, judges, remembers and writes the store files. Without --night: today, before six in the morning yesterday.

    Exit codes: 0 nothing that bad, 1 findings, 2 wrong input, 3 a source failed (the others were judged), 4 our mistake.

    Example:

      pricewatch audit --night 2026-03-13 --fail-on critical

      pricewatch audit --night 2026-03-13 --on dask
    """
    from pricewatch.report.terminal import morning
    from pricewatch.report.totals import at_least
    from pricewatch.runs.engines import engine
    from pricewatch.runs.night import run_night
    from pricewatch.runs.stopwatch import Stopwatch

    workspace, stopwatch = open_workspace(root), Stopwatch()
    judging = engine(on.value, workspace.data, cluster=cluster, shared=shared)
    with watched() as watcher:
        run = run_night(workspace, day(night), collect=collected, observer=watcher, watch=stopwatch, engine=judging)
    show(morning(run, width=width()))
    if profile:
        from pricewatch.report.profile import where_time_went

        show(where_time_went(stopwatch.table(), width=width()))
    # A night in which nothing could be judged is no calm night.
    if run.status == "source_failed" or not run.counts.get("judged"):
        raise typer.Exit(Exit.SOURCE)
    wrong = fail_on is not FailOn.NEVER and at_least(run.findings, fail_on.value)
    raise typer.Exit(Exit.FINDINGS if wrong else Exit.CLEAN)


@verbs.command()
def export(
    night: NightOption = None,
    to: Annotated[Path | None, typer.Option(help="The file; outbox/findings-NIGHT.FORMAT when none is named.")] = None,
    kind: Annotated[Export | None, typer.Option("--format", "-f", help="As the file's ending says, else csv.")] = None,
    stores: Annotated[
        bool, typer.Option("--stores", help="The store files instead, into outbox/NIGHT, and their manifest.")
    ] = False,
    root: Root = None,
) -> None:
    """Write findings for other programs.

    Or, with --stores, deliver a night's store files again. Without --night: the newest night.

    Example:

      pricewatch export --to findings.xlsx

      pricewatch export --stores
    """
    from pricewatch.deliver.export import export as write
    from pricewatch.report.lists import worst_first
    from pricewatch.runs.look import last_run
    from pricewatch.runs.outbox import deliver_night

    workspace = open_workspace(root)
    run = last_run(workspace, day(night))
    if stores:
        if to or kind:
            raise UserError("store files go to the outbox, as CSV", "--stores", "leave out --to and --format")
        typer.echo(deliver_night(workspace, run))
        return
    ending = to.suffix.lstrip(".").lower() if to else ""
    form = kind.value if kind else ending or Export.CSV.value
    typer.echo(write(worst_first(run.findings), to or workspace.outbox / f"findings-{run.night}.{form}", form))


@verbs.command()
def waive(
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day it may stay wrong, as 2026-03-31.")],
    who: Annotated[str, typer.Option(metavar="NAME", help="Who decided it.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    finding: Annotated[str | None, typer.Argument(metavar="[ID]", help="The finding's id, or how it starts.")] = None,
    where: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="Instead of an id: all findings that meet it, for example sku = 'A1'.")
    ] = None,
    root: Root = None,
) -> None:
    """Live with a finding until a day: from the next audit on it is waived, after the day it is open again.

    With --where, with all findings that meet a condition on their columns. Waivers that should be reviewed with the rules are
    written in config/waivers.yaml; pricewatch waivers lists all of them.

    Example:

      pricewatch waive f5f0c2 --until 2026-03-31 --who jo --why reprinting
    """
    from pricewatch.runs import waivers

    last = day(until, "--until")
    assert last is not None
    if (finding is None) == (where is None):
        raise UserError("a waiver is about one finding or about a condition", "", "give an id, or --where \"sku = 'A1'\"")
    workspace = open_workspace(root)
    if where is not None:
        waiver = waivers.waive_where(workspace, where, who=who, why=why, until=last)
        typer.echo(f"{waiver}: what meets {where} is waived until {last}")
    elif finding is not None:
        typer.echo(f"{waivers.waive(workspace, finding, who=who, why=why, until=last)} is waived until {last}")


@verbs.command()
def lint(
    on: Annotated[
        str | None, typer.Option(metavar="DAY", help="The day it goes live, as 2026-03-14; tomorrow without it.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Answer 1 when something this bad, or worse, is wrong.")] = FailOn.MAJOR,
    form: FormatOption = Format.TABLE,
    root: Root = None,
) -> None:
    """Check the price list and the promotions of a day before they go live.

    Rows that can't be read or end before they start; products, channels, zones and stores that there are not; scopes that match
    nothing; promotions that exclude each other or make nothing cheaper; gaps, overlaps and zones without a price; and every rule
    that can judge a price before it is shown: floors, caps, endings, prior prices. Exit codes as those of audit.

    Example:

      pricewatch lint --on 2026-03-14
    """
    from pricewatch.report.lists import LINT, listing, worst_first
    from pricewatch.report.totals import at_least
    from pricewatch.runs.lint import lint as judge

    judged = judge(open_workspace(root), day(on, "--on"))
    found = worst_first(judged.findings)
    emit(found, form, table=lambda columns: listing(found, LINT, width=columns))
    if judged.not_provable:
        typer.echo(f"{judged.not_provable} announced reductions can't be proved: the price history does not reach back", err=True)
    wrong = fail_on is not FailOn.NEVER and at_least(found, fail_on.value)
    raise typer.Exit(Exit.FINDINGS if wrong else Exit.CLEAN)


@verbs.command("waivers")
def list_waivers(form: FormatOption = Format.TABLE, root: Root = None) -> None:
    """List the waivers: what each is about, who decided it and why, until when, how many findings it holds.

    Those of config/waivers.yaml and those given with pricewatch waive, expired ones too.

    Example:

      pricewatch waivers --format csv
    """
    from pricewatch.report.lists import WAIVERS, listing
    from pricewatch.runs.waivers import list_waivers as known_waivers

    known = known_waivers(open_workspace(root))
    emit(known, form, table=lambda columns: listing(known, WAIVERS, width=columns))


def _known(asked: list[str], known: list[str]) -> None:
    """Every source asked for exists. Raises `UserError` naming the sources there are."""
    if unknown := sorted(set(asked) - set(known)):
        raise UserError(f"no source '{', '.join(unknown)}'", "config/sources.yaml", f"there are {', '.join(sorted(known))}")
