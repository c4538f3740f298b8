"""Rule tests as they are written: what is read of them, and how every mistake in one is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace import Workspace
from pricewatch.workspace.rule_tests import NIGHT, Case, load_cases, named

FILES = {
    "config/workspace.yaml": "name: Small Shop\n",
    "config/markets.yaml": "- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n",
    "config/channels.yaml": "- {id: web, name: Webshop, kind: web, market: fr, zone: Z1, role: leader}\n",
    "config/sources.yaml": """
- {id: webshop, importer: table_file, market: fr, channel: web, tax_included: true, files: "inbox/{night}.csv"}
""",
    "rules/prices.yaml": "- {id: web-price, check: expected_price}\n- {id: gtin, check: identifier}\n",
}

RIGHT = """\
- name: too dear
  rule: web-price
  offers: |
    channel  sku   price
    web      0417  13.90
    web      A2    -
  price_list:
    - {sku: 0417, zone: Z1, list_price: 12.90, valid_from: 2026-01-01}
    - {sku: A2, zone: Z1, list_price: 3, valid_to: null}
  findings: |
    sku   observed
    0417  13.9
"""

Given = Callable[[str], Workspace]


@pytest.fixture
def given(tmp_path: Path) -> Given:
    def write(text: str) -> Workspace:
        for name, content in {**FILES, "rules/prices.test.yaml": text}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content)
        return Workspace.load(tmp_path)

    return write


def told(workspace: Workspace) -> list[str]:
    with pytest.raises(UserError) as caught:
        load_cases(workspace)
    found = caught.value.problems if isinstance(caught.value, Problems) else [caught.value]
    return [str(problem) for problem in found]


def test_a_case_is_read_with_the_line_of_every_row(given: Given):
    (case,) = load_cases(given(RIGHT))
    assert (case.name, case.place, case.file, case.rules) == ("too dear", "rules/prices.test.yaml:1", "prices", ("web-price",))
    assert [(row.place, row.cells) for row in case.given["offers"]] == [
        ("rules/prices.test.yaml:5", {"channel": "web", "sku": "0417", "price": "13.90"}),
        ("rules/prices.test.yaml:6", {"channel": "web", "sku": "A2", "price": None}),
    ]
    assert case.night == NIGHT


def test_mappings_keep_what_their_author_wrote(given: Given):
    (case,) = load_cases(given(RIGHT))
    assert [row.cells for row in case.given["price_list"]] == [
        {"sku": "0417", "zone": "Z1", "list_price": "12.90", "valid_from": "2026-01-01"},
        {"sku": "A2", "zone": "Z1", "list_price": "3", "valid_to": None},
    ]


@pytest.mark.parametrize("findings", ["none", "[]", "|\n    sku  observed\n"])
def test_no_finding_may_be_expected(given: Given, findings: str):
    (case,) = load_cases(given(f"- name: quiet\n  rules: [web-price, gtin]\n  night: 2026-12-24\n  findings: {findings}\n"))
    assert (case.rules, case.night, case.columns, list(case.findings)) == (("web-price", "gtin"), date(2026, 12, 24), (), [])


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "fix"),
    [
        ("rule: web-price", "rule: web-prise", 2, "there is no rule 'web-prise'", "did you mean 'web-price'?"),
        ("rule: web-price", "rules: [gtin, web-prise]", 2, "there is no rule 'web-prise'", "did you mean 'web-price'?"),
        ("  rule: web-price\n", "", 1, "a rule test has either a rule or rules", "write one of the two"),
        ("sku   price", "sku   prise", 4, "'offers' has no column 'prise'", "did you mean 'price'? columns: channel, source"),
        ("13.90\n", "13.90  EUR\n", 5, "there are 4 cells under 3 columns", "separate cells by two spaces or more"),
        ("sku   price", "sku   sku", 4, "the column 'sku' is here twice", "keep one of the two"),
        ("web      0417", "wep      0417", 5, "there is no channel 'wep' here", "did you mean 'web'? channels: web"),
        ("channel  sku ", "name     sku ", 5, "this offer says neither source nor channel", "add a column channel"),
        ("channel  sku ", "source   sku ", 5, "there is no source 'web' here", "did you mean 'webshop'? sources: webshop"),
        ("valid_to: null", "vald_to: 1", 9, "'price_list' has no column 'vald_to'", "did you mean 'valid_to'?"),
        ("sku   observed", "sku   observd", 11, "'findings' has no column 'observd'", "did you mean 'observed'?"),
        ("13.9\n", "cheap\n", 12, "'observed' is 'cheap', which is no amount", "write for example 12.99"),
        ("  findings: |", "  finding: |", 1, "'findings' is missing", "add findings: ..."),
        ("  price_list:\n", "  price_lists:\n", 7, "no key 'price_lists'", "did you mean 'price_list'?"),
        ("- name: too dear", "- name: ''", 1, "'name' is empty", "what the case shows"),
        ("  offers: |", "  refused: -1\n  offers: |", 3, "'refused' is '-1'; it is at least 0", "rows that the engine"),
        ("  offers: |", "  source_runs: [{source: webshop, status: lost}]\n  offers: |", 3, "'status' is 'lost'", "it is one of"),
        ("  offers: |", "  source_runs: [{source: webshop, rows: 1.5}]\n  offers: |", 3, "'rows' is '1.5', which is no", "100"),
        ("  offers: |", "  source_runs: [{rows: 1}]\n  offers: |", 3, "this row of 'source_runs' has no source", "a column"),
        ("  offers: |", "  history: [{channel: web}]\n  offers: |", 3, "this row of 'history' has no since", "a column since"),
        ("  offers: |", "  products: 3\n  offers: |", 3, "'products' is '3'", "a table: the catalogue"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_case_is_told_with_its_line(given: Given, old: str, new: str, line: int, what: str, fix: str):
    assert old in RIGHT
    messages = told(given(RIGHT.replace(old, new, 1)))
    (message,) = [message for message in messages if what in message.replace("rule test: ", "")][:1]
    assert message.startswith(f"rules/prices.test.yaml:{line}: ")
    assert fix in message.partition("\n  fix: ")[2]


def test_a_file_that_is_no_list_and_a_name_that_comes_twice_are_told(given: Given):
    assert told(given("name: x\n")) == [
        "rules/prices.test.yaml:1: this file is a list of rule tests\n  fix: begin each one with - name: ..."
    ]
    quiet = "- {name: quiet, rule: gtin, findings: none}\n"
    assert told(given(quiet + quiet)) == [
        "rules/prices.test.yaml:2: there are two rule tests 'quiet'; the other is rules/prices.test.yaml:1\n"
        "  fix: give one of them another name"
    ]


def test_cases_are_chosen_by_file_rule_or_name(given: Given):
    cases = load_cases(given("- {name: a, rule: gtin, findings: none}\n- {name: b, rule: web-price, findings: none}\n"))

    def chosen(name: str) -> list[str]:
        return [case.name for case in named(cases, name)]

    assert (chosen("prices"), chosen("gtin"), chosen("b")) == (["a", "b"], ["a"], ["b"])
    with pytest.raises(UserError, match="no rule test is about 'gtim'") as caught:
        chosen("gtim")
    assert caught.value.fix == "did you mean 'gtin'? files and rules that have one: gtin, prices, web-price"


# --- the rules that are shipped ---

SHIPPED = Workspace.load(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def shipped() -> list[Case]:
    return load_cases(SHIPPED)


# Law packs are about markets that the shipped workspace does not have; tests/engine/checks/test_law_packs.py holds them.
@pytest.mark.parametrize("rule", [rule.id for rule in SHIPPED.rules if not rule.pack])
def test_every_shipped_rule_has_a_test_in_which_it_finds_something_and_one_in_which_it_is_silent(rule: str, shipped: list[Case]):
    about = [case for case in shipped if case.rules == (rule,)]
    assert any(case.findings for case in about), rule
    assert any(not case.findings for case in about), rule
