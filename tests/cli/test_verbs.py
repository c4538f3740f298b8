"""What each verb answers: on the screen, to a program, to a scheduler. A small shop in files, processes of their own."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from pricewatch.cli import app
from pricewatch.domain import tables

Pricewatch = Callable[..., Any]
Process = Callable[..., CompletedProcess[str]]

NIGHT = "2026-03-13"

VERBS = (
    "init",
    "demo",
    "doctor",
    "collect",
    "audit",
    "export",
    "report",
    "incidents",
    "findings",
    "refused",
    "explain",
    "history",
    "runs",
    "waive",
    "waivers",
    "lint",
)


def help_of(*verb: str) -> str:
    """A verb's help, wide enough that no example is broken."""
    return CliRunner().invoke(app, [*verb, "--help"], env={"COLUMNS": "200"}).stdout


def examples(verb: str) -> list[str]:
    return [line.strip() for line in help_of(verb).split("\n") if line.strip().startswith("pricewatch ")]


def worst_finding(folder: Path, pricewatch: Pricewatch) -> str:
    """The id of the first finding there is."""
    found: list[dict[str, str]] = json.loads(pricewatch(folder, "findings", "--format", "json").stdout)
    return found[0]["fingerprint"]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_and_says_what_it_does(verb: str) -> None:
    assert examples(verb)
    assert verb in help_of()


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "demo"])
def test_the_example_of_every_help_works_as_printed(verb: str, audited: Path, pricewatch: Pricewatch) -> None:
    for example in examples(verb):
        # No finding's id is known before a night: the example's stands for the real one.
        words = [word.replace("f5f0c2", worst_finding(audited, pricewatch)[:8]) for word in shlex.split(example)[1:]]
        ran = pricewatch(audited, *words)
        assert ran.returncode in (0, 1), f"{example}\n{ran.stdout}{ran.stderr}"
        assert "Traceback" not in ran.stderr


def test_help_loads_nothing_heavy(shop: Path) -> None:
    heavy = "{'polars', 'scrapy', 'sqlmodel', 'sqlalchemy', 'pandera', 'pandas', 'twisted', 'babel', 'rich'}"
    code = f"import sys; from pricewatch.cli import main; main(sys.argv[1:]); print(sorted({heavy} & set(sys.modules)))"
    for verb in ((), *((verb,) for verb in VERBS), ("rules",), ("rules", "list")):
        ran = subprocess.run([sys.executable, "-c", code, *verb, "--help"], capture_output=True, text=True, check=True)
        assert ran.stdout.splitlines()[-1] == "[]", verb


def test_a_night_from_files_loads_no_crawler_no_validator_and_no_database_but_its_own(shop: Path) -> None:
    unused = "{'scrapy', 'twisted', 'pandera', 'pandas', 'pyspark', 'distributed', 'sqlalchemy.dialects.postgresql'}"
    code = f"import sys; from pricewatch.cli import main; main(sys.argv[1:]); print(sorted({unused} & set(sys.modules)))"
    audit = ("--workspace", str(shop), "audit", "--night", NIGHT)
    ran = subprocess.run([sys.executable, "-c", code, *audit], capture_output=True, text=True, check=True)
    assert "WHAT MATTERS" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--no-collect", "--fail-on", "critical"), 1),
        (("--no-collect",), 1),
        (("--no-collect", "--fail-on", "never"), 0),
    ],
)
def test_an_audit_answers_by_the_asked_severity(arguments: tuple[str, ...], code: int, audited: Path, a_process: Process) -> None:
    ran = a_process(audited, "audit", "--night", NIGHT, *arguments)
    assert ran.returncode == code
    assert "prices are wrong" in ran.stdout
    assert ran.stderr == ""


def test_a_source_that_fails_is_exit_3_and_the_others_are_judged(shop: Path, a_process: Process) -> None:
    (shop / f"inbox/{NIGHT}/app.csv").unlink()
    ran = a_process(shop, "audit", "--night", NIGHT)
    assert ran.returncode == 3
    assert "app failed: " in ran.stdout or "app missing: " in ran.stdout
    assert "WHAT MATTERS" in ran.stdout


def test_the_users_mistakes_are_told_all_at_once_with_places_and_exit_2(shop: Path, a_process: Process) -> None:
    (shop / "rules/prices.yaml").write_text("- {id: a, check: expected_pric, severty: major}\n")
    ran = a_process(shop, "audit", "--night", NIGHT)
    assert ran.returncode == 2
    assert "rules/prices.yaml:1" in ran.stderr
    assert "fix: " in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (shop / "data" / "pricewatch.db").exists()


def test_our_own_mistake_is_one_line_exit_4_and_a_saved_traceback(audited: Path, pricewatch: Pricewatch) -> None:
    # What no program of ours ever wrote, so that no message was written for it either.
    with closing(sqlite3.connect(audited / "data" / "pricewatch.db")) as database, database:
        database.execute("update runs set counts = '[1]'")
    ran = pricewatch(audited, "runs")
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr.count("\n") == 1
    saved = Path(ran.stderr.rsplit(" traceback in ", 1)[1].strip())
    assert saved.parent == audited / "data"
    assert saved.read_text().startswith("Traceback")


def test_ctrl_c_is_exit_130_and_no_traceback(shop: Path) -> None:
    # A rule file that nobody has written yet: when the pipe opens, the command is reading it.
    os.mkfifo(shop / "rules" / "more.yaml")
    # A shell that starts tests in the background has them ignore Ctrl-C, and children inherit that.
    code = "import signal, sys; signal.signal(2, signal.default_int_handler); from pricewatch.cli import main; sys.exit(main())"
    running = subprocess.Popen([sys.executable, "-c", code, "doctor"], cwd=shop, stderr=subprocess.PIPE, text=True)
    with (shop / "rules" / "more.yaml").open("w"):
        # Pressed until it ends: one that comes while Python runs a callback is lost, on any program.
        ended = None
        while ended is None:
            running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended = running.wait(timeout=2)
        assert ended == 130
    assert running.stderr is not None
    assert "Traceback" not in running.stderr.read()
    running.stderr.close()


def test_an_audit_says_on_demand_where_its_time_went(audited: Path, pricewatch: Pricewatch) -> None:
    ran = pricewatch(audited, "audit", "--night", NIGHT, "--no-collect", "--profile")
    told = ran.stdout.partition("WHERE THE TIME WENT")[2]
    assert all(stage in told for stage in ("normalise and match", "settle offers", "judge", "write store files"))
    assert "RULES, THE DEAREST FIRST" in told
    assert "WHERE THE TIME WENT" not in pricewatch(audited, "audit", "--night", NIGHT, "--no-collect").stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("fndings", "did you mean 'findings'"),
        ("audit --nite 2026-03-13", "--night"),
        ("report --night 13.3.2026", "'13.3.2026' is no day"),
        ("report --night 2026-03-12", "the newest is 2026-03-13"),
        ("explain ffffffffffffffff", "no finding's id starts with 'ffffffffffffffff'"),
        ("explain ''", "no finding's id starts with ''"),
        ("history A11", "did you mean 'A1'"),
        ("findings --state nwe", "did you mean 'new'"),
        ("findings --severity grave", "info, minor, major, critical"),
        ("findings --channel wbe", "did you mean 'web'"),
        ("collect webshp", "there are app, catalogue"),
        ("audit --fail-on bad", "'critical', 'never'"),
        ("export --format doc", "xlsx"),
        ("export --to f.doc", "csv, parquet, xlsx"),
        ("export --stores --to x.csv", "leave out --to"),
        ("--workspace nowhere runs", "pricewatch init"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(command: str, said: str, audited: Path, pricewatch: Pricewatch) -> None:
    ran = pricewatch(audited, *shlex.split(command))
    assert ran.returncode == 2, ran.stdout
    assert said.casefold() in ran.stderr.casefold()
    assert "fix: " in ran.stderr
    assert ran.stdout == ""


@pytest.mark.parametrize("verb", ["report", "findings", "incidents", "runs", "history A1", "explain 00", "export"])
def test_before_the_first_night_every_verb_says_what_to_do(verb: str, shop: Path, pricewatch: Pricewatch) -> None:
    ran = pricewatch(shop, *verb.split())
    assert ran.returncode == 2
    assert ran.stderr == "no night has been audited yet\n  fix: pricewatch demo, or pricewatch audit\n"
    assert not (shop / "data").exists()


@pytest.mark.parametrize(("verb", "table"), [("findings", "findings"), ("incidents", "incidents")])
def test_json_has_the_columns_of_the_table_and_money_as_decimal_text(
    verb: str, table: str, audited: Path, pricewatch: Pricewatch
) -> None:
    rows = json.loads(pricewatch(audited, verb, "--format", "json").stdout)
    assert [list(row) for row in rows] == [list(tables.schema(table))] * len(rows)
    assert rows[0]["impact"] == "225.00"
    assert rows[0]["night"] == NIGHT


def test_a_list_without_rows_is_an_empty_list(audited: Path, pricewatch: Pricewatch) -> None:
    assert json.loads(pricewatch(audited, "findings", "--sku", "nobody", "--format", "json").stdout) == []
    assert pricewatch(audited, "findings", "--sku", "nobody", "--format", "csv").stdout.count("\n") == 1


def test_csv_is_for_programs_and_carries_no_formula(audited: Path, pricewatch: Pricewatch) -> None:
    rows = list(csv.DictReader(io.StringIO(pricewatch(audited, "findings", "--format", "csv").stdout)))
    evil = [row for row in rows if row["sku"] == "A3"]
    assert [row["name"] for row in evil] == ['\'=HYPERLINK("http://evil")']
    assert {row["delta"] for row in rows} == {"22.50", "-1.00", "1.00", "0.25"}


def test_findings_are_narrowed_by_what_is_asked(audited: Path, pricewatch: Pricewatch) -> None:
    def skus(*options: str) -> list[str]:
        return sorted(row["sku"] for row in json.loads(pricewatch(audited, "findings", "-f", "json", *options).stdout))

    assert skus() == ["A1", "A2", "A2", "A3"]
    assert skus("--channel", "store") == ["A2", "A3"]
    assert skus("--location", "0417", "--sku", "A3") == ["A3"]
    assert skus("--state", "resolved") == []
    assert skus("--state", "all", "--limit", "1") == ["A2"]
    assert skus("--severity", "critical", "--rule", "decided-price", "--channel", "app") == ["A2"]
    incident = json.loads(pricewatch(audited, "incidents", "-f", "json").stdout)[0]["incident"]
    assert skus("--incident", incident) == ["A2"]


def test_one_finding_is_told_from_the_decided_row_to_the_line_that_was_seen(audited: Path, pricewatch: Pricewatch) -> None:
    found = json.loads(pricewatch(audited, "findings", "-f", "json", "--channel", "web").stdout)
    told = pricewatch(audited, "explain", found[0]["fingerprint"][:10]).stdout
    for proof in (
        "list price 12.99 since 2026-03-09 [inbox/central/price_list.csv:3]",
        f"inbox/{NIGHT}/webshop.csv:2",
        "price change has not arrived",
        "[inbox/central/price_list.csv:2]",
        "40.00 EUR a week",
        "Everybody pays the decided price.",
    ):
        assert proof in told


def test_an_id_that_fits_several_findings_names_them(audited: Path, pricewatch: Pricewatch) -> None:
    with closing(sqlite3.connect(audited / "data" / "pricewatch.db")) as database, database:
        database.execute("update findings set fingerprint = 'abc' || substr(fingerprint, 4)")
    ran = pricewatch(audited, "explain", "abc")
    assert ran.returncode == 2
    assert "4 findings' ids start with 'abc'" in ran.stderr
    assert "app shows 25.00 where 2.50 was decided" in ran.stderr
    assert "fix: pricewatch explain abc" in ran.stderr


def test_the_history_of_a_product_names_places_and_prices(audited: Path, pricewatch: Pricewatch) -> None:
    rows = json.loads(pricewatch(audited, "history", "A1", "-f", "json").stdout)
    assert [(row["channel"], row["location"], row["price"], row["currency"]) for row in rows] == [
        ("app", None, "12.99", "EUR"),
        ("store", "0009", "12.99", "EUR"),
        ("store", "0417", "12.99", "EUR"),
        ("web", None, "11.99", "EUR"),
    ]
    assert "store 0417" in pricewatch(audited, "history", "A1").stdout


def test_the_runs_are_listed(audited: Path, pricewatch: Pricewatch) -> None:
    [row] = json.loads(pricewatch(audited, "runs", "--format", "json").stdout)
    assert (row["night"], row["status"], row["offers"]) == (NIGHT, "complete", 10)


@pytest.mark.parametrize("name", ["f.csv", "f.parquet", "f.xlsx"])
def test_an_export_goes_by_the_files_ending(name: str, audited: Path, pricewatch: Pricewatch) -> None:
    ran = pricewatch(audited, "export", "--to", name)
    assert (ran.returncode, ran.stdout) == (0, f"{name}\n")
    readers = {"csv": pl.read_csv, "parquet": pl.read_parquet, "xlsx": pl.read_excel}
    assert readers[name.partition(".")[2]](audited / name).height == 4


def test_store_files_are_delivered_with_the_audit_and_again_on_demand(audited: Path, pricewatch: Pricewatch) -> None:
    outbox = audited / "outbox" / NIGHT
    before = {path.name: path.read_bytes() for path in outbox.iterdir()}
    assert set(before) == {"0417.csv", "manifest.json"}
    (outbox / "0417.csv").unlink()
    assert pricewatch(audited, "export", "--stores").returncode == 0
    assert {path.name: path.read_bytes() for path in outbox.iterdir()} == before


def test_the_same_night_twice_gives_the_same_findings(audited: Path, pricewatch: Pricewatch) -> None:
    before = pricewatch(audited, "findings", "--format", "json").stdout
    pricewatch(audited, "audit", "--night", NIGHT, "--no-collect")
    after = pricewatch(audited, "findings", "--format", "json").stdout
    assert [row["fingerprint"] for row in json.loads(after)] == [row["fingerprint"] for row in json.loads(before)]
    assert {row["state"] for row in json.loads(after)} == {"new"}


def test_the_workspace_is_found_upwards_and_named_before_or_behind_the_verb(
    audited: Path, tmp_path: Path, pricewatch: Pricewatch
) -> None:
    told = pricewatch(audited, "runs").stdout
    assert pricewatch(audited / "config", "runs").stdout == told
    assert pricewatch(tmp_path, "runs", "--workspace", "shop").stdout == told
    assert pricewatch(tmp_path, "--workspace", "shop", "runs").stdout == told
    assert pricewatch(tmp_path, "-w", "shop", "rules", "list").returncode == 0
    assert pricewatch(tmp_path, "runs", PRICEWATCH_WORKSPACE=str(audited)).stdout == told
    assert pricewatch(tmp_path, "-w", "shop", "runs", PRICEWATCH_WORKSPACE="/nowhere").stdout == told


def test_a_reader_that_has_had_enough_ends_it_quietly(audited: Path) -> None:
    line = f"{shlex.quote(sys.executable)} -m pricewatch findings --format csv | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", line], cwd=audited, capture_output=True, text=True, check=True)
    assert ran.stdout == "0\n"
    assert ran.stderr == ""


def test_a_terminal_that_knows_ascii_only_still_gets_its_report(audited: Path, a_process: Process) -> None:
    (audited / "config" / "workspace.yaml").write_text("name: Épicerie\n", encoding="utf-8")
    ran = a_process(audited, "audit", "--night", NIGHT, "--no-collect", PYTHONIOENCODING="ascii")
    assert ran.returncode == 1
    assert "?picerie, night of" in ran.stdout


def test_a_wider_screen_shows_more(audited: Path, pricewatch: Pricewatch) -> None:
    assert "no room for" in pricewatch(audited, "findings", COLUMNS="80").stdout
    assert "no room for" not in pricewatch(audited, "findings", COLUMNS="220").stdout


def test_the_version_is_told(shop: Path, pricewatch: Pricewatch) -> None:
    assert pricewatch(shop, "--version").stdout.startswith("pricewatch ")
