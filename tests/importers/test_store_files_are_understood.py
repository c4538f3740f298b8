"""What the importers of store files give is what the engine reads: no row is lost between the two for its way of writing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from ruamel.yaml import YAML

from pricewatch.collect.importers import read_file
from pricewatch.domain import tables
from pricewatch.engine.central import read_central
from pricewatch.engine.normalise import normalise
from pricewatch.engine.world import World
from pricewatch.testing import assert_table, central, channel, source, world
from pricewatch.workspace.config import Source

HERE = Path(__file__).parent
STORES = """
    location  zone
    0417      Z1
    100       Z1
    367       Z1
    0031      Z1
    083       Z1
"""


def rows_of(importer: str, case: str) -> pl.DataFrame:
    """The rows of a case as they land, from the source `case`."""
    declared = YAML(typ="safe").load((HERE / importer / f"{case.partition('.')[0]}.source.yaml").read_text(encoding="utf-8"))
    values = {"id": "case", "importer": importer, "market": "us", "channel": "store", "files": "*"}
    reading = read_file(HERE / importer / case, case, Source.model_validate(values | declared))
    return reading.rows.with_columns(source=pl.lit("case"), collected_at=pl.lit("2026-03-14T00:00:00Z"))


def given(**declared: object) -> World:
    return world(central(locations=STORES), [channel("store")], [source("case", "store", surface="till", **declared)])


def offers_of(importer: str, case: str, **declared: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = rows_of(importer, case)
    raw = rows.select(
        pl.col(name) if name in rows.columns else pl.lit(None, pl.String).alias(name) for name in tables.schema("raw")
    )
    found = normalise(raw.lazy(), given(**declared))
    return found.offers.collect(), found.quarantine.collect()


def test_what_several_units_cost_a_till_and_one_of_them_are_both_offers() -> None:
    offers, quarantine = offers_of("poslog", "tlog_several_units.xml", currency="EUR", time_zone="Europe/Lisbon")
    assert quarantine.is_empty()
    assert_table(
        offers.select("external_id", "regular_price", "price", "quantity", "paid"),
        """
        external_id  regular_price  price  quantity  paid
        C1           3.99           3.99   3         10.00
        C2           3.99           3.99   3         10.00
        C3           3.99           3.99   3         7.98
        C4           12.99          9.09   3         27.28
        C5           12.99          11.69  3         35.07
        C6           10.00          5.00   1         5.00
        C7           1.00           1.20   1         1.20
    """,
    )


def test_whole_yen_and_three_decimals_of_euros_are_money() -> None:
    yen, refused = offers_of("poslog", "tlog_before_discounts.xml", currency="JPY", time_zone="Asia/Tokyo")
    assert refused.is_empty()
    assert yen.select("price", "paid", "tax_included").rows() == [(556, 505, True), (720, 720, True)]
    euros, refused = offers_of("poslog", "tlog_v6.xml", currency="EUR")
    assert refused.is_empty()
    assert euros["price"].to_list() == [149, 99]


def test_a_price_for_card_holders_stands_beside_everybodys() -> None:
    offers, refused = offers_of("poslog", "tlog_family_price.xml", currency="EUR")
    assert refused.is_empty()
    assert offers.select("price", "member_price", "paid").rows() == [(2799, None, 2799), (60, 50, None)]


def test_published_prices_have_unit_prices_that_can_be_read() -> None:
    offers, refused = offers_of("price_transparency", "PriceFull7290725900003-083-202409270311.xml", currency="ILS")
    assert refused.is_empty()
    assert offers.select("price", "unit_price", "unit_price_base", "gtin").rows() == [
        (790, 100, "100 g", 7290000149844),
        (690, 690, "l", 7290004131074),
        (590, 590, "kg", None),
    ]


def test_published_promotions_are_a_calendar() -> None:
    rows = rows_of("price_transparency", "PromoFull7290725900003-083-202603130010.xml")
    decided, refused = read_central({"promotions": rows.lazy()}, given(currency="ILS"))
    assert refused.is_empty()
    assert decided.promotions.height == rows.height
    assert set(decided.promotions["mechanic"]) == {
        "fixed_price", "n_for_price", "tier", "percent", "amount", "coupon", "n_for_m", "cheapest_free",
    }  # fmt: skip


def test_published_stores_are_locations_with_a_zone() -> None:
    rows = rows_of("price_transparency", "Stores7290725900003-202410020201.xml")
    decided, refused = read_central({"locations": rows.lazy()}, given())
    assert refused.is_empty()
    assert decided.locations.select("location", "zone").rows() == [("001", "1"), ("002", "1"), ("003", "7")]


def test_a_catalogues_prices_are_a_price_list_and_its_costs_the_products() -> None:
    lists = rows_of("pricat", "pricat_versions_and_refusals.edi")
    products = rows_of("pricat", "pricat_costs.edi")
    decided, refused = read_central({"price_list": lists.lazy(), "products": products.lazy()}, given(currency="EUR"))
    assert refused.is_empty()
    assert decided.price_list["list_price"].to_list() == [249, 229, 410, 320]
    assert decided.products.select("sku", "brand", "tax_rate", "cost").rows() == [
        ("5410013101234", "COTE", 550, 185),
        ("5410013109999", None, None, 340),
    ]


def test_a_catalogue_as_csv_keeps_its_decimal_comma() -> None:
    lists, products = rows_of("pricat", "pricat_vedes_prices.csv"), rows_of("pricat", "pricat_vedes_products.csv")
    decided, refused = read_central({"price_list": lists.lazy(), "products": products.lazy()}, given(decimal=",", currency="EUR"))
    assert refused.is_empty()
    assert decided.price_list["list_price"].to_list() == [5999, 999]
    assert decided.products["tax_rate"].to_list() == [1900, 700, 1900]
