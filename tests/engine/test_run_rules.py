"""Rules: whom they concern, and what they say when a column is not stated."""

import polars as pl
import pytest

from pricewatch.engine.rules import WHERE_COLUMNS, condition
from pricewatch.engine.world import JUDGED_BY
from pricewatch.testing import JUDGED, findings_of, night, raw, rule, source, source_run, world
from pricewatch.testing import central as decided_by
from pricewatch.testing import channel as channel_named

OFFERS = """
    sku  brand  category  clearance  tax_rate  channel  location  zone  price  regular_price  expected_price
    A1   Acme   coffee    false      2000      store    0417      Z1    13.99  13.99          12.99
    A2   Best   tea       true       550       store    0500      Z2    13.99  13.99          12.99
    A3   -      -         -          -         web      -         Z1    13.99  -              12.99
"""


@pytest.mark.parametrize(
    ("where", "skus"),
    [
        (None, ["A1", "A2", "A3"]),
        ("brand = 'Acme'", ["A1"]),
        ("category IN ('tea', 'coffee')", ["A1", "A2"]),
        ("channel_kind = 'store' AND NOT clearance", ["A1"]),
        ("location = '0417'", ["A1"]),
        ("zone = 'Z1'", ["A1", "A3"]),
        ("tax_rate > 1000", ["A1"]),
        ("price > 1000 AND expected_price = 1299", ["A1", "A2", "A3"]),
        ("brand IS NULL", ["A3"]),
        ("sku LIKE 'A%' AND sku <> 'A2'", ["A1", "A3"]),
        ("FALSE", []),
    ],
)
def test_a_rule_concerns_the_offers_its_condition_names(where: str | None, skus: list[str]) -> None:
    assert findings_of("expected_price", OFFERS, where=where)["sku"].to_list() == skus


@pytest.mark.parametrize("where", ["NOT clearance", "clearance = FALSE", "brand <> 'Best'", "tax_rate < 5000 AND NOT clearance"])
def test_where_a_column_is_not_stated_the_rule_is_not_concerned(where: str) -> None:
    assert findings_of("expected_price", OFFERS, where=where)["sku"].to_list() == ["A1"]


@pytest.mark.parametrize("column", sorted(set(WHERE_COLUMNS) & set(JUDGED)))
def test_every_column_a_condition_may_name_can_be_named(column: str) -> None:
    stated = findings_of("expected_price", OFFERS, where=f"{column} IS NOT NULL")
    missing = findings_of("expected_price", OFFERS, where=f"{column} IS NULL")
    assert stated.height + missing.height == 3


def test_a_condition_is_an_expression_whose_null_is_no() -> None:
    verdict = condition("price > 10")
    assert verdict is not None
    assert pl.DataFrame({"price": [5, 11, None]}).select(verdict).to_series().to_list() == [False, True, False]
    assert condition(None) is None


def test_a_condition_narrows_what_must_be_listed() -> None:
    decided = decided_by(
        products="sku  brand  channels\nA1  Acme  web|app\nA2  Best  web|app",
        price_list="sku  zone  list_price\nA1  Z1  12.99\nA2  Z1  5.00",
    )
    given = world(decided, [channel_named("web"), channel_named("app")], [source("web", "web"), source("app", "app")])
    found = night(given, [rule("coverage", where="channel = 'web' AND brand = 'Acme'")], raw("sku  price\nA9  1.00")).findings
    assert found.select("channel", "sku").rows() == [("web", "A1")]


def test_a_condition_narrows_which_sources_must_be_healthy() -> None:
    runs = [source_run("web", "web", status="failed"), source_run("app", "app", status="failed")]
    given = world(decided_by(), [channel_named("web")], [source("web", "web"), source("app", "web")], source_runs=runs)
    found = night(given, [rule("source_health", where="source = 'web'")], raw("sku  price\nA1  1.00").clear()).findings
    assert found["source"].to_list() == ["web"]


def test_two_rules_of_one_kind_each_tell_what_they_see() -> None:
    given = world(
        decided_by(products="sku\nA1", price_list="sku  zone  list_price\nA1  Z1  12.99"),
        [channel_named("web")],
        [source("web", "web")],
    )
    rules = [rule("expected_price", id="one"), rule("expected_price", id="two", direction="undercharge")]
    assert night(given, rules, raw("sku  price\nA1  13.99")).findings["rule"].to_list() == ["one"]
    assert night(given, rules, raw("sku  price\nA1  11.99")).findings["rule"].to_list() == ["one", "two"]


def test_each_rule_says_how_many_offers_it_could_look_at() -> None:
    decided = decided_by(
        products="sku  brand\nA1  Acme\nA2  Best", price_list="sku  zone  list_price\nA1  Z1  12.99\nA2  Z1  5.00"
    )
    given = world(decided, [channel_named("web")], [source("web", "web")])
    rules = [
        rule("expected_price", id="all"),
        rule("expected_price", id="members", audience="members"),
        rule("expected_price", id="acme", where="brand = 'Acme'"),
        rule("reference_price", id="regular"),
        rule("freshness", id="typo", where="channel = 'shop'", max_age="1d"),
        rule("coverage", id="presence"),
    ]
    counts = night(given, rules, raw("sku  price  member_price\nA1  12.99  11.99\nA2  5.00  -")).counts
    assert {key.removeprefix(JUDGED_BY): count for key, count in counts.items() if key.startswith(JUDGED_BY)} == {
        "all": 2, "members": 1, "acme": 1, "regular": 0, "typo": 0,
    }  # fmt: skip
