"""One night as a scheduler runs it: a site crawled now and judged now, no instant given from outside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_on_loopback import Site, serving

from pricewatch.runs.night import run_night
from pricewatch.workspace import Workspace

SPIDERS = Path(__file__).parents[2] / "spiders"

FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: us, name: United States, currency: USD, time_zone: America/New_York, tax_included: false}\n",
    "config/channels.yaml": "- {id: app, name: App, kind: app, market: us, zone: Z1, role: leader}\n",
    "config/sources.yaml": """
- {id: catalogue, feeds: products, importer: table_file, market: us, files: inbox/catalogue.csv}
- {id: price-list, feeds: price_list, importer: table_file, market: us, files: inbox/price_list.csv}
- {id: app, spider: app_api, market: us, channel: app, surface: api, minor_units: true, tax_included: false,
   url: "SITE/api/products", pace: {concurrent: 2, delay: 0}}
""",
    "rules/prices.yaml": """
- {id: app-price, check: expected_price, severity: critical, owner: app-team, why: The app shows the decided price.}
""",
    "inbox/catalogue.csv": "sku,name\nA1,Espresso\nA2,Pen\n",
    "inbox/price_list.csv": "sku,market,zone,list_price,valid_from\nA1,us,Z1,12.99,2020-01-01\nA2,us,Z1,2.50,2020-01-01\n",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


def shop_of(site: Site, root: Path) -> Workspace:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace("SITE", site.url).lstrip("\n"), encoding="utf-8")
    shutil.copytree(SPIDERS, root / "spiders")
    return Workspace.load(root)


def test_a_site_crawled_during_the_night_is_judged_the_same_night(site: Site, tmp_path: Path) -> None:
    site.api = [
        {"id": "A1", "name": "Espresso", "price_minor": 1299, "currency": "USD"},
        {"id": "A2", "name": "Pen", "price_minor": 25, "currency": "USD"},
    ]
    run = run_night(shop_of(site, tmp_path))
    assert run.counts["quarantined"] == 0
    assert run.counts["judged"] == 2
    assert run.findings.select("sku", "state", "cause").rows() == [("A2", "new", "decimal_shift")]
    assert run.findings["observed_at"].max() <= run.as_of
