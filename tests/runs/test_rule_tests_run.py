"""Rule tests, run: what passes, what fails and how the difference reads; and those of the rules that are shipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pricewatch.report.rule_tests import difference
from pricewatch.runs.rule_tests import Outcome, run_case
from pricewatch.workspace import Workspace
from pricewatch.workspace.rule_tests import Case, load_cases

ROOT = Path(__file__).parents[2]

FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n",
    "config/channels.yaml": "- {id: web, name: Webshop, kind: web, market: fr, zone: Z1, role: leader}\n",
    # Its files have whole cents: tests are written in decimals all the same.
    "config/sources.yaml": """
- {id: webshop, importer: table_file, market: fr, channel: web, tax_included: true, minor_units: true,
   files: 'x/{night}.csv', time_format: "%d.%m.%Y"}
""",
    "rules/prices.yaml": """
- {id: web-price, check: expected_price}
- {id: gtin, check: identifier}
- {id: later, check: expected_price, audience: everyone, tolerance: {amount: 1}, valid_from: 2026-07-01}
""",
}

CASE = """\
- name: two of three are wrong
  rule: web-price
  products: |
    sku  name
    A1   Espresso
    A2   Pen
    A3   Mint
  price_list: |
    sku  zone  list_price
    A1   Z1    12.99
    A2   Z1    2.50
    A3   Z1    0.99
  offers: |
    channel  sku  price
    web      A1   13.90
    web      A2   2.75
    web      A3   0.99
  findings: |
    sku  observed
    A1   13.9
    A2   2.75
"""

Judged = Callable[[str], Outcome]


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    def judge(text: str) -> Outcome:
        for name, content in {**FILES, "rules/prices.test.yaml": text}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content)
        workspace = Workspace.load(tmp_path)
        (case,) = load_cases(workspace)
        return run_case(workspace, case)

    return judge


def test_what_is_expected_and_found_passes_whatever_the_source_declares(judged: Judged):
    found = judged(CASE)
    assert found.passed
    assert found.equal == [("A1", "13.9"), ("A2", "2.75")]


def test_what_differs_is_told_row_by_row(judged: Judged):
    found = judged(CASE.replace("\n    A2   2.75\n", "\n    A2   2.75\n    A3   1.00\n").replace("A1   13.9\n", "A1   13.91\n"))
    assert not found.passed
    assert difference(found.columns, found.equal, found.missing, found.unexpected) == [
        "    sku  observed",
        "-   A1   13.91",
        "-   A3   1.00",
        "+   A1   13.90",
        "    A2   2.75",
    ]


def test_a_finding_that_is_expected_twice_must_be_found_twice(judged: Judged):
    found = judged(CASE + "    A2   2.75\n")
    assert (found.missing, found.unexpected) == ([("A2", "2.75")], [])


def test_where_none_was_expected_what_was_found_is_shown_with_its_rule(judged: Judged):
    found = judged(CASE.partition("  findings:")[0] + "  findings: none\n")
    assert [(cells[0], cells[3], cells[5]) for cells in found.unexpected] == [
        ("web-price", "A1", "13.90"),
        ("web-price", "A2", "2.75"),
    ]


def test_only_the_named_rules_are_run_and_only_on_their_nights(judged: Judged):
    silent = CASE.partition("  findings:")[0] + "  findings: none\n"
    assert judged(silent.replace("rule: web-price", "rule: gtin")).passed
    assert judged(silent.replace("rule: web-price", "rule: later")).passed
    on = silent.replace("rule: web-price", "rule: later\n  night: 2026-07-01").replace("web      A2   2.75", "web      A2   3.51")
    assert [cells[3] for cells in judged(on).unexpected] == ["A2"]


def test_a_row_that_does_not_come_through_fails_a_test_that_does_not_expect_it(judged: Judged):
    refused = CASE.replace("web      A3   0.99", "web      A3   cheap")
    found = judged(refused)
    assert (found.passed, found.missing, found.unexpected) == (False, [], [])
    assert found.notes[0] == "1 rows refused, 0 expected"
    assert found.notes[1].startswith("rules/prices.test.yaml:17: price 'cheap' is no number")
    assert judged(refused.replace("  offers:", "  refused: 1\n  offers:")).passed


def test_an_offer_of_an_unknown_product_fails_a_test_that_does_not_expect_it(judged: Judged):
    strange = CASE.replace("web      A3   0.99", "web      A9   0.99")
    found = judged(strange)
    assert found.notes[0] == "1 rows not in the catalogue, 0 expected"
    assert found.notes[1].startswith("rules/prices.test.yaml:17: ")
    assert judged(strange.replace("  offers:", "  unmatched: 1\n  offers:")).passed


def test_rows_on_one_line_are_told_apart(judged: Judged):
    flow = CASE.partition("  offers:")[0] + (
        "  offers: [{channel: web, sku: A1, price: 13.90}, {channel: web, sku: A2, price: 2.75}]\n"
        "  history: [{channel: web, sku: A1, price: 12.99, since: 2025-12-01},\n"
        "   {channel: web, sku: A2, price: 2, since: 2026-01-01}]\n"
        "  findings: [{sku: A1, observed: 13.90}, {sku: A2, observed: 2.75}]\n"
    )
    assert judged(flow).passed


# --- the rules that are shipped ---

SHIPPED = Workspace.load(ROOT)


@pytest.mark.parametrize("case", load_cases(SHIPPED), ids=lambda case: case.name)
def test_the_rule_tests_that_are_shipped_pass(case: Case):
    found = run_case(SHIPPED, case)
    rows = difference(found.columns, found.equal, found.missing, found.unexpected)
    assert found.passed, "\n".join([case.place, *found.notes, *rows])
