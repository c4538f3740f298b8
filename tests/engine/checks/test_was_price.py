"""Struck-through prices against what was charged there before the reduction began."""

from __future__ import annotations

import polars as pl
import pytest
from shown_before import history_of

from pricewatch.engine.checks.was_price import struck_through
from pricewatch.engine.prior_prices import charged_before
from pricewatch.testing import assert_table, findings_of, judged

FLASH_SALE = """
    sku  since       price
    A1   2025-08-20  29.90
    A1   2025-09-10  24.90
    A1   2025-09-15  29.90
    A1   2025-09-25  34.90
"""
"""A webshop's autumn; on 1 October a reduction begins: 24.43."""


def struck(was: str, *, history: str = FLASH_SALE, days: int = 30, price: str = "24.43") -> pl.DataFrame:
    """Findings for one claim made on 2 October, whose promotion began on the first."""
    offers = f"""
        sku  was_price  price    promotion_starts_at  observed_at
        A1   {was}      {price}  2025-10-01           2025-10-02 22:00
    """
    return findings_of("was_price", offers, frames=history_of(offers, history), days=days)


def provable(offers: str, history: str, *, days: int = 30) -> pl.DataFrame:
    """`highest` and `proven` of each claim, as the report counts them."""
    claims = struck_through(judged(offers).lazy())
    return charged_before(claims, history_of(offers, history)["history"].lazy(), days=days).collect()


def test_a_price_charged_once_in_the_thirty_days_may_be_struck_through():
    assert struck("34.90").is_empty()
    assert struck("29.90").is_empty()


def test_a_price_never_charged_in_the_thirty_days_is_held_against_the_highest_that_was():
    assert_table(
        struck("34.91"),
        """
        sku  subject    observed  expected  delta  detail
        A1   was_price  34.91     34.90     0.01   highest price charged in the 30 days before
        """,
    )


def test_the_window_is_the_rules_own():
    assert_table(struck("34.90", days=5), "sku  observed  expected\n")  # 25 September is six days before: still in force
    earlier = """
        sku  since       price
        A1   2025-06-01  39.90
        A1   2025-08-20  29.90
    """
    assert_table(
        struck("39.90", history=earlier),
        """
        sku  expected  detail
        A1   29.90     highest price charged in the 30 days before
        """,
    )
    assert struck("39.90", history=earlier, days=60).is_empty()


def test_the_price_in_force_when_the_window_opens_counts_and_one_that_ended_then_does_not():
    changed_at_the_opening = """
        sku  since       price
        A1   2025-06-01  39.90
        A1   2025-09-01  29.90
    """
    changed_a_minute_later = """
        sku  since             price
        A1   2025-06-01 00:00  39.90
        A1   2025-09-01 00:01  29.90
    """
    assert_table(struck("39.90", history=changed_at_the_opening), "sku  expected\nA1   29.90")
    assert struck("39.90", history=changed_a_minute_later).is_empty()


def test_a_stable_price_without_any_change_in_the_window_was_charged_all_the_time():
    stable = """
        sku  since       price
        A1   2025-06-01  40.00
    """
    assert struck("40.00", history=stable).is_empty()
    assert_table(struck("45.00", history=stable), "sku  observed  expected\nA1   45.00     40.00")


def test_prices_charged_after_the_reduction_began_prove_nothing():
    raised_in_the_promotion = """
        sku  since       price
        A1   2025-06-01  29.90
        A1   2025-10-01  39.90
    """
    assert_table(struck("39.90", history=raised_in_the_promotion), "sku  expected\nA1   29.90")


@pytest.mark.parametrize(
    ("history", "proven"),
    [
        ("sku  since  price\nA1  2025-09-01 00:00  29.90", True),
        ("sku  since  price\nA1  2025-09-01 00:01  29.90", False),
        ("sku  since  price\nA1  2025-10-01 00:00  29.90", False),
        ("sku  since  price\nA1  2025-06-01 00:00  -", False),
    ],
)
def test_a_claim_that_history_does_not_reach_back_for_is_not_provable_and_not_found(history, proven):
    offers = """
        sku  was_price  price  promotion_starts_at
        A1   99.00      24.43  2025-10-01
    """
    assert provable(offers, history)["proven"].to_list() == [proven]
    assert findings_of("was_price", offers, frames=history_of(offers, history)).height == int(proven)


def test_without_any_history_nothing_is_provable_and_nothing_is_found():
    offers = """
        sku  was_price  price
        A1   99.00      24.43
        A2   -          24.43
    """
    claims = provable(offers, "sku  since  price")
    assert claims.select("sku", "highest", "proven").rows() == [("A1", None, False)]
    assert findings_of("was_price", offers).is_empty()


def test_a_was_price_that_is_not_above_the_price_is_wrong_without_any_history():
    found = findings_of(
        "was_price",
        """
        sku  was_price  price
        A1   24.43      24.43
        A2   19.99      24.43
        A3   24.44      24.43
        """,
    )
    assert_table(
        found,
        """
        sku  observed  expected  detail
        A1   24.43     24.43     the struck-through price is not above the price
        A2   19.99     24.43     the struck-through price is not above the price
        """,
    )


def test_without_a_promotion_the_reduction_began_when_the_present_price_was_first_seen():
    offers = """
        sku  was_price  price  observed_at
        A1   39.90      24.43  2025-11-20 22:00
    """
    reduced_in_november = """
        sku  since       price
        A1   2025-06-01  39.90
        A1   2025-10-01  29.90
        A1   2025-11-05  24.43
    """
    # 5 November less 30 days is 6 October: 39.90 had ended
    found = findings_of("was_price", offers, frames=history_of(offers, reduced_in_november))
    assert_table(found, "sku  observed  expected\nA1   39.90     29.90")
    assert findings_of("was_price", offers, frames=history_of(offers, reduced_in_november), days=36).is_empty()


def test_a_price_seen_tonight_for_the_first_time_began_tonight():
    offers = """
        sku  was_price  price  observed_at
        A1   39.90      24.43  2025-10-31 00:00
    """
    history = """
        sku  since       price
        A1   2025-06-01  39.90
        A1   2025-10-01  29.90
    """
    # 31 October less 30 days is 1 October, when 39.90 ended
    found = findings_of("was_price", offers, frames=history_of(offers, history))
    assert_table(found, "sku  observed  expected\nA1   39.90     29.90")
    assert findings_of("was_price", offers, frames=history_of(offers, history), days=31).is_empty()


def test_a_member_price_or_a_corrected_claim_does_not_begin_the_reduction_anew():
    offers = """
        sku  was_price  price  observed_at
        A1   39.90      24.43  2025-11-20 22:00
    """
    history = """
        sku  since       price  was_price  member_price
        A1   2025-06-01  39.90  -          -
        A1   2025-10-01  24.43  44.90      -
        A1   2025-11-05  24.43  39.90      -
        A1   2025-11-10  24.43  39.90      22.00
    """
    assert findings_of("was_price", offers, frames=history_of(offers, history)).is_empty()


def test_each_shop_answers_for_its_own_prices():
    offers = """
        sku  channel  location  was_price  price  promotion_starts_at
        A1   store    0417      34.90      24.43  2025-10-01
        A1   store    0418      34.90      24.43  2025-10-01
        A2   store    0418      34.90      24.43  2025-10-01
    """
    history = """
        sku  location  since       price
        A1   0417      2025-06-01  34.90
        A1   0418      2025-06-01  29.90
        A2   0418      2025-06-01  34.90
    """
    found = findings_of("was_price", offers, frames=history_of(offers, history))
    assert_table(found, "sku  location  observed  expected\nA1   0418      34.90     29.90")


def test_other_sellers_neither_claim_nor_prove():
    offers = """
        sku  seller  comparable  was_price  price  promotion_starts_at
        A1   Acme    false       99.00      24.43  2025-10-01
        A2   -       true        34.90      24.43  2025-10-01
    """
    history = """
        sku  seller  since       price
        A1   Acme    2025-06-01  29.90
        A2   -       2025-06-01  29.90
        A2   Acme    2025-06-01  34.90
    """
    found = findings_of("was_price", offers, frames=history_of(offers, history))
    assert_table(found, "sku  observed  expected\nA2   34.90     29.90")


def test_an_offer_that_is_not_comparable_is_not_accused():
    offers = """
        sku  comparable  was_price  price  promotion_starts_at
        A1   false       99.00      24.43  2025-10-01
        A2   false       19.00      24.43  2025-10-01
    """
    history = """
        sku  since       price
        A1   2025-06-01  29.90
    """
    assert findings_of("was_price", offers, frames=history_of(offers, history)).is_empty()


def test_a_claim_beside_no_readable_price_is_still_held_against_history():
    offers = """
        sku  was_price  price  promotion_starts_at
        A1   34.91      -      2025-10-01
    """
    assert_table(
        findings_of("was_price", offers, frames=history_of(offers, FLASH_SALE)),
        "sku  observed  expected\nA1   34.91     34.90",
    )
