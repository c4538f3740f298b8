"""What a reader of the outbox can rely on, also when a delivery was killed half way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from pricewatch.deliver import JOURNAL, MANIFEST, Parcel, put
from pricewatch.domain.errors import UserError

NIGHT = date(2026, 3, 13)


def parcel(name: str, content: bytes = b"1;A1\r\n", location: str = "0417") -> Parcel:
    return Parcel(name, content, content.count(b"\n"), {"location": location})


def listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def manifest(folder: Path) -> dict[str, object]:
    read: dict[str, object] = json.loads((folder / MANIFEST).read_bytes())
    return read


def test_the_manifest_tells_night_store_rows_bytes_and_hash_of_each_file(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [parcel("0417.csv", b"a\r\nb\r\n")])
    assert manifest(tmp_path) == {
        "night": "2026-03-13",
        "files": [
            {"file": "0417.csv", "location": "0417", "rows": 2, "bytes": 6, "sha256": sha256(b"a\r\nb\r\n").hexdigest()},
        ],
    }
    assert (tmp_path / "0417.csv").read_bytes() == b"a\r\nb\r\n"


def test_nothing_but_files_and_manifest_stays_behind(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [parcel("0417.csv"), parcel("0009.csv", location="0009")])
    assert listed(tmp_path) == {"0417.csv", "0009.csv", MANIFEST}


def test_a_night_without_anything_to_do_still_has_a_manifest(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [])
    assert manifest(tmp_path)["files"] == []


def test_the_same_delivery_twice_touches_no_file(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [parcel("0417.csv")])
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    put(tmp_path, NIGHT, [parcel("0417.csv")])
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_file_that_somebody_changed_is_delivered_again(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [parcel("0417.csv")])
    (tmp_path / "0417.csv").write_text("mine now")
    put(tmp_path, NIGHT, [parcel("0417.csv")])
    assert (tmp_path / "0417.csv").read_bytes() == b"1;A1\r\n"


def test_a_store_that_has_nothing_to_do_any_more_loses_its_file_and_other_peoples_files_stay(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [parcel("0417.csv"), parcel("0009.csv", location="0009")])
    (tmp_path / "notes.txt").write_text("ours")
    put(tmp_path, NIGHT, [parcel("0009.csv", location="0009")])
    assert listed(tmp_path) == {"0009.csv", "notes.txt", MANIFEST}


def test_a_manifest_that_was_tampered_with_removes_nothing_outside_the_folder(tmp_path: Path) -> None:
    outbox, precious = tmp_path / "outbox", tmp_path / "precious.csv"
    precious.write_text("keep")
    put(outbox, NIGHT, [parcel("0417.csv")])
    (outbox / MANIFEST).write_text(json.dumps({"night": "2026-03-13", "files": [{"file": "../precious.csv"}]}))
    put(outbox, NIGHT, [parcel("0417.csv")])
    assert precious.read_text() == "keep"


@pytest.mark.parametrize("name", ["../0417.csv", "a/b.csv", "", ".hidden", MANIFEST])
def test_a_name_that_is_a_path_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no file names"):
        put(tmp_path / "outbox", NIGHT, [parcel(name)])
    assert not (tmp_path / "outbox").exists()


def test_an_outbox_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    with pytest.raises(UserError, match="the outbox can't be written"):
        put(tmp_path / "outbox" / "2026-03-13", NIGHT, [parcel("0417.csv")])


KILLED_AFTER = """
import os, signal, sys
from datetime import date
from pathlib import Path
from pricewatch.deliver import Parcel, put
left = int(sys.argv[2])
def watch(event, args):
    global left
    if event in ("os.rename", "os.remove") and args[0].startswith(sys.argv[1]):
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
sys.addaudithook(watch)
put(Path(sys.argv[1]), date(2026, 3, 13), [Parcel(f"{n}.csv", b"new" * 5000, 1, {"location": str(n)}) for n in range(3)])
"""


@pytest.mark.parametrize("steps", range(8))
def test_a_delivery_killed_at_any_step_leaves_no_half_file_and_is_finished_by_the_next(tmp_path: Path, steps: int) -> None:
    put(tmp_path, NIGHT, [Parcel(f"{n}.csv", b"old" * 5000, 1, {"location": str(n)}) for n in (0, 7)])
    child = subprocess.run([sys.executable, "-c", KILLED_AFTER, os.fspath(tmp_path), str(steps)], check=False)
    assert child.returncode == -signal.SIGKILL
    whole = {b"old" * 5000, b"new" * 5000}
    assert all(path.read_bytes() in whole for path in tmp_path.glob("[0-9].csv"))
    if (tmp_path / MANIFEST).exists():
        for entry in json.loads((tmp_path / MANIFEST).read_bytes())["files"]:
            assert sha256((tmp_path / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    put(tmp_path, NIGHT, [parcel("2.csv", location="2")])
    assert listed(tmp_path) == {"2.csv", MANIFEST}


def test_a_journal_left_behind_means_that_the_delivery_is_done_again(tmp_path: Path) -> None:
    put(tmp_path, NIGHT, [parcel("0417.csv")])
    (tmp_path / JOURNAL).write_text('{"names": ["0417.csv", "stale.csv"]}')
    (tmp_path / "stale.csv").write_text("of a delivery that was killed")
    put(tmp_path, NIGHT, [parcel("0417.csv")])
    assert listed(tmp_path) == {"0417.csv", MANIFEST}
