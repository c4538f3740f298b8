"""A hundred thousand findings come back as the ten causes that made them, by name, on one night and on the next."""

from __future__ import annotations

import time

import polars as pl
import pytest
from planted_night import NOISE, Planted, planted

from pricewatch.engine.incidents import roll_up
from pricewatch.engine.world import Memory

NAMED = {
    "another zone": "store 0017: another zone's price (Z2)",
    "a product": "everywhere: wrong price - Product 15555",
    "a till": "store 0005: wrong price",
    "a file": "file inbox/*/marketplace.csv: many faults at once, mostly wrong price",
    "promotion missing": "store, zone Z3: promotion not given (P-1)",
    "promotion stale": "everywhere: ended promotion still given (P-2)",
    "price change": "app and web: price change has not arrived (2026-03-09)",
    "a brand": "brand b60: shown without tax",
    "a category of a file": "file inbox/*/tills-z2.csv, category c3: decimal point moved",
    "struck through": "app, category c9: struck-through price never charged",
}
"""What each planted cause is called."""

HERE_AND_THERE = {f"{channel}: wrong price, here and there" for channel in ("app", "store", "web")}

Rolled = tuple[pl.DataFrame, pl.DataFrame]


@pytest.fixture(scope="module")
def night() -> Planted:
    return planted()


@pytest.fixture(scope="module")
def rolled(night: Planted) -> Rolled:
    return roll_up(night.findings, night.counts, Memory(), night.world)


def told(night: Planted, rolled: Rolled) -> pl.DataFrame:
    """How many findings of each planted cause are in each incident."""
    findings, incidents = rolled
    pairs = findings.select("fingerprint", "incident").join(night.causes, on="fingerprint", how="inner", validate="1:1")
    return pairs.group_by("planted", "incident").len().join(incidents, on="incident", how="inner")


def test_ten_planted_causes_come_back_as_ten_incidents_by_name(night: Planted, rolled: Rolled) -> None:
    assert night.findings.height > 100_000
    explained = rolled[1].filter(pl.col("explained").is_not_null())
    assert sorted(explained["title"].to_list()) == sorted(NAMED.values())


@pytest.mark.parametrize("cause", NAMED)
def test_an_incident_has_the_findings_of_its_cause_and_hardly_any_other(cause: str, night: Planted, rolled: Rolled) -> None:
    own = told(night, rolled).filter(planted=cause)
    mine = own.filter(title=NAMED[cause])
    assert mine["len"].sum() * 100 >= own["len"].sum() * 98
    assert mine["len"].sum() * 100 >= mine["findings"].sum() * 98


def test_noise_is_told_as_scattered_by_channel_and_check(night: Planted, rolled: Rolled) -> None:
    scattered = rolled[1].filter(pl.col("explained").is_null())
    assert set(scattered["title"]) == HERE_AND_THERE
    noise = night.causes.filter(planted=NOISE).height
    assert noise * 9 <= scattered["findings"].sum() * 10 <= noise * 10


def test_the_ten_explain_nine_tenths_of_all_findings_and_say_how_much_each(night: Planted, rolled: Rolled) -> None:
    incidents = rolled[1]
    assert incidents["findings"].sum() == night.findings.height
    assert 9_000 <= incidents["explained"].sum() <= 10_000
    shares = incidents.filter(pl.col("explained").is_not_null()).select(pl.col("findings") * 10_000 // night.findings.height)
    assert shares.to_series().to_list() == incidents["explained"].drop_nulls().to_list()


def test_how_much_of_each_scope_is_wrong_is_said_of_what_was_judged_there(rolled: Rolled) -> None:
    told = {row["title"]: (row["judged"], row["share"]) for row in rolled[1].iter_rows(named=True)}
    # 600 products in the 20 stores of Z3, missing in 14 of them; 5 000 products on two channels; 10 000 that cost more in Z2.
    assert told[NAMED["promotion missing"]] == (12_000, 7_000)
    assert told[NAMED["price change"]] == (10_000, 10_000)
    assert told[NAMED["another zone"]] == (10_000, 10_000)
    assert told[NAMED["a product"]][0] == 62


def test_overcharge_and_undercharge_add_up_to_what_the_findings_cost(night: Planted, rolled: Rolled) -> None:
    incidents = rolled[1]
    assert (incidents["overcharge"] + incidents["undercharge"]).to_list() == incidents["impact"].to_list()
    for direction in ("overcharge", "undercharge"):
        assert incidents[direction].sum() == night.findings.filter(direction=direction)["impact"].sum()


def test_every_incident_shows_one_of_its_own_findings(rolled: Rolled) -> None:
    findings, incidents = rolled
    examples = incidents.join(findings, left_on="example_finding", right_on="fingerprint", how="inner", suffix="_found")
    assert examples.height == incidents.height
    assert examples["incident"].to_list() == examples["incident_found"].to_list()
    assert examples["example_message"].to_list() == examples["message"].to_list()


def test_the_next_night_with_other_findings_of_the_same_causes_has_the_same_incidents(night: Planted, rolled: Rolled) -> None:
    tomorrow = planted(night_of=1, share=0.8)
    assert tomorrow.findings.height * 10 < night.findings.height * 9
    again = roll_up(tomorrow.findings, tomorrow.counts, Memory(incidents=rolled[1]), tomorrow.world)[1]
    before, after = (frame.select("incident", "title").sort("title").rows() for frame in (rolled[1], again))
    assert after == before


def test_a_hundred_thousand_findings_are_rolled_up_in_seconds(night: Planted) -> None:
    # CPU time of this process, whatever else the machine does: about two seconds on two cores.
    began = time.process_time()
    roll_up(night.findings, night.counts, Memory(), night.world)
    assert time.process_time() - began < 10


def test_the_order_of_findings_changes_no_incident(night: Planted, rolled: Rolled) -> None:
    shuffled = night.findings.sample(fraction=1, shuffle=True, seed=7)
    assert roll_up(shuffled, night.counts, Memory(), night.world)[1].equals(rolled[1])
