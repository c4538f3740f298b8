"""The files the demo delivers, as the sources of the template declare them; written from the real data."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pricewatch.runs.demo import central, decided, marketplace, offers, source, tills
from pricewatch.runs.demo.derive import NIGHTS, WEB_ZONE
from pricewatch.runs.demo.facts import with_tax
from pricewatch.runs.demo.nights import Retailer
from pricewatch.runs.demo.shown import ASSORTMENT
from pricewatch.runs.demo.source import find_files, till_lines
from pricewatch.runs.demo.zones import find_zones

pytestmark = pytest.mark.demo

PERSONAL = {"household_id", "basket_id", "household", "basket", "age", "income"}


@pytest.fixture(scope="session")
def inbox(retailer: Retailer, nights: list[offers.Night], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    deliver(folder, retailer, nights)
    return folder


def deliver(folder: Path, retailer: Retailer, nights: list[offers.Night]) -> None:
    central.write_central(folder / "central", retailer.reference, retailer.weeks, retailer.carried)
    for tonight in nights:
        tills.write_tills(folder, retailer.reference, tonight.night)
        marketplace.write_marketplace(folder, tonight.marketplace, tonight.night)


def text(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")


def rows(path: Path, separator: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(path)), delimiter=separator))


def test_zones_are_five_and_the_same_every_time(retailer: Retailer) -> None:
    again = find_zones(till_lines(find_files()))
    assert again.equals(retailer.reference.stores)
    sizes = again["zone"].value_counts().sort("zone")["count"].to_list()
    assert len(sizes) == 5
    assert sizes == sorted(sizes, reverse=True)


def test_till_lines_of_stores_without_a_zone_are_left_out(retailer: Retailer) -> None:
    assert set(retailer.reference.lines["store_id"]) == set(retailer.reference.stores["store_id"])


def test_about_one_till_line_in_a_hundred_disagrees_with_its_zone(retailer: Retailer) -> None:
    judged = retailer.reference.lines.join(retailer.reference.list_prices, on=decided.CELL)
    apart = judged.filter((pl.col("regular_price") - pl.col("list_price")).abs() > 1)
    assert 0.005 < apart.height / judged.height < 0.03


def test_plain_sql_over_the_same_files_decides_the_same_list_prices(retailer: Retailer) -> None:
    files, zones = find_files(), retailer.reference.stores.rows()
    counted = duckdb.connect()
    counted.execute("create table zones (store_id bigint, zone varchar)")
    counted.executemany("insert into zones values (?, ?)", zones)
    counted.execute(
        f"""
        with line as (
            select product_id, zone, week, store_id,
                   round((sales_value + retail_disc + coupon_match_disc)::decimal(18, 2) * 100 / quantity + 1e-6)::bigint as cents
            from '{files.transactions}' join zones using (store_id) join '{files.products}' using (product_id)
            where week <= 26 and quantity > 0 and sales_value > 0 and department in {source.DEPARTMENTS}),
        vote as (
            select product_id, zone, week, store_id, cents from line group by product_id, zone, week, store_id, cents
            qualify row_number() over (partition by product_id, zone, week, store_id order by count(*) desc, cents) = 1)
        select product_id, zone, week, cents from vote group by product_id, zone, week, cents
        qualify count(*) * 2 > sum(count(*)) over (partition by product_id, zone, week)
            and sum(count(*)) over (partition by product_id, zone, week) >= 3
        """
    )
    by_sql = set(counted.fetchall())
    listed = set(retailer.reference.list_prices.select("product_id", "zone", "week", "list_price").rows())
    assert len(by_sql) > 30_000
    assert by_sql <= listed


def test_price_versions_of_a_product_and_zone_do_not_overlap(inbox: Path) -> None:
    versions = pl.DataFrame(rows(inbox / "central/price_list.csv.gz")).sort("sku", "zone", "valid_from")
    assert versions.select("sku", "zone", "valid_from").is_duplicated().sum() == 0
    following = pl.col("valid_from").shift(-1).over("sku", "zone")
    assert versions.filter((pl.col("valid_to") == "") & following.is_not_null()).is_empty()
    assert versions.filter(pl.col("valid_to") >= following).is_empty()
    assert versions.filter((pl.col("valid_to") != "") & (pl.col("valid_to") < pl.col("valid_from"))).is_empty()


def test_every_promotion_reduces_a_listed_price_for_a_known_product(inbox: Path, retailer: Retailer) -> None:
    calendar = rows(inbox / "central/promotions.csv.gz")
    skus = {row["sku"] for row in rows(inbox / "central/catalogue.csv")}
    assert {row["sku"] for row in calendar} <= skus
    assert {(row["mechanic"], row["audience"]) for row in calendar} == {("member_price", "members"), ("fixed_price", "everyone")}
    reduced = retailer.reference.cards.join(retailer.reference.list_prices, on=decided.CELL, how="left")
    assert (reduced["member_price"] < reduced["list_price"]).all()


def test_in_the_leaflet_a_card_price_is_for_stores_and_the_leaflets_price_for_the_web(inbox: Path) -> None:
    calendar = pl.DataFrame(rows(inbox / "central/promotions.csv.gz"))
    leaflets = calendar.filter(pl.col("mechanic") == "fixed_price")
    assert set(leaflets["channels"]) == {"web|app|marketplace"}
    web_cards = calendar.filter(pl.col("channels") == "store|web|app")
    both = web_cards.join(leaflets, on="sku").filter(
        pl.col("starts_at") <= pl.col("ends_at_right"), pl.col("starts_at_right") <= pl.col("ends_at")
    )
    assert both.is_empty()


def test_what_web_and_app_must_list_is_declared(inbox: Path) -> None:
    catalogue = rows(inbox / "central/catalogue.csv")
    assert sum(row["channels"] == "web|app" for row in catalogue) == ASSORTMENT
    assert len({row["gtin"] for row in catalogue}) == len(catalogue)
    assert {len(row["gtin"]) for row in catalogue} == {13}


def test_webshop_history_ends_the_day_before_the_first_night(inbox: Path) -> None:
    history = rows(inbox / "central/webshop_history.csv.gz")
    assert max(row["until"] for row in history) == "2017-06-17T23:15:00"
    assert all(row["since"] <= row["until"] for row in history)


def test_every_struck_through_price_was_asked_within_four_weeks(retailer: Retailer) -> None:
    shown = retailer.weeks
    struck = shown.filter(pl.col("was_price").is_not_null()).select("product_id", "week", "was_price")
    asked = shown.select("product_id", then="week", price="price")
    proof = struck.join(asked, on="product_id").filter(
        pl.col("price") == pl.col("was_price"), pl.col("then") < pl.col("week"), pl.col("then") >= pl.col("week") - 4
    )
    assert proof.select("product_id", "week").unique().height == struck.height > 0


@pytest.mark.parametrize("night", NIGHTS)
def test_every_store_sends_a_file_whose_trailer_counts_its_lines(inbox: Path, retailer: Retailer, night: date) -> None:
    files = sorted((inbox / str(night) / "tills").iterdir())
    assert len(files) == retailer.reference.stores.height
    for file in files:
        header, *lines, trailer = text(file).splitlines()
        assert header == "store;time;plu;quantity;regular_price;card_price"
        assert trailer == f"END;{len(lines)}"
        assert all(line.startswith(f"{file.name.removesuffix('.csv.gz')};") for line in lines)
        days = {date.fromisoformat(line.split(";")[1][:10]) for line in lines}
        assert all(night - timedelta(days=night.weekday()) <= day <= night for day in days)


def test_till_files_hold_every_line_since_monday_once(inbox: Path, retailer: Retailer) -> None:
    written = sum(len(text(file).splitlines()) - 2 for file in (inbox / "2017-06-18/tills").iterdir())
    since_monday = pl.col("at").dt.date().is_between(date(2017, 6, 12), NIGHTS[0])
    assert written == retailer.reference.lines.filter(since_monday).height > 20_000


def test_card_prices_are_written_only_where_a_discount_was_given(inbox: Path) -> None:
    lines = [line.split(";") for file in (inbox / "2017-06-18/tills").iterdir() for line in text(file).splitlines()[1:-1]]
    assert {bool(line[5]) for line in lines} == {True, False}
    assert all(float(line[5]) <= float(line[4]) for line in lines if line[5])


def test_no_file_has_a_personal_column(inbox: Path) -> None:
    for path in inbox.rglob("*"):
        if path.is_file():
            header = text(path).splitlines()[0].lower().replace("\t", ";").split(";")
            assert not PERSONAL & set(header), path.name


def test_the_same_data_gives_the_same_bytes(inbox: Path, retailer: Retailer, nights: list[offers.Night], tmp_path: Path) -> None:
    deliver(tmp_path, retailer, nights)
    first = {path.relative_to(inbox): path.read_bytes() for path in inbox.rglob("*") if path.is_file()}
    assert {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == first


def test_our_marketplace_offers_land_within_the_corridor_unless_planted(retailer: Retailer, nights: list[offers.Night]) -> None:
    planted = {fault.product_id for fault in retailer.faults if fault.channel == "marketplace"}
    for tonight in nights:
        right = {row["product_id"]: row["price"] for row in retailer_prices(retailer, tonight)}
        ours = [row for row in tonight.marketplace if row["seller"] == offers.OWN_SELLER and row["product_id"] not in planted]
        assert len(ours) > 250
        assert all(right[row["product_id"]] <= row["price"] + row["shipping"] <= right[row["product_id"]] * 1.08 for row in ours)
        assert any(row["shipping"] for row in ours)


def retailer_prices(retailer: Retailer, tonight: offers.Night) -> list[offers.Row]:
    return offers.shop_rows(retailer.reference, retailer.weeks, retailer.carried, tonight.night)


def test_the_marketplace_file_has_other_sellers_too(inbox: Path) -> None:
    sellers = {row["seller-name"] for row in rows(inbox / "2017-06-18/marketplace/offers.tsv", "\t")}
    assert sellers == {offers.OWN_SELLER, *offers.OTHER_SELLERS}


def test_weeks_of_the_web_zone_have_one_price_a_product(retailer: Retailer) -> None:
    listed = retailer.reference.list_prices.filter(pl.col("zone") == WEB_ZONE)
    assert listed.select("product_id", "week").is_duplicated().sum() == 0
    assert retailer.weeks.height == listed.height


def test_tax_is_added_half_up() -> None:
    assert with_tax(299, 7) == 320
    assert with_tax(50, 7) == 54
    assert with_tax(299, 0) == 299
