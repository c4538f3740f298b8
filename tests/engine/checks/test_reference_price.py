"""The regular price against the price list in force."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, findings_of


def test_a_regular_price_off_the_price_list_is_wrong_in_either_direction():
    found = findings_of(
        "reference_price",
        """
        sku  channel  location  regular_price  list_price
        A1   store    0417      12.99          9.99
        A2   store    0417       9.98          9.99
        A3   store    0417       9.99          9.99
        """,
    )
    assert_table(
        found,
        """
        sku  location  subject        observed  expected  delta  direction
        A1   0417      regular_price  12.99     9.99      3.00   overcharge
        A2   0417      regular_price  9.98      9.99      -0.01  undercharge
        """,
    )


@pytest.mark.parametrize(("direction", "skus"), [("any", ["A1", "A2"]), ("overcharge", ["A1"]), ("undercharge", ["A2"])])
def test_the_rule_says_which_side_matters(direction, skus):
    offers = """
        sku  regular_price  list_price
        A1   10.00          9.99
        A2    9.98          9.99
        A3    9.99          9.99
    """
    assert findings_of("reference_price", offers, direction=direction)["sku"].to_list() == skus


def test_the_tolerance_met_exactly_is_right_and_both_limits_must_be_exceeded():
    found = findings_of(
        "reference_price",
        """
        sku  regular_price  list_price
        A1    10.05          10.00
        A2    10.11          10.00
        A3     0.95           0.99
        A4   100.50         100.00
        A5   101.00         100.00
        A6   101.01         100.00
        """,
        tolerance={"amount": 0.05, "percent": 1},
    )
    assert found["sku"].to_list() == ["A2", "A6"]


def test_what_is_shown_under_a_promotion_is_another_matter():
    found = findings_of(
        "reference_price",
        """
        sku  regular_price  price  list_price  expected_price
        A1   12.99           1.00  12.99       9.99
        """,
    )
    assert found.is_empty()


def test_a_channel_that_states_no_regular_price_or_has_none_decided_is_not_judged():
    found = findings_of(
        "reference_price",
        """
        sku  regular_price  price  list_price
        A1   -              12.99  9.99
        A2   12.99          12.99  -
        A3   -              -      -
        """,
    )
    assert found.is_empty()


def test_during_grace_the_former_list_price_is_right_and_nothing_else():
    found = findings_of(
        "reference_price",
        """
        sku  regular_price  list_price  tolerated_list_price
        A1   12.99          9.99        12.99
        A2   12.98          9.99        12.99
        A3    9.99          9.99        12.99
        A4   12.99          9.99        -
        """,
    )
    assert found["sku"].to_list() == ["A2", "A4"]


def test_a_finding_names_the_row_of_the_price_list_and_where_it_was_seen():
    found = findings_of(
        "reference_price",
        """
        sku  regular_price  list_price  price_row  source_ref          lines
        A1   12.99          9.99        7          tills_0417.csv:812  3
        """,
    )
    assert_table(
        found,
        """
        sku  price_row  source_ref          lines  detail
        A1   7          tills_0417.csv:812  3      -
        """,
    )
