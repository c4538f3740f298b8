"""Packed files: what is in them, and nothing that harms."""

from __future__ import annotations

import gzip
import io
import zipfile
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricewatch.collect import unpack
from pricewatch.collect.importers import read_file
from pricewatch.collect.unpack import named_inside, unpacked
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

TABLE = b"sku,price_text\nA,9.99\n"


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def unpack_bytes(folder: Path, name: str, data: bytes) -> bytes:
    (folder / name).write_bytes(data)
    return unpacked(folder / name, name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("prices.csv", TABLE),
        ("prices.csv.gz", gzip.compress(TABLE)),
        ("prices.csv.zip", zipped({"prices.csv": TABLE})),
        ("PRICES.ZIP", zipped({"__MACOSX/._prices.csv": b"\0", "out/": b"", "out/prices.csv": TABLE})),
    ],
    ids=["plain", "gzip", "zip", "zip of a Mac"],
)
def test_a_file_is_read_the_same_however_it_is_packed(tmp_path: Path, name: str, data: bytes) -> None:
    assert unpack_bytes(tmp_path, name, data) == TABLE


def test_rows_of_a_zip_file_say_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(zipped({"inside.csv": TABLE}))
    source = Source(id="web", market="de", channel="web", feeds="offers", importer="table_file", files="*.zip")
    assert read_file(tmp_path / "p.zip", "p.zip", source).rows.rows(named=True) == [
        {"sku": "A", "price_text": "9.99", "source_ref": "p.zip:2"}
    ]


def test_names_in_a_zip_file_are_no_paths(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    assert unpack_bytes(inbox, "evil.zip", zipped({"../../slipped.csv": TABLE})) == TABLE
    assert [path.name for path in tmp_path.rglob("*")] == ["inbox", "evil.zip"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("none.zip", zipped({}), "holds 0 files where one is expected"),
        ("two.zip", zipped({"a.csv": TABLE, "b.csv": TABLE}), "holds 2 files where one is expected"),
        ("no.zip", b"PK\x03\x04 and nothing more", "is no zip file, or a damaged one"),
        ("cut.zip", zipped({"a.csv": TABLE})[:-30], "is no zip file, or a damaged one"),
        ("void.zip", zipped({"a.csv": b""}), "is empty"),
        ("empty.zip", b"", "is no zip file, or a damaged one"),
        ("empty.csv.gz", b"", "is empty"),
        ("cut.csv.gz", gzip.compress(TABLE)[:-9], "is cut off"),
        ("no.csv.gz", TABLE, "is no gzip file, or a damaged one"),
    ],
    ids=lambda given: given if isinstance(given, str) and "." in given else "",
)
def test_what_is_no_packed_file_is_refused_by_name(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words) as told:
        unpack_bytes(tmp_path, name, data)
    assert told.value.where == name


def test_an_encrypted_zip_file_says_so(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": TABLE}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match="is encrypted"):
        unpack_bytes(tmp_path, "secret.zip", bytes(data))


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.zip"])
def test_a_few_bytes_do_not_unpack_to_all_of_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(unpack, "TRUSTED", 3 * 2**20)
    zeros = bytes(8 * 2**20)
    data = gzip.compress(zeros) if name.endswith(".gz") else zipped({"a.csv": zeros})
    with pytest.raises(SourceError, match=r"unpacks to more than 3 MB from 0.01 MB; nothing was imported"):
        unpack_bytes(tmp_path, name, data)


def test_what_packs_as_well_as_prices_do_is_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "TRUSTED", 2**20)
    table = b"".join(b"tills,0417,%07d,9.99\n" % sku for sku in range(200_000))
    assert unpack_bytes(tmp_path, "prices.csv.gz", gzip.compress(table)) == table


def test_the_largest_file_is_the_largest_however_it_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "LARGEST", 2**20)
    noise = Random(1).randbytes(2 * 2**20)
    with pytest.raises(SourceError, match="unpacks to more than 1 MB"):
        unpack_bytes(tmp_path, "noise.gz", gzip.compress(noise))


@given(at=st.integers(0, 200), bits=st.integers(1, 255), cut=st.integers(0, 60), kind=st.sampled_from([".zip", ".gz"]))
def test_changed_bytes_are_refused_or_read_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, at: int, bits: int, cut: int, kind: str
) -> None:
    data = bytearray(zipped({"a.csv": TABLE * 9}) if kind == ".zip" else gzip.compress(TABLE * 9))
    data[at % len(data)] ^= bits
    with suppress(SourceError):
        assert unpack_bytes(tmp_path_factory.mktemp("changed"), f"a{kind}", bytes(data[: len(data) - cut]))


def test_the_name_inside_is_the_name_without_its_packing() -> None:
    assert [named_inside(name) for name in ("A.CSV.gz", "a.csv.ZIP", "a.csv")] == ["a.csv"] * 3
