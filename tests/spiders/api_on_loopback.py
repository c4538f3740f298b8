"""A JSON API on the loopback that a test writes as one function, and what was asked of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: Any = None


@dataclass
class Answered:
    """What the API answers: JSON, or text that is none."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Api:
    """An API: `answer` is the test's; robots.txt allows everything."""

    answer: Callable[[Asked], Any]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""


@contextmanager
def answering(answer: Callable[[Asked], Any]) -> Iterator[Api]:
    """The API on a free port of the loopback, until the context ends."""
    api = Api(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            if parts.path == "/robots.txt":
                told: Any = Answered("User-agent: *\nAllow: /\n")
            else:
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body)
                api.asked.append(asked)
                told = api.answer(asked)
            told = told if isinstance(told, Answered) else Answered(told)
            data = (told.body if isinstance(told.body, str) else json.dumps(told.body)).encode()
            self.send_response(told.status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the name that the server looks for

        def log_message(self, *_: object) -> None:
            """Quiet."""

        def handle(self) -> None:
            with suppress(OSError):  # the crawler is gone
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
