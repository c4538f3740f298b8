"""The stores' real disagreements, counted again by plain SQL over the same files: another engine, the same numbers."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import duckdb
import polars as pl
import pytest
from conftest import Demo

from pricewatch.runs.demo.derive import NIGHTS

COLUMNS = dict.fromkeys(("store", "time", "plu", "quantity", "regular_price", "card_price"), "VARCHAR")

RECOUNT = """
    WITH lines AS (
        SELECT store, plu, time, regular_price::DECIMAL(9,2) AS regular, card_price::DECIMAL(9,2) AS card
        FROM read_csv('{inbox}/{night}/tills/*.csv.gz', delim = ';', header = true, auto_detect = false, null_padding = true,
                      columns = {columns})
        WHERE store <> 'END'
    ), votes AS (
        SELECT store, plu, regular, count(*) AS n, max(time) AS last FROM lines GROUP BY ALL
    ), offers AS (
        SELECT store, plu, arg_max(regular, (n, last, -regular)) AS regular,
               (SELECT count(*) FROM lines l WHERE l.store = v.store AND l.plu = v.plu AND l.card IS NOT NULL) AS card_lines
        FROM votes v GROUP BY store, plu
    ), decided AS (
        SELECT o.*, s.zone, p.list_price::DECIMAL(9,2) AS list_price, c.sku
        FROM offers o
        JOIN read_csv('{inbox}/central/stores.csv', delim = ';', all_varchar = true) s ON s.location = o.store
        JOIN read_csv('{inbox}/central/catalogue.csv', delim = ';', all_varchar = true) c ON c.external_id = o.plu
        JOIN read_csv('{inbox}/central/price_list.csv.gz', delim = ';', all_varchar = true) p ON p.sku = c.sku AND p.zone = s.zone
        WHERE '{night}' >= p.valid_from AND ('{night}' <= p.valid_to OR p.valid_to IS NULL)
    ), promised AS (
        SELECT d.store, d.sku, min(m.value::DECIMAL(9,2)) AS member_price
        FROM decided d
        JOIN read_csv('{inbox}/central/promotions.csv.gz', delim = ';', all_varchar = true) m USING (sku)
        WHERE m.zones = d.zone AND m.audience = 'members'
          AND '{night}' BETWEEN m.starts_at AND m.ends_at AND 'store' IN m.channels.split('|')
        GROUP BY ALL
    )
    SELECT count(*) AS judged,
           count(*) FILTER (d.regular <> d.list_price) AS wrong,
           count(*) FILTER (d.card_lines = 0 AND d.regular >= d.list_price AND d.regular > p.member_price)
               AS missing
    FROM decided d LEFT JOIN promised p USING (store, sku)
"""


@pytest.mark.demo
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("demo")
def test_plain_sql_counts_the_same_wrong_prices_and_missing_promotions_in_stores(demo: Demo) -> None:
    counted, found = {}, {}
    for night, run in zip(NIGHTS, demo.played.runs, strict=True):
        judged, wrong, missing = duckdb.sql(RECOUNT.format(inbox=demo.root / "inbox", night=night, columns=COLUMNS)).fetchall()[0]
        stores = run.findings.filter(pl.col("channel_kind") == "store", pl.col("state").is_in(["new", "open", "regressed"]))
        counted[night] = {"wrong": wrong, "missing": missing}
        found[night] = {"wrong": told_by(stores, "store-regular-price"), "missing": told_by(stores, "store-promotion-missing")}
        assert judged > 1_000
    assert found == counted
    assert sum(night["wrong"] for night in counted.values()) > 20
    assert any(night["missing"] for night in counted.values())


def told_by(findings: pl.DataFrame, rule: str) -> int:
    """Offers that a rule found wrong: its own findings, and those a more specific rule keeps."""
    also = pl.col("also").fill_null("").str.split(", ").list.contains(rule)
    return findings.filter((pl.col("rule") == rule) | also).height


def test_the_nights_follow_each_other() -> None:
    assert [later - earlier for earlier, later in pairwise(NIGHTS)] == [timedelta(days=1)] * 2
    assert NIGHTS[0] == date(2017, 6, 18)
