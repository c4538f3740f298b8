"""Crawls end to end: a real site on the loopback, the workspace's spiders, a child process each, rows in the landing place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from site_on_loopback import Site, product_page, serving

from pricewatch.collect import collect, deliveries, read_landing, read_refused
from pricewatch.collect.job import Job
from pricewatch.collect.landing import Landing
from pricewatch.collect.sites import crawl_site
from pricewatch.domain import tables
from pricewatch.workspace.config import Budget, Pace, Source

SPIDERS = Path(__file__).parents[2] / "spiders"
NIGHT = date(2026, 3, 13)
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


def webshop(site: Site, **changes: object) -> Source:
    values = {
        "id": "webshop",
        "spider": "webshop",
        "market": "us",
        "channel": "web",
        "url": site.url,
        "pace": Pace(delay=0),
        "budget": Budget(requests=200, minutes=1),
    }
    return Source.model_validate(values | changes)


def app(site: Site, **changes: object) -> Source:
    values = {"id": "app", "spider": "app_api", "channel": "app", "url": f"{site.url}/api/products", "minor_units": True}
    return webshop(site, **(values | changes))


def crawl(tmp_path: Path, *sources: Source, night: date = NIGHT, **more: object):
    return collect(tmp_path, tmp_path / "landing", sources, night, observed_at=SEEN, spiders=SPIDERS, **more)


def rows_of(tmp_path: Path, source: str, night: date = NIGHT) -> pl.DataFrame:
    return read_landing(tmp_path / "landing", night, source).collect()


def reasons_of(tmp_path: Path, source: str) -> dict[str, str]:
    refused = read_refused(tmp_path / "landing", NIGHT, source).collect()
    return dict(refused.select(pl.col("source_ref").str.replace(r"^http://[^/]+", ""), "reason").iter_rows())


def test_each_product_page_lands_its_visible_price_and_its_markup_as_rows_of_their_own(site, tmp_path):
    site.sells("1", "2")
    (delivery,) = crawl(tmp_path, webshop(site))
    assert (delivery.status, delivery.problem, delivery.rows, delivery.refused) == ("complete", None, 4, 0)
    rows = rows_of(tmp_path, "webshop")
    assert rows.schema == tables.schema("raw")
    assert sorted(rows.select("external_id", "surface", "price_text").iter_rows()) == [
        ("1", "html", "$2.99"),
        ("1", "jsonld", "2.99"),
        ("2", "html", "$2.99"),
        ("2", "jsonld", "2.99"),
    ]
    assert set(rows["observed_at"]) == set(rows["collected_at"]) == {"2026-03-13T22:15:00+00:00"}
    assert set(rows["source_ref"]) == {f"{site.url}/p/1", f"{site.url}/p/2"}
    assert deliveries(tmp_path / "landing", NIGHT) == [delivery]


def test_robots_txt_is_obeyed_from_the_first_request_and_what_it_forbids_is_counted(site, tmp_path):
    site.sells(*(f"forbidden-{number}" for number in range(30)), "1")
    (delivery,) = crawl(tmp_path, webshop(site))
    assert not [path for path in site.asked if path.startswith("/p/forbidden") or path == "/checkout"]
    assert (delivery.rows, delivery.refused) == (2, 30)
    assert reasons_of(tmp_path, "webshop")["/p/forbidden-7"] == "robots.txt forbids it"


@pytest.mark.parametrize("status", [500, 429])
def test_a_robots_txt_that_the_server_fails_to_give_forbids_everything(site, tmp_path, status):
    site.sells("1")
    site.robots = status
    (delivery,) = crawl(tmp_path, webshop(site))
    assert delivery.status == "failed"
    assert "robots.txt forbids it" in delivery.problem
    assert set(site.asked) == {"/robots.txt"}


def test_the_crawler_says_who_it_is(site, tmp_path):
    site.sells("1")
    crawl(tmp_path, webshop(site))
    (agent,) = site.agents
    assert agent.startswith("pricewatch/")


def test_a_page_that_fails_and_a_page_without_a_price_are_refused_with_the_reason_and_the_rest_lands(site, tmp_path):
    site.sells(*(str(number) for number in range(20)))
    site.pages |= {"/p/broken": 500, "/p/gone": 404, "/p/mute": product_page("mute", price=None, marked=None)}
    (delivery,) = crawl(tmp_path, webshop(site))
    assert (delivery.status, delivery.rows, delivery.refused) == ("complete", 40, 3)
    assert reasons_of(tmp_path, "webshop") == {
        "/p/broken": "the site answers HTTP 500",
        "/p/gone": "the site answers HTTP 404",
        "/p/mute": "no price on the page, neither visible nor in its markup",
    }


def test_many_unread_pages_degrade_the_delivery(site, tmp_path):
    site.sells("1", "2")
    site.pages |= {"/p/3": 404, "/p/4": 404}
    (delivery,) = crawl(tmp_path, webshop(site))
    assert delivery.status == "degraded"
    assert "2 of 5 pages could not be read, most often: the site answers HTTP 404" in delivery.problem


def test_the_request_budget_is_kept_to_the_request_and_said(site, tmp_path):
    site.sells(*(str(number) for number in range(50)))
    (delivery,) = crawl(tmp_path, webshop(site, budget=Budget(requests=12, minutes=1)))
    assert sum(site.asked.values()) == 12
    assert delivery.status == "degraded"
    assert "its budget of 12 requests was used up, 40 pages were not fetched" in delivery.problem
    assert delivery.rows == 20


def test_the_minutes_of_a_budget_are_kept_and_said(site, tmp_path):
    site.sells("1")
    site.pages["/p/slow"] = product_page("slow")
    site.slow.add("/p/slow")
    source = webshop(site, budget=Budget(requests=50, minutes=0.03), options={"timeout": 4})
    (delivery,) = crawl(tmp_path, source)
    assert (delivery.status, delivery.rows) == ("degraded", 2)
    assert "its budget of 0.03 minutes was used up" in delivery.problem


def test_a_slow_page_is_given_up_in_words_and_the_others_land(site, tmp_path):
    site.sells(*(str(number) for number in range(9)))
    site.pages["/p/slow"] = product_page("slow")
    site.slow.add("/p/slow")
    (delivery,) = crawl(tmp_path, webshop(site, options={"timeout": 0.3}))
    assert (delivery.status, delivery.rows) == ("complete", 18)
    assert reasons_of(tmp_path, "webshop") == {"/p/slow": "no answer: timed out"}


def test_a_site_that_is_not_there_fails_in_words_and_lands_nothing(tmp_path):
    with serving(Site()) as gone:
        source = webshop(gone)
    (delivery,) = crawl(tmp_path, source)
    assert (delivery.status, delivery.rows) == ("failed", 0)
    assert "nothing was" in delivery.problem
    assert "connection refused" in delivery.problem
    assert "pricewatch collect webshop --night 2026-03-13" in delivery.fix
    assert rows_of(tmp_path, "webshop").is_empty()
    assert rows_of(tmp_path, "webshop").schema == tables.schema("raw")


def test_a_sitemap_index_leads_to_its_sitemaps(site, tmp_path):
    site.sells("1")
    loc = f"<urlset><url><loc>{site.url}/p/1</loc></url></urlset>"
    site.pages["/sitemap.xml"] = f"<sitemapindex><sitemap><loc>{site.url}/products.xml</loc></sitemap></sitemapindex>"
    site.pages["/products.xml"] = loc
    (delivery,) = crawl(tmp_path, webshop(site))
    assert (delivery.status, delivery.rows) == ("complete", 2)


def test_a_lost_sitemap_of_an_index_degrades_the_delivery(site, tmp_path):
    site.sells(*(str(number) for number in range(10)))
    locs = "".join(f"<url><loc>{site.url}/p/{number}</loc></url>" for number in range(10))
    index = "".join(f"<sitemap><loc>{site.url}/{name}.xml</loc></sitemap>" for name in ("here", "lost"))
    site.pages |= {
        "/sitemap.xml": f"<sitemapindex>{index}</sitemapindex>",
        "/here.xml": f"<urlset>{locs}</urlset>",
        "/lost.xml": 404,
    }
    (delivery,) = crawl(tmp_path, webshop(site))
    assert (delivery.status, delivery.rows) == ("degraded", 20)
    assert f"a page that leads to many was lost: {site.url}/lost.xml: the site answers HTTP 404" in delivery.problem


def product(number: int, **changes: object) -> dict[str, object]:
    return {"id": number, "gtin": f"{number:014d}", "price_minor": 1299, "currency": "USD", "available": True} | changes


def test_the_apps_pages_are_followed_and_numbers_stay_as_they_were_written(site, tmp_path):
    site.api = [product(number, member_price_minor=1199) for number in range(1, 251)]
    (delivery,) = crawl(tmp_path, app(site))
    assert (delivery.status, delivery.rows, delivery.files) == ("complete", 250, 4)  # three pages and robots.txt
    first = rows_of(tmp_path, "app").filter(external_id="101").row(0, named=True)
    assert (first["price_text"], first["member_price_text"], first["was_price_text"]) == ("1299", "1199", None)
    assert (first["availability"], first["currency"], first["surface"]) == ("true", "USD", "api")
    assert first["source_ref"] == f"{site.url}/api/products?page=2&per_page=100#/products/0"


def test_a_lost_page_of_the_api_degrades_the_delivery_because_it_stands_for_many_products(site, tmp_path):
    site.api = [product(number) for number in range(1, 1001)]
    site.broken_api_pages = {4}
    (delivery,) = crawl(tmp_path, app(site))
    assert (delivery.status, delivery.rows) == ("degraded", 900)
    assert "page=4" in delivery.problem


def test_a_product_of_the_api_without_a_price_is_refused_as_it_came(site, tmp_path):
    site.api = [product(number) for number in range(1, 10)] + [product(10, price_minor=None)]
    (delivery,) = crawl(tmp_path, app(site))
    assert (delivery.rows, delivery.refused) == (9, 1)
    refused = read_refused(tmp_path / "landing", NIGHT, "app").collect().row(0, named=True)
    assert refused["reason"] == "a product without price_minor"
    assert '"id": "10"' in refused["row"]


def test_two_sources_side_by_side_and_the_failing_one_does_not_stop_the_other(site, tmp_path):
    site.sells("1")
    told: list[tuple[str, int]] = []
    failed, good = crawl(
        tmp_path,
        app(site, url=f"{site.url}/nowhere"),
        webshop(site),
        on_progress=lambda source, rows: told.append((source, rows)),
    )
    assert (failed.source, failed.status, failed.rows) == ("app", "failed", 0)
    assert "HTTP 404" in failed.problem
    assert (good.source, good.status, good.rows) == ("webshop", "complete", 2)
    assert {source for source, _ in told} == {"webshop"} | {source for source, _ in told if source == "app"}


def test_two_nights_in_one_process_and_a_second_crawl_of_a_night_replaces_the_first(site, tmp_path):
    site.sells("1")
    later = date(2026, 3, 14)
    crawl(tmp_path, webshop(site))
    site.sells("2")
    crawl(tmp_path, webshop(site), night=later)
    assert (rows_of(tmp_path, "webshop").height, rows_of(tmp_path, "webshop", later).height) == (2, 4)
    crawl(tmp_path, webshop(site))
    assert rows_of(tmp_path, "webshop").height == 4


def child_of_this_process() -> int:
    """The crawl's process id, from the system's own list."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent == os.getpid() and b"pricewatch.collect.crawl" in words:
                return int(folder.name)
    raise AssertionError("no crawl is running")


def test_a_killed_crawl_lands_nothing_and_says_so(site, tmp_path):
    site.sells("1", "2")
    site.pages["/p/slow"] = product_page("slow")
    site.slow.add("/p/slow")

    def kill() -> None:
        assert site.arrived.wait(30)
        os.kill(child_of_this_process(), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    (delivery,) = crawl(tmp_path, webshop(site))
    killer.join()
    assert (delivery.status, delivery.rows) == ("failed", 0)
    assert delivery.problem == "the crawl was cut off: its process was killed by signal 9; nothing was landed"
    left = sorted(path.name for path in (tmp_path / "landing" / "2026-03-13").iterdir())
    assert left == ["webshop.json", "webshop.log"]


def test_a_stopped_crawl_ends_its_process_and_leaves_what_landed_before(site, tmp_path):
    site.sells("1")
    crawl(tmp_path, webshop(site))
    site.slow.add("/p/1")
    stop = threading.Event()
    stopper = threading.Thread(target=lambda: site.arrived.wait(30) and stop.set())
    stopper.start()
    with Landing(tmp_path / "landing", NIGHT, "webshop", "offers") as place, pytest.raises(KeyboardInterrupt):
        crawl_site(webshop(site), NIGHT, place, spiders=SPIDERS, observed_at=None, progress=lambda _: None, stop=stop)
    stopper.join()
    with pytest.raises(AssertionError, match="no crawl is running"):
        child_of_this_process()
    assert rows_of(tmp_path, "webshop").height == 2


def test_a_crawl_ends_when_its_parent_is_gone(site, tmp_path):
    site.pages["/p/slow"] = product_page("slow")
    site.slow.add("/p/slow")
    job = Job("webshop", "offers", "webshop", str(SPIDERS), str(tmp_path), "", site.url, {}, 8, 0, 100, 1, None, 60)
    (tmp_path / "job.json").write_text(json.dumps(asdict(job)))
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "pricewatch.collect.crawl", str(tmp_path / "job.json")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log) as child:
            assert site.arrived.wait(60)
            assert child.stdin is not None
            child.stdin.close()  # what the system does for a parent that was killed
            assert child.wait(30) == 1
    assert not (tmp_path / "result.json").exists()
    assert "remote_control" not in (tmp_path / "log").read_text()


def write_spider(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "own.py").write_text("from pricewatch.collect.spider import PriceSpider\n" + text)
    return folder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import nowhere_to_be_found", "can't be imported: ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("x = 1", "holds no class derived from PriceSpider"),
        ("class Own(PriceSpider):\n    name = 'own'\n    def start_requests(self): ...", "has no 'async def start(self)'"),
        (
            "class Own(PriceSpider):\n    name = 'own'\n    async def start(self):\n        raise KeyError('x')\n        yield",
            "nothing was fetched",
        ),
    ],
)
def test_a_spider_that_can_not_run_fails_its_source_in_words(site, tmp_path, text, words):
    spiders = write_spider(tmp_path / "own_spiders", text)
    source = webshop(site, spider="own")
    (delivery,) = collect(tmp_path, tmp_path / "landing", [source], NIGHT, spiders=spiders)
    assert delivery.status == "failed"
    assert words in delivery.problem


def test_an_unknown_spider_is_answered_with_those_there_are(site, tmp_path):
    (delivery,) = crawl(tmp_path, webshop(site, spider="webshp"))
    assert delivery.status == "failed"
    assert "there is no spider 'webshp'; there are: app_api, marketplace, webshop" in delivery.problem


def test_a_spiders_mistake_on_one_page_is_refused_and_the_others_land(site, tmp_path):
    spiders = write_spider(
        tmp_path / "own_spiders",
        "class Own(PriceSpider):\n"
        "    name = 'own'\n"
        "    async def start(self):\n"
        "        for number in range(10):\n"
        "            yield self.page(f'{self.base_url}/p/{number}')\n"
        "    def read(self, page):\n"
        "        yield self.raw(page, external_id='x', price_text='1')\n"
        "        if page.url.endswith('3'):\n"
        "            {}['missing']\n",
    )
    site.sells(*(str(number) for number in range(10)))
    (delivery,) = collect(tmp_path, tmp_path / "landing", [webshop(site, spider="own")], NIGHT, spiders=spiders)
    assert (delivery.status, delivery.rows, delivery.refused) == ("complete", 9, 1)
    assert reasons_of(tmp_path, "webshop") == {"/p/3": "the spider failed: KeyError: 'missing'"}
