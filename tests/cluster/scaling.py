"""What a night costs in several processes: `python -m tests.cluster.scaling WORKSPACE DAY --rows 2000000`.

Judges what has landed in a workspace (a copy of one: the night is done again) once here and with one and two Dask workers, and
says what was laid out and what came back, in bytes an offer. The workers' start is counted apart: a scheduler may run anyway.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from pricewatch.engine.judging import Judged
from pricewatch.runs import buckets, judge
from pricewatch.runs.buckets import ROWS, Work, one_by_one
from pricewatch.runs.night import run_night
from pricewatch.runs.on_dask import answers, started
from pricewatch.runs.parcels import in_order, pack, posted
from pricewatch.workspace import Workspace


def say(what: str, amount: float, unit: str) -> None:
    sys.stdout.write(f"{what:44} {amount:10.2f} {unit}\n")
    sys.stdout.flush()


def weighed(place: str, number: int) -> bytes:
    """A bucket's answer; its worker's peak memory is left beside the place."""
    from pricewatch.runs.parcels import audit_bucket

    answer = audit_bucket(place, number)
    Path(f"{place}.{os.getpid()}.peak").write_text(str(peak()))
    return answer


def peak() -> int:
    """The most memory this process ever had, in kB. Not `getrusage`: that remembers the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def measured(work: Work, folder: Path) -> list[Judged]:
    """The buckets, judged in turn in each way."""
    begun = perf_counter()
    here = list(one_by_one(work))
    say(f"{len(work.ranges)} buckets, here", perf_counter() - begun, "s")
    offers = sum(each.seen.met.height for each in here)
    begun = perf_counter()
    with posted(work, str(folder)) as place:
        say("laid out", perf_counter() - begun, "s")
        sizes = Counter[str]()
        for file in Path(place).iterdir():
            sizes[file.name.split(".", 1)[1] if file.name[0].isdigit() else file.name] += file.stat().st_size
        for name, size in sorted(sizes.items()):
            say(f"  {name}", size / offers, "bytes an offer")
        say("  answers", sum(len(pack(each)) for each in here) / offers, "bytes an offer")
        met = sum(each.seen.met.estimated_size() for each in here)
        say("  in the driver's memory: met", met / offers, "bytes an offer")
        say(
            "  in the driver's memory: situations",
            sum(each.seen.situations.estimated_size() for each in here) / offers,
            "bytes an offer",
        )
        say("  situations", sum(each.seen.situations.height for each in here), "")
        say("  candidates", sum(each.candidates.height for each in here), "")
        for workers in (1, 2):
            begun = perf_counter()
            with started(workers) as client:
                client.wait_for_workers(workers)
                say(f"{workers} workers, start", perf_counter() - begun, "s")
                begun = perf_counter()
                came = in_order(answers(client, work, place, weighed), len(work.ranges))
                say(f"{workers} workers, buckets", perf_counter() - begun, "s")
            assert [each.candidates.height for each in came] == [each.candidates.height for each in here]
            left = list(folder.glob("*.peak"))
            say(f"{workers} workers, largest peak", max(int(file.read_text()) for file in left) / 1024, "MB")
            for file in left:
                file.unlink()
    return here


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.cluster.scaling", description=__doc__)
    asked.add_argument("workspace", type=Path)
    asked.add_argument("night", type=date.fromisoformat)
    asked.add_argument("--rows", type=int, default=ROWS, help="offers of a bucket, about")
    given = asked.parse_args()
    workspace = Workspace.load(given.workspace)
    with patch.object(judge, "cut", partial(buckets.cut, rows=given.rows)):
        run_night(workspace, given.night, collect=False, engine=lambda work: measured(work, workspace.data / "work"))
    say("this process, peak", peak() / 1024, "MB")


if __name__ == "__main__":
    main()
