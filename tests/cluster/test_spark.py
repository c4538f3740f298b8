"""A real standalone cluster: a master and two workers, loopback only, one executor each. `make spark` sets up what it needs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from pricewatch.domain.errors import UserError
from pricewatch.runs.on_spark import on_spark
from tests.cluster.deaths import killed_always, killed_once, refusing
from tests.cluster.nights import audited, judged_as_here, same_as_here, work

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

LOOPBACK = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(Path(__file__).parents[2])}


def started(stack: ExitStack, program: str, *words: str, until: str, log: Path) -> re.Match[str]:
    """A daemon of Spark's, which says when it is ready; ended with the test, its children too."""
    pyspark = pytest.importorskip("pyspark")
    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), f"org.apache.spark.deploy.{program}", *words]
    daemon = subprocess.Popen(
        command,
        env={**os.environ, **LOOPBACK},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    stack.callback(daemon.wait)
    stack.callback(os.killpg, daemon.pid, signal.SIGKILL)
    assert daemon.stderr is not None
    said = []
    for line in daemon.stderr:
        said.append(line)
        if found := re.search(until, line):
            # nobody may wait for a full pipe
            drain = subprocess.Popen(["cat"], stdin=daemon.stderr, stdout=log.open("w"))
            stack.callback(drain.wait)
            stack.callback(drain.kill)
            return found
    raise AssertionError("".join(said))


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("spark")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as environment:
        for name, value in LOOPBACK.items():
            environment.setenv(name, value)
        environment.setenv("PYSPARK_SUBMIT_ARGS", "--conf spark.driver.host=127.0.0.1 pyspark-shell")
        options = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        ready = started(stack, "master.Master", *options, until=r"spark://127\.0\.0\.1:\d+", log=folder / "master")
        for number in range(2):
            started(
                stack, "worker.Worker", *options, "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work{number}"),
                ready[0], until="Successfully registered with master", log=folder / f"worker{number}",
            )  # fmt: skip
        yield ready[0]


def test_a_cluster_finds_what_one_machine_finds(master: str, tmp_path: Path) -> None:
    same_as_here(audited(on_spark(str(tmp_path), master)))
    assert list(tmp_path.iterdir()) == []


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(master: str, tmp_path: Path) -> None:
    judged_as_here(on_spark(str(tmp_path / "work"), master, judge=partial(killed_once, marks=str(tmp_path)))(work()))
    assert (tmp_path / "killed").exists()


def test_a_bucket_that_no_worker_survives_is_told(master: str, tmp_path: Path) -> None:
    (tmp_path / "marks").mkdir()
    with pytest.raises(UserError, match="a bucket ended worker after worker"):
        on_spark(str(tmp_path / "work"), master, judge=partial(killed_always, marks=str(tmp_path / "marks")))(work())
    assert len(list((tmp_path / "marks").iterdir())) == 4


def test_what_a_worker_refuses_is_told_in_its_own_words(master: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the shelf is empty"):
        on_spark(str(tmp_path), master, judge=refusing)(work())
