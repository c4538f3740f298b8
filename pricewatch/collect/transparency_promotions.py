"""One published Israeli promotion as rows of the calendar. What its numbers mean was inferred from thousands of them.

    RewardType 1, MinQty 3, DiscountedPrice 10.00, PerMida 3.33      three for 10.00
    the same with IsWeightedPromo 1: 33.33 and 99.99                 from 3 kg on, 33.33 a kilogram
    RewardType 2, DiscountType 0, DiscountRate 7000                  70 % off
    RewardType 2, DiscountType 1, DiscountRate 3500                  35.00 off
    RewardType 7, MinQty 3, AdditionalGiftCount 1                    2+1

Where the numbers contradict each other, or have two readings, the promotion is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pricewatch.collect.xml_files import Element, name_of, text_of

CALENDAR = (
    "promotion", "name", "mechanic", "value", "quantity", "pay", "threshold", "inner", "sku", "locations", "audience",
    "starts_at", "ends_at", "label",
)  # fmt: skip
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")
_DEPOSIT = Decimal("0.30")
"""On each bottle and can: some totals include it, the price of one never does."""


class UnclearPromotion(Exception):
    """A promotion whose numbers do not say what it does; the message says which."""


def calendar_rows(promotion: Element, store: str | None, sign: str) -> Iterator[dict[str, str | None]]:
    """One row of each product in the promotion; `sign` is the decimal sign to write amounts with.

    Raises UnclearPromotion before the first row.
    """
    said, codes, clubs = _facts(promotion)
    if "promotionid" not in said:
        raise UnclearPromotion("states no PromotionId")
    if not codes:
        raise UnclearPromotion("names no item that is sold at a price of its own")
    mechanic = _mechanic(said)
    coupon = said.get("additionaliscoupon") == "1" or mechanic["mechanic"] == "coupon"
    if coupon and mechanic["mechanic"] in ("percent", "amount", "fixed_price"):
        mechanic |= {"inner": mechanic["mechanic"], "mechanic": "coupon"}
    threshold = _number(said, "minpurchaseamnt")
    common: dict[str, str | None] = {
        "promotion": said["promotionid"],
        "name": said.get("promotiondescription"),
        "label": said.get("promotiondescription"),
        "threshold": f"{threshold:f}" if threshold else None,
        "locations": store,
        "audience": "coupon_holders" if coupon else "members" if clubs and "0" not in clubs else "everyone",
        "starts_at": _instant(said, "start"),
        "ends_at": _instant(said, "end"),
    }
    row = common | mechanic
    for name in ("value", "threshold"):
        row[name] = (row.get(name) or "").replace(".", sign) or None
    return (row | {"sku": code} for code in codes)


def _facts(promotion: Element) -> tuple[dict[str, str], list[str], set[str]]:
    """What the promotion says by name in lower case, the codes of its items without gifts and repeats, and its clubs."""
    said: dict[str, str] = {}
    codes: dict[str, None] = {}
    clubs: set[str] = set()
    for part in promotion.iter():
        name, text = name_of(part).lower(), text_of(part)
        if text is None:
            continue
        if name == "itemcode":
            beside = {name_of(other).lower(): text_of(other) for other in part.getparent()}
            if beside.get("isgiftitem") != "1":
                codes[text] = None
        elif name == "clubid":
            clubs.add(text)
        else:
            said.setdefault(name, text)
    return said, list(codes), clubs


def _mechanic(said: dict[str, str]) -> dict[str, str | None]:
    """Mechanic, value, quantity and pay of a promotion."""
    kind = said.get("rewardtype")
    units = _number(said, "minqty")
    several = _whole(units) if units is not None and units > 1 else 1
    if kind == "1":
        return _fixed(said, units or Decimal(1), several)
    if kind in ("2", "3"):
        mechanic, value = _discount(said)
        if kind == "3":
            return {"mechanic": "coupon", "inner": mechanic, "value": value}
        if several > 1:
            raise UnclearPromotion(f"a discount from {several} units on has two readings: off all of them, or off the last")
        return {"mechanic": mechanic, "value": value}
    if kind == "7":
        free = _number(said, "additionalgiftcount")
        if not free or several <= free:
            raise UnclearPromotion(f"of {several} units it gives {free or 'none'} away")
        return {"mechanic": "n_for_m", "quantity": str(several), "pay": str(several - _whole(free))}
    if kind == "9" and several > 1:
        return {"mechanic": "cheapest_free", "quantity": str(several)}
    raise UnclearPromotion(f"RewardType {kind or 'is not stated'}: what it gives is not known")


def _fixed(said: dict[str, str], units: Decimal, several: int) -> dict[str, str | None]:
    """A price for one, for several units together, or of weighed goods from so many kilograms on."""
    price, other = _number(said, "discountedprice"), _number(said, "discountedpricepermida")
    if not price:
        raise UnclearPromotion("states no DiscountedPrice")
    slack = Decimal("0.01") * max(units, Decimal(1))
    if said.get("isweightedpromo") == "1":
        # Of weighed goods the two prices change places: DiscountedPrice is for a kilogram, PerMida for all of it.
        if other is not None and abs(price * units - other) > slack:
            raise UnclearPromotion(f"{price} a kilogram x {units} is not {other}")
        if several == 1:
            return {"mechanic": "fixed_price", "value": f"{price:f}"}
        return {"mechanic": "tier", "value": f"{price:f}", "quantity": str(several)}
    more = price - other * units if other is not None else Decimal(0)
    if abs(more) > slack:
        if more < 0 or more % _DEPOSIT:
            raise UnclearPromotion(f"{other} x {units} is not {price}, and the difference is no deposit")
        price = (price - more).quantize(Decimal("0.01"))
    if several == 1:
        return {"mechanic": "fixed_price", "value": f"{price:f}"}
    return {"mechanic": "n_for_price", "value": f"{price:f}", "quantity": str(several)}


def _discount(said: dict[str, str]) -> tuple[str, str]:
    """A discount rate, in hundredths of a percent or of money."""
    rate, kind = _number(said, "discountrate"), said.get("discounttype", "0")
    if not rate or kind not in ("0", "1"):
        raise UnclearPromotion("states no DiscountRate" if not rate else f"DiscountType {kind}: what it counts is not known")
    value = rate / 100
    if kind == "0" and value > 100:
        raise UnclearPromotion(f"DiscountRate {rate} would be more than 100 %")
    return ("percent" if kind == "0" else "amount"), f"{value:f}"


def _instant(said: dict[str, str], which: str) -> str | None:
    """When it starts or ends. A last day that ends at 23:59 is that whole day."""
    day, hour = said.get(f"promotion{which}date"), said.get(f"promotion{which}hour")
    if day is None:
        day = said.get(f"promotion{which}datetime", "").replace("T", " ")
    day, _, within = day.partition(" ")
    hour = hour or within
    if not day:
        return None
    if not hour or (which == "end" and hour.startswith("23:59")):
        return day
    return f"{day}T{hour if hour.count(':') > 1 else hour + ':00'}"


def _number(said: dict[str, str], name: str) -> Decimal | None:
    text = said.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise UnclearPromotion(f"its {name} '{text}' is no number")
    return Decimal(text)


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise UnclearPromotion(f"{number} is no whole number of units")
    return int(number)
