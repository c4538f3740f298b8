"""Several observations of one offer become one row, whatever the order they came in."""

from datetime import timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pricewatch.domain import tables
from pricewatch.domain.contracts import contract
from pricewatch.engine import codes
from pricewatch.engine.match import match
from pricewatch.engine.normalise import normalise
from pricewatch.engine.settle import settle
from pricewatch.testing import AS_OF, assert_table, central, channel, raw, source, world

WORLD = world(
    central(products="sku\nA1\nA2", locations="location  zone\n0417  Z1"),
    [channel("web"), channel("store")],
    [source("web", "web", surface="html"), source("tills", "store", surface="till")],
)
ITEMS, PLACES = codes.item_codes(WORLD), codes.place_codes(WORLD)


def settled(rows: pl.DataFrame) -> pl.DataFrame:
    found = match(normalise(rows.lazy(), WORLD).offers, WORLD, ITEMS, PLACES).collect()
    return settle(found)


def till(text: str) -> pl.DataFrame:
    return settled(raw(text, source="tills").with_columns(location=pl.lit("0417")))


def test_one_row_is_its_own_offer() -> None:
    assert_table(till("sku  price  member_price\nA1  12.99  9.99"), """
        price  member_price  price_low  price_high  lines  member_lines  leading
        12.99  9.99          12.99      12.99       1      1             true
    """)  # fmt: skip


def test_the_offer_is_what_most_lines_say_and_the_others_are_remembered() -> None:
    assert_table(till("sku  price\nA1  12.99\nA1  9.99\nA1  12.99\nA1  13.99"), """
        price  price_low  price_high  lines
        12.99  9.99       13.99       4
    """)  # fmt: skip


def test_of_equally_frequent_prices_the_one_observed_last_counts_then_the_lowest() -> None:
    assert_table(till("""
        sku  price  observed_at
        A1   9.99   2026-03-13T20:00:00Z
        A1   12.99  2026-03-13T21:00:00Z
        A2   12.99  2026-03-13T21:00:00Z
        A2   9.99   2026-03-13T21:00:00Z
    """).with_columns(sku=pl.Series(["A1", "A2"])), """
        sku  price
        A1   12.99
        A2   9.99
    """)  # fmt: skip


def test_rows_that_state_no_member_price_do_not_vote_on_it() -> None:
    offers = till("sku  price  member_price\nA1  12.99  -\nA1  12.99  -\nA1  12.99  9.99\nA1  12.99  12.99\nA1  12.99  9.99")
    assert_table(
        offers,
        """
        price  member_price  lines  member_lines
        12.99  9.99          5      2
    """,
    )


def test_provenance_comes_from_the_latest_row_that_shows_the_settled_price() -> None:
    offers = till("""
        sku  price  observed_at           promotion_label
        A1   12.99  2026-03-13T18:00:00Z  early
        A1   12.99  2026-03-13T19:00:00Z  late
        A1   9.99   2026-03-13T20:00:00Z  other
    """)
    assert offers.select("promotion_label", "source_ref").rows() == [("late", "tills:3")]


def test_every_surface_stays_and_the_one_customers_pay_by_leads() -> None:
    offers = settled(raw("sku  surface  price  gtin\nA1  jsonld  11.99  036000291452\nA1  html  12.99  -\nA1  meta  12.99  -"))
    assert_table(
        offers,
        """
        surface  price  leading  price_low  price_high
        html     12.99  true     11.99      12.99
        jsonld   11.99  false    11.99      12.99
        meta     12.99  false    11.99      12.99
    """,
    )
    assert offers["gtin"].to_list() == [36000291452] * 3


def test_sellers_are_offers_of_their_own() -> None:
    offers = settled(raw("sku  seller  price\nA1  -  12.99\nA1  Acme  11.99\nA1  Acme  11.99"))
    assert offers.select("seller", "lines", "leading", "price_low").rows() == [(None, 1, True, 1299), ("Acme", 2, True, 1199)]


def test_nothing_settles_to_nothing() -> None:
    offers = settled(tables.empty("raw"))
    assert offers.height == 0
    assert offers.schema == tables.schema("offers")


few = st.sampled_from([None, "9.99", "12.99"])
observations = st.lists(
    st.fixed_dictionaries(
        {
            "sku": st.sampled_from(["A1", "A2"]),
            "surface": st.sampled_from(["html", "jsonld"]),
            "seller": st.sampled_from([None, "Acme"]),
            "price_text": st.sampled_from(["9.99", "12.99", "13.99"]),
            "member_price_text": few,
            "was_price_text": few,
            "promotion_label": st.sampled_from([None, "a", "b"]),
            "availability": st.sampled_from([None, "1", "0"]),
            "gtin": st.sampled_from([None, "96385074", "036000291452"]),
            "hours": st.integers(1, 3),
            "source_ref": st.sampled_from(["https://shop/1", "https://shop/2"]),
        }
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(observations, st.randoms(use_true_random=False))
def test_the_order_rows_came_in_changes_nothing(many: list[dict[str, object]], shuffle: object) -> None:
    def offers_of(rows: list[dict[str, object]]) -> pl.DataFrame:
        told = [{**row, "observed_at": (AS_OF - timedelta(hours=int(str(row["hours"])))).isoformat()} for row in rows]
        frame = pl.DataFrame(told, schema=tables.schema("raw")).with_columns(
            source=pl.lit("web"), collected_at=pl.lit(AS_OF.isoformat())
        )
        return settled(frame)

    mixed = list(many)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    offers = offers_of(many)
    assert_frame_equal(offers, offers_of(mixed))
    assert offers["lines"].sum() == len(many)
    assert offers.select("item", "place", "seller", "surface").is_duplicated().sum() == 0
    assert offers.group_by("item", "place", "seller").agg(pl.col("leading").sum())["leading"].eq(1).all()
    contract("offers").validate(offers, lazy=True)
