"""Candidates as a test writes them, diagnosed: what a check would have suspected, with the prices a cause may be found in."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pricewatch.engine.audit import decide
from pricewatch.engine.checks import CANDIDATE
from pricewatch.engine.codes import item_codes, place_codes
from pricewatch.engine.diagnose import diagnose
from pricewatch.engine.places import place_table
from pricewatch.engine.rules import EVIDENCE, products
from pricewatch.engine.world import Central, World
from pricewatch.testing import SEEN, channel, source, typed, world

QUIET = {
    "rule": "test", "subject": "price", "surface": "html", "source": "web", "source_ref": "web.csv:2", "observed_at": SEEN,
    "currency": "USD", "lines": 1,
}  # fmt: skip
SCHEMA = {"rule": pl.String, "sku": pl.String, "channel": pl.String, "location": pl.String, **EVIDENCE, **CANDIDATE}
RATES = {"market": pl.String, "other_currency": pl.String, "millionths": pl.Int64}


def told(decided: Central, *, tax: bool = False, rates: dict[str, int] | None = None) -> World:
    """A world with a web channel and stores; `tax`: its prices have tax in them; `rates`: millionths by currency."""
    rows = [("us", code, millionths) for code, millionths in (rates or {}).items()]
    given = world(
        decided,
        [channel("web"), channel("store")],
        [source("web", "web", surface="html"), source("tills", "store", surface="till")],
        rates=pl.DataFrame(rows, schema=RATES, orient="row"),
    )
    return replace(given, markets=given.markets.with_columns(tax_included=pl.lit(tax)))


def suspected(text: str) -> pl.DataFrame:
    """Candidates of a text table: `sku`, `channel` (the web's, where not said), `EVIDENCE` and `CANDIDATE`; others are quiet."""
    return _whole(typed(text, SCHEMA))


def _whole(rows: pl.DataFrame) -> pl.DataFrame:
    given = {"channel": "web", **QUIET}
    return rows.with_columns(
        pl.lit(given.get(name), dtype).alias(name) for name, dtype in SCHEMA.items() if name not in rows.columns
    )


def diagnosed(suspects: pl.DataFrame | str, given: World) -> pl.DataFrame:
    """Candidates with their causes, by `sku`, in the order they were given."""
    rows = suspected(suspects) if isinstance(suspects, str) else _whole(suspects)
    items, places = item_codes(given), place_codes(given)
    known = place_table(given, places)
    where = known.select("channel", "location", place="place", area="area")
    coded = (
        rows.drop("item", "place", "area")
        .with_row_index("asked")
        .join(items, on="sku", how="left")
        .join(where, on=["channel", "location"], how="left", nulls_equal=True)
    )
    assert coded.height == rows.height
    candidates = coded.select("asked", "rule", *EVIDENCE, *CANDIDATE).lazy()
    points = decide(given, items, places)
    found = diagnose(candidates, given, points.lazy(), known, products(given, items)).collect()
    return found.join(items, on="item", how="left").sort("asked").drop("asked")


def cause_of(suspects: str, given: World) -> tuple[str, str | None, str | None, str | None]:
    """Cause, detail, row and root of the only candidate."""
    (row,) = diagnosed(suspects, given).to_dicts()
    return row["cause"], row["cause_detail"], row["cause_ref"], row["cause_root"]
