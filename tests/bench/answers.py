"""Answers held against the truth: `rule`, `store`, `sku`, each once.

python -m tests.bench.answers WORLD FOLDER      one line of JSON by contender for each answer in FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

from tests.bench.contenders import CONTENDERS

KEY = ["rule", "store", "sku"]


def difference(answer: pl.DataFrame, truth: pl.DataFrame, rules: tuple[str, ...] | None = None) -> str:
    """In words: `all 410`, or how many are missing, too many, or told twice, and by which rules. Of `rules`, None = all."""
    if rules is not None:
        truth = truth.filter(pl.col("rule").is_in(list(rules)))
    told = answer.select(KEY).unique()
    missing, false = truth.join(told, on=KEY, how="anti"), told.join(truth, on=KEY, how="anti")
    wrong = {"missing": missing, "false": false}
    words = [
        f"{frame.height:,} {name} ({', '.join(frame['rule'].unique().sort())})" for name, frame in wrong.items() if frame.height
    ]
    if answer.height > told.height:
        words.append(f"{answer.height - told.height:,} told twice")
    return "; ".join(words) or f"all {truth.height:,}"


def main() -> None:
    """Compare every answer there is."""
    truth = pl.read_parquet(Path(sys.argv[1]) / "truth.parquet")
    found = {}
    for contender in CONTENDERS:
        file = Path(sys.argv[2]) / f"{contender.name}.parquet"
        if contender.rules != () and file.exists():
            found[contender.name] = difference(pl.read_parquet(file), truth, contender.rules)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
