"""Links to product pages: of sitemaps, of category pages, of files."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

from scrapy.http import Response, TextResponse
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

from pricewatch.collect.shop.options import UrlFile
from pricewatch.collect.spider import Unreadable
from pricewatch.domain.errors import UserError

_SITEMAP_SIZE = 60 * 2**20
"""sitemaps.org allows 50 MB unpacked."""

_FILE_SIZE = 500 * 2**20


def of_sitemap(page: Response) -> tuple[bool, list[str]]:
    """Whether a sitemap is an index of others, and the URLs it names. A plain list of URLs is a sitemap, too.

    Raises Unreadable when it is none of both, or unpacks to more than a sitemap may have.
    """
    body = page.body
    if body[:2] == b"\x1f\x8b":
        try:
            body = gunzip(body, max_size=_SITEMAP_SIZE)
        except Exception as error:  # Scrapy's own for a size, zlib's and OSError for damage
            raise Unreadable("is a sitemap that can't be unpacked, or is larger than 60 MB") from error
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"http"):
        return False, [line.strip() for line in start.decode("utf-8", "replace").splitlines() if line.strip()]
    try:
        sitemap = Sitemap(body)
        return sitemap.type == "sitemapindex", [entry["loc"] for entry in sitemap if entry.get("loc")]
    except Exception as error:  # lxml's errors, and StopIteration for an empty page
        raise Unreadable("is no sitemap") from error


def of_page(page: TextResponse, selector: str) -> list[str]:
    """Absolute URLs of the links that a selector finds: of the elements themselves, or of the links inside them."""
    found = page.css(selector).xpath("descendant-or-self::*[self::a or self::link]/@href").getall()
    urls = dict.fromkeys(page.urljoin(href.strip()).partition("#")[0] for href in found)
    return [url for url in urls if url.startswith(("http://", "https://"))]


def of_file(root: Path, declared: UrlFile) -> Iterator[str]:
    """The URLs or paths that a file lists; blank cells give none.

    Raises UserError for a file that isn't there, lies outside the workspace, or has no such column.
    """
    path = (root / declared.file).resolve()
    if not path.is_relative_to(root.resolve()):
        raise UserError("lies outside the workspace", declared.file, "put it below the workspace's root")
    try:
        text = _text(path, declared.encoding)
    except (OSError, EOFError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise UserError(f"can't be read: {what.lower()}", declared.file, "look at options: url_file of the source") from None
    except (UnicodeDecodeError, LookupError):
        raise UserError(f"is no {declared.encoding} text", declared.file, "declare its encoding: in url_file") from None
    if declared.column is None:
        values = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    else:
        table = csv.DictReader(io.StringIO(text), delimiter=declared.separator)
        columns = list(table.fieldnames or ())
        if declared.column not in columns:
            there = ", ".join(columns[:20]) or "none"
            raise UserError(f"has no column '{declared.column}'; it has {there}", declared.file, "mend column: of url_file")
        values = [(row[declared.column] or "").strip() for row in table]
    for value in dict.fromkeys(filter(None, values)):
        yield declared.template.replace("{}", value) if declared.template else value


def _text(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opener = gzip.open if packed else Path.open
    with opener(path, "rb") as opened:
        data = opened.read(_FILE_SIZE + 1)
    if len(data) > _FILE_SIZE:
        raise OSError(27, "is larger than 500 MB")
    return data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
