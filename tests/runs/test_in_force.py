"""Rules that hold from a day to a day: run on their nights, named as not in force on the others."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from pricewatch.domain.errors import UserError
from pricewatch.report.terminal import morning
from pricewatch.runs.look import last_run
from pricewatch.runs.night import run_night
from pricewatch.workspace import Workspace

FRIDAY, SATURDAY = date(2026, 3, 13), date(2026, 3, 14)

FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n",
    "config/channels.yaml": "- {id: web, name: Webshop, kind: web, market: fr, zone: Z1, role: leader}\n",
    "config/sources.yaml": """
- {id: catalogue, feeds: products, importer: table_file, market: fr, files: inbox/catalogue.csv}
- {id: price-list, feeds: price_list, importer: table_file, market: fr, files: inbox/price_list.csv}
- {id: webshop, importer: table_file, market: fr, channel: web, tax_included: true, files: "inbox/{night}.csv"}
""",
    "rules/law/fr.yaml": """
about: A price that is shown is charged.
source: [Code de la consommation, article L112-1]
disclaimer: This is no legal advice.
enabled: true
valid_from: 2026-03-14
rules:
- {id: shown-price, check: expected_price}
""",
    "inbox/catalogue.csv": "sku,name\nA1,Espresso\n",
    "inbox/price_list.csv": "sku,market,zone,list_price,valid_from\nA1,fr,Z1,12.99,2026-01-01\n",
    "inbox/2026-03-13.csv": "sku,price_text\nA1,11.99\n",
    "inbox/2026-03-14.csv": "sku,price_text\nA1,11.99\n",
}

ALWAYS = "- {id: decided-price, check: expected_price, tolerance: {percent: 50}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return tmp_path


def test_a_pack_is_run_from_its_first_night_on_and_named_before(root: Path) -> None:
    (root / "rules/prices.yaml").write_text(ALWAYS)
    workspace = Workspace.load(root)
    run_night(workspace, FRIDAY)
    run_night(workspace, SATURDAY)
    assert last_run(workspace, FRIDAY).findings.is_empty()
    assert last_run(workspace, SATURDAY).findings["rule"].to_list() == ["shown-price"]
    said = []
    for night in (FRIDAY, SATURDAY):
        run = last_run(workspace, night)
        console = Console(width=100, color_system=None, file=io.StringIO(), record=True)
        console.print(morning(run, width=100))
        said.append("1 rule not in force this night: shown-price" in console.export_text())
    assert said == [True, False]


def test_a_night_on_which_no_rule_is_in_force_is_refused_before_anything_is_changed(root: Path) -> None:
    with pytest.raises(UserError, match="no rule is in force on 2026-03-13"):
        run_night(Workspace.load(root), FRIDAY)
    assert not (root / "data").exists()
