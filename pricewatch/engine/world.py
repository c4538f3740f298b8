"""What an audit is given and what it gives back: frozen records of frames, with quiet defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from polars.datatypes import DataTypeClass

from pricewatch.domain import tables

if TYPE_CHECKING:
    from pricewatch.engine.checks import Params, Tolerance


Type = pl.DataType | DataTypeClass


POLICY: dict[str, Type] = {
    "stacking": pl.String,  # exclusive | sequential | additive (`domain.stacking`)
    "stack_limit": pl.Int64,  # how many promotions may apply at once; null = any number
    "rounding_mode": pl.String,  # half_up | half_even | up | down (`domain.rounding`)
    "rounding_point": pl.String,  # price | discount | each
    "rounding_step": pl.Int64,  # minor units: 5 where the smallest coin is 0.05
    "rounding_endings": pl.List(pl.Int64),  # minor units behind the major one that computed prices end with; empty = any
    "rounding_to": pl.String,  # nearest | down | up: towards which ending
}
"""How promotions are combined and computed prices rounded; a channel's null is its market's."""

MARKETS: dict[str, Type] = {
    "market": pl.String,
    "currency": pl.String,
    "time_zone": pl.String,
    "tax_included": pl.Boolean,
    **POLICY,
}

RATES: dict[str, Type] = {
    "market": pl.String,
    "other_currency": pl.String,
    "millionths": pl.Int64,  # millionths of one unit of the other currency that one unit of the market's is worth
}

CHANNELS: dict[str, Type] = {
    "channel": pl.String,
    "channel_name": pl.String,
    "channel_kind": pl.String,
    "market": pl.String,
    "zone": pl.String,  # null for stores
    "role": pl.String,  # leader | own_zone | same_as | within
    "leader": pl.String,  # the channel it follows, for same_as and within
    "landed": pl.Boolean,  # within: price plus shipping is compared
    "low": pl.Int64,  # within: basis points of the leader's price
    "high": pl.Int64,
    "grace": pl.Duration("us"),
    "own_seller": pl.String,
    **POLICY,
}

PLACES: dict[str, Type] = {
    "place": pl.Int32,
    "market": pl.String,
    "channel": pl.String,
    "location": pl.String,  # null for a channel with one place
}

ITEMS: dict[str, Type] = {"item": pl.Int32, "sku": pl.String}


@dataclass(frozen=True)
class Rule:
    """One rule of the workspace: a kind of check, its parameters, and who cares."""

    id: str
    check: str
    params: Params
    where: str | None = None
    severity: str = "major"
    """How bad a finding is; with `severities`, the least a finding can be."""
    owner: str = "pricing"
    why: str = ""
    place: str = ""
    """`rules/stores.yaml:6`, for messages."""
    severities: tuple[tuple[str, Tolerance], ...] = ()
    """From the lowest to the highest, each with the limits a finding must exceed to be as bad (`severity.graded`)."""
    valid_from: date | None = None
    """The first night it is run; None = since ever."""
    valid_to: date | None = None
    """The last night it is run; None = open."""
    pack: str = ""
    """The law pack it comes from: `law/fr`; empty for the workspace's own rules."""
    markets: tuple[str, ...] = ()
    """The markets whose law its pack is; empty = every market."""
    enabled: bool = True
    """Whether it is run at all: rules that wait for data, or for a market, are kept and listed, and do not run."""

    def in_force(self, night: date) -> bool:
        """Whether it is run on a night: both ends of its validity are included."""
        begun = self.valid_from is None or self.valid_from <= night
        return self.enabled and begun and (self.valid_to is None or night <= self.valid_to)


def in_force(rules: Sequence[Rule], night: date) -> list[Rule]:
    """The rules that are run on a night."""
    return [rule for rule in rules if rule.in_force(night)]


@dataclass(frozen=True)
class Central:
    """What head office decided, typed: products, price list, promotions, locations (see `domain.tables`)."""

    products: pl.DataFrame = field(default_factory=partial(tables.empty, "products"))
    price_list: pl.DataFrame = field(default_factory=partial(tables.empty, "price_list"))
    promotions: pl.DataFrame = field(default_factory=partial(tables.empty, "promotions"))
    locations: pl.DataFrame = field(default_factory=partial(tables.empty, "locations"))


@dataclass(frozen=True)
class World:
    """All frames an audit is given. `as_of` is the instant everything is judged at; offers keep their own `observed_at`."""

    night: date
    as_of: datetime
    markets: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MARKETS))
    channels: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANNELS))
    sources: pl.DataFrame = field(default_factory=partial(tables.empty, "sources"))
    central: Central = field(default_factory=Central)
    items: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ITEMS))
    """Codes of SKUs given on earlier nights, kept by the lake; new SKUs get the next free codes."""
    places: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PLACES))
    """Codes of places given on earlier nights."""
    history: pl.LazyFrame = field(default_factory=lambda: tables.empty("history").lazy())
    source_runs: pl.DataFrame = field(default_factory=partial(tables.empty, "source_runs"))
    rates: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RATES))
    """Exchange rates that a wrong price may have been multiplied with: only to name that cause."""


@dataclass(frozen=True)
class Memory:
    """What earlier nights left: needed to say what is new, still open, resolved or regressed."""

    findings: pl.DataFrame = field(default_factory=partial(tables.empty, "findings"))
    """The last row of each fingerprint before this night."""
    waivers: pl.DataFrame = field(default_factory=partial(tables.empty, "waivers"))
    incidents: pl.DataFrame = field(default_factory=partial(tables.empty, "incidents"))
    """Incidents seen before this night: `incident` and `first_seen` are used."""


@dataclass(frozen=True)
class Audit:
    """What one night's audit found."""

    offers: pl.LazyFrame
    """Settled offers (`tables.Offers`), sorted by item and place; of a large night a scan of files."""
    quarantine: pl.DataFrame
    unmatched: pl.DataFrame
    """Rows whose product is not in the catalogue, as `normalise` reads them, with `reason`."""
    findings: pl.DataFrame
    incidents: pl.DataFrame
    source_runs: pl.DataFrame
    """As given, with `quarantined` and `unmatched` counted in."""
    scores: pl.DataFrame
    """How consistent the night was (`tables.Scores`)."""
    items: pl.DataFrame
    places: pl.DataFrame
    told: pl.DataFrame
    """Earlier prices that a shop's export told of products never observed (`tables.History`)."""
    history: pl.LazyFrame
    """What was known before this night, earlier prices that were told included (`tables.History`)."""
    counts: Mapping[str, int]
    """offers = judged (held against a decided price, or their leader's) + undecided (comparable, but nobody decided a price) +
    not_comparable + others (other sellers') + second_surfaces (a channel's further surfaces); and not_provable, quarantined,
    unmatched, and by rule (`JUDGED_BY` and its id) the offers it could look at."""


SET_ASIDE: dict[str, Type] = {"source": pl.String, "reason": pl.String, "rows": pl.Int64, "example": pl.String}
"""Rows that were not judged at all, by source and reason: the reason of one of them, how many, and where that one is."""

SILENT = "nothing of "
"""What the key of a place begins with in `Audit.counts` when nothing was seen there; its channel and location follow."""

JUDGED_BY = "judged by "
"""What the key of a rule's own count begins with in `Audit.counts`."""

NOT_IN_FORCE = "not in force: "
"""What the key of a rule begins with in `Run.counts` that was not run, because the night is outside its days."""


HOLDS_NOTHING = "waiver holds nothing: "
"""What the key of a waiver begins with in `Audit.counts` that is in force and matches no finding of the night."""

LAPSED = "waiver has lapsed: "
"""What the key of an expired waiver begins with in `Audit.counts`, of whose findings one is open again tonight."""


@dataclass(frozen=True)
class Run:
    """One night as the database remembers it, and what a report is made of."""

    night: date
    started_at: datetime
    as_of: datetime
    seconds: float
    status: str
    """complete, or source_failed when a source failed and the others were judged without it."""
    counts: Mapping[str, int]
    findings: pl.DataFrame = field(default_factory=partial(tables.empty, "findings"))
    """All states that this night knows: new, open, regressed, resolved (tonight), unverified, waived."""
    incidents: pl.DataFrame = field(default_factory=partial(tables.empty, "incidents"))
    source_runs: pl.DataFrame = field(default_factory=partial(tables.empty, "source_runs"))
    scores: pl.DataFrame = field(default_factory=partial(tables.empty, "scores"))
    workspace: str = ""
    previous_night: date | None = None
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SET_ASIDE), compare=False)
    """Rows refused, quarantined or of unknown products, by reason: the most frequent first. Kept with the rows, in the lake."""
