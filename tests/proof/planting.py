"""How faults are planted: so many of each kind, at offers that have none yet, drawn by the seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from random import Random

from tests.proof.decide import Decided
from tests.proof.decoys import Decoys, decoys
from tests.proof.markets import Place
from tests.proof.model import Fault, Key, Offer, Product
from tests.proof.prices import half_up_of
from tests.proof.shown import Shown

Plant = Callable[["Planting", Offer], "Fault | None"]
"""Makes a right offer wrong and says what must be found; None, and the offer untouched, where that would not mean one thing."""


class Planting:
    """The offers of the world, and what was planted in them so far."""

    def __init__(self, offers: list[Offer], shown: dict[str, Shown], places: dict[str, list[Place]], rng: Random) -> None:
        self.offers, self.shown, self.places, self.rng = offers, shown, places, rng
        self.faults: list[Fault] = []
        self.noise: set[Key] = set()
        self.rivals: list[Offer] = []
        """Other sellers' offers."""
        self._of: dict[tuple[str, str], list[Offer]] = defaultdict(list)
        self.products: dict[str, Product] = {}
        for offer in offers:
            self._of[offer.product.department, offer.place.channel].append(offer)
            self.products[offer.product.sku] = offer.product
        self._packs: dict[str, list[Product]] = defaultdict(list)
        for product in self.products.values():
            if product.fact("unit_sku"):
                self._packs[product.fact("unit_sku")].append(product)

    def of(self, departments: str, channels: str) -> list[Offer]:
        """The offers of some departments and channels, named with spaces between."""
        return [offer for dep in departments.split() for channel in channels.split() for offer in self._of[dep, channel]]

    def plant(self, departments: str, channels: str, wanted: int, plant: Plant, *, markets: str = "us fr jp") -> int:
        """As many faults as are wanted, as far as there are offers for them; says how many."""
        among = [offer for offer in self.of(departments, channels) if offer.place.market.name in markets.split()]
        self.rng.shuffle(among)
        planted = 0
        for offer in among:
            if planted >= wanted:
                break
            if offer.planted or offer.product.fact("mistake") or self.keeps(offer):
                continue
            fault = plant(self, offer)
            if fault is not None:
                offer.planted = True
                self.faults.append(fault)
                planted += 1
        return planted

    def keeps(self, offer: Offer) -> bool:
        """Whether an offer is left right for the file that is off as a whole (`plant_prices.bad_import`)."""
        return self.off_as_a_whole(offer) and offer.product.department in ("staples", "noise")

    def off_as_a_whole(self, offer: Offer) -> bool:
        """Whether an offer is of the last store of its market, whose file is."""
        last = [place for place in self.places[offer.place.market.name] if place.channel == "store"][-1]
        return offer.place == last

    @staticmethod
    def imported(offer: Offer, due: int) -> int:
        """What such a file makes of a price: so much dearer, in France three percent."""
        market = offer.place.market
        return half_up_of(due * 103, 100) if market.name == "fr" else due + (31 if market.digits else 17)

    def in_right_packs(self, offer: Offer) -> bool:
        """Whether an offer is of a single unit, and no pack of it has a mistake."""
        packs = self._packs.get(offer.product.sku, [])
        return bool(packs) and not any(pack.fact("mistake") for pack in packs)

    def decided(self, offer: Offer) -> Decided:
        """What holds for an offer when it is seen."""
        return self.shown[offer.place.market.name].decided(offer.product, offer.place, offer.observed_at)

    def decoys(self, offer: Offer, due: int) -> Decoys:
        """Every other price of an offer for which `due` is expected."""
        market = self.shown[offer.place.market.name]
        told = self.decided(offer)
        elsewhere: set[int] = set()
        for place in {each.zone: each for each in self.places[offer.place.market.name] if each.channel == "store"}.values():
            if place.zone != offer.place.zone and place.zone in offer.product.versions:
                there = market.decided(offer.product, place)
                elsewhere |= {price for price in (there.price, there.list_price, there.member) if price is not None}
        packs: set[int] = set()
        for pack in self._packs.get(offer.product.sku, ()):
            price = market.decided(pack, offer.place).price
            assert price is not None
            packs |= {price, due * pack.fact("pack_of")}
        units: set[int] = set()
        single = offer.product.fact("unit_sku")
        if single:
            price = market.decided(self.products[single], offer.place).price
            assert price is not None
            units.add(price)
        found = decoys(offer, due, told, elsewhere, set(), packs, units)
        return {**found, "bad_import": {self.imported(offer, due)}} if self.off_as_a_whole(offer) else found
