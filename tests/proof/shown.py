"""What every channel shows when nothing is wrong, and what it showed in the ninety days before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from tests.proof.decide import Decided, changes, decided, due
from tests.proof.departments_special import CONTENTS
from tests.proof.markets import Market, Place
from tests.proof.model import Offer, Product
from tests.proof.prices import FULL, half_up, per

VARIED = ("staples", "unadvertised", "promoted")
"""Departments in which a channel that follows another one within a corridor makes use of it."""

STATED = ("store", "web", "app")


class Shown:
    """The right offers of one market. What is alike in many places is worked out once."""

    def __init__(self, market: Market, places: list[Place], rng: Random) -> None:
        self.market, self.places, self.rng = market, places, rng
        self.web = next(place for place in places if place.channel == "web")
        self._known: dict[tuple[str, str, str, str | None, datetime], Decided] = {}

    def decided(self, product: Product, place: Place, at: datetime | None = None) -> Decided:
        """`decide.decided`, remembered by area."""
        named = place.location if any(each.locations for each in product.promotions) else None
        key = (product.sku, place.channel, place.zone, named, at or place.observed_at)
        if key not in self._known:
            self._known[key] = decided(product, place, at or place.observed_at)
        return self._known[key]

    def offers(self, products: list[Product]) -> Iterator[Offer]:
        """Every offer, product by product."""
        for product in products:
            for place in self.places:
                if place.channel in product.channels and place.zone in product.versions:
                    yield self.offer(product, place)

    def offer(self, product: Product, place: Place) -> Offer:
        """One right offer."""
        told = self.decided(product, place)
        made = Offer(product, place, place.observed_at, self._price(product, place, place.observed_at, told), gtin=product.gtin)
        if place.channel == "store":
            made.regular = told.list_price
        if place.channel in ("store", "web", "app") and not place.follows:
            made.member = told.member
        self._overnight(made)
        self._online(made, told)
        self._several(made, told)
        self._marketplace(made)
        if product.department == "tills":
            made.beside = {"label": made.price, "price_file": made.price}
        return made

    def _price(self, product: Product, place: Place, at: datetime, told: Decided) -> int:
        """The decided price; in a channel that follows the webshop, its price, or one within the corridor."""
        if not place.follows:
            assert told.price is not None
            return told.price
        leader = self.decided(product, self.web, at).price
        assert leader is not None
        if place.channel == "app" and product.department in VARIED:
            return leader - leader * (product.number % 4) // 100
        return leader

    def _overnight(self, offer: Offer) -> None:
        """Within a channel's grace the former price is right too; half of the stores still have it."""
        place = offer.place
        changed = [at for at in changes(offer.product, place)[1:] if at + place.grace > offer.observed_at]
        if changed and self.rng.random() < 0.5:
            before = self.decided(offer.product, place, place.market.clock(place.market.day(-1), 22, 0))
            assert before.price is not None
            offer.price, offer.regular = before.price, before.list_price if offer.regular is not None else None

    def _online(self, offer: Offer, told: Decided) -> None:
        """What a page says beside the price: struck-through price, label, unit price, markup."""
        product, place = offer.product, offer.place
        if place.channel != "web":
            return
        offer.was = self._was(product, place, place.observed_at, told)
        if product.department == "promoted" and told.cut is not None and told.cut.mechanic == "percent" and self._alone(product):
            offer.label = percent_label(self.market, told.cut.value)
        if product.department in ("staples", "gaps", "charm"):
            offer.beside = {"jsonld": offer.price}
        if product.department == "staples":
            offer.shipping = 0 if offer.price > 3000 else 390 + product.number % 200
        if product.department == "measured":
            content = next(each for each in CONTENTS if each[0] == product.fact("content"))
            offer.unit_price, offer.base = per(offer.price, content[0], content[2]), content[3]
        if product.department == "multibuys" and told.multibuy is not None:
            offer.label = multibuy_label(self.market, told.multibuy.mechanic, told.multibuy.value)

    @staticmethod
    def _alone(product: Product) -> bool:
        return len(product.promotions) == 1

    def _was(self, product: Product, place: Place, at: datetime, told: Decided) -> int | None:
        """What is struck through: the list price, or the lower price of the thirty days before the reduction."""
        if product.department not in ("promoted", "struck") or told.cut is None or at < told.cut.begins:
            return None
        if product.fact("dipped"):
            assert told.list_price is not None
            return min(version.price for version in product.versions[place.zone])
        return told.list_price

    def _several(self, offer: Offer, told: Decided) -> None:
        """Receipts of several units, at tills."""
        product = offer.product
        if offer.place.channel != "store" or product.department not in ("multibuys", "tills"):
            return
        offer.quantity = (2, 3, 4, 6, 12)[product.number % 5]
        if told.multibuy is None:
            offer.paid = offer.quantity * offer.price
        else:
            offer.quantity = max(offer.quantity, told.multibuy.quantity)
            offer.paid = due(told.multibuy, offer.price, offer.quantity)
            offer.promotion = told.multibuy.name

    def _marketplace(self, offer: Offer) -> None:
        """Price, shipping and points on the marketplace: delivered, 0 to 8 % above the webshop."""
        if offer.place.channel != "marketplace":
            return
        leader = self.decided(offer.product, self.web).price
        assert leader is not None
        offer.shipping = 0 if offer.product.promotions else leader * (offer.product.number % 6) // 100
        offer.price = leader if offer.shipping or offer.product.number % 2 else leader + leader * 3 // 100
        room = offer.price + offer.shipping - leader
        offer.points = min(room, 20) if offer.product.number % 3 == 0 else None
        offer.buy_box = "true"

    def past(self, product: Product, place: Place) -> Iterator[tuple[int, int | None, int | None, datetime, datetime]]:
        """What was shown in the ninety days before: price, struck-through price, member price, since, until."""
        edges = changes(product, place)
        for since, until in zip(edges, [*edges[1:], place.observed_at], strict=True):
            told = self.decided(product, place, since)
            if told.price is None:
                continue
            was = self._was(product, place, since, told) if place.channel == "web" else None
            yield self._price(product, place, since, told), was, told.member, since, until


def percent_label(market: Market, basis_points: int) -> str:
    """`-20 %` in French, `20% off` in English."""
    percent = f"{basis_points / 100:g}"
    return f"-{percent.replace('.', ',')} %" if market.name == "fr" else f"{percent}% off"


def multibuy_label(market: Market, mechanic: str, value: int) -> str | None:
    """A multibuy as a label says it."""
    french = market.name == "fr"
    if mechanic == "n_for_m":
        return "2+1 offert" if french else "3 for 2"
    if mechanic == "nth_unit":
        return f"2e a -{value // 100} %" if french else f"{value // 100}% off the 2nd"
    if mechanic == "n_for_price" and market.digits:
        return f"3 pour {market.money(value)} €" if french else f"3 for {market.money(value)}"
    return None


def share_of(price: int, basis_points: int) -> int:
    """So many basis points of a price, rounded half up."""
    from fractions import Fraction

    return half_up(Fraction(price * basis_points, FULL))
