"""What a promotion makes of a price, by the tables of the trade and against slow lines of Decimal."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.domain.mechanics import MECHANICS, SINGLE_PRICE_STAYS, in_basis_points, paid, reduced
from pricewatch.domain.mechanics import tested_counts as counts_to_try  # pytest would take it for a test
from pricewatch.domain.reductions import INNER
from pricewatch.domain.rounding import MODES, POINTS, TOWARDS, Rounding

mechanics = st.sampled_from(sorted(MECHANICS))
inners = st.sampled_from(sorted(INNER))
amounts = st.integers(0, 10**9)
policies = st.builds(
    Rounding,
    mode=st.sampled_from(MODES),
    point=st.sampled_from(POINTS),
    step=st.sampled_from([1, 5, 10]),
    endings=st.sampled_from([(), (99,), (95, 99), (0,)]),
    to=st.sampled_from(TOWARDS),
)


def row_of(mechanic: str | None, price: int | None, stated: dict[str, Any]) -> pl.DataFrame:
    numbers = ("price", "value", "quantity", "pay")
    schema = {"mechanic": pl.String, "inner": pl.String, **dict.fromkeys(numbers, pl.Int64)}
    row = {"mechanic": mechanic, "price": price, **dict.fromkeys(("inner", "value", "quantity", "pay")), **stated}
    return pl.DataFrame([row], schema=schema)


def one(mechanic: str | None, price: int | None, *, rounding: Rounding | None = None, **stated: Any) -> int | None:
    columns = (pl.col(name) for name in ("mechanic", "price", "value", "quantity", "inner"))
    return row_of(mechanic, price, stated).select(reduced(*columns, rounding)).item()


def several(
    mechanic: str | None,
    price: int | None,
    count: int,
    *,
    times: int | None = None,
    rounding: Rounding | None = None,
    **stated: Any,
) -> int | None:
    columns = (pl.col(name) for name in ("mechanic", "price", "value", "quantity", "pay"))
    line = paid(*columns, count, inner=pl.col("inner"), times=times, rounding=rounding)
    return row_of(mechanic, price, stated).select(line).item()


def half_up(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("mechanic", "price", "value", "alone"),
    [
        ("percent", 1299, 3000, 909),
        ("percent", 4995, 1000, 4496),  # 44.955: rounding the discount first would give 44.95
        ("percent", 1299, 10_000, 0),
        ("percent", 1299, 12_000, 0),
        ("percent", 1, 5000, 1),
        ("percent", 1299, 0, 1299),
        ("amount", 1299, 300, 999),
        ("amount", 1299, 1300, 0),
        ("fixed_price", 1299, 1000, 1000),
        ("fixed_price", 1299, 1399, 1299),
        ("member_price", 349, 299, 299),
        ("member_price", 349, 399, 349),
    ],
)
def test_a_promotion_makes_the_price_of_the_table(mechanic: str, price: int, value: int, alone: int) -> None:
    assert one(mechanic, price, value=value) == alone


def test_a_coupon_does_what_its_inner_mechanic_does() -> None:
    assert one("coupon", 1299, value=3000, inner="percent") == 909
    assert one("coupon", 1299, value=300, inner="amount") == 999
    assert one("coupon", 1299, value=1000, inner="fixed_price") == 1000


def test_a_coupon_that_names_no_mechanic_or_one_it_cannot_stand_for_has_no_price() -> None:
    assert one("coupon", 1299, value=3000) is None
    assert one("coupon", 1299, value=3000, inner="tier", quantity=1) is None
    assert one("coupon", 1299, value=3000, inner="coupon") is None


def test_a_tier_lowers_the_price_of_one_unit_only_where_it_begins_at_one() -> None:
    assert one("tier", 5500, value=5000, quantity=1) == 5000
    assert one("tier", 5000, value=4500, quantity=50) == 5000
    assert one("tier", 5000, value=4500) is None


@given(st.sampled_from(SINGLE_PRICE_STAYS), amounts, amounts, st.integers(1, 9), st.integers(1, 9), policies)
def test_what_takes_nothing_off_one_unit_leaves_its_price(
    mechanic: str, price: int, value: int, quantity: int, pay: int, rounding: Rounding
) -> None:
    assert one(mechanic, price, value=value, quantity=quantity, pay=pay, rounding=rounding) == price


@given(mechanics, amounts, amounts, st.integers(1, 9), inners, policies)
def test_no_promotion_makes_a_price_negative_or_dearer(
    mechanic: str, price: int, value: int, quantity: int, inner: str, rounding: Rounding
) -> None:
    alone = one(mechanic, price, value=value, quantity=quantity, inner=inner, rounding=rounding)
    assert alone is not None
    assert 0 <= alone <= price


@given(mechanics, amounts, amounts, st.integers(1, 9), st.integers(1, 9), inners, st.integers(0, 30), policies)
def test_no_promotion_makes_a_line_negative_or_dearer(
    mechanic: str, price: int, value: int, quantity: int, pay: int, inner: str, count: int, rounding: Rounding
) -> None:
    line = several(mechanic, price, count, value=value, quantity=quantity, pay=pay, inner=inner, rounding=rounding)
    assert line is not None
    assert 0 <= line <= count * price


@given(mechanics, amounts, amounts, st.integers(1, 9), st.integers(1, 9), inners, policies)
def test_one_unit_of_a_line_costs_what_one_unit_costs(
    mechanic: str, price: int, value: int, quantity: int, pay: int, inner: str, rounding: Rounding
) -> None:
    alone = one(mechanic, price, value=value, quantity=quantity, inner=inner, rounding=rounding)
    assert several(mechanic, price, 1, value=value, quantity=quantity, pay=pay, inner=inner, rounding=rounding) == alone


@given(st.integers(0, 10**7), st.integers(0, 10_000))
def test_percent_off_is_decimal_arithmetic_rounded_half_up(price: int, value: int) -> None:
    assert one("percent", price, value=value) == half_up(Decimal(price) * (1 - Decimal(value) / 10_000))


@given(mechanics, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 9), inners)
def test_a_dearer_product_is_never_cheaper_than_a_cheaper_one_under_the_same_promotion(
    mechanic: str, price: int, more: int, value: int, quantity: int, inner: str
) -> None:
    cheap, dear = (one(mechanic, each, value=value, quantity=quantity, inner=inner) for each in (price, price + more))
    assert cheap is not None
    assert dear is not None
    assert cheap <= dear


@pytest.mark.parametrize(
    ("mechanic", "price", "value"),
    [(None, 1, 1), ("percent", None, 1), *((name, 1, None) for name in ("percent", "amount", "fixed_price")), ("raffle", 1, 1)],
)
def test_what_is_not_stated_has_no_price(mechanic: str | None, price: int | None, value: int | None) -> None:
    assert one(mechanic, price, value=value) is None
    assert several(mechanic, price, 3, value=value) is None


def test_quantity_and_inner_mechanic_need_not_be_given_where_no_row_has_them() -> None:
    row = row_of("percent", 1299, {"value": 3000})
    assert row.select(reduced(pl.col("mechanic"), pl.col("price"), pl.col("value"))).item() == 909


def test_the_point_of_rounding_decides_one_cent() -> None:
    """49.95 less 10 %: 44.955 rounded at the end, or 4.995 rounded first."""
    assert one("percent", 4995, value=1000, rounding=Rounding(point="price")) == 4496
    assert one("percent", 4995, value=1000, rounding=Rounding(point="discount")) == 4495
    assert one("percent", 4995, value=1000, rounding=Rounding(point="each")) == 4496
    assert one("percent", 4995, value=1000, rounding=Rounding("half_even")) == 4496
    assert one("percent", 4995, value=1000, rounding=Rounding("down")) == 4495


def test_endings_and_coins_move_what_is_computed_and_never_what_was_declared() -> None:
    endings, coins = Rounding(endings=(99, 95)), Rounding(step=5)
    assert one("percent", 1299, value=3000, rounding=endings) == 899
    assert one("amount", 1299, value=102, rounding=endings) == 1195
    assert one("percent", 1299, value=3000, rounding=coins) == 910
    for policy in (endings, coins):
        assert one("fixed_price", 1299, value=1001, rounding=policy) == 1001
        assert one("member_price", 1299, value=1001, rounding=policy) == 1001
        assert one("tier", 1299, value=1001, quantity=1, rounding=policy) == 1001
        assert one("coupon", 1299, value=1001, inner="fixed_price", rounding=policy) == 1001
        assert one("percent", 1288, value=0, rounding=policy) == 1288
    assert one("coupon", 1299, value=3000, inner="percent", rounding=endings) == 899


# Units bought together.


@pytest.mark.parametrize(("count", "line"), [(1, 399), (2, 798), (3, 1000), (4, 1399), (6, 2000), (7, 2399)])
def test_three_for_ten(count: int, line: int) -> None:
    assert several("n_for_price", 399, count, value=1000, quantity=3) == line


@pytest.mark.parametrize(("count", "line"), [(1, 399), (2, 798), (3, 798), (4, 1197), (6, 4 * 399)])
def test_two_and_one_free_repeats(count: int, line: int) -> None:
    assert several("n_for_m", 399, count, quantity=3, pay=2) == line


def test_a_till_that_applies_a_multibuy_once_charges_more_for_the_second_group() -> None:
    assert several("n_for_m", 399, 6, quantity=3, pay=2, times=1) == 5 * 399
    assert several("n_for_price", 399, 6, value=1000, quantity=3, times=1) == 1000 + 3 * 399
    assert several("nth_unit", 400, 4, value=5000, quantity=2, times=1) == 1400
    assert several("cheapest_free", 400, 6, quantity=3, times=0) == 2400


@pytest.mark.parametrize(("count", "line"), [(1, 400), (2, 600), (3, 1000), (4, 1200)])
def test_the_second_at_half_price(count: int, line: int) -> None:
    assert several("nth_unit", 400, count, value=5000, quantity=2) == line


def test_a_line_with_a_reduced_unit_is_rounded_once() -> None:
    """Four at 3.33 with every second at -50 %: 13.32 - 3.33 = 9.99; unit by unit, 1.665 twice, it would be 10.00."""
    assert several("nth_unit", 333, 4, value=5000, quantity=2) == 999
    assert several("nth_unit", 333, 2, value=5000, quantity=2) == 500
    assert several("nth_unit", 333, 2, value=5000, quantity=2, rounding=Rounding(point="discount")) == 499


def test_a_line_is_paid_in_coins_only_where_something_was_taken_off() -> None:
    """3.97 in steps of 0.05: alone it stays 3.97; two with the second at -50 % are 5.955, paid as 5.95."""
    coins = Rounding(step=5)
    assert several("nth_unit", 397, 1, value=5000, quantity=2, rounding=coins) == 397
    assert several("nth_unit", 397, 2, value=0, quantity=2, rounding=coins) == 794
    assert several("nth_unit", 397, 2, value=5000, quantity=2, rounding=coins) == 595


def test_the_cheapest_of_equal_prices_free_is_one_paid_less_in_each_group() -> None:
    for count in range(10):
        free = several("cheapest_free", 399, count, quantity=3)
        assert free == several("n_for_m", 399, count, quantity=3, pay=2)


@pytest.mark.parametrize(("count", "line"), [(1, 5000), (49, 245_000), (50, 225_000), (60, 270_000)])
def test_the_tier_that_is_reached_is_for_all_units(count: int, line: int) -> None:
    """From 1: 50.00, from 50: 45.00; sixty units are 2 700.00, not 50 x 50.00 + 10 x 45.00."""
    tiers = [several("tier", 5000, count, value=5000, quantity=1), several("tier", 5000, count, value=4500, quantity=50)]
    assert min(price for price in tiers if price is not None) == line


def test_plain_reductions_are_so_many_times_the_reduced_price() -> None:
    assert several("percent", 1299, 3, value=3000) == 3 * 909
    assert several("coupon", 1299, 3, value=3000, inner="percent") == 3 * 909


def test_credit_extra_content_and_free_delivery_leave_the_line_as_it_is() -> None:
    """10.00 with 20 % credited: 10.00 is paid."""
    assert several("deferred_credit", 1000, 1, value=2000) == 1000
    assert several("extra_quantity", 1000, 2, value=2500) == 2000
    assert several("free_shipping", 1000, 2) == 2000
    assert several("basket_threshold", 5000, 2, value=1000) == 10_000


def test_a_multibuy_dearer_than_its_units_is_not_charged() -> None:
    assert several("n_for_price", 300, 4, value=1000, quantity=3) == 1200
    assert several("n_for_m", 300, 4, quantity=2, pay=3) == 1200
    assert several("tier", 300, 4, value=400, quantity=2) == 1200


def test_a_group_of_one_is_no_multibuy() -> None:
    assert several("n_for_price", 399, 3, value=100, quantity=1) == 3 * 399
    assert several("cheapest_free", 399, 3, quantity=1) == 3 * 399


@pytest.mark.parametrize(
    ("mechanic", "stated"),
    [
        ("n_for_price", {"value": 1000}),
        ("n_for_price", {"quantity": 3}),
        ("n_for_m", {"quantity": 3}),
        ("n_for_m", {"pay": 2}),
        ("nth_unit", {"value": 5000}),
        ("nth_unit", {"quantity": 2}),
        ("cheapest_free", {}),
        ("tier", {"value": 4500}),
        ("tier", {"quantity": 2}),
    ],
)
def test_a_multibuy_that_is_not_fully_stated_has_no_line(mechanic: str, stated: dict[str, int]) -> None:
    assert several(mechanic, 399, 3, **stated) is None
    assert several(mechanic, 399, 3, times=1, **stated) is None


def slow_line(mechanic: str, price: int, value: int, quantity: int, pay: int, count: int) -> int:
    """A receipt, unit by unit: what each unit costs by its place in its group, summed as Decimal and rounded once."""
    total = Decimal(0)
    whole = count - count % quantity
    for unit in range(1, count + 1):
        grouped, last = unit <= whole, unit % quantity == 0
        match mechanic:
            case "n_for_price":
                share = min(Decimal(value), Decimal(price * quantity))
                total += (share if last else 0) if grouped else price
            case "n_for_m":
                total += 0 if grouped and (unit - 1) % quantity >= pay else price
            case "nth_unit":
                total += Decimal(price) * (1 - Decimal(value) / 10_000) if last else price
            case "cheapest_free":
                total += 0 if last else price
            case "tier":
                total += min(price, value) if count >= quantity else price
    return half_up(total)


multibuys = st.sampled_from(["n_for_price", "n_for_m", "nth_unit", "cheapest_free", "tier"])


@given(multibuys, st.integers(0, 10**5), st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 6), st.integers(0, 20))
def test_a_multibuy_is_what_a_receipt_adds_up_to_unit_by_unit(
    mechanic: str, price: int, value: int, quantity: int, pay: int, count: int
) -> None:
    line = several(mechanic, price, count, value=value, quantity=quantity, pay=pay)
    assert line == slow_line(mechanic, price, value, quantity, pay, count)


def test_counts_may_be_a_column() -> None:
    rows = pl.concat([row_of("n_for_m", 399, {"quantity": 3, "pay": 2})] * 3).with_columns(units=pl.Series([1, 3, 6]))
    columns = (pl.col(name) for name in ("mechanic", "price", "value", "quantity", "pay", "units"))
    assert rows.select(paid(*columns)).to_series().to_list() == [399, 798, 1596]


@pytest.mark.parametrize(
    ("quantity", "counts"), [(3, [1, 2, 3, 4, 6]), (2, [1, 2, 3, 4]), (1, [1, 2]), (50, [1, 49, 50, 51, 100]), (None, [1])]
)
def test_a_multibuy_is_tried_at_the_counts_where_tills_go_wrong(quantity: int | None, counts: list[int]) -> None:
    assert pl.select(counts_to_try(pl.lit(quantity, pl.Int64))).item().to_list() == counts


# The registry.


def test_every_mechanic_of_the_trade_is_known_by_its_name() -> None:
    assert set(MECHANICS) == {
        *("percent", "amount", "fixed_price", "member_price", "n_for_price", "n_for_m", "nth_unit", "cheapest_free", "bundle"),
        *("tier", "basket_threshold", "extra_quantity", "coupon", "deferred_credit", "free_shipping"),
    }
    assert all(known.name == name and known.words.endswith(".") for name, known in MECHANICS.items())


def test_a_mechanic_that_needs_a_value_says_what_it_counts() -> None:
    for known in MECHANICS.values():
        counted_by_itself = "value" in known.needs and known.name != "coupon"
        assert (known.value_is is not None) == counted_by_itself, known.name


@given(mechanics, inners, st.integers(1, 9), st.integers(1, 9), st.integers(1, 20))
def test_what_a_mechanic_needs_is_enough_to_tell_the_line(mechanic: str, inner: str, quantity: int, pay: int, count: int) -> None:
    every = {"value": 100, "quantity": quantity, "pay": pay, "inner": inner}
    stated = {name: value for name, value in every.items() if name in MECHANICS[mechanic].needs}
    assert several(mechanic, 399, count, **stated) is not None


@pytest.mark.parametrize(
    ("mechanic", "inner", "percentage"),
    [
        ("percent", None, True),
        ("amount", None, False),
        ("nth_unit", None, True),
        ("deferred_credit", None, True),
        ("extra_quantity", None, True),
        ("coupon", "percent", True),
        ("coupon", "amount", False),
        ("coupon", None, None),
        (None, None, None),
    ],
)
def test_a_value_is_a_percentage_or_money_as_its_mechanic_says(
    mechanic: str | None, inner: str | None, percentage: bool | None
) -> None:
    assert pl.select(in_basis_points(pl.lit(mechanic, pl.String), pl.lit(inner, pl.String))).item() == percentage
