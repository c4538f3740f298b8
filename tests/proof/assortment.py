"""The assortment: so many products a market, in departments, each department a situation of its own.

Each department is a function that makes a few products that belong together (a family, a pack and its unit) and puts them into
the maker's list. Prices have the digits that the market's prices usually have.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.proof.markets import Market
from tests.proof.model import Product, Promotion, Version


class Maker:
    """Makes the products of one market, by its own dice."""

    def __init__(self, market: Market, rng: Random, first: int) -> None:
        self.market, self.rng = market, rng
        self.number, self.promotion_number = first, first
        self.products: list[Product] = []

    def price(self, low: int = 200, high: int = 4000) -> int:
        """A price as this market's end: 4.99, 4.49, or 498 yen."""
        amount = self.rng.randrange(low, high)
        if self.market.digits == 0:
            return max(amount // 10, 12) * 10 + 8
        return max(amount // 100, 2) * 100 + self.rng.choice((49, 79, 99))

    def zoned(self, base: int) -> dict[str, int]:
        """A price for each zone: the first one's is the base, the others' some percent above it, all different."""
        told, step = {}, self.rng.randrange(11, 19)
        for at, zone in enumerate(self.market.zones):
            told[zone] = base + at * max(base * step // 400, 3)
        return told

    def steady(self, base: int, *, alike: bool = False) -> dict[str, list[Version]]:
        """One version a zone, since long ago; `alike`: the same price in all zones."""
        prices = dict.fromkeys(self.market.zones, base) if alike else self.zoned(base)
        return {zone: [Version(price, self.market.day(-400))] for zone, price in prices.items()}

    def product(self, department: str, versions: dict[str, list[Version]], **facts: Any) -> Product:
        """A new product with the next article number."""
        self.number += 1
        tax = self.rng.choice(self.market.rates)
        channels = facts.pop("channels", ("store", "web", "app"))
        made = Product(
            sku=f"{self.market.name.upper()}-{self.number:06}",
            market=self.market,
            department=department,
            number=self.number,
            gtin=gtin13(40_063_813_0000 + self.number * 7),
            brand=f"{self.market.name}-{department}-{self.number % 5}",
            tax=tax,
            versions=versions,
            channels=channels,
            facts={"weekly_units": self.rng.randrange(1, 60), **facts},
        )
        self.products.append(made)
        return made

    def promote(self, product: Product, mechanic: str, start: int, end: int, **values: Any) -> Promotion:
        """A promotion of one product, from one day to another (counted from the night, both inclusive)."""
        made = self.calendar(mechanic, start, end, (("sku", product.sku),), **values)
        product.promotions.append(made)
        return made

    def calendar(self, mechanic: str, start: int, end: int, scope: tuple[tuple[str, str], ...], **values: Any) -> Promotion:
        """A promotion by what its calendar row says."""
        self.promotion_number += 1
        name = f"P-{self.market.name}-{self.promotion_number}"
        days = self.market.day(start), self.market.day(end)
        return Promotion(name, self.market, mechanic, *days, scope, order=self.promotion_number, **values)


def gtin13(reference: int) -> str:
    """A GTIN-13 with its check digit: from the right, weights 3 and 1."""
    digits = [int(digit) for digit in f"{reference:012}"]
    check = -sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10
    return f"{reference:012}{check}"


Department = Callable[[Maker], None]


def assortment(market: Market, rng: Random, size: int, shares: dict[Department, int], first: int) -> list[Product]:
    """About `size` products: each department makes its share of them (percent), and at least three of its groups."""
    maker = Maker(market, rng, first)
    for department, share in shares.items():
        wanted, groups = max(size * share // 100, 3), 0
        before = len(maker.products)
        while len(maker.products) - before < wanted or groups < 3:
            department(maker)
            groups += 1
            if len(maker.products) == before and groups >= 3:
                break  # a department this market does not have
    return maker.products
