"""Waivers as a person gives them, in the file and on the command line, and what nights make of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

NIGHT = "2026-03-13"

CLOSING = """
- {id: closing, where: location = '0417', reason: the store closes, author: ana, until: 2026-03-13}
- {id: nobody, where: location = '0500', reason: no such store, author: ana, until: 2026-03-31}
"""


def test_a_waived_store_is_open_again_after_its_day_and_both_are_told(audited: Path, pricewatch: Callable) -> None:
    (audited / "config/waivers.yaml").write_text(CLOSING)
    before = json.loads(pricewatch(audited, "findings", "--location", "0417", "--format", "json").stdout)
    assert len(before) == 2
    said = pricewatch(audited, "audit", "--no-collect", "--night", NIGHT).stdout
    assert "1 waiver held nothing this night: nobody" in said
    waived = pricewatch(audited, "findings", "--state", "waived", "--format", "json").stdout
    assert {(row["location"], row["waived_by"]) for row in json.loads(waived)} == {("0417", "ana")}
    held = json.loads(pricewatch(audited, "waivers", "--format", "json").stdout)
    assert [(row["waiver"], row["scope"], row["holds"]) for row in held] == [
        ("closing", "location = '0417'", 2),
        ("nobody", "location = '0500'", 0),
    ]
    (audited / "inbox" / NIGHT).rename(audited / "inbox/2026-03-14")
    said = pricewatch(audited, "audit", "--night", "2026-03-14").stdout
    assert "1 waiver expired, and their findings are open again: closing" in said
    again = json.loads(pricewatch(audited, "findings", "--location", "0417", "--format", "json").stdout)
    assert {(row["state"], row["state_since"]) for row in again} == {("open", "2026-03-14")}


def test_a_condition_is_waived_from_the_command_line(audited: Path, pricewatch: Callable) -> None:
    said = ("--until", "2026-03-31", "--who", "jo", "--why", "agreed")
    ran = pricewatch(audited, "waive", "--where", "channel = 'app'", *said)
    assert (ran.returncode, "what meets channel = 'app' is waived until 2026-03-31" in ran.stdout) == (0, True)
    pricewatch(audited, "audit", "--no-collect", "--night", NIGHT)
    waived = json.loads(pricewatch(audited, "findings", "--state", "waived", "--format", "json").stdout)
    assert [row["channel"] for row in waived] == ["app"]


def test_what_can_not_be_waived_is_told_with_a_fix(audited: Path, pricewatch: Callable) -> None:
    who = ("--who", "jo", "--why", "agreed")
    wrong = {
        ("--where", "shop = 'app'", "--until", "2026-03-31"): "names 'shop', which is no column",
        ("--where", "channel = 'app'", "--until", "2199-03-31"): "more than a year ahead",
        ("--where", "channel = 'app'", "--until", "2026-03-01"): "before the newest night",
        ("--until", "2026-03-31"): "about one finding or about a condition",
    }
    for arguments, said in wrong.items():
        ran = pricewatch(audited, "waive", *arguments, *who)
        assert (ran.returncode, said in ran.stderr) == (2, True), ran.stderr


def test_rules_check_warns_of_expired_and_shadowed_waivers(audited: Path, pricewatch: Callable) -> None:
    (audited / "config/waivers.yaml").write_text(CLOSING)
    ran = pricewatch(audited, "rules", "check")
    assert ran.returncode == 0
    assert "config/waivers.yaml:2: waiver 'closing' expired on 2026-03-13" in ran.stderr
