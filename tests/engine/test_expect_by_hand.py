"""What every offer should have shown, against the same question answered slowly: price lists and calendars made by chance.

The slow answer looks at one offer at a time, knows no segments and no codes, and steps back through every instant at which
anything changed to find what was shown before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.audit import decide
from pricewatch.engine.expect import expect
from pricewatch.engine.gather import gather
from pricewatch.engine.places import place_table
from pricewatch.engine.settle import settle
from pricewatch.engine.world import Central
from pricewatch.testing import AS_OF, SEEN, channel, source, world

SKUS = [f"A{number:02}" for number in range(60)]
STORES = {"0001": "Z1", "0002": "Z1", "0003": "Z2"}
SHOWN = [("tills", "store", store, zone) for store, zone in STORES.items()]
SHOWN += [("web", "web", None, "Z1"), ("app", "app", None, "Z1")]
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
PRICES = ("list_price", "expected_price", "expected_member_price")
TOLERATED = ("tolerated_list_price", "tolerated_price", "tolerated_member_price")

Row = dict[str, Any]


def frame(rows: list[Row], table: str) -> pl.DataFrame:
    schema = tables.schema(table)
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


class Decided:
    """A catalogue, a price list and a calendar made by chance, and what follows from them by hand."""

    def __init__(self, chance: Random) -> None:
        def instant() -> datetime:
            return AS_OF - timedelta(days=14) + timedelta(hours=6 * chance.randrange(64))

        self.products = {sku: {"brand": chance.choice(["b1", None]), "category": chance.choice(["c1", None])} for sku in SKUS}
        versions: dict[tuple[str, str, datetime], Row] = {}
        for sku in SKUS:
            for zone in ("Z1", "Z2"):
                for _ in range(chance.choice([0, 1, 2, 2, 3])):
                    begins = instant() - timedelta(days=chance.choice([0, 0, 20]))
                    ends = chance.choice([None, None, begins + timedelta(days=chance.randrange(1, 9))])
                    row = {"sku": sku, "market": "us", "zone": zone, "valid_from": begins, "valid_to": ends}
                    versions[sku, zone, begins] = row | {"list_price": chance.choice([100, 250, 999, 1000])}
        self.versions = sorted(versions.values(), key=lambda version: version["valid_from"])
        self.listed = {
            (sku, zone): [v for v in self.versions if (v["sku"], v["zone"]) == (sku, zone)] for sku, zone, _ in versions
        }
        self.calendar = []
        for number in range(90):
            mechanic, begins = chance.choice(["percent", "amount", "fixed_price", "member_price"]), instant()
            self.calendar.append(
                {
                    "promotion": f"P{number}",
                    "market": "us",
                    "mechanic": mechanic,
                    "value": chance.choice([100, 200, 500, 1000, 3000]),
                    "sku": chance.choice([None, *SKUS * 2]),
                    "brand": chance.choice([None, None, None, "b1"]),
                    "category": chance.choice([None, None, None, "c1"]),
                    "channels": chance.choice([None, ["web"], ["store", "app"]]),
                    "zones": chance.choice([None, None, ["Z1"], ["Z2", "Z1"]]),
                    "locations": chance.choice([None, None, None, ["0001"], ["0002", "0003"]]),
                    "audience": "members" if mechanic == "member_price" else chance.choice(["everyone", "everyone", "members"]),
                    "starts_at": begins,
                    "ends_at": begins + timedelta(hours=6 * chance.randrange(1, 30)),
                }
            )
        self.of = {sku: [row for row in self.calendar if self._is_for(row, sku)] for sku in SKUS}

    def _is_for(self, row: Row, sku: str) -> bool:
        named = {"sku": sku, **self.products[sku]}
        return all(row[scope] in (None, named[scope]) for scope in named)

    def changes(self, sku: str) -> list[datetime]:
        """Every instant at which anything changed for a product, the last one first."""
        versions = [version for zone in ("Z1", "Z2") for version in self.listed.get((sku, zone), [])]
        edges = [version[name] for version in versions for name in ("valid_from", "valid_to")]
        edges += [row[name] for row in self.of[sku] for name in ("starts_at", "ends_at")]
        return sorted({edge for edge in edges if edge is not None}, reverse=True)

    def central(self) -> Central:
        stores = [{"location": store, "market": "us", "zone": zone} for store, zone in STORES.items()]
        return Central(
            products=frame([{"sku": sku} | named for sku, named in self.products.items()], "products"),
            price_list=frame(self.versions, "price_list"),
            promotions=frame(self.calendar, "promotions"),
            locations=frame(stores, "locations"),
        )

    def at(self, when: datetime, sku: str, channel: str, store: str | None, zone: str) -> tuple[int | None, ...]:
        """List price, what everybody pays, what members pay."""
        versions = self.listed.get((sku, zone), [])
        inside = [version for version in versions if version["valid_from"] <= when < (version["valid_to"] or NEVER)]
        if not inside:
            return None, None, None
        listed = inside[-1]["list_price"]  # of those in force, the one that began last
        made: dict[str, list[int]] = {"everyone": [listed], "members": []}
        for row in self.of[sku]:
            there = all(
                row[scope] is None or place in row[scope]
                for scope, place in (("channels", channel), ("zones", zone), ("locations", store))
            )
            if there and row["starts_at"] <= when < row["ends_at"]:
                price = reduced(row["mechanic"], listed, row["value"])
                made[row["audience"]] += [price] if price < listed else []  # what makes nothing cheaper is no price of its own
        everybody = min(made["everyone"])
        return listed, everybody, min(made["members"] + [everybody]) if made["members"] else None

    def before(self, when: datetime, grace: timedelta, sku: str, *where: Any) -> tuple[int | None, ...]:
        """What each of the three was before it last changed, while the grace for that change runs."""
        former: list[int | None] = [None, None, None]
        open_ = {0, 1, 2}
        for change in self.changes(sku):
            if change > when or not open_:
                continue
            after, earlier = self.at(change, sku, *where), self.at(change - timedelta(microseconds=1), sku, *where)
            for which in [n for n in open_ if after[n] != earlier[n]]:
                former[which] = earlier[which] if when < change + grace else None
                open_.discard(which)
        return tuple(former)


def reduced(mechanic: str, price: int, value: int) -> int:
    made = {"percent": (price * (10_000 - value) * 2 + 10_000) // 20_000, "amount": price - value}.get(mechanic, value)
    return min(max(made, 0), price)


@pytest.mark.parametrize(("seed", "hours"), [(1, 0), (2, 6), (3, 12), (4, 40), (5, 9 * 24), (6, 40)])
def test_what_is_expected_is_what_one_would_work_out_by_hand(seed: int, hours: int) -> None:
    chance, grace = Random(seed), timedelta(hours=hours)
    decided = Decided(chance)
    channels = [channel("store", grace=grace), channel("web", role="leader", grace=grace)]
    channels.append(channel("app", role="same_as", leader="web", grace=grace))
    given = world(
        decided.central(), channels, [source("tills", "store", surface="till"), source("web", "web"), source("app", "app")]
    )
    rows, seen = [], {}
    for sku in SKUS:
        for name, kind, store, zone in SHOWN:
            when = AS_OF - timedelta(minutes=chance.randrange(9 * 24 * 60))
            ref = f"{name}:{len(rows)}"
            rows.append(
                {"source": name, "source_ref": ref, "collected_at": SEEN.isoformat(), "observed_at": when.isoformat(),
                 "location": store, "sku": sku, "price_text": "9.99"}
            )  # fmt: skip
            seen[ref] = (when, sku, kind, store, zone)
    items, places = codes.item_codes(given), codes.place_codes(given)
    matched = gather(frame(rows, "raw"), given, items, places)
    offers = settle(matched).lazy()
    judged = expect(offers, decide(given, items, places).lazy(), given, place_table(given, places)).collect()
    assert judged.height == len(rows)
    for ref, *found in judged.select("source_ref", *PRICES, *TOLERATED).rows():
        when, *where = seen[ref]
        recent = when >= AS_OF - timedelta(days=8)
        right = (*decided.at(when, *where), *decided.before(when, grace, *where)) if recent else (None,) * 6
        assert tuple(found) == right, f"{where} at {when}"
