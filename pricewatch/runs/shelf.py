"""A folder that several machines read: below a local path, or at a URL that fsspec knows (`s3://ours/work`, `gs://`, `abfs://`)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pricewatch.domain.errors import UserError


class Shelf:
    """Files of a few megabytes at `place`, each written once and read whole."""

    def __init__(self, place: str) -> None:
        self.place = place

    def put(self, name: str, data: bytes) -> None:
        """Write a file. Raises `UserError` when it can't be."""
        try:
            if _is_url(self.place):
                system, folder = _remote(self.place)
                system.makedirs(folder, exist_ok=True)
                system.pipe_file(f"{folder}/{name}", data)
            else:
                Path(self.place).mkdir(parents=True, exist_ok=True)
                (Path(self.place) / name).write_bytes(data)
        except OSError as error:
            fix = "make room there, or name another folder that all workers can read with --shared"
            raise UserError(f"'{name}' can't be written: {error}", self.place, fix) from error

    def get(self, name: str) -> bytes:
        """Read a file. Raises `UserError` when it can't be."""
        try:
            if not _is_url(self.place):
                return (Path(self.place) / name).read_bytes()
            system, folder = _remote(self.place)
            return bytes(system.cat_file(f"{folder}/{name}"))
        except OSError as error:
            fix = "name a folder or a URL that every worker can read with --shared"
            raise UserError(f"a worker can't read '{name}': {error}", self.place, fix) from error

    def remove(self) -> None:
        """Take everything away that was put here. What can't be removed stays: it is only in the way."""
        if not _is_url(self.place):
            shutil.rmtree(self.place, ignore_errors=True)
            return
        system, folder = _remote(self.place)
        if system.exists(folder):
            system.rm(folder, recursive=True)


def _is_url(place: str) -> bool:
    return "://" in place


def _remote(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path on it. Raises `UserError` when nothing here can talk to it."""
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        fix = "install what reads it, for example: pip install fsspec s3fs"
        raise UserError(f"can't be reached: {error}", url, fix) from error
    return system, path
