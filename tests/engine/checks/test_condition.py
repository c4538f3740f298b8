"""Any SQL condition over the columns of an offer, its product and its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pricewatch.domain.errors import UserError
from pricewatch.testing import assert_table, central, channel, findings_of, night, raw, remembered, rule, source, world
from pricewatch.workspace.rules import load_rules

OFFERS = """
    sku  channel  seller  price  max_price  shipping  kvi
    A1   web      -       9.99   9.99       -         true
    A2   web      -       10.00  9.99       1.00      true
    A3   web      -       10.00  -          -         -
    A4   web      Acme    99.00  9.99       -         false
"""


def test_what_meets_the_condition_is_found_with_the_amount_of_its_subject():
    assert_table(
        findings_of("condition", OFFERS, wrong_when="price > max_price", detail="above the regulated price"),
        """
        sku  seller  subject  observed  expected  detail
        A2   -       price    10.00     -         above the regulated price
        A4   Acme    price    99.00     -         above the regulated price
        """,
    )


def test_a_part_that_is_not_stated_is_not_met():
    assert findings_of("condition", OFFERS, wrong_when="NOT kvi")["sku"].to_list() == ["A4"]
    assert findings_of("condition", OFFERS, wrong_when="kvi IS NULL")["sku"].to_list() == ["A3"]


def test_the_rules_where_narrows_whom_it_asks():
    found = findings_of("condition", OFFERS, where="seller IS NULL", wrong_when="price > max_price")
    assert found["sku"].to_list() == ["A2"]


def test_without_words_the_condition_itself_is_told_and_a_subject_that_is_no_money_has_no_amount():
    found = findings_of("condition", OFFERS, wrong_when="shipping IS NOT NULL AND kvi", subject="kvi")
    assert_table(found, "sku  subject  observed  detail\nA2   kvi      -         shipping IS NOT NULL AND kvi")
    money = findings_of("condition", OFFERS, wrong_when="shipping > 0", subject="shipping")
    assert_table(money, "sku  subject   observed\nA2   shipping  1.00")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("wrong_when: prise > 100", "'wrong_when': names 'prise', which is no column here"),
        ("wrong_when: price >", "'wrong_when': is no SQL condition"),
        ("wrong_when: price + 1", "'wrong_when': is neither true nor false"),
        ("wrong_when: sku IN (SELECT sku FROM x)", "'wrong_when': has a query inside"),
        ("subject: prise", "'subject': 'prise' is no column here"),
    ],
)
def test_a_condition_that_cannot_be_judged_is_a_mistake_of_the_file_with_its_line(tmp_path: Path, params: str, said: str):
    folder = tmp_path / "rules"
    folder.mkdir()
    text = f"- id: odd\n  check: condition\n  severity: minor\n  owner: pricing\n  why: Odd.\n  {params}\n"
    (folder / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_rules(folder)
    problem = caught.value
    assert problem.where == "rules/odd.yaml:6"
    assert problem.what.startswith(f"rule 'odd': {said}")
    assert problem.fix


@pytest.mark.parametrize(("list_price", "state"), [("9.99", "resolved"), (None, "unverified")])
def test_through_the_engine_a_finding_is_right_again_when_the_prices_it_names_are_known(list_price, state):
    def offered(decided: str | None):
        prices = "" if decided is None else f"\nA1  Z1  {decided}"
        decisions = central(products="sku\nA1\nA2", price_list=f"sku  zone  list_price\nA2  Z1  9.99{prices}")
        return world(decisions, [channel("web", role="leader")], [source("web", "web")])

    rules, rows = [rule("condition", wrong_when="price > list_price * 2")], raw("sku  price\nA1  9.99\nA2  9.99")
    first = night(offered("1.99"), rules, rows)
    assert first.findings.select("sku", "observed", "state").rows() == [("A1", 999, "new")]
    assert night(offered(list_price), rules, rows, memory=remembered(first)).findings["state"].to_list() == [state]
