"""Pages that JavaScript makes, fetched by Chromium from a real site on the loopback; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from site_on_loopback import Sent, Site, serving

from pricewatch.collect import browser as browser_module
from pricewatch.collect import collect, read_landing, read_refused
from pricewatch.collect.browser import settings_of
from pricewatch.collect.job import Job
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Browser, Budget, Pace, Source

SPIDERS = Path(__file__).parents[2] / "spiders"
NIGHT = date(2026, 3, 13)
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)

needs_chromium = pytest.mark.skipif(
    find_spec("scrapy_playwright") is None or shutil.which("chromium") is None,
    reason="the extra 'browser' or the program chromium is not installed",
)

MADE = """<html><body><article class="product" data-product-id="1"><h1>Tea</h1></article><img src="/pixel.png">
<script>fetch("/data").then(answer => answer.text()).then(price => {
  const shown = document.createElement("p"); shown.className = "price"; shown.textContent = price + document.cookie;
  document.querySelector("article").append(shown);
});fetch("%s").catch(() => {})</script></body></html>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


def crawl(tmp_path: Path, site: Site, urls: list[str], *, browser: Browser | None, stores: list[object] | None = None):
    source = Source.model_validate(
        {
            "id": "shop",
            "spider": "webshop",
            "market": "us",
            "channel": "web",
            "url": site.url,
            "options": {"urls": urls, "timeout": 20, "stores": stores or []},
            "pace": Pace(delay=0),
            "budget": Budget(requests=50, minutes=1),
            "browser": browser,
        }
    )
    (delivery,) = collect(tmp_path, tmp_path / "landing", [source], NIGHT, observed_at=SEEN, spiders=SPIDERS)
    return delivery


def reasons_of(tmp_path: Path) -> dict[str, str]:
    refused = read_refused(tmp_path / "landing", NIGHT, "shop").collect()
    return dict(refused.select("source_ref", "reason").iter_rows())


@needs_chromium
def test_a_page_that_javascript_makes_is_read_and_nothing_but_the_shop_is_asked(site, tmp_path):
    with serving(Site()) as elsewhere:
        named = elsewhere.url.replace("127.0.0.1", "localhost")
        site.pages |= {"/p/1": MADE % f"{named}/spy", "/data": "$2.49"}
        assert crawl(tmp_path, site, ["/p/1"], browser=None).status == "failed"
        delivery = crawl(tmp_path, site, ["/p/1"], browser=Browser(wait_for=".price"))
        assert (delivery.status, delivery.problem, delivery.rows) == ("complete", None, 1)
        rows = read_landing(tmp_path / "landing", NIGHT, "shop").collect()
        assert rows.select("external_id", "surface", "price_text", "source_ref").rows() == [
            ("1", "html", "$2.49", f"{site.url}/p/1")
        ]
        assert not elsewhere.asked
    assert site.asked["/pixel.png"] == 0
    assert all(agent.startswith("pricewatch/") for agent in site.agents)


@needs_chromium
def test_a_browser_is_not_led_into_another_network_by_a_redirect_and_a_forbidden_page_is_not_asked_for(site, tmp_path):
    site.sells("1")
    with serving(Site()) as inside:
        inside.sells("9")
        for number, host in enumerate(("localhost", "127.0.0.2")):
            place = f"{inside.url.replace('127.0.0.1', host)}/p/9"
            site.sends[f"/p/moved-{number}"] = [Sent(status=302, headers={"Location": place})]
        delivery = crawl(tmp_path, site, ["/p/1", "/p/moved-0", "/p/moved-1", "/p/forbidden"], browser=Browser())
        assert delivery.rows == 2
        assert not inside.asked
    assert site.asked["/p/forbidden"] == 0
    assert set(reasons_of(tmp_path)) == {f"{site.url}/p/moved-0", f"{site.url}/p/moved-1", f"{site.url}/p/forbidden"}


@needs_chromium
def test_a_page_that_never_shows_what_is_waited_for_says_what_it_lacks(site, tmp_path):
    site.sells("1")
    site.pages["/p/2"] = "<h1>soon</h1>"
    source = ["/p/1", "/p/2"]
    delivery = crawl(tmp_path, site, source, browser=Browser(wait_for=".price"))
    assert delivery.rows == 2
    assert reasons_of(tmp_path) == {f"{site.url}/p/2": "no price on the page, neither visible nor in its markup"}


@needs_chromium
def test_the_stores_cookies_are_the_browsers(site, tmp_path):
    site.pages |= {"/p/1": MADE % "/data", "/data": "$2.49 "}
    stores = [{"location": number, "cookies": {"store": number}} for number in ("0417", "0418")]
    crawl(tmp_path, site, ["/p/1"], browser=Browser(wait_for=".price"), stores=stores)
    rows = read_landing(tmp_path / "landing", NIGHT, "shop").collect()
    assert sorted(rows.select("location", "price_text").rows()) == [("0417", "$2.49 store=0417"), ("0418", "$2.49 store=0418")]


def job(**changes: object) -> Job:
    values = dict.fromkeys(("source", "feeds", "spider", "spiders", "staging", "log"), "shop")
    values |= {"url": "https://127.0.0.1", "options": {}, "concurrent": 1, "delay": 0, "requests": 1, "minutes": 1}
    return Job(**(values | {"observed_at": None, "timeout": 1, "browser": {}} | changes))  # type: ignore[arg-type]


def test_without_the_extra_the_message_names_the_command_that_brings_it(monkeypatch):
    monkeypatch.setattr(browser_module, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match="its pages need a browser, and the extra for it is not installed") as raised:
        settings_of(job(), "pricewatch")
    assert raised.value.fix == 'pip install "pricewatch-omni[browser]"'


def test_without_a_browser_the_message_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.setattr(browser_module, "find_spec", lambda name: True)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="there is no browser"):
        settings_of(job(), "pricewatch")
    with pytest.raises(SourceError, match="there is no program 'lynx'"):
        settings_of(job(browser={"program": "lynx"}), "pricewatch")


def test_a_declared_host_in_our_own_network_is_not_given_to_the_browser(monkeypatch, tmp_path):
    monkeypatch.setattr(browser_module, "find_spec", lambda name: True)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(SourceError, match=r"not connected: localhost: 127\.0\.0\.1 is a loopback address"):
        settings_of(job(hosts=("localhost",)), "pricewatch")
    meant = settings_of(job(hosts=("localhost", "*.cdn.example"), private_addresses=True), "pricewatch")
    (rules,) = (each for each in meant["PLAYWRIGHT_LAUNCH_OPTIONS"]["args"] if "host-resolver" in each)
    assert "MAP localhost 127.0.0.1" in rules
    assert rules.endswith("EXCLUDE *.cdn.example, MAP * ~NOTFOUND")
