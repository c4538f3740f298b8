"""`pricewatch collect SOURCE --url URL`: what is read from one page, where it came from, what was left out and why."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "spiders"))
from site_on_loopback import Sent, Site, product_page, serving

Pricewatch = Callable[..., Any]

CHECKOUT = Path(__file__).parents[2]

GROUP = """<h1>Coat</h1><p class="price">$59.00</p><p class="promotion-label">-10 % \x1b[31m</p>
<script type="application/ld+json">{"@type": "Product", "sku": "C2", "offers": [
 {"@type": "Offer", "price": "59.00", "priceSpecification": {"price": "99.00", "priceType": "https://schema.org/MSRP"}},
 {"@type": "AggregateOffer", "lowPrice": "49.00", "highPrice": "59.00"},],}</script>
<script type="application/ld+json">{"@type": "Offer", "price": </script>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


@pytest.fixture
def with_site(shop: Path, site: Site) -> Path:
    """The workspace with a site among its sources, and the shipped spider."""
    (shop / "spiders").mkdir(exist_ok=True)
    for name in ("webshop", "app_api"):
        (shop / "spiders" / f"{name}.py").write_text((CHECKOUT / "spiders" / f"{name}.py").read_text())
    sources = shop / "config/sources.yaml"
    sources.write_text(
        sources.read_text() + f"- {{id: site, spider: webshop, market: fr, channel: web, surface: html, url: '{site.url}',\n"
        "   pace: {delay: 0}, options: {stores: [{location: '0417', cookies: {store: '417'}}]}}\n"
        f"- {{id: api, spider: app_api, market: fr, channel: app, surface: api, url: '{site.url}/api/products',\n"
        "   pace: {delay: 0}, minor_units: true}\n"
    )
    return shop


def words(ran: Any) -> str:
    return " ".join(ran.stdout.split())


def test_each_surface_and_field_is_told_with_its_origin_and_nothing_lands(
    with_site: Path, site: Site, pricewatch: Pricewatch
) -> None:
    site.pages["/p/C2"] = GROUP
    ran = pricewatch(with_site, "collect", "site", "--url", "/p/C2")
    said = words(ran)
    assert ran.returncode == 0, ran.stderr
    assert f"{site.url}/p/C2 (HTTP 200, store 0417)" in said
    assert "what people see price_text $59.00 from .price (options: price)" in said
    assert "external_id C2 from jsonld: JSON-LD 1 Product.sku" in said
    assert "price_text 59.00 from JSON-LD 1 Product.offers[0].price" in said
    assert "note: JSON-LD 1 is broken and was mended" in said
    assert "note: JSON-LD 1 Product.offers[0].priceSpecification[0]: 99.00 is a MSRP, not a price of this channel" in said
    assert "note: JSON-LD 1 Product.offers[1] is a range (49.00 to 59.00), nobody's price" in said
    assert "refused: JSON-LD 2 is broken" in said
    assert "2 rows would land." in said
    assert "\x1b" not in ran.stdout
    assert not (with_site / "data").exists()


def test_a_page_without_a_price_says_why_and_where_it_would_lead(with_site: Path, site: Site, pricewatch: Pricewatch) -> None:
    site.pages["/c/tea"] = '<a href="/p/1">x</a><a href="/p/2">y</a>'
    ran = pricewatch(with_site, "collect", "site", "--url", f"{site.url}/c/tea")
    assert ran.returncode == 3
    assert f"as a category it leads to 2 product pages: {site.url}/p/1, {site.url}/p/2" in words(ran)
    assert "Nothing would land: no price on the page, neither visible nor in its markup" in words(ran)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/p/gone", "(HTTP 404, store 0417) Nothing would land: the site answers HTTP 404"),
        ("/p/forbidden", "(no answer, store 0417) Nothing would land: robots.txt forbids it"),
        ("https://elsewhere.example/p/1", "Nothing would land: not followed: leads to another host: elsewhere.example"),
        ("/p/moved", "Nothing would land: not followed: leads to a private place: 169.254.169.254 is a link-local address"),
    ],
)
def test_a_page_that_does_not_come_says_why(with_site: Path, site: Site, pricewatch: Pricewatch, path: str, reason: str) -> None:
    site.sends["/p/moved"] = [Sent(status=301, headers={"Location": "http://169.254.169.254/p/1"})]
    ran = pricewatch(with_site, "collect", "site", "--url", path)
    assert ran.returncode == 3
    assert reason in words(ran)


def test_any_spiders_page_can_be_looked_at(with_site: Path, site: Site, pricewatch: Pricewatch) -> None:
    site.api = [{"id": "1", "price_minor": 1299, "currency": "EUR"}, {"id": "2"}]
    ran = pricewatch(with_site, "collect", "api", "--url", f"{site.url}/api/products?page=1&per_page=100")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the API" in ran.stdout
    assert "price_text 1299" in words(ran)
    assert "1 row would land." in words(ran)


def test_what_can_not_be_looked_at_is_told(with_site: Path, site: Site, pricewatch: Pricewatch) -> None:
    site.pages["/p/1"] = product_page("1")
    ran = pricewatch(with_site, "collect", "tills", "--url", "/p/1")
    assert (ran.returncode, "source 'tills' reads files, so it has no pages" in ran.stderr) == (2, True)
    assert "there are: site, api" in ran.stderr
    ran = pricewatch(with_site, "collect", "site", "api", "--url", "/p/1")
    assert (ran.returncode, "one page is read by one source" in ran.stderr) == (2, True)
    config = with_site / "config/sources.yaml"
    config.write_text(config.read_text().replace("{stores: [", "{storse: ["))
    ran = pricewatch(with_site, "collect", "site", "--url", "/p/1")
    assert ran.returncode == 3
    assert "no option 'storse'; did you mean 'stores'?" in ran.stderr
