"""What one file of `config/` says about another, or about the folder: does it exist, and does it make sense?

Judged on what is *written*, key by key, not on the models: an entry with one mistake is told its other ones too, and a source
that names a market with a mistake in it is not told that there is no such market.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import list_currencies

from pricewatch.domain.errors import UserError
from pricewatch.workspace.mistakes import Loc, did_you_mean, subject
from pricewatch.workspace.yamlfile import Document

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Entry:
    """One thing of a list in `config/`, as it is written."""

    noun: str
    written: dict[str, Any]
    document: Document
    loc: Loc

    @property
    def who(self) -> str:
        """`source 'tills'`."""
        return subject(self.noun, self.written) or f"a {self.noun} without an id"

    def text(self, key: str, shape: re.Pattern[str] | None = None) -> str | None:
        """The text at a key; None where there is none, or where it was complained about already."""
        value = self.written.get(key)
        right = isinstance(value, str) and value and (*self.loc, key) not in self.document.unresolved
        return value if right and (shape is None or shape.fullmatch(str(value))) else None

    def place(self, *keys: str) -> str:
        """`config/channels.yaml:7`."""
        return self.document.place((*self.loc, *keys))


def entries(document: Document | None, noun: str) -> list[Entry]:
    """The things of one file that are mappings at all; none when the file could not be read."""
    listed = document.value if document is not None and isinstance(document.value, list) else []
    assert document is not None or not listed
    return [Entry(noun, item, document, (index,)) for index, item in enumerate(listed) if document and isinstance(item, dict)]


def check_all(
    root: Path, markets: Sequence[Entry], channels: Sequence[Entry], sources: Sequence[Entry], importers: Collection[str] | None
) -> list[UserError]:
    """Every problem between the files of one workspace. A file without entries is not held against the others."""
    return [
        *_twice(markets),
        *_twice(channels),
        *_twice(sources),
        *(problem for market in markets for problem in (*_currency(market), *_zone(market))),
        *_channels(channels, markets),
        *_cycles(channels),
        *(problem for source in sources for problem in (*_currency(source), *_zone(source), *_files(source))),
        *_sources(sources, markets, channels),
        *_readers(root, sources, importers),
    ]


def stray_files(folder: Path, known: Sequence[str]) -> list[UserError]:
    """Files of `config/` that would be ignored without a word: misspelt, or `.yml`. `*.local.yaml` are the user's own."""
    problems = []
    for path in sorted(folder.glob("*.y*ml")):
        if path.name in known or path.name.endswith(".local.yaml"):
            continue
        meant = path.with_suffix(".yaml").name
        fix = f"rename it to {meant}" if meant in known else did_you_mean(path.name, known, "the files of config/ are")
        problems.append(UserError("pricewatch does not read a file of this name", f"config/{path.name}", fix))
    return problems


def _ids(listed: Sequence[Entry]) -> list[str]:
    """Every id, in the file's order, once."""
    return list(dict.fromkeys(identity for entry in listed if (identity := entry.text("id")) is not None))


def _twice(listed: Sequence[Entry]) -> Iterator[UserError]:
    first: dict[str, str] = {}
    for entry in listed:
        identity, where = entry.text("id"), entry.place("id")
        if identity is None:
            continue
        if identity in first:
            what = f"there are two {entry.noun}s '{identity}'; the other is {first[identity]}"
            yield UserError(what, where, "give one of them another id")
        first.setdefault(identity, where)


def _currency(entry: Entry) -> Iterator[UserError]:
    currency = entry.text("currency", _CURRENCY)
    if currency is not None and currency not in list_currencies():
        what = f"{entry.who}: there is no currency '{currency}'"
        yield UserError(what, entry.place("currency"), "write its ISO 4217 code, for example EUR")


@cache
def _zones() -> frozenset[str]:
    """Every zone of this machine: the names of some hundred files, read once."""
    return frozenset(available_timezones())


def _zone(entry: Entry) -> Iterator[UserError]:
    zone = entry.text("time_zone")
    if zone is None:
        return
    zones = _zones()
    try:
        ZoneInfo(zone)
        known = zone in zones  # on some machines the files do not care for case; ours may
    except (KeyError, ValueError, OSError):
        known = False
    if not known:
        folded = {name.lower(): name for name in zones}
        close = folded.get(zone.lower()) or next(iter(get_close_matches(zone, sorted(zones), n=1)), None)
        fix = f"did you mean '{close}'?" if close else "write the IANA name of a city's zone, for example Europe/Paris"
        yield UserError(f"{entry.who}: there is no time zone '{zone}'", entry.place("time_zone"), fix)


def _exists(entry: Entry, key: str, there: Sequence[Entry]) -> Iterator[UserError]:
    """The id at a key is one of those there are; an empty file says so itself and is not held against others."""
    named = entry.text(key, _ID)
    if named is not None and there and named not in _ids(there):
        noun = there[0].noun
        fix = did_you_mean(named, _ids(there), f"{noun}s")
        yield UserError(f"{entry.who}: there is no {noun} '{named}'", entry.place(key), fix)


def _leader(channel: Entry) -> tuple[str, str] | None:
    """The channel that this one follows, and the key of its role that says so."""
    role = channel.written.get("role")
    for key in ("same_as", "within"):
        if isinstance(role, dict) and isinstance(role.get(key), str):
            return role[key], key
    return None


def _channels(channels: Sequence[Entry], markets: Sequence[Entry]) -> Iterator[UserError]:
    market_of = {channel.text("id"): channel.text("market") for channel in channels}
    for channel in channels:
        yield from _exists(channel, "market", markets)
        follows = _leader(channel)
        if follows is None:
            continue
        leader, key = follows
        where, market = channel.place("role", key), channel.text("market")
        others = [name for name in _ids(channels) if name != channel.text("id")]
        if leader not in market_of:
            yield UserError(
                f"{channel.who}: there is no channel '{leader}' to follow", where, did_you_mean(leader, others, "channels")
            )
        elif {market, market_of[leader]} <= set(_ids(markets)) and market_of[leader] != market:
            what = f"{channel.who} of market '{market}' follows '{leader}' of market '{market_of[leader]}'"
            here = [name for name in others if market_of[name] == market]
            yield UserError(what, where, f"follow a channel of the same market: {', '.join(here) or 'there is none yet'}")


def _cycles(channels: Sequence[Entry]) -> Iterator[UserError]:
    """Channels that follow each other in a circle: each circle is told once, at its first channel in the file."""
    by_id = {identity: channel for channel in channels if (identity := channel.text("id")) is not None}
    follows = {identity: found[0] for identity, channel in by_id.items() if (found := _leader(channel)) is not None}
    told: set[str] = set()
    for start in follows:
        path: list[str] = []
        step: str | None = start
        while step is not None and step not in path:
            path.append(step)
            step = follows.get(step)
        if step == start and start not in told:
            told.update(path)
            circle = " -> ".join([*path, start])
            where = by_id[start].place("role")
            yield UserError(f"channels follow each other in a circle: {circle}", where, "make one of them the leader")


def _sources(sources: Sequence[Entry], markets: Sequence[Entry], channels: Sequence[Entry]) -> Iterator[UserError]:
    market_of = {channel.text("id"): channel.text("market") for channel in channels}
    for source in sources:
        yield from _exists(source, "market", markets)
        yield from _exists(source, "channel", channels)
        market, channel = source.text("market"), source.text("channel")
        theirs = market_of.get(channel) if channel is not None else None
        if {market, theirs} <= set(_ids(markets)) and theirs != market:
            what = f"{source.who} of market '{market}' names channel '{channel}' of market '{theirs}'"
            yield UserError(what, source.place("channel"), f"write market: {theirs}, or another channel")


def _files(source: Entry) -> Iterator[UserError]:
    """A pattern of files: below the root, with known placeholders, and a night in it where each night brings its own."""
    files = source.text("files")
    if files is None or source.text("importer") is None:
        return
    where, path = source.place("files"), PurePosixPath(files)
    shown = source.document.written((*source.loc, "files"))  # not what the environment put there
    if path.is_absolute() or ".." in path.parts:
        what = f"{source.who}: '{shown}' leads out of the workspace"
        yield UserError(what, where, "write it relative to the root, for example inbox/...")
    unknown = [name for name in re.findall(r"\{([^}]*)\}", files) if name != "night"]
    if unknown:
        what = f"{source.who}: there is no placeholder '{{{unknown[0]}}}'"
        yield UserError(what, where, "write {night}: the business date, such as 2026-03-14")
    elif source.written.get("feeds", "offers") == "offers" and "{night}" not in files:
        what = f"{source.who}: every night would read the same files '{shown}' again"
        yield UserError(what, where, "put {night} into the path, for example inbox/{night}/tills/*.csv.gz")


def _readers(root: Path, sources: Sequence[Entry], importers: Collection[str] | None) -> Iterator[UserError]:
    """Spiders that have no file, importers that nobody wrote."""
    spiders = sorted(path.stem for path in (root / "spiders").glob("*.py") if not path.name.startswith("_"))
    for source in sources:
        spider, importer = source.text("spider", _ID), source.text("importer", _ID)
        if spider is not None and spider not in spiders:
            what = f"{source.who}: there is no file spiders/{spider}.py"
            yield UserError(what, source.place("spider"), did_you_mean(spider, spiders, "spiders"))
        if importer is not None and importers is not None and importer not in importers:
            what = f"{source.who}: there is no importer '{importer}'"
            yield UserError(what, source.place("importer"), did_you_mean(importer, sorted(importers), "importers"))
