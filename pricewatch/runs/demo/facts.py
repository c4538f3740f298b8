"""What every number near a product would mean, so that a planted number means exactly one thing.

A planted 3.19 that is meant as "the price of before Monday" must not also be another zone's price, an ended promotion's, the
member price or ten times something: then the cause could be argued about, and the answer sheet would be worth nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pricewatch.runs.demo import decided
from pricewatch.runs.demo.derive import WEB_ZONE, Reference

Cents = int
Seen = dict[str, Any]
"""One product's row of `shown.weekly`: list_price, price, was_price, member_price, label."""


@dataclass(frozen=True)
class Facts:
    """One product that the webshop carries, and what numbers mean for it."""

    product_id: int
    sku: str
    gtin: str
    tax_percent: int
    weeks: dict[int, Seen]
    """What is shown, by week."""
    versions: Sequence[tuple[int, int, Cents]]
    """The web zone's list prices: first week, last week, price."""
    elsewhere: dict[int, frozenset[Cents]]
    """Other zones' list prices, by week."""
    cards: dict[int, Cents]
    """The web zone's card and leaflet prices, by week."""

    def previous(self, week: int) -> Cents | None:
        """The list price of the version before the one in force."""
        before = [price for first, _, price in self.versions if first <= week]
        return before[-2] if len(before) > 1 else None

    def changed_in(self, week: int) -> int:
        """The week in which the list price in force began."""
        return max(first for first, _, _ in self.versions if first <= week)

    def meanings(self, week: int) -> dict[Cents, set[str]]:
        """What numbers mean in a week: cents to meanings. A number that is not in it means nothing."""
        found: dict[Cents, set[str]] = defaultdict(set)
        for meaning, prices in self._named(week):
            for price in prices:
                found[price].add(meaning)
        return found

    def _runs(self, first: int, last: int) -> bool:
        """Whether one card promotion runs from week to week: the same price, never a leaflet's."""
        between = range(first, last + 1)
        same = len({self.cards.get(week) for week in between}) == 1
        return same and not any(week not in self.weeks or self.weeks[week]["label"] for week in between)

    def _named(self, week: int) -> Iterator[tuple[str, Iterable[Cents]]]:
        seen = self.weeks[week]
        bases = {seen["list_price"], seen["price"]} | ({seen["member_price"]} - {None})
        yield "list", [seen["list_price"]]
        yield "expected", [seen["price"]]
        yield "member", [seen["member_price"]] if seen["member_price"] else []
        previous, current = self.previous(week), self.changed_in(week)
        yield "previous", [previous] if previous else []
        yield "another version", [price for first, _, price in self.versions if price != previous and first != current]
        yield "other zone", self.elsewhere.get(week, frozenset())
        yield "other zone, another week", [price for then, prices in self.elsewhere.items() if then != week for price in prices]
        yield "ended", [price for then, price in self.cards.items() if then < week and not self._runs(then, week)]
        yield "coming", [price for then, price in self.cards.items() if then > week and not self._runs(week, then)]
        for base in bases:
            yield "decimal shift", [base * 10, base * 100, base // 10, -(-base // 10), base // 100, -(-base // 100)]
            yield "with tax", [with_tax(base, self.tax_percent)] if self.tax_percent else []
            yield "without tax", [base * 100 // (100 + self.tax_percent) + more for more in (0, 1)] if self.tax_percent else []
            yield "rounding", [base - 2, base - 1, base + 1, base + 2]


def with_tax(price: Cents, percent: int) -> Cents:
    """A price with tax added, half up: 2.99 with 7 % is 3.20."""
    return (price * (100 + percent) * 2 + 100) // 200


def gather(reference: Reference, weeks: pl.DataFrame, carried: pl.Series) -> list[Facts]:
    """The facts about every carried product, by product."""
    among = pl.col("product_id").is_in(carried.implode())
    here = pl.col("zone") == WEB_ZONE
    seen: dict[int, dict[int, Seen]] = defaultdict(dict)
    for row in weeks.filter(among).iter_rows(named=True):
        seen[row["product_id"]][row["week"]] = row
    versions: dict[int, list[tuple[int, int, Cents]]] = defaultdict(list)
    listed = decided.versions(reference.list_prices.filter(among & here), "list_price")
    for product, first, last, price in listed.select("product_id", "first_week", "last_week", "list_price").iter_rows():
        versions[product].append((first, last, price))
    elsewhere: dict[int, dict[int, set[Cents]]] = defaultdict(lambda: defaultdict(set))
    others = reference.list_prices.filter(among & ~here).select("product_id", "week", "list_price")
    for product, week, price in others.iter_rows():
        elsewhere[product][week].add(price)
    cards: dict[int, dict[int, Cents]] = defaultdict(dict)
    for product, week, price in reference.cards.filter(among & here).select("product_id", "week", "member_price").iter_rows():
        cards[product][week] = price
    return [
        Facts(
            product,
            sku,
            gtin,
            tax,
            seen[product],
            versions[product],
            {week: frozenset(prices) for week, prices in elsewhere[product].items()},
            cards[product],
        )
        for product, sku, gtin, tax in reference.products.filter(among)
        .select("product_id", "sku", "gtin", "tax_percent")
        .sort("product_id")
        .iter_rows()
    ]
