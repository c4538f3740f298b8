"""The few root causes that explain most findings: what went wrong, where, how much of that scope, and what it costs.

    100 000 findings -> price change 2026-03-09 has not arrived in app and web    41 200 findings, 100 % of what it changed there
                        store 0367 shows the prices of zone Z2                     1 900 findings,  98 % of what differs
                        ...
                        stores: wrong price, here and there                          960 findings

Findings that go back to one root (`scopes`) are one incident on every channel and under every rule; the others are grouped by
what they have in common. Greedy set cover takes what explains most first, until nothing that is mostly wrong is left; the rest
stays together by channel and check. An incident is named by its root or scope, never by counts: tomorrow it is the same one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.causes import UNKNOWN
from pricewatch.engine.census import Census
from pricewatch.engine.cover import cover
from pricewatch.engine.explanations import explanations, identity
from pricewatch.engine.incident_words import Part, scope_text, title
from pricewatch.engine.scopes import keyed
from pricewatch.engine.whereabouts import WHEREABOUTS, whereabouts
from pricewatch.engine.world import Memory, World

ACTIVE = ("new", "open", "regressed")

FILE = "file"

ROOTS = {"promotion": "promotion", "price change": "price_change", "zone": "shown_zone", FILE: FILE}
"""Kinds of roots (`scopes`), and what they are called in an incident's `scope`."""

NEARLY_ALL = 0.95
"""Share of the findings of a loose incident that have one cause, from which on it is called by that cause: a price or two of
thousands that also equal another arithmetic must not take the name away."""

SCATTERED = "scattered"
"""The key of what nothing explains."""


@dataclass(frozen=True)
class _Where:
    """The scope of an incident, and how much of it is wrong."""

    parts: tuple[Part, ...]
    wrong: int | None
    """Offers wrong there; null where nobody can say how many were judged."""
    judged: int | None

    @property
    def share(self) -> int | None:
        """Basis points of the judged offers that are wrong."""
        return self.wrong * BASIS_POINTS // self.judged if self.wrong is not None and self.judged else None


@dataclass(frozen=True)
class _Named:
    """One incident, before its findings are counted."""

    incident: str
    market: str | None
    key: str
    mixed: bool
    where: _Where
    rows: list[int]

    @property
    def root(self) -> tuple[str, str] | None:
        """Kind and value of its root: `("promotion", "P-2218")`; None without one."""
        kind = next((kind for kind in ROOTS if self.key.startswith(f"{kind} ")), None)
        if kind is None or (kind == FILE and self.where.parts == _whole_file(self.key)):
            return None
        return kind, self.key.removeprefix(f"{kind} ")

    @property
    def scattered(self) -> bool:
        """Whether nothing explains it."""
        return self.key == SCATTERED


def roll_up(findings: pl.DataFrame, counts: Census, memory: Memory, world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings with their `incident`, and `tables.Incidents`, ranked by severity and money.

    In: reconciled findings; `census`. Only new, open and regressed findings make incidents. `explained` is null for what is
    scattered: nothing explains it.
    """
    active = keyed(findings.filter(pl.col("state").is_in(list(ACTIVE))))
    if active.is_empty():
        return findings, tables.empty("incidents")
    named = _named(active, counts, memory)
    members = pl.DataFrame(
        {"at": range(len(named)), "_incident": [one.incident for one in named], "row": [one.rows for one in named]},
        schema={"at": pl.Int32, "_incident": pl.String, "row": pl.List(pl.UInt32)},
    ).explode("row")
    told = active.join(members, on="row", how="inner")
    linked = findings.join(told.select("fingerprint", "_incident"), on="fingerprint", how="left", maintain_order="left")
    linked = linked.with_columns(incident=pl.coalesce("_incident", "incident")).drop("_incident")
    return linked, _incidents(told, named, memory, world)


def _named(active: pl.DataFrame, counts: Census, memory: Memory) -> list[_Named]:
    """The incidents of the night: what the cover took, and what it left, by channel and check."""
    offered = explanations(active, counts)
    known = pl.col("identity").is_in(memory.incidents["incident"].implode())
    taken = cover(offered.with_columns(known=known), active.height)
    chosen = offered.drop("rows")[[one.explanation for one in taken]]
    whole = [row for one, judged in zip(taken, chosen["judged"], strict=True) if judged is None for row in one.rows]
    where = _where_roots(active[whole], counts)
    named = []
    for one, own in zip(chosen.iter_rows(named=True), (one.rows for one in taken), strict=True):
        scope = _Where((_part(one["scope"], one["part"]),), active["offer"][own].n_unique(), one["judged"])
        if one["judged"] is None:
            scope = where[(one["key"], one["market"])]
        if one["key"].startswith(f"{FILE} ") and not any(scope.parts):
            scope = replace(scope, parts=_whole_file(one["key"]))
        named.append(_Named(one["identity"], one["market"], one["key"], one["mixed"], scope, own))
    left = set(range(active.height)).difference(*(one.rows for one in taken))
    return named + _rest(active[sorted(left)], counts)


def _where_roots(members: pl.DataFrame, counts: Census) -> dict[tuple[str, str | None], _Where]:
    """The scope of each whole root, by root and market."""
    told = whereabouts(members, counts) if members.height else pl.DataFrame(schema=WHEREABOUTS)
    return {
        (row["root"], row["market"]): _Where(
            tuple(_part(row["scope"], part) for part in row["parts"]),
            row["wrong"] if row["judged"] is not None else None,
            row["judged"],
        )
        for row in told.iter_rows(named=True)
    }


def _part(scope: list[str], values: list[str]) -> Part:
    return tuple(zip(scope, values, strict=True))


def _whole_file(key: str) -> tuple[Part, ...]:
    """The scope of a file that is wrong wherever it is from."""
    return (((FILE, key.removeprefix(f"{FILE} ")),),)


def _rest(left: pl.DataFrame, counts: Census) -> list[_Named]:
    """What nothing explains, by channel and check."""
    groups = left.group_by("market", "channel", "check").agg("row", wrong=pl.col("offer").n_unique().cast(pl.Int64))
    groups = groups.join(counts.of(("channel",)), on=["market", "channel"], how="left", nulls_equal=True)
    groups = groups.with_columns(judged=pl.max_horizontal(pl.col("judged").fill_null(0), "wrong"))
    return [
        _Named(
            identity("\x1f".join([market or "", SCATTERED, check, channel or ""])),
            market,
            SCATTERED,
            False,
            _Where(((("channel", channel),),) if channel else (), wrong, judged),
            rows,
        )
        for market, channel, check, rows, wrong, judged in groups.sort("market", "channel", "check", nulls_last=True).iter_rows()
    ]


def _incidents(told: pl.DataFrame, named: list[_Named], memory: Memory, world: World) -> pl.DataFrame:
    """`tables.Incidents` of the grouped findings."""
    rolled = _rolled(told)
    known = memory.incidents.group_by("incident").agg(_known=pl.col("first_seen").min())
    markets = told["market"].drop_nulls().n_unique() > 1
    words = pl.DataFrame(
        [_words(named[row["at"]], row, with_market=markets) for row in rolled.iter_rows(named=True)],
        schema={
            "at": pl.Int32, "incident": pl.String, "title": pl.String, "scope": pl.String, "cause": pl.String, "judged": pl.Int64,
            "share": pl.Int64, "explains": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip
    whole = (
        rolled.join(words, on="at", how="inner")
        .join(known, on="incident", how="left")
        .with_columns(
            impact=pl.col("overcharge") + pl.col("undercharge"),
            explained=pl.when("explains").then(pl.col("findings") * BASIS_POINTS // told.height),
            first_seen=pl.coalesce("_known", pl.lit(world.night)),
            night=pl.lit(world.night),
        )
        .sort("_rank", "impact", "findings", "incident", descending=[True, True, True, False])
        .with_row_index("rank", offset=1)
    )
    return whole.select(pl.col(name).cast(dtype) for name, dtype in tables.schema("incidents").items())


def _rolled(told: pl.DataFrame) -> pl.DataFrame:
    """Findings counted by incident (`at`). Money is that of the currency most of its findings are in: no two are added up."""
    rank = pl.col("severity").replace_strict({name: at for at, name in enumerate(tables.SEVERITIES)}, return_dtype=pl.Int8)
    worst_first = told.with_columns(_rank=rank).sort("_rank", "impact", "fingerprint", descending=[True, True, False])
    currency = pl.col("currency").drop_nulls().mode().sort().first()

    def money(direction: str) -> pl.Expr:
        return pl.col("impact").filter(pl.col("direction") == direction, pl.col("currency") == currency).sum()

    return worst_first.group_by("at", maintain_order=True).agg(
        pl.col("severity").first(),
        pl.col("owner").mode().sort().first(),
        pl.col("check").mode().sort().first(),
        pl.col("cause").mode().sort().first().alias("_cause"),
        (pl.col("cause") == pl.col("cause").mode().sort().first()).mean().alias("_of_one_cause"),
        pl.len().cast(pl.Int64).alias("findings"),
        pl.col("state").is_in(["new", "regressed"]).sum().cast(pl.Int64).alias("new"),
        pl.struct("channel", "location").n_unique().cast(pl.Int64).alias("places"),
        pl.col("sku").drop_nulls().n_unique().cast(pl.Int64).alias("skus"),
        currency.alias("currency"),
        money("overcharge").alias("overcharge"),
        money("undercharge").alias("undercharge"),
        pl.col("message").first().alias("example_message"),
        pl.col("fingerprint").first().alias("example_finding"),
        pl.col("_rank").first(),
        pl.col("name").first().alias("_name"),
    )


def _words(one: _Named, row: dict[str, object], *, with_market: bool) -> tuple[object, ...]:
    """An incident's id, title, scope and cause, and how much of its scope is wrong."""
    loose, one_cause = one.mixed or one.scattered, row["_of_one_cause"]
    assert isinstance(one_cause, float)
    cause = UNKNOWN if loose and one_cause < NEARLY_ALL else str(row["_cause"])
    market = one.market if with_market else None
    kind, value = one.root or (None, None)
    said = title(
        market=market,
        parts=one.where.parts,
        check=str(row["check"]),
        cause=cause,
        root=value,
        mixed=one.mixed,
        scattered=one.scattered and row["findings"] != 1,
        # One product's incident names it: nobody reads a SKU.
        product=str(row["_name"]) if row["skus"] == 1 and row["_name"] else None,
    )
    rooted = f"{ROOTS[kind]}={value}" if kind else None
    scope = scope_text(" ".join(filter(None, [f"market={market}" if market else None, rooted])) or None, one.where.parts)
    return row["at"], one.incident, said, scope, cause, one.where.judged, one.where.share, not one.scattered
