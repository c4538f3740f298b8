"""What each offer should have shown when it was seen: price versions, promotions, grace, roles."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pricewatch.domain import tables
from pricewatch.engine import codes
from pricewatch.engine.expect import expect
from pricewatch.engine.match import match
from pricewatch.engine.normalise import normalise
from pricewatch.engine.places import place_table
from pricewatch.engine.points import price_points
from pricewatch.engine.settle import settle
from pricewatch.engine.world import Central, World
from pricewatch.testing import AS_OF, assert_table, central, channel, raw, source, table, world

STORES = "location  zone\n0417  Z1\n0418  Z1\n0500  Z2"
PRODUCTS = "sku  brand  category\nA1  Acme  coffee\nA2  Acme  tea\nB1  Best  coffee"
PRICES = "sku  zone  list_price\nA1  Z1  12.99\nA1  Z2  13.99\nA2  Z1  5.00\nB1  Z1  8.00"
SOURCES = [source("web", "web", surface="html"), source("app", "app", surface="api"), source("tills", "store", surface="till")]
SOURCES += [source("market", "marketplace", surface="feed")]
WEB, APP, STORE = channel("web", role="leader"), channel("app", role="same_as", leader="web"), channel("store")


def decided(**text: str) -> Central:
    return central(**{"products": PRODUCTS, "price_list": PRICES, "locations": STORES, **text})


def promotions(rows: str) -> Central:
    return decided(promotions=rows)


def judged(given: World, rows: pl.DataFrame) -> pl.DataFrame:
    items, places = codes.item_codes(given), codes.place_codes(given)
    known = place_table(given, places)
    seen = settle(match(normalise(rows.lazy(), given).offers, given, items, places).collect())
    points = price_points(given, items, known)
    found = expect(seen.lazy(), points.lazy(), given, known).collect()
    assert found.height == seen["leading"].sum(), "one row an offer"
    return found.join(items, on="item").sort("sku", "channel", "location", "observed_at", nulls_last=True)


def on_the_web(given: Central, text: str, *, grace: timedelta = timedelta(0), as_of: datetime = AS_OF) -> pl.DataFrame:
    web = channel("web", role="leader", grace=grace)
    return judged(world(given, [web, STORE], SOURCES, as_of=as_of), raw(text))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def seen_at(*times: str) -> str:
    """One web offer of A1 for each time, told apart by its seller being none and its time being its own."""
    return "\n".join(["sku  price  observed_at", *(f"A1  1.00  {time}Z" for time in times)])


def expected_at(given: Central, time: str, column: str = "expected_price", **options: timedelta) -> int | None:
    (value,) = on_the_web(given, seen_at(time), **options)[column].to_list()
    return value


def test_the_list_price_of_the_zone_is_expected() -> None:
    rows = raw("sku  location  price\nA1  0417  1.00\nA1  0500  1.00\nA2  0500  1.00", source="tills")
    assert_table(
        judged(world(decided(), [STORE], SOURCES), rows),
        """
        sku  location  list_price  expected_price  expected_member_price
        A1   0417      12.99       12.99           -
        A1   0500      13.99       13.99           -
        A2   0500      -           -               -
    """,
    )


@pytest.mark.parametrize(
    ("seen", "price"),
    [
        ("2026-03-12T03:59:59", 1299),
        ("2026-03-12T04:00:00", 999),
        ("2026-03-13T03:59:59", 999),
        ("2026-03-13T04:00:00", 1299),
    ],
)
def test_an_offer_is_held_against_the_promotion_in_force_when_it_was_seen(seen: str, price: int) -> None:
    given = promotions("""
        promotion  mechanic     value  sku  starts_at         ends_at
        P1         fixed_price  999    A1   2026-03-12 04:00  2026-03-13 04:00
    """)
    assert expected_at(given, seen) == price


def test_a_price_change_at_midnight_in_the_market_counts_from_midnight_in_the_market() -> None:
    changed = decided(
        price_list="""
        sku  zone  list_price  valid_from
        A1   Z1    12.99       2026-01-01 05:00
        A1   Z1    13.49       2026-03-09 04:00
        A1   Z1    13.99       2026-03-20 04:00
    """
    )
    sunday, monday = expected_at(changed, "2026-03-09T03:59:59"), expected_at(changed, "2026-03-09T04:00:00")
    assert (sunday, monday) == (1299, 1349)
    told = on_the_web(changed, seen_at("2026-03-10T12:00:00"))
    assert_table(
        told,
        """
        list_price  previous_list_price  next_list_price
        13.49       12.99                13.99
    """,
    )


def test_a_version_that_has_ended_without_a_successor_leaves_nothing_to_expect() -> None:
    ended = decided(
        price_list="""
        sku  zone  list_price  valid_from  valid_to
        A1   Z1    12.99       2026-01-01  2026-03-10
    """
    )
    assert expected_at(ended, "2026-03-09T12:00:00") == 1299
    assert expected_at(ended, "2026-03-11T12:00:00") is None


def test_a_version_that_has_not_begun_is_not_expected() -> None:
    early = decided(price_list="sku  zone  list_price  valid_from\nA1  Z1  12.99  2026-04-01")
    assert expected_at(early, "2026-03-13T12:00:00") is None


@pytest.mark.parametrize(
    ("seen", "tolerated"),
    [("2026-03-12T15:59:59", 1299), ("2026-03-12T16:00:00", None), ("2026-03-13T09:00:00", 999), ("2026-03-13T16:00:00", None)],
)
def test_during_the_grace_after_a_change_the_former_price_is_right_too(seen: str, tolerated: int | None) -> None:
    given = promotions("""
        promotion  mechanic     value  sku  starts_at         ends_at
        P1         fixed_price  999    A1   2026-03-12 04:00  2026-03-13 04:00
    """)
    assert expected_at(given, seen, "tolerated_price", grace=timedelta(hours=12)) == tolerated


@pytest.mark.parametrize(("grace", "seen"), [(24, "2026-03-06T12:00:00"), (24 * 10, "2026-03-12T08:00:00")])
def test_grace_for_a_change_before_the_oldest_judged_observation_runs_on(grace: int, seen: str) -> None:
    given = decided(
        price_list="""
        sku  zone  list_price  valid_from
        A1   Z1    12.99       2026-01-01 05:00
        A1   Z1    13.49       2026-03-06 04:00
    """
    )
    assert expected_at(given, seen, grace=timedelta(hours=grace)) == 1349
    assert expected_at(given, seen, "tolerated_price", grace=timedelta(hours=grace)) == 1299


def test_a_change_of_something_else_does_not_end_the_grace_of_a_price() -> None:
    given = decided(
        price_list="""
        sku  zone  list_price  valid_from
        A1   Z1    12.99       2026-01-01 05:00
        A1   Z1    13.49       2026-03-12 04:00
    """,
        promotions="""
        promotion  mechanic      value  sku  audience  starts_at         ends_at
        P1         member_price  999    A1   members   2026-03-12 06:00  2026-03-15 04:00
    """,
    )
    assert expected_at(given, "2026-03-12T08:00:00", "tolerated_price", grace=timedelta(hours=12)) == 1299
    assert expected_at(given, "2026-03-12T08:00:00", "tolerated_list_price", grace=timedelta(hours=12)) == 1299
    assert expected_at(given, "2026-03-12T16:00:00", "tolerated_list_price", grace=timedelta(hours=12)) is None


@pytest.mark.parametrize(
    ("scope", "skus"),
    [
        ("sku\nA1", ["A1"]),
        ("brand\nAcme", ["A1", "A2"]),
        ("category\ncoffee", ["A1", "B1"]),
        ("brand  category\nAcme  coffee", ["A1"]),
        ("sku  brand\nA1  Best", []),
        ("channels\nweb", ["A1", "A2", "B1"]),
        ("channels\nstore|app", []),
        ("zones\nZ1|Z9", ["A1", "A2", "B1"]),
        ("zones\nZ2", []),
        ("locations\n0417", []),
        ("channels  zones\nweb  Z1", ["A1", "A2", "B1"]),
    ],
)
def test_a_promotion_is_for_what_its_scope_names(scope: str, skus: list[str]) -> None:
    columns, values = scope.split("\n")
    given = promotions(
        f"promotion  mechanic  value  starts_at  ends_at  {columns}\nP1  percent  1000  2026-03-01  2026-04-01  {values}"
    )
    found = on_the_web(given, "sku  price\nA1  1.00\nA2  1.00\nB1  1.00")
    assert found.filter(pl.col("promotion_row").is_not_null())["sku"].to_list() == skus


def test_a_promotion_of_one_store_is_not_expected_in_its_neighbour() -> None:
    given = promotions("""
        promotion  mechanic     value  sku  locations  starts_at   ends_at
        P1         fixed_price  999    A1   0417       2026-03-01  2026-04-01
    """)
    rows = raw("sku  location  price\nA1  0417  1.00\nA1  0418  1.00\nA1  0500  1.00", source="tills")
    assert_table(
        judged(world(given, [WEB, STORE], SOURCES), rows),
        """
        location  expected_price
        0417      9.99
        0418      12.99
        0500      13.99
    """,
    )


def test_the_cheapest_of_several_promotions_is_expected_and_they_do_not_add_up() -> None:
    given = promotions("""
        promotion  mechanic     value  sku  brand  starts_at   ends_at
        P1         amount       100    A1   -      2026-03-01  2026-04-01
        P2         percent      3000   -    Acme   2026-03-01  2026-04-01
        P3         fixed_price  1100   A1   -      2026-03-01  2026-04-01
        P4         percent      3000   A1   -      2026-03-01  2026-04-01
    """)
    assert_table(
        on_the_web(given, "sku  price\nA1  1.00"),
        """
        list_price  expected_price  promotion_row
        12.99       9.09            1
    """,
    )


def test_a_promotion_above_the_list_price_leaves_the_list_price() -> None:
    given = promotions("""
        promotion  mechanic     value  sku  starts_at   ends_at
        P1         fixed_price  1399   A1   2026-03-01  2026-04-01
    """)
    assert expected_at(given, "2026-03-13T12:00:00") == 1299


def test_members_pay_the_cheaper_of_their_price_and_everybodys() -> None:
    given = promotions("""
        promotion  mechanic      value  sku  audience  starts_at   ends_at
        P1         member_price  899    A1   members   2026-03-01  2026-04-01
        P2         percent       1000   A1   everyone  2026-03-01  2026-04-01
        P3         percent       1000   A2   members   2026-03-01  2026-04-01
        P4         percent       5000   A2   everyone  2026-03-01  2026-04-01
        P5         percent       1000   B1   everyone  2026-03-01  2026-04-01
    """)
    assert_table(
        on_the_web(given, "sku  price\nA1  1.00\nA2  1.00\nB1  1.00"),
        """
        sku  expected_price  expected_member_price
        A1   11.69           8.99
        A2   2.50            2.50
        B1   7.20            -
    """,
    )


def test_the_promotion_that_ended_last_is_remembered_for_sixty_days() -> None:
    given = promotions("""
        promotion  mechanic     value  sku  starts_at   ends_at
        P1         fixed_price  799    A1   2026-01-20  2026-02-10
        P2         fixed_price  999    A1   2026-02-10  2026-03-01
        P3         fixed_price  399    A2   2025-12-01  2026-01-02
    """)
    assert_table(
        on_the_web(given, "sku  price\nA1  1.00\nA2  1.00"),
        """
        sku  expected_price  ended_price  ended_row
        A1   12.99           9.99         1
        A2   5.00            -            -
    """,
    )


@pytest.mark.parametrize(
    ("row", "comparable"),
    [
        ("price\nA1  1.00", True),
        ("price  seller\nA1  1.00  Acme", False),
        ("price  currency\nA1  1.00  EUR", False),
        ("price  tax_included\nA1  1.00  true", False),
        ("price  tax_included\nA1  1.00  perhaps", False),
    ],
)
def test_what_is_not_comparable_has_no_expectation_and_says_so(row: str, comparable: bool) -> None:
    found = on_the_web(decided(), f"sku  {row}")
    assert found["comparable"].to_list() == [comparable]
    assert found["expected_price"].to_list() == [1299 if comparable else None]


def test_observations_older_than_eight_days_are_not_judged() -> None:
    limit = AS_OF - timedelta(days=8)
    assert expected_at(decided(), limit.strftime("%Y-%m-%dT%H:%M:%S")) == 1299
    assert expected_at(decided(), (limit - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")) is None


def test_a_follower_is_told_what_its_leader_should_show_and_without_a_decision_what_it_shows() -> None:
    rows = pl.concat([raw("sku  price\nA1  11.99\nA2  5.00"), raw("sku  price\nA1  11.99\nA2  5.00", source="app")])
    given = decided(price_list="sku  zone  list_price\nA1  Z1  12.99")
    found = judged(world(given, [WEB, APP], SOURCES), rows)
    assert_table(
        found,
        """
        sku  channel  leader_price
        A1   app      12.99
        A1   web      -
        A2   app      5.00
        A2   web      -
    """,
    )


def test_a_channel_in_a_corridor_has_no_price_of_its_own() -> None:
    market = channel("marketplace", role="within", leader="web", landed=True, high=800)
    rows = pl.concat([raw("sku  price\nA1  12.99"), raw("sku  price  shipping\nA1  13.99  0.00", source="market")])
    found = judged(world(decided(), [WEB, market], SOURCES), rows)
    assert_table(
        found,
        """
        channel      expected_price  list_price  leader_price
        marketplace  -               -           12.99
        web          12.99           12.99       -
    """,
    )


def test_only_the_leading_surface_is_judged() -> None:
    found = on_the_web(decided(), "sku  surface  price\nA1  jsonld  11.99\nA1  html  12.99")
    assert found["surface"].to_list() == ["html"]


def test_the_order_of_price_list_and_calendar_changes_no_expectation() -> None:
    calendar = table("""
        promotion  mechanic     value  sku  brand  starts_at         ends_at
        P1         percent      1000   -    Acme   2026-03-01 00:00  2026-04-01 00:00
        P2         fixed_price  999    A1   -      2026-03-05 00:00  2026-03-09 00:00
        P3         percent      2000   B1   -      2026-03-10 00:00  2026-03-11 00:00
    """)
    forwards = "\n".join("  ".join(cell or "-" for cell in row) for row in [calendar.columns, *calendar.rows()])
    backwards = "\n".join("  ".join(cell or "-" for cell in row) for row in [calendar.columns, *reversed(calendar.rows())])
    offers = "sku  price\nA1  1.00\nA2  1.00\nB1  1.00"
    columns = ["sku", "list_price", "expected_price", "ended_price"]
    one, other = (on_the_web(promotions(rows), offers).select(columns) for rows in (forwards, backwards))
    assert one.equals(other)


def test_segments_of_a_price_point_follow_each_other() -> None:
    given = promotions("""
        promotion  mechanic     value  sku  starts_at         ends_at
        P1         fixed_price  999    A1   2026-03-10 04:00  2026-03-13 04:00
        P2         percent      1000   A1   2026-03-12 04:00  2026-04-13 04:00
    """)
    night = world(given, [WEB], SOURCES)
    items = codes.item_codes(night)
    points = price_points(night, items, place_table(night, codes.place_codes(night))).filter(pl.col("item") == 0)
    assert points.select("since", "until", "expected_price").rows() == [
        (AS_OF - timedelta(days=8), at("2026-03-10T04:00"), 1299),
        (at("2026-03-10T04:00"), at("2026-03-12T04:00"), 999),
        (at("2026-03-12T04:00"), at("2026-03-13T04:00"), 999),
        (at("2026-03-13T04:00"), at("9999-01-01"), 1169),
    ]


def test_no_decision_and_no_offers_expect_nothing() -> None:
    empty = judged(world(central(products=PRODUCTS), [WEB], SOURCES), tables.empty("raw"))
    assert empty.height == 0
    undecided = judged(world(central(products=PRODUCTS), [WEB], SOURCES), raw("sku  price\nA1  12.99"))
    assert undecided.select("comparable", "expected_price").rows() == [(True, None)]
