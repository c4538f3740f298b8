"""Rules as a pricing manager writes them: what is read, and how every mistake is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pricewatch.domain.errors import Problems, UserError
from pricewatch.engine.checks import registry
from pricewatch.engine.world import in_force
from pricewatch.workspace.frames import rule_frame
from pricewatch.workspace.rule_models import HEADER, Header
from pricewatch.workspace.rules import load_rules, where_columns

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


def test_messages_list_every_key_of_the_header():
    assert set(HEADER) == set(Header.model_fields)


def test_an_unknown_key_is_answered_with_the_keys_of_that_kind(tmp_path: Path):
    (message,) = told(tmp_path, stores=RULE.format(id="store-shelf-price") + "  severty: critical\n")
    assert message == (
        "rules/stores.yaml:3: rule 'store-shelf-price': no key 'severty'\n"
        "  fix: did you mean 'severity'? a rule of kind expected_price has: id, check, where, severity, owner, why, enabled, "
        f"valid_from, valid_to, {', '.join(registry()['expected_price'].params.model_fields)}"
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


@pytest.mark.parametrize("condition", ["price >", "prise < was_price", "SUM(price) > 3", "sku IN (SELECT sku FROM self)"])
def test_a_condition_that_is_none_is_told_with_its_line(tmp_path: Path, condition: str):
    message = where(tmp_path, condition)
    assert message.startswith("rules/a.yaml:3: rule 'a': 'where' ")
    assert "\n  fix: " in message


def test_a_rule_about_sources_names_columns_of_sources(tmp_path: Path):
    text = "- id: a\n  check: source_health\n  where: {}\n"
    assert load_rules(rules(tmp_path, a=text.format("channel = 'web'")))
    assert "columns: channel" in told(tmp_path, a=text.format("price > 1"))[0]


def test_every_column_a_condition_may_name_has_a_type():
    for kind in registry().values():
        assert all(type_ is not None for type_ in where_columns(kind).values())


GRADED = "- id: a\n  check: expected_price\n  severity: {}\n"


def test_severity_may_go_by_thresholds_lowest_first(tmp_path: Path):
    text = GRADED.format("{critical: {amount: 2.00, percent: 20}, minor: {}, major: {amount: 0.50, percent: 5}}")
    (rule,) = load_rules(rules(tmp_path, a=text))
    assert rule.severity == "minor"
    assert [(name, limits.amount, limits.percent) for name, limits in rule.severities] == [
        ("minor", 0, 0),
        ("major", Decimal("0.50"), 5),
        ("critical", Decimal("2.00"), 20),
    ]
    assert rule_frame([rule])["severity"].to_list() == ["minor to critical"]


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        ("{mjor: {}}", ["'mjor' is no severity", "did you mean 'major'?"]),
        ("{}", ["no severity is given"]),
        ("{minor: {amount: 1}, major: {amount: 2}}", ["the lowest, 'minor', has limits", "write minor: {}"]),
        ("{minor: {}, major: {amount: 2}, critical: {amount: 1, percent: 9}}", ["'critical' is no harder to reach than 'major'"]),
        ("{minor: {}, major: {}}", ["'major' is no harder to reach than 'minor'"]),
        ("{minor: {}, major: {amount: -2}}", ["'severity.major.amount' is '-2'; it is at least 0"]),
        ("{minor: {}, major: {amont: 2}}", ["no key 'amont' in 'severity.major'", "did you mean 'amount'?"]),
        ("3", ["'severity' is '3'", "info, minor, major, critical"]),
        ("awful", ["'severity' is 'awful'", "info, minor, major, critical"]),
    ],
)
def test_thresholds_that_cannot_be_are_told_with_their_line(tmp_path: Path, severity: str, words: list[str]):
    (message,) = told(tmp_path, a=GRADED.format(severity))
    assert message.startswith("rules/a.yaml:3: rule 'a': ")
    assert all(word in message for word in words), message


PACK = """\
about: Prior price of announced reductions.
source: [Directive 98/6/EC, article 6a]
disclaimer: This is no legal advice.
valid_from: 2022-05-28
valid_to: 2026-12-31
rules:
- id: prior-price
  check: was_price
- id: prior-price-longer
  check: was_price
  days: 60
  valid_from: 2026-07-01
enabled: true
"""


def pack(folder: Path, text: str) -> Path:
    root = rules(folder)
    (root / "law").mkdir(exist_ok=True)
    (root / "law" / "eu.yaml").write_text(text)
    return root


def test_a_law_pack_gives_its_rules_its_days_and_its_name(tmp_path: Path):
    shared, own = load_rules(pack(tmp_path, PACK))
    assert (shared.pack, shared.place) == ("law/eu", "rules/law/eu.yaml:7")
    assert (shared.valid_from, shared.valid_to) == (date(2022, 5, 28), date(2026, 12, 31))
    assert (own.valid_from, own.valid_to) == (date(2026, 7, 1), date(2026, 12, 31))


def test_a_rule_is_in_force_from_its_first_to_its_last_night(tmp_path: Path):
    found = load_rules(pack(tmp_path, PACK))
    nights = {
        date(2022, 5, 27): [],
        date(2022, 5, 28): ["prior-price"],
        date(2026, 7, 1): ["prior-price", "prior-price-longer"],
        date(2026, 12, 31): ["prior-price", "prior-price-longer"],
        date(2027, 1, 1): [],
    }
    for night, expected in nights.items():
        assert [rule.id for rule in in_force(found, night)] == expected


def test_subfolders_are_read_in_the_order_of_names(tmp_path: Path):
    root = pack(tmp_path, "- {id: in-law, check: was_price}\n")
    rules(tmp_path, a=RULE.format(id="a"), z=RULE.format(id="z"))
    assert [(rule.id, rule.pack) for rule in load_rules(root)] == [("a", ""), ("in-law", ""), ("z", "")]


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (
            "disclaimer:",
            "disclaimr:",
            ["rules/law/eu.yaml:1: 'disclaimer' is missing", "rules/law/eu.yaml:3: no key 'disclaimr'"],
        ),
        ("valid_to: 2026-12-31", "valid_to: 2021-12-31", ["rules/law/eu.yaml:1: valid_to is before valid_from"]),
        (
            "valid_from: 2026-07-01",
            "valid_from: 2027-07-01",
            ["rules/law/eu.yaml:9: rule 'prior-price-longer': it is in force on no"],
        ),
        ("days: 60", "dais: 60", ["rules/law/eu.yaml:11: rule 'prior-price-longer': no key 'dais'"]),
        ("source: [Directive 98/6/EC, article 6a]", "source: []", ["rules/law/eu.yaml:2: 'source' is empty"]),
        ("rules:", "rule:", ["rules/law/eu.yaml:1: 'rules' is missing", "rules/law/eu.yaml:6: no key 'rule'"]),
    ],
)
def test_a_law_pack_with_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, messages: list[str]):
    with pytest.raises(UserError) as caught:
        load_rules(pack(tmp_path, PACK.replace(old, new)))
    found = str(caught.value).splitlines()[::2]
    assert len(found) == len(messages)
    for line, message in zip(found, messages, strict=True):
        assert line.startswith(message)
