"""A promotion's text against the prices beside it and against the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from multibuy_world import calendar, under, verdicts

from pricewatch.domain import money
from pricewatch.engine.checks import registry
from pricewatch.engine.checks.promotion_label import PromotionLabel, of_unknown_kind
from pricewatch.testing import judged


def labelled(label: str, **columns: str) -> str:
    """One offer with a label, list price 12.99; `columns` as written."""
    cells = {"sku": "A1", "list_price": "12.99", "expected_price": "12.99", "price": "12.99", **columns, "promotion_label": label}
    return "\n".join("  ".join(line) for line in (cells.keys(), cells.values()))


def words(offers: Sequence[str], **params: Any) -> list[str | None]:
    """What is told of each offer, in words; None where nothing is wrong."""
    return [found and found["detail"] for found in verdicts("promotion_label", offers, **params)]


def amounts(offers: Sequence[str], **params: Any) -> list[tuple[str, str] | None]:
    """What is shown and what the label makes, of each offer that is found with amounts."""
    found = verdicts("promotion_label", offers, **params)
    return [
        (money.show(one["observed"], "USD"), money.show(one["expected"], "USD")) if one and one["observed"] is not None else None
        for one in found
    ]


# --- percentages and amounts ----------------------------------------------------------------------------------------------------


def test_a_percentage_that_the_prices_do_not_make():
    labels = ["-20 %", "20% off", "20 % de remise immédiate", "−20&nbsp;%"]
    assert words([labelled(label, price="10.39") for label in labels]) == [None] * 4
    wrong = [labelled(label, price="11.04") for label in labels]
    assert words(wrong) == [f"says '{label}', the prices say 15.01 %" for label in labels]
    assert amounts(wrong) == [("11.04", "10.39")] * 4
    assert {found["subject"] for found in verdicts("promotion_label", wrong)} == {"promotion_label"}


def test_a_percentage_is_wrong_beyond_so_many_points_on_either_side():
    prices = {"8.00": False, "8.10": False, "8.11": True, "7.90": False, "7.89": True, "10.00": True}
    offers = [labelled("-20 %", list_price="10.00", expected_price="10.00", price=price) for price in prices]
    assert [told is not None for told in words(offers)] == list(prices.values())
    exact = [labelled("-20 %", list_price="10.00", expected_price="10.00", price="7.98")]
    assert words(exact) == [None]
    assert words(exact, points=0) == ["says '-20 %', the prices say 20.2 %"]


def test_a_cent_of_rounding_on_a_cheap_product_is_no_contradiction_however_many_points_it_is():
    """20 % off 0.12 is 0.096: 0.10, or 0.09, which is 25 % off."""
    cheap = [labelled("-20 %", list_price="0.12", expected_price="0.12", price=price) for price in ("0.09", "0.08")]
    assert words(cheap) == [None, "says '-20 %', the prices say 33.33 %"]
    assert words(cheap, rounding="0") == ["says '-20 %', the prices say 25 %", "says '-20 %', the prices say 33.33 %"]


def test_an_amount_is_held_to_the_cent():
    labels = ["-2,00 €", "save $2", "2 € de remise"]
    assert words([labelled(label, price=price) for label in labels for price in ("10.98", "10.99", "11.00")]) == [None] * 9
    wrong = [labelled(label, price="11.49") for label in labels]
    assert words(wrong) == [f"says '{label}', the prices say 1.50" for label in labels]
    assert amounts(wrong) == [("11.49", "10.99")] * 3


def test_an_amount_that_reads_as_two_is_not_judged():
    assert words([labelled("-1.500 €", price="10.99")]) == [None]


def test_the_text_is_held_against_the_price_that_stands_beside_it_first():
    shown = {"price": "8.00", "list_price": "9.00", "expected_price": "9.00"}
    told = words(
        [
            labelled("-20 %", **shown, was_price="10.00"),
            labelled("-20 %", **shown, regular_price="10.00"),
            labelled("-20 %", **shown),
            labelled("-20 %", **shown, was_price="16.00", regular_price="10.00"),
            labelled("-20 %", **{**shown, "price": "7.20"}, was_price="7.20"),  # not above the price: no reference
        ]
    )
    assert told == [None, None, "says '-20 %', the prices say 11.11 %", "says '-20 %', the prices say 50 %", None]


def test_while_grace_runs_the_list_price_is_no_reference():
    changed = [{"tolerated_price": "9.99"}, {"tolerated_list_price": "9.99"}]
    assert words([labelled("-20 %", price="9.99", **grace) for grace in changed]) == [None, None]
    assert None not in words([labelled("-20 %", price="9.99", was_price="10.99", **grace) for grace in changed])


def test_the_full_price_beside_a_percentage_says_nothing_is_off():
    assert words([labelled("-20 %"), labelled("-20 %", price="13.99")]) == ["says '-20 %', the prices say 0 %"] * 2


def test_what_is_promised_in_the_best_case_with_a_code_of_a_basket_or_twice_is_not_judged():
    labels = ["jusqu'à -50 %", "up to 50% off", "-20 % ou -30 %", "-20 % avec le code ETE20", "nouveau", "-20 % dès 50 € d'achat"]
    assert words([labelled(label) for label in (*labels, "-")]) == [None] * 7


def test_what_is_promised_to_card_holders_is_held_against_the_member_price():
    label = "-20 % avec la carte"
    offers = [labelled(label), labelled(label, member_price="10.39"), labelled(label, member_price="11.69")]
    assert amounts(offers) == [None, None, ("11.69", "10.39")]


# --- conditions -----------------------------------------------------------------------------------------------------------------

FROM_TWO = "-20 % dès 2 achetés"
CUT = {"price": "10.39", "expected_price": "10.39", "promotion_row": "7"}
TWO_PLUS_ONE = {"multibuy_row": "1", "multibuy_quantity": "3", "multibuy_paid": "31.17"}


def test_a_condition_beside_a_single_price_that_is_reduced_without_it():
    offers = [
        labelled(FROM_TWO),
        labelled(FROM_TWO, price="10.39"),
        labelled(FROM_TWO, price="10.39", tolerated_price="10.39"),
    ]
    assert words(offers) == [None, f"says '{FROM_TWO}', which asks for 2 units, but one alone is reduced", None]
    assert amounts(offers) == [None, ("10.39", "12.99"), None]


def test_a_condition_that_the_calendar_does_not_know():
    """With a multibuy besides, both may be in force."""
    offers = [labelled(FROM_TWO, **CUT), labelled(FROM_TWO, **CUT, **TWO_PLUS_ONE)]
    assert words(offers) == [f"says '{FROM_TWO}', which asks for 2 units, the calendar asks for one", None]
    assert amounts(offers) == [None, None]


def test_a_percentage_without_its_condition_names_the_multibuy_of_the_calendar():
    world = under(1, units=3, together="7.98", promotion_label="-33 %")
    assert words([world]) == ["says '-33 %', the prices say 0 %; the calendar has 3 for 2, 2.66 each"]


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


def test_a_multibuy_in_other_words_is_the_same_multibuy():
    offers = [under(row, units=units, together=together, promotion_label=label) for row, units, together, label in SAME]
    assert words(offers) == [None] * len(SAME)


def test_a_multibuy_on_other_terms_than_the_calendars():
    offers = [under(row, units=units, together=together, promotion_label=label) for row, units, together, label, _ in OTHER]
    assert words(offers) == [f"says '{label}', the calendar has {due}" for *_, label, due in OTHER]
    assert amounts(offers) == [None] * len(OTHER)


def test_while_grace_runs_after_a_multibuy_began_the_former_label_may_hang():
    """It began 22 hours before the offer was seen."""
    graces = [under(9, units=3, together="7.98", grace=grace, promotion_label="1+1 offert") for grace in ("23h", "21h")]
    assert words(graces) == [None, "says '1+1 offert', the calendar has 3 for 2, 2.66 each"]


def test_a_multibuy_that_no_calendar_knows_is_no_matter_of_the_text():
    assert words([labelled("2+1 offert")]) == [None]


# --- content and credit ---------------------------------------------------------------------------------------------------------


def test_more_content_than_the_calendar_gives():
    offers = [
        labelled("+25 % gratuit", extra="2500", extra_row="13"),
        labelled("+30 % gratuit", extra="2500", extra_row="13"),
        labelled("+30 % gratuit"),
    ]
    assert words(offers) == [None, "says '+30 % gratuit', the calendar has 25 % more content", None]


def test_another_credit_than_the_calendar_gives():
    """Where several credits are in force (3.00 in all), a label may be about one of them."""
    twenty = {"price": "10.00", "list_price": "10.00", "expected_price": "10.00", "credit_row": "12", "credit": "2.00"}
    offers = [
        labelled("20 % crédités", **twenty),
        labelled("30 % crédités", **twenty),
        labelled("30 % crédités", **{**twenty, "credit": "3.00"}),
    ]
    assert words(offers) == [None, "says '30 % crédités', the calendar credits 20 %", None]


# --- forbidden words ------------------------------------------------------------------------------------------------------------

FREE = ["gratuit", "gratuite", "gratuits", "gratuites"]


def test_a_forbidden_word_on_food_whole_in_any_capitals():
    """Food may not be promoted with the word 'gratuit' (France, loi 2018-938 art. 16)."""
    labels = {"2+1 GRATUIT": True, "le 3e produit gratuit !": True, "2+1 offert": False, "gratuitement": False}
    offers = [labelled(label, food="true") for label in labels]
    forbidden = [f"says '{label}', a word that is forbidden here" if found else None for label, found in labels.items()]
    assert words(offers, forbidden_words=FREE) == forbidden
    assert words(offers) == [None] * 4


def test_forbidden_phrases_are_found_with_or_without_accents():
    world = [labelled("Prix Cassés : profitez-en", food="true")]
    assert words(world, forbidden_words=["prix casses"]) != [None]
    assert words(world, forbidden_words=["Prix Cassés"]) != [None]
    assert words(world, forbidden_words=["prix cass"]) == [None]


def test_other_goods_may_say_gratuit_unless_the_rule_is_for_everything():
    offers = [labelled("2+1 gratuit", food="false"), labelled("2+1 gratuit")]
    assert words(offers, forbidden_words=FREE) == [None, None]
    assert None not in words(offers, forbidden_words=FREE, forbidden_on="everything")


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

    def unknown(**params: Any) -> list[str]:
        frame = of_unknown_kind(offers, PromotionLabel(**params), calendar=calendar()["calendar"].lazy())
        return frame.collect()["sku"].to_list()

    assert unknown(forbidden_words=FREE) == ["A1"]
    assert unknown(forbidden_words=FREE, forbidden_on="everything") == []
    assert unknown() == []


# --- the rest -------------------------------------------------------------------------------------------------------------------


def test_each_offer_is_told_once_the_forbidden_word_first():
    world = [under(2, units=3, together="10.00", promotion_label="2+1 gratuit", food="true")]
    assert words(world, forbidden_words=FREE) == ["says '2+1 gratuit', a word that is forbidden here"]
    assert words(world) == ["says '2+1 gratuit', the calendar has 3 for 10.00, 3.33 each"]


def test_other_sellers_and_what_is_not_comparable_or_not_shown_is_not_judged():
    columns = [{"seller": "Acme"}, {"comparable": "false"}, {"price": "-"}, {"list_price": "-"}]
    assert words([labelled("-20 %", **column) for column in columns]) == [None] * 4


def test_a_wrong_price_says_more_than_a_text_that_does_not_fit_it():
    for kind in ("promotion_missing", "promotion_stale", "promotion_early", "promotion_depth", "promotion_unauthorised"):
        assert "promotion_label" in registry()[kind].refines


def test_it_judges_the_calendars_texts_before_they_are_shown():
    assert registry()["promotion_label"].calendar
