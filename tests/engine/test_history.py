"""History against a slow loop that does what the words say."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pricewatch.domain import tables
from pricewatch.engine.history import ORDER, extend_history

MARCH = datetime(2026, 3, 1, 21, tzinfo=UTC)

Key = tuple[int, int, str | None]
Prices = tuple[int | None, int | None, int | None]
Offer = tuple[Key, Prices, int]
"""Who, what, and on which day of March."""


def offers_of(offers: list[Offer], *, leading: bool = True) -> pl.DataFrame:
    """Settled offers; what history does not read is left out."""
    names = ["item", "place", "seller", "price", "was_price", "member_price", "observed_at"]
    rows = [(*key, *prices, MARCH + timedelta(day - 1)) for key, prices, day in offers]
    schema = {name: tables.schema("offers")[name] for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(leading=pl.lit(leading))


def replay(nights: list[list[Offer]]) -> pl.DataFrame:
    history = tables.empty("history").lazy()
    for offers in nights:
        history = extend_history(history, offers_of(offers))
    return history.collect()


def slowly(nights: list[list[Offer]]) -> pl.DataFrame:
    """The same, one offer after another."""
    known: dict[Key, list[list[object]]] = {}
    for offers in nights:
        for key, prices, day in offers:
            at = MARCH + timedelta(day - 1)
            rows = known.setdefault(key, [])
            if rows and at <= rows[-1][-1]:
                continue
            if rows and rows[-1][0] == prices:
                rows[-1][-1] = at
            else:
                rows.append([prices, at, at])
    told = [(*key, *prices, since, until) for key, rows in known.items() for prices, since, until in rows]
    return pl.DataFrame(told, schema=tables.schema("history"), orient="row").sort(ORDER)


keys = st.tuples(st.integers(1, 2), st.integers(1, 2), st.sampled_from([None, "", "Acme"]))
few = st.sampled_from([None, 999, 1299])
nights = st.lists(
    st.dictionaries(keys, st.tuples(st.tuples(few, few, few), st.integers(1, 6)), max_size=6).map(
        lambda night: [(key, prices, day) for key, (prices, day) in night.items()]
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(nights)
def test_nights_replayed_one_by_one_equal_a_slow_loop(nights):
    assert_frame_equal(replay(nights), slowly(nights))


@settings(max_examples=50, deadline=None)
@given(nights, st.randoms(use_true_random=False))
def test_neither_the_order_of_offers_nor_of_history_matters(nights, chance):
    shuffled = [chance.sample(night, len(night)) for night in nights]
    history = replay(nights[:-1])
    last = offers_of(shuffled[-1]) if nights else offers_of([])
    mixed = history.sample(fraction=1, shuffle=True, seed=chance.randrange(1_000)).lazy()
    assert_frame_equal(extend_history(mixed, last).collect(), replay(nights))


@settings(max_examples=50, deadline=None)
@given(nights)
def test_the_same_night_once_more_changes_nothing(nights):
    twice = [night for night in nights for _ in range(2)]
    assert_frame_equal(replay(twice), replay(nights))


A1: Key = (1, 7, None)


def days(history: pl.DataFrame) -> list[tuple[object, ...]]:
    return history.select("price", pl.col("since").dt.day(), pl.col("until").dt.day()).rows()


def test_an_unchanged_price_is_one_row_and_a_changed_one_begins_another():
    told = replay([[(A1, (1299, None, None), 1)], [(A1, (1299, None, None), 2)], [(A1, (999, None, None), 3)]])
    assert days(told) == [(1299, 1, 2), (999, 3, 3)]
    assert told.schema == tables.schema("history")


def test_a_price_that_comes_back_begins_a_row_of_its_own():
    told = replay([[(A1, (price, None, None), day)] for day, price in enumerate([1299, 999, 1299], start=1)])
    assert days(told) == [(1299, 1, 1), (999, 2, 2), (1299, 3, 3)]


def test_a_struck_through_or_member_price_that_appears_is_a_change():
    told = replay([[(A1, (999, None, None), 1)], [(A1, (999, 1299, None), 2)], [(A1, (999, 1299, 899), 3)]])
    assert days(told) == [(999, 1, 1), (999, 2, 2), (999, 3, 3)]


def test_a_late_observation_does_not_rewrite_the_past():
    first = [[(A1, (1299, None, None), 2)], [(A1, (1299, None, None), 5)]]
    assert days(replay([*first, [(A1, (999, None, None), 4)]])) == [(1299, 2, 5)]
    assert days(replay([*first, [(A1, (1299, None, None), 1)]])) == [(1299, 2, 5)]


def test_a_product_not_seen_for_some_nights_goes_on_where_it_was():
    told = replay([[(A1, (1299, None, None), 1)], [], [], [(A1, (1299, None, None), 4)]])
    assert days(told) == [(1299, 1, 4)]


def test_offers_that_do_not_lead_or_match_no_product_leave_no_history():
    unmatched = offers_of([(A1, (1299, None, None), 1)]).with_columns(item=pl.lit(None, pl.Int32))
    aside = offers_of([(A1, (1299, None, None), 1)], leading=False)
    nothing = tables.empty("history")
    for offers in (unmatched, aside):
        assert_frame_equal(extend_history(nothing.lazy(), offers).collect(), nothing)
