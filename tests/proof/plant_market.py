"""Marketplaces and channels that follow another one: corridors, delivered prices, promises of free shipping, other sellers."""

from __future__ import annotations

from tests.proof.decoys import none
from tests.proof.model import Fault, Offer
from tests.proof.planting import Planting
from tests.proof.prices import half_up_of


def _leader(planting: Planting, offer: Offer) -> int:
    shown = planting.shown[offer.place.market.name]
    price = shown.decided(offer.product, shown.web).price
    assert price is not None
    return price


def corridor(planting: Planting, offer: Offer) -> Fault | None:
    """The app outside what it is allowed around the webshop."""
    if not offer.place.follows:
        return None
    leader = _leader(planting, offer)
    low = half_up_of(leader * 95, 100)
    above = planting.rng.random() < 0.5
    price = leader + planting.rng.randrange(5, leader // 4) if above else low - planting.rng.randrange(5, leader // 6)
    bound = leader if above else low
    if not none(planting.decoys(offer, bound), price, bound):
        return None
    offer.price = price
    return Fault(offer.key, "channel_parity", "price", "unknown", price, bound)


def landed(planting: Planting, offer: Offer) -> Fault | None:
    """Delivered more than 8 % above the webshop, or below it."""
    if offer.product.promotions:
        return None
    leader = _leader(planting, offer)
    high = half_up_of(leader * 108, 100)
    offer_price, shipping, points = leader, 0, None
    if planting.rng.random() < 0.5:
        shipping = high - leader + planting.rng.randrange(15, leader // 3)
        bound = high
    else:
        points = planting.rng.randrange(15, leader // 8)
        bound = leader
    observed = offer_price + shipping - (points or 0)
    old = offer.price, offer.shipping, offer.points
    offer.price, offer.shipping, offer.points = offer_price, shipping, points
    found = planting.decoys(offer, bound)
    if not none(found, observed, bound) or not none(found, observed - shipping, bound):
        offer.price, offer.shipping, offer.points = old
        if observed - shipping != bound:
            return None
        offer.price, offer.shipping, offer.points = offer_price, shipping, points
    return Fault(offer.key, "landed_price", "landed_price", "unknown", observed, bound)


def promised_free(planting: Planting, offer: Offer) -> Fault | None:
    """Shipping is charged although a promotion makes it free; delivered, the price is within the corridor."""
    if not offer.product.promotions:
        return None
    leader = _leader(planting, offer)
    offer.price, offer.points = leader, None
    offer.shipping = planting.rng.randrange(20, leader * 7 // 100)
    return Fault(offer.key, "landed_price", "shipping", observed=offer.shipping, expected=0)


def _rival(offer: Offer, seller: str, price: int, *, box: bool) -> Offer:
    return Offer(
        offer.product, offer.place, offer.observed_at, price, shipping=0, seller=seller, gtin=offer.product.gtin,
        buy_box="true" if box else "false", planted=True,
    )  # fmt: skip


def _delivered(offer: Offer) -> int:
    assert offer.shipping is not None
    return offer.price + offer.shipping - (offer.points or 0)


def lost(planting: Planting, offer: Offer) -> Fault | None:
    """Another seller, who is dearer, has the buy box."""
    rival = _rival(offer, "Acme", _delivered(offer) + planting.rng.randrange(10, 200), box=True)
    planting.rivals.append(rival)
    offer.buy_box = "false"
    return Fault(offer.key, "buy_box", "buy_box", observed=_delivered(offer), expected=rival.price)


def undercut(planting: Planting, offer: Offer) -> Fault | None:
    """Another seller is cheaper delivered, though the buy box is ours."""
    rival = _rival(offer, "Acme", _delivered(offer) - planting.rng.randrange(10, 200), box=False)
    planting.rivals.append(rival)
    return Fault(offer.key, "buy_box", "buy_box", observed=_delivered(offer), expected=rival.price)


def stranger(planting: Planting, offer: Offer) -> Fault | None:
    """Somebody sells our own brand who may not."""
    rival = _rival(offer, "Grey Imports", _delivered(offer) + planting.rng.randrange(10, 300), box=False)
    planting.rivals.append(rival)
    return Fault(rival.key, "buy_box", "seller", observed=rival.price)


def boxed_out(planting: Planting, offer: Offer) -> Fault | None:
    """Out of stock, and in the buy box all the same."""
    offer.availability = "out_of_stock"
    return Fault(offer.key, "condition", "available")


def rivals(planting: Planting) -> None:
    """Other sellers that do no harm: dearer than we are, without the buy box, and allowed."""
    for offer in planting.of("sold", "marketplace"):
        if not offer.planted and not offer.product.number % 3:
            planting.rivals.append(_rival(offer, "Acme", _delivered(offer) + 40, box=False))


def plant_market(planting: Planting, each: int) -> None:
    """So many faults of each kind, and rivals that are none."""
    planting.plant("staples unadvertised promoted", "app", each, corridor, markets="fr")
    for plant in (landed, promised_free, lost, undercut, stranger, boxed_out):
        planting.plant("sold", "marketplace", each // 2 + 1, plant)
    rivals(planting)
