"""What causes, states and amounts are called in a report, and how text from outside is made harmless.

1_234_567 minor units of USD read `12,345.67 USD`; 1234 of JPY read `1,234 JPY`. A product name with an escape sequence in it
(a web page can say anything) is shown with the sequence's control characters as `?`, so that it commands no terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from pricewatch.domain import money
from pricewatch.engine import causes

CAUSES: Mapping[str, str] = {**causes.TITLES, causes.UNKNOWN: "cause unknown"}
"""Causes in a manager's words; one that is not here is read as it is written."""

_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def plain(text: object) -> str:
    """Text from outside on one line: controls, direction marks and line ends become `?`, null becomes an empty string."""
    if text is None:
        return ""
    return "".join("?" if unicodedata.category(sign) in _INVISIBLE else sign for sign in str(text))


def cause(name: str | None) -> str:
    """A cause in words."""
    return CAUSES.get(name or "unknown") or plain(name).replace("_", " ")


def amount(minor: int | None, currency: str | None) -> str:
    """Minor units as people write money, with thousands and the currency; empty for null, bare digits without a currency."""
    if minor is None:
        return ""
    if currency is None:
        return f"{minor:,}"
    whole, point, digits = money.show(abs(minor), currency).partition(".")
    return f"{'-' if minor < 0 else ''}{int(whole):,}{point}{digits} {plain(currency)}"


def amounts(by_currency: Mapping[str, int]) -> str:
    """Several currencies in one phrase, the largest number first: `4,210.50 USD and 12.00 EUR`; `nothing` when there is none."""
    largest = sorted(by_currency.items(), key=lambda pair: (-pair[1], pair[0]))
    return " and ".join(amount(minor, currency) for currency, minor in largest if minor) or "nothing"


def at_risk(overcharge: int | None, undercharge: int | None, currency: str | None) -> str:
    """What is charged too much and too little: `1,680.00 EUR over, 12.00 EUR under`; empty for neither."""
    sides = ((overcharge, "over"), (undercharge, "under"))
    return ", ".join(f"{amount(minor, currency)} {side}" for minor, side in sides if minor)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 price`, `1,204 prices`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(basis_points: int | None) -> str:
    """A share: `34 %`; `<1 %` and `>99 %` where rounding would claim none or all."""
    if basis_points is None:
        return ""
    if 0 < basis_points < 100:
        return "<1 %"
    if 9900 < basis_points < 10_000:
        return ">99 %"
    return f"{(basis_points + 50) // 100} %"


def day(when: date) -> str:
    """A day a person reads: `Tue 20 June 2017`."""
    return f"{when:%a} {when.day} {when:%B %Y}"


def instant(when: datetime | None) -> str:
    """An instant to the minute, in UTC and saying so."""
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else ""


def age(span: timedelta) -> str:
    """How long ago, in the unit that tells most: `40 min`, `26 h`, `5 days`; the future is `ahead`."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 0:
        return "ahead"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // 1440} days"


def shorten(text: str, width: int) -> str:
    """Text cut to `width` characters, with three dots where something was cut."""
    return text if len(text) <= width else text[: max(width - 3, 0)].rstrip() + "..."
