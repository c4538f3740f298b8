"""`init`: a workspace that works before it is edited, and never over somebody's own files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace import Workspace
from pricewatch.workspace.starter import GITIGNORE, init, template

CHECKOUT = Path(__file__).resolve().parents[2]


def test_a_new_workspace_is_right_before_it_is_edited(tmp_path: Path):
    written = init(tmp_path / "shop")
    assert Path("config/workspace.yaml") in written
    assert Workspace.load(tmp_path / "shop").rules


def test_what_is_told_as_written_is_all_that_is_there(tmp_path: Path):
    written = init(tmp_path)
    assert sorted(written) == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())


def test_the_template_is_what_git_knows_byte_for_byte(tmp_path: Path):
    listed = subprocess.run(
        ["git", "ls-files", "config", "rules", "spiders"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    init(tmp_path)
    for name in listed.stdout.split():
        if (CHECKOUT / name).is_file():
            assert (tmp_path / name).read_bytes() == (CHECKOUT / name).read_bytes()


def test_compiled_files_and_secrets_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pattern = tmp_path / "pattern"
    for name in ("config/a.yaml", "config/a.local.yaml", "spiders/__pycache__/a.pyc", "spiders/pages/a/b.html", "rules/r.yaml"):
        (pattern / name).parent.mkdir(parents=True, exist_ok=True)
        (pattern / name).write_text("x")
    monkeypatch.setattr("pricewatch.workspace.starter.template", lambda: pattern)
    assert [path.as_posix() for path in init(tmp_path / "new")] == [
        "config/a.yaml",
        "rules/r.yaml",
        "spiders/pages/a/b.html",
        ".gitignore",
    ]


def test_git_will_not_take_state_and_secrets(tmp_path: Path):
    init(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == GITIGNORE
    assert {"data/", "inbox/", "outbox/", "config/*.local.yaml"} <= set(GITIGNORE.split())


def test_an_existing_gitignore_is_kept(tmp_path: Path):
    (tmp_path / ".gitignore").write_text("mine\n")
    assert Path(".gitignore") not in init(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_nothing_is_overwritten_and_every_folder_in_the_way_is_named(tmp_path: Path):
    for part in ("config", "rules"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "mine.yaml").write_text("x")
    with pytest.raises(Problems, match=r"(?s)config/ is there already.*rules/ is there already"):
        init(tmp_path)
    assert not (tmp_path / "spiders").exists()


def test_empty_folders_are_not_in_the_way(tmp_path: Path):
    (tmp_path / "config").mkdir()
    assert init(tmp_path)


def test_a_file_is_no_place_for_a_workspace(tmp_path: Path):
    (tmp_path / "shop").write_text("x")
    with pytest.raises(UserError, match="this is a file, not a folder"):
        init(tmp_path / "shop")


def test_the_template_of_a_checkout_is_the_checkout():
    assert Path(str(template())) == CHECKOUT
