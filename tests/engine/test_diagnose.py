"""Why a price is wrong: the other price it equals exactly, or nothing."""

import random
from dataclasses import replace

import polars as pl
import pytest

from pricewatch.engine.causes import UNKNOWN
from pricewatch.engine.world import Central
from pricewatch.testing import central, channel, night, raw, rule, source, world

PRODUCTS = "sku  tax_rate\nA1  2000"
SOURCES = [source("web", "web", surface="html"), source("tills", "store", surface="till")]
RULES = [
    rule("expected_price"),
    rule("expected_price", id="members", audience="members"),
    rule("reference_price"),
    rule("promotion_missing"),
    rule("promotion_stale"),
    rule("promotion_stale", id="stale-members", audience="members"),
]
VERSIONS = """
    sku  zone  list_price  valid_from
    A1   Z1    11.99       2026-01-01
    A1   Z1    12.99       2026-03-01
    A1   Z1    13.99       2026-03-20
    A1   Z2    10.49       2026-01-01
"""
STORES = "location  zone\n0417  Z1\n0500  Z2"


def causes(shown: str, *, price_list: str = VERSIONS, promotions: str | None = None, tax: bool = False) -> dict[str, object]:
    """The only finding among what the web shows, as a row."""
    text = {"products": PRODUCTS, "locations": STORES, "price_list": price_list}
    given = world(
        central(**text, **({"promotions": promotions} if promotions else {})),
        [channel("web"), channel("store")],
        [declared.with_columns(tax_included=pl.lit(tax)) for declared in SOURCES],
    )
    given = replace(given, markets=given.markets.with_columns(tax_included=pl.lit(tax)))
    (found,) = night(given, RULES, raw(shown)).findings.to_dicts()
    return found


RUNNING = """
    promotion  mechanic      value  sku  audience  starts_at   ends_at
    P1         fixed_price   999    A1   everyone  2026-03-01  2026-04-01
    P2         member_price  899    A1   members   2026-03-01  2026-04-01
"""
ENDED = """
    promotion  mechanic      value  sku  audience  starts_at   ends_at
    P1         fixed_price   999    A1   everyone  2026-02-01  2026-03-02
    P2         member_price  899    A1   members   2026-02-01  2026-03-02
"""


@pytest.mark.parametrize(
    ("shown", "promotions", "cause", "detail", "ref"),
    [
        ("1.29", None, UNKNOWN, None, None),
        ("129.90", None, "decimal_shift", "129.90 is the decided price with its decimal point moved", None),
        (
            "1299",
            None,
            "minor_units",
            "1299.00 is 100 times the decided price: minor units taken for whole ones",
            None,
        ),
        ("12990.00", None, "decimal_shift", "12990.00 is the decided price with its decimal point moved", None),
        (
            "11.99",
            None,
            "previous_list_price",
            "11.99 is the list price before the last change: the change has not arrived",
            "price_list:2",
        ),
        ("13.99", None, "next_list_price", "13.99 is the next list price: it was published early", "price_list:4"),
        ("10.49", None, "other_zones_price", "10.49 is the price of zone Z2", "price_list:5"),
        ("13.00", None, "rounding", "one minor unit off: rounded at another point, or one line of a multi-buy", None),
        ("12.34", None, UNKNOWN, None, None),
        ("9.99", ENDED, "promotion_not_ended", "9.99 is the price of a promotion that has ended", "promotions:2"),
        ("12.99", RUNNING, "promotion_not_started", "12.99 is the list price, and a promotion is in force", "promotions:2"),
        ("8.99", RUNNING, "member_price_shown_to_all", "8.99 is the price for card holders", "promotions:3"),
    ],
)
def test_a_cause_is_the_price_that_the_wrong_one_equals(
    shown: str, promotions: str | None, cause: str, detail: str | None, ref: str | None
) -> None:
    found = causes(f"sku  price\nA1  {shown}", promotions=promotions)
    assert (found["cause"], found["cause_detail"], found["cause_ref"]) == (cause, detail, ref)


def test_the_price_list_issued_anew_each_week_has_its_last_change_behind_the_repetitions() -> None:
    weekly = """
        sku  zone  list_price  valid_from
        A1   Z1    11.99       2026-02-20
        A1   Z1    12.99       2026-02-27
        A1   Z1    12.99       2026-03-06
        A1   Z1    12.99       2026-03-13
        A1   Z1    12.99       2026-03-20
        A1   Z1    13.99       2026-03-27
    """
    late, early = causes("sku  price\nA1  11.99", price_list=weekly), causes("sku  price\nA1  13.99", price_list=weekly)
    assert (late["cause"], late["cause_ref"]) == ("previous_list_price", "price_list:2")
    assert (early["cause"], early["cause_ref"]) == ("next_list_price", "price_list:7")
    missing = causes("sku  price\nA1  12.99", price_list=weekly, promotions=RUNNING)
    assert missing["cause"] == "promotion_not_started"


def test_an_ended_member_price_that_is_still_given_is_told_as_such() -> None:
    found = causes("sku  price  member_price\nA1  12.99  8.99", promotions=ENDED)
    assert (found["cause"], found["cause_ref"]) == ("promotion_not_ended", "promotions:3")


def test_net_is_told_where_gross_is_decided_and_gross_where_net_is() -> None:
    net = causes("sku  price\nA1  10.83", tax=True)
    assert (net["cause"], net["cause_detail"]) == ("net_instead_of_gross", "10.83 is the decided price without 20.0 % tax")
    gross = causes("sku  price\nA1  15.59")
    assert (gross["cause"], gross["cause_detail"]) == ("gross_instead_of_net", "15.59 is the decided price plus 20.0 % tax")


def test_the_first_cause_of_the_table_is_told_and_the_others_are_its_alternatives() -> None:
    price_list = (
        "sku  zone  list_price  valid_from\nA1  Z1  9.99  2026-01-01\nA1  Z1  12.99  2026-03-01\nA1  Z2  9.99  2026-01-01"
    )
    found = causes("sku  price\nA1  9.99", price_list=price_list, promotions=ENDED)
    assert found["cause"] == "previous_list_price"
    assert found["cause_alternatives"] == "promotion_not_ended, other_zones_price"


def test_what_is_not_about_a_price_has_no_cause() -> None:
    decided = central(products="sku  gtin\nA1  00036000291452", price_list="sku  zone  list_price\nA1  Z1  12.99")
    given = world(decided, [channel("web")], SOURCES[:1])
    (found,) = night(given, [rule("identifier")], raw("sku  price  gtin\nA1  12.99  96385074")).findings.to_dicts()
    assert (found["cause"], found["cause_detail"], found["cause_ref"]) == (UNKNOWN, None, None)


def noise(products: int, seed: int) -> tuple[Central, str]:
    """Products with two versions, two zones and an ended promotion each, and offers of prices drawn from nowhere."""
    dice = random.Random(seed)

    def price() -> str:
        return f"{dice.randint(100, 4999) / 100:.2f}"

    skus = [f"S{number:04}" for number in range(products)]
    versions = [
        f"{sku}  {zone}  {price()}  {day}" for sku in skus for zone in ("Z1", "Z2") for day in ("2026-01-01", "2026-03-01")
    ]
    calendar = [f"P{sku}  fixed_price  {dice.randint(100, 4999)}  {sku}  2026-02-01  2026-03-02" for sku in skus]
    decided = central(
        products="\n".join(["sku  tax_rate", *(f"{sku}  2000" for sku in skus)]),
        locations=STORES,
        price_list="\n".join(["sku  zone  list_price  valid_from", *versions]),
        promotions="\n".join(["promotion  mechanic  value  sku  starts_at  ends_at", *calendar]),
    )
    return decided, "\n".join(["sku  price", *(f"{sku}  {price()}" for sku in skus)])


def test_nearly_nothing_is_claimed_about_prices_drawn_from_nowhere() -> None:
    """Five other prices among 4 900 possible ones, and a cent either side: chance alone explains about one in 700."""
    decided, shown = noise(2000, seed=7)
    findings = night(world(decided, [channel("web"), channel("store")], SOURCES), [rule("expected_price")], raw(shown)).findings
    claimed = findings.filter(pl.col("cause") != UNKNOWN)
    assert findings.height > 1980
    assert claimed.height <= findings.height // 200, claimed["cause"].value_counts()
