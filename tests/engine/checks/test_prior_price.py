"""Announced reductions against the lowest price of the days before: the domain's worked examples, and what is not judged."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shown_before import history_of

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of, judged
from pricewatch.testing.judging import said_of

FLASH_SALE = """
    sku  since       price
    A1   2025-08-20  29.90
    A1   2025-09-10  24.90
    A1   2025-09-15  29.90
    A1   2025-09-25  34.90
"""
"""A webshop's autumn; on 1 October a reduction is announced: "-30 %", 24.43."""


def announced(
    was: str = "-", label: str = "-", *, price: str = "24.43", history: str = FLASH_SALE, more: str = "", **asked: object
) -> pl.DataFrame:
    """Findings for one reduction of 1 October, seen a day later; `more`: further columns, `name=value`."""
    cells = {
        "sku": "A1", "was_price": was, "promotion_label": label, "price": price, "promotion_starts_at": "2025-10-01",
        "observed_at": "2025-10-02 22:00", **dict(cell.split("=") for cell in more.split("  ") if cell),
    }  # fmt: skip
    offers = "  ".join(cells) + "\n" + "  ".join(cells.values())
    return findings_of("prior_price", offers, frames=history_of(offers, history), **asked)


def test_a_reduction_is_announced_from_the_lowest_price_of_the_thirty_days_before_it():
    """The lowest was 24.90: 34.90 is 10.00 too high, and 30 % are 28.1 points too many."""
    assert_table(
        announced("34.90", "-30 %"),
        """
        sku  subject    observed  expected  delta
        A1   was_price  34.90     24.90     10.00
        """,
    )
    assert announced("34.90", "-30 %")["detail"].item() == (
        "the lowest price in the 30 days before the reduction was 24.90, of which 24.43 is 1.9 % less: "
        "the 30.0 % announced is 28.1 points too much"
    )


def test_the_percentage_is_read_from_the_struck_through_price_where_no_label_says_it():
    assert announced("34.90")["detail"].item().endswith("the 30.0 % announced is 28.1 points too much")


def test_the_prior_price_itself_may_be_struck_through_and_any_lower_one():
    assert announced("24.90").is_empty()
    assert announced("24.50").is_empty()
    assert announced("24.91")["expected"].to_list() == [2490]


def test_the_prior_price_in_small_print_does_not_excuse_the_percentage():
    """CJEU C-330/23: the percentage itself must be computed from the prior price."""
    assert_table(announced("24.90", "-30 %"), "sku  subject          observed  expected\nA1   promotion_label  -         -")


def test_bananas_at_their_lowest_price_are_not_reduced_at_all():
    """CJEU C-330/23: 1.29, the last price was 1.69, and the lowest of thirty days 1.29."""
    history = """
        sku  since       price
        A1   2025-08-01  1.69
        A1   2025-09-08  1.29
        A1   2025-09-15  1.69
    """
    found = announced("-", "-23 %", price="1.29", history=history)
    assert found["detail"].item() == (
        "the lowest price in the 30 days before the reduction was 1.29, of which 1.29 is 0.0 % less: "
        "the 23.0 % announced is 23.0 points too much"
    )
    assert_table(announced("1.69", "-23 %", price="1.29", history=history), "sku  observed  expected\nA1   1.69      1.29")


def test_a_price_that_did_not_change_is_its_own_prior_price():
    stable = """
        sku  since       price
        A1   2025-06-01  40.00
    """
    assert announced("40.00", "-30 %", price="28.00", history=stable).is_empty()
    assert_table(announced("45.00", price="28.00", history=stable), "sku  observed  expected\nA1   45.00     40.00")


PROGRESSIVE = """
    sku  since       price   was_price
    A1   2025-03-01  100.00  -
    A1   2025-06-25  80.00   100.00
    A1   2025-07-02  70.00   100.00
"""


def third_step(label: str, was: str, history: str = PROGRESSIVE, **asked: object) -> pl.DataFrame:
    more = "promotion_starts_at=2025-07-09  observed_at=2025-07-09 22:00"
    return announced(was, label, price="50.00", history=history, more=more, **asked)


def test_of_growing_reductions_the_price_before_the_first_counts_where_the_law_says_so():
    assert third_step("-50 %", "100.00", progressive=True).is_empty()
    assert_table(third_step("-50 %", "100.00"), "sku  observed  expected\nA1   100.00    70.00")
    assert third_step("-28.6 %", "70.00").is_empty()
    assert third_step("-50 %", "70.00")["detail"].item().endswith("28.6 % less: the 50.0 % announced is 21.4 points too much")


def test_a_price_that_returned_in_between_breaks_the_chain():
    broken = PROGRESSIVE + "    A1   2025-07-05  100.00  -\n"
    found = third_step("-50 %", "100.00", broken, progressive=True)
    assert_table(found, "sku  observed  expected\nA1   100.00    70.00")
    assert found["detail"].item().startswith("the lowest price in the 30 days before the first reduction was 70.00")


def labelled(labels: list[str], **asked: object) -> list[str]:
    """Which of these labels are found beside 24.43, the prior price being 24.90: 1.888 % less."""
    offers = "sku  promotion_label  price  promotion_starts_at\n" + "\n".join(
        f"A{number:02}  {label}  24.43  2025-10-01" for number, label in enumerate(labels)
    )
    history = "sku  since  price\n" + "\n".join(f"A{number:02}  2025-06-01  24.90" for number in range(len(labels)))
    found = findings_of("prior_price", offers, frames=history_of(offers, history), **asked)
    return [labels[int(sku[1:])] for sku in found["sku"]]


def test_a_percentage_may_be_rounded_up_by_as_much_as_the_rule_allows():
    labels = ["-1,88 %", "-1,89 %", "-2 %", "-2,38 %", "-2,39 %", "-3 %"]
    assert labelled(labels) == ["-2,39 %", "-3 %"]
    assert labelled(labels, percent_tolerance=0) == labels[1:]
    assert labelled(labels, percent_tolerance="1.12") == []
    assert labelled(labels, percent_tolerance="1.11") == ["-3 %"]


def test_a_label_that_is_not_one_price_for_everybody_and_one_unit_is_not_held_against_it():
    conditions = [
        "jusqu'a -30 %", "up to 30% off", "-30 % avec la carte de fidelite", "-30 % des 2 achetes", "2+1 offert",
        "-30 % avec le code SUMMER20", "nouveau", "-30 % ou -40 %",
    ]  # fmt: skip
    assert labelled([*conditions, "-30 %"]) == ["-30 %"]


def test_what_is_no_reduction_is_not_judged():
    assert announced("24.43").is_empty()
    assert announced("19.90").is_empty()
    assert announced().is_empty()
    assert announced("34.90", "-30 %", price="-").is_empty()


def test_perishable_goods_are_exempt_where_the_law_says_so_and_the_catalogue_calls_them_so():
    assert announced("34.90", more="perishable=true", perishable="exempt").is_empty()
    assert announced("34.90", more="perishable=true").height == 1
    assert announced("34.90", more="perishable=false", perishable="exempt").height == 1
    assert announced("34.90", more="perishable=-", perishable="exempt").height == 1


NEW = """
    sku  since       price
    A1   2025-09-16  29.90
    A1   2025-09-25  34.90
"""


def unproven(offers: str, history: str, **asked: object) -> list[str]:
    kind = registry()["prior_price"]
    assert kind.unproven is not None
    rows = judged(offers)
    frames = {name: frame.lazy() for name, frame in {**history_of(offers, history), "labels": said_of(rows)}.items()}
    return kind.unproven(rows.lazy(), kind.params(**asked), **frames).collect()["sku"].to_list()


@pytest.mark.parametrize(
    ("new_goods", "launched", "found", "unknown"),
    [
        ("judge", "2025-09-16", 0, 1),
        ("since_launch", "2025-09-16", 1, 0),
        ("exempt", "2025-09-16", 0, 0),
        ("exempt", "2025-09-01", 0, 1),
        ("since_launch", "2025-09-01", 0, 1),
        ("exempt", "-", 0, 1),
    ],
)
def test_a_product_on_the_market_for_less_than_thirty_days_is_judged_as_the_rule_says(new_goods, launched, found, unknown):
    offers = f"""
        sku  was_price  price  promotion_starts_at  launched_on
        A1   34.90      24.43  2025-10-01           {launched}
    """
    assert findings_of("prior_price", offers, frames=history_of(offers, NEW), new_goods=new_goods).height == found
    assert len(unproven(offers, NEW, new_goods=new_goods)) == unknown


def test_a_reduction_that_history_does_not_reach_back_for_is_neither_right_nor_wrong():
    offers = """
        sku  seller  comparable  was_price  promotion_label  price  promotion_starts_at
        A1   -       true        99.00      -                24.43  2025-10-01
        A2   -       true        99.00      -                24.43  2025-10-01
        A3   -       true        -          -30 %            24.43  2025-10-01
        A4   -       true        -          -                24.43  2025-10-01
        A5   -       true        19.00      -                24.43  2025-10-01
        A6   Acme    false       99.00      -                24.43  2025-10-01
        A7   -       false       99.00      -                24.43  2025-10-01
    """
    history = """
        sku  since             price
        A1   2025-09-01 00:00  29.90
        A2   2025-09-01 00:01  29.90
    """
    assert findings_of("prior_price", offers, frames=history_of(offers, history))["sku"].to_list() == ["A1"]
    assert sorted(unproven(offers, history)) == ["A2", "A3"]


def test_each_shop_answers_for_its_own_prices():
    offers = """
        sku  channel  location  was_price  price  promotion_starts_at
        A1   store    0417      34.90      24.43  2025-10-01
        A1   store    0418      34.90      24.43  2025-10-01
        A1   web      -         34.90      24.43  2025-10-01
    """
    history = """
        sku  location  since       price
        A1   0417      2025-06-01  34.90
        A1   0418      2025-06-01  29.90
        A1   0418      2025-09-02  34.90
        A1   -         2025-06-01  34.90
    """
    found = findings_of("prior_price", offers, frames=history_of(offers, history))
    assert_table(found, "sku  location  observed  expected\nA1   0418      34.90     29.90")


def test_the_lawful_price_to_strike_through_is_told_once_and_not_also_the_highest_that_was_charged():
    assert registry()["prior_price"].refines == {"was_price"}


@given(st.lists(st.tuples(*(st.integers(1, most) for most in (5000, 5000, 9999))), min_size=1, max_size=40), st.integers(0, 300))
@settings(max_examples=15)
def test_a_percentage_is_overstated_exactly_where_the_prices_do_not_give_it(claims, tolerance):
    """Slow: fractions as whole numbers. What is said, less the tolerance, is more of the prior price than was saved."""
    offers, history = ["sku  price  promotion_label  promotion_starts_at"], ["sku  since  price"]
    for number, (prior, price, said) in enumerate(claims):
        offers.append(f"A{number:02}  {price / 100:.2f}  -{said / 100:.2f} %  2025-10-01")
        history.append(f"A{number:02}  2025-06-01  {prior / 100:.2f}")
    text = "\n".join(offers)
    frames = history_of(text, "\n".join(history))
    found = findings_of("prior_price", text, frames=frames, percent_tolerance=f"{tolerance / 100:.2f}")
    wrong = [
        f"A{number:02}"
        for number, (prior, price, said) in enumerate(claims)
        if max(prior - price, 0) * 10_000 < (said - tolerance) * prior
    ]
    assert found["sku"].to_list() == wrong
