"""Tomorrow's calendar: what names nothing there is, matches nothing or has no price is told with its row."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.calendar import lint_calendar, lint_prices
from pricewatch.engine.world import Central, Rule
from pricewatch.testing import assert_table, central, channel, rule, source, world

PRODUCTS = """
    sku  brand
    A1   Roma
"""
PRICES = """
    sku  zone  list_price
    A1   Z1    12.99
"""


def linted(promotions: str, *, zone: str = "Z1", refused: pl.DataFrame | None = None) -> pl.DataFrame:
    decided = central(products=PRODUCTS, price_list=PRICES, promotions=promotions)
    given = world(decided, [channel("web", zone=zone)], [source("web", "web")])
    return lint_calendar(given, tables.empty("quarantine") if refused is None else refused)


SOUND = """
    promotion  mechanic  value  sku  channels  zones  starts_at   ends_at
    P1         percent   1000   A1   web       Z1     2026-03-14  2026-03-16
"""


def test_a_sound_calendar_has_no_findings() -> None:
    assert linted(SOUND).is_empty()


def test_what_there_is_not_is_named_with_its_row() -> None:
    found = linted("""
        promotion  mechanic  value  sku  brand  channels  zones  starts_at   ends_at
        P1         percent   1000   A9   -      -         -      2026-03-14  2026-03-16
        P2         percent   1000   -    Rome   -         -      2026-03-14  2026-03-16
        P3         percent   1000   A1   -      shop      Z9     2026-03-14  2026-03-16
        P4         percent   1000   A9   -      shop      Z9     2026-03-01  2026-03-02
    """)
    assert_table(
        found,
        """
        rule                      promotion  source_ref    state
        calendar-unknown-sku      P1         promotions:2  new
        calendar-scope            P2         promotions:3  new
        calendar-unknown-channel  P3         promotions:4  new
        calendar-unknown-zone     P3         promotions:4  new
    """,
    )


def test_a_zone_in_which_nothing_has_a_price_is_told() -> None:
    found = linted(SOUND.replace("Z1", "-"), zone="Z2")
    assert found.select("rule", "zone", "severity").rows() == [("calendar-zone-without-price", "Z2", "critical")]


def test_a_refused_row_is_told_with_its_file_and_line() -> None:
    row = {"source": "calendar", "source_ref": "promotions.csv:7", "feeds": "promotions", "reason": "ends before it starts"}
    found = linted(SOUND, refused=pl.DataFrame([row], schema=tables.schema("quarantine")))
    assert found.select("rule", "source_ref", "message").rows() == [
        ("calendar-refused", "promotions.csv:7", "promotions row: ends before it starts")
    ]


def test_promotions_that_exclude_each_other_are_told_once_for_all_their_products_and_days() -> None:
    twice = SOUND + "    P2         amount    100    A1   web       Z1     2026-03-15  2026-03-20\n"
    assert_table(linted(twice), "rule  promotion  source_ref  severity\ncalendar-overlap  P2  promotions:3  minor")
    apart = SOUND + "    P2         amount    100    A1   web       Z1     2026-03-16  2026-03-20\n"
    assert linted(apart).is_empty()


def test_a_promotion_that_makes_nothing_cheaper_is_told() -> None:
    dearer = SOUND.replace("percent   1000", "fixed_price  1299")
    assert_table(linted(dearer), "rule  promotion\ncalendar-no-reduction  P1")
    assert linted(SOUND.replace("percent   1000", "fixed_price  1298")).is_empty()


def prices(text: str, zones: str = "Z1") -> pl.DataFrame:
    decided = central(products="sku  brand\nA1  Roma\nA2  Roma", price_list=text)
    channels = [channel(f"web{at}", "web", zone=zone) for at, zone in enumerate(zones.split())]
    return lint_calendar(world(decided, channels, [source("web", "web0")]), tables.empty("quarantine"))


def test_days_between_two_prices_are_a_gap_and_a_price_that_ends_without_another_too() -> None:
    found = prices("""
        sku  zone  list_price  valid_from  valid_to
        A1   Z1    1.00        2026-01-01  2026-03-16
        A1   Z1    1.10        2026-03-18  -
        A2   Z1    2.00        2026-01-01  2026-03-20
    """)
    assert found.select("rule", "sku", "source_ref").rows() == [
        ("calendar-gap", "A1", "price_list:2"),
        ("calendar-gap", "A2", "price_list:4"),
    ]
    assert found["message"].to_list() == [
        "A1 in zone Z1: the price ends on 2026-03-16 00:00 UTC, and none until 2026-03-18 00:00 UTC",
        "A2 in zone Z1: the price ends on 2026-03-20 00:00 UTC, and no other follows",
    ]


def test_a_price_that_interrupts_another_is_no_gap_but_an_overlap() -> None:
    found = prices("""
        sku  zone  list_price  valid_from  valid_to
        A1   Z1    1.00        2026-01-01  2026-06-01
        A1   Z1    0.90        2026-03-16  2026-03-18
    """)
    assert_table(found, "rule  sku  source_ref  severity\ncalendar-price-overlap  A1  price_list:2  info")


def test_products_priced_in_one_zone_and_not_in_another_are_told_by_zone() -> None:
    found = prices("sku  zone  list_price\nA1  Z1  1.00\nA2  Z1  2.00\nA1  Z2  1.00", zones="Z1 Z2")
    assert found.select("rule", "zone", "sku").rows() == [("calendar-product-without-price", "Z2", "A2")]


def test_a_price_of_a_product_that_there_is_not_is_told_with_its_row() -> None:
    found = prices("sku  zone  list_price\nA1  Z1  1.00\nA2  Z1  1.00\nX9  Z1  1.00")
    assert_table(found, "rule  sku  source_ref\ncalendar-unknown-sku  X9  price_list:4")


# --- decided prices, judged before they are shown -------------------------------------------------------------------------------

DECIDED = central(
    products="""
        sku  name    cost  tax_rate  food
        A1   Coffee  9.00  0         true
        A2   Tea     1.00  0         true
    """,
    price_list="""
        sku  zone  list_price
        A1   Z1    12.99
        A2   Z1    2.95
    """,
    promotions="""
        promotion  mechanic     value  sku  starts_at   ends_at
        BELOW      fixed_price  899    A1   2026-03-10  2026-03-20
        DEEP       fixed_price  194    A2   2026-03-10  2026-03-20
    """,
)


def priced(*rules: Rule, decided: Central = DECIDED, history: pl.DataFrame | None = None) -> tuple[pl.DataFrame, int]:
    given = world(decided, [channel("web")], [source("web", "web")], history=history)
    return lint_prices(given, rules, codes.item_codes(given), codes.place_codes(given))


def test_a_price_below_its_floor_and_one_over_the_cap_are_told_with_the_calendar_row() -> None:
    found, _ = priced(rule("price_floor", cost=True), rule("promotion_cap"), rule("expected_price"))
    assert_table(
        found,
        """
        check          sku  observed  expected  promotion  source_ref    state  location
        price_floor    A1   8.99      9.00      BELOW      promotions:2  new    -
        promotion_cap  A2   1.94      1.95      DEEP       promotions:3  new    -
        """,
    )


def test_an_announced_reduction_without_history_is_not_provable_and_never_found_right() -> None:
    found, unproven = priced(rule("prior_price"))
    assert found.is_empty()
    assert unproven == 2


def test_only_kinds_that_can_judge_a_price_nobody_was_shown_are_run() -> None:
    found, _ = priced(rule("freshness"), rule("expected_price"), rule("coverage"))
    assert found.is_empty()
