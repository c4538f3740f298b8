"""What was decided: for one product in one place at one instant, by hand; and every other price that a wrong one might equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from tests.proof.markets import REMEMBERED, Market, Place
from tests.proof.model import Product, Promotion, Version
from tests.proof.prices import FULL, half_up, rounded, together

ENDED_SINCE, ANNOUNCED = timedelta(days=60), timedelta(days=14)
GROUPS = ("n_for_price", "n_for_m", "nth_unit", "cheapest_free", "tier")
CUTS = ("percent", "amount", "fixed_price", "member_price", "coupon")


@dataclass
class Decided:
    """All that is known of one product in one place at one instant; minor units, None where there is none."""

    list_price: int | None
    price: int | None
    previous: int | None = None
    next: int | None = None
    running: list[Promotion] = field(default_factory=list)
    cut: Promotion | None = None
    """A promotion that lowers the public price."""
    member: int | None = None
    ended: int | None = None
    early: int | None = None
    ended_member: int | None = None
    early_member: int | None = None
    coupon: int | None = None
    multibuy: Promotion | None = None
    group: int | None = None
    """What the multibuy's units cost together."""
    credit: int | None = None


def timeline(versions: list[Version], market: Market) -> list[tuple[datetime, int]]:
    """The list prices one after another, each with the instant from which it holds: of the versions in force, the last begun."""
    windows = [
        (market.midnight(each.starts), None if each.ends is None else market.midnight(each.ends + timedelta(days=1)), each.price)
        for each in versions
    ]
    edges = sorted({edge for start, end, _ in windows for edge in (start, end) if edge is not None})
    told: list[tuple[datetime, int]] = []
    for edge in edges:
        open_then = [(start, price) for start, end, price in windows if start <= edge and (end is None or edge < end)]
        if open_then and (not told or told[-1][1] != max(open_then)[1]):
            told.append((edge, max(open_then)[1]))
    return told


def decided(product: Product, place: Place, at: datetime) -> Decided:
    """What holds in a place at an instant."""
    market = place.market
    prices = timeline(product.versions.get(place.zone, []), market)
    now = [index for index, (since, _) in enumerate(prices) if since <= at]
    if not now:
        return Decided(None, None)
    index = now[-1]
    listed = prices[index][1]
    told = Decided(listed, listed)
    told.previous = prices[index - 1][1] if index else None
    told.next = prices[index + 1][1] if index + 1 < len(prices) else None
    mine = [each for each in product.promotions if each.is_for(place)]
    told.running = [each for each in mine if each.begins <= at < each.is_over]
    public = [each for each in told.running if each.audience == "everyone" and each.mechanic in CUTS]
    told.price = stacked(listed, public, market)
    told.cut = public[0] if public and told.price < listed else None
    for_members = [each for each in told.running if each.audience == "members" and each.mechanic in CUTS]
    if for_members:
        told.member = min(stacked(listed, [*public, *for_members], market), told.price)
    told.coupon = _cheapest(listed, [each for each in told.running if each.mechanic == "coupon"], market)
    for audience, ended, early in (("everyone", "ended", "early"), ("members", "ended_member", "early_member")):
        cuts = [each for each in mine if each.audience == audience and each.mechanic in CUTS]
        over = [each for each in cuts if each.is_over <= at and each.is_over > at - ENDED_SINCE]
        ahead = [each for each in cuts if at < each.begins <= at + ANNOUNCED]
        if over:
            setattr(told, ended, stacked(listed, [max(over, key=lambda each: each.is_over)], market))
        if ahead:
            setattr(told, early, stacked(listed, [min(ahead, key=lambda each: each.begins)], market))
    groups = [each for each in told.running if each.mechanic in GROUPS]
    if groups:
        told.multibuy = groups[0]
        told.group = due(groups[0], told.price, groups[0].quantity)
    credits = [each for each in told.running if each.mechanic == "deferred_credit"]
    if credits:
        told.credit = sum(half_up(Fraction(told.price * each.value, FULL)) for each in credits)
    return told


def due(promotion: Promotion, price: int, units: int) -> int:
    """What so many units cost under a multibuy."""
    return together(
        promotion.mechanic, price, promotion.value, promotion.quantity, promotion.pay, units, promotion.market.rounding
    )


def _cheapest(listed: int, promotions: list[Promotion], market: Market) -> int | None:
    return min((stacked(listed, [each], market) for each in promotions), default=None)


def stacked(listed: int, promotions: list[Promotion], market: Market) -> int:
    """The price of one unit under all these promotions, as the market combines them."""
    if market.stacking == "exclusive":
        return min((_in_order(listed, [each], market) for each in promotions), default=listed)
    together_ = [each for each in promotions if each.combinable]
    alone = [[each] for each in promotions if not each.combinable]
    return min(_in_order(listed, each, market) for each in [sorted(together_, key=lambda one: (one.priority, one.order)), *alone])


def _in_order(listed: int, promotions: list[Promotion], market: Market) -> int:
    reached, computed = Fraction(listed), False
    for each in promotions:
        mechanic = each.inner or each.mechanic
        before = reached
        if mechanic == "percent":
            of = Fraction(listed) if market.stacking == "additive" else reached
            reached = max(reached - of * each.value / FULL, Fraction(0))
        elif mechanic == "amount":
            reached = max(reached - each.value, Fraction(0))
        else:
            reached = min(reached, Fraction(each.value))
        if reached < before:
            computed = mechanic in ("percent", "amount")
    return rounded(reached, market.rounding) if computed else int(reached)


def changes(product: Product, place: Place) -> list[datetime]:
    """Every instant of the remembered days at which something changes for a product in a place, the first of them included."""
    first = place.observed_at - REMEMBERED
    edges = {since for since, _ in timeline(product.versions.get(place.zone, []), place.market)}
    edges |= {edge for each in product.promotions if each.is_for(place) for edge in (each.begins, each.is_over)}
    return [first, *sorted(edge for edge in edges if first < edge < place.observed_at)]
