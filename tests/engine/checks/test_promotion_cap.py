"""All advantages of a product, taken together, against the legal cap."""

from __future__ import annotations

import pytest

from pricewatch.engine.checks import registry
from pricewatch.engine.checks.promotion_cap import PromotionCap, of_unknown_kind
from pricewatch.testing import assert_table, findings_of, judged


def over_the_cap(offers: str, **params):
    return findings_of("promotion_cap", offers, **params)


def test_the_least_price_of_2_95_is_1_95_for_food_rounded_up():
    found = over_the_cap(
        """
        sku  food  price  list_price  promotion_row
        A1   true  1.95   2.95        4
        A2   true  1.94   2.95        4
        """
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected  direction    promotion_row
        A2   price    1.94      1.95      undercharge  4
        """,
    )
    assert found["detail"].to_list() == ["34.24 % in all, the cap for food is 34 %: 1.94 instead of 2.95"]


@pytest.mark.parametrize(("food", "fast_moving", "found"), [("true", "-", ["B"]), ("false", "true", []), ("-", "true", [])])
def test_food_may_give_34_percent_and_other_fast_moving_goods_40(food, fast_moving, found):
    offers = f"""
        sku  food    fast_moving    price  list_price
        A    {food}  {fast_moving}  6.60   10.00
        B    {food}  {fast_moving}  6.59   10.00
        C    {food}  {fast_moving}  10.00  10.00
    """
    assert over_the_cap(offers)["sku"].to_list() == found


def test_fast_moving_goods_may_not_give_more_than_40_percent():
    found = over_the_cap(
        """
        sku  food   fast_moving  price  list_price
        A    false  true         6.00   10.00
        B    false  true         5.99   10.00
        C    -      true         5.99   10.00
        """
    )
    assert_table(
        found,
        """
        sku  observed  expected
        B    5.99      6.00
        C    5.99      6.00
        """,
    )


def test_a_cap_is_a_parameter_for_each_kind_of_goods():
    offers = """
        sku  food   fast_moving  price  list_price
        A    true   -            7.99   10.00
        B    false  true         6.99   10.00
    """
    assert over_the_cap(offers).is_empty()
    assert over_the_cap(offers, food_percent=20)["sku"].to_list() == ["A"]
    assert over_the_cap(offers, food_percent="20.10").is_empty()
    assert over_the_cap(offers, fast_moving_percent=30)["sku"].to_list() == ["B"]


def test_goods_of_neither_kind_have_no_cap():
    found = over_the_cap(
        """
        sku  food   fast_moving  price  list_price
        A    false  false        0.01   10.00
        """
    )
    assert found.is_empty()


# --- what counts together -------------------------------------------------------------------------------------------------------

CREDITED = """
    sku  food  price  list_price  expected_price  credit  credit_row
    A    true  8.00   10.00       8.00            1.60    1
    B    true  10.00  10.00       10.00           2.00    1
    C    true  10.00  10.00       10.00           3.40    2
    D    true  10.00  10.00       10.00           3.50    4
"""


def test_20_percent_off_and_20_percent_of_the_price_paid_credited_are_36_percent():
    found = over_the_cap(CREDITED)
    assert_table(
        found,
        """
        sku  observed  expected  promotion_row
        A    8.00      8.25      1
        D    10.00     -         4
        """,
    )
    assert found["detail"].to_list() == [
        "36 % in all, the cap for food is 34 %: 8.00 instead of 10.00, 20 % credited",
        "35 % in all, the cap for food is 34 %: 35 % credited",
    ]


def test_credited_on_the_regular_price_they_are_40_percent():
    found = over_the_cap(CREDITED, credit_on="regular")
    assert_table(
        found,
        """
        sku  observed  expected
        A    8.00      8.60
        D    10.00     -
        """,
    )
    assert found["detail"].to_list()[0].startswith("40 % in all")


def test_a_credit_of_all_that_is_paid_has_no_lawful_price():
    found = over_the_cap(
        """
        sku  food  price  list_price  credit  credit_row
        A    true  10.00  10.00       10.00   5
        """
    )
    assert found.select("expected", "detail").rows() == [(None, "100 % in all, the cap for food is 34 %: 100 % credited")]


@pytest.mark.parametrize(
    ("units", "paid", "expected"),
    [
        (2, "3.99", ["5.27"]),  # 1+1: 50 %
        (3, "7.98", []),  # 2+1: 33.3 %
        (2, "5.27", []),  # the 2nd at -68 %, 34 % on average: 3.99 + 1.2768 = 5.2668, so 5.27
        (2, "5.26", ["5.27"]),
    ],
)
def test_one_plus_one_breaks_the_cap_and_two_plus_one_does_not(units, paid, expected):
    found = over_the_cap(
        f"""
        sku  food  price  list_price  multibuy_row  multibuy_quantity  multibuy_paid
        A    true  3.99   3.99        9             {units}            {paid}
        """
    )
    assert [f"{amount / 100:.2f}" for amount in found["expected"]] == expected
    assert set(found["subject"]) <= {"multibuy_paid"}
    assert set(found["promotion_row"]) <= {9}


def test_one_plus_one_breaks_the_cap_of_fast_moving_goods_too():
    found = over_the_cap(
        """
        sku  food   fast_moving  price  list_price  multibuy_row  multibuy_quantity  multibuy_paid
        A    false  true         3.99   3.99        9             2                  3.99
        B    false  true         3.99   3.99        9             3                  7.98
        """
    )
    assert_table(
        found,
        """
        sku  observed  expected
        A    3.99      4.79
        """,
    )
    assert found["detail"].to_list() == ["50 % in all, the cap for fast-moving goods is 40 %: 2 for 3.99"]


def test_a_single_price_cheaper_than_the_multibuy_is_what_counts():
    found = over_the_cap(
        """
        sku  food  price  list_price  multibuy_row  multibuy_quantity  multibuy_paid
        A    true  2.00   3.99        9             3                  10.00
        B    true  3.33   3.99        9             3                  9.99
        """
    )
    assert_table(
        found,
        """
        sku  subject  observed  expected
        A    price    2.00      2.64
        """,
    )


def test_more_content_at_the_same_price_is_an_advantage():
    found = over_the_cap(
        """
        sku  food  price  list_price  extra
        A    true  3.00   3.00        2500
        B    true  3.00   3.00        5150
        C    true  3.00   3.00        5152
        D    true  2.40   3.00        2500
        E    true  2.47   3.00        2500
        F    true  2.48   3.00        2500
        """
    )
    assert_table(
        found,
        """
        sku  observed  expected
        C    3.00      -
        D    2.40      2.48
        E    2.47      2.48
        """,
    )
    assert found["detail"].to_list()[1] == "36 % in all, the cap for food is 34 %: 2.40 instead of 3.00, 25 % more content"


def test_multibuy_content_and_credit_all_add_up():
    """3 for 2 with 10 % more content: 2.00 of 3.30, and with 20 % of it credited 1.60 of 3.30."""
    found = over_the_cap(
        """
        sku  food  price  list_price  multibuy_row  multibuy_quantity  multibuy_paid  extra  credit
        A    true  1.00   1.00        9             3                  2.00           -      -
        B    true  1.00   1.00        9             3                  2.00           1000   -
        C    true  1.00   1.00        9             3                  2.00           1000   0.20
        """
    )
    assert found["sku"].to_list() == ["B", "C"]
    assert [words.partition(" in all")[0] for words in found["detail"]] == ["39.4 %", "51.52 %"]


def test_at_another_price_than_the_decided_one_as_many_percent_are_credited():
    """20 % credited: 7.00 less 1.40 is 5.60, 44 %; 8.50 less 1.70 is 6.80, 32 %."""
    found = over_the_cap(
        """
        sku  food  price  list_price  expected_price  credit
        A    true  7.00   10.00       10.00           2.00
        B    true  8.50   10.00       10.00           2.00
        """
    )
    assert found.select("sku", "detail").rows() == [
        ("A", "44 % in all, the cap for food is 34 %: 7.00 instead of 10.00, 20 % credited")
    ]


def test_card_holders_prices_are_capped_too():
    offers = """
        sku  food  price  member_price  list_price  promotion_row  member_promotion_row
        A    true  2.95   1.94          2.95        -              6
        B    true  1.94   -             2.95        4              -
    """
    assert_table(
        over_the_cap(offers, audience="members"),
        """
        sku  subject       observed  expected  promotion_row
        A    member_price  1.94      1.95      6
        """,
    )
    assert over_the_cap(offers)["sku"].to_list() == ["B"]


# --- what is not judged ---------------------------------------------------------------------------------------------------------


def test_perishables_on_clearance_are_exempt_where_the_rule_says_so():
    offers = """
        sku  food  perishable  clearance  price  list_price
        A    true  true        true       1.00   2.95
        B    true  true        -          1.00   2.95
        C    true  -           true       1.00   2.95
        D    true  true        false      1.00   2.95
    """
    assert over_the_cap(offers)["sku"].to_list() == ["A", "B", "C", "D"]
    assert over_the_cap(offers, near_expiry="exempt")["sku"].to_list() == ["B", "C", "D"]


def test_other_sellers_offers_not_comparable_and_products_without_prices_are_not_judged():
    found = over_the_cap(
        """
        sku  food  seller  comparable  price  list_price
        A    true  Acme    true        1.00   2.95
        B    true  -       false       1.00   2.95
        C    true  -       true        -      2.95
        D    true  -       true        1.00   -
        E    true  -       true        0.00   0.00
        """
    )
    assert found.is_empty()


def test_what_the_catalogue_does_not_say_is_not_provable_where_a_cap_would_be_exceeded():
    offers = """
        sku  food   fast_moving  price  list_price
        A    -      -            6.59   10.00
        B    -      -            6.60   10.00
        C    -      false        6.59   10.00
        D    -      false        6.60   10.00
        E    false  -            5.99   10.00
        F    false  -            6.00   10.00
        G    -      true         6.59   10.00
        H    true   -            6.59   10.00
        I    false  false        1.00   10.00
        J    false  true         1.00   10.00
    """
    unknown = of_unknown_kind(judged(offers).lazy(), PromotionCap()).collect()
    assert sorted(unknown["sku"]) == ["A", "C", "E"]
    assert over_the_cap(offers)["sku"].to_list() == ["H", "J"]


def test_it_judges_decided_prices_before_they_are_shown():
    assert registry()["promotion_cap"].calendar


def test_a_cap_finer_than_a_basis_point_is_refused():
    with pytest.raises(ValueError, match="decimal places"):
        PromotionCap(food_percent="34.001")
