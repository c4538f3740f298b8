"""`app_api` against a real shop: Vendure from its registry, on the loopback, with a catalogue of its own (`make shops`)."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pricewatch.collect import Delivery, collect, read_landing
from pricewatch.runs.night import run_night
from pricewatch.workspace import Workspace
from pricewatch.workspace.config import Pace, Source

pytestmark = pytest.mark.shops

SPIDERS = Path(__file__).parents[2] / "spiders"
SHOP = Path(__file__).parent / "vendure"
NIGHT = date(2026, 3, 13)
SEEN = datetime(2026, 3, 13, 22, 15, tzinfo=UTC)
TAX = Decimal("1.2")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running shop."""
    installed = os.environ.get("PRICEWATCH_SHOPS")
    if not installed:
        pytest.skip("needs a Vendure shop; run: make shops")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("vendure")
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            ["node", str(SHOP / "server.js"), str(port), str(folder)],
            env=os.environ | {"NODE_PATH": f"{installed}/node_modules"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            text=True,
        ) as server,
    ):
        assert server.stdout is not None
        said = [line for line in iter(server.stdout.readline, "READY\n") if line]
        assert server.poll() is None, "".join(said) + (folder / "log").read_text()
        yield f"http://127.0.0.1:{port}"
        server.kill()


def charged() -> dict[str, Decimal]:
    """What the shop must charge, by SKU: the net prices of its catalogue with tax, in whole cents."""
    with (SHOP / "products.csv").open() as file:
        return {row["sku"]: (Decimal(row["price"]) * TAX).quantize(Decimal("0.01")) for row in csv.DictReader(file)}


def crawled(shop: str, tmp_path: Path, **options: Any) -> tuple[Delivery, pl.DataFrame]:
    source = Source(
        id="app",
        spider="app_api",
        market="us",
        channel="app",
        url=shop,
        private_addresses=True,
        pace=Pace(delay=0),
        options={"profile": "vendure"} | options,
    )
    (delivery,) = collect(tmp_path, tmp_path / "landing", [source], NIGHT, observed_at=SEEN, spiders=SPIDERS)
    return delivery, read_landing(tmp_path / "landing", NIGHT, "app").collect()


def small_pages() -> dict[str, Any]:
    total = "data.products.totalItems"
    return {"by": "offset", "parameter": "skip", "size": 2, "size_parameter": "take", "total": total}


@pytest.mark.parametrize("options", [{}, {"paging": small_pages()}], ids=["one page", "pages of two"])
def test_the_profile_alone_gives_every_variant_at_what_the_shop_charges(shop: str, options: dict[str, Any], tmp_path: Path):
    delivery, rows = crawled(shop, tmp_path, **options)
    assert (delivery.status, delivery.problem, delivery.refused) == ("complete", None, 0)
    assert {sku: Decimal(price) for sku, price in rows.select("sku", "price_text").iter_rows()} == charged()
    assert set(rows["currency"]) == {"USD"}
    assert set(rows["tax_included"]) == {"true"}
    assert rows.filter(sku="L2201508")["availability"].to_list() == ["OUT_OF_STOCK"]
    assert rows.filter(sku="L2201316")["name"].to_list() == ["Laptop 13 inch 16GB"]


def test_the_shops_own_errors_are_told_in_its_words(shop: str, tmp_path: Path):
    delivery, _ = crawled(shop, tmp_path, paging=small_pages() | {"size": 500})
    assert delivery.status == "failed"
    assert "the answer tells of an error: Cannot take more than 100 results from a list query" in delivery.problem


FILES = {
    "config/workspace.yaml": "name: Shop\n",
    "config/markets.yaml": "- {id: us, name: United States, currency: USD, time_zone: America/New_York, tax_included: true}\n",
    "config/channels.yaml": "- {id: app, name: App, kind: app, market: us, zone: Z1, role: leader}\n",
    "config/sources.yaml": """
- {id: catalogue, feeds: products, importer: table_file, market: us, files: inbox/catalogue.csv}
- {id: price-list, feeds: price_list, importer: table_file, market: us, files: inbox/price_list.csv}
- {id: app, spider: app_api, market: us, channel: app, url: SHOP, private_addresses: true, options: {profile: vendure}}
""",
    "rules/prices.yaml": "- {id: app, check: expected_price, severity: critical, owner: app, why: As decided.}\n",
}


def test_a_night_finds_the_one_price_that_was_decided_otherwise(shop: str, tmp_path: Path):
    decided = charged() | {"TBL200032": Decimal("379.80")}
    prices = "".join(f"{sku},us,Z1,{price},2020-01-01\n" for sku, price in decided.items())
    own = {
        "inbox/catalogue.csv": "sku,name\n" + "".join(f"{sku},{sku}\n" for sku in decided),
        "inbox/price_list.csv": "sku,market,zone,list_price,valid_from\n" + prices,
    }
    for name, text in (FILES | own).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.replace("SHOP", shop).lstrip("\n"))
    (tmp_path / "spiders").symlink_to(SPIDERS)
    run = run_night(Workspace.load(tmp_path), NIGHT, observed_at=SEEN, as_of=SEEN)
    assert run.counts["judged"] == len(decided)
    assert run.findings.select("sku", "expected", "observed").rows() == [("TBL200032", 37980, 39480)]
