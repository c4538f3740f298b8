"""Buckets judged by Dask workers: two processes of this machine, or those of a scheduler that runs anyway.

A worker that is lost (killed, out of memory, its machine gone) loses nothing: its buckets are given to the others, and each
bucket has one answer. Only bucket numbers and answers go over the wire (`parcels`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

from pricewatch.domain.errors import UserError
from pricewatch.engine.judging import Judged
from pricewatch.runs.buckets import Engine, Range, Work
from pricewatch.runs.extras import needs
from pricewatch.runs.parcels import audit_bucket, in_order, posted

WORKERS = 2
"""Processes where no scheduler is named, one bucket at a time each."""

LOST = 3
"""How many workers a bucket may lose before it is the bucket's fault, and not theirs."""

CONNECT = "10s"
"""How long a scheduler may take to answer."""

WAIT = 60
"""Seconds that a scheduler may be without any worker."""


def on_dask(
    shared: str,
    scheduler: str | None = None,
    *,
    workers: int = WORKERS,
    judge: Callable[[str, int], bytes] = audit_bucket,
) -> Engine:
    """Dask as the engine of a night. Raises `UserError` at once where Dask is not installed.

    `shared`: a folder or URL that all workers read. `scheduler`: its address (`tcp://host:8786`); None = `workers` processes of
    this machine. `judge`: the unit of work.
    """
    needs("distributed", called="Dask", option="--on dask", fix='pip install "pricewatch-omni[dask]"')
    return partial(_judged, shared=shared, scheduler=scheduler, workers=workers, judge=judge)


def _judged(work: Work, *, shared: str, scheduler: str | None, workers: int, judge: Callable[[str, int], bytes]) -> list[Judged]:
    buckets = len(work.ranges)
    with posted(work, shared) as place:
        connected = _connected(scheduler) if scheduler else started(min(workers, buckets))
        with connected as client:
            return in_order(answers(client, work, place, judge), buckets)


def answers(client: Any, work: Work, place: str, judge: Callable[[str, int], bytes]) -> Iterator[tuple[int, bytes]]:
    """Each bucket's answer as it comes; what was taken is forgotten by the cluster."""
    from distributed import KilledWorker, wait

    name = place.rpartition("/")[2]
    pending = {
        client.submit(judge, place, number, key=f"{name}-{number:05}", pure=False): number for number in range(len(work.ranges))
    }
    while pending:
        try:
            done = wait(list(pending), timeout=WAIT, return_when="FIRST_COMPLETED").done
        except TimeoutError as error:
            if not client.nthreads():
                raise UserError("there is no worker left", "--on dask", "start workers, then audit again") from error
            continue
        except CancelledError as error:
            raise UserError("the scheduler is gone", "--on dask", "start it again, then audit again") from error
        for future in done:
            number = pending.pop(future)
            try:
                yield number, future.result()
            except KilledWorker as error:
                raise _deadly(number, work.ranges[number]) from error
            except ModuleNotFoundError as error:
                fix = "install the same pricewatch-omni, and what its rules need, on every worker"
                raise UserError(f"a worker has no '{error.name}'", "--on dask", fix) from error


def _deadly(number: int, items: Range) -> UserError:
    return UserError(
        f"bucket {number} (items {items[0]} to {items[1]}) ended worker after worker: each was killed, or had too little memory",
        "--on dask",
        "give the workers more memory; docs/scale.md says what one bucket takes",
    )


@contextmanager
def started(workers: int) -> Iterator[Any]:
    """A cluster of processes on this machine, ended with the night. Workers share its cores evenly."""
    import dask
    from distributed import Client, LocalCluster

    threads = str(max((os.cpu_count() or 1) // workers, 1))
    settings = {
        "distributed.nanny.pre-spawn-environ.POLARS_MAX_THREADS": threads,
        "distributed.scheduler.allowed-failures": LOST,
        # no bucket waits at a worker: the one that is blamed for a lost worker is the one it was judging
        "distributed.scheduler.worker-saturation": 1.0,
    }
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        folder = stack.enter_context(TemporaryDirectory(prefix="pricewatch-dask-"))
        cluster = stack.enter_context(
            LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1",
                dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
                local_directory=folder, silence_logs=logging.CRITICAL,
            )
        )  # fmt: skip
        yield stack.enter_context(Client(cluster))


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    """A scheduler that runs already, with a worker at least."""
    from distributed import Client

    try:
        client = Client(scheduler, timeout=CONNECT)
    except (OSError, ValueError) as error:
        fix = "start one with: dask scheduler; or leave out --cluster to judge on this machine"
        raise UserError("no Dask scheduler answers there", scheduler, fix) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError as error:
            raise UserError(
                f"its scheduler had no worker for {WAIT} seconds", scheduler, f"start some with: dask worker {scheduler}"
            ) from error
        yield client
