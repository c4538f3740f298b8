"""Prices that nobody meant: far from the own past or from other places, shifted, zero, placeholders."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from shown_before import history_of

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, rule, source, world


def found(offers: str, past: str, **params: object) -> pl.DataFrame:
    return findings_of("outlier", offers, frames=history_of(offers, past), **params)


PAST = """
    sku  since       price
    C1   2026-01-01  10.00
    C2   2026-01-01  10.00
    C3   2026-01-01  20.00
    C4   2026-01-01  20.00
    D1   2026-01-01  40.00
    D2   2026-01-01  40.00
    D3   2026-01-01  20.01
    U1   2026-01-01  10.00
    U2   2026-01-01  10.00
"""
GROSS = """
    sku  price
    C1   5.00
    C2   4.99
    C3   10.00
    C4   9.99
    D1   32.00
    D2   31.99
    D3   16.00
    U1   20.00
    U2   20.01
"""


def test_gross_errors_are_below_half_up_to_20_and_more_than_20_percent_below_above_that():
    """Massachusetts 940 CMR 3.13, both sides of each threshold; and more than twice the usual price."""
    assert_table(
        found(GROSS, PAST),
        """
        sku  subject  observed  expected  detail
        C2   price    4.99      10.00     far below the usual price (median of 30 days)
        C4   price    9.99      20.00     far below the usual price (median of 30 days)
        D2   price    31.99     40.00     far below the usual price (median of 30 days)
        D3   price    16.00     20.01     far below the usual price (median of 30 days)
        U2   price    20.01     10.00     far above the usual price (median of 30 days)
        """,
    )


def test_the_thresholds_are_the_rules():
    asked = found(GROSS, PAST, cheap_up_to=10, below_percent_cheap=60, below_percent="20.05", above_percent=99)
    assert asked["sku"].to_list() == ["C3", "C4", "U1", "U2"]


def test_a_decimal_sign_in_the_wrong_place_is_named():
    past = "sku  since       price\n" + "\n".join(f"S{i}  2026-01-01  12.50" for i in range(1, 7))
    offers = """
        sku  price
        S1   125.00
        S2   1.25
        S3   1250.00
        S4   12500.00
        S5   12.50
        S6   0.13
    """
    assert_table(
        found(offers, past, above_percent=5000),
        """
        sku  observed  detail
        S1   125.00    ten times the usual price (median of 30 days)
        S2   1.25      a tenth of the usual price (median of 30 days)
        S3   1250.00   a hundred times the usual price (median of 30 days)
        S4   12500.00  a thousand times the usual price (median of 30 days)
        S6   0.13      far below the usual price (median of 30 days)
        """,
    )


def test_zero_and_placeholders_need_no_past():
    offers = """
        sku  price
        P1   0.00
        P2   9999.00
        P3   9999.99
        P4   99.99
        P5   9998.00
    """
    assert_table(
        found(offers, "sku  since  price"),
        """
        sku  observed  expected  detail
        P1   0.00      -         no price at all
        P2   9999.00   -         filled in where no price was known
        P3   9999.99   -         filled in where no price was known
        """,
    )
    assert found(offers, "sku  since  price", placeholders=[Decimal("9998")])["sku"].to_list() == ["P1", "P5"]


def test_what_has_always_cost_9999_costs_9999():
    offers = "sku  price\nP1   9999.00\nP2   9999.00"
    past = "sku  since       price\nP1   2026-01-01  9999.00\nP2   2026-01-01  199.00"
    assert_table(found(offers, past), "sku  observed  expected\nP2   9999.00   199.00")


def test_a_product_whose_price_swings_by_habit_is_judged_by_its_own_spread():
    """Usual 10.00, spread 2.00 (MAD): 4.90 is below half, but less than three spreads away."""
    past = """
        sku  since       price
        W1   2026-02-11  6.00
        W1   2026-02-17  8.00
        W1   2026-02-23  10.00
        W1   2026-03-01  12.00
        W1   2026-03-07  14.00
    """
    offers = "sku  price\nW1   4.90"
    assert found(offers, past, times_mad=3).is_empty()
    assert_table(found(offers, past, times_mad=2), "sku  observed  expected\nW1   4.90      10.00")


def test_too_short_a_past_says_nothing_about_what_is_usual():
    past = "sku  since       price\nA1   2026-03-09  10.00"
    assert found("sku  price\nA1   1.00", past, at_least=5).is_empty()
    assert found("sku  price\nA1   1.00", past, at_least=4).height == 1


def test_last_years_price_is_no_longer_usual():
    past = "sku  since       price\nA1   2025-01-01  1.00\nA1   2026-02-01  10.00"
    assert_table(found("sku  price\nA1   1.00", past), "sku  observed  expected\nA1   1.00      10.00")


def test_a_clearance_and_a_promotion_in_force_may_be_far_below_and_nothing_may_be_far_above():
    past = "sku  since  price\n" + "\n".join(f"{sku}  2026-01-01  10.00" for sku in ("A1", "A2", "A3", "A4", "A5", "A6"))
    offers = """
        sku  price  expected_price  promotion_row  clearance
        A1   2.00   -               -              true
        A2   2.00   2.00            7              -
        A3   2.00   2.00            -              -
        A4   2.00   3.00            7              -
        A5   30.00  -               -              true
        A6   0.00   -               -              true
    """
    assert found(offers, past)["sku"].to_list() == ["A3", "A4", "A5", "A6"]
    assert found(offers, past, clearance="judge")["sku"].to_list() == ["A1", "A3", "A4", "A5", "A6"]


PLACES = """
    sku  channel  location  price
    A1   store    1         9.99
    A1   store    2         9.99
    A1   store    3         10.49
    A1   store    4         0.99
    A1   web      -         0.99
    A2   store    1         9.99
    A2   store    2         0.99
"""


def test_peers_are_the_places_of_the_same_channel_kind():
    assert_table(
        findings_of("outlier", PLACES, against="peers", at_least=4),
        """
        sku  channel  location  observed  expected  detail
        A1   store    4         0.99      9.99      far below the usual price (median of 4 places)
        """,
    )
    assert findings_of("outlier", PLACES, against="peers", at_least=5).is_empty()


def test_fewer_than_three_prices_never_say_what_is_usual():
    with pytest.raises(ValueError, match="greater than or equal to 3"):
        rule("outlier", at_least=2)


def test_other_sellers_and_other_currencies_are_not_judged():
    offers = """
        sku  seller  comparable  price
        A1   Acme    false       0.00
        A2   -       false       0.00
        A3   -       true        -
    """
    assert found(offers, "sku  since  price").is_empty()


def test_through_the_engine_a_price_list_that_is_wrong_itself_is_found_against_the_past():
    decided = central(products="sku\nA1", price_list="sku  zone  list_price\nA1  Z1  0.99")
    offers = "sku  price\nA1   0.99"
    given = world(
        decided,
        [channel("web", role="leader")],
        [source("web", "web")],
        history=history_of(offers, "sku  since       price\nA1   2026-02-01  9.90")["history"],
    )
    assert_table(
        night(given, [rule("outlier")], raw(offers)).findings,
        """
        sku  observed  expected  direction    message
        A1   0.99      9.90      undercharge  web shows 0.99 where 9.90 is usual; a tenth of the usual price (median of 30 days)
        """,
    )
