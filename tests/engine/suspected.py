"""Candidates as a test writes them, diagnosed: what a check would have suspected, with the prices a cause may be found in."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pricewatch.engine.audit import decide
from pricewatch.engine.checks import CANDIDATE
from pricewatch.engine.codes import item_codes, place_codes
from pricewatch.engine.diagnose import diagnose
from pricewatch.engine.places import place_table
from pricewatch.engine.rules import EVIDENCE, products
from pricewatch.engine.world import RATES, Central, World
from pricewatch.testing import SEEN, channel, market, source, typed, world

QUIET = {
    "rule": "test", "subject": "price", "surface": "html", "source": "web", "source_ref": "web.csv:2", "observed_at": SEEN,
    "currency": "USD", "lines": 1,
}  # fmt: skip
SCHEMA = {"rule": pl.String, "sku": pl.String, "channel": pl.String, "location": pl.String, **EVIDENCE, **CANDIDATE}


@dataclass(frozen=True)
class Told:
    """A world with what was decided in it, solved once."""

    world: World
    items: pl.DataFrame
    places: pl.DataFrame
    points: pl.DataFrame


def told(decided: Central, *, tax: bool = False, rates: dict[str, int] | None = None) -> Told:
    """A web channel and stores; `tax`: their prices have tax in them; `rates`: millionths by currency."""
    rows = [("us", code, millionths) for code, millionths in (rates or {}).items()]
    given = world(
        decided,
        [channel("web"), channel("store")],
        [source("web", "web", surface="html"), source("tills", "store", surface="till")],
        markets=market(tax_included=tax),
        rates=pl.DataFrame(rows, schema=RATES, orient="row"),
    )
    items, places = item_codes(given), place_codes(given)
    return Told(given, items, place_table(given, places), decide(given, items, places))


def suspected(text: str) -> pl.DataFrame:
    """Candidates of a text table: `sku`, `channel` (the web's, where not said), `EVIDENCE` and `CANDIDATE`; others are quiet."""
    return _whole(typed(text, SCHEMA))


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    given = {"channel": "web", **QUIET}
    return rows.with_columns(
        pl.lit(given.get(name), dtype).alias(name) for name, dtype in SCHEMA.items() if name not in rows.columns
    )


def diagnosed(suspects: pl.DataFrame | str, given: Told) -> pl.DataFrame:
    """Candidates with their causes, by `sku`, in the order they were given."""
    rows = suspected(suspects) if isinstance(suspects, str) else _whole(suspects)
    where = given.places.select("channel", "location", place="place", area="area")
    coded = (
        rows.drop("item", "place", "area")
        .with_row_index("asked")
        .join(given.items, on="sku", how="left")
        .join(where, on=["channel", "location"], how="left", nulls_equal=True)
    )
    candidates = coded.select("asked", "rule", *EVIDENCE, *CANDIDATE)
    catalogue = products(given.world, given.items).collect()
    found = diagnose(candidates, given.world, given.points, given.places, catalogue)
    assert found.height == rows.height
    return found.join(given.items, on="item", how="left").sort("asked").drop("asked")


def cause_of(suspects: str, given: Told) -> tuple[str, str | None, str | None, str | None]:
    """Cause, detail, row and root of the only candidate."""
    (row,) = diagnosed(suspects, given).to_dicts()
    return row["cause"], row["cause_detail"], row["cause_ref"], row["cause_root"]
