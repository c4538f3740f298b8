"""Promotions given not at all, too long, too early, otherwise, to the wrong people, or by nobody's decision; labels that lie."""

from __future__ import annotations

from tests.proof.decoys import none, only
from tests.proof.model import Fault, Offer
from tests.proof.plant_prices import wrong
from tests.proof.planting import Plant, Planting
from tests.proof.prices import less, rounded
from tests.proof.shown import percent_label

PLAIN = "store web app"


def _decided_here(plant: Plant) -> Plant:
    """Only where the price itself was decided."""
    return lambda planting, offer: None if offer.place.follows else plant(planting, offer)


def missing(planting: Planting, offer: Offer) -> Fault | None:
    """The list price, while a reduction is in force."""
    told, due = planting.decided(offer), offer.price
    if told.cut is None or told.list_price not in only(planting.decoys(offer, due), "promotion_not_started"):
        return None
    assert told.list_price is not None
    offer.was = offer.label = None
    return wrong(offer, told.list_price, due, "promotion_not_started", "promotion_missing")


def depth(planting: Planting, offer: Offer) -> Fault | None:
    """A reduction of another depth."""
    told, due = planting.decided(offer), offer.price
    if told.cut is None:
        return None
    assert told.list_price is not None
    price = due + planting.rng.randrange(4, max((told.list_price - due) * 3 // 4, 6)) * planting.rng.choice((-1, 1))
    if price >= told.list_price or not none(planting.decoys(offer, due), price, due):
        return None
    offer.was = offer.label = None
    fault = wrong(offer, price, due, "unknown", "promotion_depth")
    offer.regular = told.list_price if offer.regular is not None else None
    return fault


def out_of_window(cause: str, check: str) -> Plant:
    """The price of a promotion that has ended, or has not begun."""

    def plant(planting: Planting, offer: Offer) -> Fault | None:
        told, due = planting.decided(offer), offer.price
        amounts = only(planting.decoys(offer, due), cause)
        return wrong(offer, amounts[0], due, cause, check) if amounts and told.cut is None else None

    return plant


def to_all(cause: str) -> Plant:
    """The price for card holders, or with a coupon, shown to everybody."""

    def plant(planting: Planting, offer: Offer) -> Fault | None:
        due, told = offer.price, planting.decided(offer)
        wanted = told.member if cause.startswith("member") else told.coupon
        if wanted is None or wanted not in only(planting.decoys(offer, due), cause):
            return None
        return wrong(offer, wanted, due, cause)

    return plant


def _of_members(offer: Offer, price: int | None, observed: int, due: int, check: str, cause: str) -> Fault:
    offer.member = price
    return Fault(offer.key, check, "member_price", cause, observed, due)


def members_missing(planting: Planting, offer: Offer) -> Fault | None:
    """Card holders pay the list price."""
    told = planting.decided(offer)
    if told.member is None or told.list_price not in only(planting.decoys(offer, told.member), "promotion_not_started"):
        return None
    return _of_members(offer, None, offer.price, told.member, "promotion_missing", "promotion_not_started")


def members_depth(planting: Planting, offer: Offer) -> Fault | None:
    """Card holders get another price than the calendar's."""
    told = planting.decided(offer)
    if told.member is None:
        return None
    price = told.member + planting.rng.choice((-1, 1)) * planting.rng.randrange(5, 30)
    if price >= offer.price or not none(planting.decoys(offer, told.member), price, told.member):
        return None
    return _of_members(offer, price, price, told.member, "promotion_depth", "unknown")


def members_window(cause: str, check: str) -> Plant:
    """Card holders get a price that has ended, or has not begun."""

    def plant(planting: Planting, offer: Offer) -> Fault | None:
        told = planting.decided(offer)
        price = told.ended_member if cause == "promotion_not_ended" else told.early_member
        if told.member is not None or price is None or price not in only(planting.decoys(offer, offer.price), cause):
            return None
        return _of_members(offer, price, price, offer.price, check, cause)

    return plant


def members_unauthorised(planting: Planting, offer: Offer) -> Fault | None:
    """A price for card holders that no calendar knows."""
    price = offer.price - planting.rng.randrange(offer.price // 10, offer.price // 4)
    if not none(planting.decoys(offer, offer.price), price, offer.price):
        return None
    return _of_members(offer, price, price, offer.price, "promotion_unauthorised", "unknown")


def unauthorised(planting: Planting, offer: Offer) -> Fault | None:
    """A reduction that no calendar knows, announced by a label online, by the regular price at the till."""
    due, percent = offer.price, planting.rng.choice((1100, 1600, 2100))
    price = rounded(less(due, percent), offer.place.market.rounding)
    if not none(planting.decoys(offer, due), price, due):
        return None
    fault = wrong(offer, price, due, "unknown", "promotion_unauthorised")
    if offer.place.channel == "store":
        offer.regular = due
    else:
        offer.label, offer.was = percent_label(offer.place.market, percent), due
    return fault


def announced_only(planting: Planting, offer: Offer) -> Fault | None:
    """A label that announces a multibuy nobody decided, beside the full price."""
    offer.label = "2+1 offert" if offer.place.market.name == "fr" else "3 for 2"
    return Fault(offer.key, "promotion_unauthorised", "promotion_label")


def label(planting: Planting, offer: Offer) -> Fault | None:
    """A label that promises less than the prices give (a percentage), or other terms (a multibuy)."""
    told = planting.decided(offer)
    if told.cut is not None and offer.label is not None:
        offer.label = percent_label(offer.place.market, told.cut.value - 500)
        assert offer.was is not None
        promised = rounded(less(offer.was, told.cut.value - 500), "half_up")
        return Fault(offer.key, "promotion_label", "promotion_label", observed=offer.price, expected=promised)
    if told.multibuy is None or offer.label is None:
        return None
    offer.label = "4 pour 3" if offer.place.market.name == "fr" else "4 for 3"
    return Fault(offer.key, "promotion_label", "promotion_label")


def flattened(planting: Planting, offer: Offer) -> Fault | None:
    """One unit at what a unit costs in the group."""
    told, due = planting.decided(offer), offer.price
    amounts = only(planting.decoys(offer, due), "mechanic_flattened")
    if told.multibuy is None or not amounts:
        return None
    offer.label = None
    return wrong(offer, amounts[0], due, "mechanic_flattened", "promotion_depth")


def given_once(planting: Planting, offer: Offer) -> Fault | None:
    """A till that gives the multibuy to the first group only."""
    told = planting.decided(offer)
    if told.multibuy is None or told.group is None or offer.quantity is None or offer.paid is None:
        return None
    groups = offer.quantity // told.multibuy.quantity
    once = told.group + (offer.quantity - told.multibuy.quantity) * offer.price
    found = planting.decoys(offer, offer.price)
    if groups < 2 or told.multibuy.mechanic == "tier" or once >= offer.quantity * offer.price or not _unlike(found, once, offer):
        return None
    due, offer.paid = offer.paid, once
    return Fault(offer.key, "promotion_depth", "paid", "unknown", once, due)


def _unlike(found: dict[str, set[int]], paid: int, offer: Offer) -> bool:
    """Whether an amount for several units is no amount that a single price explains."""
    assert offer.quantity is not None
    assert offer.paid is not None
    each, uneven = divmod(paid, offer.quantity)
    single = bool(uneven) or not any(each in values for values in found.values())
    together = all(paid != offer.paid * factor and offer.paid != paid * factor for factor in (10, 100, 1000))
    return single and together and abs(paid - offer.paid) > 1


def named_otherwise(planting: Planting, offer: Offer) -> Fault | None:
    """The till names another multibuy, of other terms."""
    told = planting.decided(offer)
    if told.multibuy is None:
        return None
    others = [
        each
        for product in planting.products.values()
        if product.department == "multibuys" and product.market is offer.product.market
        for each in product.promotions
        if (each.mechanic, each.quantity) in (("n_for_m", 3), ("nth_unit", 2))
        and (each.quantity, each.mechanic) != (told.multibuy.quantity, told.multibuy.mechanic)
        and {each.mechanic, told.multibuy.mechanic} != {"n_for_m", "cheapest_free"}
    ]
    if not others:
        return None
    offer.promotion = planting.rng.choice(others).name
    return Fault(offer.key, "promotion_depth", "promotion")


def regular_price(planting: Planting, offer: Offer) -> Fault | None:
    """The price is right, and the regular price beside it is not."""
    told = planting.decided(offer)
    if told.cut is None or offer.regular is None or told.list_price is None:
        return None
    found = planting.decoys(offer, told.list_price)
    listed = {rows[-1].price for rows in offer.product.versions.values()}
    amounts = [price for price in only(found, "other_zones_price") if price in listed]
    price = amounts[-1] if amounts and planting.rng.random() < 0.5 else told.list_price + planting.rng.randrange(12, 60)
    cause = "other_zones_price" if amounts and price == amounts[-1] else "unknown"
    if price <= offer.price or (cause == "unknown" and not none(found, price, told.list_price)):
        return None
    offer.regular = price
    return Fault(offer.key, "reference_price", "regular_price", cause, price, told.list_price)


def plant_promotions(planting: Planting, each: int) -> None:
    """So many faults of each way a promotion can go wrong."""
    late, early = ("promotion_not_ended", "promotion_stale"), ("promotion_started_early", "promotion_early")
    for departments, channels, wanted, plant in (
        ("promoted leaflet local", PLAIN, each * 2, missing),
        ("promoted leaflet local", PLAIN, each, depth),
        ("promoted", "store", each, regular_price),
        ("promoted multibuys", "web", each, label),
        ("ended", PLAIN, each * 2, out_of_window(*late)),
        ("coming", PLAIN, each * 2, out_of_window(*early)),
        ("members", PLAIN, each, to_all("member_price_shown_to_all")),
        ("members", PLAIN, each, members_missing),
        ("members", PLAIN, each, members_depth),
        ("members", PLAIN, each, members_window(*late)),
        ("members", PLAIN, each, members_window(*early)),
        ("coupons", PLAIN, each, to_all("coupon_price_shown_to_all")),
        ("unadvertised", "store web", each, unauthorised),
        ("unadvertised", "web app", each // 2 + 1, members_unauthorised),
        ("unadvertised", "web", each // 2 + 1, announced_only),
        ("multibuys", PLAIN, each, flattened),
        ("multibuys", "store", each, given_once),
        ("multibuys", "store", each // 2 + 1, named_otherwise),
    ):
        planting.plant(departments, channels, wanted, _decided_here(plant))
