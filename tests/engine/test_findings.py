"""Candidates to findings: one a wrong price, with what it costs and the sentence a person reads."""

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.domain.contracts import contract
from pricewatch.engine.world import Rule
from pricewatch.testing import assert_table, central, channel, night, raw, rule, source, world

PRODUCTS = """
    sku  name      weekly_units  gtin            channels
    A1   Espresso  40            00036000291452  web
    A2   Tea       -             -               web
    A3   Sugar     2.5           -               -
"""
PRICES = """
    sku  zone  list_price  valid_from
    A1   Z1    12.99       2026-03-01 05:00
    A2   Z1    5.00        2026-01-01 05:00
    A3   Z1    1.00        2026-01-01 05:00
"""
CALENDAR = """
    promotion  name      mechanic      value  sku  audience  starts_at   ends_at
    P-2218     Spring    fixed_price   999    A1   everyone  2026-03-10  2026-03-20
    P-2200     -         fixed_price   400    A2   everyone  2026-02-10  2026-03-01
    P-2300     Card      member_price  50     A3   members   2026-03-10  2026-03-20
"""
STORES = "location  zone\n0417  Z1\n0418  Z1"
WEB, APP, STORE = channel("web", role="leader"), channel("app", role="same_as", leader="web"), channel("store")
SOURCES = [source("web", "web", surface="html"), source("app", "app", surface="api"), source("tills", "store", surface="till")]
SOURCES += [source("market", "marketplace", surface="feed")]
MARKET = channel("marketplace", role="within", leader="web", landed=True, high=800)
WORLD = world(
    central(products=PRODUCTS, price_list=PRICES, promotions=CALENDAR, locations=STORES), [WEB, APP, STORE, MARKET], SOURCES
)


def found(rules: list[Rule], *rows: pl.DataFrame) -> pl.DataFrame:
    return night(WORLD, rules, pl.concat(rows)).findings


def web(text: str) -> pl.DataFrame:
    return raw(text)


def tills(text: str) -> pl.DataFrame:
    return raw(text, source="tills")


def test_a_finding_is_told_with_its_amount_direction_and_what_it_costs_a_week() -> None:
    findings = found([rule("expected_price")], web("sku  price\nA1  12.99\nA2  4.50\nA3  1.01"))
    assert_table(
        findings,
        """
        sku  expected  observed  delta  direction    impact  volume_known
        A1   9.99      12.99     3.00   overcharge   120.00  true
        A2   5.00      4.50      -0.50  undercharge  0.50    false
        A3   1.00      1.01      0.01   overcharge   0.03    true
    """,
    )


@pytest.mark.parametrize(
    ("check", "row", "of", "message"),
    [
        ("expected_price", "sku  price\nA2  4.50", "web", "web shows 4.50 where 5.00 was decided"),
        ("expected_price", "sku  price  location\nA2  4.50  0417", "tills", "store 0417 shows 4.50 where 5.00 was decided"),
        (
            "reference_price",
            "sku  regular_price  location\nA2  5.50  0417",
            "tills",
            "store 0417 has regular price 5.50 where 5.00 was decided",
        ),
        ("promotion_missing", "sku  price\nA1  12.99", "web", "web does not give Spring: 12.99 instead of 9.99"),
        ("promotion_stale", "sku  price\nA2  4.00", "web", "web still gives P-2200: 4.00 instead of 5.00"),
        ("identifier", "sku  price  gtin\nA1  9.99  junk", "web", "web: what it shows is no GTIN"),
    ],
)
def test_a_finding_says_in_one_sentence_where_what_and_what_was_decided(check: str, row: str, of: str, message: str) -> None:
    assert found([rule(check)], raw(row, source=of))["message"].to_list() == [message]


def test_every_kind_has_a_sentence_for_every_finding() -> None:
    rules = [rule(name) for name in ("expected_price", "reference_price", "promotion_missing", "promotion_stale", "was_price")]
    rules += [rule(name) for name in ("coverage", "conflict", "identifier", "source_health", "channel_parity")]
    rules += [rule("freshness", max_age="1h"), rule("expected_price", id="members", audience="members")]
    rows = [
        web("sku  surface  price  was_price  gtin\nA1  html  12.99  9.99  junk\nA1  jsonld  11.99  -  -"),
        raw("sku  price\nA1  8.00\nA2  5.00\nA3  1.00", source="app"),
        tills("sku  location  regular_price  member_price\nA1  0417  13.99  12.99\nA3  0417  1.00  0.80"),
        raw("sku  price  shipping\nA1  20.00  5.00\nB9  1.00  0.00", source="market"),
    ]
    findings = found(rules, *rows)
    assert set(findings["check"]) >= {"promotion_missing", "was_price", "coverage", "conflict", "identifier", "source_health"}
    assert set(findings["check"]) >= {"channel_parity", "freshness", "expected_price"}
    assert findings["message"].null_count() == 0
    assert not findings["message"].str.contains("null").any()
    contract("findings").validate(findings, lazy=True)


def test_how_the_expected_price_came_about_is_told() -> None:
    missing = found([rule("promotion_missing")], web("sku  price\nA1  12.99"))
    listed = "leading channel: list price 12.99 since 2026-03-01"
    assert missing["because"].to_list() == [f"{listed}; promotion P-2218 (9.99) makes it 9.99"]
    stale = found([rule("promotion_stale")], web("sku  price\nA2  4.00"))
    assert stale["because"].to_list() == ["leading channel: list price 5.00 since 2026-01-01; promotion P-2200 has ended"]
    plain = found([rule("expected_price")], web("sku  price\nA3  1.50"))
    assert plain["because"].to_list() == ["leading channel: list price 1.00 since 2026-01-01"]
    assert missing.select("price_ref", "promotion_ref").rows() == [("price_list:2", "promotions:2")]


def test_a_promotion_is_not_said_to_make_a_price_that_it_does_not_make() -> None:
    conflict = found([rule("conflict")], web("sku  surface  price\nA1  html  8.88\nA1  jsonld  9.99"))
    assert conflict["because"].to_list() == ["leading channel: list price 12.99 since 2026-03-01"]


def test_the_most_specific_rule_keeps_a_wrong_price_with_the_highest_severity_and_names_the_others() -> None:
    rules = [
        rule("expected_price", id="web-price", severity="critical"),
        rule("expected_price", id="any-price", severity="info"),
        rule("promotion_missing", id="missing", severity="minor"),
        rule("reference_price", id="shelf", severity="info"),
    ]
    assert_table(
        found(rules, web("sku  price  regular_price\nA1  13.49  13.49")),
        """
        rule     check              severity  also
        missing  promotion_missing  critical  any-price, shelf, web-price
    """,
    )


def test_two_wrong_prices_of_one_offer_stay_two_findings() -> None:
    rules = [rule("expected_price"), rule("reference_price")]
    assert_table(
        found(rules, web("sku  price  regular_price\nA2  4.50  5.50")),
        """
        check            subject        observed  also
        expected_price   price          4.50      -
        reference_price  regular_price  5.50      -
    """,
    )


def test_the_same_price_in_two_stores_is_two_findings() -> None:
    findings = found([rule("expected_price")], tills("sku  location  price\nA2  0417  4.50\nA2  0418  4.50"))
    assert findings["location"].to_list() == ["0417", "0418"]
    assert findings["fingerprint"].n_unique() == 2


def fingerprint(check: str, text: str, of: str = "web", **named: str) -> str:
    return found([rule(check, **named)], raw(text, source=of))["fingerprint"].item()


def test_a_fingerprint_stays_when_the_amount_changes() -> None:
    assert fingerprint("expected_price", "sku  price\nA2  4.50") == fingerprint("expected_price", "sku  price\nA2  4.60")


def test_a_fingerprint_stays_when_severity_owner_or_page_change() -> None:
    one = fingerprint("expected_price", "sku  price  source_ref\nA2  4.50  a", severity="minor", owner="x")
    other = fingerprint("expected_price", "sku  price  source_ref\nA2  4.50  b", severity="critical", owner="y")
    assert one == other


def test_a_fingerprint_differs_by_product_place_rule_and_check() -> None:
    prints = {
        fingerprint("expected_price", "sku  price\nA2  4.50"),
        fingerprint("expected_price", "sku  price\nA3  4.50"),
        fingerprint("expected_price", "sku  price  location\nA2  4.50  0417", "tills"),
        fingerprint("expected_price", "sku  price  location\nA2  4.50  0418", "tills"),
        fingerprint("expected_price", "sku  price\nA2  4.50", id="other"),
        fingerprint("promotion_stale", "sku  price\nA2  4.00", id="expected-price"),
    }
    assert len(prints) == 6


def test_a_fingerprint_is_the_same_on_every_machine_and_in_every_version() -> None:
    """Written down: a finding that is waived until summer must be the same finding after an upgrade."""
    assert fingerprint("expected_price", "sku  price\nA2  4.50") == "f18ef47c59ce56010"


def test_a_waiver_of_a_product_without_seller_is_not_one_of_a_seller_called_nothing() -> None:
    ours = fingerprint("identifier", "sku  price  gtin\nA1  9.99  junk", "market")
    findings = found([rule("identifier")], raw("sku  price  gtin  seller\nA1  9.99  junk  Acme", source="market"))
    assert ours not in findings["fingerprint"].to_list()


def test_no_candidates_are_no_findings() -> None:
    assert found([rule("expected_price")], web("sku  price\nA2  5.00")).schema == tables.schema("findings")
    assert found([], web("sku  price\nA2  4.50")).height == 0
