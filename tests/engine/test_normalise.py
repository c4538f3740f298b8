"""Raw text to offers: every row is an offer or refused, and every refusal says why in words."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricewatch.domain import tables
from pricewatch.engine.normalise import normalise
from pricewatch.engine.world import World
from pricewatch.testing import assert_table, central, channel, raw, source, world

STORES = central(
    locations="""
    location  zone
    0417      Z1
    001       Z2
"""
)
CHANNELS = [channel("web"), channel("store"), channel("marketplace", own_seller="Corner Grocery")]
SOURCES = [
    source("web", "web", surface="html"),
    source("tills", "store", surface="till", time_format="%d.%m.%Y %H:%M"),
    source("french", "web", decimal=",", currency="EUR", time_zone="Europe/Paris"),
    source("cents", "web", surface="api", minor_units=True, tax_included=None),
    source("yen", "web", currency="JPY"),
    source("market", "marketplace"),
]
WORLD = world(STORES, CHANNELS, SOURCES)


def read(rows: pl.DataFrame, given_world: World = WORLD) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = normalise(rows.lazy(), given_world)
    offers, quarantine = pl.collect_all([found.offers, found.quarantine])
    return offers, quarantine


def reasons(text: str, of: str = "web") -> list[str]:
    _, quarantine = read(raw(text, source=of))
    return quarantine["reason"].to_list()


cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text("0123456789.,'-+ $€%:TZ/\u00a0", max_size=20),
    st.sampled_from([
        "12.99", "12,99 €", "1299", "-1", "A1", "0417", "001", "web", "html", "till", "USD", "EUR", "$", "true", "FALSE",
        "0", "1", "2026-03-13T22:00:00Z", "2026-03-08T02:30:00", "13.03.2026 21:15", "2026-03-99", "9999-12-31T00:00:00Z",
        "9" * 40, "\x00", "' OR 1=1", "=1+1", "3.01762E+12", "036000291452", "InStock", "OutOfStock", "{}", "\\",
    ]),
)  # fmt: skip
rows = st.lists(
    st.fixed_dictionaries(
        {**dict.fromkeys(tables.schema("raw"), cells), "source": st.sampled_from([s["source"].item() for s in SOURCES])}
    ),
    max_size=8,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rows)
def test_rows_in_are_offers_plus_refused_whatever_is_in_the_cells(many: list[dict[str, str | None]]) -> None:
    given_rows = pl.DataFrame(many, schema=tables.schema("raw"))
    offers, quarantine = read(given_rows)
    assert offers.height + quarantine.height == len(many)
    assert quarantine.schema == tables.schema("quarantine")
    assert quarantine["reason"].null_count() == 0
    assert (quarantine["reason"].str.len_chars() > 0).all()
    assert all(json.loads(row) in many for row in quarantine["row"])
    known = {name: dtype for name, dtype in tables.schema("offers").items() if name in offers.columns}
    assert {name: offers.schema[name] for name in known} == known
    for required in ("market", "channel", "surface", "currency", "observed_at", "source"):
        assert offers[required].null_count() == 0, required
    assert offers["surface"].is_in(tables.SURFACES).all()
    assert (offers["observed_at"] <= WORLD.as_of).all()
    for price in ("price", "regular_price", "was_price", "member_price", "shipping"):
        assert (offers[price].drop_nulls() >= 0).all()


def test_nothing_in_nothing_out() -> None:
    offers, quarantine = read(tables.empty("raw"))
    assert (offers.height, quarantine.height) == (0, 0)


@pytest.mark.parametrize(
    ("text", "of", "reason"),
    [
        ("sku  price\nA1  2 pairs from $349", "web", "price '2 pairs from $349' is no number with decimal sign '.'"),
        ("sku  price\nA1  12,99", "web", "price '12,99' is no number with decimal sign '.'"),
        ("sku  price\nA1  12.99", "french", "price '12.99' is no number with decimal sign ','"),
        ("sku  price\nA1  ,89", "web", "price ',89' is no number with decimal sign '.'"),
        ("sku  price\nA1  12.999", "web", "price '12.999' is no number with decimal sign '.'"),
        ("sku  price\nA1  12.50", "yen", "price '12.50' is no number with decimal sign '.'"),
        ("sku  price\nA1  12.99", "cents", "price '12.99' is no whole number of minor units"),
        ("sku  price\nA1  -5.00", "web", "price '-5.00' is below zero"),
        ("sku  price\nA1  12.99 €", "web", "price '12.99 €' is not written in USD"),
        ("sku  price\nA1  $12.99 €", "web", "price '$12.99 €' is not written in USD"),
        ("sku  price\nA1  12,99 $", "french", "price '12,99 $' is not written in EUR"),
        ("sku  price  currency\nA1  $5.00  EUR", "web", "price '$5.00' is not written in EUR"),
        ("sku  price  was_price\nA1  12.99  soon", "web", "was_price 'soon' is no number with decimal sign '.'"),
        ("sku  price  shipping\nA1  12.99  free", "web", "shipping 'free' is no number with decimal sign '.'"),
        ("sku  price\nA1  -", "web", "no price in the row"),
        ("sku  was_price\nA1  12.99", "web", "no price in the row"),
        ("sku  price  currency\nA1  12.99  dollars", "web", "currency 'dollars' is no ISO 4217 code"),
        ("sku  price  currency\nA1  12.99  ABC", "web", "currency 'ABC' is no ISO 4217 code"),
        ("sku  price  currency\nA1  12.99  €", "web", "currency '€' is no ISO 4217 code"),
        (
            "sku  price  surface\nA1  12.99  billboard",
            "web",
            "surface 'billboard' is none of till, label, checkout, api, html, jsonld, microdata, meta, feed, price_file",
        ),
        (
            "sku  price  observed_at\nA1  1.00  2026-13-01",
            "web",
            "time '2026-13-01' does not exist or is not written as declared",
        ),
        (
            "sku  price  observed_at\nA1  1.00  2026-03-08T02:30:00",
            "web",
            "time '2026-03-08T02:30:00' does not exist or is not written as declared",
        ),
        (
            "sku  price  observed_at\nA1  1.00  2026-03-14T05:00:01Z",
            "web",
            "time '2026-03-14T05:00:01Z' is after the instant the night is judged at",
        ),
        ("sku  price  collected_at\nA1  1.00  junk", "web", "time 'junk' does not exist or is not written as declared"),
        (
            "sku  price  location  observed_at\nA1  1.00  0417  2026-03-13T20:00:00Z",
            "tills",
            "time '2026-03-13T20:00:00Z' does not exist or is not written as declared",
        ),
        ("sku  price\nA1  1.00", "tills", "no store in the row"),
        ("sku  price  location\nA1  1.00  417", "tills", "store '417' is not in the list of stores"),
    ],
)
def test_a_refused_row_says_why(text: str, of: str, reason: str) -> None:
    assert reasons(text, of) == [reason]


def test_a_row_says_everything_that_is_wrong_with_it() -> None:
    found = reasons("""
        sku  price  was_price  location
        A1   x      -1.00      9999
    """, "tills")  # fmt: skip
    assert found == [
        "price 'x' is no number with decimal sign '.'; was_price '-1.00' is below zero; store '9999' is not in the list of stores"
    ]


def test_prices_become_money_under_what_the_source_declares() -> None:
    offers, quarantine = read(
        pl.concat([
            raw("sku  price\nA1  $1,299.00", source="web"),
            raw("sku  price\nA1  1\u00a0099,00 €", source="french"),
            raw("sku  price\nA1  1299", source="cents"),
            raw("sku  price\nA1  1299", source="yen"),
            raw("sku  price  currency\nA1  1.299  KWD", source="web"),
            raw("sku  price  currency\nA1  12.99 €  EUR", source="web"),
        ])
    )  # fmt: skip
    assert quarantine.height == 0
    seen = offers.select("source", "price", "currency").sort("source", "currency").rows()
    assert seen == [
        ("cents", 1299, "USD"), ("french", 109900, "EUR"), ("web", 1299, "EUR"), ("web", 1299, "KWD"), ("web", 129900, "USD"),
        ("yen", 1299, "JPY"),
    ]  # fmt: skip


def test_a_till_that_states_only_the_regular_price_charges_it() -> None:
    offers, _ = read(raw("sku  regular_price  location\nA1  12.99  0417", source="tills"))
    assert_table(
        offers,
        """
        location  price  regular_price
        0417      12.99  12.99
    """,
    )


def test_leading_zeros_of_a_store_are_kept() -> None:
    offers, quarantine = read(raw("sku  price  location\nA1  1.00  001\nA1  1.00  1", source="tills"))
    assert offers["location"].to_list() == ["001"]
    assert quarantine["reason"].to_list() == ["store '1' is not in the list of stores"]


def test_a_channel_without_stores_has_one_place_whatever_the_row_says() -> None:
    offers, _ = read(raw("sku  price  location\nA1  1.00  0417"))
    assert offers["location"].to_list() == [None]


def test_times_are_read_in_the_sources_zone_and_form_and_default_to_when_it_was_collected() -> None:
    offers, _ = read(
        pl.concat([
            raw("sku  price  observed_at\nA1  1.00  2026-03-13T21:00:00", source="web"),
            raw("sku  price  observed_at\nA1  1,00  2026-03-13T21:00:00", source="french"),
            raw("sku  price  location  observed_at\nA1  1.00  0417  13.03.2026 21:15", source="tills"),
            raw("sku  price\nA1  100", source="yen"),
        ])
    )  # fmt: skip
    assert dict(offers.select("source", "observed_at").rows()) == {
        "web": datetime(2026, 3, 14, 1, tzinfo=UTC),
        "french": datetime(2026, 3, 13, 20, tzinfo=UTC),
        "tills": datetime(2026, 3, 14, 1, 15, tzinfo=UTC),
        "yen": datetime(2026, 3, 13, 22, tzinfo=UTC),
    }


def test_the_seller_is_null_where_it_is_the_channel_itself() -> None:
    offers, _ = read(raw("sku  price  seller\nA1  1.00  Corner Grocery\nA2  1.00  Acme\nA3  1.00  -", source="market"))
    assert_table(
        offers,
        """
        sku  seller
        A1   -
        A2   Acme
        A3   -
    """,
    )


def test_tax_is_what_the_row_says_or_else_what_the_source_declares() -> None:
    offers, _ = read(raw("sku  price  tax_included\nA1  1.00  TRUE\nA2  1.00  -\nA3  1.00  perhaps"))
    assert_table(
        offers,
        """
        sku  tax_included
        A1   true
        A2   false
        A3   -
    """,
    )
    assert read(raw("sku  price\nA1  100", source="cents"))[0]["tax_included"].to_list() == [None]


@pytest.mark.parametrize(
    ("written", "available"),
    [
        ("https://schema.org/InStock", True),
        ("in_stock", True),
        ("In Stock", True),
        ("1", True),
        ("http://schema.org/OutOfStock", False),
        ("sold-out", False),
        ("0", False),
        ("ask us", None),
        (None, None),
    ],
)
def test_availability_is_read_as_channels_write_it(written: str | None, available: bool | None) -> None:
    rows = raw("sku  price\nA1  1.00").with_columns(availability=pl.lit(written, pl.String))
    assert read(rows)[0]["available"].to_list() == [available]


def test_a_refused_row_keeps_its_place_and_its_text() -> None:
    _, quarantine = read(raw("sku  price  source_ref\nA1  x  inbox/a.csv:812"))
    (row,) = quarantine.to_dicts()
    assert (row["source"], row["source_ref"], row["feeds"]) == ("web", "inbox/a.csv:812", "offers")
    assert json.loads(row["row"])["price_text"] == "x"
