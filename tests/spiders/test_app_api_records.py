"""What is read from an answer by declared paths: pure, no crawl."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.collect.api.options import Api, Shape, declared
from pricewatch.collect.api.paging import Ask, further, linked
from pricewatch.collect.api.paths import Scope, lists, path, text_at
from pricewatch.collect.api.records import Lacking, NotAsDeclared, NotJson, Offer, offers, parsed, trouble
from pricewatch.domain.errors import Problems, UserError

TODAY = date(2026, 3, 13)
FIELDS = {"external_id": "id", "price_text": "price"}


def shape(**options: Any) -> Shape:
    options["fields"] = {"gtin": None, "name": None, "was_price_text": None, "member_price_text": None, "currency": None,
                         "availability": None, "promotion_label": None} | FIELDS | options.get("fields", {})  # fmt: skip
    return declared(options, Shape)


def read(answer: Any, **options: Any) -> list[dict[str, str | None] | str]:
    """Fields of each offer, or the reason why an item is none."""
    found = offers(parsed(json.dumps(answer)), shape(**options), asked={"store": "0017"}, today=TODAY)
    return [one.fields if isinstance(one, Offer) else one.reason for one in found]


ANSWER = parsed("""{
    "shop": {"currency": "EUR", "price.net": "1"},
    "products": [{"title": "Shirt", "codes": [{"of": "ean", "is": "4006381333931"}, {"of": "mpn", "is": "S"}],
                  "variants": [{"id": 1, "price": 2.90, "sold": true, "note": "", "more": {}}]}]}""")
SCOPE = Scope(ANSWER, {"store": "0017"}, (ANSWER["products"][0], ANSWER["products"][0]["variants"][0]))


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("price", "2.90"),  # as written: not 2.9
        ("id", "1"),
        ("sold", "true"),
        ("note", None),
        ("more", None),
        ("nowhere.at.all", None),
        ("^title", "Shirt"),
        ("^codes[of=ean].is", "4006381333931"),
        ("^codes.1.is", "S"),
        ("^codes.7.is", None),
        ("^^title", None),
        ("$.shop.currency", "EUR"),
        ('$.shop."price.net"', "1"),
        ("?store", "0017"),
        ("?other", None),
    ],
)
def test_a_path_gives_the_text_that_stands_there(where: str, text: str | None):
    assert text_at(SCOPE, where) == text


@pytest.mark.parametrize("wrong", ["a..b", ".a", "a[b]", "a[", "?a.b", "?", 'a"b', "a^b", "a.[x=y"])
def test_what_is_no_path_is_told(wrong: str):
    with pytest.raises(ValueError, match="; write "):
        path(wrong)


@pytest.mark.parametrize(
    ("where", "levels"),
    [
        ("products", [("products",)]),
        ("products[]", [("products",)]),
        ("data.list[].node.variants[]", [("data", "list"), ("node", "variants")]),
        ("[]", [()]),
        ("[].offers", [(), ("offers",)]),
    ],
)
def test_nested_lists_are_written_with_brackets(where: str, levels: list[tuple[str, ...]]):
    assert list(lists(where)) == levels


def test_variants_inside_products_are_offers_with_what_their_product_says():
    answer = {"products": [
        {"title": "Shirt", "variants": [{"id": 1, "price": "9.99"}, {"id": 2, "price": "12.99"}]},
        {"title": "Sold out for ever", "variants": []},
        {"title": "Pen", "variants": [{"id": 3, "price": "1.20"}]},
    ]}  # fmt: skip
    found = read(answer, products="products[].variants[]", fields={"name": "^title"})
    assert [(one["external_id"], one["name"]) for one in found] == [("1", "Shirt"), ("2", "Shirt"), ("3", "Pen")]


def test_the_first_place_that_says_something_is_taken_and_conditions_hold():
    fields = {
        "price_text": ["sale", "price"],
        "was_price_text": {"at": "price", "when": {"on_sale": True}},
        "availability": {"at": "stock", "words": {"IN_STOCK": "in_stock"}},
    }
    products = [
        {"id": 1, "price": 20, "sale": 15, "on_sale": True, "stock": "IN_STOCK"},
        {"id": 2, "price": 20, "sale": None, "on_sale": False, "stock": "OUT"},
    ]
    assert read({"products": products}, fields=fields) == [
        {"external_id": "1", "price_text": "15", "was_price_text": "20", "availability": "in_stock"},
        {"external_id": "2", "price_text": "20", "was_price_text": None, "availability": "OUT"},
    ]


def test_items_of_other_kinds_are_left_out_and_are_no_refusals():
    products = [{"id": number, "price": 1, "kind": kind} for number, kind in enumerate(["simple", "set", "gift", None])]
    assert [one["external_id"] for one in read({"products": products}, only={"kind": ["simple", "gift"]})] == ["0", "2"]
    assert [one["external_id"] for one in read({"products": products}, never={"kind": ["set", None]})] == ["0", "2"]


@pytest.mark.parametrize(
    ("start", "end", "price"),
    [
        ("2026-03-13 00:00:00", "2026-03-13 00:00:00", "5"),  # the last day is included
        ("2026-03-01", None, "5"),
        (None, None, "5"),
        ("2026-03-14", None, "9"),
        (None, "2026-03-12 23:59:59", "9"),
        ("tomorrow", "", "5"),
    ],
)
def test_a_price_with_days_counts_on_these_days_alone(start: str | None, end: str | None, price: str):
    field = {"at": ["special", "price"], "days": {"from": "start", "to": "end"}}
    row = {"id": 1, "price": 9, "special": 5, "start": start, "end": end}
    (found,) = read({"products": [row]}, fields={"regular_price_text": "price", "price_text": [], "member_price_text": field})
    assert (found["member_price_text"] or found["regular_price_text"]) == price


@pytest.mark.parametrize(
    ("text", "decimals", "price"),
    [("1105", 2, "11.05"), ("5", 2, "0.05"), ("-5", 2, "-0.05"), ("1105", 0, "1105"), ("1105", 3, "1.105"), ("0", 2, "0.00")],
)
def test_implied_decimals_are_written_out(text: str, decimals: int, price: str):
    answer = {"products": [{"id": 1, "price": text, "unit": decimals}]}
    assert read(answer, implied_decimals=decimals)[0]["price_text"] == price
    assert read(answer, implied_decimals="unit")[0]["price_text"] == price


@pytest.mark.parametrize(
    ("price", "implied", "written"),
    [
        (9.99, None, "9,99"),
        (1.299, None, "1,299"),  # with a point it would be read as thousands
        ("9,99", None, "9,99"),
        ("1.299,00", None, "1.299,00"),  # text is as the source declares it
        (1250, 3, "1,250"),
        ("1250", 3, "1,250"),
    ],
)
def test_numbers_are_written_with_the_decimal_sign_that_the_source_declares(price: Any, implied: int | None, written: str):
    answer = parsed(json.dumps({"products": [{"id": 1.5, "price": price}]}))
    (found,) = offers(answer, shape(implied_decimals=implied), asked={}, today=TODAY, decimal=",")
    assert (found.fields["external_id"], found.fields["price_text"]) == ("1.5", written)


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_implied_decimals_are_a_division_by_a_power_of_ten(number: int, decimals: int):
    (row,) = read({"products": [{"id": 1, "price": number}]}, implied_decimals=decimals)
    assert Decimal(row["price_text"]) == Decimal(number).scaleb(-decimals)


@pytest.mark.parametrize(
    ("product", "reason"),
    [
        ({"id": 1}, "a product without price"),
        ({"price": 1}, "a product without id"),
        ({}, "a product without id and price"),
        ({"id": 1, "price": "11.05", "unit": 2}, "price '11.05' is no whole number (options: implied_decimals)"),
        ({"id": 1, "price": 1}, "does not say how many decimals its prices have: 'nothing' (options: implied_decimals)"),
        ({"id": 1, "price": 1, "unit": 9}, "does not say how many decimals its prices have: '9' (options: implied_decimals)"),
        ({"id": 1, "price": "1", "unit": "²"}, "does not say how many decimals its prices have: '²' (options: implied_decimals)"),
        ({"id": 1, "price": "١", "unit": 2}, "price '١' is no whole number (options: implied_decimals)"),
        ({"id": 1, "price": {"amount": 5}, "unit": 2}, "a product without price"),
    ],
)
def test_an_item_that_is_no_offer_says_why(product: dict[str, Any], reason: str):
    assert read({"products": [product]}, implied_decimals="unit") == [reason]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"items": []}, "holds no list 'products'"),
        ({"products": {}}, "holds no list 'products'"),
        ([], "holds no list 'products'"),
        (None, "holds no list 'products'"),
    ],
)
def test_an_answer_of_another_shape_is_told(answer: Any, words: str):
    with pytest.raises(NotAsDeclared, match=words):
        read(answer)


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([], None),
        (None, None),
        (False, None),
        ([{"message": "no such channel", "path": ["x"]}], "the answer tells of an error: no such channel"),
        ("down", "the answer tells of an error: down"),
        ({"code": 7}, 'the answer tells of an error: {"code": 7}'),
        (True, "the answer tells of an error: true"),
    ],
)
def test_errors_of_an_answer_are_told_in_one_line(errors: Any, told: str | None):
    assert trouble({"errors": errors}, "errors") == told


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": 1', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_told(body: bytes):
    with pytest.raises(NotJson):
        parsed(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["products", "variants", "id", "price", "unit"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_gives_offers_or_words_and_never_a_traceback(answer: Any):
    declared_shape = shape(products="products[].variants[]", implied_decimals="unit", fields={"name": "^id"})
    try:
        found = list(offers(parsed(json.dumps(answer)), declared_shape, asked={}, today=TODAY))
    except NotAsDeclared:
        return
    for one in found:
        assert isinstance(one, Lacking) or (one.fields["external_id"] and one.fields["price_text"])


@pytest.mark.parametrize(
    ("header", "url"),
    [
        ('<https://a.example/p?page=2>; rel="next"', "https://a.example/p?page=2"),
        ('<https://a.example/p?x=1,2>; rel="prev", </p?page=3>; rel="next"; title="more"', "/p?page=3"),
        ("</p>; rel=next", "/p"),
        ('</p>; title="x"; rel="last next"', "/p"),
        ('</p>; rel="nextish"', None),
        ('</p>; rel="prev"', None),
        ("", None),
        ("nonsense, <", None),
    ],
)
def test_the_next_page_of_a_link_header_is_found(header: str, url: str | None):
    assert linked(header) == url


@pytest.mark.parametrize(
    ("paging", "answer", "words"),
    [
        ({"pages": "pages"}, {}, "does not say how many pages there are: no number at 'pages' (options: paging.pages)"),
        ({"total": "n"}, {"n": "many"}, "does not say how many products there are: no number at 'n' (options: paging.total)"),
        ({"pages_header": "X-Pages"}, {}, "no number at header 'X-Pages' (options: paging.pages_header)"),
        ({"pages": "pages"}, {"pages": "9" * 12}, "announces 999999999999 pages; more than 100000 are not believed"),
        ({"by": "offset", "total": "n"}, {"n": "100002"}, "announces 100002 pages; more than 100000 are not believed"),
        ({"pages": "pages"}, {"pages": "²"}, "does not say how many pages there are"),
        ({"by": "cursor", "cursor": "c", "more": "m"}, {"m": "yes"}, "no true or false at 'm' (options: paging)"),
        ({"by": "cursor", "cursor": "c", "more": "m"}, {"m": True}, "more pages, but not where: nothing at 'c'"),
    ],
)
def test_a_page_that_does_not_say_what_comes_next_is_told(paging: dict[str, Any], answer: Any, words: str):
    api = declared({"paging": paging}, Api)
    with pytest.raises(NotAsDeclared) as told:
        list(further(api.paging, Ask({"page": "1", "offset": "0"}), answer, got=1, url="https://a.example", headers={}))
    assert words in str(told.value)


@pytest.mark.parametrize("paging", [{"total": "n"}, {"by": "offset", "total": "n"}])
def test_an_empty_page_that_announces_products_is_told(paging: dict[str, Any]):
    api = declared({"paging": paging}, Api)
    with pytest.raises(NotAsDeclared, match="is empty, although it announces 7 products"):
        list(further(api.paging, Ask({"page": "1", "offset": "0"}), {"n": "7"}, got=0, url="", headers={}))


@pytest.mark.parametrize(
    ("options", "what", "fix"),
    [
        ({"profile": "shopfy"}, "there is no profile 'shopfy'", "profiles: "),
        ({"fields": {"prize_text": "p"}}, "no column 'prize_text' in fields", "did you mean 'price_text'?"),
        ({"fields": {"external_id": None, "gtin": None}}, "no field says which product it is", "add external_id: ..."),
        ({"paging": {"by": "pages"}}, "'paging'", "how to go from page to page"),
        ({"paging": {"by": "page", "size": 0}}, "'paging.size' is '0'; it is at least 1", "size: products of a page"),
        ({"fields": {"price_text": {"when": {"a": "b"}}}}, "'at' is missing", "add at: ..."),
        ({"path": "products.json"}, "'path' is 'products.json'", "for example /products.json"),
        ({"unknown": 1}, "no key 'unknown'", "an API source has: profile, products, fields"),
    ],
)
def test_a_mistake_in_the_options_is_told_with_its_place_and_mend(options: dict[str, Any], what: str, fix: str):
    with pytest.raises(UserError) as told:
        declared(options, Api, "source 'app': options")
    problem = told.value.problems[0] if isinstance(told.value, Problems) else told.value
    assert problem.where == "source 'app': options"
    assert what in problem.what
    assert fix in problem.fix


def test_what_a_header_holds_is_never_told():
    with pytest.raises(UserError) as told:
        declared({"headers": {"X-Token": 12345678}, "secret_parameters": {"key": 87654321}}, Api)
    assert "12345678" not in str(told.value)
    assert "87654321" not in str(told.value)
