"""Deliveries that failed, came thin, or brought much that could not be used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from pricewatch.testing import SEEN, assert_table, findings_of, night, raw, rule, source, source_run, world
from pricewatch.testing import central as decided
from pricewatch.testing import channel as a_channel

NOBODY = "sku  price"


def told(*runs: pl.DataFrame, where: str | None = None, **params: Any) -> list[tuple[str, str]]:
    """Source and reason of each finding."""
    found = findings_of("source_health", NOBODY, frames={"source_runs": pl.concat(runs)}, where=where, **params)
    assert found["subject"].unique().to_list() in ([], ["delivery"])
    return found.select("source", "detail").rows()


def test_a_complete_delivery_as_declared_is_healthy():
    assert told(source_run("shop", "web", rows=1000, expected_rows=1000)) == []


@pytest.mark.parametrize("status", ["failed", "degraded"])
def test_a_source_that_did_not_deliver_completely_says_why_and_without_a_reason_its_status(status):
    run = {"status": status, "rows": 0}
    assert told(source_run("shop", "web", problem="timed out after 10 min", **run)) == [("shop", "timed out after 10 min")]
    assert told(source_run("shop", "web", **run)) == [("shop", status)]


def test_a_source_that_need_not_deliver_and_sent_nothing_is_no_finding():
    assert told(source_run("flyer", "web", status="missing", rows=0)) == []
    assert told(source_run("flyer", "web", status="missing", rows=0, expected_rows=900)) == []


def test_fewer_rows_than_the_asked_share_of_the_declared_ones_are_thin_and_exactly_that_many_are_not():
    assert told(source_run("shop", "web", rows=800, expected_rows=1000)) == []
    assert told(source_run("shop", "web", rows=799, expected_rows=1000)) == [("shop", "799 rows, 1000 expected")]
    assert told(source_run("shop", "web", rows=799, expected_rows=1000), min_rows_percent=79.9) == []
    assert told(source_run("shop", "web", rows=0, expected_rows=1000), min_rows_percent=0) == []


def test_a_complete_delivery_that_holds_no_offers_is_none_whatever_was_declared():
    assert told(source_run("shop", "web", rows=0)) == [("shop", "it holds no offers at all")]
    assert told(source_run("shop", "web", rows=0, expected_rows=1000)) == [("shop", "0 rows, 1000 expected")]
    assert told(source_run("shop", "web", rows=0), min_rows_percent=0) == []
    assert told(source_run("calendar", None, rows=0, feeds="promotions")) == []  # no promotion is running


def test_a_feed_that_repeats_old_observations_is_too_old_beyond_the_asked_age():
    run = source_run("shop", "web", rows=1000, newest=SEEN - timedelta(hours=36))
    assert told(run) == []
    assert told(run, max_age="36h") == []
    assert told(run, max_age="35h") == [("shop", "its newest observation is 36 hours old")]
    assert told(source_run("shop", "web", rows=1000, newest=None), max_age="1h") == []


def test_rows_refused_by_the_reader_and_rows_quarantined_later_count_together():
    at_the_limit = {"rows": 990, "refused": 10, "quarantined": 10}
    assert told(source_run("shop", "web", **at_the_limit)) == []
    beyond = {**at_the_limit, "quarantined": 11}
    assert told(source_run("shop", "web", **beyond)) == [("shop", "21 of 1000 rows could not be read")]
    assert told(source_run("shop", "web", **beyond), max_refused_percent=2.1) == []


def test_rows_of_unknown_products_are_tolerated_up_to_their_share():
    assert told(source_run("shop", "web", rows=1000, unmatched=50)) == []
    strange = source_run("shop", "web", rows=1000, unmatched=51)
    assert told(strange) == [("shop", "51 of 1000 rows are of unknown products")]
    assert told(strange, max_unmatched_percent=100) == []


def test_one_source_is_one_finding_with_every_reason():
    run = source_run("shop", "web", rows=500, expected_rows=1000, refused=100, quarantined=20, unmatched=40)
    words = "500 rows, 1000 expected; 120 of 600 rows could not be read; 40 of 500 rows are of unknown products"
    assert told(run) == [("shop", words)]


def test_a_failed_delivery_is_not_called_thin_besides_but_what_it_brought_is_judged():
    run = source_run("shop", "web", status="degraded", problem="half a file", rows=500, expected_rows=1000, quarantined=100)
    assert told(run) == [("shop", "half a file; 100 of 500 rows could not be read")]


def test_central_files_are_sources_too():
    run = source_run("price-list", None, status="failed", problem="no file", feeds="price_list", rows=0)
    assert told(run) == [("price-list", "no file")]


def test_the_condition_of_the_rule_narrows_the_sources():
    runs = [source_run("shop", "web", status="failed"), source_run("tills", "store", status="failed")]
    assert told(*runs) == [("shop", "failed"), ("tills", "failed")]
    assert told(*runs, where="channel = 'store'") == [("tills", "failed")]
    assert told(*runs, where="source = 'shop' AND feeds = 'offers'") == [("shop", "failed")]


def test_a_partial_crawl_is_one_finding_and_never_a_thousand_missing_products():
    skus = [f"S{i:03}" for i in range(200)]
    central = decided(
        products="\n".join(["sku  channels", *(f"{sku}  web" for sku in skus)]),
        price_list="\n".join(["sku  zone  list_price", *(f"{sku}  Z1  9.99" for sku in skus)]),
    )
    given = world(
        central,
        [a_channel("web", role="leader")],
        [source("shop", "web")],
        source_runs=[source_run("shop", "web", status="degraded", problem="stopped by its budget", rows=1, expected_rows=200)],
    )
    found = night(given, [rule("coverage"), rule("source_health")], raw("sku  price\nS000  9.99", source="shop"))
    assert_table(found.findings, "check          source  channel  detail\nsource_health  shop    web      stopped by its budget")
