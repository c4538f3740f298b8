"""Judged offers and world frames made by chance, for laws that hold for every kind of check.

Amounts come from a handful, so that what is shown often equals something that was decided, ended, tolerated or charged before.
An offer (product, place, seller) is there once, as `settle` leaves it; everything that may be null sometimes is.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import polars as pl

from pricewatch.domain import tables
from pricewatch.testing import JUDGED, MONEY, SEEN, source_run

AMOUNTS = [None, None, 0, 499, 990, 999, 1000, 1010, 1299, 1299, 1500]
SKUS = [f"S{number:02}" for number in range(14)]
PLACES = [
    ("web", None, "leader", None),
    ("app", None, "same_as", "web"),
    ("marketplace", None, "within", "web"),
    ("store", "0417", "own_zone", None),
    ("store", "0418", "own_zone", None),
]
ZONES = ["Z1", "Z1", None, "Z2", "Z3"]
FAMILIES = ["plain", "fancy"]
GTINS = [None, 0, 4006381333931, 4006381333932, 36000291452]


def any_offers(seed: int) -> pl.DataFrame:
    """Judged offers as `pricewatch.testing.judged` gives them, in an order made by chance."""
    chance = Random(seed)
    catalogue = {sku: _product(chance) for sku in SKUS}
    offers = [
        (sku, place, seller)
        for sku in range(len(SKUS))
        for place in range(len(PLACES))
        for seller in (None, "Acme", "Zenith")
        if chance.random() < (0.85 if seller is None else 0.2)
    ]
    chance.shuffle(offers)
    rows = [_offer(chance, number, *offer, catalogue[SKUS[offer[0]]]) for number, offer in enumerate(offers)]
    schema = {name: dtype for name, (dtype, _) in JUDGED.items()} | dict.fromkeys(("item", "place", "area"), pl.Int32)
    return pl.DataFrame(rows, schema=schema)


def _product(chance: Random) -> dict[str, Any]:
    """What the catalogue says of a product, by column: every row of it says the same."""
    return {
        "catalogue_gtin": chance.choice(GTINS),
        "clearance": chance.choice([None, True, False]),
        "family": chance.choice([None, *FAMILIES]),
        "pack_of": chance.choice([None, 1, 6]),
        "unit_sku": chance.choice([None, *SKUS[:4]]),
        "listed": chance.choice([None, ["web"], ["app", "store"]]),
        **{
            name: chance.choice(AMOUNTS)
            for name in ("cost", "cost_transport", "cost_taxes", "min_price", "max_price", "map_price")
        },
        "cost_advantages": chance.choice([None, 0, 500]),
        "tax_rate": chance.choice([None, 0, 550, 2000]),
        **{name: chance.choice([None, True, False]) for name in ("food", "fast_moving", "fresh_produce", "perishable")},
        "launched_on": chance.choice([None, SEEN - timedelta(days=10), SEEN - timedelta(days=400)]),
        "content": chance.choice([None, 750.0, 1.0]),
        "content_unit": chance.choice([None, "ml", "kg", "barrel"]),
    }


def _offer(chance: Random, number: int, sku: int, place: int, seller: str | None, product: dict[str, Any]) -> dict[str, Any]:
    quiet = {name: default for name, (_, default) in JUDGED.items()}
    channel, location, role, leader = PLACES[place]
    amounts = {name: chance.choice(AMOUNTS) for name in JUDGED if name in MONEY}
    price = amounts["price"]
    away = chance.choice([0, 0, 1, 300])
    hours = chance.choice([1, 7, 36, 37, 300])
    rows = {name: chance.choice([None, number]) for name in JUDGED if name.endswith("_row")}
    return {
        **quiet,
        **amounts,
        **rows,
        **product,
        **_promoted(Random(number)),
        "item": sku,
        "sku": SKUS[sku],
        "place": place,
        "area": place,
        "channel": channel,
        "channel_kind": channel,
        "location": location,
        "role": role,
        "leader": leader,
        "landed": role == "within",
        "low": None if leader is None else 0,
        "high": None if leader is None else 800 * (role == "within"),
        "seller": seller,
        "comparable": seller is None and chance.random() < 0.9,
        "surface": "till" if channel == "store" else chance.choice(["html", "jsonld", "feed"]),
        "gtin": chance.choice(GTINS),
        "zone": ZONES[place],
        "currency": chance.choice(["USD", "USD", "EUR"]),
        "tax_included": chance.choice([None, False, False, True]),
        "unit_price_base": chance.choice([None, "l", "100 g", "bottle"]),
        "buy_box": chance.choice([None, True, False]),
        "available": chance.choice([None, True, False]),
        "quantity": chance.choice([None, 2, 3]),
        "price_low": None if price is None else max(0, price - away),
        "price_high": None if price is None else price + chance.choice([0, 0, 1, 300]),
        "lines": chance.choice([1, 1, 2, 5]),
        "member_lines": chance.choice([0, 0, 1]),
        "promotion_starts_at": chance.choice([None, SEEN - timedelta(days=chance.choice([0, 3, 20]))]),
        "observed_at": SEEN - timedelta(hours=hours),
        "age": timedelta(hours=7 + hours),
        "source_ref": f"any.csv:{number}",
    }


LABELS = [None, "-20 %", "-2,00 €", "2+1 offert", "3 pour 10 €", "-20 % dès 2 achetés", "+25 % gratuit", "20 % crédités", "new"]


def _promoted(chance: Random) -> dict[str, Any]:
    """What is given and said besides the price of one unit."""
    return {
        "multibuy_quantity": chance.choice([None, 2, 3]),
        "extra": chance.choice([None, 2500]),
        "promotion": chance.choice([None, "P1", "P2"]),
        "promotion_label": chance.choice(LABELS),
    }


def _calendar(chance: Random) -> pl.DataFrame:
    """A calendar row for every number that an offer may refer to."""
    multibuys = [
        ("n_for_m", 3, 2, None),
        ("n_for_price", 3, None, 1000),
        ("nth_unit", 2, None, 5000),
        ("tier", 3, None, 400),
    ]
    rows = [
        {
            "promotion_row": number,
            "promotion": f"P{number}",
            "market": "us",
            **dict(zip(("mechanic", "quantity", "pay", "value"), chance.choice(multibuys), strict=True)),
            "audience": chance.choice(["everyone", "members"]),
            "starts_at": SEEN - timedelta(days=3),
            "ends_at": SEEN + timedelta(days=3),
        }
        for number in range(len(SKUS) * len(PLACES) * 3)
    ]
    return pl.DataFrame(rows, schema={"promotion_row": pl.Int32, **tables.schema("promotions")})


def any_frames(seed: int) -> dict[str, pl.DataFrame]:
    """History with several prices an offer, products that must be listed, sources in every state."""
    chance = Random(seed)
    history = [
        {
            "item": item,
            "place": place,
            "seller": seller,
            "price": chance.choice(AMOUNTS),
            "was_price": chance.choice(AMOUNTS),
            "since": SEEN - timedelta(days=days),
            "until": SEEN - timedelta(days=days),
        }
        for item in range(len(SKUS))
        for place in range(len(PLACES))
        for seller in (None, "Acme")
        for days in sorted({chance.randrange(1, 90) for _ in range(chance.randrange(5))}, reverse=True)
    ]
    assortment = [
        (item, place, place, 999, 1, "USD", "us", PLACES[place][0], PLACES[place][0], PLACES[place][1], "Z1", PLACES[place][2])
        for item in range(len(SKUS))
        for place in range(len(PLACES))
        if chance.random() < 0.6
    ]
    columns = {
        "item": pl.Int32, "place": pl.Int32, "area": pl.Int32, "list_price": pl.Int64, "price_row": pl.Int32,
        "currency": pl.String, "market": pl.String, "channel": pl.String, "channel_kind": pl.String,
        "location": pl.String, "zone": pl.String, "role": pl.String,
    }  # fmt: skip
    states = ["complete", "degraded", "failed", "missing"]
    runs = [
        source_run(
            f"source-{number}",
            "web",
            status=chance.choice(states),
            problem=chance.choice([None, "half a file"]),
            rows=chance.choice([0, 500, 1000]),
            expected_rows=chance.choice([None, 1000]),
            refused=chance.choice([0, 100]),
            quarantined=chance.choice([0, 100]),
            unmatched=chance.choice([0, 100]),
        )
        for number in range(12)
    ]
    return {
        "history": pl.DataFrame(history, schema=tables.schema("history")).sample(fraction=1, shuffle=True, seed=seed),
        "assortment": pl.DataFrame(assortment, schema=columns, orient="row"),
        "source_runs": pl.concat(runs),
        "calendar": _calendar(Random(seed)),
        **_frames_beside(chance),
    }


def _frames_beside(chance: Random) -> dict[str, pl.DataFrame]:
    """What is shown or decided of other products and zones."""
    places, amounts = range(len(PLACES)), sorted({amount for amount in AMOUNTS if amount is not None})
    families = [
        (place, family, price, chance.choice([1, 1, 2])) for place in places for family in FAMILIES for price in amounts[:4]
    ]
    units = [(place, sku, chance.choice([0, 166, 499])) for place in places for sku in SKUS[:4] if chance.random() < 0.8]
    zones = [
        ("us", item, zone, chance.choice(amounts))
        for item in range(len(SKUS))
        for zone in ("Z1", "Z2", "Z3")
        if chance.random() < 0.8
    ]
    columns: dict[str, dict[str, Any]] = {
        "families": {"place": pl.Int32, "family": pl.String, "family_price": pl.Int64, "shown": pl.Int64},
        "unit_prices": {"place": pl.Int32, "unit_sku": pl.String, "single_price": pl.Int64},
        "zone_prices": {"market": pl.String, "item": pl.Int32, "other_zone": pl.String, "zone_list_price": pl.Int64},
    }
    rows = {"families": families, "unit_prices": units, "zone_prices": zones}
    return {name: pl.DataFrame(rows[name], schema=schema, orient="row") for name, schema in columns.items()}
