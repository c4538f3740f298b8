"""What could not be judged is told: rows, sources and rules of which nobody would otherwise hear."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Pricewatch = Callable[..., Any]

NIGHT = "2026-03-13"

JUNK = """0417,A1,12.9O,2026-03-13T21:15:00+01:00
0418,A1,12.99,2026-03-13T21:15:00+01:00
0419,A2,2.50,2026-03-13T21:15:00+01:00
0417,X9,1.00,2026-03-13T21:15:00+01:00
0417
"""


@pytest.fixture
def with_junk(shop: Path) -> Path:
    """The workspace before its first night, with five rows in the till file that nobody can judge."""
    tills = shop / f"inbox/{NIGHT}/tills.csv"
    tills.write_text(tills.read_text() + JUNK)
    return shop


def test_every_row_that_could_not_be_judged_is_told_with_its_reason_and_its_line(with_junk: Path, pricewatch: Pricewatch) -> None:
    pricewatch(with_junk, "audit", "--night", NIGHT)
    told = list(csv.DictReader(io.StringIO(pricewatch(with_junk, "refused", "--format", "csv").stdout)))
    lines = {row["source_ref"].rpartition(":")[2]: row["reason"] for row in told}
    assert set(lines) == {"6", "7", "8", "9", "10"}
    assert "'12.9O' is no number" in lines["6"]
    assert "store '0418' is not in the list of stores" in lines["7"]
    assert "'X9' is not in the catalogue" in lines["9"]
    assert {row["source"] for row in told} == {"tills"}


def test_the_report_tells_reasons_that_night_and_later_and_counts_like_ones_once(with_junk: Path, pricewatch: Pricewatch) -> None:
    for verb in ("audit", "report"):
        said = pricewatch(with_junk, verb, "--night", NIGHT).stdout
        seen = said[: said.index("WHAT MATTERS")]
        assert f"2 rows of tills: store '0418' is not in the list of stores [inbox/{NIGHT}/tills.csv:7]" in seen
        assert "1 row of tills: price '12.9O' is no number" in seen
        assert f"pricewatch refused --night {NIGHT}" in seen


def test_a_rule_that_looked_at_nothing_is_named(shop: Path, pricewatch: Pricewatch) -> None:
    rules = shop / "rules/prices.yaml"
    rules.write_text(
        rules.read_text() + "- {id: shelf-price, check: reference_price, where: channel_kind = 'store'}\n"
        "- {id: typo, check: expected_price, where: channel = 'shop'}\n"
    )
    said = pricewatch(shop, "audit", "--night", NIGHT).stdout
    assert "2 rules had nothing to judge, no offer shows what to look at: shelf-price, typo" in " ".join(said.split())


def test_a_source_that_was_not_asked_is_named_with_what_to_do(shop: Path, pricewatch: Pricewatch) -> None:
    pricewatch(shop, "collect", "catalogue", "stores", "price-list", "promotion-calendar", "webshop", "--night", NIGHT)
    said = " ".join(pricewatch(shop, "audit", "--no-collect", "--night", NIGHT).stdout.split())
    assert f"tills missing: was not collected fix: pricewatch collect tills --night {NIGHT}" in said
    assert "2 sources delivered nothing" in said


@pytest.mark.parametrize("command", ["rules check", f"audit --night {NIGHT}"])
def test_a_workspace_without_rules_is_no_calm_night(command: str, shop: Path, pricewatch: Pricewatch) -> None:
    (shop / "rules/prices.yaml").unlink()
    ran = pricewatch(shop, *command.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "there is no rule, so nothing would be found" in ran.stderr


def test_a_fault_of_a_source_names_the_source_and_what_happened(shop: Path, pricewatch: Pricewatch) -> None:
    (shop / "rules/data.yaml").write_text("- {id: healthy-sources, check: source_health, severity: critical}\n")
    (shop / f"inbox/{NIGHT}/app.csv").unlink()
    pricewatch(shop, "audit", "--night", NIGHT)
    line = next(line for line in pricewatch(shop, "findings").stdout.split("\n") if "source app" in line)
    assert "no file matches" in line
    assert "cause unknown" not in line
    told = pricewatch(shop, "explain", line.split()[0]).stdout
    assert "no file matches" in told
    assert "costs" not in told


def test_a_list_without_rows_says_so(audited: Path, pricewatch: Pricewatch) -> None:
    for verb in ("findings --sku nobody", "refused"):
        ran = pricewatch(audited, *verb.split())
        assert (ran.returncode, ran.stdout.strip()) == (0, "nothing to show")
