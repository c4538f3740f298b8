"""Can this workspace work tonight? Every answer with its fix, and nothing is touched by asking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pricewatch.runs.doctor import Answer, diagnose_workspace
from pricewatch.store.database import Database
from pricewatch.workspace import Workspace
from pricewatch.workspace.starter import init

NIGHT = date(2026, 3, 13)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PRICEWATCH_DATABASE", raising=False)
    monkeypatch.delenv("PRICEWATCH_DEMO_SHOP", raising=False)
    init(tmp_path)
    return tmp_path


@pytest.fixture
def asked(shop: Path) -> Callable[[], dict[str, Answer]]:
    return lambda: {answer.what: answer for answer in diagnose_workspace(Workspace.load(shop), night=NIGHT)}


def _deliver(shop: Path, name: str) -> None:
    path = shop / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")


def test_only_asking_leaves_the_workspace_as_it_was(shop, asked):
    before = sorted(shop.rglob("*"))
    asked()
    assert sorted(shop.rglob("*")) == before


def test_everything_that_is_wrong_has_a_fix_and_everything_that_is_right_has_none(asked):
    answers = asked().values()
    assert all(answer.fix for answer in answers if answer.ok is False)
    assert not any(answer.fix for answer in answers if answer.ok is True)
    assert all(answer.detail for answer in answers)


def test_programs_configuration_rules_spiders_importers_folders_and_disk_are_right_in_a_new_workspace(asked):
    found = asked()
    parts = (
        "Python",
        "Polars",
        "config/",
        "rules/",
        "spiders/webshop.py",
        "importer table_file",
        "data folder",
        "outbox",
        "disk",
    )
    assert {part: found[part].ok for part in parts} == dict.fromkeys(parts, True)


def test_a_central_file_that_is_not_there_must_be_mended(shop, asked):
    assert asked()["source catalogue"].ok is False
    assert "no file matches inbox/central/catalogue.csv" in asked()["source catalogue"].detail
    _deliver(shop, "inbox/central/catalogue.csv")
    assert asked()["source catalogue"].ok is True


def test_tonights_files_may_still_come_and_are_counted_when_they_are_there(shop, asked):
    _deliver(shop, "inbox/2026-03-12/tills/0417.csv.gz")
    assert asked()["source tills"].ok is None
    assert "2026-03-13" in asked()["source tills"].detail
    for name in ("0417.csv.gz", "0418.csv.gz", "0419.csv.gz.part"):
        _deliver(shop, f"inbox/2026-03-13/tills/{name}")
    assert asked()["source tills"].ok is True
    assert asked()["source tills"].detail.startswith("2 files, newest of ")


def test_a_site_is_not_asked_and_its_path_is_not_shown(asked, monkeypatch):
    monkeypatch.setenv("PRICEWATCH_DEMO_SHOP", "https://user:secret@shop.example/token-123")
    answer = asked()["source webshop"]
    assert answer.ok is None
    assert answer.detail == "https://shop.example: not asked; pricewatch collect webshop does"


def test_a_spider_with_a_syntax_error_names_its_line(shop, asked):
    (shop / "spiders" / "webshop.py").write_text("class Webshop:\n    def read(self:\n")
    answer = asked()["spiders/webshop.py"]
    assert answer.ok is False
    assert answer.fix == "mend spiders/webshop.py:2"


def test_a_spider_is_compiled_but_never_run(shop, asked):
    (shop / "spiders" / "webshop.py").write_text("raise SystemExit('run')\n")
    assert asked()["spiders/webshop.py"].ok is True


def test_a_workspace_without_rules_would_find_nothing(shop, asked):
    for path in (shop / "rules").rglob("*.yaml"):
        path.unlink()
    assert asked()["rules/"].ok is False


def test_an_importer_that_nobody_wrote_names_the_sources_that_would_fail(shop, asked):
    path = shop / "config" / "sources.yaml"
    path.write_text(path.read_text().replace("importer: table_file", "importer: tabel_file"))
    answer = asked()["importer tabel_file"]
    assert answer.ok is False
    assert "catalogue" in answer.detail
    assert answer.fix.startswith("did you mean 'table_file'?")


@pytest.mark.parametrize(
    ("source", "options", "what", "fix"),
    [
        ("app", "{profile: shopfy}", "there is no profile 'shopfy'", "did you mean 'shopify'?"),
        ("app", "{timeout: 5, paging: {by: page, siez: 9}}", "no key 'siez' in 'paging'", "did you mean 'size'?"),
        ("webshop", "{sitemp: /map.xml}", "no option 'sitemp'", "did you mean 'sitemap'?"),
    ],
)
def test_a_mistake_in_the_options_of_a_source_is_told_before_a_night_meets_it(shop, asked, source, options, what, fix):
    path = shop / "config" / "sources.yaml"
    path.write_text(path.read_text().replace(f"- id: {source}\n", f"- id: {source}\n  options: {options}\n"))
    answer = asked()[f"options of source '{source}'"]
    assert answer.ok is False
    assert what in answer.detail
    assert fix in answer.fix


def test_a_folder_that_cannot_be_written_must_be_mended(shop, asked):
    path = shop / "config" / "workspace.yaml"
    path.write_text("name: Shop\ndata: /proc/pricewatch\n")
    answer = asked()["data folder"]
    assert answer.ok is False
    assert "can't be written" in answer.detail


def test_the_database_is_made_by_the_first_run_and_opened_after_it(shop, asked):
    assert asked()["database"].ok is None
    (shop / "data").mkdir()
    Database(f"sqlite:///{shop / 'data' / 'pricewatch.db'}").close()
    assert asked()["database"].ok is True
    assert asked()["database"].detail.endswith("no night yet")


def test_a_database_that_cannot_be_opened_must_be_mended(shop, asked):
    _deliver(shop, "data/pricewatch.db")
    (shop / "data" / "pricewatch.db").write_bytes(b"this is no database, and long enough to be looked at" * 40)
    assert asked()["database"].ok is False
    assert asked()["database"].fix
