"""The demo's shop as the demo holds it: a process of its own (`server.py`) that shows a night's offers and always ends.

with Shop() as shop:
    shop.show(night.web, night.app)     # http://127.0.0.1:<a free port>, in `shop.url`
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from types import TracebackType

from pricewatch.runs.demo.offers import Row

SERVER = "pricewatch.runs.demo.server"
PATIENCE = 10.0
"""Seconds a stopped shop may take before it is killed."""


class Shop:
    """A running shop, to be used in a `with` block; `url` is where it is. It shows nothing until `show` was called."""

    def __init__(self) -> None:
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Shop:
        self._process = subprocess.Popen(
            [sys.executable, "-m", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            self.url = f"http://127.0.0.1:{int(self._hear())}"
        except BaseException:
            self.close()
            raise
        return self

    def show(self, web: list[Row], app: list[Row]) -> None:
        """From now on the shop shows these offers (`offers.Night`); returns when it does."""
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(json.dumps({"web": web, "app": app}) + "\n")
        process.stdin.flush()
        self._hear()

    def close(self) -> None:
        """Ends the process, politely first."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the shop is not open: use it in a with block")
        return self._process

    def _hear(self) -> str:
        """The process's next line."""
        stdout = self._running().stdout
        assert stdout is not None
        line = stdout.readline().strip()
        if not line:
            raise RuntimeError("the demo's shop stopped without a word")
        return line
