"""One finding told end to end; a product's history; lists that fit the screen; answers and deliveries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from nights import NIGHT, bad_night, findings, fingerprint, incidents
from syrupy.assertion import SnapshotAssertion

from pricewatch.report import words
from pricewatch.report.answers import answers, deliveries
from pricewatch.report.explain import explain
from pricewatch.report.history import history
from pricewatch.report.lists import FINDINGS, INCIDENTS, listing, worst_first

Screen = Callable[..., str]

PROVEN = {
    "fingerprint": fingerprint(1),
    "first_seen": NIGHT - timedelta(days=3),
    "because": "P-2218 makes 12.99 to 9.99 in zone Z3",
    "list_price": 1299,
    "price_ref": "inbox/central/price_list.csv.gz:812",
    "promotion": "P-2218",
    "promotion_ref": "inbox/central/promotions.csv.gz:77",
    "cause_detail": "12.99 is the regular price inside the window of P-2218",
    "cause_ref": "inbox/central/promotions.csv.gz:77",
    "cause_alternatives": "previous_list_price",
    "also": "parity",
    "incident": "incident-1",
    "lines": 4,
}


def four_nights() -> pl.DataFrame:
    """New, open twice, right for no night we know of, regressed."""
    states = ("new", "open", "open", "regressed")
    return findings(*({**PROVEN, "night": NIGHT - timedelta(days=3 - n), "state": state} for n, state in enumerate(states)))


@pytest.mark.parametrize("width", [80, 140])
def test_a_finding_is_told_with_every_proof(width: int, screen: Screen, snapshot: SnapshotAssertion) -> None:
    story = explain(four_nights(), incident=incidents({}).row(0, named=True), place="Lyon", why="The till must charge it.")
    assert screen(story, width) == snapshot


def test_a_finding_about_no_price_is_told_without_money(screen: Screen, snapshot: SnapshotAssertion) -> None:
    told = findings(
        {"check": "identifier", "subject": "gtin", "expected": None, "observed": None, "delta": None, "direction": "none",
         "impact": None, "cause": "unknown", "detail": "shows 4006381333931, ours is 03017620422003", "currency": None}
    )  # fmt: skip
    assert screen(explain(told), 80) == snapshot


def test_a_finding_with_nothing_stated_is_told_all_the_same(screen: Screen) -> None:
    empty = findings({}).with_columns(
        pl.lit(None).cast(dtype).alias(name)
        for name, dtype in findings({}).schema.items()
        if name in {"market", "channel", "location", "zone", "sku", "gtin", "name", "brand", "expected", "observed", "delta",
                    "currency", "impact", "volume_known", "observed_at", "source", "source_ref"}
    )  # fmt: skip
    assert "first found" in screen(explain(empty), 80)


def test_a_waived_finding_says_by_whom_and_until_when(screen: Screen) -> None:
    told = screen(explain(findings({"state": "waived", "waived_by": "jo", "waived_until": NIGHT})), 80)
    assert "waived by jo until Fri 13 March 2026" in told


def test_a_guessed_volume_is_said(screen: Screen) -> None:
    assert "the volume is not known" in screen(explain(findings({"volume_known": False})), 140)


def test_a_history_tells_each_place_once_and_the_newest_price_first(screen: Screen, snapshot: SnapshotAssertion) -> None:
    def at(day: int) -> datetime:
        return datetime(2026, 3, day, 22, 15, tzinfo=UTC)

    prices = pl.DataFrame(
        {
            "channel": ["store", "web", "web"],
            "location": ["0417", None, None],
            "seller": pl.Series([None] * 3, dtype=pl.String),
            "price": [1299, 1199, 1299],
            "was_price": [None, None, 1499],
            "member_price": pl.Series([None] * 3, dtype=pl.Int64),
            "currency": ["EUR"] * 3,
            "since": [at(1), at(1), at(9)],
            "until": [at(13), at(8), at(13)],
        }
    )
    assert screen(history(prices, sku="A1", name="Espresso [1 kg]"), 80) == snapshot
    assert "No price of it was ever seen." in screen(history(prices.clear(), sku="A1"), 80)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_a_list_drops_what_matters_least_and_says_so(width: int, screen: Screen, snapshot: SnapshotAssertion) -> None:
    rows = worst_first(bad_night().findings).head(4)
    assert screen(listing(rows, FINDINGS, width=width, total=26), width) == snapshot


@pytest.mark.parametrize("width", [80, 140])
def test_incidents_are_listed_by_rank(width: int, screen: Screen, snapshot: SnapshotAssertion) -> None:
    assert screen(listing(bad_night().incidents, INCIDENTS, width=width), width) == snapshot


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_no_list_is_wider_than_the_screen(width: int, screen: Screen) -> None:
    long = findings({"sku": "S" * 200, "owner": "o" * 200, "name": "[b]" * 50, "location": "0" * 99})
    text = screen(listing(long, FINDINGS, width=width), width)
    assert max(map(len, text.split("\n"))) <= width


def test_the_worst_finding_comes_first() -> None:
    order = worst_first(bad_night().findings)
    assert order["severity"].to_list() == sorted(order["severity"].to_list(), key=["critical", "major"].index)
    assert order["impact"][0] == 1_250_075


@dataclass(frozen=True)
class Answer:
    what: str
    ok: bool | None
    detail: str
    fix: str = ""


@dataclass(frozen=True)
class Delivery:
    source: str
    status: str
    rows: int
    refused: int = 0
    expected_rows: int | None = None
    problem: str | None = None
    fix: str | None = None


def test_the_doctor_marks_what_must_be_mended(screen: Screen, snapshot: SnapshotAssertion) -> None:
    found = [
        Answer("Python", True, "3.11"),
        Answer("disk", False, "0 bytes free", "make room"),
        Answer("database", None, "not yet"),
    ]
    assert screen(answers(found), 80) == snapshot


def test_a_collection_tells_what_each_source_brought(screen: Screen, snapshot: SnapshotAssertion) -> None:
    brought = [
        Delivery("tills", "complete", 4012, expected_rows=3500),
        Delivery("webshop", "failed", 0, problem="connection refused", fix="start the shop"),
        Delivery("app", "degraded", 212, refused=7, expected_rows=600, problem="212 rows, 600 are normal"),
    ]
    assert screen(deliveries(brought), 80) == snapshot


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123456789, "USD", "1,234,567.89 USD"),
        (-5, "EUR", "-0.05 EUR"),
        (1234, "JPY", "1,234 JPY"),
        (None, "EUR", ""),
        (7, None, "7"),
    ],
)
def test_money_is_written_with_its_digits(minor: int | None, currency: str | None, said: str) -> None:
    assert words.amount(minor, currency) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (1, "<1 %"), (3415, "34 %"), (9999, ">99 %"), (10000, "100 %"), (None, "")]
)
def test_a_share_never_rounds_to_none_or_all(share: int | None, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("overcharge", "undercharge", "said"),
    [(168000, 0, "1,680.00 EUR over"), (None, 1200, "12.00 EUR under"), (5, 7, "0.05 EUR over, 0.07 EUR under"), (0, 0, "")],
)
def test_money_at_risk_says_who_pays(overcharge: int | None, undercharge: int, said: str) -> None:
    assert words.at_risk(overcharge, undercharge, "EUR") == said


def test_a_list_price_that_is_the_whole_reason_is_said_once(screen: Screen) -> None:
    told = screen(
        explain(findings({"because": "list price 9.99 since 2026-01-01", "list_price": 999, "price_ref": "p.csv:7"})), 100
    )
    assert told.count("list price") == 1
    assert "list price 9.99 since 2026-01-01 [p.csv:7]" in told
