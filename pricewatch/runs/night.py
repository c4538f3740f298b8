"""One night, in order: collect, audit, store, deliver. A killed night is run again; the same night twice is one night.

What was collected stays in `data/landing/<night>/`; the lake's files change together; the database takes the whole night in one
transaction, last; store files follow from it. Nothing of a killed night is visible before that transaction.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.collect import Delivery, deliveries, read_refused
from pricewatch.collect import collect as collect_sources
from pricewatch.domain.errors import UserError
from pricewatch.engine.history import extend_history
from pricewatch.engine.watch import Watch, unwatched
from pricewatch.engine.world import NOT_IN_FORCE, Audit, Run, in_force
from pricewatch.runs.buckets import Engine, one_by_one
from pricewatch.runs.judge import audit
from pricewatch.runs.landed import landed
from pricewatch.runs.outbox import deliver_night
from pricewatch.runs.refused import by_reason, refused_rows
from pricewatch.runs.waivers import with_waivers
from pricewatch.store.database import Database
from pricewatch.store.lake import Lake
from pricewatch.store.lock import exclusive
from pricewatch.workspace import Workspace
from pricewatch.workspace.config import Source


class Observer(Protocol):
    """Is told what the night is doing. Called from several threads."""

    def step(self, words: str) -> None:
        """The next step begins."""

    def rows(self, source: str, rows: int, expected: int | None) -> None:
        """A source has brought so many rows so far, of those a normal night has."""


NO_RULE = UserError(
    "there is no rule, so nothing would be found", "rules/", "write rules/prices.yaml; see: pricewatch rules list --kinds"
)

BEFORE_DAWN = timedelta(hours=6)
"""A night that is run before six in the morning is about the day before."""


def business_date(workspace: Workspace, now: datetime | None = None) -> date:
    """The day a night is about: today in the first market's time zone; before six in the morning, yesterday."""
    zone = ZoneInfo(workspace.markets[0].time_zone)
    return ((now or datetime.now(UTC)).astimezone(zone) - BEFORE_DAWN).date()


def judged_at(workspace: Workspace, night: date, now: datetime) -> datetime:
    """The instant a night is judged at: now for tonight and last night, the dawn after it for an older one.

    An older night is judged as it would have been: its prices are held against what was in force then.
    """
    if night >= business_date(workspace, now) - timedelta(days=1):
        return now
    zone = ZoneInfo(workspace.markets[0].time_zone)
    return (datetime.combine(night + timedelta(days=1), time.min, zone) + BEFORE_DAWN).astimezone(UTC)


def collect_night(
    workspace: Workspace,
    night: date | None = None,
    only: Sequence[str] = (),
    *,
    observed_at: datetime | None = None,
    observer: Observer | None = None,
) -> list[Delivery]:
    """Fetch what the sources show; rows land in `data/landing/<night>/`. `only`: source ids, empty = all.

    A source that fails is a delivery with its problem; the others go on.
    """
    night = night or business_date(workspace)
    sources = [source for source in workspace.sources if not only or source.id in only]
    with exclusive(workspace.data):
        return _collect(workspace, night, sources, observed_at, observer)


def run_night(
    workspace: Workspace,
    night: date | None = None,
    *,
    collect: bool = True,
    observed_at: datetime | None = None,
    as_of: datetime | None = None,
    observer: Observer | None = None,
    watch: Watch = unwatched,
    engine: Engine = one_by_one,
) -> Run:
    """Collect, judge, remember and deliver one night; what it found.

    `collect=False` judges what landed before. `observed_at` and `as_of` (aware) are the instants that crawled pages were seen at
    and that everything is judged at, for playing past nights; None = when each was seen, and `judged_at` the end of collecting.
    `watch` is told of every stage and rule; `engine` judges the buckets. Sites are not crawled for an older night. Raises
    `UserError` for what the user can mend, before anything is changed.
    """
    started, clock = datetime.now(UTC), monotonic()
    night = night or business_date(workspace)
    if not workspace.rules:
        raise NO_RULE
    resting = [rule.id for rule in workspace.rules if rule.enabled and not rule.in_force(night)]
    if len(resting) == len(workspace.rules):
        fix = "look at valid_from and valid_to, or write rules that hold for ever"
        raise UserError(f"no rule is in force on {night}, so nothing would be found", "rules/", fix)
    with (
        exclusive(workspace.data),
        Database(workspace.database_url) as database,
        _empty_folder(workspace.data / "settling") as spill,
    ):
        if collect:
            # What a site shows now says nothing about an older night: only files tell of it.
            past = (as_of or judged_at(workspace, night, started)) < started and observed_at is None
            sources = [source for source in workspace.sources if not (past and source.spider)]
            with watch("stage", "collect") as rows:
                came = _collect(workspace, night, sources, observed_at, observer)
                rows(sum(each.rows + each.refused for each in came), sum(each.rows for each in came))
        delivered = deliveries(workspace.landing, night)
        if not delivered:
            raise UserError(f"nothing was collected for {night}", str(workspace.landing), f"pricewatch audit --night {night}")
        brought = {each.source for each in delivered}
        delivered += [_absent(source, night, started) for source in workspace.sources if source.id not in brought]
        # Not before: a page that was seen after the instant of judgement would be refused as one from the future.
        as_of = (as_of or judged_at(workspace, night, datetime.now(UTC))).astimezone(UTC)
        _tell(observer, f"{night}: judging")
        lake = Lake(workspace.lake)
        found = _audit(workspace, night, as_of, delivered, lake, database, watch, engine, spill)
        _tell(observer, f"{night}: storing")
        quarantine = pl.concat([found.quarantine, *(_refused(workspace, night, delivered))])
        with watch("stage", "write the lake") as rows:
            lake.write_night(
                night,
                offers=found.offers,
                quarantine=quarantine,
                unmatched=found.unmatched,
                items=found.items,
                places=found.places,
                told=found.told,
                history=extend_history(found.history, found.offers),
            )
            rows(found.counts["offers"], found.counts["offers"])
        earlier = database.runs(1000).filter(pl.col("night") < night)["night"].max()
        run = Run(
            night=night,
            started_at=started,
            as_of=as_of,
            seconds=round(monotonic() - clock, 3),
            status="source_failed" if any(each.status == "failed" for each in delivered) else "complete",
            counts={**found.counts, **{f"{NOT_IN_FORCE}{rule}": 1 for rule in resting}},
            findings=found.findings,
            incidents=found.incidents,
            source_runs=found.source_runs,
            scores=found.scores,
            workspace=workspace.file.name,
            previous_night=earlier if isinstance(earlier, date) else None,
            set_aside=by_reason(refused_rows(quarantine, found.unmatched)),
        )
        with watch("stage", "save findings") as rows:
            database.save(run)
            rows(run.findings.height, run.findings.height)
        _tell(observer, f"{night}: writing store files")
        with watch("stage", "write store files") as rows:
            deliver_night(workspace, run)
            rows(run.findings.height, 0)
        return run


@contextmanager
def _empty_folder(folder: Path) -> Iterator[Path]:
    """A folder for the time of a night; what a killed one left in it is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _collect(
    workspace: Workspace, night: date, sources: Sequence[Source], observed_at: datetime | None, observer: Observer | None
) -> list[Delivery]:
    _tell(observer, f"{night}: collecting {len(sources)} sources")
    expected = {source.id: source.expect_rows for source in sources}
    return collect_sources(
        workspace.root,
        workspace.landing,
        sources,
        night,
        observed_at=observed_at,
        spiders=workspace.spiders,
        on_progress=None if observer is None else lambda source, rows: observer.rows(source, rows, expected[source]),
    )


def _audit(
    workspace: Workspace,
    night: date,
    as_of: datetime,
    delivered: Sequence[Delivery],
    lake: Lake,
    database: Database,
    watch: Watch,
    engine: Engine,
    spill: Path,
) -> Audit:
    """What landed, held against the rules with what earlier nights left."""
    given = landed(workspace, night, as_of, delivered, lake)
    return audit(
        given.world,
        in_force(workspace.rules, night),
        offers=given.offers,
        history=given.history,
        central=given.central,
        memory=with_waivers(workspace, database.memory(night)),
        engine=engine,
        watch=watch,
        spill=spill,
    )


def _refused(workspace: Workspace, night: date, delivered: Sequence[Delivery]) -> list[pl.DataFrame]:
    """What the readers themselves could not read: kept with what the engine refused."""
    return [read_refused(workspace.landing, night, each.source).collect() for each in delivered if each.refused]


def _absent(source: Source, night: date, at: datetime) -> Delivery:
    """A source that was not asked: never passed over in silence."""
    if source.spider is not None:
        problem, fix = "was not crawled that night; what a site shows today says nothing about it", None
    else:
        problem, fix = "was not collected", f"pricewatch collect {source.id} --night {night}"
    return Delivery(
        source=source.id, night=night, feeds=source.feeds, channel=source.channel, status="missing", problem=problem, fix=fix,
        rows=0, refused=0, expected_rows=source.expect_rows, files=0, started_at=at, seconds=0.0,
    )  # fmt: skip


def _tell(observer: Observer | None, words: str) -> None:
    if observer is not None:
        observer.step(words)
