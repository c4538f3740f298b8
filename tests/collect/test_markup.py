"""What a page says, part by part: amounts in text, JSON-LD mended or refused, attributes as a second opinion reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from extruct.w3cmicrodata import MicrodataExtractor
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector
from scrapy.http import HtmlResponse

from pricewatch.collect.markup import inline, jsonld, schema_org, visible
from pricewatch.collect.markup.amounts import joined_cents, money_in, shown, unit_price
from pricewatch.collect.markup.reading import Reading, is_zero

SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)


def page(body: str) -> HtmlResponse:
    return HtmlResponse("https://shop.example/p/1", body=body.encode(), encoding="utf-8")


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("$2.49 with card", "$2.49"),
        ("with card: 2,49 €", "2,49 €"),
        ("Members pay EUR 1 234,50 today", "EUR 1 234,50"),
        ("CHF 1'234.50", "CHF 1'234.50"),
        ("Card price £3", "£3"),
        ("ask in store", "ask in store"),
    ],
)
def test_the_part_of_a_text_that_looks_like_money_is_found(text: str, money: str):
    assert money_in(text) == money


@pytest.mark.parametrize(
    ("text", "price", "base"),
    [
        ("19,90 €/kg", "19,90 €", "kg"),
        ("(1,99 € / 100 g)", "1,99 €", "100 g"),
        ("1 kg = 19,90 €", "19,90 €", "1 kg"),
        ("(1 l = 0,99 €)", "0,99 €", "1 l"),
        ("$0.25 per oz.", "$0.25", "oz"),
        ("soit 24,95 € le kg", "24,95 €", "kg"),
        ("£3.10 per litre", "£3.10", "litre"),
        ("$4.10", "$4.10", None),
    ],
)
def test_a_unit_price_is_told_from_what_it_is_for(text: str, price: str, base: str | None):
    assert unit_price(text) == (price, base)


@pytest.mark.parametrize(
    ("inside", "decimal", "text"),
    [
        ("12<sup>99</sup> €", ",", "12,99 €"),
        ("$12<sup>99</sup>", ".", "$12.99"),
        ("12,99 €<sup>1</sup>", ",", "12,99 €"),
        ("12,99<sup>10</sup> €", ",", "12,99 €"),
        ("12<sup>,99 €</sup>", ",", "12,99 €"),
        ("<s>15,00 €</s> 12,99 €", ",", "12,99 €"),
        ("<del>15</del><script>var x = 99</script>", ",", None),
    ],
)
def test_raised_cents_belong_to_the_price_and_footnotes_and_struck_text_do_not(inside: str, decimal: str, text: str | None):
    assert shown(Selector(text=f"<p>{inside}</p>").css("p")[0], decimal=decimal) == text


def test_cents_behind_the_sign_are_cents_and_a_number_that_follows_is_not():
    assert joined_cents("12€99", ",") == "12,99 €"
    assert joined_cents("Carte : 4€49 aujourd'hui", ",") == "Carte : 4,49 € aujourd'hui"
    assert joined_cents("3 € 50 points", ",") == "3 € 50 points"


@pytest.mark.parametrize("text", ["0", "0.00", "$0.00", "0,00 €", "EUR 0"])
def test_a_price_of_nothing_but_zeros_is_zero(text: str):
    assert is_zero(text)


@pytest.mark.parametrize("text", ["0.01", "$10.00", "free", "100"])
def test_any_other_price_is_not(text: str):
    assert not is_zero(text)


def test_numbers_of_markup_are_given_in_the_sources_decimal_sign_and_texts_stay():
    reading = Reading("jsonld", {"price_text": "9.99", "was_price_text": "9,99 €", "name": "1.5", "member_price_text": "9"})
    assert reading.with_decimal(",").fields == {
        "price_text": "9,99",
        "was_price_text": "9,99 €",
        "name": "1.5",
        "member_price_text": "9",
    }


TEXTS = st.text(st.sampled_from('ab ,}]{[:/*-<>!"\\\n\té€'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


@given(
    st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), st.sampled_from(["//x\n", "/* } */", "<!-- , -->", "//<![CDATA[\n"])
)
def test_mending_takes_away_comments_and_commas_and_never_changes_what_is_said(value: dict[str, object], comment: str):
    written = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    broken = f"{comment}{written[:-1]},}};"
    (block,) = jsonld.blocks(page(script(broken)))
    assert (block.mended, block.problem, block.values) == (True, None, [value])


@given(st.text(st.sampled_from('{}[]",:a1 \\<>!-/*&'), max_size=40))
def test_any_bytes_in_a_block_are_read_or_refused(text: str):
    for block in jsonld.blocks(page(script(text))):
        list(schema_org.readings([(block.name, value) for value in block.values], "jsonld", SEEN))


def test_a_block_that_is_never_closed_and_one_that_is_nested_too_deep_are_refused():
    (block,) = jsonld.blocks(page('<script type="application/ld+json">{"@type": "Product"'))
    assert block.problem == "JSON-LD 1 is never closed"
    (block,) = jsonld.blocks(page(script("[" * 100_000)))
    assert block.problem == "JSON-LD 1 is nested too deep"


def test_a_broken_block_about_something_else_is_not_a_problem():
    (block,) = jsonld.blocks(page(script('{"@type": "Organization", "name": "a "quoted" name"}')))
    assert (block.values, block.problem) == ([], None)


MICRODATA = """<div itemscope itemtype="https://schema.org/Product" itemref="b a"><a itemprop="url" href="/p/1">x</a>
<time itemprop="releaseDate" datetime="2026-01-01">soon</time><data itemprop="sku" value="7">7</data>
<div><p itemprop="name">Tea  <b>20</b> ct</p><div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<span itemprop="price" content="2.5">two</span><span itemprop="price">2.6</span></div></div></div>
<p id="a" itemprop="color">red</p><div id="b"><span itemprop="mpn">M1</span></div>"""


def test_microdata_is_what_a_second_opinion_reads():
    (theirs,) = MicrodataExtractor(nested=True).extract(MICRODATA)
    ((_, ours),) = inline.items(page(MICRODATA))
    properties = theirs["properties"]
    for name in ("sku", "color", "mpn", "releaseDate"):
        assert ours[name] == properties[name]
    assert ours["name"] == " ".join(properties["name"].split())
    assert ours["offers"]["price"] == properties["offers"]["properties"]["price"] == ["2.5", "2.6"]


def test_an_item_that_refers_to_itself_ends():
    items = inline.items(page('<div id="x" itemscope itemref="x y"><b itemprop="a" itemscope itemref="x y" id="y">1</b></div>'))
    assert len(items) == 1


def readings_of(node: object) -> list[Reading]:
    return list(schema_org.readings([("JSON-LD 1", node)], "jsonld", SEEN))


def test_what_is_left_out_says_why():
    offer = {
        "@type": "Offer",
        "price": 10,
        "priceValidUntil": "2026-01-31",
        "priceSpecification": [
            {"price": 99, "priceType": "https://schema.org/MSRP"},
            {"price": 9, "eligibleQuantity": {"minValue": 10}},
            {"price": 7, "validFrom": "2026-04-01"},
        ],
    }
    (reading,) = readings_of({"@type": "Product", "offers": offer})
    where = "JSON-LD 1 Product.offers"
    assert reading.notes == [
        f"{where}.priceSpecification[0]: 99 is a MSRP, not a price of this channel",
        f"{where}.priceSpecification[1]: 9 is for 10 or more",
        f"{where}.priceSpecification[2]: 7 is not in force when the page was seen",
        f"{where}.priceValidUntil 2026-01-31 is past: the markup may be stale",
    ]
    assert reading.origins["price_text"] == f"{where}.price"


def test_a_price_for_ten_is_not_a_price_for_one():
    (reading,) = readings_of(
        {"@type": "Product", "offers": {"priceSpecification": {"price": 9, "eligibleQuantity": {"value": "10"}}}}
    )
    assert "price_text" not in reading.fields
    (reading,) = readings_of(
        {"@type": "Product", "offers": {"priceSpecification": {"price": 9, "eligibleQuantity": {"value": "1.0"}}}}
    )
    assert reading.fields["price_text"] == "9"


def test_an_offer_for_members_is_told_beside_the_price_for_everybody():
    offers = [{"price": 10}, {"price": 8, "validForMemberTier": {"name": "gold"}}]
    (reading,) = readings_of({"@type": "Product", "sku": "1", "offers": offers})
    assert (reading.fields["price_text"], reading.fields["member_price_text"]) == ("10", "8")


def test_a_window_without_a_zone_is_given_the_benefit_of_the_doubt():
    def price(until: str) -> str | None:
        specification = {"price": 9, "validThrough": until}
        (reading,) = readings_of({"@type": "Product", "offers": {"priceSpecification": specification}})
        return reading.fields.get("price_text")

    assert [price(until) for until in ("2026-03-13", "2026-03-12", "2026-03-11", "2026-03-13T22:14Z", "soon")] == [
        "9",
        "9",
        None,
        None,
        "9",
    ]


def test_products_that_a_page_only_refers_to_are_not_read():
    related = {"@type": "Product", "sku": "2", "offers": {"price": 1}}
    node = {"@type": "Product", "sku": "1", "isRelatedTo": related, "review": {"itemReviewed": related}, "offers": {"price": 5}}
    assert [reading.fields["external_id"] for reading in readings_of(node)] == ["1"]
    assert [reading.fields["external_id"] for reading in readings_of({"@type": "WebPage", "mainEntity": node})] == ["1"]


def test_nodes_that_refer_to_each_other_end():
    node: dict[str, object] = {"@type": "ProductGroup", "@id": "#a", "hasVariant": [{"@id": "#a"}], "offers": {"@id": "#a"}}
    assert readings_of(node)


def test_five_and_five_point_nought_nought_are_one_price_and_two_prices_are_refused():
    def reading(price: object, specified: object) -> Reading:
        (found,) = readings_of({"@type": "Product", "offers": {"price": price, "priceSpecification": {"price": specified}}})
        return found

    assert (reading("5", "5.00").refused, reading("5", "5.00").fields["price_text"]) == (None, "5")
    assert reading(["5", "5.0"], None).refused is None
    assert reading(["5", "6"], None).refused == "JSON-LD 1 Product.offers states 2 prices for one offer"
    assert reading("5", "5.01").refused == (
        "JSON-LD 1 Product.offers.priceSpecification[0] states 5.01, JSON-LD 1 Product.offers.price 5"
    )


def test_what_only_machines_read_is_not_what_people_see():
    body = '<div itemscope itemtype="https://schema.org/Product"><meta itemprop="price" content="2.49"></div>'
    assert list(visible.readings(page(body), {}, ".")) == []
