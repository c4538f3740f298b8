"""The world as the engine is given it: text rows of channels and head office, typed history, configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine import world as engine_world
from pricewatch.engine.world import World
from tests.proof.deliveries import ROWS, Delivery
from tests.proof.markets import AS_OF, NIGHT, Market, Place
from tests.proof.model import Offer, Product, Promotion
from tests.proof.shown import Shown

MONEY = ("cost", "cost_transport", "min_price", "max_price", "map_price", "deposit", "eco_fee")
RATES = ("cost_advantages",)
PLAIN = (
    "family",
    "food",
    "fast_moving",
    "fresh_produce",
    "kvi",
    "clearance",
    "pack_of",
    "unit_sku",
    "content",
    "content_unit",
    "weekly_units",
)

RATE_MECHANICS = ("percent", "nth_unit", "extra_quantity", "deferred_credit", "coupon")
"""Mechanics whose value is a percentage; coupons here are."""


def central(markets: list[Market], products: list[Product], stores: list[Place]) -> dict[str, pl.LazyFrame]:
    """Head office's files: decimal text under each market's sign, days of its calendar, percent."""
    versions = [
        {
            "source": office(each.market), "sku": each.sku, "market": each.market.name, "zone": zone,
            "list_price": each.market.money(version.price), "valid_from": version.starts.isoformat(),
            "valid_to": version.ends.isoformat() if version.ends else None,
        }
        for each in products
        for zone, versions in each.versions.items()
        for version in versions
    ]  # fmt: skip
    promotions: dict[str, Promotion] = {each.name: each for product in products for each in product.promotions}
    locations = [
        {"source": office(each.market), "location": each.location, "market": each.market.name, "zone": each.zone}
        for each in stores
    ]
    rows: dict[str, Iterable[dict[str, Any]]] = {
        "products": map(_product, products),
        "price_list": versions,
        "promotions": map(_promotion, sorted(promotions.values(), key=lambda each: (each.market.name, each.order))),
        "locations": locations,
    }
    return {name: _text(list(some), name).lazy() for name, some in rows.items()}


def office(market: Market) -> str:
    """The source of a market's central files."""
    return f"{market.name}-office"


def _text(rows: list[dict[str, Any]], name: str) -> pl.DataFrame:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    schema = dict.fromkeys(columns, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        source_ref=pl.format("{}.csv:{}", pl.lit(name), pl.int_range(2, pl.len() + 2))
    )


def _product(each: Product) -> dict[str, Any]:
    money = {name: each.market.money(each.facts[name]) for name in MONEY if each.fact(name) is not None}
    rates = {name: percent(each.market, each.facts[name]) for name in RATES if each.fact(name) is not None}
    plain = {
        name: str(each.facts[name]).lower()
        for name in PLAIN
        if each.fact(name) is not None and name not in ("family", "unit_sku")
    }
    text = {name: each.facts[name] for name in ("family", "unit_sku") if each.fact(name) is not None}
    return {
        "source": office(each.market), "sku": each.sku, "external_id": None, "gtin": each.gtin, "name": f"Product {each.number}",
        "brand": each.brand, "category": each.department, "tax_rate": percent(each.market, each.tax),
        "channels": "|".join(each.channels), **dict.fromkeys((*MONEY, *RATES, *PLAIN)), **money, **rates, **plain, **text,
    }  # fmt: skip


def percent(market: Market, basis_points: int) -> str:
    """550 is `5.5`, in French `5,5`."""
    return f"{basis_points / 100:g}".replace(".", market.decimal)


def _promotion(each: Promotion) -> dict[str, Any]:
    amount = percent(each.market, each.value) if each.mechanic in RATE_MECHANICS else each.market.money(each.value)
    scope = dict(each.scope)
    return {
        "source": office(each.market), "promotion": each.name, "market": each.market.name, "mechanic": each.mechanic,
        "value": amount if each.value else None, "quantity": _or_none(each.quantity), "pay": _or_none(each.pay),
        "inner": each.inner or None, "code": "SAVE" if each.inner else None,
        **{name: scope.get(name) for name in ("sku", "brand", "category", "where", "excluding")},
        **{name: "|".join(getattr(each, name)) or None for name in ("channels", "zones", "locations")},
        "audience": each.audience, "starts_at": each.starts.isoformat(), "ends_at": each.ends.isoformat(),
        "combinable": None if each.combinable else "false", "priority": _or_none(each.priority),
    }  # fmt: skip


def _or_none(number: int) -> str | None:
    return str(number) if number else None


def raw(offers: Iterable[Offer], sent: list[Delivery]) -> pl.DataFrame:
    """Every row that came tonight, as `tables.Raw`: one file a store or channel."""
    columns: dict[str, list[str | None]] = {name: [] for name in tables.schema("raw")}
    lines: dict[str, int] = {}
    clocks = {}
    for offer in offers:
        place = offer.place
        market = place.market
        source, file = place.source, place.file
        if place.channel == "kiosk":
            delivery = sent[offer.product.number // ROWS % len(sent)]
            if delivery.fault == "failed":
                continue
            source, file = delivery.source, f"{delivery.source}.csv"
        clock = (market.time_zone, offer.observed_at)
        if clock not in clocks:
            clocks[clock] = offer.observed_at.astimezone(ZoneInfo(market.time_zone)).strftime("%Y-%m-%dT%H:%M:%S")
        row = _row(offer, clocks[clock], source)
        several = 2 if offer.product.department == "members" and place.channel == "store" else 1
        rows = [row] * several + [
            {**_bare(row), "surface": surface, "price_text": market.money(price)} for surface, price in offer.beside.items()
        ]
        for each in rows:
            lines[file] = lines.get(file, 1) + 1
            each = {**each, "source_ref": f"{file}:{lines[file]}"}
            for name, column in columns.items():
                column.append(each.get(name))
    for row in _spoilt(sent):
        for name, column in columns.items():
            column.append(row.get(name))
    return pl.DataFrame(columns, schema=dict(tables.schema("raw")))


SECOND = ("source", "collected_at", "observed_at", "location", "sku", "gtin", "currency", "tax_included")


def _bare(row: dict[str, str | None]) -> dict[str, str | None]:
    return {name: row[name] for name in SECOND}


def _row(offer: Offer, seen: str, source: str) -> dict[str, str | None]:
    market = offer.place.market

    def money(amount: int | None) -> str | None:
        return None if amount is None else market.money(amount)

    return {
        "source": source, "collected_at": offer.observed_at.isoformat(), "observed_at": seen, "surface": offer.surface,
        "location": offer.place.location, "sku": offer.product.sku, "gtin": offer.gtin, "seller": offer.seller,
        "price_text": money(offer.price), "regular_price_text": money(offer.regular), "was_price_text": money(offer.was),
        "member_price_text": money(offer.member), "shipping_text": money(offer.shipping), "currency": offer.currency,
        "tax_included": offer.tax_included, "promotion": offer.promotion, "promotion_label": offer.label,
        "availability": offer.availability, "unit_price_text": money(offer.unit_price), "unit_price_base": offer.base,
        "points_text": money(offer.points), "buy_box": offer.buy_box,
        "quantity": None if offer.quantity is None else str(offer.quantity), "paid_text": money(offer.paid),
    }  # fmt: skip


def _spoilt(sent: list[Delivery]) -> Iterator[dict[str, str]]:
    """Rows of kiosks that nobody can read, or of products that nobody knows."""
    for each in sent:
        for at in range(3 if each.fault in ("unreadable", "strangers") else 0):
            yield {
                "source": each.source, "source_ref": f"{each.source}.csv:9{at}",
                "collected_at": each.place.observed_at.isoformat(),
                "sku": f"US-{at + 1:06}" if each.fault == "unreadable" else f"UNKNOWN-{at}",
                "price_text": "n/a" if each.fault == "unreadable" else "9.99",
            }  # fmt: skip


def configuration(markets: list[Market], places: list[Place], sent: list[Delivery], rows: pl.DataFrame) -> World:
    """Markets, channels, sources and their deliveries, as a workspace declares them."""
    runs = _runs(markets, places, sent, rows)
    return World(
        night=NIGHT,
        as_of=AS_OF,
        markets=pl.DataFrame([_market(each) for each in markets], schema=engine_world.MARKETS),
        channels=pl.DataFrame(list(_channels(markets, places)), schema=engine_world.CHANNELS),
        sources=pl.DataFrame(list(_sources(markets, places, sent)), schema=tables.schema("sources")),
        source_runs=runs,
        rates=pl.DataFrame(
            [(each.name, each.other_currency, each.rate) for each in markets], schema=engine_world.RATES, orient="row"
        ),
    )


def _market(each: Market) -> dict[str, Any]:
    return {
        "market": each.name, "currency": each.currency, "time_zone": each.time_zone, "tax_included": each.taxed,
        "stacking": each.stacking, "stack_limit": None, "rounding_mode": each.rounding, "rounding_point": "price",
        "rounding_step": 1, "rounding_endings": [], "rounding_to": "nearest",
    }  # fmt: skip


def _channels(markets: list[Market], places: list[Place]) -> Iterator[dict[str, Any]]:
    kinds = {"kiosk": "app"}
    for place in {(each.market.name, each.channel): each for each in places}.values():
        market = place.market
        role, leader, low, high = "own_zone", None, 0, 0
        if place.channel == "web":
            role = "leader"
        if place.channel == "app":
            role, leader = "same_as", "web"
            if market.app_follows is not None:
                role, (low, high) = "within", market.app_follows
        if place.channel == "marketplace":
            role, leader, low, high = "within", "web", 0, 800
        yield {
            "channel": place.channel, "channel_name": place.channel, "channel_kind": kinds.get(place.channel, place.channel),
            "market": market.name, "zone": None if place.channel == "store" else place.zone, "role": role, "leader": leader,
            "landed": place.channel == "marketplace", "low": low, "high": high, "grace": place.grace, "own_seller": None,
        }  # fmt: skip


SURFACES = {"store": "till", "web": "html", "app": "api", "marketplace": "feed", "kiosk": "api"}


def _sources(markets: list[Market], places: list[Place], sent: list[Delivery]) -> Iterator[dict[str, Any]]:
    named = {each.source: each for each in places if each.channel != "kiosk"} | {each.source: each.place for each in sent}
    declared: list[tuple[str, Market, str | None, str | None]] = [(office(each), each, None, None) for each in markets]
    declared += [(name, each.market, each.channel, SURFACES[each.channel]) for name, each in named.items()]
    for source, market, channel, surface in declared:
        yield {
            "source": source, "market": market.name, "channel": channel, "surface": surface, "decimal": market.decimal,
            "minor_units": False, "currency": market.currency, "tax_included": market.taxed, "time_zone": market.time_zone,
            "time_format": None,
        }  # fmt: skip


def _runs(markets: list[Market], places: list[Place], sent: list[Delivery], rows: pl.DataFrame) -> pl.DataFrame:
    counted = dict(rows.group_by("source").len().iter_rows())
    quiet = {
        "night": NIGHT, "status": "complete", "problem": None, "fix": None, "feeds": "offers", "refused": 0, "quarantined": 0,
        "unmatched": 0, "expected_rows": None, "files": 1, "started_at": AS_OF - timedelta(hours=1), "seconds": 1.0,
        "oldest": None, "newest": None,
    }  # fmt: skip
    told = [
        {**quiet, "source": office(each), "feeds": feeds, "channel": None, "rows": 1}
        for each in markets
        for feeds in ("price_list",)
    ]
    for source, channel in sorted({(each.source, each.channel) for each in places if each.channel != "kiosk"}):
        told.append({**quiet, "source": source, "channel": channel, "rows": counted.get(source, 0)})
    for each in sent:
        came = counted.get(each.source, 0)
        further: dict[str, Any] = {"expected_rows": came}
        if each.fault == "failed":
            further = {"status": "failed", "problem": "no file came", "expected_rows": ROWS}
        if each.fault == "thin":
            further = {"expected_rows": came * 2}
        if each.fault == "refused":
            further = {"refused": 4, "expected_rows": came}
        told.append({**quiet, "source": each.source, "channel": "kiosk", "rows": came, **further})
    return pl.DataFrame(told, schema=tables.schema("source_runs"))


def codes(products: list[Product], places: list[Place]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Codes of SKUs and places, as an earlier night gave them."""
    items = pl.DataFrame([(at, each.sku) for at, each in enumerate(products)], schema=engine_world.ITEMS, orient="row")
    where = [(at, each.market.name, each.channel, each.location) for at, each in enumerate(places)]
    return items, pl.DataFrame(where, schema=engine_world.PLACES, orient="row")


def history(products: list[Product], shown: dict[str, Shown], places: dict[str, list[Place]]) -> pl.DataFrame:
    """What was shown in the ninety days before, change by change (`tables.History`)."""
    item, place, prices, was, member, since, until = ([] for _ in range(7))
    codes_of = {id(each): at for at, each in enumerate(one for some in places.values() for one in some)}
    for at, product in enumerate(products):
        known: dict[tuple[Any, ...], list[Any]] = {}
        located = any(each.locations for each in product.promotions)
        for where in places[product.market.name]:
            if where.channel not in product.channels or where.zone not in product.versions:
                continue
            key = (where.channel, where.zone, where.location if located else None)
            if key not in known:
                known[key] = list(shown[product.market.name].past(product, where))
            for row in known[key]:
                item.append(at)
                place.append(codes_of[id(where)])
                for column, value in zip((prices, was, member, since, until), row, strict=True):
                    column.append(value)
    columns = {
        "item": item, "place": place, "seller": [None] * len(item), "price": prices, "was_price": was, "member_price": member,
        "since": since, "until": until,
    }  # fmt: skip
    return pl.DataFrame(columns, schema=tables.schema("history"))
