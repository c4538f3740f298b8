"""`pricewatch rules`: as a person types it and as a program reads it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pricewatch.cli import main
from pricewatch.engine.checks import registry
from pricewatch.workspace.frames import RULES
from pricewatch.workspace.rule_schema import rule_schema
from pricewatch.workspace.rules import load_rules
from pricewatch.workspace.starter import init


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    init(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("PRICEWATCH_WORKSPACE", "PRICEWATCH_DATABASE", "PRICEWATCH_DEMO_SHOP", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(shop: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def rules(*arguments: str) -> Done:
        code = main(["rules", *arguments])
        return Done(code, *capfd.readouterr())

    return rules


def test_a_process_of_its_own_ends_with_the_exit_code_and_no_traceback(shop: Path):
    (shop / "rules" / "more.yaml").write_text("- id: [\n")
    done = subprocess.run([sys.executable, "-m", "pricewatch", "rules", "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("rules/more.yaml:2: this is no YAML")
    assert "Traceback" not in done.stderr


def test_the_list_names_every_rule_with_what_it_checks_and_who_mends_it(shop: Path, run: Run):
    done = run("list")
    assert (done.returncode, done.stderr) == (0, "")
    for rule in load_rules(shop / "rules"):
        (line,) = (line for line in done.stdout.splitlines() if line.startswith(f"{rule.id} "))
        assert all(word in line for word in (rule.check, rule.severity, rule.owner))


def test_json_has_every_column_of_every_rule(shop: Path, run: Run):
    records = json.loads(run("list", "--format", "json").stdout)
    assert [tuple(record) for record in records] == [RULES] * len(records)
    assert [record["id"] for record in records] == [rule.id for rule in load_rules(shop / "rules")]


def test_csv_has_a_header_and_a_line_a_rule(shop: Path, run: Run):
    lines = run("list", "--format", "csv").stdout.splitlines()
    assert lines[0] == ",".join(RULES)
    assert len(lines) == 1 + len(load_rules(shop / "rules"))


def test_kinds_are_listed_with_their_summaries(run: Run):
    records = json.loads(run("list", "--kinds", "--format", "json").stdout)
    assert [record["check"] for record in records] == list(registry())
    assert all(record["summary"] for record in records)


def test_rules_can_be_listed_while_the_configuration_is_being_mended(shop: Path, run: Run):
    (shop / "config" / "markets.yaml").write_text("- id: us\n")
    assert run("list").returncode == 0
    assert run("check").returncode == 2


def test_a_right_workspace_is_said_to_be_right(run: Run):
    done = run("check")
    assert done.returncode == 0
    assert re.fullmatch(r"\d+ rules, \d+ rule tests, 9 sources, 4 channels: all right\n", done.stdout)
    assert done.stderr == ""


def test_every_problem_is_printed_with_its_line_and_nothing_else(shop: Path, run: Run):
    (shop / "rules" / "more.yaml").write_text("- id: a\n  check: expcted_price\n- id: b\n  check: coverage\n  severty: minor\n")
    path = shop / "config" / "sources.yaml"
    path.write_text(path.read_text().replace("importer: table_file", "importer: tabel_file", 1))
    done = run("check")
    assert (done.returncode, done.stdout) == (2, "")
    problems = [line for line in done.stderr.splitlines() if not line.startswith("  fix: ")]
    assert [line.partition(": ")[0] for line in problems] == ["config/sources.yaml:4", "rules/more.yaml:2", "rules/more.yaml:5"]
    assert len(done.stderr.splitlines()) == 2 * len(problems)


def test_the_manual_of_a_kind_has_its_parameters_and_an_example(run: Run):
    done = run("docs", "expected_price")
    assert done.returncode == 0
    assert "Example::" in done.stdout
    for name in registry()["expected_price"].params.model_fields:
        assert f"    {name}: " in done.stdout


def test_the_former_name_of_docs_still_answers_but_is_not_offered(run: Run):
    assert run("show", "expected_price") == run("docs", "expected_price")
    assert " show " not in run("--help").stdout


def test_the_schema_is_json(run: Run):
    assert json.loads(run("schema").stdout) == rule_schema()


MORE = """\
- {id: no-such-channel, check: expected_price, where: channel = 'wbe'}
- {id: once, check: conflict, where: kvi}
- {id: again, check: conflict, where: kvi}
"""


def test_rules_that_make_no_sense_are_warnings_unless_one_is_strict(shop: Path, run: Run):
    (shop / "rules" / "more.yaml").write_text(MORE)
    done = run("check")
    assert done.returncode == 0
    assert done.stdout.endswith(": 2 warnings\n")
    dead, _, twice, _ = done.stderr.splitlines()
    assert dead.startswith("warning: rules/more.yaml:1: rule 'no-such-channel' can never find anything")
    assert twice == "warning: rules/more.yaml:3: rule 'again' repeats rule 'once' (rules/more.yaml:2)"
    assert "did you mean 'web'?" in done.stderr
    assert run("check", "--strict").returncode == 2


def test_a_mistake_in_a_rule_test_is_told_by_check_and_by_test(shop: Path, run: Run):
    (shop / "rules" / "more.test.yaml").write_text("- {name: a, rule: web-prise, findings: none}\n")
    for verb in ("check", "test"):
        done = run(verb)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("rules/more.test.yaml:1: there is no rule 'web-prise'\n  fix: did you mean 'web-price'?")


CASES = """\
- name: the price that was decided
  rule: web-price
  products: &products [{sku: A1, name: Espresso}]
  price_list: &prices [{sku: A1, zone: Z1, list_price: 12.99}]
  offers: [{channel: web, sku: A1, price: 12.99}]
  findings: none
- name: another price
  rule: web-price
  products: *products
  price_list: *prices
  offers: [{channel: web, sku: A1, price: 13.99}]
  findings: [{sku: A1, observed: 14.99}]
"""


def test_a_test_that_fails_is_shown_row_by_row_and_exits_1(shop: Path, run: Run):
    (shop / "rules" / "mine.test.yaml").write_text(CASES)
    done = run("test", "mine")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "rules/mine.test.yaml:7: failed: another price (rule web-price)\n"
        "      sku  observed\n"
        "  -   A1   14.99\n"
        "  +   A1   13.99\n"
        "\n"
        "2 rule tests: 1 failed\n"
    )
    done = run("test", "the price that was decided")
    assert (done.returncode, done.stdout) == (0, "1 rule test: all right\n")


def test_a_name_that_no_test_has_and_a_workspace_without_tests_are_told(shop: Path, run: Run):
    done = run("test", "price")
    assert done.returncode == 2
    assert "no rule test is about 'price'\n  fix: did you mean 'prices'?" in done.stderr
    for path in (shop / "rules").rglob("*.test.yaml"):
        path.unlink()
    assert run("test").stderr.startswith("rules/: there are no rule tests\n  fix: write rules/prices.test.yaml")


def test_an_unknown_kind_is_answered_with_the_kinds_there_are(run: Run):
    done = run("docs", "expcted_price")
    assert done.returncode == 2
    assert done.stderr.startswith("there is no check 'expcted_price'\n  fix: did you mean 'expected_price'? checks: ")


def test_outside_a_workspace_init_is_named(run: Run, tmp_path_factory: pytest.TempPathFactory):
    done = run("list", "--workspace", str(tmp_path_factory.mktemp("empty")))
    assert done.returncode == 2
    assert "pricewatch init" in done.stderr


@pytest.mark.parametrize("verb", ["list", "check", "test", "schema", "docs"])
def test_the_example_in_a_verbs_help_runs(run: Run, verb: str):
    text = run(verb, "--help").stdout
    example = text.partition("Example:")[2].split("\n\n")[1].split()
    assert example[:3] == ["pricewatch", "rules", verb]
    assert run(*example[2:]).returncode == 0
