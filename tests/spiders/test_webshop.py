"""Where a webshop's crawl starts, and for which stores: against a real site on the loopback."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from site_on_loopback import Site, product_page, serving

from pricewatch.collect import collect, read_landing, read_refused
from pricewatch.workspace.config import Budget, Pace, Source

NIGHT = date(2026, 3, 13)
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)
SPIDER = (Path(__file__).parents[2] / "spiders" / "webshop.py").read_text()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


def crawl(tmp_path: Path, site: Site, options: dict[str, object], **changes: object):
    """One crawl by the shipped spider, in a workspace of its own."""
    (tmp_path / "spiders").mkdir(exist_ok=True)
    (tmp_path / "spiders" / "webshop.py").write_text(SPIDER)
    values = {"id": "webshop", "spider": "webshop", "market": "us", "channel": "web", "url": site.url, "options": options}
    values |= {"pace": Pace(delay=0), "budget": Budget(requests=200, minutes=1)}
    source = Source.model_validate(values | changes)
    (delivery,) = collect(tmp_path, tmp_path / "landing", [source], NIGHT, observed_at=SEEN, spiders=tmp_path / "spiders")
    return delivery


def rows_of(tmp_path: Path) -> pl.DataFrame:
    return read_landing(tmp_path / "landing", NIGHT, "webshop").collect()


def products_of(tmp_path: Path) -> list[str]:
    return sorted(set(rows_of(tmp_path)["external_id"]))


def links(*places: str, inside: str = "") -> str:
    return "<html><body>" + "".join(f'<a class="tile" href="{place}">x</a>' for place in places) + inside + "</body></html>"


def test_categories_lead_to_their_products_page_by_page_and_a_product_in_two_of_them_is_asked_for_once(site, tmp_path):
    site.sells("1", "2", "3")
    site.pages |= {
        "/c/dairy": links("/p/1", "/about", inside='<a rel="next" href="/c/dairy/2">more</a>'),
        "/c/dairy/2": links("/p/2", "/p/1#reviews", inside='<a rel="prev" href="/c/dairy">back</a>'),
        "/c/tea": links("/p/3", "/p/2"),
    }
    options = {"categories": ["/c/dairy", "/c/tea"], "next_page": "a[rel=next]"}
    delivery = crawl(tmp_path, site, options)
    assert (delivery.status, delivery.rows) == ("complete", 6)
    assert products_of(tmp_path) == ["1", "2", "3"]
    assert [site.asked[f"/p/{number}"] for number in (1, 2, 3)] == [1, 1, 1]
    assert site.asked["/sitemap.xml"] == site.asked["/about"] == 0


def test_declared_links_of_a_category_need_no_pattern(site, tmp_path):
    site.pages |= {"/c/tea": links("/green-tea", inside='<a href="/p/9">advert</a>'), "/green-tea": product_page("g")}
    delivery = crawl(tmp_path, site, {"categories": ["/c/tea"], "product_links": "a.tile"})
    assert (delivery.status, products_of(tmp_path)) == ("complete", ["g"])


def test_a_category_without_products_degrades_the_delivery_and_says_why(site, tmp_path):
    site.sells(*(str(number) for number in range(9)))
    site.pages |= {"/c/tea": links("/about"), "/c/all": links(*(f"/p/{number}" for number in range(9)))}
    delivery = crawl(tmp_path, site, {"categories": ["/c/tea", "/c/all"]})
    assert (delivery.status, delivery.rows) == ("degraded", 18)
    assert "links to no product: nothing of its 1 links fits '/p/' (options: product_url)" in delivery.problem


def test_a_next_page_that_leads_back_ends_the_walk(site, tmp_path):
    site.sells("1")
    site.pages["/c/tea"] = links("/p/1", inside='<a rel="next" href="/c/tea">again</a>')
    delivery = crawl(tmp_path, site, {"categories": ["/c/tea"], "next_page": "a[rel=next]"})
    assert (delivery.status, site.asked["/c/tea"]) == ("complete", 1)


def test_urls_are_asked_for_as_listed_in_the_configuration_and_in_a_file(site, tmp_path):
    site.sells("1", "2", "3")
    (tmp_path / "links.txt").write_text(f"# of the webshop\n/p/2\n\n{site.url}/p/3\n")
    delivery = crawl(tmp_path, site, {"urls": ["/p/1"], "url_file": {"file": "links.txt"}})
    assert (delivery.status, products_of(tmp_path)) == ("complete", ["1", "2", "3"])
    assert site.asked["/sitemap.xml"] == 0


def test_a_column_of_the_catalogues_file_leads_to_the_products(site, tmp_path):
    site.sells("1", "2")
    table = "sku;external_id;name\nA1;1;Käse\nA2;;Brot\nA3;2;Tee\n"
    (tmp_path / "catalogue.csv.gz").write_bytes(gzip.compress(table.encode("cp1252")))
    file = {"file": "catalogue.csv.gz", "column": "external_id", "separator": ";", "encoding": "cp1252", "template": "/p/{}"}
    delivery = crawl(tmp_path, site, {"url_file": file})
    assert (delivery.status, products_of(tmp_path)) == ("complete", ["1", "2"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url_file": {"file": "nowhere.txt"}}, "nowhere.txt: can't be read: no such file or directory"),
        ({"url_file": {"file": "../../etc/passwd"}}, "lies outside the workspace"),
        ({"url_file": {"file": "list.csv", "column": "link"}}, "list.csv: has no column 'link'; it has sku, url"),
        ({"url_file": {"file": "latin.txt"}}, "latin.txt: is no utf-8 text"),
        ({"categorys": ["/c"]}, "no option 'categorys'; did you mean 'categories'?"),
        ({"price": "p[["}, "'p[[' is no CSS selector"),
        ({"product_url": "("}, "'(' is no regular expression"),
        ({"surfaces": ["xml"]}, "surfaces"),
    ],
)
def test_a_mistake_in_the_options_is_told_and_nothing_is_asked_for(site, tmp_path, options, words):
    (tmp_path / "list.csv").write_text("sku,url\n1,/p/1\n")
    (tmp_path / "latin.txt").write_bytes("/p/käse".encode("latin-1"))
    delivery = crawl(tmp_path, site, options)
    assert delivery.status == "failed"
    assert words in delivery.problem
    assert not site.asked


def test_each_store_is_chosen_by_cookie_header_or_parameter_and_its_rows_say_so(site, tmp_path):
    site.sells("1")
    stores = [
        {"location": "0417", "cookies": {"store": "417", "tier": "a"}},
        {"location": "0418", "headers": {"X-Store": "418"}},
        {"location": "0419", "parameters": {"store": "419"}},
    ]
    delivery = crawl(tmp_path, site, {"urls": ["/p/1"], "stores": stores, "surfaces": ["html"]}, channel="store")
    assert (delivery.status, delivery.rows) == ("complete", 3)
    assert sorted(rows_of(tmp_path)["location"]) == ["0417", "0418", "0419"]
    asked = {(path, headers.get("Cookie"), headers.get("X-Store")) for path, headers in site.heard if path != "/robots.txt"}
    assert asked == {("/p/1", "store=417; tier=a", None), ("/p/1", None, "418"), ("/p/1?store=419", None, None)}


def test_only_the_declared_surfaces_are_read(site, tmp_path):
    site.sells("1")
    crawl(tmp_path, site, {"surfaces": ["jsonld"]})
    assert set(rows_of(tmp_path)["surface"]) == {"jsonld"}


def test_broken_markup_is_refused_with_its_reason_beside_the_visible_price(site, tmp_path):
    site.pages["/p/1"] = product_page("1", marked=None) + '<script type="application/ld+json">{"@type": "Product", </script>'
    site.sells("2", "3")
    delivery = crawl(tmp_path, site, {})
    assert (delivery.rows, delivery.refused) == (5, 1)
    refused = read_refused(tmp_path / "landing", NIGHT, "webshop").collect().row(0, named=True)
    assert refused["source_ref"] == f"{site.url}/p/1#jsonld"
    assert refused["reason"].startswith("JSON-LD 1 is broken: Expecting property name")


def test_a_list_of_urls_and_a_packed_sitemap_are_sitemaps_too(site, tmp_path):
    site.sells("1", "2")
    site.pages["/urls.txt"] = f"{site.url}/p/1\n{site.url}/about\n"
    packed = gzip.compress(f"<urlset><url><loc>{site.url}/p/2</loc></url></urlset>".encode())
    site.pages["/products.xml.gz"] = packed.decode("latin-1")
    delivery = crawl(tmp_path, site, {"sitemap": ["/urls.txt", "/products.xml.gz"]})
    assert (delivery.status, products_of(tmp_path)) == ("complete", ["1", "2"])
