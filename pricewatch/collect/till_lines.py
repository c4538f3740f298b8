"""What a till charges for one, rebuilt from a line of its log: unit price, quantity, line amount and price modifiers.

    12.99, 3 units, less 3.90 on the line          35.07 for 3, so 11.69 for one
    2.99 a kilogram, 0.42, nothing taken off       1.26 for the line, 2.99 for one kilogram
    3.99, 3 units, a multibuy takes off 1.97       10.00 for 3; one still costs 3.99
    0.60, 2 units, replaced by 0.50 for members    1.20 for everybody, 0.60 for one; 0.50 for members

The parts of a line must add up, or nothing it says is believed. Whether the line amount is meant before or after its discounts
differs between vendors, so both are tried: regular x quantity - discounts = amount, or regular x quantity = amount.

Exact `Decimal` arithmetic; amounts are in the log's unit (major or minor), rounded half up to `places` decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Meant = Literal["before_discounts", "after_discounts"]
"""What the line amount is meant to be."""

Reach = Literal["item", "several", "receipt"]
"""What a modifier is about: one product's price, several units bought together, or the whole receipt."""

EITHER: frozenset[Meant] = frozenset({"before_discounts", "after_discounts"})


class DoesNotAddUp(Exception):
    """The parts of a line contradict each other; the message says how, in numbers."""


@dataclass(frozen=True)
class Modifier:
    """One price modifier of a line. Amounts are positive where they make the line cheaper."""

    action: Literal["subtract", "add", "replace"]
    amount: Decimal | None = None
    """For the whole line; of `replace` the new price of one. None = `percent` or `new_price` says it."""
    percent: Decimal | None = None
    new_price: Decimal | None = None
    """The price of one after this modifier."""
    members: bool = False
    """For card holders only."""
    reach: Reach = "item"
    within: bool = True
    """Part of what the line states as its discount; a reward that stands beside the line is not."""


@dataclass(frozen=True)
class TillLine:
    """One sold line as the log states it."""

    regular: Decimal | None
    """Price of one in the till's price file."""
    actual: Decimal | None
    """Price of one after modifiers, where the vendor states it."""
    quantity: Decimal
    """Units or weight, above zero."""
    amount: Decimal
    discount: Decimal | None
    """What the line states to be taken off altogether; None = not stated."""
    modifiers: tuple[Modifier, ...]
    places: int
    """Decimals of the currency."""

    @property
    def counted(self) -> bool:
        """Whether its quantity is a whole number: units, not a weight."""
        return self.quantity == self.quantity.to_integral_value()

    def rounded(self, amount: Decimal) -> Decimal:
        """An amount as it can be paid."""
        return amount.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)

    def same(self, calculated: Decimal, stated: Decimal) -> bool:
        """Whether a stated amount is the calculated one; of a weight each till rounds in its own way, by less than one unit."""
        if self.counted:
            return self.rounded(calculated) == stated
        return abs(calculated - stated) < Decimal(1).scaleb(-self.places)


@dataclass(frozen=True)
class Charged:
    """What the line says about prices."""

    regular: Decimal
    one: Decimal
    """What everybody pays for one: a unit, or a kilogram of weighed goods."""
    members: Decimal | None
    """What card holders pay for one; None = the same, or not known."""
    line: Decimal | None
    """What everybody pays for all units of the line; None = a weight, or a line that a card made cheaper."""
    holds: frozenset[Meant]
    """How the line amount can be meant so that the parts add up."""


@dataclass(frozen=True)
class _Part:
    """A modifier and what it takes off the line."""

    modifier: Modifier
    amount: Decimal
    one: Decimal | None
    """The price of one after it, where that is known."""


def rebuilt(line: TillLine) -> Charged:
    """What everybody and what card holders pay for one. Raises DoesNotAddUp where the parts contradict each other."""
    regular = line.regular if line.regular is not None else line.actual
    if regular is None:
        raise DoesNotAddUp("states no unit price")
    exact = regular * line.quantity
    gross = exact if line.counted else line.amount if line.same(exact, line.amount) else line.rounded(exact)
    parts = _explained(line, _parts(line, regular, gross), exact)
    off = _stated(line, parts)
    if not off and line.actual is not None and line.actual != regular and line.same(line.actual * line.quantity, line.amount):
        # The till says which price it charged and none of the reasons.
        parts.append(_Part(Modifier("replace", line.actual), line.rounded(exact) - line.amount, line.actual))
        holds = EITHER
    else:
        holds = _meanings(line, exact, off)
        _same_actual(line, exact, parts)
    public = [part for part in parts if not part.modifier.members]
    everybody = [part for part in public if part.modifier.reach == "item"]
    cards = [part for part in parts if part.modifier.members and part.modifier.reach == "item"]
    one = _of_one(line, regular, gross, everybody)
    paid = gross - sum(part.amount for part in public if part.modifier.reach != "receipt")
    if one < 0 or paid < 0:
        raise DoesNotAddUp(f"more is taken off than the {_shown(gross)} it costs")
    members = _of_one(line, regular, gross, everybody + cards) if cards else None
    whole = line.counted and len(public) == len(parts)
    return Charged(regular, one, members, line.rounded(paid) if whole else None, holds)


def told(line: TillLine) -> str:
    """The parts of a line as a sum, for people: `3.99 x 3 = 11.97, discounts 1.97, line amount 9.50`."""
    price = line.regular if line.regular is not None else line.actual or Decimal(0)
    product = line.rounded(price * line.quantity)
    off = line.discount if line.discount is not None else _within(_parts(line, price, product))
    sides = f"{_shown(price)} x {_shown(line.quantity)} = {_shown(product)}"
    return f"{sides}, discounts {_shown(off)}, line amount {_shown(line.amount)}"


def usual(lines: Iterable[frozenset[Meant]]) -> Meant | None:
    """How line amounts are meant in a log: the meaning that holds on more of its lines; None when neither does.

    In: `Charged.holds` of lines. Lines without discounts hold either way and say nothing.
    """
    before = after = 0
    for holds in lines:
        before += "before_discounts" in holds
        after += "after_discounts" in holds
    if before == after:
        return None
    return "before_discounts" if before > after else "after_discounts"


def _parts(line: TillLine, regular: Decimal, gross: Decimal) -> list[_Part]:
    """What each modifier takes off the line, one after another: a percentage is taken of what is left."""
    parts: list[_Part] = []
    left, one = gross, regular
    for modifier in line.modifiers:
        share = None if modifier.percent is None else modifier.percent / 100 * (-1 if modifier.action == "add" else 1)
        new = modifier.amount if modifier.action == "replace" else None
        if new is None and modifier.amount is None and share is None:
            new = modifier.new_price
        if new is not None:
            amount, one = left - line.rounded(new * line.quantity), new
        elif modifier.amount is not None:
            amount = -modifier.amount if modifier.action == "add" else modifier.amount
        elif share is not None:
            amount = line.rounded(left * share)
        else:
            continue
        if new is None and share is not None:
            one -= one * share
        left -= amount
        known = new is not None or share is not None
        parts.append(_Part(modifier, amount, line.rounded(one) if known else modifier.new_price))
    return parts


def _explained(line: TillLine, parts: list[_Part], exact: Decimal) -> list[_Part]:
    """The parts, of which a bare percentage has the amount that the till made of it.

    A till may round a percentage on the line, or on each unit: 30 % off 12.99 is 27.28 or 27.27 for three. The line amount says.
    """
    bare = [place for place, part in enumerate(parts) if part.modifier.percent is not None and part.modifier.amount is None]
    if line.discount is not None or not line.counted or len(bare) != 1:
        return parts
    more = line.rounded(exact) - _within(parts) - line.amount
    if abs(more) > _unit(line) * line.quantity / 2:
        return parts
    at = bare[0]
    return [*parts[:at], replace(parts[at], amount=parts[at].amount + more), *parts[at + 1 :]]


def _stated(line: TillLine, parts: list[_Part]) -> Decimal:
    """What the line says is taken off altogether. Its modifiers must give the same; without any it is one itself."""
    stated, within = line.discount, _within(parts)
    if stated is None:
        return within
    if any(part.modifier.within for part in parts):
        items = _within([part for part in parts if part.modifier.reach != "receipt"])
        if not (line.same(within, stated) or line.same(items, stated)):
            raise DoesNotAddUp(f"its modifiers take off {_shown(within)}, its stated discount is {_shown(stated)}")
    elif stated:
        parts.append(_Part(Modifier("subtract", stated), stated, None))
    return stated


def _within(parts: list[_Part]) -> Decimal:
    """What the parts that belong to the line take off together; rewards that stand beside it do not."""
    return sum((part.amount for part in parts if part.modifier.within), Decimal(0))


def _meanings(line: TillLine, exact: Decimal, off: Decimal) -> frozenset[Meant]:
    """How the line amount can be meant: the identity test."""
    holds: set[Meant] = set()
    if line.same(exact, line.amount):
        holds.add("before_discounts")
    if line.same(exact - off, line.amount):
        holds.add("after_discounts")
    return frozenset(holds)


def _same_actual(line: TillLine, exact: Decimal, parts: list[_Part]) -> None:
    """The stated price of one after modifiers is the line before, between or after them, but for the rounding of each unit."""
    if line.actual is None:
        return
    steps = [exact]
    for part in parts:
        steps.append(steps[-1] - part.amount)
    if not any(_fits(line, line.actual, step) for step in steps):
        due = _shown(exact) if exact == steps[-1] else f"{_shown(exact)} or {_shown(steps[-1])}"
        raise DoesNotAddUp(f"its actual unit price {_shown(line.actual)} x {_shown(line.quantity)} is not {due}")


def _of_one(line: TillLine, regular: Decimal, gross: Decimal, parts: list[_Part]) -> Decimal:
    """The price of one after these parts."""
    if not parts:
        return regular
    left = gross - sum((part.amount for part in parts), Decimal(0))
    if line.counted:
        one = line.rounded(left / line.quantity)
        # A percentage is rounded once; everything else must divide over the units.
        if one * line.quantity == left or all(part.modifier.percent is not None for part in parts):
            return one
    for stated in (parts[-1].one, line.actual):
        if stated is not None and _fits(line, stated, left):
            return stated
    if line.counted:
        return regular  # what does not divide over the units was taken off all of them together: one costs what it did
    raise DoesNotAddUp(f"{_shown(left)} for {_shown(line.quantity)} is no price of one that can be told")


def _fits(line: TillLine, one: Decimal, left: Decimal) -> bool:
    """Whether this price of one makes that line amount, but for the rounding of each unit."""
    slack = line.quantity / 2 if line.counted else max(line.quantity, Decimal(1))
    return abs(one * line.quantity - left) <= _unit(line) * slack


def _unit(line: TillLine) -> Decimal:
    """The smallest amount that can be paid."""
    return Decimal(1).scaleb(-line.places)


def _shown(number: Decimal) -> str:
    """A number as people write it, without an exponent."""
    return f"{number:f}"
