"""Waivers: which findings each holds, from which night to which, and which of them hold nothing."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine import waivers
from pricewatch.testing import NIGHT

TOMORROW, YESTERDAY = NIGHT + timedelta(1), NIGHT - timedelta(1)


def findings(*given: dict[str, object]) -> pl.DataFrame:
    quiet = {"rule": "decided-price", "check": "expected_price", "channel": "store", "location": "0417", "state": "new"}
    return pl.DataFrame([{**quiet, **one} for one in given], schema=tables.schema("findings"))


def given_waivers(*given: dict[str, object]) -> pl.DataFrame:
    quiet = {"who": "ana", "why": "agreed", "until": NIGHT}
    return pl.DataFrame([{**quiet, **one} for one in given], schema=tables.schema("waivers"))


THREE = findings(
    {"fingerprint": "f1", "sku": "A1"}, {"fingerprint": "f2", "sku": "A2"}, {"fingerprint": "f3", "location": None, "sku": "A1"}
)


@pytest.mark.parametrize(
    ("waiver", "held"),
    [
        ({"fingerprint": "f2"}, ["f2"]),
        ({"where": "location = '0417'"}, ["f1", "f2"]),
        ({"where": "location = '0417' AND sku = 'A1'"}, ["f1"]),
        ({"where": "location <> '0009'"}, ["f1", "f2"]),  # where no store is stated, nothing is said of stores
        ({"where": "location = '0417'", "since": NIGHT}, ["f1", "f2"]),
        ({"where": "location = '0417'", "since": TOMORROW}, []),
        ({"where": "location = '0417'", "until": YESTERDAY}, []),
    ],
)
def test_a_waiver_holds_what_it_names_or_what_meets_its_condition_on_its_nights(waiver: dict, held: list[str]) -> None:
    known = given_waivers({"waiver": "w", **waiver})
    assert waivers.held(THREE, known, NIGHT)["fingerprint"].sort().to_list() == held


def test_of_several_waivers_of_a_finding_the_one_that_lasts_longest_is_told() -> None:
    known = given_waivers(
        {"waiver": "short", "fingerprint": "f1"}, {"waiver": "long", "where": "sku = 'A1'", "until": TOMORROW, "who": "kim"}
    )
    told = waivers.held(THREE, known, NIGHT).sort("fingerprint")
    assert told.rows() == [("long", "f1", "kim", TOMORROW), ("long", "f3", "kim", TOMORROW)]


def test_a_waiver_in_force_that_matches_nothing_is_idle_and_one_whose_finding_was_not_seen_is_not() -> None:
    known = given_waivers(
        {"waiver": "gone", "where": "sku = 'A9'"},
        {"waiver": "over", "where": "sku = 'A9'", "until": YESTERDAY},
        {"waiver": "right-again", "fingerprint": "f1"},
        {"waiver": "not-seen", "fingerprint": "f2"},
    )
    night = findings({"fingerprint": "f1", "state": "resolved"}, {"fingerprint": "f2", "state": "unverified"})
    assert waivers.idle(night, known, NIGHT) == ["gone", "right-again"]


def test_an_expired_waiver_has_lapsed_on_the_night_its_finding_is_open_again() -> None:
    known = given_waivers({"waiver": "w", "where": "sku = 'A1'", "until": YESTERDAY})
    before = THREE.with_columns(state=pl.lit("waived"))
    assert waivers.lapsed(THREE.with_columns(state=pl.lit("open")), before, known, NIGHT) == ["w"]
    assert waivers.lapsed(THREE.with_columns(state=pl.lit("open")), THREE, known, NIGHT) == []
    assert waivers.lapsed(THREE.with_columns(state=pl.lit("resolved")), before, known, NIGHT) == []


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        ("sku = 'A1'", "sku = 'A1'", True),
        ("sku = 'A1'", "location = '0417' AND sku = 'A1'", True),
        ("location = '0417' AND sku = 'A1'", "sku = 'A1' AND check = 'was_price' AND location = '0417'", True),
        ("location = '0417' AND sku = 'A1'", "sku = 'A1'", False),
        ("sku = 'A1'", "sku = 'A1' OR sku = 'A2'", False),
        ("sku = 'A1' OR sku = 'A2'", "(sku = 'A1' OR sku = 'A2') AND channel = 'web'", True),
    ],
)
def test_a_condition_covers_another_that_asks_for_all_of_it(first: str, second: str, covered: bool) -> None:
    assert waivers.covers(first, second) is covered


def test_a_condition_may_name_what_is_wrong_but_not_what_follows_from_waiving_it() -> None:
    assert waivers.problem("cause = 'swap' AND zone = 'Z1' AND impact < 500") is None
    assert waivers.problem("state = 'open'") is not None
    assert waivers.problem("sku IN (SELECT sku FROM other)") is not None


@pytest.mark.parametrize(("until", "right"), [(date(2027, 3, 14), True), (date(2027, 3, 15), False)])
def test_a_waiver_ends_within_a_year(until: date, right: bool) -> None:
    assert (waivers.too_late(until, date(2026, 3, 13)) is None) is right
