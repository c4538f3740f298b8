"""APIs crawled end to end: a real server on the loopback, a child process, rows in the landing place."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from api_on_loopback import Answered, Api, Asked, answering
from scrapy.http import JsonResponse

from pricewatch.collect import Delivery, collect, read_landing, read_refused
from pricewatch.collect.api.secrets import Discretion
from pricewatch.collect.crawl import load_spider
from pricewatch.domain.errors import UserError
from pricewatch.workspace import Workspace
from pricewatch.workspace.config import Budget, Pace, Source

SPIDERS = Path(__file__).parents[2] / "spiders"
NIGHT = date(2026, 3, 13)
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)
TOKEN = "s3cr3t-t0ken-0f-the-sh0p"

FIELDS = {"external_id": "id", "price_text": "price"}


def crawled(api: Api, tmp_path: Path, options: dict[str, Any], path: str = "/products", **changes: Any) -> Delivery:
    source = Source(
        id="app",
        spider="app_api",
        market="us",
        channel="app",
        url=api.url + path,
        private_addresses=True,
        options=options,
        pace=Pace(delay=0),
        budget=Budget(requests=50, minutes=1),
        **changes,
    )
    (delivery,) = collect(tmp_path, tmp_path / "landing", [source], NIGHT, observed_at=SEEN, spiders=SPIDERS)
    return delivery


def rows_of(tmp_path: Path) -> pl.DataFrame:
    return read_landing(tmp_path / "landing", NIGHT, "app").collect()


def ids(tmp_path: Path) -> list[str]:
    return sorted(rows_of(tmp_path)["external_id"])


def stock(*numbers: int) -> list[dict[str, object]]:
    return [{"id": f"A{number}", "price": f"{number}.90"} for number in numbers]


def everything_written(tmp_path: Path) -> str:
    """All that a night leaves behind, as text."""
    texts = []
    for file in (tmp_path / "landing").rglob("*"):
        if file.suffix == ".parquet":
            texts += [pl.read_parquet(file).write_json()]
        elif file.is_file():
            texts += [file.read_text()]
    return "\n".join(texts)


PAGES = [stock(1, 2), stock(3, 4), stock(5)]


def by_page(asked: Asked) -> Any:
    number = int(asked.parameters["page"])
    return {"products": PAGES[number - 1] if number <= len(PAGES) else [], "total": 5, "pages": 3}


def by_page_with_headers(asked: Asked) -> Any:
    return Answered(by_page(asked)["products"], headers={"X-WP-TotalPages": "3"})


def by_offset(asked: Asked) -> Any:
    offset, everything = int(asked.parameters["start"]), [product for page in PAGES for product in page]
    return {"products": everything[offset : offset + 2], "total": 5}


def by_cursor(asked: Asked) -> Any:
    place = {None: 0, "b": 1, "c": 2}[asked.parameters.get("after")]
    return {"products": PAGES[place], "next": [*"bc", None][place], "more": place < 2}


def by_link(asked: Asked) -> Any:
    number = int(asked.parameters.get("page_info", "1"))
    link = '<{}?page_info={}>; rel="{}"'
    links = [link.format(asked.path, 1, "first")] + [link.format(asked.path, number + 1, "next")] * (number < 3)
    return Answered({"products": PAGES[number - 1]}, headers={"Link": ", ".join(links)})


def by_next_url(asked: Asked) -> Any:
    number = int(asked.parameters.get("p", "1"))
    return {"products": PAGES[number - 1], "links": {"next": f"?p={number + 1}" if number < 3 else None}}


def all_at_once(asked: Asked) -> Any:
    return {"products": [product for page in PAGES for product in page]}


@pytest.mark.parametrize(
    ("answer", "options", "requests"),
    [
        (by_page, {"paging": {"pages": "pages", "size": 2}}, 3),
        (by_page, {"paging": {"by": "page", "total": "total", "size": 500}}, 3),  # the server caps the size at two
        (by_page, {"paging": {"by": "page"}}, 4),  # the fourth is empty
        (by_page_with_headers, {"paging": {"pages_header": "X-WP-TotalPages"}, "products": "[]"}, 3),
        (by_offset, {"paging": {"by": "offset", "parameter": "start", "total": "total"}}, 3),
        (by_offset, {"paging": {"by": "offset", "parameter": "start"}}, 4),
        (by_cursor, {"paging": {"by": "cursor", "cursor": "next"}}, 3),
        (by_cursor, {"paging": {"by": "cursor", "cursor": "next", "more": "more"}}, 3),
        (by_link, {"paging": {"by": "link"}}, 3),
        (by_next_url, {"paging": {"by": "link", "at": "links.next"}}, 3),
        (all_at_once, {"paging": {"by": "none"}}, 1),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_every_way_of_paging_gives_every_product_once(answer, options, requests, tmp_path):
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS} | options)
    assert (delivery.status, delivery.problem, delivery.refused) == ("complete", None, 0)
    assert ids(tmp_path) == ["A1", "A2", "A3", "A4", "A5"]
    assert len(api.asked) == requests


def test_graphql_is_posted_with_its_variables_and_goes_from_cursor_to_cursor(tmp_path):
    def answer(asked: Asked) -> Any:
        place = {None: 0, "17": 1, "c": 2}[asked.body["variables"].get("after")]
        page = {"hasNextPage": place < 2, "endCursor": ["17", "c", "d"][place]}
        return {"data": {"products": {"edges": [{"node": product} for product in PAGES[place]], "pageInfo": page}}}

    info = "data.products.pageInfo"
    options = {
        "graphql": {"query": "query($first: Int, $after: String, $channel: String) {...}", "variables": {"channel": "us"}},
        "products": "data.products.edges[]",
        "fields": {"external_id": "node.id", "price_text": "node.price"},
        "paging": {"by": "cursor", "cursor": f"{info}.endCursor", "more": f"{info}.hasNextPage", "size_parameter": "first"},
    }
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, options, path="/graphql/")
    assert (delivery.status, ids(tmp_path)) == ("complete", ["A1", "A2", "A3", "A4", "A5"])
    assert {(asked.method, asked.path) for asked in api.asked} == {("POST", "/graphql/")}
    assert [asked.body["variables"] for asked in api.asked] == [
        {"channel": "us", "first": 100},
        {"channel": "us", "first": 100, "after": "17"},  # a cursor of digits is no number
        {"channel": "us", "first": 100, "after": "c"},
    ]
    assert rows_of(tmp_path)["source_ref"][0] == f"{api.url}/graphql/#/data/products/edges/0"


def test_errors_in_an_answer_of_status_200_are_a_failed_page_not_a_shop_without_products(tmp_path):
    def answer(asked: Asked) -> Any:
        return {"data": {"products": {"edges": []}}, "errors": [{"message": "Channel 'uk'\n not found"}, {"message": "x"}]}

    options = {"graphql": {"query": "{...}"}, "products": "data.products.edges", "fields": FIELDS, "paging": {"by": "none"}}
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, options, path="/graphql")
    assert (delivery.status, delivery.rows) == ("failed", 0)
    assert delivery.problem.endswith("/graphql: the answer tells of an error: Channel 'uk' not found (and 1 more)")


def test_an_error_on_a_later_page_degrades_the_delivery_and_names_it(tmp_path):
    def answer(asked: Asked) -> Any:
        return {"error": "backend overloaded"} if asked.parameters["page"] == "2" else by_page(asked)

    with answering(answer) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS, "errors": "error"})
    assert (delivery.status, ids(tmp_path)) == ("degraded", ["A1", "A2", "A5"])
    assert "page=2" in delivery.problem
    assert "the answer tells of an error: backend overloaded" in delivery.problem


def test_a_page_that_repeats_forever_is_stopped_and_told(tmp_path):
    with answering(lambda asked: {"products": PAGES[0]}) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS, "paging": {"by": "page"}})
    assert (delivery.status, ids(tmp_path), len(api.asked)) == ("degraded", ["A1", "A2"], 2)
    assert "repeats the products of an earlier page (page=1, per_page=100); what follows is not asked for" in delivery.problem


@pytest.mark.parametrize(
    ("paging", "names"), [({"by": "cursor", "cursor": "next"}, "after=b"), ({"by": "link", "at": "url"}, "after=b")]
)
def test_a_page_that_leads_back_is_not_followed_but_its_products_land(paging, names, tmp_path):
    def answer(asked: Asked) -> Any:
        last = asked.parameters.get("after") == "b"
        return {"products": PAGES[1] if last else PAGES[0], "next": "b", "url": "?after=b"}

    with answering(answer) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS, "paging": paging})
    assert (delivery.status, ids(tmp_path), len(api.asked)) == ("degraded", ["A1", "A2", "A3", "A4"], 2)
    assert "leads back to a page that was asked for" in delivery.problem
    assert names in delivery.problem


def test_a_next_page_on_another_host_is_not_asked_for(tmp_path):
    with answering(all_at_once) as other:

        def answer(asked: Asked) -> Any:
            return {"products": PAGES[0], "next": f"{other.url}/products"}

        with answering(answer) as api:
            options = {"fields": FIELDS, "paging": {"by": "link", "at": "next"}, "headers": {"X-Token": TOKEN}}
            delivery = crawled(api, tmp_path, options)
    assert (delivery.status, ids(tmp_path), other.asked) == ("degraded", ["A1", "A2"], [])
    assert f"its next page is elsewhere: {other.url}" in delivery.problem


def test_a_redirect_is_not_followed_because_a_token_goes_nowhere_else(tmp_path):
    with answering(all_at_once) as other, answering(lambda _: Answered("", 302, {"Location": other.url})) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS, "headers": {"X-Token": TOKEN}})
    assert (delivery.status, other.asked) == ("failed", [])
    assert "HTTP 302" in delivery.problem


def test_tokens_are_sent_and_are_in_no_row_reason_record_or_log(tmp_path):
    def answer(asked: Asked) -> Any:
        key, number = asked.parameters["key"], asked.parameters["page"]
        if number == "2":
            return Answered("no", 500)  # tried again and given up: the log tells of the URL
        if number == "3":
            return {"error": f"the key {key} of {asked.headers['Authorization']} is over its limit"}
        products = [*stock(1), {"id": "A2", "price": None, "debug": asked.headers["Authorization"]}]
        return {"products": products, "pages": 4} if number == "1" else {"products": [{"id": key, "price": "1"}]}

    options = {
        "fields": FIELDS | {"name": "id"},
        "errors": "error",
        "headers": {"Authorization": f"Bearer {TOKEN}"},
        "secret_parameters": {"key": "k/4+5"},
    }
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, options)
    assert (delivery.status, delivery.rows, delivery.refused) == ("degraded", 2, 3)
    assert {asked.headers["Authorization"] for asked in api.asked} == {f"Bearer {TOKEN}"}
    assert {asked.parameters["key"] for asked in api.asked} == {"k/4+5"}
    written = everything_written(tmp_path)
    assert "the key *** of *** is over its limit" in written
    assert "key=***" in rows_of(tmp_path)["source_ref"][0]
    assert "Gave up retrying" in written
    for secret in (TOKEN, "k/4+5", "k%2F4%2B5", "k/4%2B5"):
        assert secret not in written
    assert TOKEN not in delivery.problem


def test_a_traceback_in_the_log_tells_no_secret():
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "asking %s", ("?key=hush-hush",), None)
    try:
        raise ValueError("Bearer hush-hush")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    Discretion(["Bearer hush-hush"], []).filter(record)
    assert logging.Formatter().format(record).startswith("asking ?key=***")
    assert "hush-hush" not in logging.Formatter().format(record)


def test_a_token_that_is_not_in_the_environment_is_told_before_any_request(tmp_path):
    files = {
        "config/workspace.yaml": "name: Shop\n",
        "config/markets.yaml": "- {id: us, name: US, currency: USD, time_zone: America/New_York, tax_included: false}\n",
        "config/channels.yaml": "- {id: app, name: App, kind: app, market: us, zone: Z1, role: leader}\n",
        "config/sources.yaml": "- id: app\n  spider: app_api\n  market: us\n  channel: app\n  url: http://127.0.0.1:1\n"
        "  options:\n    headers: {Authorization: 'Bearer ${env:NOBODY_SET_THIS}'}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError) as told:
        Workspace.load(tmp_path)
    assert "config/sources.yaml:7: the environment variable NOBODY_SET_THIS is not set" in str(told.value)


def test_mistakes_in_the_options_are_told_all_at_once_and_nothing_is_asked_for(tmp_path):
    options = {"paging": {"by": "page", "siez": 3}, "headers": {"X-Token": [TOKEN]}, "only": {"a..b": "1"}}
    with answering(all_at_once) as api:
        delivery = crawled(api, tmp_path, options)
    assert (delivery.status, api.asked) == ("failed", [])
    assert "options: no key 'siez' in 'paging' (fix: did you mean 'size'?" in delivery.problem
    assert "options: 'headers.X-Token' is a list of 1; it must be text" in delivery.problem
    assert "options: 'only.a..b': 'a..b' is no path (fix: write keys with dots between them" in delivery.problem
    assert TOKEN not in everything_written(tmp_path)


def test_the_pages_are_asked_for_once_with_each_set_of_parameters_and_rows_know_which(tmp_path):
    def answer(asked: Asked) -> Any:
        return {"products": stock(1, 2) if asked.parameters["page"] == "1" else []}

    options = {
        "fields": FIELDS | {"location": "?store"},
        "paging": {"by": "page"},
        "each": [{"store": "0017"}, {"store": 42}],
        "parameters": {"lang": "en"},
    }
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, options)
    assert (delivery.status, delivery.problem) == ("complete", None)
    found = sorted(rows_of(tmp_path).select("location", "external_id").iter_rows())
    assert found == [("0017", "A1"), ("0017", "A2"), ("42", "A1"), ("42", "A2")]
    assert {asked.parameters["lang"] for asked in api.asked} == {"en"}


def test_an_announced_page_that_is_empty_is_a_failed_page(tmp_path):
    with answering(lambda asked: {"products": stock(1) if asked.parameters["page"] == "1" else [], "pages": 2}) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS})
    assert delivery.status == "degraded"
    assert "is empty, although the first page announces it" in delivery.problem


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"products": []}, "the answer holds no product"),
        ({"products": stock(1)}, "every product is left out (options: only, never)"),
    ],
)
def test_a_crawl_without_a_product_says_why(answer, words, tmp_path):
    with answering(lambda _: answer) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS, "only": {"kind": "simple"}, "paging": {"by": "none"}})
    assert delivery.status == "failed"
    assert words in delivery.problem


def test_refused_items_say_where_they_stand(tmp_path):
    answer: Callable[[Asked], Any] = lambda asked: {"items": [{"sizes": [*stock(1), {"id": "A2"}]}, {}, {"sizes": None}]}  # noqa: E731
    with answering(answer) as api:
        delivery = crawled(api, tmp_path, {"fields": FIELDS, "products": "items[].sizes[]", "paging": {"by": "none"}})
    assert (delivery.rows, delivery.refused) == (1, 2)
    refused = read_refused(tmp_path / "landing", NIGHT, "app").collect()
    assert refused.select(pl.col("source_ref").str.extract(r"(#.*)"), "reason").rows() == [
        ("#/items/0/sizes/1", "a product without price"),
        ("#/items/1/sizes", "no list 'sizes' in a product (options: products)"),
    ]


def test_one_page_is_explained_with_the_path_of_each_value_and_where_it_leads():
    options = {"fields": FIELDS | {"was_price_text": ["old", "before"]}, "headers": {"X-Token": TOKEN}, "each": [{"store": "7"}]}
    spider = load_spider(SPIDERS, "app_api")(url="https://shop.example/products", options=options)
    (request,) = spider.probe("https://shop.example/products")
    assert (request.url, request.headers["X-Token"]) == (
        "https://shop.example/products?store=7&page=1&per_page=100",
        TOKEN.encode(),
    )
    (other,) = spider.probe("/products?page=9")
    assert other.url == "https://shop.example/products/products?page=9"
    body = json.dumps({"products": [{"id": "A1", "price": "1.90", "before": "2.50"}, {"id": "A2"}], "pages": 3})
    told = list(spider.explain(JsonResponse(request.url, body=body.encode(), request=request)))
    assert told[0].origins["was_price_text"] == "old or before (options: fields.was_price_text)"
    assert (told[0].fields["price_text"], told[0].notes) == ("1.90", ["at #/products/0"])
    assert told[1].refused == "a product without price"
    assert told[2].notes == ["leads to 2 further pages, the first: page=2, per_page=100"]
