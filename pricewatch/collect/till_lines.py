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


def rebuilt(line: TillLine) -> Charged:
    """What everybody and what card holders pay for one. Raises DoesNotAddUp where the parts contradict each other."""
    regular = line.regular if line.regular is not None else line.actual
    if regular is None:
        raise DoesNotAddUp("states no unit price")
    exact = regular * line.quantity
    gross = exact if line.counted else line.amount if line.same(exact, line.amount) else line.rounded(exact)
    taken = _taken(line, regular, gross)
    within = sum((amount for modifier, amount in taken if modifier.within), Decimal(0))
    stated = line.discount
    if stated is not None and any(modifier.within for modifier, _ in taken):
        items = sum((amount for modifier, amount in taken if modifier.within and modifier.reach != "receipt"), Decimal(0))
        if not (line.same(within, stated) or line.same(items, stated)):
            raise DoesNotAddUp(f"its modifiers take off {_shown(within)}, its stated discount is {_shown(stated)}")
    elif stated:
        taken.append((Modifier("subtract", stated), stated))
    off = within if stated is None else stated
    if not off and line.actual is not None and line.actual != regular and line.same(line.actual * line.quantity, line.amount):
        # The till says the price of one that it charged and none of the reasons.
        taken.append((Modifier("replace", line.actual, new_price=line.actual), line.rounded(exact) - line.amount))
        holds = EITHER
    else:
        holds = _meanings(line, exact, off)
        _same_actual(line, exact, [amount for _, amount in taken])
    everybody = [part for part in taken if not part[0].members and part[0].reach == "item"]
    one = _of_one(line, regular, gross, everybody)
    cards = [part for part in taken if part[0].members and part[0].reach == "item"]
    paid = gross - sum(amount for modifier, amount in taken if not modifier.members and modifier.reach != "receipt")
    plain = line.counted and not any(modifier.members for modifier, _ in taken)
    if one < 0 or paid < 0:
        raise DoesNotAddUp(f"more is taken off than the {_shown(gross)} it costs")
    members = _of_one(line, regular, gross, everybody + cards) if cards else None
    return Charged(regular, one, members, line.rounded(paid) if plain else None, holds)


def told(line: TillLine) -> str:
    """The parts of a line as a sum, for people: `3.99 x 3 = 11.97, discounts 1.97, line amount 9.50`."""
    price = line.regular if line.regular is not None else line.actual or Decimal(0)
    taken = _taken(line, price, line.rounded(price * line.quantity))
    off = line.discount if line.discount is not None else sum((amount for part, amount in taken if part.within), Decimal(0))
    product = line.rounded(price * line.quantity)
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


def _taken(line: TillLine, regular: Decimal, gross: Decimal) -> list[tuple[Modifier, Decimal]]:
    """Each modifier with what it takes off the line, one after another: a percentage is taken of what is left."""
    taken: list[tuple[Modifier, Decimal]] = []
    left, one = gross, regular
    for modifier in line.modifiers:
        share = modifier.percent / 100 if modifier.percent is not None else None
        if share is not None and modifier.action == "add":
            share = -share
        new = modifier.amount if modifier.action == "replace" else None
        if new is None and modifier.amount is None and share is None:
            new = modifier.new_price
        if new is not None:
            amount = left - line.rounded(new * line.quantity)
            one = new
        elif modifier.amount is not None:
            amount = -modifier.amount if modifier.action == "add" else modifier.amount
            one -= one * (share or 0)
        elif share is not None:
            amount = line.rounded(left * share)
            one -= one * share
        else:
            continue
        left -= amount
        known = new is not None or share is not None
        taken.append((replace(modifier, new_price=line.rounded(one) if known else modifier.new_price), amount))
    return taken


def _meanings(line: TillLine, exact: Decimal, off: Decimal) -> frozenset[Meant]:
    """How the line amount can be meant: the identity test."""
    holds: set[Meant] = set()
    if line.same(exact, line.amount):
        holds.add("before_discounts")
    if line.same(exact - off, line.amount):
        holds.add("after_discounts")
    return frozenset(holds)


def _same_actual(line: TillLine, exact: Decimal, taken: list[Decimal]) -> None:
    """The stated price of one after modifiers is the line before, between or after them, but for the rounding of one unit."""
    if line.actual is None:
        return
    unit = Decimal(1).scaleb(-line.places)
    slack = unit * line.quantity / 2 if line.counted else unit * max(line.quantity, Decimal(1))
    left, steps = exact, [exact]
    for amount in taken:
        left -= amount
        steps.append(left)
    if not any(abs(line.actual * line.quantity - step) <= slack for step in steps):
        due = _shown(exact) if exact == left else f"{_shown(exact)} or {_shown(left)}"
        raise DoesNotAddUp(f"its actual unit price {_shown(line.actual)} x {_shown(line.quantity)} is not {due}")


def _of_one(line: TillLine, regular: Decimal, gross: Decimal, taken: list[tuple[Modifier, Decimal]]) -> Decimal:
    """The price of one after these modifiers."""
    if not taken:
        return regular
    left = gross - sum((amount for _, amount in taken), Decimal(0))
    if line.counted:
        one = left / line.quantity
        if line.rounded(one) * line.quantity == left:
            return line.rounded(one)
        if all(modifier.percent is not None for modifier, _ in taken):
            return line.rounded(one)  # the percentage is rounded once, on the line
    last = taken[-1][0].new_price
    for stated in (last, line.actual):
        if stated is not None and _fits(line, stated, left):
            return stated
    if line.counted:
        return regular  # what does not divide over the units was taken off all of them together: one costs what it did
    raise DoesNotAddUp(f"{_shown(left)} for {_shown(line.quantity)} is no price of one that can be told")


def _fits(line: TillLine, one: Decimal, left: Decimal) -> bool:
    """Whether this price of one makes that line amount, but for the rounding of each unit."""
    unit = Decimal(1).scaleb(-line.places)
    return abs(one * line.quantity - left) <= unit * max(line.quantity, Decimal(1))


def _shown(number: Decimal) -> str:
    """A number as people write it, without an exponent."""
    return f"{number:f}"
