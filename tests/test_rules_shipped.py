"""The rules this repository ships, with its own markets and channels: silent on a right night, each finds its fault.

Rules that are not enabled wait for data that the demo has not got; their rule tests say what they find and what they leave alone.

They are the demo retailer's and the template of every new workspace: what is wrong here is wrong in every workspace to come.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.checks import registry
from pricewatch.engine.world import World, in_force
from pricewatch.testing import AS_OF, NIGHT, central, night, raw, source_run, table
from pricewatch.workspace import Workspace
from pricewatch.workspace.rule_tests import load_cases

ROOT = Path(__file__).parents[1]

DECIDED = central(
    products="""
        sku  name      gtin            channels
        A1   Espresso  04006381333931  web|app
        P1   Muesli    00036000291452  web|app
        M1   Honey     -               web|app
        E1   Jam       -               web|app
        X1   Fudge     -               -
    """,
    price_list="""
        sku  zone  list_price
        A1   Z1    12.99
        P1   Z1    12.99
        M1   Z1    12.99
        E1   Z1    12.99
    """,
    locations="""
        location  zone
        0417      Z1
    """,
    promotions="""
        promotion  mechanic      value  sku  audience  channels  starts_at   ends_at
        LEAFLET    fixed_price   999    P1   everyone  web|app   2026-03-10  2026-03-20
        CARD       member_price  1099   M1   members   -         2026-03-10  2026-03-20
        OVER       fixed_price   999    E1   everyone  web|app   2026-03-01  2026-03-10
        NEXT       fixed_price   1049   A1   everyone  web|app   2026-03-16  2026-03-25
    """,
)

RIGHT = """
    source       surface  location  sku  seller          regular_price  price  was_price  member_price  shipping  gtin
    webshop      html     -         A1   -               -              12.99  -          -             -         4006381333931
    webshop      jsonld   -         A1   -               -              12.99  -          -             -         -
    webshop      html     -         P1   -               -              9.99   12.99      -             -         -
    webshop      html     -         M1   -               -              12.99  -          10.99         -         -
    webshop      html     -         E1   -               -              12.99  -          -             -         -
    app          api      -         A1   -               -              1299   -          -             -         -
    app          api      -         P1   -               -              999    1299       -             -         -
    app          api      -         M1   -               -              1299   -          1099          -         -
    app          api      -         E1   -               -              1299   -          -             -         -
    tills        till     0417      A1   -               12.99          -      -          -             -         -
    tills        till     0417      A1   -               12.99          -      -          -             -         -
    tills        till     0417      M1   -               12.99          -      -          10.99         -         -
    tills        till     0417      M1   -               12.99          -      -          10.99         -         -
    marketplace  feed     -         A1   Corner Grocery  -              12.99  -          -             1.04      4006381333931
    marketplace  feed     -         A1   Acme            -              99.00  120.00     -             0.00      36000291452
"""


@dataclass(frozen=True)
class Fault:
    """What goes wrong in the right night, and every rule that must say so."""

    rules: set[str]
    source: str = ""
    sku: str = ""
    shows: dict[str, str | None] = field(default_factory=dict)
    """Columns of the raw rows of that source and product."""
    besides: str = ""
    """Rows that come besides."""
    vanishes: bool = False
    delivery: str = "complete"


FAULTS = {
    "a webshop price that nobody decided": Fault({"web-price"}, "webshop", "A1", {"price_text": "13.99"}),
    "an app price that nobody decided": Fault({"app-price", "app-follows-web"}, "app", "A1", {"price_text": "1199"}),
    "an app that asks a hundred times as much": Fault({"app-price", "app-follows-web"}, "app", "A1", {"price_text": "129900"}),
    "a webshop member price of the wrong depth": Fault({"online-member-price"}, "webshop", "M1", {"member_price_text": "11.99"}),
    "an app without the member price": Fault({"online-member-price-missing"}, "app", "M1", {"member_price_text": None}),
    "a leaflet price that the webshop does not give": Fault(
        {"online-promotion-missing", "web-price"}, "webshop", "P1", {"price_text": "12.99", "was_price_text": None}
    ),
    "a leaflet price that the app does not give": Fault(
        {"online-promotion-missing", "app-price", "app-follows-web"}, "app", "P1", {"price_text": "1299", "was_price_text": None}
    ),
    "an ended price cut that the webshop still gives": Fault(
        {"online-promotion-stale", "web-price"}, "webshop", "E1", {"price_text": "9.99"}
    ),
    "next week's leaflet price that the webshop gives already": Fault(
        {"online-promotion-early", "web-price"}, "webshop", "A1", {"price_text": "10.49"}
    ),
    "a leaflet price cut deeper than decided": Fault(
        {"online-promotion-depth", "web-price"}, "webshop", "P1", {"price_text": "8.99"}
    ),
    "a label that promises half the price": Fault({"online-promotion-label"}, "webshop", "P1", {"promotion_label": "-50 %"}),
    "a struck-through price never charged": Fault({"web-was-price"}, "webshop", "P1", {"was_price_text": "15.99"}),
    "a till a cent below the decided price": Fault({"store-regular-price"}, "tills", "A1", {"regular_price_text": "12.98"}),
    "a till with an old member price": Fault({"store-member-price"}, "tills", "M1", {"member_price_text": "11.49"}),
    "tills that do not know the card": Fault({"store-promotion-missing"}, "tills", "M1", {"member_price_text": None}),
    "a till line unlike the others of the day": Fault(
        {"store-two-prices"}, besides="source  surface  location  sku  regular_price\ntills  till  0417  A1  14.99"
    ),
    "markup unlike the page": Fault({"online-two-prices"}, besides="source  surface  sku  price\nwebshop  meta  E1  14.99"),
    "a product the app does not list": Fault({"online-assortment"}, "app", "E1", vanishes=True),
    "a product on sale whose price nobody decided": Fault(
        {"online-orphans"}, besides="source  surface  sku  price\nwebshop  html  X1  4.99"
    ),
    "a GTIN of another product": Fault({"gtin"}, "webshop", "A1", {"gtin": "036000291452"}),
    "pages seen the day before yesterday": Fault({"fresh-prices"}, "webshop", "A1", {"observed_at": "2026-03-12T10:00:00+00:00"}),
    "a source that failed": Fault({"healthy-sources"}, "marketplace", "A1", delivery="failed"),
    "a marketplace offer with too much shipping": Fault({"marketplace-corridor"}, "marketplace", "A1", {"shipping_text": "1.05"}),
    "a marketplace offer below the webshop": Fault(
        {"marketplace-corridor"}, "marketplace", "A1", {"price_text": "11.00", "shipping_text": "1.98"}
    ),
    "a buy box that another seller holds": Fault(
        {"marketplace-buy-box"},
        "marketplace",
        "A1",
        {"buy_box": "false"},
        besides="source  surface  sku  seller  price  shipping  buy_box\nmarketplace  feed  A1  Deli Direct  12.49  0.00  true",
    ),
}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace.load(ROOT)


def rows_of(fault: Fault) -> pl.DataFrame:
    rows = raw(RIGHT)
    concerned = (pl.col("source") == fault.source) & (pl.col("sku") == fault.sku)
    concerned &= pl.col("seller").fill_null("Corner Grocery") == "Corner Grocery"
    if fault.vanishes:
        rows = rows.filter(~concerned)
    shown = [pl.when(concerned).then(pl.lit(value)).otherwise(name).alias(name) for name, value in fault.shows.items()]
    rows = rows.with_columns(shown)
    return pl.concat([rows, raw(fault.besides)]) if fault.besides else rows


def world_of(workspace: Workspace, fault: Fault) -> World:
    """The shipped markets, channels and sources; last winter's web prices as history."""
    runs = [
        source_run(
            source.id,
            source.channel,
            feeds=source.feeds,
            rows=source.expect_rows or 10,
            expected_rows=source.expect_rows,
            status=fault.delivery if source.id == fault.source else "complete",
        )
        for source in workspace.sources
    ]
    world = World(
        night=NIGHT,
        as_of=AS_OF,
        markets=workspace.market_frame(),
        channels=workspace.channel_frame(),
        sources=workspace.source_frame(),
        central=DECIDED,
        source_runs=pl.concat(runs),
    )
    web = codes.place_codes(world).filter(channel="web").select("place")
    since = datetime(2025, 12, 1, tzinfo=UTC)
    told = codes.item_codes(world).select("item", price=1299, since=since, until=since).join(web, how="cross")
    schema = tables.schema("history")
    history = told.select((pl.col(n) if n in told.columns else pl.lit(None)).cast(d).alias(n) for n, d in schema.items())
    return replace(world, history=history.lazy())


def told(workspace: Workspace, fault: Fault) -> set[str]:
    """Every rule that saw something, the ones folded into a more specific one included; each about the product at fault."""
    found = night(world_of(workspace, fault), in_force(workspace.rules, NIGHT), rows_of(fault))
    assert found.quarantine.is_empty()
    assert found.unmatched.is_empty()
    also = {rule for rules in found.findings["also"].drop_nulls() for rule in rules.split(", ")}
    return {*found.findings["rule"], *also}


def test_the_shipped_rules_are_silent_on_a_right_night(workspace):
    assert told(workspace, Fault(set())) == set()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_told_by_its_rules_and_by_no_other(workspace, fault):
    assert told(workspace, fault) == fault.rules


def test_every_shipped_rule_that_is_run_has_a_fault_that_it_finds(workspace):
    assert set().union(*(fault.rules for fault in FAULTS.values())) == {rule.id for rule in in_force(workspace.rules, NIGHT)}


def test_every_shipped_rule_has_a_rule_test_that_finds_and_one_that_is_silent(workspace):
    """Those of the law packs are beside the packs."""
    cases = load_cases(workspace)
    shipped = {rule.id for rule in workspace.rules if not rule.pack}
    for wanted in (True, False):
        covered = {rule for case in cases if bool(case.findings) is wanted for rule in case.rules}
        assert shipped - covered == set()


def test_every_kind_of_check_has_a_shipped_rule_to_learn_from(workspace):
    assert {rule.check for rule in workspace.rules} == set(registry())


def test_every_shipped_rule_says_who_mends_it_and_why_it_matters(workspace):
    for rule in workspace.rules:
        assert rule.owner, rule.id
        assert rule.why.endswith("."), rule.id
        assert rule.place.startswith("rules/"), rule.id


def test_the_right_night_is_about_every_channel_that_is_shipped(workspace):
    shown = {source.channel for source in workspace.sources if source.id in set(table(RIGHT)["source"])}
    assert shown == {channel.id for channel in workspace.channels}
