"""Tills against shelf labels, price files and decisions."""

from __future__ import annotations

import pytest

from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, remembered, rule, source, world

TILLS = """
    sku  channel  location  surface  price  label_price  file_price  expected_price
    A1   store    0417      till     9.99   9.99         9.99        9.99
    A2   store    0417      till     10.99  9.99         10.99       10.99
    A3   store    0417      till     10.99  10.99        9.99        10.49
    A4   store    0417      till     10.99  10.99        10.99       9.99
    A5   store    0417      till     8.99   9.99         9.99        9.99
    A6   store    0417      till     9.99   -            -           -
    A7   store    0417      label    9.99   9.99         8.99        8.99
"""


def test_the_lowest_price_that_was_promised_counts_and_is_named():
    assert_table(
        findings_of("scan_accuracy", TILLS),
        """
        sku  subject  observed  expected  direction    detail
        A2   price    10.99     9.99      overcharge   large overcharge against the shelf label
        A3   price    10.99     9.99      overcharge   large overcharge against the price file
        A4   price    10.99     9.99      overcharge   large overcharge against the decided price
        A5   price    8.99      9.99      undercharge  undercharge against the shelf label
        """,
    )


def test_only_what_the_rule_names_is_held_against_the_till():
    assert findings_of("scan_accuracy", TILLS, against=["decided"])["sku"].to_list() == ["A3", "A4", "A5"]
    assert findings_of("scan_accuracy", TILLS, against=["label", "price_file"])["sku"].to_list() == ["A2", "A3", "A5"]
    with pytest.raises(ValueError, match="at least 1 item"):
        rule("scan_accuracy", against=[])


def test_tolerance_and_direction():
    assert findings_of("scan_accuracy", TILLS, direction="undercharge")["sku"].to_list() == ["A5"]
    assert findings_of("scan_accuracy", TILLS, direction="overcharge")["sku"].to_list() == ["A2", "A3", "A4"]
    assert findings_of("scan_accuracy", TILLS, tolerance={"amount": "1.00"}).is_empty()
    assert findings_of("scan_accuracy", TILLS, tolerance={"amount": "0.99"}).height == 4


LARGE = """
    sku  surface  price  label_price
    A1   till     2.74   2.50
    A2   till     2.75   2.50
    A3   till     2.76   2.51
    A4   till     2.77   2.51
    A5   till     10.99  10.00
    A6   till     11.00  10.00
    A7   till     1.00   10.00
"""


def test_a_large_overcharge_is_25_cents_up_to_2_50_and_10_percent_above():
    """New York AGM 197-b, both sides of each threshold."""
    assert_table(
        findings_of("scan_accuracy", LARGE, large_only=True),
        """
        sku  observed  expected  detail
        A2   2.75      2.50      large overcharge against the shelf label
        A4   2.77      2.51      large overcharge against the shelf label
        A6   11.00     10.00     large overcharge against the shelf label
        """,
    )
    assert findings_of("scan_accuracy", LARGE)["detail"].str.starts_with("large").sum() == 3


def test_what_is_large_is_the_rules():
    large = {"amount": "0.24", "cheap_up_to": "2.51", "percent": 11}
    assert findings_of("scan_accuracy", LARGE, large_only=True, large=large)["sku"].to_list() == ["A1", "A2", "A3", "A4"]


def test_a_till_in_its_grace_is_held_against_the_label_but_not_against_the_new_decision():
    offers = """
        sku  surface  price  label_price  expected_price  tolerated_price
        A1   till     9.99   -            8.99            9.99
        A2   till     9.99   9.99         8.99            9.99
        A3   till     9.99   8.99         8.99            9.99
        A4   till     9.98   -            8.99            9.99
    """
    assert_table(
        findings_of("scan_accuracy", offers),
        """
        sku  observed  expected  detail
        A3   9.99      8.99      large overcharge against the shelf label
        A4   9.98      8.99      large overcharge against the decided price
        """,
    )


def test_a_regular_price_is_held_against_the_list_price():
    offers = """
        sku  surface  price  regular_price  list_price  tolerated_list_price  expected_price
        A1   till     9.99   12.99          12.99       -                     9.99
        A2   till     9.99   13.99          12.99       -                     9.99
        A3   till     9.99   13.99          12.99       13.99                 9.99
    """
    assert_table(
        findings_of("scan_accuracy", offers, charged="regular_price"),
        "sku  subject        observed  expected\nA2   regular_price  13.99     12.99",
    )


def test_a_line_of_several_units_is_held_against_as_many_times_the_price():
    offers = """
        sku  surface  price  quantity  paid   label_price  expected_price  multibuy_row
        A1   till     3.00   3         9.00   3.00         3.00            -
        A2   till     3.00   3         9.30   3.00         3.10            -
        A3   till     3.00   3         10.00  3.99         3.99            7
        A4   till     3.00   -         -      2.00         3.00            -
    """
    assert_table(
        findings_of("scan_accuracy", offers, charged="paid"),
        "sku  subject  observed  expected  detail\nA2   paid     9.30      9.00      overcharge against the shelf label",
    )


def test_other_sellers_and_other_currencies_are_not_judged():
    offers = """
        sku  surface  seller  comparable  price  label_price
        A1   till     Acme    false       9.99   1.00
        A2   till     -       false       9.99   1.00
    """
    assert findings_of("scan_accuracy", offers).is_empty()


DECIDED = central(products="sku\nA1", price_list="sku  zone  list_price\nA1  Z1  10.99", locations="location  zone\n0417  Z1")
SOURCES = [source("tills", "store", surface="till"), source("labels", "store", surface="label")]


def store(label: str | None, till: str):
    rows = f"source  sku  location  price\ntills   A1   0417  {till}"
    return raw(rows if label is None else f"{rows}\nlabels  A1   0417  {label}")


@pytest.mark.parametrize(("label", "state"), [("10.99", "resolved"), (None, "unverified"), ("9.99", "open")])
def test_through_the_engine_what_was_wrong_against_a_label_is_right_only_against_a_label(label, state):
    given = world(DECIDED, [channel("store")], SOURCES)
    rules = [rule("scan_accuracy", against=["label", "decided"])]
    first = night(given, rules, store("9.99", "10.99"))
    message = "store 0417 charges 10.99 where 9.99 was promised: large overcharge against the shelf label"
    assert first.findings.select("message", "state").rows() == [(message, "new")]
    assert night(given, rules, store(label, "10.99"), memory=remembered(first)).findings["state"].to_list() == [state]
