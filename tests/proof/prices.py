"""The arithmetic of right prices, by hand: whole minor units and exact fractions. Nothing here is the engine's."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

FULL = 10_000
"""Basis points of the whole."""


def half_up(amount: Fraction) -> int:
    """The nearest whole number, a half going up."""
    return floor(amount + Fraction(1, 2))


def rounded(amount: Fraction, mode: str) -> int:
    """`half_up` or `down`, as the market rounds."""
    return floor(amount) if mode == "down" else half_up(amount)


def less(price: int, basis_points: int) -> Fraction:
    """A price less a percentage of it."""
    return Fraction(price * (FULL - basis_points), FULL)


def with_tax(net: int, rate: int) -> int:
    """10.00 net at 20 % is 12.00."""
    return half_up(Fraction(net * (FULL + rate), FULL))


def without_tax(gross: int, rate: int) -> int:
    """12.00 at 20 % is 10.00 net."""
    return half_up(Fraction(gross * FULL, FULL + rate))


def per(price: int, content: int, base: int) -> int:
    """What `base` of a thing costs of which `content` costs `price`: 9.90 for 750 ml is 13.20 a litre."""
    return half_up(Fraction(price * base, content))


def srp_plus_ten(cost: int, advantages: int, transport: int, tax: int) -> int:
    """The lowest price of food at the resale threshold plus 10 %: 2.00 less 5 % plus 0.05 at 5.5 % is 2.27."""
    net = Fraction(cost * (FULL - advantages), FULL) + transport
    return ceil(net * Fraction(11, 10) * Fraction(FULL + tax, FULL))


def leaving_margin(cost: int, margin: int, tax: int) -> int:
    """The lowest price with a margin rate: 1.50 at 25 % is 2.00 net."""
    return ceil(Fraction(cost * FULL, FULL - margin) * Fraction(FULL + tax, FULL))


def together(mechanic: str, price: int, value: int, quantity: int, pay: int, units: int, mode: str) -> int:
    """What so many units cost under a multibuy: 6 units of 2+1 are 4 paid."""
    groups, rest = divmod(units, quantity)
    if mechanic == "n_for_price":
        return groups * value + rest * price
    if mechanic == "n_for_m":
        return (groups * pay + rest) * price
    if mechanic == "cheapest_free":
        return (units - groups) * price
    if mechanic == "nth_unit":
        return rounded(Fraction(units * price) - Fraction(groups * price * value, FULL), mode)
    if mechanic == "tier":
        return units * (value if units >= quantity else price)
    raise ValueError(mechanic)


def ceil_of(amount: Fraction) -> int:
    """The next whole number: a price a cent below a limit is below it."""
    return ceil(amount)


def half_up_of(numerator: int, denominator: int) -> int:
    """A fraction rounded half up."""
    return half_up(Fraction(numerator, denominator))
