"""`pricewatch lint`: tomorrow's files as a person checks them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path


def test_a_sound_calendar_is_clean_and_nothing_is_kept(shop: Path, pricewatch: Callable) -> None:
    ran = pricewatch(shop, "lint", "--on", "2026-03-14")
    assert (ran.returncode, ran.stdout.strip()) == (0, "nothing to show")
    assert not (shop / "data/landing").exists()


def test_rows_that_make_no_sense_are_told_with_file_and_line(shop: Path, pricewatch: Callable) -> None:
    with (shop / "inbox/central/promotions.csv").open("a") as file:
        file.write("P1,Easter,fr,percent,20,A1,web,everyone,2026-03-16,2026-03-14,-20 %\n")
        file.write("P2,Easter,fr,percent,20,A9,web,everyone,2026-03-14,2026-03-16,-20 %\n")
    ran = pricewatch(shop, "lint", "--on", "2026-03-14", "--format", "json")
    told = {(row["rule"], row["source_ref"]) for row in json.loads(ran.stdout)}
    assert ran.returncode == 1
    assert told == {
        ("calendar-refused", "inbox/central/promotions.csv:2"),
        ("calendar-unknown-sku", "inbox/central/promotions.csv:3"),
    }
    assert pricewatch(shop, "lint", "--on", "2026-03-14", "--fail-on", "critical").returncode == 0
