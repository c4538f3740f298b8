"""The few root causes that explain most findings."""

import random

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine.census import PLACE, census
from pricewatch.engine.incidents import roll_up
from pricewatch.engine.seen import Seen
from pricewatch.engine.world import Audit, Central, Memory
from pricewatch.testing import NIGHT, central, channel, night, raw, remembered, rule, source, world

STORES = [f"{number:04}" for number in range(16)]
SKUS = [f"A{number:02}" for number in range(40)]
RULES = [rule("promotion_missing", severity="critical"), rule("expected_price", owner="store-ops")]
SOURCES = [source("tills", "store", surface="till"), source("web", "web", surface="html")]
CHANNELS = [channel("store"), channel("web")]


def decided() -> Central:
    """40 products at 10.00 in 16 stores of two zones; one of them in a promotion at 7.00."""
    return central(
        products="\n".join(
            ["sku  category  brand  weekly_units", *(f"{sku}  c{at % 4}  b{at % 8}  2" for at, sku in enumerate(SKUS))]
        ),
        locations="\n".join(["location  zone", *(f"{store}  Z{1 + at // 8}" for at, store in enumerate(STORES))]),
        price_list="\n".join(["sku  zone  list_price", *(f"{sku}  {zone}  10.00" for sku in SKUS for zone in ("Z1", "Z2"))]),
        promotions="promotion  mechanic  value  sku  starts_at  ends_at\nP-2218  fixed_price  700  A00  2026-03-01  2026-04-01",
    )


def shown(wrong: dict[tuple[str, str], str]) -> pl.DataFrame:
    """All prices right but the given ones, by store and product."""
    lines = [
        f"{store}  {sku}  {wrong.get((store, sku), '7.00' if sku == 'A00' else '10.00')}" for store in STORES for sku in SKUS
    ]
    return raw("\n".join(["location  sku  price", *lines]), source="tills")


def audited(wrong: dict[tuple[str, str], str], memory: Memory | None = None) -> Audit:
    return night(world(decided(), CHANNELS, SOURCES), RULES, shown(wrong), memory=memory)


def test_a_promotion_missing_in_fourteen_of_sixteen_stores_is_one_incident() -> None:
    found = audited({(store, "A00"): "10.00" for store in STORES[:14]})
    (incident,) = found.incidents.to_dicts()
    assert incident["scope"] == "promotion=P-2218 channel=store"
    assert (incident["findings"], incident["places"], incident["skus"], incident["judged"]) == (14, 14, 1, 16)
    assert incident["share"] == 8750
    assert incident["impact"] == 14 * 300 * 2
    assert (incident["severity"], incident["rank"], incident["new"]) == ("critical", 1, 14)
    assert found.findings["incident"].unique().to_list() == [incident["incident"]]
    assert incident["example_finding"] in found.findings["fingerprint"].to_list()


def test_a_store_that_is_wrong_altogether_is_one_incident_of_that_store() -> None:
    found = audited({("0003", sku): f"{11 + at}.{at:02}" for at, sku in enumerate(SKUS)})
    assert found.incidents.sort("findings").select("check", "scope", "findings", "share").rows() == [
        ("promotion_missing", "channel=store", 1, 15),
        ("expected_price", "channel=store location=0003", 39, 9750),
    ]


def test_scattered_findings_stay_together_only_as_their_channel() -> None:
    dice = random.Random(3)
    places = dice.sample([(store, sku) for store in STORES for sku in SKUS[1:]], 9)
    found = audited({place: f"{11 + at}.11" for at, place in enumerate(places)})
    assert found.incidents["scope"].to_list() == ["channel=store"]
    assert found.incidents["findings"].to_list() == [9]


@pytest.mark.parametrize(("others", "what"), [(1, "decimal point moved"), (3, "wrong price")])
def test_scattered_findings_are_called_by_the_cause_of_nearly_all(others: int, what: str) -> None:
    places = random.Random(3).sample([(store, sku) for store in STORES for sku in SKUS[1:]], 30)
    found = audited({place: f"{11 + at}.11" if at < others else "100.00" for at, place in enumerate(places)})
    assert found.incidents.select("title", "findings").rows() == [(f"store: {what}, here and there", 30)]


def test_incidents_explain_each_active_finding_once() -> None:
    wrong = {(store, "A00"): "10.00" for store in STORES[:10]}
    wrong |= {("0001", sku): "11.11" for sku in SKUS[5:30]} | {("0009", "A07"): "3.33"}
    found = audited(wrong)
    assert found.findings["incident"].null_count() == 0
    assert found.incidents["findings"].sum() == found.findings.height
    assert found.incidents["impact"].sum() == found.findings["impact"].sum()
    assert found.incidents["rank"].to_list() == list(range(1, found.incidents.height + 1))


def test_an_incident_is_the_same_the_next_night_and_counts_what_is_new() -> None:
    first = audited({(store, "A00"): "10.00" for store in STORES[:12]})
    second = audited({(store, "A00"): "10.00" for store in STORES[:14]}, remembered(first))
    (before,), (after,) = first.incidents.to_dicts(), second.incidents.to_dicts()
    assert after["incident"] == before["incident"]
    assert (after["findings"], after["new"]) == (14, 2)
    assert after["first_seen"] == NIGHT


def test_waived_resolved_and_unverified_findings_make_no_incident() -> None:
    first = audited({(store, "A00"): "10.00" for store in STORES[:10]})
    right = audited({}, remembered(first))
    assert right.findings["state"].unique().to_list() == ["resolved"]
    assert right.incidents.schema == tables.schema("incidents")
    assert right.incidents.height == 0


def test_the_worst_severity_comes_first_then_the_money() -> None:
    wrong = {(store, "A00"): "7.01" for store in STORES} | {("0001", sku): "99.99" for sku in SKUS[5:30]}
    found = audited(wrong | {(store, "A00"): "10.00" for store in STORES[:6]})
    ranks = found.incidents["severity"].replace_strict({name: at for at, name in enumerate(tables.SEVERITIES)}).to_list()
    assert ranks == sorted(ranks, reverse=True)
    same = found.incidents.filter(pl.col("severity") == "major")["impact"].to_list()
    assert same == sorted(same, reverse=True)


def test_the_order_of_offers_changes_no_incident() -> None:
    wrong = {(store, "A00"): "10.00" for store in STORES[:9]} | {("0001", sku): "11.11" for sku in SKUS[5:30]}
    rows = shown(wrong)
    given = world(decided(), CHANNELS, SOURCES)
    one, other = (night(given, RULES, offers) for offers in (rows, rows.sample(fraction=1, shuffle=True, seed=5)))
    assert one.incidents.equals(other.incidents)
    assert one.findings.equals(other.findings)


@pytest.mark.timeout(60)
def test_three_thousand_findings_are_rolled_up_in_a_blink() -> None:
    skus = [f"S{number:04}" for number in range(400)]
    big = central(
        products="\n".join(["sku  category  brand", *(f"{sku}  c{at % 20}  b{at % 50}" for at, sku in enumerate(skus))]),
        locations="\n".join(["location  zone", *(f"{store}  Z1" for store in STORES)]),
        price_list="\n".join(["sku  zone  list_price", *(f"{sku}  Z1  10.00" for sku in skus)]),
    )
    dice = random.Random(1)
    lines = [f"{store}  {sku}  {'10.00' if dice.random() < 0.5 else '12.34'}" for store in STORES for sku in skus]
    found = night(world(big, CHANNELS, SOURCES), RULES, raw("\n".join(["location  sku  price", *lines]), source="tills"))
    assert found.findings.height > 3000
    assert found.incidents.height < 30


def test_incidents_are_named_by_what_they_are_in_twelve_digits_that_no_two_share() -> None:
    found = audited({(store, sku): "12.00" for store in STORES[::3] for sku in SKUS[:9]})
    ids = found.incidents["incident"]
    assert ids.str.contains("^i[0-9a-f]{12}$").all()
    assert ids.n_unique() == found.incidents.height


def test_a_price_change_that_reached_neither_web_nor_app_is_one_incident_under_every_rule() -> None:
    skus = [f"A{at:02}" for at in range(10)]
    versions = (("10.00", "2026-01-01  2026-03-09 04:00"), ("12.00", "2026-03-09 04:00  -"))
    rows = [f"{sku}  Z1  {price}  {window}" for sku in skus for price, window in versions]
    decided = central(
        products="\n".join(["sku  category", *(f"{sku}  c{at}" for at, sku in enumerate(skus))]),
        locations="location  zone\n0001  Z1",
        price_list="\n".join(["sku  zone  list_price  valid_from  valid_to", *rows]),
    )
    channels = [channel("store"), channel("web", role="leader"), channel("app", role="same_as", leader="web")]
    sources = [
        source("tills", "store", surface="till"),
        source("web", "web", surface="html"),
        source("app", "app", surface="api"),
    ]
    shown = [
        *(("tills", "0001", sku, "12.00") for sku in skus),
        *((name, "-", sku, "10.00") for name in ("web", "app") for sku in skus),
    ]
    offers = raw("\n".join(["source  location  sku  price", *("  ".join(row) for row in shown)]))
    rules = [rule("reference_price"), rule("expected_price"), rule("channel_parity", where="channel = 'app'", owner="app-team")]
    found = night(world(decided, channels, sources), rules, offers)
    (incident,) = found.incidents.to_dicts()
    assert incident["scope"] == "price_change=2026-03-09 channel=app,web"
    assert incident["title"] == "app and web: price change has not arrived (2026-03-09)"
    assert (incident["share"], incident["judged"], incident["explained"]) == (10_000, 20, 10_000)
    assert incident["undercharge"] == incident["impact"] > 0
    assert incident["overcharge"] == 0


def test_money_of_two_markets_is_never_added_up() -> None:
    given = world(decided(), CHANNELS, SOURCES)
    row = {
        "night": NIGHT, "first_seen": NIGHT, "state_since": NIGHT, "state": "new", "rule": "r", "check": "expected_price",
        "severity": "major", "owner": "pricing", "channel": "web", "subject": "price", "direction": "overcharge", "message": "m",
        "cause": "previous_list_price", "cause_root": "price change 2026-03-09",
    }  # fmt: skip
    told = [
        {**row, "fingerprint": f"{market}{at}", "market": market, "currency": currency, "sku": f"A{at:02}", "impact": impact}
        for market, currency, impact in (("us", "USD", 100), ("fr", "EUR", 70))
        for at in range(3)
    ]
    schema = tables.schema("findings")
    found = pl.DataFrame([{name: one.get(name) for name in schema} for one in told], schema=schema)
    nothing = pl.DataFrame(schema={"item": pl.Int32, "place": pl.Int32, "file": pl.Categorical})
    places = pl.DataFrame(schema={"place": pl.Int32, **dict.fromkeys(PLACE, pl.String)})
    items = pl.DataFrame(schema={"item": pl.Int32, "sku": pl.String})
    incidents = roll_up(found, census(Seen.of(nothing), given, items, places), Memory(), given)[1]
    assert incidents.sort("currency").select("currency", "impact", "findings").rows() == [("EUR", 210, 3), ("USD", 300, 3)]
    assert incidents["incident"].n_unique() == 2
    assert incidents.sort("currency")["title"].str.starts_with("fr, ").to_list() == [True, False]


def test_what_nothing_explains_says_so_by_explaining_nothing() -> None:
    dice = random.Random(3)
    places = dice.sample([(store, sku) for store in STORES for sku in SKUS[1:]], 9)
    found = audited({place: f"{11 + at}.{at:02}" for at, place in enumerate(places)})
    assert found.incidents["explained"].to_list() == [None]
    assert found.incidents["title"].to_list() == ["store: wrong price, here and there"]
