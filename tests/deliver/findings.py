"""Findings of tills with quiet defaults, in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from pricewatch.domain import tables

NIGHT = date(2026, 3, 13)

QUIET: Mapping[str, Any] = {
    "night": NIGHT,
    "state": "new",
    "first_seen": NIGHT,
    "state_since": NIGHT,
    "rule": "store-shelf-price",
    "check": "expected_price",
    "severity": "major",
    "owner": "store-ops",
    "market": "fr",
    "channel": "store",
    "channel_kind": "store",
    "location": "0417",
    "sku": "A1",
    "gtin": "03017620422003",
    "name": "Espresso 1 kg",
    "subject": "price",
    "expected": 999,
    "observed": 1299,
    "delta": 300,
    "direction": "overcharge",
    "currency": "EUR",
    "message": "Espresso 1 kg costs 12.99 at the till of store 0417; 9.99 was decided",
    "cause": "promotion_not_started",
    "promotion": "P-2218",
    "lines": 4,
    "impact": 12000,
    "volume_known": True,
    "observed_at": datetime(2026, 3, 13, 18, 4, tzinfo=UTC),
    "source": "tills",
    "source_ref": "inbox/2026-03-13/tills/0417.csv.gz:812",
}


def findings(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """`tables.Findings`; fingerprints count up from 1."""
    schema = tables.schema("findings")
    full = [{"fingerprint": f"{n:032x}", **QUIET, **row} for n, row in enumerate(rows, 1)]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in full], schema=schema)
