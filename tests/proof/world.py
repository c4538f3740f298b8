"""The whole proof world, by seed and size: what is right, what was planted, and what the engine is given of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import polars as pl

from pricewatch.engine.world import World
from tests.proof import deliveries, departments, departments_special, frames
from tests.proof.assortment import Department, Maker, assortment
from tests.proof.markets import markets, places
from tests.proof.model import Fault, Key, Product
from tests.proof.plant_market import plant_market
from tests.proof.plant_policy import mistaken, plant_policy
from tests.proof.plant_prices import noise, plant_prices
from tests.proof.plant_promotions import plant_promotions
from tests.proof.plant_shop import plant_shop
from tests.proof.planting import Planting
from tests.proof.shown import Shown

SHARES: dict[Department, int] = {
    departments.staples: 22,
    departments.promoted: 8,
    departments.leaflet: 4,
    departments.local: 3,
    departments.members: 6,
    departments.ended: 5,
    departments.coming: 5,
    departments.multibuys: 6,
    departments.coupons: 3,
    departments.overnight: 3,
    departments.unadvertised: 5,
    departments_special.families: 4,
    departments_special.packs: 4,
    departments_special.charm: 2,
    departments_special.floored: 3,
    departments_special.zoned: 2,
    departments_special.seasoned: 3,
    departments_special.measured: 3,
    departments_special.tills: 3,
    departments_special.sold: 6,
    departments_special.capped: 2,
    departments_special.struck: 3,
    departments_special.gaps: 2,
    departments_special.noise: 3,
}
"""Percent of each market's assortment."""


@dataclass(frozen=True)
class Proof:
    """What the audit is given, and what it must find."""

    world: World
    rows: pl.DataFrame
    central: dict[str, pl.LazyFrame]
    offers: int
    faults: list[Fault]
    noise: set[Key]


def proof(seed: int, offers: int) -> Proof:
    """A world of about so many offers."""
    rng = Random(seed)
    stores = (24, 14, 6) if offers >= 50_000 else (6, 4, 3)
    every = markets(stores)
    where = {each.name: places(each) for each in every}
    size = offers // sum(len(some) for some in where.values())
    kiosk = next(place for place in where["us"] if place.channel == "app")
    where["us"].append(replace(kiosk, channel="kiosk"))
    products: list[Product] = []
    for at, market in enumerate(every):
        products += assortment(market, rng, size, SHARES, first=(at + 1) * 100_000)
    sent = deliveries.deliveries(where["us"][-1], rng, 8 if offers < 50_000 else 20)
    maker = Maker(every[0], rng, 0)
    deliveries.kiosk_products(maker, len(sent))
    products += maker.products
    mistaken(products, rng, 6)
    shown = {each.name: Shown(each, where[each.name], rng) for each in every}
    right = [offer for market in every for offer in shown[market.name].offers([p for p in products if p.market is market])]
    planting = Planting(right, shown, where, rng)
    each = max(offers // 2500, 4)
    plant_policy(planting)
    plant_prices(planting, each)
    plant_promotions(planting, each)
    plant_shop(planting, each)
    plant_market(planting, each)
    noise(planting, each * 12)
    seen = [offer for offer in [*right, *planting.rivals] if not offer.gone]
    rows = frames.raw(seen, sent)
    all_places = [place for some in where.values() for place in some]
    items, codes = frames.codes(products, all_places)
    world = replace(
        frames.configuration(list(every), all_places, sent, rows),
        items=items,
        places=codes,
        history=frames.history(products, shown, where).lazy(),
    )
    head_office = frames.central(list(every), products, [each for each in all_places if each.channel == "store"])
    return Proof(world, rows, head_office, len(seen), [*planting.faults, *deliveries.faults(sent)], planting.noise)
