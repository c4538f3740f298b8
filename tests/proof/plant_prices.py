"""Wrong prices of products without a promotion: each equals one other price, by which its cause must be named, or none."""

from __future__ import annotations

from tests.proof.decoys import none, only
from tests.proof.model import Fault, Offer
from tests.proof.planting import Plant, Planting

CAUSES = (
    "minor_units", "decimal_shift", "net_instead_of_gross", "gross_instead_of_net", "tax_counted_twice", "other_tax_rate",
    "previous_list_price", "next_list_price", "other_zones_price", "landed_instead_of_item", "other_currency",
    "deposit_included", "deposit_left_out", "eco_fee_included", "eco_fee_left_out", "deposit_and_eco_fee_included",
    "deposit_and_eco_fee_left_out", "rounding",
)  # fmt: skip
"""Causes that any product with a list price can have."""

WRONG_BASIS = ("net_instead_of_gross", "gross_instead_of_net")
"""The decided price on the other tax basis is a matter of its own."""


def wrong(offer: Offer, price: int, due: int, cause: str, check: str = "expected_price") -> Fault:
    """The offer with a wrong price; a till takes it for its regular one."""
    offer.price = price
    if offer.regular is not None:
        offer.regular = price
    if offer.paid is not None:
        offer.quantity = offer.paid = None
    offer.beside = dict.fromkeys(offer.beside, price)
    return Fault(offer.key, check, "price", cause, price, due)


def by_cause(cause: str) -> Plant:
    """A wrong price that means this cause alone."""

    def plant(planting: Planting, offer: Offer) -> Fault | None:
        amounts = only(planting.decoys(offer, offer.price), cause)
        if not amounts:
            return None
        check = "currency_and_tax" if cause in WRONG_BASIS else "expected_price"
        return wrong(offer, planting.rng.choice(amounts), offer.price, cause, check)

    return plant


def unknown(planting: Planting, offer: Offer) -> Fault | None:
    """A wrong price that equals nothing."""
    due = offer.price
    price = due + planting.rng.randrange(due // 20 + 3, due // 3 + 5) * planting.rng.choice((-1, 1))
    if not none(planting.decoys(offer, due), price, due):
        return None
    return wrong(offer, price, due, "unknown")


def swapped(planting: Planting, offers: list[Offer], wanted: int) -> None:
    """Two products with adjacent article numbers show each other's price."""
    there = {(each.place.file, each.product.sku): each for each in offers}
    for offer in planting.rng.sample(offers, len(offers)):
        if wanted <= 0:
            return
        sku = f"{offer.product.sku[:3]}{offer.product.number + 1:06}"
        other = there.get((offer.place.file, sku))
        if other is None or offer.planted or other.planted or planting.keeps(offer):
            continue
        mine, theirs = offer.price, other.price
        both = ((offer, theirs, mine), (other, mine, theirs))
        if all(none(planting.decoys(each, due), price, due) for each, price, due in both):
            for each, price, due in both:
                each.planted = True
                planting.faults.append(wrong(each, price, due, "item_mapping"))
            wanted -= 2


def noise(planting: Planting, wanted: int) -> None:
    """Prices thrown by dice between half and twice the right one; nobody knows what they come from."""
    among = [offer for offer in planting.of("noise", "store web app") if not offer.place.follows]
    for offer in planting.rng.sample(among, min(wanted, len(among))):
        price = planting.rng.randrange(offer.price // 2, offer.price * 2)
        if price != offer.price:
            wrong(offer, price, offer.price, "unknown")
            offer.planted = True
            planting.noise.add(offer.key)


def bad_import(planting: Planting) -> None:
    """In the last store of each market every staple is off by the same: so much dearer, or so many percent."""
    for offer in planting.of("staples", "store"):
        if offer.planted or not planting.off_as_a_whole(offer):
            continue
        due = offer.price
        price = planting.imported(offer, due)
        if price in only(planting.decoys(offer, due), "bad_import"):
            offer.planted = True
            planting.faults.append(wrong(offer, price, due, "bad_import"))


def plant_prices(planting: Planting, each: int) -> None:
    """So many faults of each cause, in stores and online."""
    bad_import(planting)
    for cause in CAUSES:
        channels = "web" if cause == "landed_instead_of_item" else "store web app"
        planting.plant("staples", channels, each, _decided(by_cause(cause)))
    planting.plant("packs", "store web", each, _single(by_cause("pack_instead_of_unit")))
    planting.plant("packs", "store web", each, by_cause("unit_instead_of_pack"))
    planting.plant("staples", "store web", each * 2, unknown)
    swapped(planting, planting.of("staples", "store web"), each)


def _decided(plant: Plant) -> Plant:
    """Only where the price itself was decided."""
    return lambda planting, offer: None if offer.place.follows else plant(planting, offer)


def _single(plant: Plant) -> Plant:
    """Only for single units of right packs: dearer units make a dear pack right, and a dear pack is a mistake of its own."""
    return lambda planting, offer: plant(planting, offer) if planting.in_right_packs(offer) else None
