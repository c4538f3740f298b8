"""The template of a workspace, and `pricewatch init`: a copy that works before it is edited.

The template exists once, in git: the repository's own `config/`, `rules/` and `spiders/`. A wheel carries those very folders
as `pricewatch/_template`; an editable install uses the checkout's.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pricewatch.domain.errors import Problems, UserError

PARTS = ("config", "rules", "spiders")

LEFT_OUT = ("__pycache__", "*.pyc", "*.local.yaml")
"""Compiled by pip inside the template; and the user's own secrets, should the checkout have any."""

GITIGNORE = "data/\ninbox/\noutbox/\nconfig/*.local.yaml\n__pycache__/\n"


def template() -> Traversable:
    """The folder that holds the template's parts: packaged in a wheel, the checkout itself when the install is editable."""
    packaged = files("pricewatch") / "_template"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2]


def init(target: Path) -> list[Path]:
    """Make a workspace in `target` and give the files written, relative to it, in order.

    Nothing that is there is overwritten: a folder with anything in its config/, rules/ or spiders/ is refused with all
    such folders named. An existing .gitignore is kept as it is.
    """
    if target.exists() and not target.is_dir():
        raise UserError("this is a file, not a folder", str(target), "name a folder that is new or empty")
    fix = "name a folder that is new or empty"
    taken = [part for part in PARTS if (target / part).exists() and _holds_something(target / part)]
    Problems.raise_if_any(
        [UserError(f"{part}/ is there already, and init overwrites nothing", str(target / part), fix) for part in taken]
    )
    written: list[Path] = []
    try:
        for part in PARTS:
            (target / part).mkdir(parents=True, exist_ok=True)
            for path, source in _files(template() / part, Path(part)):
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(source.read_bytes())
                written.append(path)
        if not (target / ".gitignore").exists():
            (target / ".gitignore").write_text(GITIGNORE, encoding="utf-8")
            written.append(Path(".gitignore"))
    except OSError as error:
        raise UserError(f"can't write here: {error.strerror}", str(target), "name a folder that you may write to") from None
    return written


def _holds_something(path: Path) -> bool:
    return not path.is_dir() or any(path.iterdir())


def _files(folder: Traversable, path: Path) -> Iterator[tuple[Path, Traversable]]:
    """Every file of a part, with its path in the workspace, in the order of names."""
    if not folder.is_dir():
        return
    for found in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if any(fnmatch(found.name, pattern) for pattern in LEFT_OUT):
            continue
        if found.is_dir():
            yield from _files(found, path / found.name)
        else:
            yield path / found.name, found
