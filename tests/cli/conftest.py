"""A small retailer in files: three products, a webshop, an app and two stores, one night with four faults."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pricewatch.cli import main

NIGHT = "2026-03-13"

FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n",
    "config/channels.yaml": """
- {id: store, name: Stores, kind: store, market: fr, role: own_zone}
- {id: web, name: Webshop, kind: web, market: fr, zone: Z1, role: leader}
- {id: app, name: App, kind: app, market: fr, zone: Z1, role: {same_as: web}}
""",
    "config/sources.yaml": """
- {id: catalogue, feeds: products, importer: table_file, market: fr, files: inbox/central/catalogue.csv}
- {id: stores, feeds: locations, importer: table_file, market: fr, files: inbox/central/stores.csv}
- {id: price-list, feeds: price_list, importer: table_file, market: fr, files: inbox/central/price_list.csv}
- {id: promotion-calendar, feeds: promotions, importer: table_file, market: fr, files: inbox/central/promotions.csv}
- {id: webshop, importer: table_file, market: fr, channel: web, surface: html, tax_included: true,
   files: "inbox/{night}/webshop.csv"}
- {id: app, importer: table_file, market: fr, channel: app, surface: api, tax_included: true, files: "inbox/{night}/app.csv"}
- {id: tills, importer: table_file, market: fr, channel: store, surface: till, tax_included: true,
   files: "inbox/{night}/tills.csv"}
""",
    "rules/prices.yaml": """
- {id: decided-price, check: expected_price, severity: critical, owner: pricing, why: Everybody pays the decided price.}
- {id: right-gtin, check: identifier, severity: minor, owner: catalogue, why: Price comparisons find us by it.}
""",
    "inbox/central/catalogue.csv": """sku,gtin,name,brand,category,tax_rate,weekly_units
A1,03017620422003,Espresso 1 kg,Roma,coffee,20,40
A2,04006381333931,Ballpoint pen,Stabilo,office,20,10
A3,00000096385074,"=HYPERLINK(""http://evil"")",Mint,sweets,5.5,5
""",
    "inbox/central/stores.csv": "location,market,zone,name\n0417,fr,Z1,Lyon\n0009,fr,Z1,Paris\n",
    "inbox/central/price_list.csv": """sku,market,zone,list_price,valid_from,valid_to
A1,fr,Z1,11.99,2026-01-01,2026-03-08
A1,fr,Z1,12.99,2026-03-09,
A2,fr,Z1,2.50,2026-01-01,
A3,fr,Z1,0.99,2026-01-01,
""",
    "inbox/central/promotions.csv": "promotion,name,market,mechanic,value,sku,channels,audience,starts_at,ends_at,label\n",
    f"inbox/{NIGHT}/webshop.csv": """sku,gtin,name,price_text,observed_at
A1,3017620422003,Espresso 1 kg,11.99,2026-03-13T21:15:00+01:00
A2,4006381333931,Ballpoint pen,2.50,2026-03-13T21:15:00+01:00
A3,96385074,Mint,0.99,2026-03-13T21:15:00+01:00
""",
    f"inbox/{NIGHT}/app.csv": """sku,gtin,name,price_text,observed_at
A1,3017620422003,Espresso 1 kg,12.99,2026-03-13T21:15:00+01:00
A2,4006381333931,Ballpoint pen,25.00,2026-03-13T21:15:00+01:00
A3,96385074,Mint,0.99,2026-03-13T21:15:00+01:00
""",
    f"inbox/{NIGHT}/tills.csv": """location,sku,price_text,observed_at
0417,A1,12.99,2026-03-13T21:15:00+01:00
0417,A2,2.75,2026-03-13T21:15:00+01:00
0417,A3,1.99,2026-03-13T21:15:00+01:00
0009,A1,12.99,2026-03-13T21:15:00+01:00
""",
}


def _write(root: Path) -> None:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The workspace before its first night."""
    _write(tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture(scope="session")
def _audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("audited") / "shop"
    _write(root)
    ran = run_in(root, "audit", "--night", NIGHT)
    assert ran.returncode == 1, ran.stderr
    return root


@pytest.fixture
def audited(_audited: Path, tmp_path: Path) -> Path:
    """The workspace after its first night: a copy, to do with as a test likes."""
    return Path(shutil.copytree(_audited, tmp_path / "shop"))


def run_in(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it, in a process of its own; a pipe, 100 columns."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PRICEWATCH_") and name != "COLUMNS"}
    command = [sys.executable, "-m", "pricewatch", *arguments]
    return subprocess.run(
        command, cwd=folder, env=clean | environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def pricewatch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """`pricewatch(folder, "audit", "--night", ...)`: the console script's own `main`, in this process; a pipe, 100 columns.

    A process costs two seconds of imports; tests of what only a process has (pipes, encodings, exit codes) use `a_process`.
    """

    def run(folder: Path, *arguments: str, **environment: str) -> Ran:
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            for name in [name for name in os.environ if name.startswith("PRICEWATCH_")]:
                patch.delenv(name)
            for name, value in ({"COLUMNS": "100"} | environment).items():
                patch.setenv(name, value)
            capsys.readouterr()
            code = main(list(arguments))
            said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def a_process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The same as `pricewatch`, as a user starts it."""
    return run_in
