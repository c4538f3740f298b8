"""The planted faults and their answer sheet, which the engine never sees.

Each fault is one product on one channel, and lives on some of the three nights: all three (found new, then open twice), only the
first ones (resolved), only the last ones, or the first and the third (resolved, then regressed). No product has two faults on any
channels, so that every finding on a planted channel belongs to one fault or is false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pricewatch.runs.demo.chance import draw
from pricewatch.runs.demo.derive import NIGHTS
from pricewatch.runs.demo.facts import Facts
from pricewatch.runs.demo.kinds import KINDS, Change, Kind
from pricewatch.runs.demo.source import week_of

ALL, SUN, SUN_MON, MON_TUE, TUE, BACK = (0, 1, 2), (0,), (0, 1), (1, 2), (2,), (0, 2)

PLAN: Sequence[tuple[str, str, Sequence[tuple[int, ...]]]] = (
    ("web", "tax added", (ALL, BACK, MON_TUE)),
    ("web", "previous list price", (MON_TUE, MON_TUE, ALL, SUN_MON, BACK)),
    ("web", "member price shown to all", (ALL, SUN, MON_TUE)),
    ("web", "promotion missing", (SUN, SUN, MON_TUE, MON_TUE, TUE)),
    ("web", "promotion stale", (MON_TUE, MON_TUE, (1,), MON_TUE)),
    ("web", "other zone's price", (ALL, SUN_MON, MON_TUE, BACK)),
    ("web", "ten times the price", (ALL, SUN)),
    ("web", "a tenth of the price", (MON_TUE,)),
    ("web", "wrong price", (ALL, BACK, TUE)),
    ("web", "struck-through price never charged", (MON_TUE, SUN, TUE)),
    ("web", "page and markup differ", (ALL, SUN_MON, TUE)),
    ("web", "not listed", (ALL, SUN, BACK)),
    ("web", "wrong GTIN", (ALL, MON_TUE)),
    ("web", "broken GTIN", (SUN_MON,)),
    ("app", "previous list price", (ALL,)),
    ("app", "a hundred times the price", (ALL, SUN, MON_TUE)),
    ("app", "promotion missing", (SUN, MON_TUE)),
    ("app", "promotion stale", (MON_TUE,)),
    ("app", "wrong price", (BACK, TUE)),
    ("app", "not listed", (MON_TUE,)),
    ("marketplace", "landed price too high", (ALL, MON_TUE)),
    ("marketplace", "shipping too high", (SUN_MON, BACK)),
    ("marketplace", "landed price too low", (ALL, SUN, TUE)),
    ("marketplace", "wrong GTIN", (ALL,)),
    ("marketplace", "broken GTIN", (MON_TUE,)),
)
"""Channel, kind, and the nights each of its faults lives on."""


@dataclass(frozen=True)
class Fault:
    """One planted fault and the answer that is expected."""

    fault: str
    kind: Kind
    channel: str
    product_id: int
    sku: str
    changes: Mapping[date, Change]
    """What the channel shows instead, by night; on other nights it is right."""

    @property
    def nights(self) -> list[date]:
        """The nights it lives on."""
        return sorted(self.changes)


def plan(facts: Sequence[Facts], sold: Sequence[int]) -> list[Fault]:
    """The faults of all three nights. In: facts of the carried products, and those sold on the marketplace.

    Raises ValueError when the data has no unambiguous product left for one of them.
    """
    used: set[int] = set()
    faults: list[Fault] = []
    for channel, name, lives in PLAN:
        for life in lives:
            nights = [NIGHTS[n] for n in life]
            fault = next(_candidates(facts, sold, used, channel, KINDS[name], nights), None)
            if fault is None:
                raise ValueError(f"no product can show '{name}' on {channel} on {nights} without doubt")
            used.add(fault.product_id)
            faults.append(Fault(f"F{len(faults) + 1:02d}", fault.kind, channel, fault.product_id, fault.sku, fault.changes))
    return faults


def _candidates(
    facts: Sequence[Facts], sold: Sequence[int], used: set[int], channel: str, kind: Kind, nights: Sequence[date]
) -> Iterator[Fault]:
    """Faults of one kind that products which have none yet can show on all of the nights, the fittest first."""
    for product in sorted(facts, key=lambda product: _order(product, channel, kind, nights)):
        if product.product_id in used or (channel == "marketplace" and product.product_id not in sold):
            continue
        found = {night: change for night in nights if (change := kind.find(product, week_of(night))) is not None}
        if len(found) == len(nights):
            yield Fault("", kind, channel, product.product_id, product.sku, found)


def _order(product: Facts, channel: str, kind: Kind, nights: Sequence[date]) -> tuple[int, bool, bool, int]:
    """The latest price change first where the fault is about one; then products that show the same on all nights, by lot."""
    weeks = [product.weeks[week_of(night)] for night in nights]
    recent = -product.changed_in(week_of(nights[0])) if kind.cause == "previous_list_price" else 0
    steady = all(week == {**weeks[0], "week": week["week"]} for week in weeks)
    member_price = any(week["member_price"] for week in weeks)
    return recent, not steady, member_price, draw(channel, kind.name, product.product_id, below=2**32)


def answer_sheet(faults: Sequence[Fault]) -> pl.DataFrame:
    """One row a fault: fault, kind, channel, sku, nights (`|` between), first_night, last_night, check, cause (null: any)."""
    return pl.DataFrame(
        [
            {
                "fault": fault.fault,
                "kind": fault.kind.name,
                "channel": fault.channel,
                "sku": fault.sku,
                "nights": "|".join(night.isoformat() for night in fault.nights),
                "first_night": fault.nights[0],
                "last_night": fault.nights[-1],
                "check": fault.kind.check,
                "cause": fault.kind.cause,
            }
            for fault in faults
        ],
        schema=ANSWERS,
    )


ANSWERS = pl.Schema(
    {
        "fault": pl.String,
        "kind": pl.String,
        "channel": pl.String,
        "sku": pl.String,
        "nights": pl.String,
        "first_night": pl.Date,
        "last_night": pl.Date,
        "check": pl.String,
        "cause": pl.String,
    }
)


def write_answers(path: Path, faults: Sequence[Fault]) -> None:
    """The answer sheet as a file for people; nothing reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answer_sheet(faults).write_csv(path)
