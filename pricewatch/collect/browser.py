"""Pages that are made by JavaScript: fetched by a real browser (extra `browser`), only for the sources that ask for one.

A browser follows redirects by itself and asks for scripts, styles and data of a page without Scrapy's middlewares. So it is given
no names but those of the declared hosts, each with the address that was found and judged before: whatever else a page or a
redirect leads to has no address for it. Images, fonts and films are not asked for.
"""

from __future__ import annotations

import os
import shutil
import socket
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from pricewatch.collect import addresses
from pricewatch.collect.job import Job
from pricewatch.collect.polite import AllowedHosts
from pricewatch.domain.errors import SourceError

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
_HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
_NEVER = frozenset({"image", "media", "font"})
_PLAIN = (".xml", ".gz", ".txt", ".json")
"""Files that no browser has to make."""


def settings_of(job: Job, user_agent: str) -> dict[str, Any]:
    """What a crawl with a browser is made with besides.

    Raises SourceError where the extra or the browser is missing, or a declared host is in our own network.
    """
    assert job.browser is not None
    where = f"source '{job.source}', browser"
    if find_spec("scrapy_playwright") is None:
        raise SourceError(
            "its pages need a browser, and the extra for it is not installed", where, 'pip install "pricewatch-omni[browser]"'
        )
    program = job.browser.get("program") or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None and not _own_browsers().is_dir():
        raise SourceError("there is no browser", where, "apt install chromium, or: playwright install chromium")
    if program is not None and shutil.which(program) is None:
        raise SourceError(f"there is no program '{program}'", where, "mend program: of its browser, or take it out")
    hosts = AllowedHosts(job.url, job.hosts, private=job.private_addresses)

    async def abort(request: Any) -> bool:
        """Whether the browser must not ask for something."""
        if request.resource_type in _NEVER:
            return True
        return urlsplit(request.url).scheme not in ("data", "blob", "about") and hosts.problem(request.url) is not None

    return {
        "DOWNLOAD_HANDLERS": dict.fromkeys(("file", "ftp", "s3", "data")) | dict.fromkeys(("http", "https"), _HANDLER),
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"headless": True, "args": _arguments(job, hosts), "timeout": job.timeout * 1000}
        | ({"executable_path": program} if program else {}),
        "PLAYWRIGHT_CONTEXTS": {"default": _context(user_agent)},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": job.concurrent,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": job.timeout * 1000,
        "PLAYWRIGHT_ABORT_REQUEST": abort,
        "BROWSER_WAIT_FOR": job.browser.get("wait_for"),
    }


def _own_browsers() -> Path:
    """Where Playwright keeps browsers that it installed itself."""
    declared = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(declared) if declared else Path.home() / ".cache" / "ms-playwright"


def _context(user_agent: str) -> dict[str, Any]:
    return {"user_agent": user_agent, "service_workers": "block", "accept_downloads": False}


def _arguments(job: Job, hosts: AllowedHosts) -> list[str]:
    """Chromium's switches: no traffic of its own, and no other names than those of the hosts that were judged."""
    rules = []
    for host in sorted(hosts.exact - {""}):
        if addresses.problem(host):
            rules.append(f"EXCLUDE {host}")  # written as an address in the source's own URL
        elif (address := _address(host, job)) is not None:
            rules.append(f"MAP {host} {address}")
    rules += [f"EXCLUDE *{ending}" for ending in hosts.endings]
    rules.append("MAP * ~NOTFOUND")
    switches = ["--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--no-first-run"]
    if os.geteuid() == 0:
        switches.append("--no-sandbox")  # Chromium does not start as root with it
    return [*switches, f"--host-resolver-rules={', '.join(rules)}"]


def _address(host: str, job: Job) -> str | None:
    """A host's address, judged; null where it has none. Raises SourceError for one in our own network."""
    try:
        address = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except OSError:
        return None
    if not job.private_addresses and (words := addresses.problem(str(address))):
        raise SourceError(
            f"not connected: {host}: {words}", f"source '{job.source}'", "declare private_addresses: true if that is meant"
        )
    return str(address)


class RenderedPages:
    """Has pages fetched by the browser; sitemaps, lists and robots.txt are fetched as ever."""

    def __init__(self, wait_for: str | None, timeout: float, largest: int, user_agent: str) -> None:
        self.wait_for, self.timeout, self.largest, self.user_agent = wait_for, timeout, largest, user_agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the job's settings."""
        settings = crawler.settings
        timeout, largest = settings.getfloat("DOWNLOAD_TIMEOUT"), settings.getint("DOWNLOAD_MAXSIZE")
        return cls(settings["BROWSER_WAIT_FOR"], timeout, largest, settings["USER_AGENT"])

    def process_request(self, request: Request) -> None:
        """Mark a page for the browser; a store's cookies make a browser context of their own."""
        if request.meta.get("dont_obey_robotstxt") or urlsplit(request.url).path.endswith(_PLAIN):
            return
        request.meta["playwright"] = True
        request.meta["playwright_page_goto_kwargs"] = {"wait_until": "domcontentloaded"}
        if self.wait_for:
            from scrapy_playwright.page import PageMethod

            request.meta["playwright_page_methods"] = [PageMethod(self._shown)]
        if cookies := request.headers.get("Cookie"):
            known = blake2b(cookies, digest_size=8).hexdigest()
            request.meta["playwright_context"] = f"store-{known}"
            request.meta["playwright_context_kwargs"] = _context(self.user_agent) | {
                "storage_state": {"cookies": _cookies(cookies.decode("latin-1"), request.url), "origins": []}
            }

    async def _shown(self, page: Any) -> None:
        """Wait until what was declared is there; without it the page is read as it is, and says itself what it lacks."""
        from playwright.async_api import TimeoutError as TooLong

        try:
            await page.wait_for_selector(self.wait_for, state="attached", timeout=self.timeout * 1000)
        except TooLong:
            return

    def process_response(self, request: Request, response: Response) -> Response:
        """A page that became too large is refused like one that came so."""
        if request.meta.get("playwright") and len(response.body) > self.largest:
            raise IgnoreRequest("the page that the browser made exceeds DOWNLOAD_MAXSIZE")
        return response


def _cookies(written: str, url: str) -> list[dict[str, Any]]:
    host = urlsplit(url).hostname or ""
    pairs = (pair.partition("=") for pair in written.split("; "))
    return [
        {
            "name": name,
            "value": value,
            "domain": host,
            "path": "/",
            "expires": -1,
            "httpOnly": False,
            "secure": False,
            "sameSite": "Lax",
        }
        for name, _, value in pairs
    ]
