"""What was charged before a reduction began: the domain's worked examples, and any history against slow lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain import tables
from pricewatch.engine.prior_prices import charged_before
from pricewatch.testing import judged, typed

HISTORY = tables.schema("history")


def told(text: str) -> pl.DataFrame:
    """`tables.History` of item 0 in place 0."""
    rows = typed(text, HISTORY).with_columns(item=0, place=0, until="since")
    return rows.select((pl.col(n) if n in rows.columns else pl.lit(None)).cast(d).alias(n) for n, d in HISTORY.items())


def before(offer: str, history: str, **asked: object) -> tuple[str, float | None, float | None, bool]:
    """When the reduction of one offer began, the lowest and the highest price before, and whether history reaches back."""
    found = charged_before(judged(offer).lazy(), told(history).lazy(), **{"days": 30, **asked}).collect()
    assert found.height == 1
    row = found.row(0, named=True)
    low, high = (None if row[name] is None else row[name] / 100 for name in ("lowest", "highest"))
    return row["began"].strftime("%d %b %Y"), low, high, row["proven"]


FLASH_SALE = """
    since       price
    2025-08-20  29.90
    2025-09-10  24.90
    2025-09-15  29.90
    2025-09-25  34.90
"""


def test_the_price_in_force_when_the_window_opens_counts_and_every_one_that_began_inside():
    offer = "sku  price  promotion_starts_at\nA1  24.43  2025-10-01"
    assert before(offer, FLASH_SALE) == ("01 Oct 2025", 24.90, 34.90, True)


def test_the_window_ends_when_the_reduction_began_and_not_today():
    offer = "sku  price  promotion_starts_at  observed_at\nA1  24.43  2025-10-01  2025-10-28"
    assert before(offer, FLASH_SALE + "    2025-10-01  24.43") == ("01 Oct 2025", 24.90, 34.90, True)


def test_a_price_that_never_changed_was_charged_all_the_time():
    offer = "sku  price  promotion_starts_at\nA1  30.00  2025-10-01"
    assert before(offer, "since  price\n2025-06-01  40.00") == ("01 Oct 2025", 40.00, 40.00, True)


@pytest.mark.parametrize(("since", "proven"), [("2025-09-01 00:00", True), ("2025-09-01 00:01", False)])
def test_a_history_that_begins_inside_the_window_proves_nothing(since, proven):
    offer = "sku  price  promotion_starts_at\nA1  30.00  2025-10-01"
    assert before(offer, f"since  price\n{since}  40.00") == ("01 Oct 2025", 40.00, 40.00, proven)


def test_a_reduction_that_was_announced_before_its_promotion_began_with_the_announcement():
    """A calendar of day 1, a page that changed the evening before: the price before is the price before the page changed."""
    history = """
        since             price  was_price
        2025-06-01 00:00  34.90  -
        2025-09-30 21:00  24.43  34.90
    """
    offer = "sku  price  promotion_starts_at\nA1  24.43  2025-10-01"
    assert before(offer, history) == ("30 Sep 2025", 34.90, 34.90, True)


def test_a_low_price_that_nobody_announced_is_a_price_charged_before_the_promotion():
    history = "since  price\n2025-06-01  34.90\n2025-09-20  24.43"
    offer = "sku  price  promotion_starts_at\nA1  24.43  2025-10-01"
    assert before(offer, history) == ("01 Oct 2025", 24.43, 34.90, True)


def test_an_announcement_that_was_taken_back_in_between_is_another_one():
    history = """
        since       price  was_price
        2025-06-01  34.90  -
        2025-08-01  24.43  34.90
        2025-09-01  24.43  -
        2025-09-28  24.43  34.90
    """
    offer = "sku  price  promotion_starts_at\nA1  24.43  2025-10-01"
    assert before(offer, history) == ("28 Sep 2025", 24.43, 24.43, True)


def test_without_a_promotion_it_began_when_the_present_price_was_first_seen_and_else_tonight():
    history = "since  price\n2025-06-01  34.90\n2025-09-20  24.43"
    assert before("sku  price  observed_at\nA1  24.43  2025-10-05", history)[0] == "20 Sep 2025"
    assert before("sku  price  observed_at\nA1  24.00  2025-10-05", history)[0] == "05 Oct 2025"


PROGRESSIVE = """
    since       price   was_price
    2025-03-01  100.00  -
    2025-06-25  80.00   100.00
    2025-07-02  70.00   100.00
    2025-07-09  50.00   100.00
"""


@pytest.mark.parametrize(
    ("observed", "price", "alone", "together"),
    [("2025-06-25", 80.00, 100.00, 100.00), ("2025-07-02", 70.00, 80.00, 100.00), ("2025-07-09", 50.00, 70.00, 100.00)],
)
@pytest.mark.parametrize("starts", ["promotion", "seen"])
def test_reductions_that_grow_without_a_break_are_held_against_the_price_before_the_first(
    observed, price, alone, together, starts
):
    history = "\n".join(line for line in PROGRESSIVE.splitlines() if line.split()[:1] <= [observed] or "since" in line)
    begins = observed if starts == "promotion" else "-"
    offer = f"sku  price  was_price  promotion_starts_at  observed_at\nA1  {price}  100.00  {begins}  {observed} 22:00"
    assert before(offer, history)[1] == alone
    assert before(offer, history, progressive=True) == ("25 Jun 2025", together, 100.00, True)


def test_tonights_step_continues_the_chain_before_history_has_seen_it():
    history = PROGRESSIVE.replace("    2025-07-09  50.00   100.00\n", "")
    offer = "sku  price  was_price  observed_at\nA1  50.00  100.00  2025-07-09"
    assert before(offer, history, progressive=True) == ("25 Jun 2025", 100.00, 100.00, True)


def test_a_price_that_returned_breaks_the_chain():
    history = PROGRESSIVE.replace("2025-07-09  50.00   100.00", "2025-07-05  100.00  -\n    2025-07-09  50.00   100.00")
    offer = "sku  price  was_price  observed_at\nA1  50.00  100.00  2025-07-09 22:00"
    assert before(offer, history, progressive=True) == ("09 Jul 2025", 70.00, 100.00, True)


def test_a_price_cut_that_nobody_announced_is_no_first_reduction():
    history = PROGRESSIVE.replace("80.00   100.00", "80.00   -")
    offer = "sku  price  was_price  observed_at\nA1  50.00  100.00  2025-07-09 22:00"
    assert before(offer, history, progressive=True) == ("02 Jul 2025", 80.00, 100.00, True)


@pytest.mark.parametrize(("cut", "prior"), [("2025-06-09", 100.00), ("2025-06-08", 80.00)])
@pytest.mark.parametrize("seen", [True, False])
def test_where_history_tells_no_claims_a_price_that_stayed_longer_than_the_window_is_the_regular_one(cut, prior, seen):
    history = f"since  price\n2025-03-01  100.00\n{cut}  80.00" + ("\n2025-07-09  50.00" if seen else "")
    offer = "sku  price  was_price  observed_at\nA1  50.00  100.00  2025-07-09"
    assert before(offer, history, progressive=True)[1] == prior


def test_a_reduction_that_became_smaller_is_no_step_of_a_chain():
    history = PROGRESSIVE + "    2025-07-16  60.00   100.00\n"
    offer = "sku  price  was_price  observed_at\nA1  60.00  100.00  2025-07-16 22:00"
    assert before(offer, history, progressive=True) == ("16 Jul 2025", 50.00, 100.00, True)


@pytest.mark.parametrize(("first_seen", "proven"), [("2025-09-21 00:00", True), ("2025-09-21 00:01", False)])
def test_the_window_of_a_new_product_opens_with_its_launch_and_its_first_night_counts(first_seen, proven):
    offer = "sku  price  promotion_starts_at  launched_on\nA1  24.43  2025-10-01  2025-09-20"
    history = f"since  price\n{first_seen}  34.90"
    assert before(offer, history, since_launch=True) == ("01 Oct 2025", 34.90, 34.90, proven)
    assert before(offer, history) == ("01 Oct 2025", 34.90, 34.90, False)


def test_the_window_of_a_product_launched_long_ago_or_at_a_time_not_stated_is_the_whole_one():
    for launched in ("2025-06-01", "-"):
        offer = f"sku  price  promotion_starts_at  launched_on\nA1  24.43  2025-10-01  {launched}"
        assert before(offer, FLASH_SALE, since_launch=True) == ("01 Oct 2025", 24.90, 34.90, True)


START = datetime(2025, 6, 1, tzinfo=UTC)


@given(
    st.dictionaries(st.integers(0, 80), st.integers(1, 4), max_size=8),
    st.integers(0, 90),
    st.integers(1, 40),
)
def test_any_history_gives_what_one_finds_going_through_it_day_by_day(changes, began, days):
    """Slow: the price of each day, one after another; a day's price is the last change at or before it."""
    rows = [(0, 0, None, price * 100, None, None, START + timedelta(days=day), START) for day, price in sorted(changes.items())]
    history = pl.DataFrame(rows, schema=HISTORY, orient="row")
    offer = judged("sku  price\nA1  0.50").with_columns(promotion_starts_at=pl.lit(START + timedelta(days=began), tables.UTC))
    found = charged_before(offer.lazy(), history.lazy(), days=days).collect().row(0, named=True)
    window = range(began - days, began)
    in_force = {day: max((change for change in changes if change <= day), default=None) for day in window}
    charged = [changes[change] * 100 for change in in_force.values() if change is not None]
    assert found["lowest"] == min(charged, default=None)
    assert found["highest"] == max(charged, default=None)
    assert found["proven"] == (in_force[began - days] is not None)
