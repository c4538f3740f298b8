"""What tests of labels and multibuys share: a calendar with one of each, offers under them, and many offers judged in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from pricewatch.domain import tables
from pricewatch.testing import findings_among, judged, typed

CALENDAR = """
    promotion_row  promotion   mechanic       value  quantity  pay  audience  starts_at
    1              TWO-ONE     n_for_m        -      3         2    everyone  2026-03-01
    2              THREE-10    n_for_price    1000   3         -    everyone  2026-03-01
    3              SECOND-50   nth_unit       5000   2         -    everyone  2026-03-01
    4              FREE-4TH    cheapest_free  -      4         -    everyone  2026-03-01
    5              TIER-6      tier           350    6         -    everyone  2026-03-01
    6              CARD-2FOR1  n_for_m        -      2         1    members   2026-03-01
    7              CUT-20      percent        2000   -         -    everyone  2026-03-01
    8              THIRD-FREE  nth_unit       10000  3         -    everyone  2026-03-01
    9              TONIGHT     n_for_m        -      3         2    everyone  2026-03-13
    10             MIXED       n_for_m        -      3         2    everyone  2026-03-01
    11             MIXED       n_for_m        -      4         3    everyone  2026-03-01
    12             CREDIT-20   deferred_credit  2000  -       -    everyone  2026-03-01
    13             MORE-25     extra_quantity   2500  -       -    everyone  2026-03-01
"""


def calendar() -> dict[str, pl.DataFrame]:
    """The world frame `calendar`."""
    schema = {"promotion_row": pl.Int32(), **tables.schema("promotions")}
    rows = typed(CALENDAR, schema).with_columns(market=pl.lit("us"))
    return {
        "calendar": rows.select((pl.col(n) if n in rows.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema.items())
    }


def under(row: int, *, units: int, together: str, list_price: str = "3.99", **columns: str) -> str:
    """One offer of A1 under the multibuy in a calendar row, which makes `units` units cost `together`; `columns` as written."""
    cells = {
        "sku": "A1",
        "list_price": list_price,
        "expected_price": list_price,
        "price": list_price,
        "multibuy_row": str(row),
        "multibuy_quantity": str(units),
        "multibuy_paid": together,
        **columns,
    }
    return "\n".join("  ".join(line) for line in (cells.keys(), cells.values()))


def verdicts(check: str, offers: Sequence[str], **params: Any) -> list[dict[str, Any] | None]:
    """What a kind finds of each of these offers of A1 (text tables of one row), judged together; None where nothing."""
    rows = [judged(text).with_columns(sku=pl.lit(f"A{n:03}"), item=pl.lit(n, pl.Int32)) for n, text in enumerate(offers)]
    found = findings_among(check, pl.concat(rows, how="diagonal"), frames=calendar(), **params)
    by_sku = {row["sku"]: row for row in found.to_dicts()}
    assert len(by_sku) == found.height, "an offer is found once"
    return [by_sku.get(f"A{n:03}") for n in range(len(offers))]
