"""A promotion's text against the prices beside it and against the calendar."""

from __future__ import annotations

import pytest
from multibuy_world import calendar, under

from pricewatch.domain import money
from pricewatch.engine.checks import registry
from pricewatch.engine.checks.promotion_label import PromotionLabel, of_unknown_kind
from pricewatch.testing import findings_of, judged


def labelled(label: str, **columns: str) -> str:
    """One offer with a label, list price 12.99; `columns` as written."""
    cells = {"sku": "A1", "list_price": "12.99", "expected_price": "12.99", "price": "12.99", **columns, "promotion_label": label}
    return "\n".join("  ".join(line) for line in (cells.keys(), cells.values()))


def told(offers: str, **params):
    return findings_of("promotion_label", offers, frames=calendar(), **params)


def words(offers: str, **params) -> list[str]:
    return told(offers, **params)["detail"].to_list()


def amounts(offers: str, **params) -> list[tuple[str | None, ...]]:
    rows = told(offers, **params).select("observed", "expected").rows()
    return [tuple(None if amount is None else money.show(amount, "USD") for amount in row) for row in rows]


# --- percentages and amounts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["-20 %", "20% off", "20 % de remise immédiate", "−20&nbsp;%"])
def test_a_percentage_that_the_prices_do_not_make(label):
    right, wrong = labelled(label, price="10.39"), labelled(label, price="11.04")
    assert told(right).is_empty()
    assert amounts(wrong) == [("11.04", "10.39")]
    assert words(wrong) == [f"says '{label}', the prices say 15.01 %"]
    assert told(wrong)["subject"].to_list() == ["promotion_label"]


def test_a_percentage_is_wrong_beyond_so_many_points_on_either_side():
    for price, found in [("8.00", 0), ("8.10", 0), ("8.11", 1), ("7.90", 0), ("7.89", 1), ("10.00", 1)]:
        world = labelled("-20 %", list_price="10.00", expected_price="10.00", price=price)
        assert told(world).height == found, price
    exact = labelled("-20 %", list_price="10.00", expected_price="10.00", price="7.98")
    assert told(exact).is_empty()
    assert words(exact, points=0) == ["says '-20 %', the prices say 20.2 %"]


def test_a_cent_of_rounding_on_a_cheap_product_is_no_contradiction_however_many_points_it_is():
    """20 % off 0.12 is 0.096: 0.10, or 0.09, which is 25 % off."""
    cheap = labelled("-20 %", list_price="0.12", expected_price="0.12", price="0.09")
    assert told(cheap).is_empty()
    assert told(cheap, rounding="0").height == 1
    assert told(labelled("-20 %", list_price="0.12", expected_price="0.12", price="0.08")).height == 1


def test_an_amount_is_held_to_the_cent():
    for label in ("-2,00 €", "save $2", "2 € de remise"):
        assert told(labelled(label, price="10.99")).is_empty()
        assert told(labelled(label, price="10.98")).is_empty()
        assert words(labelled(label, price="11.49")) == [f"says '{label}', the prices say 1.50"]
    assert amounts(labelled("-2,00 €", price="11.49")) == [("11.49", "10.99")]


def test_an_amount_that_reads_as_two_is_not_judged():
    assert told(labelled("-1.500 €", price="10.99")).is_empty()


def test_the_text_is_held_against_the_price_that_stands_beside_it_first():
    shown = {"price": "8.00", "list_price": "9.00", "expected_price": "9.00"}
    assert told(labelled("-20 %", **shown, was_price="10.00")).is_empty()
    assert told(labelled("-20 %", **shown, regular_price="10.00")).is_empty()
    assert words(labelled("-20 %", **shown)) == ["says '-20 %', the prices say 11.11 %"]
    assert words(labelled("-20 %", **shown, was_price="16.00", regular_price="10.00")) == ["says '-20 %', the prices say 50 %"]
    assert told(labelled("-20 %", **{**shown, "price": "7.20"}, was_price="7.20")).is_empty(), "no reference: not above the price"


@pytest.mark.parametrize("tolerated", ["tolerated_price", "tolerated_list_price"])
def test_while_grace_runs_the_list_price_is_no_reference(tolerated):
    assert told(labelled("-20 %", price="9.99", **{tolerated: "9.99"})).is_empty()
    assert told(labelled("-20 %", price="9.99", was_price="10.99", **{tolerated: "9.99"})).height == 1


def test_the_full_price_beside_a_percentage_says_nothing_is_off():
    assert words(labelled("-20 %")) == ["says '-20 %', the prices say 0 %"]
    assert words(labelled("-20 %", price="13.99")) == ["says '-20 %', the prices say 0 %"]


@pytest.mark.parametrize(
    "label",
    ["jusqu'à -50 %", "up to 50% off", "-20 % ou -30 %", "-20 % avec le code ETE20", "nouveau", "-20 % dès 50 € d'achat", "-"],
)
def test_what_is_promised_in_the_best_case_with_a_code_of_a_basket_or_twice_is_not_judged(label):
    assert told(labelled(label)).is_empty()


def test_what_is_promised_to_card_holders_is_held_against_the_member_price():
    label = "-20 % avec la carte"
    assert told(labelled(label)).is_empty()
    assert told(labelled(label, member_price="10.39")).is_empty()
    assert amounts(labelled(label, member_price="11.69")) == [("11.69", "10.39")]


# --- conditions -----------------------------------------------------------------------------------------------------------------


def test_a_condition_beside_a_single_price_that_is_reduced_without_it():
    label = "-20 % dès 2 achetés"
    assert told(labelled(label)).is_empty()
    assert amounts(labelled(label, price="10.39")) == [("10.39", "12.99")]
    assert words(labelled(label, price="10.39")) == [
        "says '-20 % dès 2 achetés', which asks for 2 units, but one alone is reduced"
    ]
    assert told(labelled(label, price="10.39", tolerated_price="10.39")).is_empty()


def test_a_condition_that_the_calendar_does_not_know():
    label = "-20 % dès 2 achetés"
    cut = {"price": "10.39", "expected_price": "10.39", "promotion_row": "7"}
    assert words(labelled(label, **cut)) == ["says '-20 % dès 2 achetés', which asks for 2 units, the calendar asks for one"]
    assert amounts(labelled(label, **cut)) == [(None, None)]
    multibuy = {"multibuy_row": "1", "multibuy_quantity": "3", "multibuy_paid": "31.17"}
    assert told(labelled(label, **cut, **multibuy)).is_empty(), "both may be in force"


def test_a_percentage_without_its_condition_names_the_multibuy_of_the_calendar():
    world = under(1, units=3, together="7.98", promotion_label="-33 %")
    assert words(world) == ["says '-33 %', the prices say 0 %; the calendar has 3 for 2, 2.66 each"]


# --- terms of a multibuy --------------------------------------------------------------------------------------------------------

SAME = [
    (1, 3, "7.98", "2+1 offert"),
    (1, 3, "7.98", "3 pour 2"),
    (1, 3, "7.98", "buy 2 get 1 free"),
    (1, 3, "7.98", "le 3e offert"),
    (8, 3, "7.98", "3 for 2"),
    (2, 3, "10.00", "3 for $10.00"),
    (2, 3, "10.00", "3 pour 10 €"),
    (3, 2, "5.99", "le 2ème à moitié prix"),
    (3, 2, "5.99", "2nd half price"),
    (4, 4, "11.97", "4 pour 3"),
]
OTHER = [
    (2, 3, "10.00", "2+1 offert", "3 for 10.00, 3.33 each"),
    (1, 3, "7.98", "3 for $10.00", "3 for 2, 2.66 each"),
    (1, 3, "7.98", "1+1 offert", "3 for 2, 2.66 each"),
    (3, 2, "5.99", "le 2e à -30 %", "every 2nd at 50 % off, 3.00 each"),
    (2, 3, "10.00", "3 pour 9,99 €", "3 for 10.00, 3.33 each"),
    (5, 6, "21.00", "2+1 offert", "from 6 on 3.50 each, 3.50 each"),
]


@pytest.mark.parametrize(("row", "units", "together", "label"), SAME)
def test_a_multibuy_in_other_words_is_the_same_multibuy(row, units, together, label):
    assert told(under(row, units=units, together=together, promotion_label=label)).is_empty()


@pytest.mark.parametrize(("row", "units", "together", "label", "due"), OTHER)
def test_a_multibuy_on_other_terms_than_the_calendars(row, units, together, label, due):
    world = under(row, units=units, together=together, promotion_label=label)
    assert words(world) == [f"says '{label}', the calendar has {due}"]
    assert amounts(world) == [(None, None)]


def test_while_grace_runs_after_a_multibuy_began_the_former_label_may_hang():
    label = {"promotion_label": "1+1 offert"}
    assert told(under(9, units=3, together="7.98", grace="23h", **label)).is_empty()
    assert told(under(9, units=3, together="7.98", grace="21h", **label)).height == 1


def test_a_multibuy_that_no_calendar_knows_is_no_matter_of_the_text():
    assert told(labelled("2+1 offert")).is_empty()


# --- content and credit ---------------------------------------------------------------------------------------------------------


def test_more_content_than_the_calendar_gives():
    assert told(labelled("+25 % gratuit", extra="2500", extra_row="13")).is_empty()
    assert words(labelled("+30 % gratuit", extra="2500", extra_row="13")) == [
        "says '+30 % gratuit', the calendar has 25 % more content"
    ]
    assert told(labelled("+30 % gratuit")).is_empty()


def test_another_credit_than_the_calendar_gives():
    twenty = {"price": "10.00", "list_price": "10.00", "expected_price": "10.00", "credit_row": "12", "credit": "2.00"}
    assert told(labelled("20 % crédités", **twenty)).is_empty()
    assert words(labelled("30 % crédités", **twenty)) == ["says '30 % crédités', the calendar credits 20 %"]
    assert told(labelled("30 % crédités", **{**twenty, "credit": "3.00"})).is_empty(), "several credits are in force"


# --- forbidden words ------------------------------------------------------------------------------------------------------------

FREE = ["gratuit", "gratuite", "gratuits", "gratuites"]


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("2+1 GRATUIT", True),
        ("le 3e produit gratuit !", True),
        ("2+1 offert", False),
        ("gratuitement", False),
    ],
)
def test_a_forbidden_word_on_food_whole_in_any_capitals(label, found):
    """Food may not be promoted with the word 'gratuit' (France, loi 2018-938 art. 16)."""
    world = labelled(label, food="true")
    expected = [f"says '{label}', a word that is forbidden here"] if found else []
    assert words(world, forbidden_words=FREE) == expected
    assert told(world).is_empty()


def test_forbidden_phrases_are_found_with_or_without_accents():
    world = labelled("Prix Cassés : profitez-en", food="true")
    assert told(world, forbidden_words=["prix casses"]).height == 1
    assert told(world, forbidden_words=["Prix Cassés"]).height == 1
    assert told(world, forbidden_words=["prix cass"]).is_empty()


def test_other_goods_may_say_gratuit_unless_the_rule_is_for_everything():
    assert told(labelled("2+1 gratuit", food="false"), forbidden_words=FREE).is_empty()
    assert told(labelled("2+1 gratuit", food="false"), forbidden_words=FREE, forbidden_on="everything").height == 1
    assert told(labelled("2+1 gratuit"), forbidden_words=FREE).is_empty()


def test_whether_a_product_is_food_must_be_known_where_it_would_matter():
    offers = judged(
        """
        sku  food   seller  promotion_label
        A1   -      -       2+1 gratuit
        A2   -      -       2+1 offert
        A3   true   -       2+1 gratuit
        A4   false  -       2+1 gratuit
        A5   -      Acme    2+1 gratuit
        A6   -      -       -
        """
    ).lazy()

    def unknown(**params) -> list[str]:
        frame = of_unknown_kind(offers, PromotionLabel(**params), calendar=calendar()["calendar"].lazy())
        return frame.collect()["sku"].to_list()

    assert unknown(forbidden_words=FREE) == ["A1"]
    assert unknown(forbidden_words=FREE, forbidden_on="everything") == []
    assert unknown() == []


# --- the rest -------------------------------------------------------------------------------------------------------------------


def test_each_offer_is_told_once_the_forbidden_word_first():
    world = under(2, units=3, together="10.00", promotion_label="2+1 gratuit", food="true")
    assert words(world, forbidden_words=FREE) == ["says '2+1 gratuit', a word that is forbidden here"]
    assert words(world) == ["says '2+1 gratuit', the calendar has 3 for 10.00, 3.33 each"]


@pytest.mark.parametrize("column", [{"seller": "Acme"}, {"comparable": "false"}, {"price": "-"}, {"list_price": "-"}])
def test_other_sellers_and_what_is_not_comparable_or_not_shown_is_not_judged(column):
    assert told(labelled("-20 %", **column)).is_empty()


def test_a_wrong_price_says_more_than_a_text_that_does_not_fit_it():
    for kind in ("promotion_missing", "promotion_stale", "promotion_early", "promotion_depth", "promotion_unauthorised"):
        assert "promotion_label" in registry()[kind].refines


def test_it_judges_the_calendars_texts_before_they_are_shown():
    assert registry()["promotion_label"].calendar
