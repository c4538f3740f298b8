"""Mirakl's export of offers (OF51 to OF54): semicolons, hyphenated names, a column of each channel beside the general one.

`price` is what one costs now; `origin-price` is struck through while a discount holds. An empty cell of a channel inherits the
general one. Three traps are no prices for one: tiers (`10|45.00`), offers sold by the dozen only, and `model` DROPSHIP, whose
`price` columns are what the operator pays the seller; what customers pay is in the `-retail-price` columns.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field

from pricewatch.collect import headed
from pricewatch.collect.feed_times import Clock, Dated, Unclear, clock
from pricewatch.collect.gathered import Gathered, declared
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.sellers import ours
from pricewatch.collect.unpack import unpacked
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source


class MiraklOffers(Dated):
    """Which offers are meant, and whose they are."""

    mirakl_channel: str | None = Field(
        None, description="code of the Mirakl channel whose columns count, for example FR; null = the general ones"
    )
    own_sellers: tuple[str, ...] = Field((), description="names or ids of shops that are us: their rows have no seller")
    sku: Literal["product-sku", "shop-sku"] | None = Field(
        None, description="which column is our SKU; shop-sku counts for our own offers only; null = none, product-sku is theirs"
    )
    states: tuple[str, ...] | None = Field(None, description="state codes that are new goods, for example ['11']; null = all")


_COLUMNS = (
    "observed_at", "external_id", "sku", "name", "seller", "regular_price_text", "price_text", "was_price_text", "shipping_text",
    "currency", "availability",
)  # fmt: skip
_ONE = re.compile(r"(?:^|,)\s*1\|([^,|]+)")


def _recognises(name: str, head: bytes) -> bool:
    first = head.partition(b"\n")[0].lower()
    return (b"offer-id" in first and b"shop-sku" in first) or (bool(head) and name.lower().startswith(("mirakl", "of5")))


@importer("mirakl_offers", recognises=_recognises)
def mirakl_offers(path: Path, ref: str, source: Source) -> Reading:
    """One row of every offer that can be bought on the channel, all String.

    Left out: deleted and inactive offers, those of other channels, used goods where `states` says so, those outside their dates.
    Refused one by one: no price for one, costs without a retail price, windows that leave the price open.
    Raises SourceError for a file without its columns.
    """
    if source.feeds != "offers":
        raise SourceError(f"mirakl_offers files hold no {source.feeds}", f"source '{source.id}'", "feed offers")
    options = declared(MiraklOffers, source)
    gathered = Gathered(_COLUMNS)
    at = clock(path, ref, source, options)
    needed = [("product-sku", "shop-sku"), ("price",)]
    for place, row in headed.rows(unpacked(path, ref), ref, source, gathered, separator=";", needed=needed):
        offer = _Offer(row, options.mirakl_channel)
        try:
            if not _is_meant(offer, at, options):
                continue
            regular, price, was = _prices(offer, at)
        except Unclear as error:
            gathered.refuse(place, str(error), row)
            continue
        own = offer("shop-name", "shop-id") is None or ours((offer("shop-name"), offer("shop-id")), options.own_sellers)
        sku = offer(options.sku) if options.sku is not None and (own or options.sku == "product-sku") else None
        gathered.add(
            place,
            {
                "observed_at": at.observed_at,
                "external_id": offer("product-sku", "shop-sku"),
                "sku": sku,
                "name": offer("product-title", "product-name"),
                "seller": None if own else offer("shop-name", "shop-id"),
                "regular_price_text": regular,
                "price_text": price,
                "was_price_text": was,
                "shipping_text": offer("min-shipping-price"),
                "currency": offer("currency-iso-code"),
                "availability": _availability(offer("quantity")),
            },
        )
    return gathered.reading()


class _Offer:
    """A row as one channel has it."""

    def __init__(self, row: headed.Row, channel: str | None) -> None:
        self._row, self._channel = row, (channel or "").lower()

    def __call__(self, *names: str) -> str | None:
        """The first of these columns that is filled; the channel's own cell before the general one."""
        return next((found for name in names if (found := self.own(name) or self._row.get(name)) is not None), None)

    def own(self, name: str) -> str | None:
        """The cell that the channel alone has."""
        return self._row.get(f"{name}[channel={self._channel}]") if self._channel else None

    @property
    def elsewhere(self) -> bool:
        """Whether it is sold on other channels only; no channel named is every channel."""
        channels = self._row.get("channels")
        return bool(self._channel) and channels is not None and self._channel not in re.split(r"[|,]", channels.lower())


def _is_meant(offer: _Offer, at: Clock, options: MiraklOffers) -> bool:
    """Whether it can be bought new on the channel now. Raises Unclear where not one alone can be, or its dates say nothing."""
    if (offer("deleted") or "").lower() == "true" or (offer("active") or "").lower() == "false" or offer.elsewhere:
        return False
    if options.states is not None and offer("state-code") not in options.states:
        return False
    for name in ("min-order-quantity", "package-quantity"):
        units = offer(name)
        if units is not None and re.fullmatch(r"0*[01](?:[.,]0+)?", units) is None:
            raise Unclear(f"is sold from {units} units on ({name}): nobody pays its price for one")
    return at.holds(offer("available-start-date"), offer("available-end-date"))


def _prices(offer: _Offer, at: Clock) -> tuple[str | None, str, str | None]:
    """Regular, current and struck-through price of one. Raises Unclear."""
    dropship = (offer("model") or "").upper() == "DROPSHIP"
    kind = "-retail-price" if dropship else "-price"
    origin = offer(f"origin{kind}")
    window = [offer(f"discount{'-retail-price' if dropship else ''}-{bound}-date") for bound in ("start", "end")]
    tiers = None if dropship else _ONE.search(offer("discount-ranges") or "")
    discount = offer(f"discount{kind}") or (tiers[1].strip() if tiers is not None else None)
    if dropship and origin is None:
        raise Unclear("states no origin-retail-price: its other prices are costs (model DROPSHIP)")
    # A channel with an origin or a discount of its own does not inherit the general current price.
    computed = dropship or (offer.own("price") is None and any(offer.own(f"{name}-price") for name in ("origin", "discount")))
    general = _ONE.search(offer("price-ranges") or "")
    stated = None if computed else offer("price") or (general[1].strip() if general is not None else None)
    if stated is None and origin is None:
        raise Unclear("states no price for one")
    try:
        reduced = discount is not None and at.holds(*window)
    except Unclear:
        if stated is None:
            raise
        # The current price is stated all the same; what it was before is not known.
        return origin, stated, None
    price = stated or (discount if reduced else origin)
    if price is None:
        raise Unclear("states no price for one")
    return origin or (None if reduced else price), price, origin if reduced else None


def _availability(quantity: str | None) -> str | None:
    if quantity is None or not (quantity.isascii() and quantity.isdigit()):
        return None
    return "true" if int(quantity[:9]) or len(quantity) > 9 else "false"
