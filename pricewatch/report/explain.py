"""One finding told end to end: what was expected and by which row, what was seen, since when, why, what it costs, who mends it.

Every claim carries its proof: the price-list row, the calendar row, the page or the line of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pricewatch.report import words

_STATES = {
    "new": "wrong, first found tonight",
    "open": "still wrong",
    "regressed": "wrong again after it had been right",
    "resolved": "right again: it was seen and it is as decided",
    "unverified": "not seen again: neither open nor resolved",
    "waived": "waived",
}
_STYLES = {"new": "bold red", "open": "bold red", "regressed": "bold red", "resolved": "bold green"}


def explain(
    nights: pl.DataFrame, *, incident: Mapping[str, Any] | None = None, place: str | None = None, why: str = ""
) -> RenderableType:
    """The story of one fingerprint.

    In: `nights`, its rows of `tables.Findings`, one a night, in any order, at least one; `incident`, the row of
    `tables.Incidents` that covers it, where there is one; `place`, the store's name; `why`, the rule's own reason.
    """
    nights = nights.sort("night")
    last = nights.row(-1, named=True)
    told = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    told.add_column(style="dim", no_wrap=True)
    told.add_column(overflow="fold")
    chapters = [
        ("state", [_state(last)]),
        ("expected", _expected(last)),
        ("seen", _seen(last, place)),
        ("since", _since(nights, last)),
        ("why", _why(last)),
        ("costs", _costs(last)),
        ("owner", [f"{words.plain(last['owner'])} (rule {words.plain(last['rule'])}, {last['severity']})", words.plain(why)]),
        ("incident", _incident(last, incident)),
        ("finding", [last["fingerprint"]]),
    ]
    for chapter, lines in chapters:
        for n, line in enumerate(filter(None, lines)):
            text = Text(line, style=_STYLES.get(last["state"], "yellow") if chapter == "state" else "")
            told.add_row(Text("" if n else chapter), text)
    return Group(Text(words.plain(last["message"]), style="bold"), Text(), told)


def _money(row: Mapping[str, Any], column: str) -> str:
    """An amount of the row; empty where it says none."""
    return words.amount(row[column], row["currency"])


def _at(ref: str | None) -> str:
    """A proof in brackets; empty without one."""
    return f" [{words.plain(ref)}]" if ref else ""


def _state(row: Mapping[str, Any]) -> str:
    """What the finding is tonight, in words."""
    state = _STATES[row["state"]]
    if row["state"] == "waived" and row["waived_until"]:
        state += f" by {words.plain(row['waived_by'])} until {words.day(row['waived_until'])}"
    return state


def _expected(row: Mapping[str, Any]) -> list[str]:
    """The decided price, how it came about, and the rows that decided it."""
    subject = words.plain(row["subject"]).replace("_", " ")
    said = [f"{subject} {_money(row, 'expected')}"] if row["expected"] is not None else []
    because = words.plain(row["because"])
    if "list price" in because:  # the role comes first
        # The list price is the whole reason: said once, with its row.
        return [*said, because + _at(row["price_ref"])]
    said.append(because)
    if row["list_price"] is not None:
        said.append(f"list price {_money(row, 'list_price')}{_at(row['price_ref'])}")
    if row["promotion"]:
        said.append(f"promotion {words.plain(row['promotion'])}{_at(row['promotion_ref'])}")
    return said


def _seen(row: Mapping[str, Any], place: str | None) -> list[str]:
    """What was shown, where, when, and how often."""
    subject = words.plain(row["subject"]).replace("_", " ")
    said = []
    if row["observed"] is not None:
        off = f" ({row['delta'] / row['expected']:+.1%})" if row["delta"] and row["expected"] else ""
        kind = f", {row['direction']}" if row["direction"] != "none" else ""
        delta = f": {'+' if row['delta'] > 0 else ''}{_money(row, 'delta')}" if row["delta"] else ""
        said.append(f"{subject} {_money(row, 'observed')}{delta}{off}{kind}")
    said.append(words.plain(row["detail"]))
    what = [words.plain(row[name]) for name in ("name", "brand") if row[name]]
    what += [f"GTIN {words.plain(row['gtin'])}"] if row["gtin"] else []
    said.append(f"product {words.plain(row['sku'])} {', '.join(what)}".rstrip() if row["sku"] else "")
    named = f"({words.plain(place)})" if place else ""
    at = " ".join(filter(None, (words.plain(row["channel"]), words.plain(row["location"]), named)))
    where = [at] if at else []
    where += [f"zone {words.plain(row['zone'])}"] if row["zone"] else []
    where += [f"seller {words.plain(row['seller'])}"] if row["seller"] else []
    said.append(f"at {', '.join(where)}" if where else "")
    said.append(words.plain(row["source_ref"]))
    often = f", {words.count(row['lines'], 'line')}" if row["lines"] else ""
    said.append(f"{words.instant(row['observed_at'])}{often}" if row["observed_at"] else "")
    return said


def _since(nights: pl.DataFrame, last: Mapping[str, Any]) -> list[str]:
    """When it was first found, and its states night by night, equal ones in a row told once."""
    runs = (
        nights.with_columns(run=pl.col("state").rle_id())
        .group_by("run", maintain_order=True)
        .agg(pl.col("state").first(), since=pl.col("night").first(), nights=pl.len())
    )
    told = [
        f"{row['since']} {row['state']}" + (f" ({row['nights']} nights)" if row["nights"] > 1 else "")
        for row in runs.iter_rows(named=True)
    ]
    return [f"first found {words.day(last['first_seen'])}", ", ".join(told)]


def _why(row: Mapping[str, Any]) -> list[str]:
    """The likeliest cause, against which row it is exact, what else would be exact, which other rules saw it."""
    if row["cause"] == "unknown":
        said = ["cause unknown: it equals no other price we know of exactly"] if row["observed"] is not None else []
    else:
        detail = f": {words.plain(row['cause_detail'])}" if row["cause_detail"] else ""
        said = [f"{words.cause(row['cause'])}{detail}{_at(row['cause_ref'])}"]
    if row["cause_alternatives"]:
        others = ", ".join(words.cause(name.strip()) for name in row["cause_alternatives"].split(","))
        said.append(f"equally exact: {others}")
    if row["also"]:
        said.append(f"also seen by: {words.plain(row['also'])}")
    return said


def _costs(row: Mapping[str, Any]) -> list[str]:
    """Money at risk, and whether the volume behind it is known."""
    if row["impact"] is None or (row["observed"] is None and not row["impact"]):
        return []
    guess = "" if row["volume_known"] else ", counted as one unit a week: the volume is not known"
    return [f"{_money(row, 'impact')} a week{guess}"]


def _incident(row: Mapping[str, Any], incident: Mapping[str, Any] | None) -> list[str]:
    """The incident that explains it, and the command that lists the others."""
    if not row["incident"]:
        return []
    title = f": {words.plain(incident['title'])} ({words.count(incident['findings'], 'finding')})" if incident else ""
    return [f"{words.plain(row['incident'])}{title}", f"pricewatch findings --incident {words.plain(row['incident'])}"]
