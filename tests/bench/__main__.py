"""`make bench`: a world of a chosen size, every contender in turn for so many rounds, one table.

Imports nothing heavy: what is measured begins with the memory of this process (`measure.measured`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.contenders import CONTENDERS, PEER, Contender
from tests.bench.measure import Measured, measured
from tests.bench.table import printed, results


def main() -> int:
    """0 when every contender answered, and rightly."""
    asked = _arguments()
    names = asked.only.split(",") if asked.only else [contender.name for contender in CONTENDERS]
    if unknown := sorted({*names} - {contender.name for contender in CONTENDERS}):
        sys.exit(f"no contender {', '.join(unknown)}; there are {', '.join(each.name for each in CONTENDERS)}")
    chosen = [contender for contender in CONTENDERS if contender.name in names]
    base = Path(os.environ.get("BENCH_DIR", ".venv/.bench"))
    _say(f"making the world of {asked.offers:,} offers, seed {asked.seed} (kept in {base}) ...")
    world, offers = _world(base, asked.offers, asked.seed, chosen)
    with tempfile.TemporaryDirectory(prefix="pricewatch-bench-") as folder:
        runs, answers = _rounds(chosen, world, Path(folder), asked.rounds, asked.timeout)
    found = results(chosen, runs, answers, offers)
    sys.stdout.write(printed(found, offers, asked.rounds) + "\n")
    if asked.json:
        told = {"offers": offers, "seed": asked.seed, "rounds": asked.rounds, "peer": PEER, "contenders": found}
        Path(asked.json).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0 if all(each["answer"].startswith(("all ", "-")) and not each["problem"] for each in found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--offers", type=int, default=1_000_000, help="about so many")
    parser.add_argument("--rounds", type=int, default=5, help="measured rounds; one more comes first, to warm up")
    parser.add_argument("--seed", type=int, default=1, help="another world of the same kind")
    parser.add_argument("--timeout", type=float, default=600, help="seconds after which a contender is killed")
    parser.add_argument("--only", default="", help="contenders, comma-separated; all when none is named")
    parser.add_argument("--json", default="", help="a file for the same as JSON")
    return parser.parse_args()


def _world(base: Path, offers: int, seed: int, chosen: list[Contender]) -> tuple[Path, int]:
    """Where the world lies, and its rows of offers; made by a process of its own, which is not measured."""
    # the lake of the thirteen rules is the input of a peer too
    needed = {each.workspace for each in chosen if each.workspace} | {"workspace" for each in chosen if each.verb == "coded"}
    command = [sys.executable, "-m", "tests.bench.world", str(base), str(offers), str(seed), *sorted(needed)]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return Path(lines[-2]), int(lines[-1])


def _rounds(
    chosen: list[Contender], world: Path, folder: Path, rounds: int, timeout: float
) -> tuple[dict[str, list[Measured]], dict[str, list[str]]]:
    """What each took in each round, and how right it was. Interleaved, and each round begins with another contender.

    The round before the first one is not counted; who fails in it is not asked again.
    """
    runs: dict[str, list[Measured]] = {each.name: [] for each in chosen}
    answers: dict[str, list[str]] = {each.name: [] for each in chosen}
    for number in range(rounds + 1):
        for contender in chosen[number % len(chosen) :] + chosen[: number % len(chosen)]:
            if any(run.problem for run in runs[contender.name]):
                continue
            answer = folder / f"{contender.name}.parquet"
            answer.unlink(missing_ok=True)
            run = measured(contender.command(world, answer), timeout=timeout, log=folder / f"{contender.name}.log")
            _say(f"  round {number} of {rounds}: {contender.name} {run.problem or f'{run.wall:.2f} s'}")
            if number or run.problem:
                runs[contender.name].append(run)
        command = [sys.executable, "-m", "tests.bench.answers", str(world), str(folder)]
        compared = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for name in answers:
            answers[name].append(compared.get(name, ""))
    return runs, answers


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main())
