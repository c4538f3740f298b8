"""Who takes part: what each is called, how it is started, what is expected of its answer. Imports nothing heavy."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

PEER = "duckdb"
"""The contender that the others are held against."""


@dataclass(frozen=True)
class Contender:
    """One child process: `python -m MODULE VERB FOLDER ANSWER`."""

    name: str
    words: str
    module: str
    verb: str = ""
    workspace: str = ""
    """The workspace of the world it is given; empty = the world itself."""
    rules: tuple[str, ...] | None = None
    """The rules its answer is compared on: None = all thirteen, empty = it has no answer to compare."""

    def command(self, world: Path, answer: Path) -> list[str]:
        """What is run."""
        given = world / self.workspace if self.workspace else world
        verb = [self.verb] if self.verb else []
        return [sys.executable, "-m", f"tests.bench.{self.module}", *verb, str(given), str(answer)]


CONTENDERS = (
    Contender("lake", "pricewatch: 13 rules, from the lake", "ours", "lake", "workspace"),
    Contender("normalised", "pricewatch: 13 rules, from text Parquet", "ours", "normalised", "workspace"),
    Contender("night", "pricewatch audit: a night from raw CSV", "ours", "night", "workspace"),
    Contender("shipped", "pricewatch audit: shipped rules, rows landed", "ours", "landed", "shipped", ()),
    Contender("duckdb", "DuckDB SQL, from text Parquet", "peers.sql", "text"),
    Contender("duckdb-coded", "DuckDB SQL, from the coded lake", "peers.sql", "coded"),
    Contender("polars", "eager Polars script, from text Parquet", "peers.analyst"),
    Contender(
        "pandera", "pandera alone, 4 of 13", "peers.validation",
        rules=("freshness", "currency_and_tax", "identifier", "price_floor"),
    ),
    Contender("scan", "yardstick: scan", "peers.yardsticks", "scan", rules=()),
    Contender("join", "yardstick: scan and one text join", "peers.yardsticks", "join", rules=()),
)  # fmt: skip
"""In the order of the table."""
