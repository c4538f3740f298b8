"""One child process, measured from outside: wall clock, CPU, peak memory, imports and all."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic


@dataclass(frozen=True)
class Measured:
    """What one run took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, of the process and of the children it waited for."""
    peak: int
    """Bytes: the most memory that was resident at once, of the largest of these processes."""
    problem: str = ""
    """Why it has no answer; empty = it has."""


def measured(command: Sequence[str], *, timeout: float, log: Path) -> Measured:
    """Run a command to its end, or kill it and its children after `timeout` seconds. What it says goes to `log`.

    A child begins with its parent's memory until it has become another program, and the system counts that: so whoever measures
    must be small, and imports neither Polars nor DuckDB.
    """
    with log.open("wb") as said:
        began = monotonic()
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        late = threading.Event()
        timer = threading.Timer(timeout, lambda: (late.set(), os.killpg(child.pid, signal.SIGKILL)))
        timer.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        finally:
            timer.cancel()
        wall = monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    problem = ""
    if late.is_set():
        problem = f"killed after {timeout:g} s"
    elif child.returncode < 0:
        problem = f"killed by {signal.Signals(-child.returncode).name}"
    elif child.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        problem = f"failed: {lines[-1] if lines else child.returncode}"[:100]
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, problem)
