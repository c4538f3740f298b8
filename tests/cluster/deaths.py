"""Buckets whose worker is killed (kill -9) at a known moment. Workers import this, and little else."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def killed_once(place: str, number: int, *, marks: str) -> bytes:
    """Bucket 1 loses its worker when the work is done and nobody has it yet; the first time only."""
    from pricewatch.runs.parcels import audit_bucket

    answer = audit_bucket(place, number)
    if number == 1 and not (Path(marks) / "killed").exists():
        (Path(marks) / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


def killed_always(place: str, number: int, *, marks: str) -> bytes:
    """Bucket 1 survives no worker, each of which leaves a mark."""
    if number == 1:
        (Path(marks) / str(os.getpid())).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    from pricewatch.runs.parcels import audit_bucket

    return audit_bucket(place, number)


def refusing(place: str, number: int) -> bytes:
    """A bucket that can't be judged, for a reason that a user can mend."""
    from pricewatch.domain.errors import UserError

    raise UserError("the shelf is empty", place, "fill it")
