"""What head office decided: catalogue, stores, price list with versions, promotion calendar. Everything follows from a number.

A product's class is the last digit of its number: 0 is on promotion tonight, 3 was until 1 March, 6 will be from 18 March, 7 is
on a multibuy, 9 was in December; the others never were. The same seed and size give the same frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

NIGHT = date(2026, 3, 13)
AS_OF = datetime(2026, 3, 14, 5, tzinfo=UTC)
"""When an older night is judged: at six in the morning of Paris."""
ZONES = 5
FIRST_LIST, FEBRUARY_LIST, MARCH_LIST, NEXT_LIST = date(2025, 12, 1), date(2026, 2, 2), date(2026, 3, 9), date(2026, 3, 16)
RUNNING = (date(2026, 3, 10), date(2026, 3, 15))
ENDED = (date(2026, 2, 20), date(2026, 3, 1))
EARLY = (date(2026, 3, 18), date(2026, 3, 24))
DECEMBER = (date(2025, 12, 8), date(2025, 12, 20))
ON_PROMOTION, WAS_ON_PROMOTION, WILL_BE_ON_PROMOTION, ON_MULTIBUY, WAS_IN_DECEMBER = 0, 3, 6, 7, 9
MECHANICS = ("percent", "amount", "fixed_price", "member_price")
"""Of products on promotion tonight, by the number's tens."""
AMOUNT_OFF = 50
PERCENT = {ON_PROMOTION: 2000, WAS_ON_PROMOTION: 1500, WILL_BE_ON_PROMOTION: 2500, WAS_IN_DECEMBER: 3000}
"""Basis points off, by class."""


@dataclass(frozen=True)
class Size:
    """How large a world is, and which one of that size."""

    offers: int
    seed: int = 1

    @property
    def stores(self) -> int:
        """Small worlds have fewer stores, for products not to run out."""
        return 500 if self.offers >= 500_000 else 50

    @property
    def products(self) -> int:
        """As many as the offers need: most are in every store, a third on two marketplaces with three sellers each."""
        return max(40, round(self.offers / (self.stores * 0.96 + 5)))


def chance(number: pl.Expr, below: int, *, salt: int) -> pl.Expr:
    """Int64 below `below`, random to look at, the same everywhere: multiply, square, multiply, each modulo a prime."""
    prime = 2_147_483_647
    mixed = (number.cast(pl.Int64) * 1_103_515_245 + salt * 7_919) % prime
    mixed = (mixed * mixed + salt * 104_729) % prime
    return mixed * 48_271 % prime % below


def less(price: pl.Expr, basis_points: int) -> pl.Expr:
    """A price less a percentage, rounded half up once."""
    return (price * (10_000 - basis_points) * 2 + 10_000) // 20_000


def begins(day: date) -> datetime:
    """When a market day begins (UTC): an hour before midnight, for Paris keeps winter time all the while."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)


def ends(day: date) -> datetime:
    """When a market day ends, exclusive (UTC)."""
    return begins(day + timedelta(days=1))


def products(size: Size) -> pl.DataFrame:
    """One row a product: `n`, what the catalogue says, and `first`, `now`: list prices of zone Z1 before and after a change."""
    n = pl.col("n")
    tens, kind = n // 10, n % 10
    first = chance(n, 4900, salt=size.seed * 2 + 1) + 99
    when = pl.when(tens % 10 < 3).then(pl.lit("march")).when(tens % 10 < 5).then(pl.lit("february")).otherwise(pl.lit("never"))
    mechanic = pl.when(kind == ON_PROMOTION).then((tens % 4).replace_strict(dict(enumerate(MECHANICS)), return_dtype=pl.String))
    leaflet = (kind == ON_PROMOTION) & (tens % 4 == 0)
    body = 300_000_000_000 + n * 7 + size.seed
    only = pl.when(n % 25 == 24).then(pl.lit("online")).when(n % 50 == 13).then(pl.lit("store")).otherwise(pl.lit("everywhere"))
    return (
        pl.select(n=pl.int_range(size.products, dtype=pl.Int64))
        .with_columns(first=first, changed=when, mechanic=mechanic, kind=kind, sold=only, gtin=body * 10 + _check_digit(body))
        .with_columns(
            sku=_text("S", n, 6),
            brand=pl.when(leaflet).then(_text("Leaflet ", n // 40 % 25)).otherwise(_text("Brand ", n % 97)),
            category=_text("Category ", n % 40),
            name=_text("Product ", n),
            now=pl.when(pl.col("changed") == "never").then("first").otherwise(pl.col("first") + pl.col("first") // 10),
            public=pl.col("mechanic").is_in(list(MECHANICS[:3])).fill_null(False),
            launched=n % 100 == 50,
            on_marketplaces=(n % 3 == 0) & (pl.col("sold") != "store"),
            declared=n % 50 != 38,
            min_price=pl.col("first") // 2,
            max_price=pl.col("first") * 4,
        )
        .with_columns(
            channels=pl.when("declared").then(
                pl.col("sold").replace_strict({"online": "web|app", "store": "store", "everywhere": "store|web|app"})
            )
        )
    )


def locations(size: Size) -> pl.DataFrame:
    """One row a place: `store` ('0417', 'web' ...: what peers know it by), `channel`, `location`, `zone`, `z`, `place` (from 0).

    Numbered as the lake numbers them, stores of a zone side by side.
    """
    stores = (
        pl.select(number=pl.int_range(size.stores, dtype=pl.Int64))
        .with_columns(store=_text("", pl.col("number"), 4), channel=pl.lit("store"), z=pl.col("number") % ZONES)
        .sort("z", "number")
        .select("store", "channel", "z")
    )
    online = pl.DataFrame({"store": ["app", "mp1", "mp2", "web"]}).with_columns(channel="store", z=pl.lit(0, pl.Int64))
    every = (
        pl.concat([online.head(3), stores, online.tail(1)]).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    )
    return every.with_columns(zone=_text("Z", pl.col("z") + 1), location=pl.when(pl.col("channel") == "store").then("store"))


def zoned(products: pl.DataFrame) -> pl.DataFrame:
    """Products by zone: `first` and `now` become the zone's own list prices."""
    zones = pl.select(z=pl.int_range(ZONES, dtype=pl.Int64)).with_columns(zone=_text("Z", pl.col("z") + 1))
    return products.join(zones, how="cross").with_columns(pl.col("first", "now") + pl.col("z") * 3)


def price_list(products: pl.DataFrame) -> pl.DataFrame:
    """`sku`, `zone`, `list_price` (minor units), `valid_from` (Date): one to three versions, of some the last is to come."""
    by_zone = zoned(products)
    versions = [
        by_zone.select("sku", "zone", list_price="first", valid_from=pl.lit(FIRST_LIST)),
        *(
            by_zone.filter(pl.col("changed") == when).select("sku", "zone", list_price="now", valid_from=pl.lit(day))
            for when, day in (("february", FEBRUARY_LIST), ("march", MARCH_LIST))
        ),
        by_zone.filter(pl.col("n") // 10 % 20 == 7).select(
            "sku", "zone", list_price=pl.col("now") + 5, valid_from=pl.lit(NEXT_LIST)
        ),
    ]
    return pl.concat(versions).sort("sku", "zone", "valid_from")


def promotions(products: pl.DataFrame) -> pl.DataFrame:
    """The calendar: `promotion`, `mechanic`, `value` (basis points or minor units), `quantity`, `pay`, scope, its days."""
    running, by_zone = products.filter(kind=ON_PROMOTION), zoned(products).filter(kind=ON_PROMOTION)
    rows = [
        _rows(running.filter(mechanic="percent").unique("brand"), "L", "percent", PERCENT[ON_PROMOTION], RUNNING, by="brand"),
        _rows(running.filter(mechanic="amount"), "A", "amount", AMOUNT_OFF, RUNNING, channels="store"),
        _rows(by_zone.filter(mechanic="fixed_price"), "F", "fixed_price", fixed(), RUNNING, zones="zone"),
        _rows(by_zone.filter(mechanic="member_price"), "M", "member_price", member(), RUNNING, zones="zone"),
        _rows(products.filter(kind=ON_MULTIBUY), "B", "n_for_m", None, RUNNING, quantity=3, pay=2),
        *(
            _rows(products.filter(kind=kind), letter, "percent", PERCENT[kind], window)
            for kind, letter, window in (
                (WAS_ON_PROMOTION, "E", ENDED), (WILL_BE_ON_PROMOTION, "N", EARLY), (WAS_IN_DECEMBER, "D", DECEMBER),
            )
        ),
    ]  # fmt: skip
    return pl.concat(rows).sort("promotion", "sku", "brand", "zones")


def fixed() -> pl.Expr:
    """The price of a fixed-price promotion."""
    return pl.col("now") * 7 // 10


def member() -> pl.Expr:
    """The price that card holders pay."""
    return pl.col("now") * 9 // 10


def _rows(
    of: pl.DataFrame, letter: str, mechanic: str, value: int | pl.Expr | None, window: tuple[date, date], *, by: str = "sku",
    channels: str | None = None, zones: str | None = None, quantity: int | None = None, pay: int | None = None,
) -> pl.DataFrame:  # fmt: skip
    number = pl.col("n") // 40 % 25
    return of.select(
        promotion=_text(f"{letter}-", number),
        mechanic=pl.lit(mechanic),
        value=value if isinstance(value, pl.Expr) else pl.lit(value, pl.Int64),
        quantity=pl.lit(quantity, pl.Int64),
        pay=pl.lit(pay, pl.Int64),
        sku=pl.col("sku") if by == "sku" else pl.lit(None, pl.String),
        brand=pl.col("brand") if by == "brand" else pl.lit(None, pl.String),
        channels=pl.lit(channels, pl.String),
        zones=pl.col(zones) if zones else pl.lit(None, pl.String),
        first_day=pl.lit(window[0]),
        last_day=pl.lit(window[1]),
    )


def _text(prefix: str, number: pl.Expr, digits: int = 0) -> pl.Expr:
    return pl.concat_str(pl.lit(prefix), number.cast(pl.String).str.zfill(digits))


def _check_digit(body: pl.Expr) -> pl.Expr:
    """Of a GTIN without it: weights 3, 1, 3 ... from the right."""
    digits = ((body // 10**position) % 10 * (3 if position % 2 == 0 else 1) for position in range(12))
    return (10 - pl.sum_horizontal(*digits) % 10) % 10
