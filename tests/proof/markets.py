"""Three markets as a retailer has them: dollars without tax, euros with it, yen without minor units; each with its own clock.

The night is the last Sunday of March: clocks in Paris went forward at two o'clock, those in New York three weeks before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NIGHT = date(2026, 3, 29)
AS_OF = datetime(2026, 3, 29, 11, 0, tzinfo=UTC)
REMEMBERED = timedelta(days=90)
"""How far back the price history reaches."""


@dataclass(frozen=True)
class Market:
    """One country: what its prices are written in, how promotions combine, how fractions are rounded."""

    name: str
    currency: str
    digits: int
    decimal: str
    time_zone: str
    taxed: bool
    rates: tuple[int, ...]
    """Tax rates, basis points."""
    stacking: str
    rounding: str
    zones: tuple[str, ...]
    stores: int
    app_follows: tuple[int, int] | None
    """The corridor of the app around the webshop, basis points; None = the same price."""
    marketplace: bool
    rate: int
    """Millionths of the other currency that one unit is worth."""
    other_currency: str

    @property
    def unit(self) -> int:
        """Minor units of one major unit."""
        return int(10**self.digits)

    def day(self, offset: int) -> date:
        """A day so many days from the night."""
        return NIGHT + timedelta(days=offset)

    def midnight(self, day: date) -> datetime:
        """When a day begins here, UTC."""
        return datetime.combine(day, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def clock(self, day: date, hour: int, minute: int) -> datetime:
        """An instant of the wall clock here, UTC."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.time_zone)).astimezone(UTC)

    def money(self, amount: int) -> str:
        """Minor units as this market's files write them: 1299 is `12.99`, `12,99`, or `1299` yen."""
        if self.digits == 0:
            return str(amount)
        return f"{amount // self.unit}{self.decimal}{amount % self.unit:0{self.digits}}"


@dataclass(frozen=True)
class Place:
    """A store, or a channel with one place."""

    market: Market
    channel: str
    location: str | None
    zone: str
    observed_at: datetime
    grace: timedelta

    @property
    def source(self) -> str:
        """The source that tells of it."""
        return f"{self.market.name}-{self.channel}"

    @property
    def file(self) -> str:
        """The file its rows are in."""
        return f"{self.market.name}/{self.channel if self.location is None else self.location}.csv"

    @property
    def follows(self) -> bool:
        """Whether nothing is decided here: the price is only a corridor around the webshop's."""
        return self.channel == "marketplace" or (self.channel == "app" and self.market.app_follows is not None)


GRACE = {"store": timedelta(hours=6), "web": timedelta(hours=1), "app": timedelta(hours=1), "marketplace": timedelta(0)}
SEEN = {"store": (4, 10), "web": (3, 15), "app": (3, 40), "marketplace": (3, 50)}
"""When each channel was looked at, by the market's wall clock: stores within their grace after midnight, the others after it."""


def markets(stores: tuple[int, int, int]) -> tuple[Market, Market, Market]:
    """The three markets with so many stores each."""
    return (
        Market(
            "us", "USD", 2, ".", "America/New_York", False, (500, 725, 1000), "exclusive", "half_up", ("U1", "U2", "U3"),
            stores[0], None, True, 917_300, "EUR",
        ),
        Market(
            "fr", "EUR", 2, ",", "Europe/Paris", True, (550, 1000, 2000), "sequential", "half_up", ("F1", "F2"),
            stores[1], (-500, 0), True, 1_090_200, "USD",
        ),
        Market(
            "jp", "JPY", 0, ".", "Asia/Tokyo", True, (800, 1000), "additive", "down", ("J1",),
            stores[2], None, False, 6_570, "USD",
        ),
    )  # fmt: skip


def places(market: Market) -> list[Place]:
    """Every place of a market: stores, zone after zone, then the channels with one place."""
    stores = [("store", f"{market.name.upper()}{at:03}", market.zones[at % len(market.zones)]) for at in range(market.stores)]
    single = ["web", "app", *(["marketplace"] if market.marketplace else [])]
    return [
        Place(market, channel, location, zone, market.clock(NIGHT, *SEEN[channel]), GRACE[channel])
        for channel, location, zone in [*stores, *((channel, None, market.zones[0]) for channel in single)]
    ]
