"""What earlier nights left, for people who ask: a run, the runs, one finding's story, a product's price history. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.errors import Problems, UserError
from pricewatch.engine.world import Run
from pricewatch.report.totals import WRONG
from pricewatch.runs.refused import by_reason, refused_of
from pricewatch.store.database import Database
from pricewatch.store.lake import Lake
from pricewatch.workspace import Workspace

NO_NIGHT = UserError("no night has been audited yet", "", "pricewatch demo, or pricewatch audit")


@dataclass(frozen=True)
class Story:
    """What is known of one finding."""

    nights: pl.DataFrame
    """Its rows of `tables.Findings`, one a night."""
    incident: Mapping[str, Any] | None
    """The row of `tables.Incidents` that covers it on its last night."""
    why: str
    """The rule's own reason, where the rule still exists."""


def last_run(workspace: Workspace, night: date | None = None) -> Run:
    """The run of a night, or of the newest one. Raises `UserError` when that night, or any, was not audited."""
    with _database(workspace) as database:
        run = database.run(night)
        if run is not None:
            return replace(run, set_aside=by_reason(refused_of(Lake(workspace.lake), run.night)))
        newest = database.runs(1)
    if night is None or newest.is_empty():
        raise NO_NIGHT
    raise UserError(f"the night of {night} was not audited; the newest is {newest['night'][0]}", "--night", "pricewatch runs")


def list_runs(workspace: Workspace, limit: int = 30) -> pl.DataFrame:
    """The last nights, newest first (`store.database.RUNS`)."""
    with _database(workspace) as database:
        return database.runs(limit)


def refused(workspace: Workspace, night: date | None = None, source: str | None = None) -> pl.DataFrame:
    """Rows of a night that were not judged at all (`runs.refused.refused_rows`), of one source or of all.

    Raises `UserError` for a night that was not audited or a source that there is none of.
    """
    rows = refused_of(Lake(workspace.lake), last_run(workspace, night).night)
    if source is None:
        return rows
    there = sorted({*(known.id for known in workspace.sources), *rows["source"]})
    if source not in there:
        raise _unknown("source", source, there)
    return rows.filter(pl.col("source") == source)


def story(workspace: Workspace, start: str) -> Story:
    """The finding whose fingerprint starts so. Raises `UserError` when there is none, or more than one: then it says which."""
    with _database(workspace) as database:
        nights = database.finding(start) if start else pl.DataFrame(schema={"fingerprint": pl.String})
        if nights.is_empty():
            raise UserError(f"no finding's id starts with '{start}'", "", "pricewatch findings")
        ids = nights["fingerprint"].unique().sort()
        if len(ids) > 1:
            found = nights.unique("fingerprint", keep="last", maintain_order=True)
            some = "".join(f"\n  {row['fingerprint'][:16]} {row['message']}" for row in found.head(5).iter_rows(named=True))
            more = f"\n  and {len(ids) - 5} more" if len(ids) > 5 else ""
            raise UserError(
                f"{len(ids)} findings' ids start with '{start}':{some}{more}", "", f"pricewatch explain {ids[0][:16]}"
            )
        last = nights.sort("night").row(-1, named=True)
        run = database.run(last["night"])
    covering = run.incidents.filter(pl.col("incident") == last["incident"]) if run else pl.DataFrame()
    why = next((rule.why for rule in workspace.rules if rule.id == last["rule"]), "")
    return Story(nights, covering.row(0, named=True) if covering.height else None, why)


def select_findings(
    workspace: Workspace, findings: pl.DataFrame, *, states: Sequence[str] = (), at_least: str | None = None, **wanted: str | None
) -> pl.DataFrame:
    """Findings in these states (those that are wrong tonight when none is named, `all` for every state), at least that severe,
    and with these values of other columns; None is not asked.

    A product or store without findings gives no rows: that is an answer. Raises `UserError` for a state, severity, channel or
    rule that there is none of.
    """
    asked = {column: value for column, value in wanted.items() if value is not None}
    ids = {"channel": [channel.id for channel in workspace.channels], "rule": [rule.id for rule in workspace.rules]}
    problems = [_unknown("state", state, (*tables.STATES, "all")) for state in states if state not in (*tables.STATES, "all")]
    if at_least is not None and at_least not in tables.SEVERITIES:
        problems.append(_unknown("severity", at_least, tables.SEVERITIES))
    for column in ids.keys() & asked.keys():
        # What was found under an id that has since left the configuration can still be asked for.
        there = sorted({*ids[column], *findings[column].drop_nulls().unique()})
        if asked[column] not in there:
            problems.append(_unknown(column, asked[column], there))
    Problems.raise_if_any(problems)
    chosen = [pl.col(column) == value for column, value in asked.items()]
    if "all" not in states:
        chosen.append(pl.col("state").is_in(list(states or WRONG)))
    if at_least is not None:
        chosen.append(pl.col("severity").is_in(list(tables.SEVERITIES[tables.SEVERITIES.index(at_least) :])))
    return findings.filter(*chosen)


def _unknown(option: str, value: str, there: Sequence[str]) -> UserError:
    """A word that is none of those there are: the nearest one, or all of them."""
    near = get_close_matches(value, there, n=1)
    listed = f"there are {', '.join(there)}" if there else f"this workspace has no {option}"
    return UserError(f"no {option} '{value}'", f"--{option}", f"did you mean '{near[0]}'? {listed}" if near else listed)


def price_history(workspace: Workspace, sku: str) -> pl.DataFrame:
    """What a product cost, place by place.

    Columns: `sku`, `market`, `channel`, `location`, `seller` (String), `price`, `was_price`, `member_price` (Int64, minor units
    of `currency`), `currency`, `since`, `until`. One row a price that was in force. Raises `UserError` for a product never seen.
    """
    lake = Lake(workspace.lake)
    items = lake.items()
    if items.is_empty():
        raise NO_NIGHT
    item = items.filter(pl.col("sku") == sku)
    if item.is_empty():
        near = get_close_matches(sku, items["sku"].to_list(), n=1)
        fix = f"did you mean '{near[0]}'? pricewatch history {near[0]}" if near else "pricewatch findings lists products"
        raise UserError(f"no product '{sku}' was ever seen", "", fix)
    prices = lake.history().filter(pl.col("item") == item["item"][0]).collect()
    money = pl.DataFrame({"market": [m.id for m in workspace.markets], "currency": [m.currency for m in workspace.markets]})
    told = prices.join(lake.places(), on="place", how="left").join(money, on="market", how="left")
    columns = ("market", "channel", "location", "seller", "price", "was_price", "member_price", "currency", "since", "until")
    return told.select(pl.lit(sku).alias("sku"), *columns).sort("channel", "location", "seller", "since", nulls_last=True)


def _database(workspace: Workspace) -> Database:
    """The workspace's database; looking makes none."""
    if workspace.database is None and not (workspace.data / "pricewatch.db").exists():
        raise NO_NIGHT
    return Database(workspace.database_url)
