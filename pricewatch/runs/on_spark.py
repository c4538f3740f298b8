"""Buckets judged by Spark executors: the session's own cluster, one that is named, or two processes of this machine.

Spark is given bucket numbers and gives back bytes. It reads no offer and shuffles nothing, so that its price is its start-up; a
lost executor's buckets are done again by the others.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pricewatch.domain.errors import UserError
from pricewatch.engine.judging import Judged
from pricewatch.runs.buckets import Engine, Work
from pricewatch.runs.extras import needs
from pricewatch.runs.parcels import audit_bucket, in_order, posted

COLUMNS = "bucket long, answer binary, refusal string"
"""What an executor gives of each bucket: its answer (`parcels.ANSWER`), or why it could not judge it (a `UserError` as JSON)."""

HERE = "local[2,4]"
"""Where no cluster is named: two processes of this machine; a bucket may be tried four times."""


def on_spark(shared: str, master: str | None = None, *, judge: Callable[[str, int], bytes] = audit_bucket) -> Engine:
    """Spark as the engine of a night. Raises `UserError` at once where PySpark is not installed.

    `shared`: a folder or URL that all executors read. `master`: the cluster (`spark://host:7077`); None = that of the session
    that runs already or of spark-submit, else two processes here. `judge`: the unit of work.
    """
    fix = 'pip install "pricewatch-omni[spark]", and Java 17'
    needs("pyarrow", "pyspark", called="Spark", option="--on spark", fix=fix)
    return partial(_judged, shared=shared, master=master, judge=judge)


def _judged(work: Work, *, shared: str, master: str | None, judge: Callable[[str, int], bytes]) -> list[Judged]:
    buckets = len(work.ranges)
    with posted(work, shared) as place:
        session, ours = _session(master)
        try:
            return in_order(_answers(session, buckets, place, judge), buckets)
        finally:
            if ours:
                session.stop()


def _answers(session: Any, buckets: int, place: str, judge: Callable[[str, int], bytes]) -> Iterator[tuple[int, bytes]]:
    numbers = session.range(0, buckets, 1, buckets)  # each in a partition of its own
    try:
        rows = numbers.mapInArrow(_unit(place, judge), COLUMNS).collect()
    except Exception as error:  # PySpark's or Py4J's, by where it comes from: only what it says is of use
        if lost := next((sign for sign in LOST if sign in str(error)), None):
            raise UserError(
                f"a bucket ended worker after worker: each was killed, or had too little memory ({lost})",
                "--on spark",
                "give executors more memory outside the JVM: spark.executor.memoryOverhead; see docs/scale.md",
            ) from error
        raise
    for row in rows:
        if row.refusal is not None:
            raise UserError(*json.loads(row.refusal))
        yield row.bucket, bytes(row.answer)


LOST = ("ExecutorLostFailure", "Python worker exited unexpectedly")
"""What Spark says of a task that took its worker with it, each of the times it was tried."""


def _unit(place: str, judge: Callable[[str, int], bytes]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What an executor does with bucket numbers (Arrow batches in, Arrow batches out)."""

    def unit(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        schema = pyarrow.schema([("bucket", pyarrow.int64()), ("answer", pyarrow.binary()), ("refusal", pyarrow.string())])
        for batch in batches:
            for number in batch.column(0).to_pylist():
                answer, refusal = None, None
                try:
                    answer = judge(place, number)
                except UserError as error:
                    refusal = json.dumps((error.what, error.where, error.fix))
                row = {"bucket": number, "answer": answer, "refusal": refusal}
                yield pyarrow.RecordBatch.from_pylist([row], schema=schema)

    return unit


def _session(master: str | None) -> tuple[Any, bool]:
    """A Spark session, and whether it is ours to end."""
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running, False
    # what spark-submit was told goes before what suits us
    given = SparkConf()
    asked = {
        "spark.master": master or given.get("spark.master", HERE),
        # our answers are as large as the night's situations; Spark's own limit is one gigabyte
        "spark.driver.maxResultSize": given.get("spark.driver.maxResultSize", "0"),
        "spark.executorEnv.POLARS_MAX_THREADS": given.get("spark.executorEnv.POLARS_MAX_THREADS", "1"),
        "spark.ui.enabled": given.get("spark.ui.enabled", "false"),
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": given.get("spark.log.level", "ERROR"),
    }
    if asked["spark.master"].startswith("local"):
        asked |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("pricewatch")
    for name, value in asked.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate(), True
    except Exception as error:  # what PySpark raises where there is no Java differs by version and by what is missing
        fix = "install Java 17 (on Debian: apt-get install openjdk-17-jre-headless), and see that the cluster runs"
        raise UserError(f"Spark does not start: {str(error).splitlines()[0]}", asked["spark.master"], fix) from error
