"""Rule tests, run: the whole engine on the small night of each case, with the workspace's own markets, channels and sources.

What differs from a real night, on purpose: prices are decimals with a point whatever a source declares, every source delivered
completely unless the case says otherwise, and only the case's own rules are run, also those that are not enabled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.domain import money, tables
from pricewatch.engine.findings import MONEY_SUBJECTS
from pricewatch.engine.world import Audit, World, in_force
from pricewatch.runs.judge import audit
from pricewatch.workspace import Workspace
from pricewatch.workspace.rule_tests import AMOUNTS, OURS, Case, amount_of
from pricewatch.workspace.small_tables import Row

EVENING, MORNING = time(20), time(6)
"""When offers that say no time were seen, and when the night is judged, in the first market's time zone."""

NORMAL_ROWS = 100
"""What a source delivered that declares no number of rows."""

TOLD = "{market}: prices told of {channel}"
DECIDED = "{market}: head office"
"""Sources of the rows that no source of the workspace is named for."""

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    case: Case
    columns: tuple[str, ...]
    equal: Sequence[Cells]
    missing: Sequence[Cells]
    """Expected and not found."""
    unexpected: Sequence[Cells]
    """Found and not expected."""
    notes: Sequence[str] = ()
    """Rows that were refused or not matched, where another number of them was expected: place and reason."""

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not (self.missing or self.unexpected or self.notes)


FOR_NONE = ("rule", "channel", "location", "sku", "expected", "observed", "detail")
"""The columns in which findings are shown where none was expected."""


def run_case(workspace: Workspace, case: Case) -> Outcome:
    """One case, judged."""
    found = _night(workspace, case)
    columns = case.columns or FOR_NONE
    have = _shown(found.findings.filter(pl.col("state") == "new"), columns)
    want = [tuple(row.cells.get(name) for name in columns) for row in case.findings]
    keys = {cells: _key(columns, cells) for cells in (*have, *want)}
    left = Counter(keys[cells] for cells in have)
    equal: list[Cells] = []
    missing: list[Cells] = []
    for cells in want:
        key = keys[cells]
        (equal if left[key] else missing).append(cells)
        left[key] -= 1 if left[key] else 0
    unexpected = []
    for cells in have:
        if left[keys[cells]]:
            left[keys[cells]] -= 1
            unexpected.append(cells)
    notes = [
        *_notes("refused", case.refused, found.quarantine.select("source_ref", "reason").rows()),
        *_notes("not in the catalogue", case.unmatched, found.unmatched.select("source_ref", "reason").rows()),
    ]
    return Outcome(case, columns, equal, missing, unexpected, notes)


def _notes(what: str, expected: int, rows: Sequence[tuple[str, str]]) -> list[str]:
    if len(rows) == expected:
        return []
    return [f"{len(rows)} rows {what}, {expected} expected", *(f"{place}: {reason}" for place, reason in rows)]


def _key(columns: Sequence[str], cells: Cells) -> Cells:
    """Cells as they are compared: 12.9 is 12.90."""
    amounts = [amount_of(cell) if name in AMOUNTS else None for name, cell in zip(columns, cells, strict=True)]
    return tuple(cell if amount is None else str(amount.normalize()) for cell, amount in zip(cells, amounts, strict=True))


def _shown(findings: pl.DataFrame, columns: Sequence[str]) -> list[Cells]:
    """Findings as a test writes them: money decimal, where it is money."""
    is_money = pl.col("subject").is_in(MONEY_SUBJECTS)
    always = ("impact", "list_price")
    text = {
        name: pl.when(pl.lit(name in always) | is_money)
        .then(money.show_expr(pl.col(name), pl.col("currency")))
        .otherwise(pl.col(name).cast(pl.String))
        if name in AMOUNTS
        else pl.col(name).cast(pl.String)
        for name in columns
    }
    return findings.select(**text).rows()


# --- the night of a case ---


def _night(workspace: Workspace, case: Case) -> Audit:
    zone = ZoneInfo(workspace.markets[0].time_zone)
    seen_at = datetime.combine(case.night, EVENING, zone).astimezone(UTC)
    sources = _sources(workspace)
    world = World(
        night=case.night,
        as_of=datetime.combine(case.night + timedelta(days=1), MORNING, zone).astimezone(UTC),
        markets=workspace.market_frame(),
        channels=workspace.channel_frame(),
        sources=sources,
        rates=workspace.rate_frame(),
        source_runs=_source_runs(workspace, case, seen_at),
    )
    return audit(
        world,
        in_force([replace(rule, enabled=True) for rule in workspace.rules if rule.id in case.rules], case.night),
        offers=_raw(case.given["offers"], _of_offers(workspace), seen_at),
        central={name: _decided(name, case, workspace) for name in ("products", "price_list", "promotions", "locations")},
        history=_told(case, workspace, seen_at),
    )


def _sources(workspace: Workspace) -> pl.DataFrame:
    """The workspace's sources as test tables are written, and those of head office and of earlier prices."""
    declared = workspace.source_frame()
    plain = {"decimal": pl.lit("."), "minor_units": pl.lit(False), "time_format": pl.lit(None, pl.String)}
    of_market = {market.id: market for market in workspace.markets}
    others = [
        {"source": DECIDED.format(market=market.id), "market": market.id, "channel": None} for market in workspace.markets
    ] + [
        {
            "source": TOLD.format(market=channel.market, channel=channel.id),
            "market": channel.market,
            "channel": channel.id,
        }
        for channel in workspace.channels
    ]
    ours = [
        {
            **each,
            "surface": "feed",
            "currency": of_market[str(each["market"])].currency,
            "tax_included": of_market[str(each["market"])].tax_included,
            "time_zone": of_market[str(each["market"])].time_zone,
        }
        for each in others
    ]
    schema = tables.schema("sources")
    added = pl.DataFrame(ours, schema={name: dtype for name, dtype in schema.items() if name not in plain})
    return pl.concat([frame.with_columns(**plain).select(list(schema)) for frame in (declared, added)])


def _of_offers(workspace: Workspace) -> dict[str | None, str]:
    """For each channel the first source that delivers its offers."""
    found: dict[str | None, str] = {}
    for source in workspace.sources:
        if source.feeds == "offers":
            found.setdefault(source.channel, source.id)
    return found


def _raw(
    rows: Sequence[Row], source_of: Mapping[str | None, str], seen_at: datetime, besides: Sequence[str] = ()
) -> pl.LazyFrame:
    """`tables.Raw` rows and columns `besides`; a row that names only its channel is of the source of that channel."""
    schema = pl.Schema({**tables.schema("raw"), **dict.fromkeys(besides, pl.String())})
    found = [
        {
            **{name: row.cells.get(name.removesuffix("_text")) for name in schema if name not in OURS},
            "source": row.cells.get("source") or source_of[row.cells.get("channel")],
            "source_ref": place,
            "collected_at": seen_at.isoformat(),
        }
        for row, place in zip(rows, _places(rows), strict=True)
    ]
    return pl.DataFrame(found, schema=schema).lazy()


def _places(rows: Sequence[Row]) -> list[str]:
    """Where each row stands; rows on one line of the file are numbered, for a row is known by its place."""
    written = [row.place for row in rows]
    return [place if written.count(place) == 1 else f"{place}, row {number}" for number, place in enumerate(written, start=1)]


def _told(case: Case, workspace: Workspace, seen_at: datetime) -> pl.LazyFrame | None:
    """Earlier prices as a shop's export tells them; None where the case has none."""
    rows = case.given["history"]
    source_of: dict[str | None, str] = {
        channel.id: TOLD.format(market=channel.market, channel=channel.id) for channel in workspace.channels
    }
    return _raw(rows, source_of, seen_at, ("since", "until")) if rows else None


def _decided(table: str, case: Case, workspace: Workspace) -> pl.LazyFrame:
    """Text rows of a central table. Prices that say no day are a year old; a row without a market is of the first one."""
    columns = [name for name in tables.schema(table) if name not in OURS]
    market = workspace.markets[0].id
    since = (case.night - timedelta(days=365)).isoformat()
    found = []
    for row, place in zip(case.given[table], _places(case.given[table]), strict=True):
        cells: dict[str, str | None] = {name: row.cells.get(name) for name in columns}
        if table == "price_list" and "valid_from" not in row.cells:
            cells["valid_from"] = since
        known = {each.id for each in workspace.markets}
        of = cells.get("market")
        found.append({**cells, "source": DECIDED.format(market=of if of in known else market), "source_ref": place})
    return pl.DataFrame(found, schema=dict.fromkeys([*columns, "source", "source_ref"], pl.String)).lazy()


def _source_runs(workspace: Workspace, case: Case, seen_at: datetime) -> pl.DataFrame:
    """What each source delivered: completely and a normal number of rows, where the case says nothing else."""
    said = {str(row.cells["source"]): row.cells for row in case.given["source_runs"]}
    schema = tables.schema("source_runs")
    runs = []
    for source in workspace.sources:
        normal = {
            "source": source.id, "night": case.night, "status": "complete", "feeds": source.feeds, "channel": source.channel,
            "rows": source.expect_rows or NORMAL_ROWS, "refused": 0, "quarantined": 0, "unmatched": 0,
            "expected_rows": source.expect_rows, "files": 1, "started_at": seen_at, "seconds": 1.0,
        }  # fmt: skip
        cells = {
            name: None if cell is None else int(cell) if schema[name] == pl.Int64 else cell
            for name, cell in said.get(source.id, {}).items()
        }
        runs.append({name: {**normal, **cells}.get(name) for name in schema})
    return pl.DataFrame(runs, schema=schema)
