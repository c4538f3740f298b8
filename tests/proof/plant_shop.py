"""Pages and tills: unit prices, struck-through prices, labels against tills, and data that is not what it should be."""

from __future__ import annotations

from datetime import timedelta

from tests.proof.assortment import gtin13
from tests.proof.decoys import none, only
from tests.proof.departments_special import CONTENTS
from tests.proof.model import Fault, Offer
from tests.proof.planting import Plant, Planting
from tests.proof.prices import per


def unit_price(form: str) -> Plant:
    """A unit price that is missing, per another amount, of the list price, or of nothing."""

    def plant(planting: Planting, offer: Offer) -> Fault | None:
        content = next(each for each in CONTENTS if each[0] == offer.product.fact("content"))
        told = planting.decided(offer)
        assert offer.unit_price is not None
        assert told.list_price is not None
        due, gap = offer.unit_price, content[2] // (content[0] * 2) + 1
        per_100 = per(offer.price, content[0], 100)
        stale = per(told.list_price, content[0], content[2])
        dice = due + planting.rng.randrange(gap + 2, due // 3 + gap + 4)
        amounts = {
            "missing": (None, "unknown"),
            "per 100": (per_100, "unit_price_base"),
            "base": (per_100, "unit_price_base"),
            "stale": (stale, "promotion_not_started"),
            "dice": (dice, "unknown"),
        }
        amount, cause = amounts[form]
        if amount is not None and (abs(amount - due) <= gap or not _clear(form, amount, offer, due, stale, told.list_price)):
            return None
        if form == "dice" and not none(planting.decoys(offer, due), dice, due):
            return None
        offer.unit_price = amount
        if form == "base":
            offer.base = "100 g" if content[1] == "g" else "100 ml"
        return Fault(offer.key, "unit_price", "unit_price", cause, amount, due)

    return plant


def _clear(form: str, amount: int, offer: Offer, due: int, stale: int, listed: int) -> bool:
    """Whether a unit price is none of the others that it could be, nor the price itself."""
    if form == "dice":
        others = {due * 10, due * 1000, stale, offer.price, listed, *_metric(offer)}
        return amount not in others and abs(amount - due) > 1 and abs(amount - stale) > 30
    return amount not in (offer.price, listed) and (form == "stale" or amount not in (stale, due))


def _metric(offer: Offer) -> set[int]:
    content = offer.product.fact("content")
    return {per(offer.price, content, base) for base in (100, 1000)}


def was_price(planting: Planting, offer: Offer) -> Fault | None:
    """A struck-through price that was never charged; where the lowest price of thirty days is law, that law is broken too."""
    told = planting.decided(offer)
    assert offer.was is not None
    assert told.list_price is not None
    law = offer.place.market.name == "fr"
    highest = told.list_price if not law else offer.was
    offer.was = told.list_price + told.list_price // planting.rng.randrange(4, 9)
    return Fault(offer.key, "prior_price" if law else "was_price", "was_price", observed=offer.was, expected=highest)


def prior_price(planting: Planting, offer: Offer) -> Fault | None:
    """A struck-through price that was charged, but was not the lowest of the thirty days before."""
    told = planting.decided(offer)
    if not offer.product.fact("dipped"):
        return None
    prior, offer.was = offer.was, told.list_price
    return Fault(offer.key, "prior_price", "was_price", observed=offer.was, expected=prior)


def posted_lower(surface: str) -> Plant:
    """The till charges what was decided, and the shelf label or the price file promises less."""

    def plant(planting: Planting, offer: Offer) -> Fault | None:
        promised = offer.price - planting.rng.randrange(3, offer.price // 3)
        if not none(planting.decoys(offer, promised), offer.price, promised):
            return None
        offer.beside[surface] = promised
        return Fault(offer.key, "scan_accuracy", "price", "unknown", offer.price, promised)

    return plant


def overcharged(planting: Planting, offer: Offer) -> Fault | None:
    """The till charges another zone's price, or none that anybody knows; the label is right."""
    due = offer.price
    found = planting.decoys(offer, due)
    amounts = only(found, "other_zones_price")
    price = due + planting.rng.randrange(4, due // 2) * planting.rng.choice((-1, 1, 1))
    cause = "unknown"
    if amounts and planting.rng.random() < 0.5:
        price, cause = amounts[-1], "other_zones_price"
    elif not none(found, price, due):
        return None
    offer.price = price
    offer.regular = price
    offer.quantity = offer.paid = None
    return Fault(offer.key, "scan_accuracy", "price", cause, price, due)


def receipt(planting: Planting, offer: Offer) -> Fault | None:
    """Several units come to another sum than so many times the price."""
    assert offer.paid is not None
    assert offer.quantity is not None
    due = offer.paid
    paid = due + planting.rng.randrange(5, offer.price) * planting.rng.choice((-1, 1))
    each, uneven = divmod(paid, offer.quantity)
    single = uneven == 0 and not none(planting.decoys(offer, offer.price), each, offer.price)
    if single or not none(planting.decoys(offer, due), paid, due):
        return None
    offer.paid = paid
    return Fault(offer.key, "scan_accuracy", "paid", "unknown", paid, due)


def identifier(planting: Planting, offer: Offer) -> Fault | None:
    """Another product's GTIN, one with a wrong check digit, or a number that a spreadsheet has spoilt."""
    right = offer.product.gtin
    offer.gtin = planting.rng.choice(
        (gtin13(40_063_813_0000 + offer.product.number * 7 + 3), right[:-1] + str((int(right[-1]) + 3) % 10), "4.00638E+12")
    )
    return Fault(offer.key, "identifier", "gtin")


def conflict(planting: Planting, offer: Offer) -> Fault | None:
    """The page's markup says another price than the page."""
    if "jsonld" not in offer.beside:
        return None
    other = offer.price + planting.rng.randrange(5, 90)
    offer.beside["jsonld"] = other
    return Fault(offer.key, "conflict", "price_conflict", observed=other, expected=offer.price)


def freshness(planting: Planting, offer: Offer) -> Fault | None:
    """Seen two days ago and more, when the price was what it is tonight: it is held against what was decided then."""
    before, seen = planting.decided(offer), offer.observed_at
    offer.observed_at -= timedelta(hours=planting.rng.randrange(50, 70))
    then = planting.decided(offer)
    if (then.price, then.list_price, then.member) != (before.price, before.list_price, before.member):
        offer.observed_at = seen
        return None
    return Fault(offer.key, "freshness", "observed_at")


def not_listed(planting: Planting, offer: Offer) -> Fault | None:
    """A product that must be there is not; nor one that another channel is held against."""
    if offer.place.channel == "web" and offer.place.market.app_follows is not None:
        return None
    offer.gone = True
    return Fault(offer.key, "coverage", "presence")


def incomparable(planting: Planting, offer: Offer) -> Fault | None:
    """Another currency, or a tax basis that is another one, or not stated."""
    form = planting.rng.randrange(3)
    market = offer.place.market
    if form == 0:
        offer.currency = "GBP"
    else:
        offer.tax_included = "not stated" if form == 1 else str(not market.taxed).lower()
    return Fault(offer.key, "currency_and_tax", "currency" if form == 0 else "tax_included")


def orphans(planting: Planting, each: int) -> None:
    """Products offered where nobody decided a price, or where the catalogue does not list them."""
    products = sorted(
        {offer.product.sku: offer.product for offer in planting.of("gaps", "store web")}.values(), key=lambda one: one.sku
    )
    wanted = dict.fromkeys(("undecided", "unlisted"), each)
    for product in planting.rng.sample(products, len(products)):
        market = product.market
        form = "unlisted" if "app" not in product.channels else "undecided"
        for place in planting.places[market.name]:
            if form == "unlisted":
                fits = place.channel == "app"
            else:
                fits = place.channel == "store" and place.zone not in product.versions
            if fits and wanted[form] > 0:
                wanted[form] -= 1
                price = planting.shown[market.name].decided(product, planting.shown[market.name].web).price
                assert price is not None
                offer = Offer(product, place, place.observed_at, price, gtin=product.gtin, planted=True)
                planting.rivals.append(offer)
                planting.faults.append(Fault(offer.key, "orphan", "presence"))


ANYWHERE = "staples promoted ended coming charm leaflet overnight unadvertised coupons"


def plant_shop(planting: Planting, each: int) -> None:
    """So many faults of each kind."""
    for form in ("missing", "per 100", "base", "stale", "dice"):
        planting.plant("measured", "web", each // 2 + 1, unit_price(form))
    planting.plant("struck", "web", each, prior_price, markets="fr")
    planting.plant("struck", "web", each, was_price)
    for plant in (posted_lower("label"), posted_lower("price_file"), overcharged, receipt):
        planting.plant("tills", "store", each, plant)
    planting.plant(ANYWHERE, "store web app", each, identifier)
    planting.plant("staples gaps", "web", each, conflict)
    planting.plant("ended coming charm unadvertised", "store web app", each, freshness)
    planting.plant(ANYWHERE, "store web app", each, not_listed)
    planting.plant(ANYWHERE, "store", each, incomparable)
    orphans(planting, each)
