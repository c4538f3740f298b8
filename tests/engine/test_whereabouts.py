"""How many offers of a scope were judged, and where a root went wrong, told in the fewest words that are true of it.

60 stores in three zones of 20, web and app; 100 products, one price each. P-1 is a promotion of one product, P-2 of all in
category c0; on 9 March the prices of c1 changed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine.census import PLACE, Census, census
from pricewatch.engine.scopes import Scope, keyed
from pricewatch.engine.seen import Seen
from pricewatch.engine.whereabouts import whereabouts
from pricewatch.engine.world import World
from pricewatch.testing import AS_OF, MARKET, NIGHT, central

PLACES = [
    *((at, "us", "store", f"Z{1 + at // 20}", f"{at:04}") for at in range(60)),
    (60, "us", "web", "Z1", None),
    (61, "us", "app", "Z1", None),
]
ITEMS = pl.DataFrame({"item": range(100), "sku": [f"A{at:02}" for at in range(100)]}, schema={"item": pl.Int32, "sku": pl.String})
CHANGE, BEGIN = datetime(2026, 3, 9, 4, tzinfo=UTC), datetime(2026, 1, 1, 5, tzinfo=UTC)
"""Midnight in New York, after and before clocks went forward."""


@cache
def counts() -> Census:
    """Every product judged once in every place."""
    products = ["sku  category  brand", *(f"A{at:02}  c{at % 10}  b{at % 5}" for at in range(100))]
    prices = [
        "sku  zone  list_price",
        *(f"A{at:02}  {zone}  {10 + (zone == 'Z2' and at < 30)}.00" for at in range(100) for zone in ("Z1", "Z2", "Z3")),
    ]
    promotions = [
        "promotion  mechanic  value  sku  category  starts_at  ends_at",
        "P-1  fixed_price  700  A00  -  2026-03-01  2026-04-01",
        "P-2  fixed_price  700  -  c0  2026-03-01  2026-04-01",
    ]
    decided = central(products="\n".join(products), price_list="\n".join(prices), promotions="\n".join(promotions))
    since = pl.when(pl.col("sku").str.ends_with("1")).then(pl.lit(CHANGE, tables.UTC)).otherwise(pl.lit(BEGIN, tables.UTC))
    decided = type(decided)(**{**vars(decided), "price_list": decided.price_list.with_columns(valid_from=since)})
    world = World(night=NIGHT, as_of=AS_OF, markets=MARKET, central=decided, items=ITEMS)
    places = pl.DataFrame(PLACES, schema={"place": pl.Int32, **dict.fromkeys(PLACE, pl.String)}, orient="row")
    rows = decided.price_list.with_row_index("price_row").select("sku", "zone", pl.col("price_row").cast(pl.Int32))
    of_p1, of_p2 = pl.col("sku") == "A00", pl.col("sku").str.ends_with("0")
    offers = (
        ITEMS.join(places, how="cross")
        .join(rows, on=["sku", "zone"])
        .with_columns(
            # For card holders P-2 is P-1's product, too: an offer names it twice.
            promotion_row=pl.when(of_p1).then(0).when(of_p2).then(1).cast(pl.Int32),
            member_promotion_row=pl.when(of_p2).then(1).cast(pl.Int32),
            file=pl.format("inbox/2026-03-13/{}.csv", "channel").cast(pl.Categorical),
        )
    )
    return census(Seen.of(offers), world, ITEMS, places)


@pytest.mark.parametrize(
    ("scope", "of", "judged"),
    [
        ((), {}, 6200),
        (("channel",), {"channel": "store"}, 6000),
        (("zone",), {"zone": "Z1"}, 2200),
        (("channel", "location"), {"location": "0007"}, 100),
        (("category",), {"category": "c3"}, 620),
        (("channel", "category"), {"channel": "web", "category": "c3"}, 10),
        (("channel", "location", "category"), {"location": "0007", "category": "c3"}, 10),
        (("sku",), {"sku": "A07"}, 62),
        (("channel", "zone", "sku"), {"channel": "store", "zone": "Z3", "sku": "A07"}, 20),
        (("file", "brand"), {"file": "inbox/*/app.csv", "brand": "b2"}, 20),
        (("promotion",), {"promotion": "P-1"}, 62),
        (("channel", "promotion"), {"channel": "web", "promotion": "P-2"}, 10),
    ],
)
def test_a_scope_has_the_offers_that_were_judged_in_it(scope: Scope, of: dict[str, str], judged: int) -> None:
    assert counts().of(scope).filter(**of)["judged"].to_list() == [judged]


def test_offers_whose_price_depends_on_the_zone_are_counted_apart() -> None:
    assert counts().zoned.of(("channel",)).filter(channel="web")["judged"].to_list() == [30]


def missing(root: str, *where: tuple[str, str | None], skus: tuple[str, ...]) -> pl.DataFrame:
    """Findings of one root, on a channel and in a store, for each product."""
    zones = {(channel, location): zone for _, _, channel, zone, location in PLACES}
    rows = [
        {"market": "us", "channel": channel, "location": location, "zone": zones[(channel, location)], "sku": sku,
         "category": f"c{sku[-1]}", "check": "promotion_missing", "cause": "promotion_not_started", "cause_root": root}
        for channel, location in where
        for sku in skus
    ]  # fmt: skip
    schema = tables.schema("findings")
    return keyed(pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema))


def stores(*numbers: int) -> list[tuple[str, str | None]]:
    return [("store", f"{number:04}") for number in numbers]


def told(found: pl.DataFrame) -> tuple[list[str], list[list[str]], int, int | None]:
    row = whereabouts(found, counts()).row(0, named=True)
    return row["scope"], row["parts"], row["wrong"], row["judged"]


CHANGED = tuple(f"A{at}1" for at in range(10))


def test_a_price_change_that_reached_neither_app_nor_web_is_told_by_channel() -> None:
    found = missing("price change 2026-03-09", ("web", None), ("app", None), skus=CHANGED)
    assert told(found) == (["channel"], [["app"], ["web"]], 20, 20)


def test_a_promotion_missing_in_most_stores_of_a_zone_is_told_by_that_zone() -> None:
    assert told(missing("promotion P-1", *stores(*range(40, 54)), skus=("A00",))) == (
        ["channel", "zone"],
        [["store", "Z3"]],
        14,
        20,
    )


def test_a_promotion_missing_in_some_stores_here_and_there_is_told_by_those_stores() -> None:
    scope, parts, wrong, judged = told(missing("promotion P-1", *stores(3, 17, 29, 44, 58), skus=("A00",)))
    assert scope == ["channel", "location"]
    assert parts == [["store", f"{number:04}"] for number in (3, 17, 29, 44, 58)]
    assert (wrong, judged) == (5, 5)


def test_a_price_change_missing_everywhere_has_no_whereabouts() -> None:
    everywhere = [(channel, location) for _, _, channel, _, location in PLACES]
    assert told(missing("price change 2026-03-09", *everywhere, skus=CHANGED)) == ([], [[]], 620, 620)


def test_a_price_change_missing_for_one_product_is_told_by_that_product() -> None:
    everywhere = [(channel, location) for _, _, channel, _, location in PLACES]
    assert told(missing("price change 2026-03-09", *everywhere, skus=("A31",))) == (["sku"], [["A31"]], 62, 62)


def test_few_labels_here_and_there_are_told_of_all_that_the_root_is_about() -> None:
    found = pl.concat(
        [missing("price change 2026-03-09", *stores(at), skus=CHANGED[at % 3 : at % 3 + 1]) for at in range(0, 60, 9)]
    )
    scope, parts, wrong, judged = told(found.with_columns(offer=pl.int_range(pl.len(), dtype=pl.UInt32)))
    assert (scope, parts, wrong, judged) == ([], [[]], 7, 620)


def test_one_stray_finding_elsewhere_does_not_change_where_a_root_went_wrong() -> None:
    found = missing("promotion P-2", *stores(*range(20, 40)), skus=tuple(f"A{at}0" for at in range(10)))
    stray = missing("promotion P-2", ("web", None), skus=("A10",)).with_columns(offer=pl.lit(9_999, pl.UInt32))
    assert told(pl.concat([found, stray])) == (["channel", "zone"], [["store", "Z2"]], 200, 200)


def test_a_root_that_the_central_files_do_not_know_is_told_without_a_share() -> None:
    assert told(missing("promotion P-9", *stores(1, 2), skus=("A00",)))[3] is None
