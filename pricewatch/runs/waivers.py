"""Living with findings: who decided it, why, and until when; one finding, or all that meet a condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.errors import UserError
from pricewatch.engine import waivers
from pricewatch.engine.world import Memory, Type
from pricewatch.runs.look import last_run, story
from pricewatch.store.database import Database
from pricewatch.store.lock import exclusive
from pricewatch.workspace import Workspace

LISTED: dict[str, Type] = {"waiver": pl.String, "scope": pl.String, "holds": pl.Int64, **tables.schema("waivers")}


def waive(workspace: Workspace, start: str, *, who: str, why: str, until: date) -> str:
    """Waive the finding whose fingerprint starts so, until a day, inclusive; its fingerprint.

    From the next audit on it is `waived`; after the day it is open again. Raises `UserError` when there is no such finding or
    more than one, when it is not said who and why, and for a day before the finding's newest night or more than a year ahead.
    """
    nights = story(workspace, start).nights
    newest, fingerprint = nights["night"].max(), str(nights["fingerprint"][0])
    if isinstance(newest, date) and until < newest:
        raise UserError(f"{until} is before the finding's last night, {newest}", "--until", "name the last day it may stay wrong")
    _not_too_late(until)
    with exclusive(workspace.data), Database(workspace.database_url) as database:
        database.waive(fingerprint, who, why, until)
    return fingerprint


def waive_where(workspace: Workspace, where: str, *, who: str, why: str, until: date) -> str:
    """Waive all findings that meet an SQL condition on their columns, those of later nights too, until a day; the waiver's id.

    Raises `UserError` for a condition that can't be judged, a day before the newest night or more than a year ahead, and when it
    is not said who and why.
    """
    newest = last_run(workspace).night
    if until < newest:
        raise UserError(f"{until} is before the newest night, {newest}", "--until", "name the last day they may stay wrong")
    _not_too_late(until)
    if (wrong := waivers.problem(where)) is not None:
        raise UserError(wrong[0], "--where", wrong[1])
    with exclusive(workspace.data), Database(workspace.database_url) as database:
        return database.waive_where(where, who, why, until)


def with_waivers(workspace: Workspace, memory: Memory) -> Memory:
    """What earlier nights left, with the waivers of `config/waivers.yaml` besides those of the database."""
    return replace(memory, waivers=pl.concat([workspace.waiver_frame(), memory.waivers]))


def list_waivers(workspace: Workspace) -> pl.DataFrame:
    """Every waiver, those that end first on top: `LISTED`.

    `scope` is its condition or the finding it is about; `holds` counts the findings of the newest night that it is about and that
    are not resolved, 0 for one that is not in force.
    """
    run = last_run(workspace)
    with Database(workspace.database_url) as database:
        known = pl.concat([workspace.waiver_frame(), database.waivers()])
    living = run.findings.filter(pl.col("state") != "resolved")
    held = waivers.matches(living, waivers.in_force(known, run.night)).group_by("waiver").agg(holds=pl.len().cast(pl.Int64))
    listed = known.join(held, on="waiver", how="left").with_columns(
        pl.col("holds").fill_null(0), scope=pl.coalesce("where", "fingerprint")
    )
    return listed.sort("until", "waiver").select(list(LISTED))


def _not_too_late(until: date) -> None:
    if (wrong := waivers.too_late(until, datetime.now(UTC).date())) is not None:
        raise UserError(f"a waiver: {wrong[0]}", "--until", wrong[1])
