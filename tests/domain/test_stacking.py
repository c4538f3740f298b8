"""Several promotions on one price: the declared ways they go together, against a slow reference of fractions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pricewatch.domain.errors import UserError
from pricewatch.domain.mechanics import MECHANICS, reduced
from pricewatch.domain.rounding import MODES as ROUNDING_MODES
from pricewatch.domain.rounding import POINTS, TOWARDS, Rounding
from pricewatch.domain.stacking import MODES, stacked


@dataclass(frozen=True)
class Promotion:
    """A calendar row in force for the product."""

    mechanic: str
    value: int | None
    priority: int | None = None
    combinable: bool | None = None
    quantity: int | None = None
    inner: str | None = None


Priced = tuple[int | None, list[int], int | None]
"""Price, rows applied in order, row that takes off most."""

NUMBERS = ("product", "list_price", "value", "quantity", "priority", "limit", "rounding_step", "unit")
TEXTS = ("mechanic", "inner", "stacking", "rounding_mode", "rounding_point", "rounding_to")
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(NUMBERS, pl.Int64),
    **dict.fromkeys(TEXTS, pl.String),
    "combinable": pl.Boolean,
    "promotion_row": pl.Int32,
    "rounding_endings": pl.List(pl.Int64),
}
COMMERCIAL = Rounding()


@dataclass(frozen=True)
class Product:
    """A product, what is in force for it, and how its market stacks and rounds."""

    list_price: int | None
    promotions: tuple[Promotion, ...]
    stacking: str | None = "sequential"
    limit: int | None = None
    rounding: Rounding = COMMERCIAL

    def policy(self) -> dict[str, object]:
        stated = {f"rounding_{name}": value for name, value in vars(self.rounding).items() if name != "unit"}
        stated["rounding_endings"] = list(self.rounding.endings)
        return {"stacking": self.stacking, "limit": self.limit, "unit": self.rounding.unit, **stated}


def rows_of(products: list[Product]) -> pl.DataFrame:
    rows = [
        {"product": number, "list_price": product.list_price, "promotion_row": row, **vars(promotion), **product.policy()}
        for number, product in enumerate(products)
        for row, promotion in enumerate(product.promotions)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def priced(product: Product) -> Priced:
    price, applied, row = stacked(rows_of([product]), key=["product"]).drop("product").row(0)
    return price, applied, row


def off(percent: int, **more: int | bool | None) -> Promotion:
    return Promotion("percent", percent * 100, **more)


def less(amount: int, **more: int | bool | None) -> Promotion:
    return Promotion("amount", amount, **more)


def fixed(price: int, **more: int | bool | None) -> Promotion:
    return Promotion("fixed_price", price, **more)


# The slow reference: one product, promotion by promotion, in fractions.


def slow_whole(exact: Fraction, mode: str) -> int:
    if mode == "half_even":
        return round(exact)
    return {"down": floor(exact), "up": ceil(exact), "half_up": floor(exact + Fraction(1, 2))}[mode]


def slow_charged(exact: Fraction, computed: bool, list_price: int, rounding: Rounding) -> int:
    if not computed:
        return min(floor(exact), list_price)
    price = slow_whole(exact / rounding.step, rounding.mode) * rounding.step
    wanted = [end for end in range(price - rounding.unit, price + rounding.unit) if end % rounding.unit in rounding.endings]
    below = [end for end in wanted if 0 <= end <= min(price, list_price)][-1:]
    above = [end for end in wanted if price <= end <= list_price][:1]
    ways = {"down": below, "up": above, "nearest": below + above}[rounding.to]
    if price > 0 and ways:
        price = min(ways, key=lambda end: (abs(end - price), end))
    return min(price, list_price)


def slow_after(promotion: Promotion, reached: Fraction, of: Fraction, rounding: Rounding) -> Fraction:
    value = promotion.value
    acting = promotion.inner if promotion.mechanic == "coupon" else promotion.mechanic
    if value is None or acting is None:
        return reached
    match acting:
        case "percent":
            discount = of * min(value, 10_000) / 10_000
            if rounding.point == "discount":
                discount = Fraction(slow_whole(discount, rounding.mode))
            left = max(reached - discount, Fraction(0))
            return Fraction(slow_whole(left, rounding.mode)) if rounding.point == "each" else left
        case "amount":
            return max(reached - value, Fraction(0))
        case "fixed_price" | "member_price":
            return min(reached, Fraction(value))
        case "tier":
            return min(reached, Fraction(value)) if promotion.quantity == 1 else reached
    return reached


def slow_run(product: Product, rows: list[int], limit: int | None) -> Priced:
    assert product.list_price is not None
    reached, computed, taken = Fraction(product.list_price), False, []
    for row in rows:
        promotion = product.promotions[row]
        of = Fraction(product.list_price) if product.stacking == "additive" else reached
        left = slow_after(promotion, reached, of, product.rounding)
        if left < reached and (limit is None or len(taken) < limit):
            taken.append((left - reached, row))
            reached = left
            computed = (promotion.inner or promotion.mechanic) in ("percent", "amount")
    price = slow_charged(reached, computed, product.list_price, product.rounding)
    if price == product.list_price:
        return price, [], None
    return price, [row for _, row in taken], min(taken)[1]


def slow(product: Product) -> Priced:
    if product.list_price is None:
        return None, [], None
    order = sorted(
        range(len(product.promotions)),
        key=lambda row: (product.promotions[row].priority is None, product.promotions[row].priority or 0, row),
    )
    exclusive = product.stacking in (None, "exclusive")
    alone = [row for row in order if exclusive or product.promotions[row].combinable is False]
    limit = product.limit
    best = slow_run(product, [row for row in order if row not in alone], limit)
    for row in sorted(alone):
        single = slow_run(product, [row], limit)
        assert single[0] is not None
        assert best[0] is not None
        if single[0] < best[0]:
            best = single
    return best


# The rules of thumb.


@pytest.mark.parametrize(("stacking", "price"), [("exclusive", 8000), ("sequential", 7200), ("additive", 7000), (None, 8000)])
def test_twenty_and_ten_percent_off_a_hundred(stacking: str | None, price: int) -> None:
    assert priced(Product(10_000, (off(20), off(10)), stacking))[0] == price


def test_amount_and_percent_do_not_commute() -> None:
    assert priced(Product(10_000, (less(500, priority=1), off(10, priority=2)))) == (8550, [0, 1], 1)
    assert priced(Product(10_000, (less(500, priority=2), off(10, priority=1)))) == (8500, [1, 0], 1)


def test_percentages_are_summed_on_the_list_price_where_they_are_added() -> None:
    assert priced(Product(10_000, (less(500), off(10)), "additive"))[0] == 8500
    assert priced(Product(10_000, (off(60), off(50)), "additive")) == (0, [0, 1], 0)


def test_the_order_is_that_of_priority_then_of_the_calendar_and_unstated_comes_last() -> None:
    assert priced(Product(10_000, (off(10), less(100, priority=9), less(200, priority=1), off(5)))) == (
        8294,  # 97.00 x 0.90 x 0.95 = 82.935
        [2, 1, 0, 3],
        0,
    )


def test_no_more_are_applied_than_the_limit() -> None:
    assert priced(Product(10_000, (off(10), off(20), off(30)), limit=2)) == (7200, [0, 1], 1)
    assert priced(Product(10_000, (off(10), off(20), off(30)), limit=1)) == (9000, [0], 0)
    assert priced(Product(10_000, (off(10), off(20)), "exclusive", limit=0)) == (10_000, [], None)


def test_a_promotion_that_takes_nothing_off_is_not_applied_and_does_not_use_up_the_limit() -> None:
    assert priced(Product(10_000, (off(0), fixed(12_000), off(30)), limit=1)) == (7000, [2], 2)


def test_one_that_is_not_combinable_is_applied_alone_and_wins_only_where_it_is_cheaper() -> None:
    alone = off(25, combinable=False)
    assert priced(Product(10_000, (off(10), alone, off(10)))) == (7500, [1], 1)
    assert priced(Product(10_000, (off(20), alone, off(10)))) == (7200, [0, 2], 0)
    assert priced(Product(10_000, (off(15), alone, less(1000)))) == (7500, [0, 2], 0), "of equals the stack"


def test_of_equally_cheap_ones_the_first_of_the_calendar_is_named() -> None:
    assert priced(Product(10_000, (fixed(9000, priority=2), off(10, priority=1), less(1000)), "exclusive")) == (9000, [0], 0)
    assert priced(Product(10_000, (less(1000, priority=2), less(1000, priority=1))))[1:] == ([1, 0], 0)


def test_a_declared_price_replaces_what_was_reached_where_it_is_cheaper() -> None:
    assert priced(Product(10_000, (off(10), fixed(8000)))) == (8000, [0, 1], 0)
    assert priced(Product(10_000, (fixed(8000), off(10)))) == (7200, [0, 1], 0)
    assert priced(Product(10_000, (off(30), fixed(8000)))) == (7000, [0], 0)
    assert priced(Product(10_000, (fixed(8000), off(10)), "additive")) == (7000, [0, 1], 0)


def test_a_stack_is_rounded_once_at_the_end_unless_its_market_rounds_before() -> None:
    """49.95 less 10 % twice: 44.955 -> 40.4595; discounts first: 5.00, 4.50 (4.495); each price: 44.96 -> 40.464."""
    twice = Product(4995, (off(10), off(10)))
    for point, price in (("price", 4046), ("discount", 4045), ("each", 4046)):
        assert priced(replace(twice, rounding=Rounding(point=point)))[0] == price
    assert priced(replace(twice, rounding=Rounding("up", "each")))[0] == 4047
    assert priced(replace(twice, rounding=Rounding("down", "price")))[0] == 4045


def test_endings_move_a_computed_price_and_never_a_declared_one() -> None:
    nines = Rounding(endings=(99,))
    assert priced(Product(10_000, (fixed(8000), off(10)), rounding=nines))[0] == 7199
    assert priced(Product(10_000, (off(10), fixed(8000)), rounding=nines))[0] == 8000


def test_multibuys_and_credit_leave_the_single_price_alone() -> None:
    group = (Promotion("n_for_m", None, quantity=3), Promotion("deferred_credit", 2000), Promotion("free_shipping", None))
    assert priced(Product(10_000, group)) == (10_000, [], None)
    assert priced(Product(10_000, (*group, off(10)), limit=1)) == (9000, [3], 3)


def test_a_promotion_whose_price_cannot_be_told_is_not_applied() -> None:
    unknown = (Promotion("percent", None), Promotion("coupon", 1000), Promotion("tier", 5000))
    for stacking in MODES:
        assert priced(Product(10_000, (*unknown, off(10)), stacking)) == (9000, [3], 3)
        assert priced(Product(10_000, unknown, stacking)) == (10_000, [], None)


def test_without_a_list_price_there_is_no_price() -> None:
    for stacking in MODES:
        assert priced(Product(None, (off(10), fixed(500)), stacking)) == (None, [], None)


def test_no_promotions_no_prices() -> None:
    out = stacked(rows_of([]), key=["product"])
    assert out.schema == {"product": pl.Int64, "price": pl.Int64, "applied": pl.List(pl.Int32), "promotion_row": pl.Int32}
    assert out.is_empty()


def test_a_policy_that_is_not_stated_is_half_up_at_the_end_and_the_best_single_one() -> None:
    policy = [name for name in SCHEMA if name.startswith("rounding_") or name in ("unit", "stacking", "limit")]
    rows = rows_of([Product(4995, (off(10), off(5)))]).with_columns(pl.lit(None, SCHEMA[name]).alias(name) for name in policy)
    assert stacked(rows, key=["product"]).row(0) == (0, 4496, [0], 0)


def test_a_way_of_stacking_that_does_not_exist_is_named() -> None:
    with pytest.raises(UserError, match="no such stacking: 'both'"):
        stacked(rows_of([Product(10_000, (off(10),), "both")]), key=["product"])


def test_a_key_may_have_several_columns_and_markets_their_own_policies() -> None:
    rows = rows_of(
        [
            Product(4995, (off(10),)),
            Product(4995, (off(10),), rounding=Rounding(point="discount")),
            Product(4995, (off(10), off(20)), "additive", rounding=Rounding(step=5)),
        ]
    ).with_columns(market=pl.format("M{}", 9 - pl.col("product")))
    assert stacked(rows, key=["market", "product"]).select("market", "price").rows() == [("M7", 3495), ("M8", 4495), ("M9", 4496)]


# Properties.

values = st.one_of(st.integers(0, 12_000), st.sampled_from([500, 1000, 2000, 3333]))
promotions = st.builds(
    Promotion,
    mechanic=st.one_of(st.sampled_from(["percent", "amount", "fixed_price"]), st.sampled_from(sorted(MECHANICS))),
    value=st.one_of(values, values, values, st.none()),
    priority=st.one_of(st.none(), st.integers(0, 3)),
    combinable=st.sampled_from([None, True, True, False]),
    quantity=st.sampled_from([1, 2, None]),
).flatmap(
    lambda made: (
        st.sampled_from(["percent", "amount", "fixed_price", None]).map(lambda inner: replace(made, inner=inner))
        if made.mechanic == "coupon"
        else st.just(made)
    )
)
policies = st.builds(
    Rounding,
    mode=st.sampled_from(ROUNDING_MODES),
    point=st.sampled_from(POINTS),
    step=st.sampled_from([1, 1, 5, 10]),
    endings=st.sampled_from([(), (), (99,), (95, 99)]),
    to=st.sampled_from(TOWARDS),
)
products = st.builds(
    Product,
    list_price=st.one_of(st.integers(0, 20_000), st.integers(0, 10**9)),
    promotions=st.lists(promotions, min_size=1, max_size=5).map(tuple),
    stacking=st.sampled_from(MODES),
    limit=st.sampled_from([None, None, None, 0, 1, 2]),
    rounding=policies,
)


@given(st.lists(products, min_size=1, max_size=8))
def test_a_stack_is_what_fractions_make_of_it_promotion_by_promotion(many: list[Product]) -> None:
    found = stacked(rows_of(many), key=["product"]).drop("product").rows()
    assert found == [slow(product) for product in many]


@given(st.lists(products, min_size=1, max_size=8), st.integers(0, 1000))
def test_the_order_of_the_rows_makes_no_difference(many: list[Product], seed: int) -> None:
    rows = rows_of(many)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
    assert_frame_equal(stacked(shuffled, key=["product"]), stacked(rows, key=["product"]))


@given(products)
def test_no_stack_makes_a_price_negative_or_dearer_and_names_only_what_it_applied(product: Product) -> None:
    price, applied, row = priced(product)
    assert price is not None
    assert product.list_price is not None
    assert 0 <= price <= product.list_price
    assert (row is not None) == bool(applied) == (price < product.list_price)
    assert row is None or row in applied


@given(promotions, st.integers(0, 10**6), policies, st.sampled_from(MODES))
def test_one_promotion_makes_the_price_that_its_mechanic_makes(
    promotion: Promotion, list_price: int, rounding: Rounding, stacking: str
) -> None:
    columns = (pl.col(name) for name in ("mechanic", "list_price", "value", "quantity", "inner"))
    product = Product(list_price, (promotion,), stacking, rounding=rounding)
    alone = rows_of([product]).select(reduced(*columns, rounding)).item()
    assert priced(product)[0] == (list_price if alone is None else alone)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9999), min_size=1, max_size=5))
def test_five_percentages_in_a_row_are_exact_however_odd(list_price: int, rates: list[int]) -> None:
    product = Product(list_price, tuple(Promotion("percent", rate) for rate in rates))
    assert priced(product) == slow(product)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 3000), min_size=2, max_size=4))
def test_percentages_alone_may_come_in_any_order(list_price: int, rates: list[int]) -> None:
    for stacking in ("sequential", "additive"):
        there, back = (
            Product(list_price, tuple(Promotion("percent", rate) for rate in order), stacking) for order in (rates, rates[::-1])
        )
        assert priced(there)[0] == priced(back)[0]


def test_a_long_stack_and_a_short_one_go_side_by_side() -> None:
    many = [Product(10_000, tuple(less(1) for _ in range(length))) for length in (1, 40, 3, 12)]
    found = stacked(rows_of(many), key=["product"])
    assert found["price"].to_list() == [9999, 9960, 9997, 9988]
    assert found["applied"].to_list() == [list(range(length)) for length in (1, 40, 3, 12)]
