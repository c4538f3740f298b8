"""A small shop on the loopback, in the shape that the demo's shop has, with the ways in which sites misbehave."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ROBOTS = "User-agent: *\nDisallow: /checkout\nDisallow: /p/forbidden\n"


def product_page(product: str, price: str | None = "$2.99", marked: str | None = "2.99") -> str:
    """A product page: what people see, and what machines read."""
    shown = f'<p class="price">{price}</p>' if price else ""
    offer = {"@type": "Offer", "price": marked, "priceCurrency": "USD", "availability": "https://schema.org/InStock"}
    jsonld = {"@context": "https://schema.org", "@type": "Product", "sku": product, "name": f"Product {product}", "offers": offer}
    script = f'<script type="application/ld+json">{json.dumps(jsonld)}</script>' if marked else ""
    return (
        f'<html><body><article class="product" data-product-id="{product}"><h1>Product {product}</h1>'
        f'<p class="gtin">0200000819255</p>{shown}<p class="availability">In stock</p></article>{script}</body></html>'
    )


@dataclass(frozen=True)
class Sent:
    """An answer with everything said."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """What the site serves, and what was asked of it."""

    pages: dict[str, str | int] = field(default_factory=dict)
    """Path -> page, or an HTTP status."""
    sends: dict[str, list[Sent]] = field(default_factory=dict)
    """Path -> the answers to one request after another; the last one stays."""
    robots: str | int = ROBOTS
    api: list[dict[str, object]] = field(default_factory=list)
    broken_api_pages: set[int] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    """Paths that are not answered before `release` is set."""
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Every path with its query and headers, as they came."""
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set when a slow page was asked for."""
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def sells(self, *products: str) -> None:
        """Product pages with a price."""
        self.pages |= {f"/p/{product}": product_page(product) for product in products}

    def answer(self, path: str) -> tuple[int, str, str]:
        """Status, content type and body of a path."""
        parts = urlsplit(path)
        if parts.path == "/robots.txt":
            return (self.robots, "text/plain", "") if isinstance(self.robots, int) else (200, "text/plain", self.robots)
        if parts.path == "/sitemap.xml":
            if "/sitemap.xml" in self.pages:
                return self._page("/sitemap.xml")
            places = "".join(f"<url><loc>{self.url}{page}</loc></url>" for page in [*self.pages, "/c/dairy", "/checkout"])
            return (
                200,
                "application/xml",
                f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>',
            )
        if parts.path == "/api/products":
            asked = parse_qs(parts.query)
            number, size = int(asked["page"][0]), int(asked["per_page"][0])
            if number in self.broken_api_pages:
                return 500, "text/plain", "broken"
            pages = -(-len(self.api) // size)
            answer = {"products": self.api[(number - 1) * size : number * size], "page": number, "pages": pages}
            return 200, "application/json", json.dumps(answer)
        return self._page(parts.path)

    def _page(self, path: str) -> tuple[int, str, str]:
        page = self.pages.get(path, 404)
        return (page, "text/plain", "no") if isinstance(page, int) else (200, "text/html; charset=utf-8", page)


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """The site on a free port of the loopback, until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            site.asked[self.path if path == "/api/products" else path] += 1
            site.agents.add(self.headers["User-Agent"])
            site.heard.append((self.path, dict(self.headers)))
            if path in site.slow:
                site.arrived.set()
                site.release.wait(60)
            if path in site.sends:
                answers = site.sends[path]
                self.send(answers.pop(0) if len(answers) > 1 else answers[0])
                return
            status, kind, text = site.answer(self.path)
            # a page that is bytes is written in Latin-1: packed sitemaps
            body = text.encode("latin-1" if path.endswith(".gz") else "utf-8")
            self.send(Sent(body, status, {"Content-Type": kind}))

        def send(self, sent: Sent) -> None:
            self.send_response(sent.status)
            for name, value in ({"Content-Type": "text/html; charset=utf-8"} | sent.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent.body)))
            self.end_headers()
            self.wfile.write(sent.body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def handle(self) -> None:
            with suppress(OSError):  # the crawler was killed
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        site.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
