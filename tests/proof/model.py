"""What the world is made of: products with their price lists and promotions, offers, and the faults planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.proof.markets import Market, Place


@dataclass(frozen=True)
class Version:
    """One row of the price list: a price from a day on, until a day (inclusive) or further notice."""

    price: int
    starts: date
    ends: date | None = None


@dataclass(frozen=True)
class Promotion:
    """One promotion. `scope` is what its calendar row says it is for; which products that means is known by who has it."""

    name: str
    market: Market
    mechanic: str
    starts: date
    ends: date
    """Inclusive."""
    scope: tuple[tuple[str, str], ...]
    """Columns of the calendar row: sku, brand, category, where, excluding."""
    value: int = 0
    quantity: int = 0
    pay: int = 0
    inner: str = ""
    audience: str = "everyone"
    channels: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    combinable: bool = True
    priority: int = 0
    order: int = 0
    """Its place in the calendar."""

    @property
    def begins(self) -> datetime:
        return self.market.midnight(self.starts)

    @property
    def is_over(self) -> datetime:
        """The first instant after it."""
        return self.market.midnight(date.fromordinal(self.ends.toordinal() + 1))

    def is_for(self, place: Place) -> bool:
        """Whether it is given in a place."""
        return (
            (not self.channels or place.channel in self.channels)
            and (not self.zones or place.zone in self.zones)
            and (not self.locations or place.location in self.locations)
        )


@dataclass
class Product:
    """One product of one market."""

    sku: str
    market: Market
    department: str
    number: int
    gtin: str
    brand: str
    tax: int
    versions: dict[str, list[Version]]
    """By zone."""
    promotions: list[Promotion] = field(default_factory=list)
    channels: tuple[str, ...] = ("store", "web", "app")
    """Where it is listed, and offered."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Further columns of the catalogue; money in minor units, rates in basis points."""

    def fact(self, name: str) -> Any:
        return self.facts.get(name)


@dataclass(slots=True)
class Offer:
    """What one channel shows of one product: money in minor units, the rest as it is written."""

    product: Product
    place: Place
    observed_at: datetime
    price: int
    regular: int | None = None
    was: int | None = None
    member: int | None = None
    shipping: int | None = None
    points: int | None = None
    unit_price: int | None = None
    base: str | None = None
    label: str | None = None
    promotion: str | None = None
    gtin: str | None = None
    currency: str | None = None
    tax_included: str | None = None
    availability: str | None = None
    buy_box: str | None = None
    quantity: int | None = None
    paid: int | None = None
    seller: str | None = None
    surface: str | None = None
    beside: dict[str, int] = field(default_factory=dict)
    """The price on the channel's other surfaces."""
    file: str | None = None
    planted: bool = False
    """Whether it has its fault: no offer has two."""
    gone: bool = False
    """Left out: the channel does not list it."""

    @property
    def key(self) -> Key:
        return (self.place.market.name, self.place.channel, self.place.location, self.product.sku, self.seller, None)


Key = tuple[str, str | None, str | None, str | None, str | None, str | None]
"""Market, channel, location, SKU, seller; and for deliveries the source."""

ANY = "any"
"""A cause that is not part of the answer."""


@dataclass(frozen=True)
class Fault:
    """One planted fault: which kind must tell it, of what, and which cause must be named."""

    key: Key
    check: str
    subject: str
    cause: str = "unknown"
    observed: int | None = None
    """What the finding must say was shown; null where it is not money."""
    expected: int | None = None
