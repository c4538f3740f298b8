"""Departments with a policy of their own: families, packs, endings, floors, zones, contents, tills, sellers, laws."""

from __future__ import annotations

from tests.proof.assortment import Maker
from tests.proof.model import Product, Version
from tests.proof.prices import leaving_margin, srp_plus_ten


def families(maker: Maker) -> None:
    """Four flavours at one price; in some families a reduction of all four."""
    versions = maker.steady(maker.price(300, 2500), alike=True)
    made = [maker.product("families", dict(versions)) for _ in range(4)]
    for each in made:
        each.facts["family"] = f"line-{maker.market.name}-{made[0].number}"
    if maker.rng.random() < 0.3:
        scope = (("category", "families"), ("where", f"family = '{made[0].fact('family')}'"))
        promotion = maker.calendar("percent", -6, 4, scope, value=1000)
        for each in made:
            each.promotions.append(promotion)


def packs(maker: Maker) -> None:
    """A single unit, and the pack of it, a little cheaper by the piece."""
    base, units = maker.price(200, 900), maker.rng.choice((4, 6, 12))
    single = maker.product("packs", maker.steady(base, alike=True))
    together = base * units * 9 // 10 + 1
    maker.product("packs", maker.steady(together, alike=True), pack_of=units, unit_sku=single.sku)


def charm(maker: Maker) -> None:
    """Prices with the endings of the policy."""
    market = maker.market
    base = maker.price(300, 4000)
    ending = base // 100 * 100 + (98 if market.digits == 0 else maker.rng.choice((95, 99)))
    maker.product("charm", maker.steady(ending, alike=True))


def floored(maker: Maker) -> None:
    """A product with limits: its own floor and ceiling, a cost that wants a margin, or the resale threshold of food.

    Some cost exactly what they must cost at least.
    """
    market, rng = maker.market, maker.rng
    base = maker.price(400, 3000)
    made = maker.product("floored", maker.steady(base, alike=True), food=False)
    if market.name == "us":
        made.facts |= {"min_price": base - base // 5, "max_price": base + base // 4, "map_price": base - base // 8}
    elif market.name == "jp":
        made.facts["cost"] = base * 6 // 10
        made.facts["least"] = leaving_margin(base * 6 // 10, 1000, made.tax)
    else:
        made.facts |= {
            "food": True, "fresh_produce": False, "cost": base * 5 // 10, "cost_advantages": 500, "cost_transport": 5,
        }  # fmt: skip
        made.facts["least"] = srp_plus_ten(base * 5 // 10, 500, 5, made.tax)
    made.facts.setdefault("least", made.fact("map_price"))
    if rng.random() < 0.3:
        made.versions = maker.steady(made.fact("least"), alike=True)


def zoned(maker: Maker) -> None:
    """Zones at most five percent above the first one."""
    base = maker.price(1500, 4000)
    prices = {zone: base + base * 2 * at // 100 for at, zone in enumerate(maker.market.zones)}
    maker.product("zoned", {zone: [Version(price, maker.market.day(-400))] for zone, price in prices.items()})


def seasoned(maker: Maker) -> None:
    """Prices that have been what they are, but for a reduction or a small change."""
    rng, market = maker.rng, maker.market
    base = maker.price(500, 4000)
    versions = maker.steady(base, alike=True)
    if rng.random() < 0.3:
        versions = {zone: [*rows, Version(base + base // 15, market.day(-3))] for zone, rows in versions.items()}
    made = maker.product("seasoned", versions)
    if rng.random() < 0.4:
        maker.promote(made, "percent", -4, 4, value=3000)


CONTENTS = (
    (750, "ml", 1000, "l"),
    (330, "ml", 1000, "l"),
    (1500, "ml", 1000, "l"),
    (400, "g", 1000, "kg"),
    (125, "g", 1000, "kg"),
)
"""Content, its unit, and how much the unit price is for, in that unit and in words."""


def measured(maker: Maker) -> None:
    """Products with a content, shown online with their unit price; some reduced."""
    content, unit, *_ = CONTENTS[maker.rng.randrange(len(CONTENTS))]
    made = maker.product("measured", maker.steady(maker.price(300, 2500)), content=content, content_unit=unit)
    if maker.rng.random() < 0.5:
        maker.promote(made, "percent", -7, 6, value=maker.rng.choice((2000, 3000)))


def tills(maker: Maker) -> None:
    """Products whose shelf label and price file are known beside what the till charges; some tills ring several units."""
    maker.product("tills", maker.steady(maker.price(300, 4000)), channels=("store",))


def sold(maker: Maker) -> None:
    """Products that we sell on the marketplace too, among other sellers; some shipped free by a promotion."""
    if not maker.market.marketplace:
        return
    channels = ("store", "web", "app", "marketplace")
    made = maker.product("sold", maker.steady(maker.price(1500, 4000)), channels=channels)
    if maker.rng.random() < 0.4:
        maker.promote(made, "free_shipping", -5, 5, channels=("marketplace",))


def capped(maker: Maker) -> None:
    """Food and other fast-moving goods in France: price cut, credit and multibuys within the caps."""
    if maker.market.name != "fr":
        return
    rng = maker.rng
    food = rng.random() < 0.5
    made = maker.product("capped", maker.steady(maker.price(400, 3000)), food=food, fast_moving=not food)
    form = rng.randrange(3)
    if form == 0:
        maker.promote(made, "percent", -6, 5, value=2000)
        maker.promote(made, "deferred_credit", -6, 5, value=1000)
    elif form == 1:
        maker.promote(made, "n_for_m", -6, 5, quantity=3, pay=2)
    else:
        maker.promote(made, "extra_quantity", -6, 5, value=2500)


def struck(maker: Maker) -> None:
    """Reduced online beside a struck-through price that was really charged; in some the prior price is a lower one."""
    rng, market = maker.rng, maker.market
    base = maker.price(600, 4000)
    versions = maker.steady(base)
    made = maker.product("struck", versions)
    if rng.random() < 0.5:
        lower = {zone: rows[0].price * 9 // 10 for zone, rows in versions.items()}
        made.versions = {
            zone: [rows[0], Version(lower[zone], market.day(-24), market.day(-18))] for zone, rows in versions.items()
        }
        made.facts["dipped"] = True
    maker.promote(made, "percent", -rng.randrange(3, 8), 6, value=rng.choice((2500, 3500)))


def gaps(maker: Maker) -> None:
    """Products without a price in the last zone, and not offered there; not listed in the app, and not offered there."""
    versions = maker.steady(maker.price(400, 3000))
    if len(maker.market.zones) > 1 and maker.rng.random() < 0.5:
        del versions[maker.market.zones[-1]]
        maker.product("gaps", versions)
    else:
        maker.product("gaps", versions, channels=("store", "web"))


def noise(maker: Maker) -> None:
    """Like staples: here wrong prices are thrown by dice, and what they are taken for is only counted."""
    base = maker.price(300, 4000)
    versions = {
        zone: [Version(price + price // 9, maker.market.day(-400)), Version(price, maker.market.day(-5))]
        for zone, price in maker.zoned(base).items()
    }
    made = maker.product("noise", versions, deposit=25 if maker.market.digits else 15)
    if maker.rng.random() < 0.3:
        maker.promote(made, "percent", -15, -5, value=1700)


def of_department(products: list[Product], *names: str) -> list[Product]:
    """The products of some departments."""
    return [each for each in products if each.department in names]
