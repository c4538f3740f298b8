"""The lock against real processes, one of them killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pricewatch.domain.errors import WorkspaceError
from pricewatch.store.lock import exclusive

HOLDER = """
import sys
from pathlib import Path
from pricewatch.store.lock import exclusive
with exclusive(Path({folder!r})):
    print("held", flush=True)
    sys.stdin.read()
"""


def held_elsewhere(folder: Path) -> subprocess.Popen[bytes]:
    """Another process, which holds the lock until its input is closed."""
    command = [sys.executable, "-c", HOLDER.format(folder=str(folder))]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_a_second_run_is_refused_and_told_which_process_is_at_work(tmp_path):
    holder = held_elsewhere(tmp_path)
    try:
        with pytest.raises(WorkspaceError) as refused, exclusive(tmp_path):
            pytest.fail("two runs at once")
    finally:
        holder.communicate()
    assert f"(process {holder.pid})" in refused.value.what
    assert refused.value.fix == f"wait until it has finished, or stop it: kill {holder.pid}"
    assert refused.value.where == str(tmp_path)
    with exclusive(tmp_path):
        pass


def test_a_killed_run_leaves_no_lock_behind(tmp_path):
    holder = held_elsewhere(tmp_path)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with exclusive(tmp_path):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_the_lock_ends_with_an_error_too(tmp_path):
    with pytest.raises(RuntimeError), exclusive(tmp_path):
        raise RuntimeError
    with exclusive(tmp_path):
        pass


def test_not_even_the_same_process_gets_in_twice(tmp_path):
    with exclusive(tmp_path), pytest.raises(WorkspaceError, match=f"process {os.getpid()}"), exclusive(tmp_path):
        pytest.fail("two runs at once")


def test_the_folder_is_made_and_where_it_can_not_be_that_is_told(tmp_path):
    with exclusive(tmp_path / "data"):
        assert (tmp_path / "data").is_dir()
    (tmp_path / "file").write_text("a file where a folder should be")
    with pytest.raises(WorkspaceError, match="can't be locked"), exclusive(tmp_path / "file"):
        pytest.fail("nothing to lock")
