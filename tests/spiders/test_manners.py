"""Manners and safety of a crawl: where it may go, how much it may take, how long it waits, and what nobody may read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from pydantic import ValidationError
from site_on_loopback import Sent, Site, product_page, serving

from pricewatch.collect import collect, read_landing, read_refused
from pricewatch.collect.addresses import problem
from pricewatch.collect.discretion import discretion_of
from pricewatch.collect.job import Job
from pricewatch.collect.patience import seconds
from pricewatch.collect.polite import AllowedHosts
from pricewatch.workspace.config import Budget, Pace, Source

SPIDERS = Path(__file__).parents[2] / "spiders"
NIGHT = date(2026, 3, 13)
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


def crawl(tmp_path: Path, site: Site, *, urls: list[str] | None = None, **changes: object):
    options = {"urls": urls} if urls else {}
    values = {"id": "shop", "spider": "webshop", "market": "us", "channel": "web", "url": site.url, "options": options}
    values |= {"pace": Pace(delay=0), "budget": Budget(requests=200, minutes=1)}
    source = Source.model_validate(values | changes)
    (delivery,) = collect(tmp_path, tmp_path / "landing", [source], NIGHT, observed_at=SEEN, spiders=SPIDERS)
    return delivery


def reasons_of(tmp_path: Path) -> dict[str, str]:
    refused = read_refused(tmp_path / "landing", NIGHT, "shop").collect()
    return dict(refused.select("source_ref", "reason").iter_rows())


def log_of(tmp_path: Path) -> str:
    return (tmp_path / "landing" / "2026-03-13" / "shop.log").read_text()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("127.0.0.1", "127.0.0.1 is a loopback address"),
        ("::1", "::1 is a loopback address"),
        ("[::ffff:10.0.0.1]", "[::ffff:10.0.0.1] is a private address"),
        ("64:ff9b::a9fe:a9fe", "64:ff9b::a9fe:a9fe is a link-local address"),
        ("2002:7f00:1::", "2002:7f00:1:: is a loopback address"),
        ("169.254.169.254", "169.254.169.254 is a link-local address"),
        ("fe80::1%eth0", "fe80::1%eth0 is a link-local address"),
        ("10.1.2.3", "10.1.2.3 is a private address"),
        ("172.31.255.255", "172.31.255.255 is a private address"),
        ("192.168.0.1", "192.168.0.1 is a private address"),
        ("fd00::1", "fd00::1 is a private address"),
        ("100.64.0.1", "100.64.0.1 is no public address"),
        ("224.0.0.1", "224.0.0.1 is a multicast address"),
        ("0.0.0.0", "0.0.0.0 is an unspecified address"),
        ("8.8.8.8", None),
        ("2606:4700::1111", None),
        ("shop.example", None),
    ],
)
def test_only_public_addresses_are_talked_to(address: str, words: str | None):
    assert problem(address) == words


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://shop.example/p/1", None),
        ("http://www.shop.example/p/1", None),
        ("https://shop.example:8443/p/1", None),
        ("https://img.cdn.example/1", None),
        ("https://api.example/1", None),
        ("https://other.example/p/1", "leads to another host: other.example"),
        ("https://shop.example.evil.example/", "leads to another host"),
        ("https://evilshop.example/", "leads to another host"),
        ("https://shop.example@evil.example/", "leads to another host: evil.example"),
        ("https://cdn.example/1", "leads to another host: cdn.example"),
        ("https://shop.example:6379/", "leads to another port: shop.example:6379"),
        ("ftp://shop.example/p/1", "leads to ftp:, which is not crawled"),
        ("file:///etc/passwd", "leads to file:, which is not crawled"),
        ("http://169.254.169.254/latest/meta-data", "leads to a private place: 169.254.169.254 is a link-local address"),
        ("http://[::1]/", "leads to a private place: ::1 is a loopback address"),
        ("http://shop.example:port/", "is no URL"),
    ],
)
def test_requests_stay_on_the_declared_hosts(url: str, words: str | None):
    hosts = AllowedHosts("https://www.shop.example:8443/start", ("*.cdn.example", "api.example"), private=False)
    found = hosts.problem(url)
    assert found == words if words is None else found is not None and found.startswith(words)


def test_a_redirect_to_another_host_is_not_followed(site, tmp_path):
    site.sells(*(str(number) for number in range(9)))
    elsewhere = site.url.replace("127.0.0.1", "localhost") + "/p/0"
    site.pages["/p/moved"] = 0
    site.sends["/p/moved"] = [Sent(status=302, headers={"Location": elsewhere})]
    delivery = crawl(tmp_path, site)
    assert delivery.rows == 18
    assert reasons_of(tmp_path) == {elsewhere: "not followed: leads to another host: localhost (source key: hosts)"}
    assert site.asked["/p/0"] == 1


def test_links_into_our_own_network_are_not_followed_from_pages_nor_for_stores(site, tmp_path):
    site.sells("1")
    inside = "http://169.254.169.254/p/latest"
    options = {"urls": ["/p/1", inside], "stores": [{"location": "1", "cookies": {"store": "1"}}]}
    delivery = crawl(tmp_path, site, options=options)
    assert delivery.rows == 2
    assert reasons_of(tmp_path)[inside].startswith("not followed: leads to a private place: 169.254.169.254 is a link-local")


def test_a_name_that_resolves_to_a_private_address_is_not_connected_to(site, tmp_path):
    site.sells("1")
    named = site.url.replace("127.0.0.1", "localhost")
    delivery = crawl(tmp_path, site, url=named)
    assert delivery.status == "failed"
    assert "not connected: 127.0.0.1 is a loopback address (source key: private_addresses)" in delivery.problem
    assert not site.asked
    assert crawl(tmp_path, site, url=named, urls=["/p/1"], private_addresses=True).status == "complete"


def test_a_declared_host_is_not_thereby_allowed_to_be_private(site, tmp_path):
    site.sells("1")
    named = site.url.replace("127.0.0.1", "localhost") + "/p/1"
    delivery = crawl(tmp_path, site, urls=["/p/1", named], hosts=["localhost"])
    assert delivery.rows == 2
    assert "127.0.0.1 is a loopback address" in reasons_of(tmp_path)[named]


def test_a_page_that_is_too_large_or_unpacks_to_too_much_is_refused_and_the_others_land(site, tmp_path):
    site.sells(*(str(number) for number in range(9)))
    bomb = gzip.compress(b"<html>" + b" " * 30_000_000)
    assert len(bomb) < 100_000
    site.sends = {
        "/p/large": [Sent(b"x" * 1_500_000)],
        "/p/bomb": [Sent(bomb, headers={"Content-Encoding": "gzip"})],
    }
    places = [f"/p/{number}" for number in range(9)]
    budget = Budget(requests=200, minutes=1, page_megabytes=1)
    delivery = crawl(tmp_path, site, urls=[*places, "/p/large", "/p/bomb"], budget=budget)
    assert (delivery.status, delivery.rows) == ("complete", 18)
    too_large = "the page is larger than a page may be (budget: page_megabytes)"
    assert reasons_of(tmp_path) == {f"{site.url}/p/large": too_large, f"{site.url}/p/bomb": too_large}


def test_the_megabytes_of_a_budget_are_kept_and_said(site, tmp_path):
    places = [f"/p/{number}" for number in range(20)]
    site.pages |= {place: product_page(place[3:]) + "x" * 100_000 for place in places}
    budget = Budget(requests=200, minutes=1, megabytes=0.5)
    delivery = crawl(tmp_path, site, urls=places, budget=budget, pace=Pace(delay=0, concurrent=1))
    assert delivery.status == "degraded"
    assert sum(site.asked.values()) == 6  # robots.txt and the five pages that are half a megabyte
    assert "its budget of 0.5 MB was used up, 15 pages were not fetched" in delivery.problem


def test_a_site_that_asks_to_wait_is_waited_for(site, tmp_path):
    site.sells("1", "2")
    page = Sent(product_page("3").encode())
    site.sends["/p/3"] = [Sent(status=429, headers={"Retry-After": "1"}), Sent(status=503, headers={"Retry-After": "0"}), page]
    begun = monotonic()
    delivery = crawl(tmp_path, site, urls=["/p/3"])
    assert (delivery.status, delivery.rows, site.asked["/p/3"]) == ("complete", 2, 3)
    assert monotonic() - begun >= 1


def test_a_site_that_stays_busy_is_given_up_after_three_times(site, tmp_path):
    site.sends["/p/1"] = [Sent(status=503, headers={"Retry-After": "0"})]
    delivery = crawl(tmp_path, site, urls=["/p/1"])
    assert (delivery.status, site.asked["/p/1"]) == ("failed", 3)
    assert "the site answers HTTP 503" in delivery.problem


def test_a_wait_that_is_too_long_ends_the_crawl_and_is_said(site, tmp_path):
    site.sells(*(str(number) for number in range(10)))
    site.sends["/p/5"] = [Sent(status=429, headers={"Retry-After": "3600"})]
    places = [f"/p/{number}" for number in range(10)]
    delivery = crawl(tmp_path, site, urls=places, pace=Pace(delay=0, concurrent=1))
    assert (delivery.status, delivery.rows) == ("degraded", 10)
    assert "the site asks to wait 3600 seconds (HTTP 429), 5 pages were not fetched" in delivery.problem
    assert sum(site.asked.values()) == 7


def test_a_wait_beyond_the_sources_minutes_is_too_long(site, tmp_path):
    site.sends["/p/1"] = [Sent(status=429, headers={"Retry-After": "60"})]
    delivery = crawl(tmp_path, site, urls=["/p/1"], pace=Pace(delay=0, longest_wait=timedelta(hours=1)))
    assert delivery.problem == "nothing was read: the site asks to wait 60 seconds (HTTP 429)"


@pytest.mark.parametrize(
    ("written", "wait"),
    [
        (b"120", 120),
        (b" 0 ", 0),
        (b"Fri, 13 Mar 2026 22:16:00 GMT", 60),
        (b"Fri, 13 Mar 2026 21:00:00 GMT", 0),
        (b"soon", None),
        (b"-5", None),
        (b"9" * 40, None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(written: bytes | None, wait: float | None):
    assert seconds(written, SEEN) == wait


def test_the_password_of_a_url_is_sent_and_never_written(site, tmp_path):
    site.sells("1")
    url = site.url.replace("http://", "http://auditor:s3cret-word@")
    delivery = crawl(tmp_path, site, url=url, urls=["/p/1", "/p/2"])
    heard = dict(site.heard)
    assert heard["/p/1"]["Authorization"] == "Basic YXVkaXRvcjpzM2NyZXQtd29yZA=="
    rows = read_landing(tmp_path / "landing", NIGHT, "shop").collect()
    assert set(rows["source_ref"]) == {f"{site.url}/p/1"}
    written = "".join(path.read_bytes().decode("latin-1") for path in (tmp_path / "landing").rglob("*.*") if path.is_file())
    assert "s3cret-word" not in written + str(delivery)


def test_a_token_from_the_environment_is_sent_and_never_written(site, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", "tok-81549300")
    site.sells("1")
    site.sends["/p/2"] = [Sent(b"tok-81549300 is not for you", status=403)]
    stores = [{"parameters": {"key": "tok-81549300"}, "cookies": {"session": "c00kie-of-ours"}}]
    options = {"urls": ["/p/1", "/p/2"], "stores": stores}
    crawl(tmp_path, site, options=options)
    assert "/p/1?key=tok-81549300" in dict(site.heard)
    assert dict(site.heard)["/p/1?key=tok-81549300"]["Cookie"] == "session=c00kie-of-ours"
    rows = read_landing(tmp_path / "landing", NIGHT, "shop").collect()
    assert set(rows["source_ref"]) == {f"{site.url}/p/1?key=***"}
    assert list(reasons_of(tmp_path)) == [f"{site.url}/p/2?key=***"]
    assert "tok-81549300" not in log_of(tmp_path)
    assert "c00kie-of-ours" not in log_of(tmp_path)


def test_what_the_environment_says_openly_is_no_secret():
    job = Job("s", "offers", "webshop", "", "", "", "http://shop.example", {"urls": ["/p/1"]}, 1, 0, 1, 1, None, 1)
    assert not discretion_of(job, {"SHOP_URL": "http://shop.example", "HOME": "/p/1"})
    assert discretion_of(job, {"SHOP_KEY": "/p/1"}).hide("at /p/1") == "at ***"


def test_walls_and_zero_prices_are_refused_by_kind_and_degrade_the_delivery(site, tmp_path):
    site.sells(*(str(number) for number in range(40)))
    site.pages |= {
        "/p/wall-1": "<title>Just a moment...</title>",
        "/p/wall-2": "<h1>Sign in</h1>",
        "/p/zero": product_page("zero", price="$0.00", marked="0.00"),
        "/p/gone": "<h1>Page not found</h1>",
        "/": product_page("home"),
    }
    site.sends = {
        "/p/old-1": [Sent(status=302, headers={"Location": "/"})],
        "/p/blocked": [Sent(b'<div class="h-captcha">', status=403)],
    }
    named = ("wall-1", "wall-2", "zero", "gone", "old-1", "blocked")
    delivery = crawl(tmp_path, site, urls=[f"/p/{name}" for name in (*range(40), *named)])
    assert (delivery.status, delivery.rows, delivery.refused) == ("degraded", 80, 6)
    assert delivery.problem == "2 of 46 pages: captcha; 2 of 46 pages: soft 404"
    reasons = {url.removeprefix(site.url): reason for url, reason in reasons_of(tmp_path).items()}
    assert reasons == {
        "/p/wall-1": "asks to prove that a person reads it (captcha)",
        "/p/wall-2": "asks to sign in",
        "/p/zero": "shows a price of zero; JSON-LD 1 Product.offers states a price of zero",
        "/p/gone": "says that there is no such page, with the status of a good one (soft 404)",
        "/p/old-1": "says that there is no such page, with the status of a good one (soft 404)",
        "/p/blocked": "the site answers HTTP 403: asks to prove that a person reads it (captcha)",
    }


@pytest.mark.parametrize("host", ["https://cdn.example", "cdn.example/p", "*", "*.", "shop.example:80", "Shop.example", ""])
def test_a_host_is_declared_by_its_name_alone(host):
    values = {"id": "shop", "spider": "webshop", "market": "us", "channel": "web", "url": "https://shop.example"}
    with pytest.raises(ValidationError):
        Source.model_validate(values | {"hosts": [host]})
    assert Source.model_validate(values | {"hosts": ["cdn.shop.example", "*.shop.example", "10.0.0.1"]}).hosts
