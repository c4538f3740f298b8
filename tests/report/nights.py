"""A night in a few lines: findings, incidents and source runs with quiet defaults, in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.world import Run

NIGHT = date(2026, 3, 13)
AS_OF = datetime(2026, 3, 14, 5, tzinfo=UTC)


def fingerprint(number: int) -> str:
    """Looks like the real thing: 32 hexadecimal digits that share no beginning."""
    return blake2b(str(number).encode(), digest_size=16).hexdigest()


FINDING = {
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
    "zone": "Z3",
    "sku": "A1",
    "gtin": "03017620422003",
    "name": "Espresso 1 kg",
    "brand": "Roma",
    "category": "coffee",
    "subject": "price",
    "expected": 999,
    "observed": 1299,
    "delta": 300,
    "direction": "overcharge",
    "currency": "EUR",
    "message": "Espresso 1 kg costs 12.99 at the till of store 0417; 9.99 was decided",
    "cause": "promotion_not_started",
    "impact": 12000,
    "volume_known": True,
    "observed_at": datetime(2026, 3, 13, 18, 4, tzinfo=UTC),
    "source": "tills",
    "source_ref": "inbox/2026-03-13/tills/0417.csv.gz:812",
}

SOURCE = {
    "night": NIGHT,
    "status": "complete",
    "feeds": "offers",
    "channel": "store",
    "rows": 4012,
    "refused": 0,
    "quarantined": 0,
    "unmatched": 0,
    "expected_rows": 3500,
    "files": 40,
    "started_at": AS_OF - timedelta(hours=2),
    "seconds": 4.2,
    "oldest": AS_OF - timedelta(hours=26),
    "newest": AS_OF - timedelta(hours=3),
}

INCIDENT = {
    "night": NIGHT,
    "rank": 1,
    "title": "store, zone Z3: promotion not given (P-2218)",
    "check": "promotion_missing",
    "cause": "promotion_not_started",
    "scope": "promotion=P-2218 channel=store zone=Z3",
    "severity": "critical",
    "owner": "store-ops",
    "findings": 14,
    "new": 14,
    "places": 14,
    "skus": 1,
    "judged": 41,
    "share": 3415,
    "explained": 5384,
    "impact": 168000,
    "overcharge": 168000,
    "undercharge": 0,
    "currency": "EUR",
    "example_message": "Espresso 1 kg costs 12.99 at the till of store 0001; 9.99 was decided",
    "example_finding": fingerprint(1),
    "first_seen": NIGHT,
}


def _frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=tables.schema(table), orient="row") if rows else tables.empty(table)


def findings(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Findings with defaults; fingerprints count up from 1."""
    numbered = [{"fingerprint": fingerprint(n), **FINDING, **row} for n, row in enumerate(rows, 1)]
    return _frame("findings", [{name: row.get(name) for name in tables.schema("findings")} for row in numbered])


def sources(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Source runs with defaults."""
    return _frame("source_runs", [{name: {**SOURCE, **row}.get(name) for name in tables.schema("source_runs")} for row in rows])


def incidents(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """Incidents with defaults, ranked as given."""
    numbered = [{"incident": f"incident-{n}", **INCIDENT, "rank": n, **row} for n, row in enumerate(rows, 1)]
    return _frame("incidents", [{name: row.get(name) for name in tables.schema("incidents")} for row in numbered])


def night(**changes: Any) -> Run:
    """A calm second night with three complete sources and two central files."""
    calm: dict[str, Any] = {
        "night": NIGHT,
        "started_at": AS_OF,
        "as_of": AS_OF,
        "seconds": 14.23,
        "status": "complete",
        "counts": {"offers": 41_238, "judged": 40_998, "not_comparable": 0, "not_provable": 0, "quarantined": 0, "unmatched": 0},
        "source_runs": sources(
            {"source": "tills"},
            {"source": "webshop", "channel": "web", "rows": 1204, "expected_rows": 1200, "files": 612},
            {"source": "app", "channel": "app", "rows": 602, "expected_rows": 600, "files": 7},
            {"source": "catalogue", "feeds": "products", "channel": None, "rows": 2210, "expected_rows": None},
            {"source": "price-list", "feeds": "price_list", "channel": None, "rows": 18_004, "expected_rows": None},
        ),
        "workspace": "Corner Grocery",
        "previous_night": NIGHT - timedelta(days=1),
    }
    return Run(**{**calm, **changes})


def bad_night() -> Run:
    """Promotions not given, a stale price, a decimal shift, an unknown one, and faults that are not about money."""
    found = findings(
        *({"location": f"{n:04}", "severity": "critical", "promotion": "P-2218", "incident": "incident-1"} for n in range(1, 15)),
        *(
            {
                "channel": "web",
                "channel_kind": "web",
                "location": None,
                "sku": f"W{n}",
                "state": "open",
                "impact": 5150,
                "cause": "previous_list_price",
                "incident": "incident-2",
                "owner": "ecommerce",
            }
            for n in range(9)
        ),
        {
            "channel": "app",
            "channel_kind": "app",
            "location": None,
            "cause": "decimal_shift",
            "observed": 129,
            "delta": -870,
            "direction": "undercharge",
            "impact": 1_250_075,
            "severity": "critical",
            "state": "regressed",
            "owner": "app-team",
            "incident": "incident-3",
        },
        {
            "channel": "web",
            "channel_kind": "web",
            "location": None,
            "check": "identifier",
            "subject": "gtin",
            "expected": None,
            "observed": None,
            "delta": None,
            "direction": "none",
            "impact": None,
            "volume_known": None,
            "cause": "unknown",
        },
        {"location": "0009", "state": "resolved"},
        {"location": "0010", "state": "unverified", "volume_known": False},
        {"location": "0011", "state": "waived"},
        {"location": "0012", "state": "open", "volume_known": False, "impact": 310, "cause": "unknown"},
    )
    worst = incidents(
        {},
        {
            "title": "web, category coffee [ground]: price change has not arrived",
            "cause": "previous_list_price",
            "severity": "major",
            "scope": "channel=web category=coffee",
            "owner": "ecommerce",
            "findings": 9,
            "new": 0,
            "places": 1,
            "skus": 9,
            "share": 75,
            "explained": 3461,
            "impact": 46350,
            "overcharge": 46350,
        },
        {
            "title": "app: wrong price, here and there",
            "cause": "decimal_shift",
            "scope": "channel=app source=app",
            "owner": "app-team",
            "findings": 1,
            "new": 1,
            "places": 1,
            "skus": 1,
            "share": 17,
            "explained": None,
            "impact": 1_250_075,
            "overcharge": 0,
            "undercharge": 1_250_075,
        },
    )
    counts = {"offers": 41_238, "judged": 40_998, "not_comparable": 112, "not_provable": 3, "quarantined": 12, "unmatched": 5}
    seen = sources(
        {"source": "tills", "quarantined": 12, "unmatched": 5},
        {"source": "webshop", "channel": "web", "rows": 1204, "expected_rows": 1200},
        {"source": "app", "channel": "app", "rows": 602, "expected_rows": 600},
    )
    return night(findings=found, incidents=worst, counts=counts, source_runs=seen)
