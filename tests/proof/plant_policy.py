"""Mistakes of head office: what is decided is itself against the policy, and every place that shows it tells of it.

They are made in the price list and the calendar, before anything is shown; what must be found follows from what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from random import Random

from tests.proof.decoys import none, only
from tests.proof.model import ANY, Fault, Offer, Product, Version
from tests.proof.planting import Planting
from tests.proof.prices import FULL, ceil_of

Mistake = Callable[[Product, Random], bool]


def _all_at(product: Product, price: int) -> None:
    product.versions = {zone: [Version(price, product.market.day(-400))] for zone in product.versions}


def family(product: Product, rng: Random) -> bool:
    """One flavour dearer or cheaper than the three others."""
    price = next(iter(product.versions.values()))[0].price
    if product.number % 4 != 2 or product.promotions:
        return False
    product.facts["due"] = price
    _all_at(product, price + rng.choice((-30, -20, 20, 40)))
    return True


def pack(product: Product, rng: Random) -> bool:
    """A pack dearer than its units bought one by one."""
    units = product.fact("pack_of")
    if units is None:
        return False
    price = next(iter(product.versions.values()))[0].price
    together = (price - 1) * 10 // 9 // units * units
    while (together // units) * units * 9 // 10 + 1 != price:
        together += units
    product.facts["due"] = together
    _all_at(product, together + rng.randrange(3, 60))
    return True


def ending(product: Product, rng: Random) -> bool:
    """A price that ends as no price of ours does."""
    price = next(iter(product.versions.values()))[0].price
    _all_at(product, price // 100 * 100 + rng.choice((13, 37, 50, 61)))
    return True


def floor(product: Product, rng: Random) -> bool:
    """A price below its floor, some cents or percent; in the United States some above their ceiling."""
    least, highest = product.fact("least"), product.fact("max_price")
    if highest is not None and rng.random() < 0.4:
        product.facts["due"] = highest
        _all_at(product, highest + rng.randrange(2, 90))
        return True
    price = least - rng.randrange(2, least // 20 + 4)
    lowest = product.fact("min_price")
    product.facts["due"] = lowest if lowest is not None and price < lowest else least
    _all_at(product, price)
    return True


def zone(product: Product, rng: Random) -> bool:
    """The last zone farther above the first than five percent."""
    zones = product.market.zones
    if len(zones) < 2:
        return False
    base = product.versions[zones[0]][0].price
    product.facts["due"] = (base * 105 * 2 + 100) // 200
    product.versions[zones[-1]] = [Version(base + base * rng.randrange(8, 20) // 100, product.market.day(-400))]
    return True


def typo(product: Product, rng: Random) -> bool:
    """A price typed ten or a hundred times too high, ten times too low, or 99999.99, since yesterday."""
    price = next(iter(product.versions.values()))[-1].price
    if product.promotions or len(next(iter(product.versions.values()))) > 1:
        return False
    unit = product.market.unit
    forms = [price * 10, price * 100, 9_999_999 if unit > 1 else 99_999]
    if price % 10 == 0:
        forms.append(price // 10)
    new = rng.choice(forms)
    product.facts["due"] = price
    product.facts["typed"] = new
    product.versions = {where: [*rows, Version(new, product.market.day(-1))] for where, rows in product.versions.items()}
    return True


def cap(product: Product, rng: Random) -> bool:
    """More than 34 % for food, more than 40 % for other fast-moving goods, in all."""
    over = {"percent": {"value": 3500}, "n_for_m": {"quantity": 2, "pay": 1}, "extra_quantity": {"value": 7000}}
    first = product.promotions[0]
    if first.mechanic not in over:
        return False
    from dataclasses import replace

    product.promotions[0] = replace(first, **over[first.mechanic])
    return True


MISTAKES: dict[str, tuple[str, Mistake]] = {
    "families": ("price_family", family),
    "packs": ("pack_logic", pack),
    "charm": ("price_ending", ending),
    "floored": ("price_floor", floor),
    "zoned": ("zone_price", zone),
    "seasoned": ("outlier", typo),
    "capped": ("promotion_cap", cap),
}
"""By department: the kind that must tell it, and how it is made."""


def mistaken(products: Iterable[Product], rng: Random, share: int) -> None:
    """Some products of each department get their mistake: one in `share`, and at least one of each that a market has."""
    made: set[str] = set()
    for product in products:
        kind, mistake = MISTAKES.get(product.department, ("", None))
        if mistake is None or (kind in made and rng.randrange(share)):
            continue
        if mistake(product, rng):
            product.facts["mistake"] = kind
            made.add(kind)


def plant_policy(planting: Planting) -> None:
    """What must be found of every offer that shows a mistake."""
    for offer in planting.offers:
        kind = offer.product.fact("mistake")
        if kind is not None and not offer.planted:
            offer.planted = True
            fault = _shown(planting, offer, kind)
            if fault is not None:
                planting.faults.append(fault)


def _shown(planting: Planting, offer: Offer, kind: str) -> Fault | None:
    """The finding of one offer, None where its place does not show the mistake."""
    due = offer.product.fact("due")
    price = offer.price
    if kind == "price_family":
        return Fault(offer.key, kind, "family_price", observed=price, expected=due)
    if kind == "pack_logic":
        return Fault(offer.key, kind, "pack_price", observed=price, expected=due)
    if kind == "price_ending":
        return Fault(offer.key, kind, "price", observed=price)
    if kind == "zone_price":
        if offer.place.zone != offer.place.market.zones[-1]:
            return None
        return Fault(offer.key, kind, "list_price", observed=price, expected=due)
    if kind == "price_floor":
        return Fault(offer.key, kind, "price", _cause(planting, offer, due), price, due)
    if kind == "outlier":
        if offer.place.follows:
            return None
        return Fault(offer.key, kind, "price", _cause(planting, offer, due), price, due)
    return None if offer.place.follows else _over_the_cap(planting, offer)


def _cause(planting: Planting, offer: Offer, due: int) -> str:
    """The one cause of a decided price held against its limit, or against the usual one; any where it has several."""
    found = planting.decoys(offer, due)
    if none(found, offer.price, due):
        return "unknown"
    named = [name for name in found if offer.price in only(found, name)]
    return named[0] if len(named) == 1 else ANY


def _over_the_cap(planting: Planting, offer: Offer) -> Fault:
    """What is paid, and the least that stays within the cap (rounded up), where there is one."""
    told = planting.decided(offer)
    assert told.list_price is not None
    limit = 3400 if offer.product.fact("food") else 4000
    listed, paid, units, extra, credit = told.list_price, offer.price, 1, 0, Fraction(0)
    subject = "price"
    for each in told.running:
        if each.mechanic == "n_for_m":
            subject, units, paid = "multibuy_paid", each.quantity, each.pay * listed
        if each.mechanic == "extra_quantity":
            extra = each.value
        if each.mechanic == "deferred_credit":
            assert told.credit is not None
            credit = Fraction(told.credit, offer.price)
    worth = Fraction(units * listed * (FULL + extra), FULL)
    least = ceil_of(worth * (FULL - limit) / FULL / (1 - credit))
    return Fault(offer.key, "promotion_cap", subject, ANY, paid, least if least <= units * listed else None)
