"""Why a price is wrong: the other price it equals exactly, or nothing."""

from collections import Counter
from dataclasses import replace

import polars as pl
import pytest
from planted_causes import Shop, faults_of, meanings, planted
from suspected import diagnosed, suspected, told

from pricewatch.engine.causes import TITLES, UNKNOWN
from pricewatch.engine.diagnose import DIAGNOSED
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


def confusion(answers: dict[str, str], named: dict[str, str]) -> str:
    """Planted causes against named ones: a line a planted cause, with how often each was named."""
    counts: dict[str, Counter[str]] = {cause: Counter() for cause in dict.fromkeys(answers.values())}
    for sku, cause in answers.items():
        counts[cause][named.get(sku, "not found")] += 1
    return "\n".join(
        f"{cause:30} {', '.join(f'{name} {times}' for name, times in found.most_common())}" for cause, found in counts.items()
    )


@pytest.mark.parametrize(("seed", "tax"), [(1, False), (2, True), (3, False)])
def test_every_planted_cause_is_named_and_no_other(seed: int, tax: bool) -> None:
    shop, answers = planted(seed, tax=tax, times=8)
    found = night(shop.world(), RULES[:1], shop.offers()).findings
    named = dict(found.select("sku", "cause").rows())
    assert named == answers, "\n" + confusion(answers, named)


def test_there_is_a_planted_fault_for_every_cause() -> None:
    assert set(faults_of(tax=False)) | set(faults_of(tax=True)) == {*TITLES, UNKNOWN}


def test_nothing_is_claimed_about_prices_drawn_from_nowhere_beyond_chance() -> None:
    """A number of 4 500 hits one of the 25 or so that mean something for its product once in 180 times: no cause comes cheaper.

    The bound is four standard deviations above what chance brings; a cause that held for what is only near is far above it.
    """
    low, high = 500, 4999
    shop, chance = Shop(seed=7), 0.0
    for _ in range(3000):
        product = shop.draw()
        chance += sum(low <= price * 100 <= high for price in meanings(product, tax=False)) / (high - low + 1)
        shop.show(product, shop.price(low, high))
    findings = night(shop.world(), RULES[:1], shop.offers()).findings
    claimed = findings.filter(pl.col("cause") != UNKNOWN)
    assert findings.height > 2990
    assert 0 < claimed.height <= chance + 4 * chance**0.5, (chance, claimed["cause"].value_counts())


def test_what_was_not_suspected_of_its_price_has_no_cause_beside_what_was() -> None:
    given = told(central(products="sku\nA1\nA2", price_list="sku  zone  list_price\nA1  Z1  12.99\nA2  Z1  5.00"))
    found = diagnosed(
        """
        sku  subject    expected  observed  detail
        A1   price      12.99     129.90    -
        A2   was_price  5.00      50.00     never charged
        A2   gtin       -         -         another product's
        A2   presence   -         -         not listed
        """,
        given,
    )
    assert found["cause"].to_list() == ["decimal_shift", UNKNOWN, UNKNOWN, UNKNOWN]
    assert found.filter(pl.col("cause") == UNKNOWN).select(pl.exclude("cause")).select(
        pl.col("cause_detail", "cause_ref", "cause_root", "cause_alternatives").is_null().all()
    ).row(0) == (True, True, True, True)


def test_nothing_suspected_is_nothing_diagnosed() -> None:
    given = told(central(products="sku\nA1", price_list="sku  zone  list_price\nA1  Z1  12.99"))
    none = suspected("sku  expected  observed\nA1  12.99  129.90").clear()
    found = diagnosed(none, given)
    assert found.is_empty()
    assert set(DIAGNOSED) <= set(found.columns)


def test_a_price_change_is_named_by_the_market_day_it_was_due() -> None:
    late, early = causes("sku  price\nA1  11.99"), causes("sku  price\nA1  13.99")
    # midnight UTC of the first of March is still February in New York
    assert (late["cause_root"], early["cause_root"]) == ("price change 2026-02-28", "price change 2026-03-19")


def test_the_end_of_an_interruption_is_a_price_change() -> None:
    interrupted = """
        sku  zone  list_price  valid_from           valid_to
        A1   Z1    11.99       2026-01-01 05:00     -
        A1   Z1    10.99       2026-03-05 05:00     {end}
    """
    over = causes("sku  price\nA1  10.99", price_list=interrupted.format(end="2026-03-09 04:00"))
    assert (over["cause"], over["cause_root"]) == ("previous_list_price", "price change 2026-03-09")
    still = causes("sku  price\nA1  11.99", price_list=interrupted.format(end="2026-03-16 04:00"))
    assert (still["cause"], still["cause_root"]) == ("previous_list_price", "price change 2026-03-05")


def test_a_coming_price_that_interrupts_nothing_is_due_when_the_present_one_ends() -> None:
    contiguous = """
        sku  zone  list_price  valid_from           valid_to
        A1   Z1    11.99       2026-01-01 05:00     -
        A1   Z1    10.99       2026-03-05 05:00     2026-03-10 04:00
        A1   Z1    8.49        2026-03-10 04:00     2026-03-17 04:00
    """
    early = causes("sku  price\nA1  11.99", price_list=contiguous)
    assert (early["cause"], early["cause_root"]) == ("next_list_price", "price change 2026-03-17")
    assert early["cause_ref"] == "price_list:2"


def test_what_goes_back_to_a_promotion_a_zone_or_a_file_says_so() -> None:
    assert causes("sku  price\nA1  9.99", promotions=ENDED)["cause_root"] == "promotion P1"
    assert causes("sku  price\nA1  12.99", promotions=RUNNING)["cause_root"] == "promotion P1"
    assert causes("sku  price\nA1  8.99", promotions=RUNNING)["cause_root"] == "promotion P2"
    assert causes("sku  price\nA1  10.49")["cause_root"] == "zone Z2"
    assert causes("sku  price\nA1  13.00")["cause_root"] is None
