"""Shops in which every product could be wrong in every way, and offers that are wrong in one of them.

A product has a former and a coming list price, another zone's price, an ended and a coming promotion, a member price, a coupon,
a multibuy, a pack size with its single unit, a content, a relative in its family, a deposit and an eco fee. What a fault shows is
computed here, in slow `Decimal` lines, from the prices as people write them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from pricewatch.engine.world import RATES, Central, World
from pricewatch.testing import central, channel, market, raw, source, world

CENT = Decimal("0.01")
EURO, YEN = Decimal("0.920000"), Decimal("151.300000")
MILLIONTHS = {"EUR": 920_000, "JPY": 151_300_000}
VERSIONS = ("2026-01-01", "2026-03-01", "2026-03-20")
"""From when the former, the present and the coming list price hold; the present one's change is 28 February in New York."""


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Product:
    """One product with everything its price could be taken for."""

    sku: str
    listed: Decimal
    former: Decimal
    coming: Decimal
    elsewhere: Decimal
    ended: Decimal
    early: Decimal
    member: Decimal
    coupon: Decimal
    three_for: Decimal
    single: Decimal
    relative: Decimal
    promoted: Decimal | None = None
    """What a public promotion in force makes of it; null without one."""
    pack_of: int = 6
    litres: Decimal = Decimal("0.75")
    tax: Decimal = Decimal("0.20")
    deposit: Decimal = Decimal("0.48")
    eco_fee: Decimal = Decimal("0.13")
    shipping: Decimal = Decimal("3.45")

    @property
    def decided(self) -> Decimal:
        """What everybody should pay."""
        return self.promoted or self.listed


Fault = Callable[[Product], Decimal]

EVERYWHERE: dict[str, tuple[Fault, ...]] = {
    "minor_units": (lambda p: p.listed * 100,),
    "decimal_shift": (lambda p: p.listed * 10, lambda p: p.listed * 1000),
    "other_tax_rate": (lambda p: cents(p.listed * Decimal("1.055")), lambda p: cents(p.listed / Decimal("1.055"))),
    "pack_instead_of_unit": (lambda p: p.listed * p.pack_of,),
    "unit_instead_of_pack": (lambda p: p.single,),
    "unit_price_base": (lambda p: cents(p.listed / p.litres), lambda p: cents(p.listed / p.litres / 10)),
    "previous_list_price": (lambda p: p.former,),
    "next_list_price": (lambda p: p.coming,),
    "promotion_not_ended": (lambda p: p.ended,),
    "promotion_started_early": (lambda p: p.early,),
    "promotion_not_started": (lambda p: p.listed,),
    "other_zones_price": (lambda p: p.elsewhere,),
    "member_price_shown_to_all": (lambda p: p.member,),
    "coupon_price_shown_to_all": (lambda p: p.coupon,),
    "mechanic_flattened": (lambda p: cents(p.three_for / 3),),
    "item_mapping": (lambda p: p.relative,),
    "landed_instead_of_item": (lambda p: p.listed + p.shipping,),
    "other_currency": (lambda p: cents(p.listed * EURO), lambda p: (p.listed * YEN).quantize(Decimal(1), rounding=ROUND_HALF_UP)),
    "deposit_included": (lambda p: p.listed + p.deposit,),
    "deposit_left_out": (lambda p: p.listed - p.deposit,),
    "eco_fee_included": (lambda p: p.listed + p.eco_fee,),
    "eco_fee_left_out": (lambda p: p.listed - p.eco_fee,),
    "deposit_and_eco_fee_included": (lambda p: p.listed + p.deposit + p.eco_fee,),
    "deposit_and_eco_fee_left_out": (lambda p: p.listed - p.deposit - p.eco_fee,),
    "rounding": (lambda p: p.listed + CENT, lambda p: p.listed - CENT),
    "bad_import": (lambda p: p.listed + Decimal("0.37"),),
    "unknown": (lambda p: cents(p.listed * Decimal("1.61803")),),
}
"""What a fault shows, by the cause that must be named; several ways of it are planted in turn."""

WITH_TAX: dict[str, tuple[Fault, ...]] = {
    "net_instead_of_gross": (lambda p: cents(p.listed / (1 + p.tax)),),
    "tax_counted_twice": (lambda p: cents(p.listed * (1 + p.tax)),),
}
"""Where decided prices have tax in them."""

WITHOUT_TAX: dict[str, tuple[Fault, ...]] = {
    "gross_instead_of_net": (lambda p: cents(p.listed * (1 + p.tax)),),
    "tax_counted_twice": (lambda p: cents(p.listed / (1 + p.tax)),),
}
"""Where they have none."""


@dataclass
class Shop:
    """Products and what the webshop shows of them."""

    seed: int
    tax: bool = False
    products: list[Product] = field(default_factory=list)
    shown: list[tuple[str, Decimal, Decimal, str]] = field(default_factory=list)
    """SKU, price, shipping, file."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def price(self, low: int = 1000, high: int = 4999) -> Decimal:
        """Any price of a range of cents."""
        return Decimal(self.dice.randint(low, high)) / 100

    def draw(self, *, promoted: bool = False) -> Product:
        """A product with prices drawn from nowhere; promotions are below every list price, or they would make none."""
        below = [self.price(100, 999) for _ in range(5)]
        return Product(
            f"P{len(self.products):04}x",  # no article number is adjacent to another
            *(self.price() for _ in range(4)),
            *below[:4],
            three_for=self.price(1000, 2900),
            single=self.price(100, 999),
            relative=self.price(),
            promoted=below[4] if promoted else None,
        )

    def show(self, product: Product, price: Decimal, file: str = "web.csv") -> None:
        """The webshop shows a price of a new product, with shipping beside it."""
        self.products.append(product)
        self.shown.append((product.sku, price, product.shipping, file))

    def offers(self) -> pl.DataFrame:
        """What the webshop shows, as raw rows."""
        rows = [f"{sku}  {price}  {fee}  {file}:{at}" for at, (sku, price, fee, file) in enumerate(self.shown, 2)]
        return raw("\n".join(["sku  price  shipping  source_ref", *rows]))

    def world(self) -> World:
        """Head office's tables, the webshop in zone Z1 and a store in zone Z2."""
        return world(
            self._central(),
            [channel("web"), channel("store")],
            [source("web", "web", surface="html", tax_included=self.tax), source("tills", "store", surface="till")],
            markets=market(tax_included=self.tax),
            rates=pl.DataFrame(
                [("us", code, millionths) for code, millionths in MILLIONTHS.items()],
                schema=RATES,
                orient="row",
            ),
        )

    def _central(self) -> Central:
        catalogue = ["sku  family  category  tax_rate  pack_of  unit_sku  content  content_unit  deposit  eco_fee"]
        prices, calendar = (
            ["sku  zone  list_price  valid_from"],
            ["promotion  mechanic  value  quantity  inner  sku  audience  starts_at  ends_at"],
        )
        for product in self.products:
            sku = product.sku
            rate = int(product.tax * 10_000)
            fees = f"{product.litres}  l  {product.deposit}  {product.eco_fee}"
            catalogue.append(f"{sku}  F{sku}  drinks  {rate}  {product.pack_of}  {sku}-one  {fees}")
            catalogue.append(f"{sku}-one  -  drinks  {rate}  -  -  -  -  -  -")
            catalogue.append(f"{sku}-two  F{sku}  drinks  550  -  -  -  -  -  -")
            decided = (product.former, product.listed, product.coming)
            prices += [f"{sku}  Z1  {price}  {day}" for price, day in zip(decided, VERSIONS, strict=True)]
            prices += [f"{name}  {zone}  {price}  2026-01-01" for name, zone, price in self._beside(product)]
            calendar += _promotions(product)
        return central(
            products="\n".join(catalogue),
            locations="location  zone\n0500  Z2",
            price_list="\n".join(prices),
            promotions="\n".join(calendar),
        )

    @staticmethod
    def _beside(product: Product) -> Iterator[tuple[str, str, Decimal]]:
        yield product.sku, "Z2", product.elsewhere
        yield f"{product.sku}-one", "Z1", product.single
        yield f"{product.sku}-two", "Z1", product.relative


def _promotions(product: Product) -> list[str]:
    """An ended promotion, a coming one, a member price, a coupon, a multibuy, and the public one where there is one."""

    def row(
        kind: str, mechanic: str, value: Decimal, audience: str, first: str, last: str, *, of: str = "-", inner: str = "-"
    ) -> str:
        name, minor = f"{kind}-{product.sku}", int(value * 100)
        return f"{name}  {mechanic}  {minor}  {of}  {inner}  {product.sku}  {audience}  {first}  {last}"

    running = ("2026-03-05", "2026-04-01")
    rows = [
        row("OLD", "fixed_price", product.ended, "everyone", "2026-02-01", "2026-03-02"),
        row("SOON", "fixed_price", product.early, "everyone", "2026-03-18", "2026-04-02"),
        row("CARD", "member_price", product.member, "members", *running),
        row("CODE", "coupon", product.coupon, "coupon_holders", *running, inner="fixed_price"),
        row("THREE", "n_for_price", product.three_for, "everyone", *running, of="3"),
    ]
    if product.promoted is not None:
        rows.append(row("NOW", "fixed_price", product.promoted, "everyone", *running))
    return rows


def faults_of(*, tax: bool) -> dict[str, tuple[Fault, ...]]:
    """Every fault there is in a shop whose decided prices have tax in them, or have not."""
    return {**EVERYWHERE, **(WITH_TAX if tax else WITHOUT_TAX)}


def meanings(product: Product, *, tax: bool) -> dict[Decimal, set[str]]:
    """What numbers mean for a product: the price to the causes whose fault it is."""
    found: dict[Decimal, set[str]] = {}
    for cause, faults in faults_of(tax=tax).items():
        for fault in faults:
            found.setdefault(fault(product), set()).add(cause)
    return found


def planted(seed: int, *, tax: bool, times: int) -> tuple[Shop, dict[str, str]]:
    """A shop in which every cause was planted so many times, by numbers that mean nothing else; and the cause of each SKU."""
    shop, answers = Shop(seed, tax), {}
    for cause, faults in faults_of(tax=tax).items():
        for number in range(max(times, 20) if cause == "bad_import" else times):
            fault = faults[number % len(faults)]
            product = shop.draw(promoted=cause == "promotion_not_started")
            while meanings(product, tax=tax)[fault(product)] != {cause}:
                product = shop.draw(promoted=cause == "promotion_not_started")
            shop.show(product, fault(product), "bad.csv" if cause == "bad_import" else "web.csv")
            answers[product.sku] = cause
    return shop, answers
