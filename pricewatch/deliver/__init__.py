"""EDGE OUT, for other systems: the outbox. Files are written aside and renamed one after another, the manifest last.

A reader who waits for `manifest.json` never sees half a delivery: it is taken away before the first file of a new delivery moves
and comes back after the last one. A delivery that was killed is finished by the next one of the same night: until then the
journal (`.delivering.json`) remembers every name that either delivery may have left, so nothing stale stays behind.

- `spreadsheet`: CSV that a spreadsheet opens as it is meant, and that carries no formula
- `store_files`: findings to one file a store
- `export`: a night's findings as CSV, Parquet or XLSX
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from pricewatch.domain.errors import UserError

MANIFEST = "manifest.json"
JOURNAL = ".delivering.json"


@dataclass(frozen=True)
class Parcel:
    """One file of a delivery."""

    name: str
    """File name, no folder in it."""
    content: bytes
    rows: int
    about: Mapping[str, str] = field(default_factory=dict)
    """What the manifest says about it beside its size, for example the real store id: `{"location": "0417"}`."""


def put(folder: Path, night: date, parcels: Iterable[Parcel]) -> Path:
    """Deliver a night's files into `folder` and say so in its manifest, whose path comes back.

    The same delivery twice touches nothing. Another delivery of the same night replaces the former: files that no longer apply
    are removed, files that are not ours are left alone. Raises `UserError` when the outbox can't be written; what was
    delivered before is then still there, or its remains are replaced by the next delivery.
    """
    parcels = sorted(parcels, key=lambda parcel: parcel.name)
    _check_names(parcels)
    manifest = _manifest(night, parcels)
    try:
        if _delivered(folder, manifest):
            return folder / MANIFEST
        return _deliver(folder, parcels, manifest)
    except OSError as error:
        what = f"the outbox can't be written: {error.strerror or error}"
        raise UserError(what, str(error.filename or folder), "make room or give access, then run the audit again") from error


def _check_names(parcels: list[Parcel]) -> None:
    """File names are ours to make (`store_files.file_names`): one with a folder in it, or twice, is a mistake of ours."""
    names = [parcel.name for parcel in parcels]
    if bad := [name for name in names if not name or name != Path(name).name or name.startswith(".") or name == MANIFEST]:
        raise ValueError(f"no file names for an outbox: {bad}")
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("two files of one delivery have the same name")


def _manifest(night: date, parcels: list[Parcel]) -> dict[str, Any]:
    """Night, then file, rows, bytes and SHA-256 of each. Nothing in it depends on the hour it was made."""
    files = [
        {
            "file": parcel.name,
            **parcel.about,
            "rows": parcel.rows,
            "bytes": len(parcel.content),
            "sha256": sha256(parcel.content).hexdigest(),
        }
        for parcel in parcels
    ]
    return {"night": night.isoformat(), "files": files}


def _delivered(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether exactly this delivery lies there already, whole."""
    if (folder / JOURNAL).exists() or _read(folder / MANIFEST) != manifest:
        return False
    files = [(folder / entry["file"], entry["sha256"]) for entry in manifest["files"]]
    return all(path.is_file() and sha256(path.read_bytes()).hexdigest() == digest for path, digest in files)


def _deliver(folder: Path, parcels: list[Parcel], manifest: dict[str, Any]) -> Path:
    """All files aside, the journal, the manifest away, files renamed, stale ones removed, the manifest back."""
    folder.mkdir(parents=True, exist_ok=True)
    former = _names(_read(folder / MANIFEST)) | set(_read(folder / JOURNAL).get("names", ()))
    for leftover in folder.glob(".*.part"):
        leftover.unlink()
    for parcel in parcels:
        _aside(folder, parcel.name, parcel.content)
    _replace(folder, JOURNAL, _json({"names": sorted(former | _names(manifest))}))
    (folder / MANIFEST).unlink(missing_ok=True)
    for parcel in parcels:
        (folder / f".{parcel.name}.part").replace(folder / parcel.name)
    # Only the file's name decides, so that a manifest somebody edited can't reach out of the folder.
    for name in sorted({Path(name).name for name in former} - _names(manifest) - {"", MANIFEST, JOURNAL}):
        (folder / name).unlink(missing_ok=True)
    _settle(folder)
    _replace(folder, MANIFEST, _json(manifest))
    (folder / JOURNAL).unlink()
    _settle(folder)
    return folder / MANIFEST


def _names(manifest: Mapping[str, Any]) -> set[str]:
    """File names a manifest lists."""
    return {entry["file"] for entry in manifest.get("files", ())}


def _read(path: Path) -> dict[str, Any]:
    """A manifest or journal; empty when there is none, or none that can be read."""
    try:
        read = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _json(content: Mapping[str, Any]) -> bytes:
    """JSON that people can read too."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _aside(folder: Path, name: str, content: bytes) -> Path:
    """The content in a hidden file beside its place, on disk."""
    part = folder / f".{name}.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return part


def _replace(folder: Path, name: str, content: bytes) -> None:
    """One file, complete or not there at all."""
    _aside(folder, name, content).replace(folder / name)


def _settle(folder: Path) -> None:
    """Renames and removals on disk, so that a power cut can't undo them in another order."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
