"""The process that is the demo's shop: the webshop's pages and the app's API on the loopback.

It is told what to show on its standard input, one line of JSON a night (`{"web": [...], "app": [...]}`), and says `ready` on its
standard output once it shows that; its first line is the port it was given. It ends when its standard input does: whatever
happens to the process that started it, it can't be left behind.

`/robots.txt`, `/sitemap.xml`, `/c/<category>`, `/p/<product>`, `/api/products?page=1&per_page=100`, and `/checkout`, which
robots.txt forbids to crawlers.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

from pricewatch.runs.demo.pages import PER_PAGE, Answer, Row, api_page, document, site


class Shelf:
    """What the server shows at the moment; replaced whole, so that no request sees half of a night."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.site: dict[str, Answer] = {}
        self.app: list[Row] = []

    def fill(self, web: list[Row], app: list[Row]) -> None:
        """Shows these offers from now on."""
        self.site, self.app = site(web, self.base), app

    def answer(self, address: str) -> Answer:
        """The answer to a GET of a path with its query."""
        parts = urlsplit(address)
        if parts.path == "/api/products":
            query = parse_qs(parts.query)
            try:
                page, per_page = int(query.get("page", ["1"])[0]), int(query.get("per_page", [str(PER_PAGE)])[0])
            except ValueError:
                page, per_page = 0, 0
            return api_page(self.app, page, per_page)
        lost = document("Not found", ["<h1>There is nothing here</h1>"])
        return self.site.get(parts.path) or Answer(404, "text/html; charset=utf-8", lost.encode())


class Handler(BaseHTTPRequestHandler):
    """Answers from the shelf; keeps connections open and says nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    shelf: Shelf

    def do_GET(self) -> None:
        """Sends the page."""
        self._send(self.shelf.answer(self.path))

    def do_HEAD(self) -> None:
        """Sends the headers alone."""
        self._send(self.shelf.answer(self.path), body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps quiet: the terminal belongs to the demo."""

    def _send(self, answer: Answer, *, body: bool = True) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if body:
            self.wfile.write(answer.body)


class Server(ThreadingHTTPServer):
    """A thread a connection; room for all of a crawl's connections to wait."""

    request_queue_size = 128


def serve(commands: IO[str], reports: IO[str]) -> None:
    """Serves until `commands` ends. First report: the port. After each command: `ready`."""
    server = Server(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    shelf = Handler.shelf = Shelf(f"http://127.0.0.1:{port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(port, file=reports, flush=True)
    for line in commands:
        offers = json.loads(line)
        shelf.fill(offers["web"], offers["app"])
        print("ready", file=reports, flush=True)
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    # Ctrl-C reaches the whole group; the parent ends us when it has cleaned up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin, sys.stdout)
    # Threads of connections that are kept open must not hold the process.
    os._exit(0)
