"""Departments of everyday prices: price changes, promotions of each mechanic, members, coupons, grace."""

from __future__ import annotations

from tests.proof.assortment import Maker
from tests.proof.model import Version


def staples(maker: Maker) -> None:
    """Prices that changed some days ago, change in some days, were interrupted for a while; deposits and eco-fees."""
    rng, market = maker.rng, maker.market
    versions: dict[str, list[Version]] = {}
    base, old, new = maker.price(300, 4000), rng.choice((-13, -9, 7, 12)), rng.choice((-7, 6, 11))
    changed, coming = -rng.randrange(2, 12), rng.randrange(3, 12)
    interrupted = rng.random() < 0.15
    for zone, price in maker.zoned(base).items():
        before, after = price + price * old // 100 + 1, price + price * new // 100 + 2
        if interrupted:
            begins = changed - 10
            rows = [Version(price, market.day(-400)), Version(before, market.day(begins), market.day(changed - 1))]
        else:
            rows = [Version(before, market.day(-400), market.day(-1) if rng.random() < 0.2 else None)]
            rows.append(Version(price, market.day(changed)))
        versions[zone] = [*rows, Version(after, market.day(coming))]
    made = maker.product("staples", versions)
    if rng.random() < 0.4:
        made.facts["deposit"] = rng.choice((25, 30, 55)) if market.digits else rng.choice((15, 25))
    if rng.random() < 0.4:
        made.facts["eco_fee"] = rng.choice((7, 13, 41)) if market.digits else rng.choice((3, 6))


def promoted(maker: Maker) -> None:
    """A reduction for everybody in force: percent, amount or fixed price; some stacked, some of a few stores, zones, channels."""
    rng = maker.rng
    base = maker.price(400, 4000)
    made = maker.product("promoted", maker.steady(base))
    start, end = -rng.randrange(3, 20), rng.randrange(0, 9)
    form = rng.randrange(6)
    if form == 0:
        maker.promote(made, "fixed_price", start, end, value=base * rng.choice((71, 78, 83)) // 100)
    elif form == 1:
        maker.promote(made, "amount", start, end, value=base * rng.choice((12, 17, 23)) // 100)
    else:
        maker.promote(made, "percent", start, end, value=rng.choice((1000, 1500, 2000, 2500, 3000)), priority=1)
    if form == 3:
        maker.promote(made, "amount", start, end, value=base * 7 // 100, priority=2)
        made.facts["stacked"] = True
    if form == 4:
        maker.promote(made, "percent", start, end, value=600, priority=3, combinable=False)


def leaflet(maker: Maker) -> None:
    """Products of one brand, two of them in an SQL scope, one left out by an exclusion."""
    rng, market = maker.rng, maker.market
    made = [maker.product("leaflet", maker.steady(maker.price(500, 3000))) for _ in range(4)]
    brand = f"{market.name}-leaflet-{made[0].number}"
    for at, each in enumerate(made):
        each.brand = brand
        each.facts |= {"kvi": at < 3, "clearance": at == 2}
    scope = (("brand", brand), ("category", "leaflet"), ("where", "kvi"), ("excluding", "clearance"))
    start, end = -rng.randrange(2, 12), rng.randrange(1, 9)
    promotion = maker.calendar("percent", start, end, scope, value=rng.choice((1000, 2000)))
    made[0].promotions.append(promotion)
    made[1].promotions.append(promotion)


def local(maker: Maker) -> None:
    """A reduction in one zone, or in two stores, and nowhere else."""
    rng, market = maker.rng, maker.market
    made = maker.product("local", maker.steady(maker.price(500, 3000)))
    start, end = -rng.randrange(2, 12), rng.randrange(1, 9)
    if rng.random() < 0.5:
        maker.promote(made, "percent", start, end, value=1500, zones=(market.zones[-1],), channels=("store",))
    else:
        stores = tuple(f"{market.name.upper()}{at:03}" for at in (0, 1))
        maker.promote(made, "percent", start, end, value=1500, locations=stores)


def members(maker: Maker) -> None:
    """A price for card holders: in force, ended, or not begun."""
    rng = maker.rng
    base = maker.price(500, 4000)
    made = maker.product("members", maker.steady(base))
    start, end = rng.choice(((-8, 4), (-15, -5), (5, 12), (-8, 4)))
    maker.promote(made, "member_price", start, end, value=base * rng.choice((81, 87, 91)) // 100, audience="members")


def ended(maker: Maker) -> None:
    """A reduction that ended some days ago."""
    rng = maker.rng
    made = maker.product("ended", maker.steady(maker.price(400, 4000)))
    end = -rng.randrange(2, 20)
    maker.promote(made, "percent", end - 9, end, value=rng.choice((1100, 1700, 2300)))


def coming(maker: Maker) -> None:
    """A reduction that begins in some days."""
    rng = maker.rng
    made = maker.product("coming", maker.steady(maker.price(400, 4000)))
    start = rng.randrange(2, 14)
    maker.promote(made, "percent", start, start + 9, value=rng.choice((1100, 1700, 2300)))


def multibuys(maker: Maker) -> None:
    """Several units together: 3 for 2, 3 for a price, the second at half price, the cheapest free, from 6 on cheaper."""
    rng, number = maker.rng, len(maker.products)
    base = maker.price(300, 2500)
    made = maker.product("multibuys", maker.steady(base, alike=True))
    start, end = -rng.randrange(2, 15), rng.randrange(1, 9)
    terms: tuple[dict[str, int], ...] = (
        {"quantity": 3, "pay": 2},
        {"quantity": 3, "value": base * 5 // 2},
        {"quantity": 2, "value": 5000},
        {"quantity": 3},
        {"quantity": 6, "value": base * 17 // 20},
    )
    mechanic = ("n_for_m", "n_for_price", "nth_unit", "cheapest_free", "tier")[number % 5]
    maker.promote(made, mechanic, start, end, **terms[number % 5])


def coupons(maker: Maker) -> None:
    """A reduction for those who give a code."""
    rng = maker.rng
    made = maker.product("coupons", maker.steady(maker.price(500, 4000)))
    maker.promote(made, "coupon", -5, 5, inner="percent", value=rng.choice((1300, 1900)), audience="coupon_holders")


def overnight(maker: Maker) -> None:
    """What changed at midnight of this very night: a reduction begins, or ended, or the list price is another one."""
    rng, market = maker.rng, maker.market
    base = maker.price(400, 4000)
    form = rng.randrange(3)
    versions = maker.steady(base)
    if form == 2:
        versions = {
            zone: [rows[0], Version(rows[0].price + rows[0].price // 12 + 1, market.day(0))] for zone, rows in versions.items()
        }
    made = maker.product("overnight", versions)
    if form == 0:
        maker.promote(made, "percent", 0, 6, value=1500)
    if form == 1:
        maker.promote(made, "percent", -9, -1, value=1500)


def unadvertised(maker: Maker) -> None:
    """No promotion at all: nothing here may be announced as reduced."""
    maker.product("unadvertised", maker.steady(maker.price(400, 4000)))
