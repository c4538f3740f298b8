"""The kinds of faults that are planted: what a channel shows instead, and what the audit must say about it.

A kind looks at one product in one week and gives the change (column to value, see `offers.py`), or None when this product can't
show the fault without doubt: a planted number has the one meaning it is planted for, and no other (`facts.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pricewatch.runs.demo.chance import draw
from pricewatch.runs.demo.facts import Cents, Facts, Seen, with_tax

Change = dict[str, Cents | str | bool | None]
Finder = Callable[[Facts, int], Change | None]
LEAST = 5
"""Cents that a planted price is off at least."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault, the check that must find it, and the cause that must be named (None: any)."""

    name: str
    check: str
    cause: str | None
    find: Finder


def _shows(facts: Facts, week: int, price: Cents | None, *meanings: str) -> Change | None:
    """The change to another price on the page and in its markup, if that number means what it should and nothing else."""
    if price is None or price <= 0 or abs(price - facts.weeks[week]["price"]) < LEAST:
        return None
    if facts.meanings(week).get(price, set()) - set(meanings):
        return None
    return {"price": price, "markup_price": price}


def _plain(facts: Facts, week: int) -> Seen | None:
    """What is shown when no leaflet cut runs; None when one does."""
    seen = facts.weeks[week]
    return None if seen["label"] else seen


def previous_list_price(facts: Facts, week: int) -> Change | None:
    """A price change that did not reach the channel: it shows the list price of before."""
    if _plain(facts, week) is None:
        return None
    return _shows(facts, week, facts.previous(week), "previous", "another version")


def promotion_missing(facts: Facts, week: int) -> Change | None:
    """A leaflet cut that runs and is not shown: the list price, nothing struck through, no label."""
    seen = facts.weeks[week]
    change = _shows(facts, week, seen["list_price"], "list") if seen["label"] else None
    return change and {**change, "was_price": None, "label": None}


def promotion_stale(facts: Facts, week: int) -> Change | None:
    """Last week's leaflet cut, which is over, still shown with all it had."""
    last = facts.weeks.get(week - 1)
    if last is None or not last["label"] or _plain(facts, week) is None or facts.weeks[week]["member_price"]:
        return None
    change = _shows(facts, week, last["price"], "ended")
    return change and {**change, "was_price": last["was_price"], "label": last["label"]}


def other_zones_price(facts: Facts, week: int) -> Change | None:
    """The list price of another zone."""
    if _plain(facts, week) is None:
        return None
    prices = sorted(facts.elsewhere.get(week, ()))
    return next(filter(None, (_shows(facts, week, p, "other zone", "other zone, another week") for p in prices)), None)


def ten_times(facts: Facts, week: int) -> Change | None:
    """The decimal point one place to the right."""
    seen = _plain(facts, week)
    return _shows(facts, week, seen["price"] * 10, "decimal shift") if seen else None


def a_tenth(facts: Facts, week: int) -> Change | None:
    """The decimal point one place to the left: only where no digit is lost."""
    seen = _plain(facts, week)
    return (
        _shows(facts, week, seen["price"] // 10, "decimal shift")
        if seen and seen["price"] % 10 == 0 and seen["price"] >= 100
        else None
    )


def hundred_times(facts: Facts, week: int) -> Change | None:
    """Minor units taken for major ones, and made minor units again."""
    seen = _plain(facts, week)
    return _shows(facts, week, seen["price"] * 100, "decimal shift") if seen else None


def tax_added(facts: Facts, week: int) -> Change | None:
    """Tax included where prices exclude it."""
    seen = _plain(facts, week)
    return _shows(facts, week, with_tax(seen["price"], facts.tax_percent), "with tax") if seen and facts.tax_percent else None


def member_price_shown_to_all(facts: Facts, week: int) -> Change | None:
    """Everybody is asked what card holders pay."""
    seen = _plain(facts, week)
    return _shows(facts, week, seen["member_price"], "member") if seen and seen["member_price"] else None


def wrong_price(facts: Facts, week: int) -> Change | None:
    """A number that means nothing."""
    return _shows(facts, week, meaningless(facts, week)) if _plain(facts, week) else None


def meaningless(facts: Facts, week: int, percents: Sequence[int] = range(112, 132)) -> Cents | None:
    """A price that is so many percent of the right one and means nothing in any way."""
    price = facts.weeks[week]["price"]
    first = draw("meaningless", facts.product_id, below=len(percents))
    candidates = (price * percents[(first + step) % len(percents)] // 100 for step in range(len(percents)))
    return next((value for value in candidates if value not in facts.meanings(week)), None)


def was_price_never_charged(facts: Facts, week: int) -> Change | None:
    """A leaflet cut beside a struck-through price that nobody was ever asked."""
    seen = facts.weeks[week]
    if not seen["was_price"]:
        return None
    inflated = seen["list_price"] * 13 // 10 // 10 * 10 + 9
    ever = {price for _, _, price in facts.versions} | {week["was_price"] for week in facts.weeks.values()}
    return {"was_price": inflated} if inflated not in ever else None


def markup_differs(facts: Facts, week: int) -> Change | None:
    """The page shows one price, its JSON-LD another."""
    price = meaningless(facts, week)
    return {"markup_price": price} if price and abs(price - facts.weeks[week]["price"]) >= LEAST else None


def not_listed(facts: Facts, week: int) -> Change | None:  # noqa: ARG001 - any product can be missing
    """The product is not there."""
    return {"missing": True}


def wrong_gtin(facts: Facts, week: int) -> Change | None:  # noqa: ARG001
    """A well-formed GTIN of no product of ours."""
    digits = f"9529{draw('gtin', facts.product_id, below=10**8):08d}"  # our own product numbers have eight digits
    return {"gtin": digits + str(_check_digit(digits))}


def broken_gtin(facts: Facts, week: int) -> Change | None:  # noqa: ARG001
    """The right GTIN with two neighbouring digits swapped: the check digit gives it away."""
    code = facts.gtin
    swaps = (code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in range(len(code) - 2, 1, -1))
    broken = next((swap for swap in swaps if _check_digit(swap[:12]) != int(swap[12])), None)
    return {"gtin": broken} if broken else None


def landed_too_dear(facts: Facts, week: int) -> Change | None:
    """Our marketplace price is about a quarter above the webshop's."""
    price = meaningless(facts, week, range(120, 135))
    return {"price": price, "shipping": 0} if price and facts.weeks[week]["price"] >= 100 else None


def shipping_too_dear(facts: Facts, week: int) -> Change | None:
    """A price within the corridor, with shipping that leaves it."""
    right, landed = facts.weeks[week]["price"], meaningless(facts, week, range(115, 130))
    price = right * 103 // 100
    return {"price": price, "shipping": landed - price} if landed and right >= 200 else None


def landed_too_cheap(facts: Facts, week: int) -> Change | None:
    """Our marketplace price is below the webshop's, by about a seventh."""
    price = meaningless(facts, week, range(80, 92))
    return {"price": price, "shipping": 0} if price and facts.weeks[week]["price"] >= 100 else None


def _check_digit(digits: str) -> int:
    return (10 - sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits)) % 10) % 10


KINDS = {
    kind.name: kind
    for kind in (
        Kind("previous list price", "expected_price", "previous_list_price", previous_list_price),
        Kind("promotion missing", "promotion_missing", "promotion_not_started", promotion_missing),
        Kind("promotion stale", "promotion_stale", "promotion_not_ended", promotion_stale),
        Kind("other zone's price", "expected_price", "other_zones_price", other_zones_price),
        Kind("ten times the price", "expected_price", "decimal_shift", ten_times),
        Kind("a tenth of the price", "expected_price", "decimal_shift", a_tenth),
        Kind("a hundred times the price", "expected_price", "minor_units", hundred_times),
        Kind("tax added", "expected_price", "gross_instead_of_net", tax_added),
        Kind("member price shown to all", "expected_price", "member_price_shown_to_all", member_price_shown_to_all),
        Kind("wrong price", "expected_price", "unknown", wrong_price),
        Kind("struck-through price never charged", "was_price", "unknown", was_price_never_charged),
        Kind("page and markup differ", "conflict", "unknown", markup_differs),
        Kind("not listed", "coverage", None, not_listed),
        Kind("wrong GTIN", "identifier", None, wrong_gtin),
        Kind("broken GTIN", "identifier", None, broken_gtin),
        Kind("landed price too high", "channel_parity", "unknown", landed_too_dear),
        Kind("shipping too high", "channel_parity", "unknown", shipping_too_dear),
        Kind("landed price too low", "channel_parity", "unknown", landed_too_cheap),
    )
}
"""Every kind by the name the answer sheet uses."""
