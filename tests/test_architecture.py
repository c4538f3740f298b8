"""What holds the building together, read from the files themselves: layers, purity, names, sizes, manuals, nothing private."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pricewatch
from pricewatch.domain import tables
from pricewatch.engine.checks import Check, registry

CHECKOUT = Path(__file__).resolve().parents[1]
ENGINE = sorted((CHECKOUT / "pricewatch" / "engine").rglob("*.py"))
CHECKS = sorted((CHECKOUT / "pricewatch" / "engine" / "checks").glob("*.py"))

PUBLIC = (
    *("Audit", "Central", "Memory", "Params", "Rule", "Run", "UserError", "Workspace", "World"),
    *("audit", "check", "mismatches", "run_night", "suspects"),
)
"""`pricewatch.__all__`, frozen here: a name is added on purpose, and taken away with a word in the changelog."""

PLAIN = {
    *("audience", "channel_kind", "check", "clearance", "content_unit", "direction", "findings", "fix", "market", "mechanic"),
    *("newest", "night", "owner", "places", "rank", "reason", "rule", "seconds", "severity", "skus", "started_at", "starts_at"),
    *("state", "status", "waived_by", "waived_until", "who", "why"),
}
"""Columns that need no description: their name says it, or the list of their values does."""

IMPURE = re.compile(r"(scan|read|write|sink)_\w+|now|today|open|print")


def _tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [CHECKOUT / name for name in done.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


def _calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of every call in a file: `collect` for `offers.collect()`, `open` for `open(...)`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            yield node.lineno, called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _where(path: Path, line: int) -> str:
    return f"{path.relative_to(CHECKOUT)}:{line}"


def test_the_data_goes_one_way():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_engine_touches_no_file_clock_or_terminal():
    found = [f"{_where(path, line)} {name}()" for path in ENGINE for line, name in _calls(path) if IMPURE.fullmatch(name)]
    assert found == []


def test_a_check_stays_lazy():
    found = [_where(path, line) for path in CHECKS for line, name in _calls(path) if name.startswith("collect")]
    assert found == []


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_a_kind_of_check_has_a_file_a_test_and_a_manual_with_an_example(kind: Check):
    assert (CHECKOUT / "pricewatch" / "engine" / "checks" / f"{kind.name}.py").is_file()
    assert (CHECKOUT / "tests" / "engine" / "checks" / f"test_{kind.name}.py").is_file()
    assert kind.summary.endswith(".")
    assert f"check: {kind.name}" in kind.example


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_table_says_what_one_row_of_it_is(name: str):
    assert tables.TABLES[name].__doc__


def test_every_column_is_described_in_one_table_at_least_or_is_plain():
    described: dict[str, bool] = {}
    for table in tables.TABLES.values():
        for name, column in table.columns.items():
            described[name] = described.get(name, False) or bool(column.description)
    assert {name for name, said in described.items() if not said} == PLAIN


def test_the_public_names_are_those_agreed_on_and_each_can_be_had():
    assert tuple(pricewatch.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(pricewatch, name) is not None


def test_importing_the_package_loads_nothing_heavy():
    program = (
        "import pricewatch, sys; print([m for m in ('polars', 'scrapy', 'pandera', 'sqlmodel', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "module", ["pricewatch.runs", "pricewatch.cli", "pricewatch.store", "pricewatch.workspace", "pricewatch.engine"]
)
def test_the_tree_carries_its_own_map(module: str):
    assert len((importlib.import_module(module).__doc__ or "").splitlines()) > 1


def test_no_file_is_two_subjects():
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _tracked() if path.suffix == ".py"}
    assert [f"{path.relative_to(CHECKOUT)}: {lines} lines" for path, lines in sizes.items() if lines > 400] == []


def test_locked_versions_name_no_registry():
    locks = sorted(CHECKOUT.glob("requirements*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        assert not re.search(r"^\s*--(extra-)?index-url|^\s*--find-links", text, re.MULTILINE), lock.name
        assert "--hash=sha256:" in text, lock.name


def test_no_file_names_a_folder_of_somebodys_machine():
    homes = "|".join(("home", "Users", "root", "work"))
    private = re.compile(rf"(?<![\w.:/-])/(?:{homes})/\w|{re.escape(str(CHECKOUT))}/")
    found = []
    for path in _tracked():
        if path.suffix in (".png", ".gz", ".xlsx", ".parquet"):
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [_where(path, number) for number, line in enumerate(lines, start=1) if private.search(line)]
    assert found == []
