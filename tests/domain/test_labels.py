"""What promotion labels claim, as shops write them in French and English."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricewatch.domain import money
from pricewatch.domain.labels import SAID, said
from pricewatch.domain.labels import read as read_once

NOTHING: dict[str, Any] = {field.name: False if field.dtype == pl.Boolean else None for field in SAID.fields}


def percent(basis_points: int, **more: Any) -> dict[str, Any]:
    return {"mechanic": "percent", "value": basis_points, "percent": basis_points, **more}


def amount(text: str, **more: Any) -> dict[str, Any]:
    return {"mechanic": "amount", "value_text": text, "amount": text, **more}


def n_for_m(quantity: int, pay: int, **more: Any) -> dict[str, Any]:
    return {"mechanic": "n_for_m", "quantity": quantity, "pay": pay, "conditional": True, **more}


def n_for_price(quantity: int, text: str, **more: Any) -> dict[str, Any]:
    return {"mechanic": "n_for_price", "quantity": quantity, "value_text": text, "conditional": True, **more}


def nth_unit(quantity: int, basis_points: int, **more: Any) -> dict[str, Any]:
    return {"mechanic": "nth_unit", "quantity": quantity, "value": basis_points, "conditional": True, **more}


def extra(basis_points: int, **more: Any) -> dict[str, Any]:
    return {"mechanic": "extra_quantity", "value": basis_points, **more}


def credit(basis_points: int, **more: Any) -> dict[str, Any]:
    return {"mechanic": "deferred_credit", "value": basis_points, "credit": basis_points, **more}


def free(word: str) -> dict[str, Any]:
    return {"says_free": True, "free_word": word}


TWO_READINGS = {"ambiguous": True}

LABELS: dict[str, dict[str, Any]] = {
    # percent off
    "-20 %": percent(2000),
    "- 20 %": percent(2000),
    "Offre spéciale - 20 %": percent(2000),
    "20% off": percent(2000),
    "30 % de remise": percent(3000),
    "20 pour cent de réduction": percent(2000),
    "33,3 % de remise": percent(3330),
    "12.5% off": percent(1250),
    "économisez 20%": percent(2000),
    "20 % d’économies": percent(2000),
    "Remise immédiate de 20 %": percent(2000),
    "Half price": percent(5000),
    "À moitié prix": percent(5000),
    "½ price": percent(5000),
    "jusqu'à -50 %": percent(5000, up_to=True),
    "up to 50% off": percent(5000, up_to=True),
    "Save up to 50%": percent(5000, up_to=True),
    "du 12/03 au 20/03 -10%": percent(1000),
    "-20 % (soit 1,20 €/kg)": percent(2000),
    "Chocolat noir 70 % cacao 100 g -20%": percent(2000),
    # amounts off
    "-2,00 €": amount("2,00 €"),
    "3 € de remise": amount("3 €"),
    "save $2": amount("$2"),
    "$1.50 off": amount("$1.50"),
    "REMISE IMMÉDIATE : 1,50 €": amount("1,50 €"),
    "2€50 de remise immédiate": amount("2,50 €"),
    "5 EUROS de réduction": amount("5 €"),
    "10 EUR de remise": amount("10 €"),
    "Save 50p": amount("£0.50"),
    "5¢ off": amount("$0.05"),
    "USD 5 off": amount("USD 5"),
    "jusqu'à 10 € de remise": amount("10 €", up_to=True),
    "-20 % (-2,00 €)": percent(2000, amount="2,00 €"),
    # N for M
    "2+1": n_for_m(3, 2),
    "2 + 1 offert": n_for_m(3, 2, **free("offert")),
    "1+1 gratuit": n_for_m(2, 1, **free("gratuit")),
    "2 + 3 gratuits": n_for_m(5, 2, **free("gratuits")),
    "2 achetés 1 offert": n_for_m(3, 2, **free("offert")),
    "2 acheté(e)s, 1 offert(e)": n_for_m(3, 2, **free("offert")),
    "Un acheté, un offert": n_for_m(2, 1, **free("offert")),
    "3 achetés = 2 payés": n_for_m(3, 2),
    "buy 2 get 1 free": n_for_m(3, 2, **free("free")),
    "Buy one, get one free": n_for_m(2, 1, **free("free")),
    "BOGOF": n_for_m(2, 1, **free("free")),
    "3 for 2": n_for_m(3, 2),
    "Any 3 for 2 on shampoo": n_for_m(3, 2),
    "3 pour 2": n_for_m(3, 2),
    "3 pour 2, le moins cher offert": n_for_m(3, 2, **free("offert")),
    "2 pour le prix d'un": n_for_m(2, 1),
    "two for one": n_for_m(2, 1),
    "3 achetés, le moins cher offert": {"mechanic": "cheapest_free", "quantity": 3, "conditional": True, **free("offert")},
    "Cheapest item free": {"mechanic": "cheapest_free", "conditional": True, **free("free")},
    # N for X
    "3 for 10.00": n_for_price(3, "10.00"),
    "3 pour 10 €": n_for_price(3, "10 €"),
    "2 for $5": n_for_price(2, "$5"),
    "Mix & match 2 for £5": n_for_price(2, "£5"),
    "3 bottles for £10 (£3.33 each)": n_for_price(3, "£10"),
    "lot de 3 : 10,00 €": n_for_price(3, "10,00 €"),
    "les 2 pour 5 €": n_for_price(2, "5 €"),
    "10 € les 3": n_for_price(3, "10 €"),
    "3/$10": n_for_price(3, "$10"),
    "10 for 10": n_for_price(10, "10"),
    "2 for 99¢": n_for_price(2, "$0.99"),
    "3 for £2 each": {"mechanic": "tier", "quantity": 3, "value_text": "£2", "conditional": True},
    # k-th item
    "2e à -50 %": nth_unit(2, 5000),
    "2ᵉ à −50 %": nth_unit(2, 5000),
    "le 2ème à moitié prix": nth_unit(2, 5000),
    "2nd half price": nth_unit(2, 5000),
    "second one 50% off": nth_unit(2, 5000),
    "la deuxième à -68%": nth_unit(2, 6800),
    "50% off the 2nd": nth_unit(2, 5000),
    "Get 20% off your second item": nth_unit(2, 2000),
    "-60 % sur le 2ème article": nth_unit(2, 6000),
    "third item 40% off": nth_unit(3, 4000),
    "le troisième à -30 %": nth_unit(3, 3000),
    "1 acheté = le 2ème à -50%": nth_unit(2, 5000),
    "Achetez-en 1, le 2ème à -50%": nth_unit(2, 5000),
    "Buy 1 Get 1 50% Off + 3x Points": nth_unit(2, 5000),
    "buy one get one half price": nth_unit(2, 5000),
    "BOGO50": nth_unit(2, 5000),
    "le 3e offert": nth_unit(3, 10_000, **free("offert")),
    "2 achetés, la 3ème gratuite": nth_unit(3, 10_000, **free("gratuite")),
    "Le 2ème à -50%, soit -25% sur les 2": nth_unit(2, 5000),
    # extra quantity
    "+25 % gratuit": extra(2500, **free("gratuit")),
    "+20% offert": extra(2000, **free("offert")),
    "25 % de produit en plus": extra(2500),
    "25% extra free": extra(2500, **free("free")),
    # credit
    "20 % crédités": credit(2000),
    "20 % en bon d'achat": credit(2000),
    "15% back on your card": credit(1500, members=True),
    "cagnottez 20 %": credit(2000),
    "20 % cagnottés": credit(2000),
    "100 % remboursé en bon d’achat": credit(10_000),
    "5 € crédités sur votre carte": {"mechanic": "deferred_credit", "value_text": "5 €", "credit_text": "5 €", "members": True},
    "-20 % immédiat + 20 % crédités": percent(2000, credit=2000),
    # members, codes, baskets, delivery
    "-10 % avec la carte": percent(1000, members=True),
    "10% off for members": percent(1000, members=True),
    "Prix carte 2,99 €": {"mechanic": "member_price", "value_text": "2,99 €", "members": True},
    "Card price": {"members": True},
    "-20% sans carte de fidélité": percent(2000),
    "Carte cadeau offerte": free("offerte"),
    "-20 % avec le code PROMO20": {**percent(2000), "mechanic": "coupon", "code": "PROMO20"},
    "10 € de remise dès 50 € d'achat": {
        "mechanic": "basket_threshold",
        "value_text": "10 €",
        "amount": "10 €",
        "threshold_text": "50 €",
        "conditional": True,
    },
    "Livraison gratuite dès 35 € d'achat": {"mechanic": "free_shipping", "threshold_text": "35 €", "conditional": True},
    "free delivery": {"mechanic": "free_shipping"},
    # from so many units on
    "dès 2 achetés": {"quantity": 2, "conditional": True},
    "-20 % dès 2 achetés": percent(2000, quantity=2, conditional=True),
    "dES 2 achetes -30 %": percent(3000, quantity=2, conditional=True),
    "20% off when you buy 2": percent(2000, quantity=2, conditional=True),
    "Buy 2 save 20%": percent(2000, quantity=2, conditional=True),
    "1 € de remise dès 2 achetés": amount("1 €", quantity=2, conditional=True),
    "-10 % dès 1 acheté": percent(1000, quantity=1),
    "1 cocktail offert dès 2 achetés": {"quantity": 2, "conditional": True, **free("offert")},
    "le 2e à 1 €": {"conditional": True},
    # two readings
    "-20 % ou -30 %": TWO_READINGS,
    "20-50% off": TWO_READINGS,
    "-20 % -10 %": TWO_READINGS,
    "-20 %, puis 10 % de remise": TWO_READINGS,
    "de 1 € à 3 € de remise": TWO_READINGS,
    "-20 % supplémentaires": TWO_READINGS,
    "extra 20% off": TWO_READINGS,
    "10 % offerts": {**TWO_READINGS, **free("offerts")},
    "Promo - 2,99 €": TWO_READINGS,
    "lot de 3 - 10,00 €": TWO_READINGS,
    "-34 % dont 20 % crédités": {**TWO_READINGS, "credit": 2000},
    "-20 % dès le 2e": {**TWO_READINGS, "quantity": 2, "conditional": True},
    "-10 % dès 2 achetés, -20 % dès 3 achetés": {**TWO_READINGS, "conditional": True},
    "-50 % sur le 2e et -60 % sur le 3e": {**TWO_READINGS, "conditional": True},
    "2+1 offert, 3 pour 10 €": {**TWO_READINGS, "conditional": True, **free("offert")},
    "2+1 offert, -33 %": n_for_m(3, 2, **free("offert"), **TWO_READINGS),
    # no promise
    "": {},
    "Leaflet week 25": {},
    "20 %": {},
    "-150 %": {},
    "-0 %": {},
    "Chocolat 70 % cacao": {},
    "-25 % de sucre": {},
    "sugar free": {},
    "gluten-free bread": {},
    "6 x 33 cl": {},
    "better than half price": {},
    "-1 €/kg": {},
    "1,99 € les 100 g": {},
    "4 pour 8 personnes": {},
    "3x points": {},
    "12+25 %": {},
    "la carte des vins": {"members": True},
}


@cache
def readings() -> dict[str, dict[str, Any]]:
    return dict(zip(LABELS, read(list(LABELS)), strict=True))


def read(labels: Sequence[str | None]) -> list[dict[str, Any]]:
    frame = pl.DataFrame({"label": pl.Series(labels, dtype=pl.String)}).select(said(pl.col("label")))
    assert frame.dtypes == [SAID]
    return frame.to_series().to_list()


@pytest.mark.parametrize("label", LABELS)
def test_a_label_says_what_a_shopper_would_read_and_no_more(label: str) -> None:
    assert readings()[label] == NOTHING | LABELS[label]


def _entities(label: str) -> str:
    named = label.encode("ascii", "xmlcharrefreplace").decode()
    return html.escape(named, quote=False).replace("&amp;#", "&#").replace(" ", "&nbsp;").replace("-", "&minus;")


def _without_accents(label: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", label) if not unicodedata.combining(sign))


WAYS = {
    "in capitals": str.upper,
    "without accents": _without_accents,
    "with accents apart": lambda label: unicodedata.normalize("NFD", label),
    "with spaces that do not break": lambda label: label.replace(" ", "\u00a0"),
    "with narrow spaces": lambda label: label.replace(" ", "\u202f"),
    "with a true minus": lambda label: label.replace("-", "\u2212"),
    "with a dash": lambda label: label.replace("-", "\u2013"),
    "with entities left in": _entities,
    "with tags left in": lambda label: f"<b>{label}</b><br/>",
    "with space around": lambda label: f" \t{label}\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_how_a_label_is_typed_does_not_matter(way: str) -> None:
    typed = read([WAYS[way](label) for label in LABELS])
    assert dict(zip(LABELS, typed, strict=True)) == readings()


def test_where_there_is_no_label_nothing_is_known() -> None:
    assert read([None]) == [dict.fromkeys(NOTHING)]


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(1, 10_000), st.sampled_from([".", ","])), min_size=1))
def test_every_percentage_is_read_in_basis_points(many: list[tuple[int, str]]) -> None:
    templates = ("-{} %", "{}% off", "Économisez {} %", "jusqu'à -{}%", "{} % de remise dès 2 achetés", "-{}% avec la carte")
    figures = [f"{(Decimal(rate) / 100).normalize():f}".replace(".", sign) for rate, sign in many]
    found = [reading["percent"] for reading in read([each.format(figure) for each in templates for figure in figures])]
    assert found == [rate for rate, _ in many] * len(templates)


MONEY_TEMPLATES = (("-{} €", ","), ("Save £{}", "."), ("{n} for ${}", "."), ("lot de {n} : {} €", ","), ("{} € les {n}", ","))


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(1, 99_999), st.integers(2, 99)), min_size=1))
def test_money_off_and_money_for_several_is_the_money_that_is_written(many: list[tuple[int, int]]) -> None:
    written = [
        template.format(money.show(minor, "EUR").replace(".", sign), n=units)
        for template, sign in MONEY_TEMPLATES
        for minor, units in many
    ]
    said_of = pl.Series([reading["value_text"] for reading in read(written)], dtype=pl.String)
    signs = pl.Series([sign for _, sign in MONEY_TEMPLATES for _ in many])
    counted = pl.DataFrame({"text": said_of, "sign": signs}).select(
        money.parse(pl.col("text"), decimal=pl.col("sign"), minor_units=pl.lit(False), per_unit=pl.lit(100))
    )
    assert counted.to_series().to_list() == [minor for minor, _ in many] * len(MONEY_TEMPLATES)


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1))
def test_so_many_bought_and_so_many_free_are_paid_for_as_bought(many: list[tuple[int, int]]) -> None:
    templates = ("{n}+{m}", "{n} + {m} offerts", "{n} achetés {m} offerts", "buy {n} get {m} free", "Buy {n}, get {m}")
    found = read([each.format(n=bought, m=free_units) for each in templates for bought, free_units in many])
    expected = [("n_for_m", bought + free_units, bought) for bought, free_units in many] * len(templates)
    assert [(reading["mechanic"], reading["quantity"], reading["pay"]) for reading in found] == expected


@settings(max_examples=15)
@given(st.lists(st.text("0123456789 +-,.%€$£/=:eadsoffertforpourbuyget2e", max_size=30), min_size=20, max_size=60))
def test_any_text_at_all_is_read_without_a_figure_that_it_does_not_have(labels: list[str]) -> None:
    for label, reading in zip(labels, read(labels), strict=True):
        assert set(reading) == set(NOTHING)
        for rate in ("percent", "credit", "value"):
            assert reading[rate] is None or 0 < reading[rate] <= 10_000
        if not any(sign.isdigit() for sign in label):
            assert [reading[name] for name in ("percent", "credit", "amount", "quantity", "pay", "value_text")] == [None] * 6
        if reading["percent"] is not None:
            assert "%" in label


def test_each_text_is_read_once_however_often_it_is_shown() -> None:
    shown = pl.Series([None, "-20 %", "2+1", None, "-20 %", ""] * 50, dtype=pl.String)
    found = read_once(shown)
    assert found["promotion_label"].to_list() == ["", "-20 %", "2+1"]
    assert [reading["mechanic"] for reading in found["said"]] == [reading["mechanic"] for reading in read(["", "-20 %", "2+1"])]


def test_without_labels_there_is_nothing_to_read() -> None:
    none = read_once(pl.Series([None, None], dtype=pl.String))
    assert none.is_empty()
    assert none.schema == {"promotion_label": pl.String, "said": SAID}
