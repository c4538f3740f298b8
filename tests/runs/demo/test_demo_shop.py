"""The demo's shop, over real HTTP: what it shows, what it forbids, and that it always ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pricewatch.runs.demo.offers import Row
from pricewatch.runs.demo.shop import SERVER, Shop

BREAD: Row = {
    "product_id": 819255,
    "sku": "S819255",
    "gtin": "9520008192558",
    "name": 'Rolls </script> & "Buns" 1 lb',
    "category": "Bread & Rolls",
    "price": 299,
    "was_price": 349,
    "member_price": 249,
    "label": "Leaflet week 25",
    "markup_price": 310,
}
MILK: Row = {
    **BREAD,
    "product_id": 7,
    "name": "Milk",
    "category": "Dairy",
    "was_price": None,
    "member_price": None,
    "label": None,
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with Shop() as running:
        running.show([BREAD, MILK], [{**BREAD, "product_id": n} for n in range(1, 251)])
        yield running


def get(shop: Shop, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(shop.url + path, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_page_shows_price_struck_through_price_member_price_and_label(shop: Shop) -> None:
    _, page = get(shop, "/p/819255")
    assert '<article class="product" data-product-id="819255">' in page
    assert '<p class="gtin">9520008192558</p>' in page
    assert '<p class="price">$2.99</p>' in page
    assert '<p class="was-price"><s>$3.49</s></p>' in page
    assert '<p class="member-price">$2.49 with card</p>' in page
    assert '<p class="promotion-label">Leaflet week 25</p>' in page


def test_its_markup_is_read_as_json_and_may_show_another_price(shop: Shop) -> None:
    _, page = get(shop, "/p/819255")
    script = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    product = json.loads(script)
    assert product["name"] == BREAD["name"]
    assert product["offers"]["price"] == "3.10"
    assert product["offers"]["priceCurrency"] == "USD"


def test_what_does_not_apply_is_not_on_the_page(shop: Shop) -> None:
    _, page = get(shop, "/p/7")
    assert not {"was-price", "member-price", "promotion-label"} & set(page.replace('"', " ").split())


def test_robots_forbids_the_checkout_and_names_the_sitemap(shop: Shop) -> None:
    status, robots = get(shop, "/robots.txt")
    assert status == 200
    assert "Disallow: /checkout" in robots
    assert f"{shop.url}/sitemap.xml" in robots


def test_the_sitemap_lists_every_product_page(shop: Shop) -> None:
    _, sitemap = get(shop, "/sitemap.xml")
    assert sitemap.count("<loc>") == 2
    assert f"<loc>{shop.url}/p/819255</loc>" in sitemap


def test_categories_lead_from_the_front_page_to_products(shop: Shop) -> None:
    assert '<a href="/c/bread-rolls">Bread &amp; Rolls</a>' in get(shop, "/")[1]
    assert '<a href="/p/819255">' in get(shop, "/c/bread-rolls")[1]


def test_what_is_not_there_is_a_404(shop: Shop) -> None:
    assert get(shop, "/p/1")[0] == 404
    assert get(shop, "/c/nothing")[0] == 404


def test_the_api_pages_through_all_products_in_minor_units(shop: Shop) -> None:
    pages = [json.loads(get(shop, f"/api/products?page={n}&per_page=100")[1]) for n in (1, 2, 3)]
    assert [len(page["products"]) for page in pages] == [100, 100, 50]
    assert {(page["page"], page["pages"]) for page in pages} == {(1, 3), (2, 3), (3, 3)}
    assert pages[0]["products"][0] == {
        "id": 1,
        "gtin": "9520008192558",
        "name": BREAD["name"],
        "price_minor": 299,
        "was_price_minor": 349,
        "member_price_minor": 249,
        "currency": "USD",
        "available": True,
        "promotion_label": "Leaflet week 25",
    }


@pytest.mark.parametrize(
    ("query", "status"), [("page=4", 404), ("page=0", 400), ("page=x", 400), ("per_page=5000", 400), ("", 200)]
)
def test_the_api_refuses_pages_that_are_not_there(shop: Shop, query: str, status: int) -> None:
    assert get(shop, f"/api/products?{query}")[0] == status


def test_the_next_night_replaces_the_first_as_a_whole() -> None:
    with Shop() as shop:
        shop.show([BREAD, MILK], [])
        shop.show([{**BREAD, "price": 199}], [])
        assert "$1.99" in get(shop, "/p/819255")[1]
        assert get(shop, "/p/7")[0] == 404


def test_the_shop_ends_with_its_block_even_when_that_fails() -> None:
    shop = Shop()
    with suppress(KeyboardInterrupt), shop:
        shop.show([BREAD], [])
        raise KeyboardInterrupt
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(shop.url, timeout=2)


def test_the_shop_ends_when_the_process_that_started_it_is_gone() -> None:
    server = subprocess.Popen([sys.executable, "-m", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ)
    assert server.stdin is not None
    assert server.stdout is not None
    assert int(server.stdout.readline()) > 0
    server.stdin.close()  # as the kernel does for a killed process
    assert server.wait(20) == 0
    server.stdout.close()
