"""Deliveries that went well and others that did not: kiosks, each of which sends a file of its own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.proof.assortment import Maker
from tests.proof.markets import Place
from tests.proof.model import Fault


@dataclass(frozen=True)
class Delivery:
    """One kiosk's file of tonight, and what is wrong with it."""

    source: str
    place: Place
    fault: str | None
    """failed, thin, refused, unreadable, strangers; None: nothing."""


FAULTS = ("failed", "thin", "refused", "unreadable", "strangers")
ROWS = 20
"""Offers of one kiosk."""


def deliveries(place: Place, rng: Random, kiosks: int) -> list[Delivery]:
    """So many kiosks; each fault at one of them at least, and healthy ones."""
    forms = [*FAULTS, None, *(rng.choice((*FAULTS, None, None)) for _ in range(kiosks - len(FAULTS) - 1))]
    return [Delivery(f"us-kiosk-{at}", place, form) for at, form in enumerate(forms)]


def kiosk_products(maker: Maker, kiosks: int) -> None:
    """What kiosks sell, and nobody else."""
    for _ in range(kiosks * ROWS):
        maker.product("kiosk", maker.steady(maker.price()), channels=("kiosk",))


def faults(sent: list[Delivery]) -> list[Fault]:
    """One finding a delivery that is not as declared."""
    return [
        Fault((each.place.market.name, "kiosk", None, None, None, each.source), "source_health", "delivery")
        for each in sent
        if each.fault is not None
    ]
