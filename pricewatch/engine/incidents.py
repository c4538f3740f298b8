"""The few root causes that explain most findings: what went wrong, where, how much of that scope, and what it costs.

Findings of one check and cause are grouped by every scope they could have in common: a promotion on a channel, a store, a zone, a
category, a brand. Greedy set cover takes the scope that explains most first: 14 findings in 16 offers of one promotion are an
incident; 14 in 4 000 offers of a channel are scattered, and stay together only as that.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pricewatch.domain import tables
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.checks import registry
from pricewatch.engine.world import Memory, World

SCOPES: tuple[tuple[str, ...], ...] = (
    ("channel", "promotion"),
    ("channel", "zone", "promotion"),
    ("channel", "location"),
    ("channel", "zone"),
    ("channel", "sku"),
    ("channel", "category"),
    ("channel", "brand"),
)
"""What findings may have in common. The channel alone is what is left for scattered ones."""

AT_LEAST = 2
"""Findings that make a scope."""

MOSTLY_WRONG = 2_500
"""Basis points of a scope's judged offers that must be wrong before the scope explains anything."""

ACTIVE = ("new", "open", "regressed")

CAUSES = {
    "decimal_shift": "decimal point moved",
    "net_instead_of_gross": "shown without tax",
    "gross_instead_of_net": "shown with tax",
    "previous_list_price": "price change has not arrived",
    "next_list_price": "price change published early",
    "other_zones_price": "another zone's price",
    "member_price_shown_to_all": "member price shown to all",
    "rounding": "one cent off",
}
"""Causes that say more than the title of their check."""


@dataclass(frozen=True)
class _Group:
    """Findings that have a scope in common."""

    check: str
    cause: str
    scope: tuple[tuple[str, str], ...]
    rows: tuple[int, ...]
    judged: int | None


def census(seen: pl.DataFrame, world: World, items: pl.DataFrame, places: pl.DataFrame) -> list[pl.DataFrame]:
    """How many judged offers each scope has, one frame a scope of `SCOPES` and one for the channel: scope columns and `judged`.

    In: `audit.judge`'s `seen`; `places` from `place_table`.
    """
    calendar = world.central.promotions.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("row"), "promotion")
    products = world.central.products.join(items, on="sku", how="inner").select("item", "category", "brand")
    where = places.select("place", "channel", "location", "zone")
    # Counted by code first: a scope's text columns are joined to counts, not to offers.
    by_place = seen.group_by("place").agg(n=pl.len()).join(where, on="place", how="inner")
    named = (
        seen.select("place", "item").join(products, on="item", how="inner").group_by("place", "category", "brand").agg(n=pl.len())
    )
    named = named.join(where, on="place", how="inner")
    channels = seen.select("place", "item").join(where.select("place", "channel"), on="place", how="inner")
    by_sku = channels.group_by("channel", "item").agg(n=pl.len()).join(items, on="item", how="inner")
    rows = [seen.filter(pl.col(column).is_not_null()).group_by("place", row=column).agg(n=pl.len()) for column in PROMOTION_ROWS]
    promoted = pl.concat(rows).join(calendar, on="row", how="inner").join(where, on="place", how="inner")
    counts = []
    for scope in (*SCOPES, ("channel",)):
        of = next(
            (
                counted
                for name, counted in (("promotion", promoted), ("sku", by_sku), ("category", named), ("brand", named))
                if name in scope
            ),
            by_place,
        )
        counts.append(of.group_by(scope).agg(judged=pl.col("n").sum().cast(pl.Int64)))
    return counts


PROMOTION_ROWS = ("promotion_row", "member_promotion_row", "ended_row", "ended_member_row")
"""Where a judged offer names a promotion: one in force or one that has ended, for everyone or for members."""


def roll_up(
    findings: pl.DataFrame, counts: Sequence[pl.DataFrame], memory: Memory, world: World
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings with their `incident`, and `tables.Incidents`, ranked by severity and money.

    In: reconciled findings; `census`. Only new, open and regressed findings make incidents.
    """
    active = findings.filter(pl.col("state").is_in(list(ACTIVE))).with_row_index("row")
    groups = _cover(active, counts)
    if not groups:
        return findings, tables.empty("incidents")
    ids = [_identity(group) for group in groups]
    members = pl.DataFrame(
        {"row": [row for group in groups for row in group.rows], "at": [at for at, g in enumerate(groups) for _ in g.rows]},
        schema={"row": pl.UInt32, "at": pl.Int64},
    )
    scopes = pl.DataFrame(
        {
            "at": range(len(groups)),
            "incident": ids,
            "title": [_title(group) for group in groups],
            "scope": [" ".join(f"{name}={value}" for name, value in group.scope) for group in groups],
            "judged": [group.judged for group in groups],
        },
        schema={"at": pl.Int64, "incident": pl.String, "title": pl.String, "scope": pl.String, "judged": pl.Int64},
    )
    told = active.join(members, on="row", how="inner").drop("incident").join(scopes, on="at", how="inner")
    linked = findings.join(told.select("fingerprint", _incident="incident"), on="fingerprint", how="left", maintain_order="left")
    linked = linked.with_columns(incident=pl.coalesce("_incident", "incident")).drop("_incident")
    return linked, _incidents(told, memory, world)


def _cover(active: pl.DataFrame, counts: Sequence[pl.DataFrame]) -> list[_Group]:
    """Greedy set cover, lazily: a scope's gain only shrinks, so only the best candidate is counted again."""
    covered = bytearray(active.height)
    candidates = [group for scope, count in zip(SCOPES, counts, strict=False) for group in _groups(active, scope, count)]
    heap = [(-_gain(group, len(group.rows)), at) for at, group in enumerate(candidates)]
    heapq.heapify(heap)
    taken: list[_Group] = []
    while heap:
        gain, at = heapq.heappop(heap)
        group = candidates[at]
        left = tuple(row for row in group.rows if not covered[row])
        if len(left) < AT_LEAST:
            continue
        now = -_gain(group, len(left))
        if now > gain:
            heapq.heappush(heap, (now, at))
            continue
        taken.append(_Group(group.check, group.cause, group.scope, left, group.judged))
        for row in left:
            covered[row] = 1
    rest = active.filter(pl.Series([not flag for flag in covered], dtype=pl.Boolean))
    return taken + _groups(rest, ("channel",), counts[-1], everything=True)


def _gain(group: _Group, explained: int) -> float:
    """Findings explained, weighed by how much of the scope is wrong; of equal ones, the more narrowly named scope."""
    share = explained / max(group.judged or explained, explained)
    return explained * share + len(group.scope) * 1e-6


def _groups(active: pl.DataFrame, scope: tuple[str, ...], count: pl.DataFrame, *, everything: bool = False) -> list[_Group]:
    """Groups of findings with one check, cause and scope that are worth a name."""
    key = ["check", "cause", *scope]
    grouped = active.group_by(key).agg("row").join(count, on=list(scope), how="left", nulls_equal=True)
    grouped = grouped.with_columns(judged=pl.max_horizontal("judged", pl.col("row").list.len().cast(pl.Int64)))
    if not everything:
        named = pl.all_horizontal(pl.col(name).is_not_null() for name in scope)
        size = pl.col("row").list.len().cast(pl.Int64)
        grouped = grouped.filter(named, size >= AT_LEAST, size * BASIS_POINTS >= pl.col("judged") * MOSTLY_WRONG)
    return [
        _Group(
            row["check"],
            row["cause"],
            tuple((name, str(row[name])) for name in scope if row[name] is not None),
            tuple(sorted(row["row"])),
            row["judged"],
        )
        for row in grouped.sort(key, nulls_last=True).iter_rows(named=True)
    ]


def _identity(group: _Group) -> str:
    text = "\x1f".join([group.check, group.cause, *(f"{name}={value}" for name, value in group.scope)])
    # Twelve digits: among ten thousand incidents of a bad night, eight would name two alike once in a hundred nights.
    return "i" + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _title(group: _Group) -> str:
    """`store 0367: wrong price, price change has not arrived`. Where comes first: a narrow screen cuts the end."""
    what = registry()[group.check].title
    why = CAUSES.get(group.cause)
    scope = dict(group.scope)
    channel = scope.pop("channel", "")
    where = [f"store {scope.pop('location')}" if "location" in scope else channel]
    where += [f"{name} {value}" for name, value in scope.items()]
    return f"{', '.join(part for part in where if part) or 'sources'}: {what}{f', {why}' if why else ''}"


def _incidents(told: pl.DataFrame, memory: Memory, world: World) -> pl.DataFrame:
    """`tables.Incidents` of the grouped findings."""
    rank = pl.col("severity").replace_strict({name: at for at, name in enumerate(tables.SEVERITIES)}, return_dtype=pl.Int8)
    worst_first = told.with_columns(_rank=rank).sort("_rank", "impact", "fingerprint", descending=[True, True, False])
    known = memory.incidents.group_by("incident").agg(_known=pl.col("first_seen").min())
    rolled = (
        worst_first.group_by("incident", "at", "title", "scope", "judged", "check", "cause", maintain_order=True)
        .agg(
            pl.col("severity").first(),
            pl.col("owner").mode().sort().first(),
            pl.len().cast(pl.Int64).alias("findings"),
            pl.col("state").is_in(["new", "regressed"]).sum().cast(pl.Int64).alias("new"),
            pl.struct("channel", "location").n_unique().cast(pl.Int64).alias("places"),
            pl.col("sku").drop_nulls().n_unique().cast(pl.Int64).alias("skus"),
            pl.col("impact").sum(),
            pl.col("currency").drop_nulls().first(),
            pl.col("fingerprint").first().alias("example_finding"),
            pl.col("_rank").first(),
            pl.col("name").first().alias("_name"),
        )
        .join(known, on="incident", how="left")
        .with_columns(
            # One product's incident names it: nobody reads a SKU.
            title=pl.when(pl.col("skus") == 1)
            .then(pl.concat_str("title", "_name", separator=" - ", ignore_nulls=True))
            .otherwise("title"),
            explained=pl.lit(None, pl.Int64),
            overcharge=pl.lit(None, pl.Int64),
            undercharge=pl.lit(None, pl.Int64),
            example=pl.lit(None, pl.String),
            share=pl.col("findings") * BASIS_POINTS // pl.col("judged"),
            first_seen=pl.coalesce("_known", pl.lit(world.night)),
            night=pl.lit(world.night),
        )
        .sort("_rank", "impact", "findings", "incident", descending=[True, True, True, False])
        .with_row_index("rank", offset=1)
    )
    return rolled.select(pl.col(name).cast(dtype) for name, dtype in tables.schema("incidents").items())
