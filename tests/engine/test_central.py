"""Head office's files: good rows typed, bad rows refused with their place and reason."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricewatch.domain import tables
from pricewatch.domain.contracts import contract
from pricewatch.domain.mechanics import MECHANICS
from pricewatch.engine.central import read_central
from pricewatch.engine.world import Central
from pricewatch.testing import assert_table, central, channel, source, table, world

WORLD = world(
    central(),
    [channel("web")],
    [
        source("office", None),
        source("bureau", None, decimal=",", currency="EUR", time_zone="Europe/Paris"),
        source("yen", None, currency="JPY"),
    ],
)


def rows(text: str, of: str = "office") -> pl.LazyFrame:
    written = table(text)
    return written.with_columns(
        source=pl.lit(of), source_ref=pl.format("{}.csv:{}", pl.lit(of), pl.int_range(2, pl.len() + 2))
    ).lazy()


def read(name: str, text: str, of: str = "office") -> tuple[pl.DataFrame, pl.DataFrame]:
    decided, refused = read_central({name: rows(text, of)}, WORLD)
    return getattr(decided, name), refused


def reasons(name: str, text: str, of: str = "office") -> list[str]:
    return read(name, text, of)[1]["reason"].to_list()


def test_a_catalogue_is_typed_with_rates_in_basis_points_and_costs_in_minor_units() -> None:
    products, refused = read("products", """
        sku  external_id  gtin          name      tax_rate  cost   content  weekly_units  kvi   clearance  channels
        A1   4711         036000291452  Espresso  5.5       10.05  0.75     40            yes   false      web|app
        A2   -            -             -         20 %      -      -        -             -     0          web
    """)  # fmt: skip
    assert refused.height == 0
    assert products.schema == tables.schema("products")
    assert_table(
        products,
        """
        sku  external_id  gtin            tax_rate  cost   content  weekly_units  kvi   clearance
        A1   4711         00036000291452  550       10.05  0.75     40.0          true  false
        A2   -            -               2000      -      -        -             -     false
    """,
    )
    assert products["channels"].to_list() == [["web", "app"], ["web"]]


def test_a_price_list_is_dated_in_its_sources_zone_and_its_last_day_counts_whole() -> None:
    price_list, refused = read("price_list", """
        sku  zone  list_price  valid_from  valid_to
        A1   Z1    1 299,50    2026-03-29  2026-03-29
        A1   Z1    9,99        2026-03-30  -
    """, "bureau")  # fmt: skip
    assert refused.height == 0
    assert price_list.select("market", "list_price", "valid_from", "valid_to", "source_ref").rows() == [
        ("us", 129950, datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC), "bureau.csv:2"),
        ("us", 999, datetime(2026, 3, 29, 22, tzinfo=UTC), None, "bureau.csv:3"),
    ]


def test_a_calendar_row_is_read_with_its_scope_and_its_value_by_its_mechanic() -> None:
    promotions, refused = read("promotions", """
        promotion  mechanic      value  sku  channels  zones  locations  starts_at         ends_at
        P1         percent       12.5   A1   web|app   -      -          2026-03-13        2026-03-15
        P2         fixed_price   9.99   A1   -         Z1|Z2  -          2026-03-13        2026-03-13
        P3         Member_Price  8.99   A1   -         -      0417       2026-03-13T08:00  2026-03-13T20:00
    """)  # fmt: skip
    assert refused.height == 0
    assert promotions.select("promotion", "mechanic", "value", "channels", "zones", "locations", "audience").rows() == [
        ("P1", "percent", 1250, ["web", "app"], None, None, "everyone"),
        ("P2", "fixed_price", 999, None, ["Z1", "Z2"], None, "everyone"),
        ("P3", "member_price", 899, None, None, ["0417"], "members"),
    ]
    assert promotions.select("starts_at", "ends_at").rows()[1:] == [
        (datetime(2026, 3, 13, 4, tzinfo=UTC), datetime(2026, 3, 14, 4, tzinfo=UTC)),
        (datetime(2026, 3, 13, 12, tzinfo=UTC), datetime(2026, 3, 14, 0, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("products", "sku  name\n-  Espresso", "no sku"),
        ("products", "sku  gtin\nA1  3.01762E+12", "gtin '3.01762E+12' is no GTIN of 8 to 14 digits"),
        ("products", "sku  tax_rate\nA1  high", "tax_rate 'high' is no percentage"),
        ("products", "sku  tax_rate\nA1  -5", "tax_rate '-5' is no percentage"),
        ("products", "sku  tax_rate\nA1  5.50000001", "tax_rate '5.50000001' is no percentage"),
        ("products", "sku  cost\nA1  ten", "cost 'ten' is no amount"),
        ("products", "sku  kvi\nA1  maybe", "kvi 'maybe' is neither true nor false"),
        ("products", "sku  weekly_units\nA1  many", "weekly_units 'many' is no number"),
        ("locations", "location  zone\n0417  -", "no zone"),
        (
            "price_list",
            "sku  zone  list_price  valid_from\nA1  Z1  12,99  2026-03-01",
            "list_price '12,99' is no amount with the declared decimal sign",
        ),
        (
            "price_list",
            "sku  zone  list_price  valid_from\nA1  Z1  -1.00  2026-03-01",
            "list_price '-1.00' is no amount with the declared decimal sign",
        ),
        (
            "price_list",
            "sku  zone  list_price  valid_from\nA1  Z1  12.99  01/03/2026",
            "valid_from '01/03/2026' is no day (YYYY-MM-DD) or time",
        ),
        (
            "price_list",
            "sku  zone  list_price  valid_from  valid_to\nA1  Z1  12.99  2026-03-02  2026-03-01",
            "ends '2026-03-01' before it starts '2026-03-02'",
        ),
        (
            "promotions",
            "promotion  mechanic  value  starts_at  ends_at\nP1  raffle  1  2026-03-01  2026-03-02",
            "mechanic 'raffle' is none of " + ", ".join(MECHANICS),
        ),
        (
            "promotions",
            "promotion  mechanic  value  starts_at  ends_at\nP1  percent  lots  2026-03-01  2026-03-02",
            "value 'lots' is no amount or percentage with the declared decimal sign",
        ),
        (
            "promotions",
            "promotion  mechanic  value  starts_at  ends_at  audience\nP1  percent  10  2026-03-01  2026-03-02  staff",
            "audience 'staff' is none of everyone, members, coupon_holders",
        ),
        (
            "promotions",
            "promotion  mechanic  value  starts_at  ends_at\nP1  percent  10  2026-03-02  2026-03-01",
            "ends '2026-03-01' before it starts '2026-03-02'",
        ),
        ("promotions", "promotion  mechanic  value  starts_at  ends_at\nP1  percent  10  2026-03-02  -", "no ends_at"),
    ],
)
def test_a_bad_row_says_why_and_the_good_ones_go_on(name: str, text: str, reason: str) -> None:
    good, refused = read(name, text)
    assert (good.height, refused["reason"].to_list()) == (0, [reason])
    assert refused.select("source", "source_ref", "feeds").rows() == [("office", "office.csv:2", name)]


def test_a_row_says_everything_that_is_wrong_with_it() -> None:
    (reason,) = reasons("price_list", "sku  zone  list_price  valid_from\nA1  -  x  y")
    assert reason == (
        "no zone; list_price 'x' is no amount with the declared decimal sign; valid_from 'y' is no day (YYYY-MM-DD) or time"
    )


def test_a_key_that_comes_twice_keeps_its_first_row() -> None:
    products, refused = read("products", "sku  name\nA1  Espresso\nA2  Tea\nA1  Coffee")
    assert products.select("sku", "name").rows() == [("A1", "Espresso"), ("A2", "Tea")]
    assert refused.select("source_ref", "reason").rows() == [
        ("office.csv:4", "comes twice: the same sku stands in an earlier row")
    ]


def test_a_price_version_may_come_once_for_each_zone_and_start() -> None:
    price_list, refused = read("price_list", """
        sku  zone  list_price  valid_from
        A1   Z1    12.99       2026-03-01
        A1   Z2    12.99       2026-03-01
        A1   Z1    13.99       2026-03-08
        A1   Z1    14.99       2026-03-08
    """)  # fmt: skip
    assert price_list["list_price"].to_list() == [1299, 1299, 1399]
    assert refused["source_ref"].to_list() == ["office.csv:5"]


def test_one_promotion_may_give_more_on_one_channel_in_one_store_or_to_members() -> None:
    promotions, refused = read("promotions", """
        promotion  mechanic  value  sku  channels  locations  audience  starts_at   ends_at
        P1         percent   10     A1   web       -          -         2026-03-01  2026-03-02
        P1         percent   20     A1   store     -          -         2026-03-01  2026-03-02
        P1         percent   30     A1   store     0417       -         2026-03-01  2026-03-02
        P1         percent   40     A1   web       -          members   2026-03-01  2026-03-02
        P1         percent   50     A1   web       -          -         2026-03-01  2026-03-09
    """)  # fmt: skip
    assert promotions["value"].to_list() == [1000, 2000, 3000, 4000]
    assert refused["source_ref"].to_list() == ["office.csv:6"]


def test_columns_of_a_file_that_are_not_ours_change_nothing() -> None:
    locations, refused = read("locations", "location  zone  time_zone  decimal  reason\n0417  Z1  Europe/Paris  ,  none")
    assert locations.select("location", "zone").rows() == [("0417", "Z1")]
    assert refused.height == 0


def test_yen_have_no_decimals() -> None:
    good, refused = read("products", "sku  cost\nA1  100\nA2  100.50", "yen")
    assert good["cost"].to_list() == [100]
    assert refused["reason"].to_list() == ["cost '100.50' is no amount"]


def test_files_that_did_not_come_are_empty_tables() -> None:
    decided, refused = read_central({}, WORLD)
    assert refused.height == 0
    for name in ("products", "price_list", "promotions", "locations"):
        assert getattr(decided, name).schema == tables.schema(name)


@pytest.mark.parametrize("name", ["products", "price_list", "promotions", "locations"])
def test_a_file_without_rows_is_an_empty_table(name: str) -> None:
    nothing = pl.LazyFrame(schema={"source": pl.String, "source_ref": pl.String})
    decided, refused = read_central({name: nothing}, WORLD)
    assert getattr(decided, name).schema == tables.schema(name)
    assert refused.schema == tables.schema("quarantine")


junk = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.text("0123456789.,|- %TZ:", max_size=16),
    st.sampled_from(["A1", "Z1", "12.99", "percent", "2026-03-01", "2026-03-31", "members", "web|app", "9" * 40, "true"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data(), st.sampled_from(["products", "price_list", "promotions", "locations"]))
def test_rows_in_are_rows_out_plus_refused_whatever_is_in_the_cells(data: st.DataObject, name: str) -> None:
    columns = [column for column in tables.schema(name) if column != "source_ref"]
    many = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, junk)), max_size=6))
    written = pl.DataFrame(many, schema=dict.fromkeys(columns, pl.String)).with_columns(
        source=pl.lit("office"), source_ref=pl.lit("f:1")
    )
    decided, refused = read_central({name: written.lazy()}, WORLD)
    good = getattr(decided, name)
    assert isinstance(decided, Central)
    assert good.height + refused.height == len(many)
    assert good.schema == tables.schema(name)
    assert (refused["reason"].str.len_chars() > 0).all()
    contract(name).validate(good, lazy=True)
