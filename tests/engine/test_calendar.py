"""Tomorrow's calendar: what names nothing there is, matches nothing or has no price is told with its row."""

from __future__ import annotations

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.calendar import lint_calendar
from pricewatch.testing import assert_table, central, channel, source, world

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
