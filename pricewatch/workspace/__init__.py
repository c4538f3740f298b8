"""What the user owns, read whole: `config/`, `rules/`, `spiders/`. Found upwards from here; all problems at once.

- `config`: the models of `config/*.yaml`
- `yamlfile`: YAML with line numbers; `mistakes`: what pydantic found wrong, in words
- `references`: what one file says about another: markets, channels, leaders, spiders, importers
- `rules`: `rules/**/*.yaml`, the header and the kind's own parameters; `rule_models`: what the header and a law pack may say
- `rule_tests`: `rules/*.test.yaml`, in `small_tables`; `rule_warnings`: rules that make no sense; `rule_schema`: for editors
- `waivers`: `config/waivers.yaml`, where there is one
- `frames`: markets, channels and sources as the engine is given them
- `starter`: the template, and `pricewatch init`
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from pricewatch.domain.errors import Problems, UserError, WorkspaceError
from pricewatch.workspace import references, yamlfile
from pricewatch.workspace.config import Channel, Market, Source, WorkspaceFile
from pricewatch.workspace.references import Entry
from pricewatch.workspace.yamlfile import Document

if TYPE_CHECKING:
    import polars as pl

    from pricewatch.engine.world import Rule
    from pricewatch.workspace.waivers import Waiver

MARK = Path("config/workspace.yaml")
"""Its presence marks the root of a workspace."""

ROOT_VARIABLE = "PRICEWATCH_WORKSPACE"
DATABASE_VARIABLE = "PRICEWATCH_DATABASE"

CONFIG_FILES = ("workspace.yaml", "markets.yaml", "channels.yaml", "sources.yaml")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Workspace:
    """One retailer's workspace, loaded and found right. Nothing in it was executed: spiders are only known by name."""

    root: Path
    file: WorkspaceFile
    markets: tuple[Market, ...] = ()
    channels: tuple[Channel, ...] = ()
    sources: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    database: str | None = None
    """The database's URL, where the environment gives one (`PRICEWATCH_DATABASE`)."""

    @property
    def data(self) -> Path:
        """pricewatch's own state: landing, lake, database."""
        return self.root / self.file.data

    @property
    def inbox(self) -> Path:
        """Where deliveries arrive."""
        return self.root / self.file.inbox

    @property
    def outbox(self) -> Path:
        """Store files and exports."""
        return self.root / self.file.outbox

    @property
    def landing(self) -> Path:
        """Raw rows as they came, a folder a night."""
        return self.data / "landing"

    @property
    def lake(self) -> Path:
        """Offers and price history as Parquet."""
        return self.data / "lake"

    @property
    def spiders(self) -> Path:
        """The retailer's own crawlers."""
        return self.root / "spiders"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of runs, findings and waivers: SQLite below `data`, unless the environment names another."""
        return self.database or f"sqlite:///{self.data / 'pricewatch.db'}"

    @staticmethod
    def find(start: Path | None = None) -> Path:
        """The root at or above `start`; without `start`, the one that `PRICEWATCH_WORKSPACE` names, else at or above here.

        Raises `WorkspaceError` when there is none.
        """
        named = os.environ.get(ROOT_VARIABLE)
        if start is None and named:
            root = Path(named).expanduser().resolve()
            if (root / MARK).is_file():
                return root
            raise WorkspaceError(
                f"{ROOT_VARIABLE} names a folder without {MARK}", named, f"correct it, or make one with: pricewatch init {named}"
            )
        begin = (start or Path.cwd()).expanduser().resolve()
        for folder in (begin, *begin.parents):
            if (folder / MARK).is_file():
                return folder
        raise WorkspaceError(
            f"there is no workspace: no {MARK} in this folder or above it",
            str(begin),
            "go to one, or make one with: pricewatch init",
        )

    @staticmethod
    def at(root: Path) -> Path:
        """The folder itself, absolute; raises `WorkspaceError` when it is not the root of a workspace."""
        root = root.expanduser().resolve()
        if not (root / MARK).is_file():
            raise WorkspaceError(f"this folder has no {MARK}", str(root), f"make a workspace there with: pricewatch init {root}")
        return root

    @staticmethod
    def load(root: Path, *, importers: Collection[str] | None = None) -> Workspace:
        """The whole workspace at `root`; raises every problem of every file at once (`Problems`, or the one `UserError`).

        `importers` are the names of the importers there are; without them a source's importer is taken as given (the
        layers forbid asking `collect` from here).
        """
        from pricewatch.workspace.rules import read_rules
        from pricewatch.workspace.waivers import FILE as WAIVERS
        from pricewatch.workspace.waivers import read_waivers

        root = Workspace.at(root)
        problems: list[UserError] = references.stray_files(root / "config", (*CONFIG_FILES, WAIVERS))
        file = _one(root, problems)
        markets, market_entries = _list(root, "markets.yaml", Market, problems)
        channels, channel_entries = _list(root, "channels.yaml", Channel, problems)
        sources, source_entries = _list(root, "sources.yaml", Source, problems)
        problems += references.check_all(root, market_entries, channel_entries, source_entries, importers)
        rules, wrong = read_rules(root / "rules")
        waivers, unwaivable = read_waivers(root, datetime.now(UTC).date())
        Problems.raise_if_any(_by_line([*problems, *unwaivable, *wrong]))
        assert file is not None
        return Workspace(
            root,
            file,
            tuple(markets),
            tuple(channels),
            tuple(sources),
            tuple(_here(rule, markets) for rule in rules),
            tuple(waivers),
            os.environ.get(DATABASE_VARIABLE) or None,
        )

    def market_frame(self) -> pl.DataFrame:
        """Markets as `engine.world.MARKETS`: one row a market."""
        from pricewatch.workspace.frames import market_frame

        return market_frame(self.markets)

    def channel_frame(self) -> pl.DataFrame:
        """Channels as `engine.world.CHANNELS`: one row a channel; corridors in basis points."""
        from pricewatch.workspace.frames import channel_frame

        return channel_frame(self.channels, self.markets)

    def rate_frame(self) -> pl.DataFrame:
        """Declared exchange rates as `engine.world.RATES`."""
        from pricewatch.workspace.frames import rate_frame

        return rate_frame(self.markets)

    def waiver_frame(self) -> pl.DataFrame:
        """Waivers of `config/waivers.yaml` as `domain.tables.Waivers`."""
        from pricewatch.workspace.waivers import waiver_frame

        return waiver_frame(self.waivers)

    def source_frame(self) -> pl.DataFrame:
        """Sources as `domain.tables.Sources`: one row a source; currency and time zone are the market's where it says none."""
        from pricewatch.workspace.frames import source_frame

        return source_frame(self.sources, self.markets)


def _one(root: Path, problems: list[UserError]) -> WorkspaceFile | None:
    """`config/workspace.yaml`; its problems are added to the list."""
    document = _document(root, "workspace.yaml", problems)
    if document is None:
        return None
    value, wrong = yamlfile.check(document, WorkspaceFile)
    problems += wrong
    return value


def _list(root: Path, name: str, model: type[M], problems: list[UserError]) -> tuple[list[M], list[Entry]]:
    """One file that is a list of things with ids: those that are right, and all as they are written."""
    document = _document(root, name, problems)
    if document is None:
        return [], []
    noun = str(model.model_config["title"])
    if not isinstance(document.value, list) or not document.value:
        problems.append(UserError(f"this file is a list of {noun}s", document.place(), f"begin each {noun} with - id: ..."))
        return [], []
    good: list[M] = []
    for index in range(len(document.value)):
        value, wrong = yamlfile.check(document, model, (index,))
        problems += wrong
        if value is not None:
            good.append(value)
    return good, references.entries(document, noun)


def _by_line(problems: list[UserError]) -> list[UserError]:
    """Problems in the order of the files, and in each file of its lines."""
    files = [f"config/{name}" for name in CONFIG_FILES]
    files += sorted({problem.where.partition(":")[0] for problem in problems} - set(files))

    def position(problem: UserError) -> tuple[int, int]:
        file, _, line = problem.where.partition(":")
        return files.index(file), int(line) if line.isdigit() else 0

    return sorted(problems, key=position)


def _document(root: Path, name: str, problems: list[UserError]) -> Document | None:
    """One file of `config/`, with the environment in it; None and a problem when it can't be read."""
    try:
        document = yamlfile.read(root / "config" / name, f"config/{name}", environment=os.environ)
    except UserError as problem:
        problems.append(problem)
        return None
    problems += document.problems
    return document


def _here(rule: Rule, markets: Sequence[Market]) -> Rule:
    """The rule, not enabled where it is another market's law: it is listed, and does not run."""
    elsewhere = rule.markets and not set(rule.markets) & {market.id for market in markets}
    return replace(rule, enabled=False) if elsewhere else rule
