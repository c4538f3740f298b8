"""Saved pages beside the spiders, and the rows they must give: `spiders/pages/<spider>/<case>.html` and `.expected.csv`.

Where the page needs a declaration, `<case>.options.json` holds what the spider is made with: `options`, `decimal`.
"""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, JsonResponse

from pricewatch.collect.crawl import load_spider
from pricewatch.collect.spider import Refused, TryAgain, Unreadable

SPIDERS = Path(__file__).parents[2] / "spiders"
PAGES = sorted(path for path in (SPIDERS / "pages").glob("*/*") if not path.name.endswith((".expected.csv", ".options.json")))
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)
PROVENANCE = {"source_ref", "collected_at", "observed_at"}


def rows_as_csv(page: Path) -> str:
    """What the page's spider reads, as a small CSV: only columns that say something; refusals in a column of their own."""
    beside = page.with_suffix(".options.json")
    declared = json.loads(beside.read_text()) if beside.exists() else {}
    spider = load_spider(SPIDERS, page.parent.name)(url="https://shop.example", observed_at=SEEN, **declared)
    kind = JsonResponse if page.suffix == ".json" else HtmlResponse
    response = kind(f"https://shop.example/{page.stem}", body=page.read_bytes(), encoding="utf-8")
    try:
        read = list(spider.read(response))
    except Unreadable as error:
        read = [Refused(response.url, ("try again: " if isinstance(error, TryAgain) else "") + error.reason)]
    rows = [
        {"refused": row.reason} if isinstance(row, Refused) else {k: v for k, v in row.items() if k not in PROVENANCE}
        for row in read
    ]
    columns = list(dict.fromkeys(name for row in rows for name, value in row.items() if value is not None))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_saved_page_gives_the_rows_written_beside_it(page: Path):
    assert rows_as_csv(page) == page.with_suffix(".expected.csv").read_text()


def test_every_spider_has_saved_pages():
    assert {path.stem for path in SPIDERS.glob("[!_]*.py")} == {path.parent.name for path in PAGES}


def test_every_row_says_where_and_when_it_was_seen():
    spider = load_spider(SPIDERS, "webshop")(url="https://shop.example", observed_at=SEEN)
    page = SPIDERS / "pages" / "webshop" / "simple_price.html"
    for row in spider.read(HtmlResponse("https://shop.example/p/819255", body=page.read_bytes(), encoding="utf-8")):
        assert {name: row[name] for name in PROVENANCE} == {
            "source_ref": "https://shop.example/p/819255",
            "collected_at": "2026-03-13T22:15:00+00:00",
            "observed_at": "2026-03-13T22:15:00+00:00",
        }


def test_a_spiders_unknown_field_is_a_mistake_that_names_the_fields_there_are():
    spider = load_spider(SPIDERS, "webshop")(url="https://shop.example")
    with pytest.raises(TypeError, match="raw rows have no prize_text; there are availability, "):
        spider.raw(HtmlResponse("https://shop.example/p/1"), prize_text="1")


BROKEN = (
    b'"',
    b"{",
    b"}",
    b"]",
    b"<",
    b">",
    b"null",
    b"1e999",
    b"NaN",
    b'"@id":"#x",',
    b"itemscope",
    b"&quot;",
    b"\x00",
    b"\xff",
)
BROKEN += (b"</script", b"9" * 5000, b"[[]]", b"{}", b'"@type":', b'"offers":', b"-", b"\xed\xa0\x80", b"<p {>", b"itemref='a a'")
GOOD = [page.read_bytes() for page in PAGES if page.parent.name == "webshop"]


@settings(max_examples=400)
@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(BROKEN)), min_size=1, max_size=8),
)
def test_a_page_with_bytes_changed_or_lost_is_read_or_unreadable_and_never_gives_a_price_of_zero(page, changes):
    for place, lost, put in changes:
        at = int(place * len(page))
        page = page[:at] + put + page[at + lost :]
    spider = load_spider(SPIDERS, "webshop")(url="https://shop.example", observed_at=SEEN, decimal=",")
    with suppress(Unreadable):
        for row in spider.read(HtmlResponse("https://shop.example/p/1", body=page, encoding="utf-8")):
            assert isinstance(row, Refused) or set(row["price_text"]) - set("0.,$ €")


def test_an_attribute_with_a_name_that_is_none_does_not_hide_the_price():
    spider = load_spider(SPIDERS, "webshop")(url="https://shop.example", observed_at=SEEN)
    page = b'<article {> class="product" data-product-id="7"><p class="price" {x="1">$2.99</p></article>'
    (row,) = spider.read(HtmlResponse("https://shop.example/p/7", body=page, encoding="utf-8"))
    assert row["price_text"] == "$2.99"
