"""A file's bytes: plain, gzip or zip, and never more of them than a price file may have.

What comes from outside may be damaged or meant to harm: an archive of a few kilobytes that unpacks to all of the memory, or one
whose members are named after other people's files. So archives are unpacked piece by piece in memory, they stop at a limit, and
the names in them are never used as paths.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

from pricewatch.domain.errors import SourceError

LARGEST = 4 * 2**30
"""Unpacked bytes of one file: some forty million rows of a table."""

BOMB = 200
"""How many times its own size an archive may unpack to, beyond `TRUSTED`. Tables of prices unpack 5 to 30 times."""

TRUSTED = 64 * 2**20
"""Unpacked bytes that no archive is blamed for."""

_PIECE = 2**20

_MAC = "__MACOSX/"
"""What a Mac adds to its zip files beside what it was asked to pack."""


def unpacked(path: Path, ref: str) -> bytes:
    """The file's bytes; gzip and zip by the name's end. A zip file holds one file.

    Raises SourceError for an empty, unreadable, damaged, cut-off or encrypted file, and for one that unpacks to too much.
    """
    kind = path.suffix.lower()
    try:
        if kind == ".zip":
            data = _from_zip(path, ref)
        elif kind == ".gz" and path.stat().st_size:
            with path.open("rb") as packed:
                data = _limited(gzip.GzipFile(fileobj=packed), path.stat().st_size, ref)
        else:
            data = path.read_bytes()
    except EOFError:
        raise SourceError(f"is cut off: the {_KINDS[kind]} data ends in the middle; nothing was imported", ref) from None
    except _DAMAGED:
        raise SourceError(f"is no {_KINDS[kind]} file, or a damaged one; nothing was imported", ref) from None
    except OSError as error:
        raise SourceError(f"can't be read: {(error.strerror or str(error)).lower()}", ref) from None
    if not data:
        raise SourceError("is empty", ref)
    return data


_KINDS = {".gz": "gzip", ".zip": "zip"}

_DAMAGED = (
    gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the unpackers raise where bytes make no sense to them; a zip file's directory can be wrong in many ways."""


def named_inside(name: str) -> str:
    """A file's name without what says how it is packed, in lower case: `Prices.CSV.gz` is `prices.csv`."""
    lower = name.lower()
    return next((lower.removesuffix(kind) for kind in _KINDS if lower.endswith(kind)), lower)


def _from_zip(path: Path, ref: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        members = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith(_MAC)]
        if len(members) != 1:
            raise SourceError(
                f"holds {len(members)} files where one is expected; nothing was imported", ref, "pack one file into it"
            )
        if members[0].flag_bits & 1:
            raise SourceError("is encrypted; nothing was imported", ref, "have it sent without a password")
        with archive.open(members[0]) as member:
            return _limited(member, members[0].compress_size, ref)


def _limited(unpacking: IO[bytes] | gzip.GzipFile, packed: int, ref: str) -> bytes:
    """All of an archive's bytes, unless they are more than can be meant: then no more of them is unpacked."""
    largest = min(LARGEST, max(TRUSTED, packed * BOMB))
    whole = io.BytesIO()
    while piece := unpacking.read(_PIECE):
        whole.write(piece)
        if whole.tell() > largest:
            limit = f"{largest // 2**20} MB" if largest < 2**30 else f"{largest / 2**30:.1f} GB"
            raise SourceError(
                f"unpacks to more than {limit} from {packed / 2**20:.2f} MB; nothing was imported",
                ref,
                "have it sent in smaller files",
            )
    return whole.getvalue()
