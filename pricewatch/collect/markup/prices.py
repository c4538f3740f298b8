"""The roles of an offer's prices in schema.org: the current one, struck through, members', per unit, for many, delivery.

Sources: schema.org Offer, PriceSpecification, UnitPriceSpecification, PriceTypeEnumeration; Google Search Central, "Merchant
listing structured data".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pricewatch.collect.markup.reading import ZERO, Reading, is_zero

_BY_TYPE = {
    "": "price_text",
    "SalePrice": "price_text",
    "StrikethroughPrice": "was_price_text",
    "ListPrice": "regular_price_text",
    "RegularPrice": "regular_price_text",
}
"""`priceType` -> our column. Manufacturers' and minimum advertised prices (MSRP, SRP ...) are no price of the channel."""

_UNITS = {"KGM": "kg", "GRM": "g", "MGM": "mg", "LTR": "l", "CLT": "cl", "MLT": "ml", "MTR": "m", "CMT": "cm", "MTK": "m2"}
_UNITS |= {"MTQ": "m3", "C62": "piece", "H87": "piece", "EA": "piece", "LBR": "lb", "ONZ": "oz", "OZA": "fl oz", "GLL": "gal"}
"""UN/CEFACT Recommendation 20 codes, as unit prices write them."""

_DAY = timedelta(days=1)


def text(value: Any) -> str | None:
    """A value as text; null, blank text, objects and lists say nothing. Of a list with one value, that value."""
    if isinstance(value, list) and value and len({_amount(str(one)) for one in value}) == 1:
        value = value[0]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def last_word(value: Any) -> str:
    """A term without its vocabulary: `https://schema.org/InStock` and `schema:InStock` are `InStock`; nothing is empty."""
    return (text(value) or "").rsplit("/", 1)[-1].rsplit("#", 1)[-1].rsplit(":", 1)[-1]


def each(value: Any) -> list[Any]:
    """A property's values: one or a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def read_prices(offer: dict[str, Any], into: Reading, at: datetime | None, path: str) -> None:
    """Put an offer's prices by role, its currency, shipping and tax basis into a reading.

    `at` is when the page was seen: a price whose window (`validFrom`, `validThrough`) is not open then is left out. Two current
    prices make the reading refused.
    """
    into.put("tax_included", text(offer.get("valueAddedTaxIncluded")), f"{path}.valueAddedTaxIncluded")
    if (several := _several(offer.get("price"))) and into.refused is None:
        into.refused = f"{path} states {several} prices for one offer"
    _put(into, "member_price_text" if offer.get("validForMemberTier") else "price_text", offer, path)
    into.put("currency", text(offer.get("priceCurrency")), f"{path}.priceCurrency")
    for index, part in enumerate(each(offer.get("priceSpecification"))):
        if isinstance(part, dict):
            _read_specification(part, into, at, f"{path}.priceSpecification[{index}]")
    _read_shipping(offer, into, path)
    _stale(offer, into, at, path)


def _several(price: Any) -> int:
    """How many different prices a property states, where it is more than one."""
    different = {_amount(str(value)) for value in each(price)}
    return len(different) if len(different) > 1 else 0


def _amount(price: str) -> Decimal | str:
    """What is compared: 5 and 5.00 are the same price."""
    try:
        return Decimal(price)
    except InvalidOperation:
        return price


def _put(into: Reading, role: str, part: dict[str, Any], path: str) -> None:
    price = text(part.get("price"))
    if price is None:
        return
    if is_zero(price):
        into.notes.append(f"{path}.price is zero")
        if role == "price_text":
            into.refused = into.refused or f"{path} states {ZERO}"
        return
    if role in into.fields and role == "price_text" and _amount(into.fields[role]) != _amount(price) and into.refused is None:
        into.refused = f"{path} states {price}, {into.origins[role]} {into.fields[role]}"
    into.put(role, price, f"{path}.price")


def _read_specification(part: dict[str, Any], into: Reading, at: datetime | None, path: str) -> None:
    price = text(part.get("price"))
    if price is None:
        return
    kinds = {last_word(kind) for kind in each(part.get("@type"))}
    kind = last_word(part.get("priceType"))
    if "DeliveryChargeSpecification" in kinds:
        into.put("shipping_text", price, f"{path}.price")
    elif "PaymentChargeSpecification" in kinds:
        into.notes.append(f"{path} is a charge of payment, not a price")
    elif not _open(part, at):
        into.notes.append(f"{path}: {price} is not in force when the page was seen")
    elif (least := _least_quantity(part)) is not None:
        into.notes.append(f"{path}: {price} is for {least} or more")
    elif part.get("validForMemberTier"):
        _put(into, "member_price_text", part, path)
    elif (base := _unit_base(part)) is not None:
        into.put("unit_price_text", price, f"{path}.price")
        into.put("unit_price_base", base, f"{path}.referenceQuantity")
    elif kind in _BY_TYPE:
        _put(into, _BY_TYPE[kind], part, path)
    else:
        into.notes.append(f"{path}: {price} is a {kind}, not a price of this channel")
        return
    into.put("currency", text(part.get("priceCurrency")), f"{path}.priceCurrency")
    into.put("tax_included", text(part.get("valueAddedTaxIncluded")), f"{path}.valueAddedTaxIncluded")


def _least_quantity(part: dict[str, Any]) -> str | None:
    """From how many the price holds, where it is not for one."""
    for quantity in each(part.get("eligibleQuantity")):
        least = text(quantity.get("minValue") or quantity.get("value")) if isinstance(quantity, dict) else text(quantity)
        try:
            for_one = Decimal(least or "") <= 1
        except InvalidOperation:
            for_one = False
        if not for_one:
            return least or "several"
    return None


def _unit_base(part: dict[str, Any]) -> str | None:
    """What a unit price is for, where the specification is one.

    With a `valueReference` the price is the item's own, and `referenceQuantity` its content (Google): no unit price is written.
    """
    quantity = part.get("referenceQuantity")
    if isinstance(quantity, dict) and not quantity.get("valueReference"):
        amount = text(quantity.get("value"))
        unit = _unit(quantity)
        return " ".join(filter(None, (None if amount == "1" else amount, unit))) if unit else None
    return _unit(part) if quantity is None else None


def _unit(node: dict[str, Any]) -> str | None:
    return _UNITS.get((text(node.get("unitCode")) or "").upper()) or text(node.get("unitText"))


def _read_shipping(offer: dict[str, Any], into: Reading, path: str) -> None:
    """Shipping, where all destinations pay the same."""
    rates = {text(value) for value in _rates(offer)} - {None}
    if len(rates) == 1:
        into.put("shipping_text", rates.pop(), f"{path}.shippingDetails.shippingRate")
    elif rates:
        into.notes.append(f"{path}: {len(rates)} shipping rates, by destination")


def _rates(offer: dict[str, Any]) -> Iterator[Any]:
    for details in each(offer.get("shippingDetails")):
        for rate in each(details.get("shippingRate")) if isinstance(details, dict) else []:
            if isinstance(rate, dict):
                yield rate.get("value") if rate.get("value") is not None else rate.get("maxValue")


def _stale(offer: dict[str, Any], into: Reading, at: datetime | None, path: str) -> None:
    until = _instant(offer.get("priceValidUntil"), upper=True)
    if at is not None and until is not None and until < at:
        into.notes.append(f"{path}.priceValidUntil {text(offer.get('priceValidUntil'))} is past: the markup may be stale")


def _open(part: dict[str, Any], at: datetime | None) -> bool:
    """Whether a specification's window is open. What can't be read as an instant closes nothing."""
    since, until = _instant(part.get("validFrom"), upper=False), _instant(part.get("validThrough"), upper=True)
    return at is None or ((since is None or since <= at) and (until is None or at <= until))


def _instant(value: Any, *, upper: bool) -> datetime | None:
    """A bound in UTC. A day, or a time without a zone, is given a day's slack outwards: it may be in any zone."""
    try:
        written = datetime.fromisoformat(text(value) or "")
    except ValueError:
        return None
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    slack = (2 * _DAY if len(text(value) or "") <= len("2026-03-14") else _DAY) if upper else -_DAY
    try:
        return written.replace(tzinfo=UTC) + slack
    except OverflowError:  # 9999-12-31: for ever
        return None
