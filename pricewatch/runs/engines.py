"""Where the buckets of a night are judged: here, or by the workers of a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pricewatch.domain.errors import UserError
from pricewatch.runs.buckets import Engine, one_by_one

On = Literal["here", "dask", "spark"]


def engine(on: On, data: Path, *, cluster: str | None = None, shared: str | None = None) -> Engine:
    """The engine of a night. Raises `UserError` at once when it is not installed.

    `cluster`: address of a Dask scheduler or a Spark master; None = processes of this machine. `shared`: a folder or URL that all
    workers can read; None = `data`/work, which workers on other machines have to see under the same path.
    """
    if on == "here":
        if cluster or shared:
            raise UserError("a night that is judged here has no cluster", "--on here", "add --on dask or --on spark")
        return one_by_one
    place = shared or str(data.resolve() / "work")
    if on == "dask":
        from pricewatch.runs.on_dask import on_dask

        return on_dask(place, cluster)
    from pricewatch.runs.on_spark import on_spark

    return on_spark(place, cluster)
