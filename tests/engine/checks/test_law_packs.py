"""The law packs this repository ships: what they rest on, when they hold, where they are run, and what each rule finds.

The worked examples of the laws, judged by the very rules of `rules/law/`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML
from shown_before import history_of

from pricewatch.engine.world import Rule, in_force
from pricewatch.testing import NIGHT, findings_among, judged
from pricewatch.workspace import Workspace
from pricewatch.workspace.rule_models import Pack

ROOT = Path(__file__).parents[3]
PACKS = {path.stem: Pack.model_validate(YAML(typ="safe").load(path)) for path in sorted((ROOT / "rules" / "law").glob("??.yaml"))}
WORKSPACE = Workspace.load(ROOT)
RULES = {rule.id: rule for rule in WORKSPACE.rules if rule.pack}

every_pack = pytest.mark.parametrize("name", PACKS)


def found(rule: str, offers: str, history: str = "", *, market: str = "fr") -> list[str]:
    """The products that one rule of a pack finds among offers of a market."""
    asked = RULES[rule]
    rows = judged(offers).with_columns(market=pl.lit(market))
    frames = history_of(offers, history) if history else {}
    return findings_among(asked.check, rows, where=asked.where, frames=frames, **asked.params.model_dump())["sku"].to_list()


# --- the packs ------------------------------------------------------------------------------------------------------------------


def test_there_is_a_pack_for_europe_france_and_america():
    assert set(PACKS) == {"eu", "fr", "us"}


@every_pack
def test_a_pack_says_what_it_rests_on_and_that_it_is_no_legal_advice(name):
    pack = PACKS[name]
    assert pack.disclaimer.startswith("This is no legal advice.")
    assert len(pack.source) >= 3
    assert pack.markets


@every_pack
def test_the_rules_of_a_pack_carry_its_name_and_name_their_law(name):
    rules = [rule for rule in RULES.values() if rule.pack == f"law/{name}"]
    assert len(rules) == len(PACKS[name].rules) > 0
    for rule in rules:
        assert rule.id.startswith(f"{name}-")
        assert rule.why.endswith((".", ".)"))


def test_no_pack_is_run_before_somebody_has_read_and_enabled_it():
    assert [rule.id for rule in in_force(WORKSPACE.rules, NIGHT) if rule.pack] == []


def test_a_country_with_a_pack_of_its_own_is_not_in_the_common_one():
    assert not set(PACKS["eu"].markets) & set(PACKS["fr"].markets)


def holds(rule: Rule, day: str) -> bool:
    night = date.fromisoformat(day)
    return (rule.valid_from or night) <= night <= (rule.valid_to or night)


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        ("2022-05-27", set()),
        ("2022-05-28", {"fr-cap-food", "fr-resale-below-cost-food", "fr-prior-price"}),
        ("2025-04-13", {"fr-cap-food", "fr-resale-below-cost-food", "fr-prior-price"}),
        ("2025-04-14", {"fr-cap-food", "fr-cap-fast-moving", "fr-resale-below-cost-food", "fr-prior-price"}),
        ("2028-04-15", {"fr-cap-food", "fr-cap-fast-moving", "fr-resale-below-cost-food", "fr-prior-price"}),
        ("2028-04-16", {"fr-resale-below-cost", "fr-prior-price"}),
    ],
)
def test_what_a_law_limits_in_time_ends_with_it(day, rules):
    dated = ["fr-cap-food", "fr-cap-fast-moving", "fr-resale-below-cost-food", "fr-resale-below-cost", "fr-prior-price"]
    assert {rule for rule in dated if holds(RULES[rule], day)} == rules


def test_the_law_of_one_market_is_not_applied_to_another():
    offers = "sku  channel  price  unit_price  unit_price_base  content  content_unit\nA1  web  9.90  1.32  l  750  ml"
    assert found("fr-unit-price", offers) == ["A1"]
    assert found("fr-unit-price", offers, market="de") == []
    assert found("eu-unit-price", offers, market="de") == ["A1"]
    assert found("eu-unit-price", offers) == []


# --- reductions -----------------------------------------------------------------------------------------------------------------

FLASH_SALE = """
    sku  since       price
    A1   2025-08-20  29.90
    A1   2025-09-10  24.90
    A1   2025-09-15  29.90
    A1   2025-09-25  34.90
    A2   2025-06-01  40.00
    A3   2025-08-01  1.69
    A3   2025-09-08  1.29
    A3   2025-09-15  1.69
"""
ANNOUNCED = """
    sku  price  was_price  promotion_label  perishable  promotion_starts_at
    A1   24.43  34.90      -30 %            -           2025-10-01
    A2   28.00  40.00      -30 %            -           2025-10-01
    A3   1.29   -          -23 %            true        2025-10-01
"""
"""A flash sale in the window; a price that was stable at 40.00; bananas at their lowest price (C-330/23)."""


def test_a_reduction_rests_on_the_lowest_price_of_thirty_days():
    assert found("eu-prior-price", ANNOUNCED, FLASH_SALE, market="de") == ["A1", "A3"]


def test_in_france_perishable_goods_are_exempt():
    assert found("fr-prior-price", ANNOUNCED, FLASH_SALE) == ["A1"]


PROGRESSIVE = """
    sku  since       price   was_price
    A1   2025-03-01  100.00  -
    A1   2025-06-25  80.00   100.00
    A1   2025-07-02  70.00   100.00
"""


def test_in_france_growing_reductions_rest_on_the_price_before_the_first():
    offers = """
        sku  price  was_price  promotion_label  promotion_starts_at
        A1   50.00  100.00     -50 %            2025-07-09
    """
    assert found("fr-prior-price", offers, PROGRESSIVE) == []
    assert found("eu-prior-price", offers, PROGRESSIVE, market="de") == ["A1"]
    broken = PROGRESSIVE + "    A1   2025-07-05  100.00  -\n"
    assert found("fr-prior-price", offers, broken) == ["A1"]


@pytest.mark.parametrize(("rule", "market"), [("eu-was-price", "de"), ("fr-was-price", "fr")])
def test_a_price_never_charged_may_not_be_struck_through(rule, market):
    offers = """
        sku  price  was_price  promotion_starts_at
        A1   24.43  34.90      2025-10-25
        A2   24.43  40.01      2025-10-25
    """
    assert found(rule, offers, FLASH_SALE, market=market) == ["A2"]


# --- caps and floors ------------------------------------------------------------------------------------------------------------


def test_food_gives_34_percent_at_most_credit_included():
    cut = """
        sku  food   fast_moving  price  list_price  promotion_row
        A1   true   -            1.95   2.95        4
        A2   true   -            1.94   2.95        4
        A6   false  true         1.94   2.95        4
        A7   false  false        0.50   2.95        4
    """
    assert found("fr-cap-food", cut) == ["A2"]
    several = """
        sku  food  price  list_price  multibuy_row  multibuy_quantity  multibuy_paid
        A3   true  3.99   3.99        5             3                  7.98
        A4   true  3.99   3.99        5             2                  3.99
    """
    assert found("fr-cap-food", several) == ["A4"]
    later = """
        sku  food  price  list_price  expected_price  promotion_row  credit_row  credit
        A5   true  8.00   10.00       8.00            4              6           1.60
        A8   true  8.00   10.00       8.00            4              6           1.40
    """
    assert found("fr-cap-food", later) == ["A5"]


def test_other_fast_moving_goods_give_40_percent_at_most():
    offers = """
        sku  food   fast_moving  price  list_price  promotion_row
        A1   false  true         6.00   10.00       4
        A2   false  true         5.99   10.00       4
        A3   true   false        5.99   10.00       4
    """
    assert found("fr-cap-fast-moving", offers) == ["A2"]


SHELF = """
    sku  price  tax_included  tax_rate  food   cost  cost_advantages  cost_transport
    A1   2.27   true          550       true   2.00  500              0.05
    A2   2.26   true          550       true   2.00  500              0.05
    A3   2.06   true          550       false  2.00  500              0.05
    A4   2.05   true          550       false  2.00  500              0.05
    A5   0.10   true          550       -      2.00  500              0.05
"""


def test_food_is_not_resold_below_110_percent_of_its_cost_rounded_up():
    assert found("fr-resale-below-cost-food", SHELF) == ["A2", "A4"]


def test_once_the_ten_percent_have_ended_all_goods_have_one_threshold():
    assert found("fr-resale-below-cost", SHELF) == ["A4", "A5"]


# --- words and unit prices ------------------------------------------------------------------------------------------------------


def test_food_is_not_called_gratuit_and_its_figures_are_left_to_another_rule():
    offers = """
        sku  channel  food   price  list_price  promotion_label
        A1   web      true   9.99   12.99       2+1 GRATUIT
        A2   web      false  9.99   12.99       2+1 gratuit
        A3   web      true   9.99   12.99       2+1 offert
        A4   web      true   9.99   12.99       -50 %
        A5   web      true   9.99   12.99       -9,00 €
    """
    assert found("fr-no-gratuit-on-food", offers) == ["A1"]


@pytest.mark.parametrize(("rule", "market"), [("eu-unit-price", "de"), ("fr-unit-price", "fr")])
def test_a_unit_price_is_that_of_a_kilogram_or_litre_or_of_a_hundred_of_their_parts(rule, market):
    offers = """
        sku  channel  price  unit_price  unit_price_base  content  content_unit
        A1   web      9.90   13.20       l                750      ml
        A2   web      9.90   1.32        100 ml           750      ml
        A3   web      9.90   0.13        10 ml            750      ml
        A4   web      9.90   14.20       l                750      ml
        A5   store    9.90   14.20       l                750      ml
    """
    assert found(rule, offers, market=market) == ["A3", "A4"]


# --- America --------------------------------------------------------------------------------------------------------------------

TILLS = """
    sku  channel  location  surface  price  label_price  file_price  expected_price
    A1   store    0417      till     9.99   9.99         9.99        9.99
    A2   store    0417      till     10.01  9.99         10.01       10.01
    A3   store    0417      till     8.99   9.99         9.99        9.99
    A4   store    0417      till     2.75   2.50         2.75        2.75
    A5   store    0417      till     2.74   2.50         2.74        2.74
    A6   store    0417      till     3.03   2.75         3.03        3.03
    A7   store    0417      till     3.02   2.75         3.02        3.02
"""


def test_what_is_charged_is_the_lowest_price_that_was_promised():
    assert found("us-scan-accuracy", TILLS, market="us") == ["A2", "A3", "A4", "A5", "A6", "A7"]


def test_in_new_york_25_cents_on_cheap_items_and_10_percent_above_are_a_large_overcharge():
    assert found("us-ny-large-overcharge", TILLS, market="us") == ["A4", "A6"]


def test_in_massachusetts_half_the_usual_price_of_cheap_items_and_a_fifth_less_of_dear_ones_is_a_gross_error():
    offers = """
        sku  price  observed_at
        A1   5.00   2025-10-02
        A2   4.99   2025-10-02
        A3   24.00  2025-10-02
        A4   23.99  2025-10-02
        A5   29.00  2025-10-02
    """
    history = """
        sku  since       price
        A1   2025-08-01  10.00
        A2   2025-08-01  10.00
        A3   2025-08-01  30.00
        A4   2025-08-01  30.00
        A5   2025-08-01  10.00
    """
    assert found("us-ma-gross-error", offers, history, market="us") == ["A2", "A4"]
