"""How consistent the nights were, and how accurately the tills charge: asked after the audit. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pricewatch.domain.errors import UserError
from pricewatch.engine import accuracy, sampling
from pricewatch.engine.maturity import Maturity, maturity
from pricewatch.engine.world import in_force
from pricewatch.runs.landed import judged_offers
from pricewatch.runs.look import last_run
from pricewatch.store.database import Database
from pricewatch.workspace import Workspace

NIGHTS = 14
"""How many nights a trend goes back."""


@dataclass(frozen=True)
class Standing:
    """One night's scores, those before it, and what they say of the price policy."""

    night: date
    scores: pl.DataFrame
    """`tables.Scores` of the night."""
    trend: pl.DataFrame
    """`tables.Scores` of the last `NIGHTS` nights, this one included, oldest first."""
    maturity: dict[str, Maturity]
    """By market."""


def standing(workspace: Workspace, night: date | None = None) -> Standing:
    """The scores of a night, or of the newest. Raises `UserError` when it was not audited, or before scores were kept."""
    run = last_run(workspace, night)
    if run.scores.is_empty():
        fix = f"pricewatch audit --night {run.night} --no-collect"
        raise UserError(
            f"nothing was scored on {run.night}: no offer could be judged, or it was audited by an older version", "", fix
        )
    with Database(workspace.database_url) as database:
        trend = database.scores(run.night, NIGHTS)
    rules = in_force(workspace.rules, run.night)
    levels = {str(market): maturity(part, rules) for (market,), part in run.scores.group_by("market", maintain_order=True)}
    return Standing(run.night, run.scores, trend, levels)


def scanned(workspace: Workspace, night: date | None = None, store: str | None = None) -> pl.DataFrame:
    """The accuracy of the tills by store and department, the worst first.

    `market`, `location`, `department`, `currency` and the columns of `accuracy.score`; a store as a whole has the department
    null, and comes before its departments. Raises `UserError` for a night without till lines, or a store that has none.
    """
    run = last_run(workspace, night)
    by = ["market", "location", "category", "currency"]
    items = accuracy.scanned(judged_offers(workspace, run.night, run.as_of), by=by).collect().rename({"category": "department"})
    items = _of_store(items, store, f"no till line of {run.night} can be held against a price", "pricewatch report")
    whole = [name for name in by if name != "category"]
    stores = accuracy.score(items.lazy(), by=whole).with_columns(department=pl.lit(None, pl.String))
    departments = accuracy.score(items.lazy(), by=[*whole, "department"])
    rows = pl.concat([stores, departments.select(stores.collect_schema().names())]).collect()
    worst = rows.filter(pl.col("department").is_null()).select("market", "location", _worst="accuracy")
    ordered = rows.join(worst, on=["market", "location"], how="left").sort(
        "_worst", "market", "location", "department", nulls_last=False
    )
    first = ["market", "location", "department", "currency"]
    return ordered.select(*first, pl.exclude(*first, "_worst"))


def sample(workspace: Workspace, night: date | None, store: str | None, *, size: int, seed: str) -> pl.DataFrame:
    """The items each store checks by hand (`sampling.sample`), with empty columns for what is found at shelf and till."""
    run = last_run(workspace, night)
    items = sampling.population(judged_offers(workspace, run.night, run.as_of)).collect()
    items = _of_store(items, store, f"no store showed a price on {run.night}", "pricewatch report")
    drawn = sampling.sample(items, seed=seed, sizes=sampling.Sizes((), size))
    empty = {name: pl.lit(None, pl.String) for name in ("shelf_price", "till_price", "remark")}
    return drawn.select(
        "market", "location", "line", "department", "sku", "gtin", "name", "promised", "currency"
    ).with_columns(**empty)  # fmt: skip


def _of_store(rows: pl.DataFrame, store: str | None, none: str, fix: str) -> pl.DataFrame:
    """The rows of one store, or all. Raises `UserError` when there are none."""
    if rows.is_empty():
        raise UserError(none, "", fix)
    if store is None:
        return rows
    there = sorted(set(rows["location"].drop_nulls()))
    if store not in there:
        some = ", ".join(there[:8]) + (f" and {len(there) - 8} more" if len(there) > 8 else "")
        raise UserError(f"nothing was seen of a store '{store}'", "--store", f"there are {some}")
    return rows.filter(pl.col("location") == store)
