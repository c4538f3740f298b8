"""Real worker processes: they find what one machine finds, and losing one of them loses and doubles nothing."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from distributed import LocalCluster

from pricewatch.domain.errors import UserError
from pricewatch.runs.on_dask import on_dask
from tests.cluster.deaths import killed_always, killed_once
from tests.cluster.nights import audited, here, judged_as_here, same_as_here, work

pytestmark = pytest.mark.xdist_group("cluster")  # one process makes the night for all of them


def test_two_worker_processes_find_what_one_machine_finds_though_one_is_killed(tmp_path: Path) -> None:
    """Started here, so the killed one is started again."""
    same_as_here(audited(on_dask(str(tmp_path / "work"), judge=partial(killed_once, marks=str(tmp_path)))))
    assert here().findings.height > 100
    assert (tmp_path / "killed").exists()
    assert list((tmp_path / "work").iterdir()) == []


def test_workers_of_a_running_scheduler_do_what_a_lost_one_had(tmp_path: Path) -> None:
    """Undisturbed first; then one of the two is killed, and nobody starts it again."""
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        address = cluster.scheduler_address
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            address,
            "--no-nanny",
            "--nthreads",
            "1",
            "--no-dashboard",
        ]
        workers = [subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2]) for _ in range(2)]
        try:
            judged_as_here(on_dask(str(tmp_path / "work"), address)(work()))
            assert [worker.poll() for worker in workers] == [None, None]
            killing = on_dask(str(tmp_path / "work"), address, judge=partial(killed_once, marks=str(tmp_path)))
            judged_as_here(killing(work()))
            assert sorted(worker.poll() is None for worker in workers) == [False, True]
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


def test_a_bucket_that_no_worker_survives_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pricewatch.runs.on_dask.LOST", 1)
    (tmp_path / "marks").mkdir()
    fatal = partial(killed_always, marks=str(tmp_path / "marks"))
    with pytest.raises(UserError, match=r"bucket 1 \(items \d+ to \d+\) ended worker after worker"):
        on_dask(str(tmp_path / "work"), workers=1, judge=fatal)(work())
    assert len(list((tmp_path / "marks").iterdir())) == 2
    assert list((tmp_path / "work").iterdir()) == []


def test_a_scheduler_that_is_not_there_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pricewatch.runs.on_dask.CONNECT", "100ms")
    with pytest.raises(UserError, match="no Dask scheduler answers there"):
        on_dask(str(tmp_path), "tcp://127.0.0.1:9")(work())


def test_dask_that_is_not_installed_is_told_with_its_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r'pip install "pricewatch-omni\[dask\]"'):
        on_dask(str(tmp_path))
