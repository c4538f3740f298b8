"""Rules as a pricing manager writes them: what is read, and how every mistake is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pricewatch.domain.errors import Problems, UserError
from pricewatch.engine.checks import registry
from pricewatch.workspace.rules import Header, load_rules, where_columns

RULE = "- id: {id}\n  check: expected_price\n"


def rules(folder: Path, **files: str) -> Path:
    root = folder / "rules"
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / f"{name.replace('__', '.')}.yaml").write_text(text)
    return root


def told(folder: Path, **files: str) -> list[str]:
    with pytest.raises(UserError) as caught:
        load_rules(rules(folder, **files))
    found = caught.value.problems if isinstance(caught.value, Problems) else [caught.value]
    return [str(problem) for problem in found]


def where(folder: Path, condition: str, check: str = "expected_price") -> str:
    (message,) = told(folder, a=f"- id: a\n  check: {check}\n  where: {condition}\n")
    return message


def test_a_rule_is_its_header_and_its_kinds_parameters(tmp_path: Path):
    text = """\
# stores
- id: store-shelf-price
  check: expected_price
  where: channel_kind = 'store' AND NOT clearance
  tolerance: {amount: 0.05, percent: 1}
  direction: overcharge
  severity: critical
  owner: store-ops
  why: The till must charge the decided price.
"""
    (rule,) = load_rules(rules(tmp_path, stores=text))
    assert (rule.id, rule.check, rule.severity, rule.owner) == ("store-shelf-price", "expected_price", "critical", "store-ops")
    assert rule.where == "channel_kind = 'store' AND NOT clearance"
    assert rule.place == "rules/stores.yaml:2"
    assert rule.params.model_dump()["direction"] == "overcharge"
    assert Decimal(str(rule.params.model_dump()["tolerance"]["amount"])) == Decimal("0.05")


def test_what_a_rule_does_not_say_has_quiet_defaults(tmp_path: Path):
    (rule,) = load_rules(rules(tmp_path, prices=RULE.format(id="a")))
    assert (rule.where, rule.severity, rule.owner, rule.why) == (None, "major", "pricing", "")


def test_rules_come_in_the_order_of_files_and_lines_and_tests_beside_them_are_no_rules(tmp_path: Path):
    found = load_rules(
        rules(
            tmp_path,
            b=RULE.format(id="b1") + RULE.format(id="b2"),
            a=RULE.format(id="a1"),
            a__test="- given: 1\n",
            c="# none yet\n",
        )
    )
    assert [rule.id for rule in found] == ["a1", "b1", "b2"]


def test_no_folder_and_no_files_are_no_rules(tmp_path: Path):
    assert load_rules(tmp_path / "rules") == []


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_the_example_of_every_manual_is_a_rule(tmp_path: Path, kind):
    assert {rule.check for rule in load_rules(rules(tmp_path, example=kind.example))} == {kind.name}


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_no_parameter_of_a_kind_is_called_like_a_key_of_the_header(kind):
    assert not set(kind.params.model_fields) & set(Header.model_fields)


def test_an_unknown_key_is_answered_with_the_keys_of_that_kind(tmp_path: Path):
    (message,) = told(tmp_path, stores=RULE.format(id="store-shelf-price") + "  severty: critical\n")
    assert message == (
        "rules/stores.yaml:3: rule 'store-shelf-price': no key 'severty'\n"
        "  fix: did you mean 'severity'? a rule of kind expected_price has: id, check, where, severity, owner, why, "
        f"{', '.join(registry()['expected_price'].params.model_fields)}"
    )


def test_an_unknown_check_is_answered_with_the_checks_there_are(tmp_path: Path):
    (message,) = told(tmp_path, stores="- id: a\n  check: expcted_price\n")
    assert message == (
        "rules/stores.yaml:2: rule 'a': there is no check 'expcted_price'\n"
        f"  fix: did you mean 'expected_price'? checks: {', '.join(registry())}"
    )


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path):
    found = told(
        tmp_path,
        a="- id: A1\n  check: expected_price\n  severity: bad\n  where: prise > 1\n  tolerance: {amuont: 1}\n- 12\n",
        b="- check: expected_price\n- id: b\n- id: c\n  check: nope\n  severity: awful\n",
        c="- id: [\n",
        d="id: d\n",
    )
    assert [message.partition(": ")[0] for message in found] == [
        "rules/a.yaml:1",
        "rules/a.yaml:3",
        "rules/a.yaml:5",
        "rules/a.yaml:4",
        "rules/a.yaml:6",
        "rules/b.yaml:1",
        "rules/b.yaml:2",
        "rules/b.yaml:5",
        "rules/b.yaml:4",
        "rules/c.yaml:2",
        "rules/d.yaml:1",
    ]


def test_two_rules_of_one_id_are_told_also_across_files(tmp_path: Path):
    assert told(tmp_path, a=RULE.format(id="x"), b=RULE.format(id="y") + RULE.format(id="x")) == [
        "rules/b.yaml:3: there are two rules 'x'; the other is rules/a.yaml:1\n  fix: give one of them another id"
    ]


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ("price >", "is no SQL condition"),
        ("nosuch(price) = 1", "is no SQL condition"),
        ("prise < was_price", "names 'prise', which is no column here"),
        ("1 = 1", "names no column"),
        ("price", "is neither true nor false"),
        ("price = 'cheap'", "can't be judged"),
        ("SUM(price) > 3", "looks at more than one row"),
        ("price > AVG(price)", "looks at more than one row"),
        ("COUNT(*) > price", "looks at more than one row"),
        ("ROW_NUMBER() OVER (ORDER BY price) = 1", "looks at more than one row"),
        ("MAX(price) OVER (PARTITION BY sku) = price", "looks at more than one row"),
        ("sku IN (SELECT sku FROM self)", "has a query inside"),
        ("EXISTS (SELECT 1 FROM read_csv('/etc/hostname'))", "has a query inside"),
        ('"[not: yaml"', "is no SQL condition"),
    ],
)
def test_a_condition_that_is_none_is_told_with_its_line(tmp_path: Path, condition: str, word: str):
    message = where(tmp_path, condition)
    assert message.startswith("rules/a.yaml:3: rule 'a': 'where' ")
    assert word in message
    assert "\n  fix: " in message


@pytest.mark.parametrize(
    "condition",
    [
        "channel IN ('web', 'app') AND NOT clearance",
        "price * 100 > 95 * was_price",
        "LOWER(brand) LIKE 'corner%' OR kvi",
        "observed_at > DATE '2026-01-02'",
        "price BETWEEN 100 AND 10 * 100",
        "CASE WHEN kvi THEN price > 1 ELSE FALSE END",
        "seller IS NULL",
        "EXTRACT(hour FROM observed_at) > 3 AND name <> 'select one'",
    ],
)
def test_a_condition_of_one_row_is_right(tmp_path: Path, condition: str):
    assert load_rules(rules(tmp_path, a=f'- id: a\n  check: expected_price\n  where: "{condition}"\n'))[0].where == condition


def test_a_rule_about_sources_names_columns_of_sources(tmp_path: Path):
    text = "- id: a\n  check: source_health\n  where: {}\n"
    assert load_rules(rules(tmp_path, a=text.format("channel = 'web'")))
    assert "columns: channel" in told(tmp_path, a=text.format("price > 1"))[0]


def test_every_column_a_condition_may_name_has_a_type():
    for kind in registry().values():
        assert all(type_ is not None for type_ in where_columns(kind).values())
