"""Planted faults mean one thing each, live when they should, and are shown where they are planted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from pricewatch.runs.demo import facts, faults, offers
from pricewatch.runs.demo.derive import NIGHTS
from pricewatch.runs.demo.faults import Fault
from pricewatch.runs.demo.kinds import Change
from pricewatch.runs.demo.nights import Retailer
from pricewatch.runs.demo.source import week_of

pytestmark = pytest.mark.demo

MEANING = {
    "previous_list_price": {"previous", "another version"},
    "promotion_not_started": {"list"},
    "promotion_not_ended": {"ended"},
    "other_zones_price": {"other zone", "other zone, another week"},
    "decimal_shift": {"decimal shift"},
    "minor_units": {"decimal shift"},
    "gross_instead_of_net": {"with tax"},
    "member_price_shown_to_all": {"member"},
    "unknown": set(),
}


@pytest.fixture(scope="session")
def known(retailer: Retailer) -> dict[int, facts.Facts]:
    return {f.product_id: f for f in facts.gather(retailer.reference, retailer.weeks, retailer.carried)}


def test_about_sixty_faults_of_a_dozen_kinds_on_three_channels(retailer: Retailer) -> None:
    assert 55 <= len(retailer.faults) <= 65
    assert len({fault.kind.name for fault in retailer.faults}) >= 12
    assert {fault.channel for fault in retailer.faults} == {"web", "app", "marketplace"}


def test_no_product_has_two_faults(retailer: Retailer) -> None:
    assert max(Counter(fault.product_id for fault in retailer.faults).values()) == 1


def test_planted_prices_mean_what_they_are_planted_for_and_nothing_else(
    retailer: Retailer, known: dict[int, facts.Facts]
) -> None:
    judged = 0
    for fault in retailer.faults:
        for night, change in fault.changes.items():
            shown = seen_by_customers(change)
            if shown is None:
                continue
            meanings = known[fault.product_id].meanings(week_of(night)).get(shown, set())
            assert fault.kind.cause is not None
            assert meanings <= MEANING[fault.kind.cause], (fault.fault, fault.kind.name, night, meanings)
            assert meanings or fault.kind.cause == "unknown", fault.fault
            judged += 1
    assert judged > 80


def seen_by_customers(change: Change) -> int | None:
    """The number that is wrong: what is paid for one, landed; else what the markup says; None when no price is wrong."""
    price = change.get("price", change.get("markup_price"))
    return None if price is None else int(price) + int(change.get("shipping") or 0)


def test_planted_gtins_are_no_product_of_ours(retailer: Retailer) -> None:
    codes = set(retailer.reference.products["gtin"])
    planted = [str(change["gtin"]) for fault in retailer.faults for change in fault.changes.values() if "gtin" in change]
    assert planted
    assert not codes & set(planted)
    assert {len(code) for code in planted} == {13}


def test_every_fate_of_a_finding_is_played(retailer: Retailer) -> None:
    lives = {tuple(NIGHTS.index(night) for night in fault.nights) for fault in retailer.faults}
    assert {(0, 1, 2), (0,), (0, 1), (1, 2), (2,), (0, 2)} <= lives


def test_a_channel_shows_its_faults_and_everything_else_as_decided(retailer: Retailer, nights: list[offers.Night]) -> None:
    for tonight in nights:
        right = {
            r["product_id"]: r for r in offers.shop_rows(retailer.reference, retailer.weeks, retailer.carried, tonight.night)
        }
        for channel, shown in (("web", tonight.web), ("app", tonight.app)):
            rows = {row["product_id"]: row for row in shown}
            wrong = {product for product, row in right.items() if rows.get(product) != row}
            assert wrong == alive(retailer.faults, channel, tonight)


def alive(planted: list[Fault], channel: str, tonight: offers.Night) -> set[int]:
    return {fault.product_id for fault in planted if fault.channel == channel and tonight.night in fault.changes}


def test_a_marketplace_fault_is_ours_and_not_another_sellers(retailer: Retailer, nights: list[offers.Night]) -> None:
    for tonight in nights:
        right = offers.shop_rows(retailer.reference, retailer.weeks, retailer.carried, tonight.night)
        decided = offers.marketplace_rows(right, offers.on_marketplace(retailer.carried.to_list()))
        wrong = [after for before, after in zip(decided, tonight.marketplace, strict=True) if before != after]
        assert {row["seller"] for row in wrong} == {offers.OWN_SELLER}
        assert {row["product_id"] for row in wrong} == alive(retailer.faults, "marketplace", tonight)


def test_the_answer_sheet_is_written_as_it_is_scored(retailer: Retailer, tmp_path: Path) -> None:
    faults.write_answers(tmp_path / "data/answers.csv", retailer.faults)
    sheet = faults.answer_sheet(retailer.faults)
    read = pl.read_csv(tmp_path / "data/answers.csv", schema=faults.ANSWERS)
    assert read.equals(sheet)
    assert (sheet["first_night"] <= sheet["last_night"]).all()


def test_planning_twice_plants_the_same(retailer: Retailer, known: dict[int, facts.Facts]) -> None:
    again = faults.plan(list(known.values()), offers.on_marketplace(retailer.carried.to_list()))
    assert again == retailer.faults
