"""Unit prices against price and content: the domain's worked examples, bases, rounding, promotions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricewatch.engine.checks import registry
from pricewatch.testing import assert_table, findings_of


def test_a_unit_price_is_the_price_divided_by_the_content():
    """9.90 for 750 ml is 13.20 a litre; half a cent times 1000/750, and the displayed cent, may be missing."""
    assert_table(
        findings_of(
            "unit_price",
            """
            sku  price  content  content_unit  unit_price  unit_price_base
            A1   9.90   750      ml            13.20       l
            A2   9.90   750      ml            13.21       l
            A3   9.90   750      ml            13.22       l
            A4   9.90   750      ml            13.18       per litre
            A5   9.90   0.75     l             1.32        100 ml
            A6   4.56   198      cl            2.30        l
            A7   4.56   198      cl            2.33        l
            """,
        ),
        """
        sku  subject     observed  expected  detail
        A3   unit_price  13.22     13.20      9.90 for 750 ml
        A4   unit_price  13.18     13.20      9.90 for 750 ml
        A7   unit_price  2.33      2.30      4.56 for 198 cl
        """,
    )


def test_the_price_of_a_small_pack_was_itself_rounded():
    """50 g: half a cent of the price is ten cents of a kilogram."""
    offers = """
        sku  price  content  content_unit  unit_price  unit_price_base
        A1   1.99   50       g             39.91       kg
        A2   1.99   50       g             39.90       kg
        A3   1.99   50       g             39.69       kg
        A4   1.99   50       g             39.68       kg
    """
    assert_table(findings_of("unit_price", offers), "sku  observed  expected\nA4   39.68     39.80")


def test_a_unit_price_of_the_price_without_the_promotion_is_told_as_such():
    offers = """
        sku  price  list_price  content  content_unit  unit_price  unit_price_base
        A1   7.50   9.90        750      ml            10.00       l
        A2   7.50   9.90        750      ml            13.20       l
        A3   7.50   9.90        750      ml            12.00       l
        A4   9.90   9.90        750      ml            10.00       l
    """
    assert_table(
        findings_of("unit_price", offers),
        """
        sku  observed  expected  detail
        A2   13.20     10.00     it is that of 9.90, the price without the promotion
        A3   12.00     10.00     7.50 for 750 ml
        A4   10.00     13.20     9.90 for 750 ml
        """,
    )


def test_content_that_a_promotion_adds_is_content():
    offers = """
        sku  price  extra  content  content_unit  unit_price  unit_price_base
        A1   5.00   2500   400      g             10.00       kg
        A2   5.00   2500   400      g             12.50       kg
    """
    assert findings_of("unit_price", offers)["sku"].to_list() == ["A2"]


BASES = """
    sku  price  content  content_unit  unit_price  unit_price_base
    A1   9.90   750      ml            13.20       l
    A2   9.90   750      ml            1.32        100 ml
    A3   9.90   750      ml            9.90        piece
    A4   9.90   10       piece         0.99        each
    A5   9.90   10       wash          0.99        piece
"""


def test_a_unit_price_for_another_kind_of_amount_is_no_unit_price_of_the_product():
    assert_table(
        findings_of("unit_price", BASES),
        """
        sku  observed  expected  detail
        A3   9.90      13.20     it is per piece, and the content is 750 ml
        A5   0.99      0.99      it is per piece, and the content is 10 wash
        """,
    )


def test_a_rule_may_say_what_a_unit_price_is_for():
    assert_table(
        findings_of("unit_price", BASES, bases={"ml": ["l"]}),
        """
        sku  observed  expected  detail
        A2   1.32      13.20     it is per 100 ml instead of l
        A3   9.90      13.20     it is per piece, and the content is 750 ml
        A5   0.99      0.99      it is per piece, and the content is 10 wash
        """,
    )
    assert findings_of("unit_price", BASES, bases={"ml": ["l", "100 ml"]})["sku"].to_list() == ["A3", "A5"]


MISSING = """
    sku  channel  price  content  content_unit  unit_price  unit_price_base
    A1   web      9.90   750      ml            -           -
    A2   app      9.90   750      ml            -           -
    A3   web      9.90   -        -             -           -
    A4   web      9.90   1        barrel        -           -
    A5   web      9.90   750      ml            13.20       -
    A6   web      9.90   750      ml            13.20       bottle
    A7   web      -      750      ml            -           -
    A8   web      9.90   750      ml            13.20       l
"""


def test_a_unit_price_is_missing_where_the_rule_requires_one_and_the_content_is_known():
    assert findings_of("unit_price", MISSING).is_empty()
    assert_table(
        findings_of("unit_price", MISSING, required_in=["web"], bases={"ml": ["100 ml", "l"]}),
        """
        sku  observed  expected  detail
        A1   -         1.32      no unit price; 1.32 per 100 ml, 9.90 for 750 ml
        A5   -         1.32      13.20 without saying for what; 1.32 per 100 ml, 9.90 for 750 ml
        A6   -         1.32      13.20 without saying for what; 1.32 per 100 ml, 9.90 for 750 ml
        """,
    )
    assert findings_of("unit_price", MISSING, required_in=["web", "app"])["sku"].to_list() == ["A1", "A2", "A5", "A6"]
    assert findings_of("unit_price", MISSING, required_in=["app"])["expected"].to_list() == [1320]


def test_other_sellers_and_offers_that_are_not_comparable_are_not_judged():
    offers = """
        sku  seller  comparable  price  content  content_unit  unit_price  unit_price_base
        A1   Acme    false       9.90   750      ml            99.00       l
        A2   -       false       9.90   750      ml            99.00       l
    """
    assert findings_of("unit_price", offers, required_in=["web"]).is_empty()


@pytest.mark.parametrize(
    ("bases", "said"),
    [
        ({"kg": ["kg"]}, "'kg' is no dimension; there are g, ml, cm"),
        ({"g": ["l"]}, "'l' is no amount of g; write for example kg"),
        ({"g": ["sack"]}, "'sack' is no amount of g; write for example kg"),
        ({"wash": []}, r"'wash' has no base; write for example \{wash: \[wash\]\}"),
    ],
)
def test_a_base_that_is_none_is_refused_with_what_to_write(bases, said):
    with pytest.raises(ValueError, match=said):
        registry()["unit_price"].params(bases=bases)


@settings(max_examples=20)
@given(st.integers(1, 20_000), st.integers(5, 5_000), st.booleans())
def test_a_price_divided_by_its_content_and_rounded_either_way_is_right_and_ten_percent_more_is_not(price, grams, up):
    exact = price * 1000
    shown = -(-exact // grams) if up else exact // grams
    offer = "sku  price  content  content_unit  unit_price  unit_price_base\n"

    def found(unit_price: int) -> int:
        row = f"A1  {price / 100:.2f}  {grams}  g  {unit_price / 100:.2f}  kg"
        return findings_of("unit_price", offer + row).height

    assert found(shown) == 0
    off = 1000 // (2 * grams) + 3
    assert found(shown + off) == 1
    assert found(shown - off) == (1 if shown >= off else found(max(0, shown - off)))
