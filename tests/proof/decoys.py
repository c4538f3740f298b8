"""Every other price that a wrong price might equal: so that a planted one means one thing only.

Written from the meaning of the causes, not from the engine: the decided price multiplied, taxed, packed, of another day, zone,
audience, promotion, product, with a part more or less, in another currency, a cent off.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from tests.proof.decide import Decided
from tests.proof.model import Offer
from tests.proof.prices import half_up, with_tax, without_tax

RATES = (500, 550, 725, 800, 1000, 2000)
"""All tax rates of the catalogue."""

Decoys = dict[str, set[int]]


def decoys(
    offer: Offer, due: int, told: Decided, elsewhere: set[int], relatives: set[int], packs: set[int], units: set[int]
) -> Decoys:
    """Amounts by the cause they would be taken for. `elsewhere`: what other zones have; `relatives`: other flavours; `packs` and
    `units`: the pack of this single unit, the single unit of this pack."""
    found: Decoys = defaultdict(set)
    _numbers(found, offer, due)
    _taxes(found, offer, due)
    pack_of = offer.product.fact("pack_of")
    if pack_of:
        found["pack_instead_of_unit"].add(due * pack_of)
        if due % pack_of == 0:
            found["unit_instead_of_pack"].add(due // pack_of)
    found["pack_instead_of_unit"] |= packs
    found["unit_instead_of_pack"] |= units
    _list_and_calendar(found, due, told)
    found["other_zones_price"] |= elsewhere
    found["item_mapping"] |= relatives
    _parts(found, offer, due)
    found["rounding"] |= {due - 1, due + 1}
    return {name: {value for value in values if value is not None and value != due} for name, values in found.items()}


def _numbers(found: Decoys, offer: Offer, due: int) -> None:
    unit = offer.place.market.unit
    for factor in sorted({unit, 10, 100, 1000} - {1}):
        name = "minor_units" if factor == unit else "decimal_shift"
        found[name].add(due * factor)
        if due % factor == 0:
            found[name].add(due // factor)


def _taxes(found: Decoys, offer: Offer, due: int) -> None:
    market, rate = offer.place.market, offer.product.tax
    plus, less = with_tax(due, rate), without_tax(due, rate)
    found["net_instead_of_gross" if market.taxed else "tax_counted_twice"].add(less)
    found["tax_counted_twice" if market.taxed else "gross_instead_of_net"].add(plus)
    for other in RATES:
        if other != rate:
            found["other_tax_rate"] |= {with_tax(due, other), without_tax(due, other)}
            if market.taxed:
                found["other_tax_rate"].add(with_tax(less, other))


def _list_and_calendar(found: Decoys, due: int, told: Decided) -> None:
    listed = told.list_price
    for name, price in (("previous_list_price", told.previous), ("next_list_price", told.next)):
        if price is not None:
            found[name].add(price)
    for name, prices in (
        ("promotion_not_ended", (told.ended, told.ended_member)),
        ("promotion_started_early", (told.early, told.early_member)),
        ("member_price_shown_to_all", (told.member,)),
        ("coupon_price_shown_to_all", (told.coupon,)),
    ):
        found[name] |= {price for price in prices if price is not None}
    if listed is not None and (told.cut or told.member or told.multibuy):
        found["promotion_not_started"].add(listed)
    if told.multibuy is not None and told.group is not None:
        count = told.multibuy.quantity
        found["mechanic_flattened"] |= {told.group // count, -(-told.group // count)}


def _parts(found: Decoys, offer: Offer, due: int) -> None:
    product, market = offer.product, offer.place.market
    if offer.shipping:
        found["landed_instead_of_item"].add(due + offer.shipping)
    step = max(market.unit // 100, 1)
    found["other_currency"].add(half_up(Fraction(due * market.rate, 10**6 * step)) * step)
    deposit, fee = product.fact("deposit"), product.fact("eco_fee")
    for name, part in (("deposit", deposit), ("eco_fee", fee), ("deposit_and_eco_fee", deposit and fee and deposit + fee)):
        if part:
            found[f"{name}_included"].add(due + part)
            found[f"{name}_left_out"].add(due - part)


def only(found: Decoys, cause: str) -> list[int]:
    """The amounts that mean this cause and none other."""
    others = set().union(*(values for name, values in found.items() if name != cause))
    return sorted(value for value in found.get(cause, ()) if value > 0 and value not in others)


def none(found: Decoys, value: int, due: int) -> bool:
    """Whether an amount means no cause at all."""
    return value > 0 and value != due and all(value not in values for values in found.values())
