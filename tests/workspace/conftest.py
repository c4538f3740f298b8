"""A small workspace on disk: two channels, two sources, one rule. Tests replace the file they are about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace import Workspace

FILES = {
    "config/workspace.yaml": """
        name: Corner Grocery
    """,
    "config/markets.yaml": """
        - id: fr
          name: France
          currency: EUR
          time_zone: Europe/Paris
          tax_included: true
    """,
    "config/channels.yaml": """
        - id: web
          name: Webshop
          kind: web
          market: fr
          zone: Z1
          role: leader
        - id: app
          name: App
          kind: app
          market: fr
          zone: Z1
          role: {same_as: web}
    """,
    "config/sources.yaml": """
        - id: webshop
          spider: webshop
          market: fr
          channel: web
          url: https://shop.example
        - id: app-export
          importer: table_file
          market: fr
          channel: app
          files: inbox/{night}/app.csv
    """,
    "rules/prices.yaml": """
        - id: web-price
          check: expected_price
          where: channel = 'web'
          severity: critical
          owner: ecommerce
          why: The webshop must show the decided price.
    """,
    "spiders/webshop.py": "# a spider\n",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write the small workspace with some files replaced (`write(**{"config/markets.yaml": ...})`); gives its root."""
    monkeypatch.delenv("PRICEWATCH_WORKSPACE", raising=False)
    monkeypatch.delenv("PRICEWATCH_DATABASE", raising=False)

    def make(replaced: dict[str, str | None] | None = None) -> Path:
        for name, text in {**FILES, **(replaced or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def told(write: Write) -> Callable[..., list[tuple[str, str, str]]]:
    """Every problem of the small workspace with some files replaced: (where, what, fix)."""

    def problems(replaced: dict[str, str | None], **options: object) -> list[tuple[str, str, str]]:
        try:
            Workspace.load(write(replaced), **options)  # type: ignore[arg-type]
        except Problems as found:
            return [(p.where, p.what, p.fix) for p in found.problems]
        except UserError as found:
            return [(found.where, found.what, found.fix)]
        return []

    return problems
