"""A source that is files: every file that its glob matches, read by its importer, landed as one delivery.

A half-written file of one store refuses that file only: the others land and the delivery is degraded. When no file is good,
it failed. The same bytes under two names are one delivery: taken once, the other name is told among what was refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import file_digest
from pathlib import Path

import polars as pl

from pricewatch.collect.importers import read_file
from pricewatch.collect.landing import Landing, Status
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

_SHOWN = 3
"""Problems told in full; the rest as a count."""

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
"""Names that transfer programs give to files that are still on their way."""


def matching(root: Path, pattern: str, night: date) -> list[Path]:
    """The files of a night, sorted by name. Uploads that are still under way (`.part`, `.tmp`, hidden) are no files yet."""
    wanted = Path(pattern.replace("{night}", night.isoformat()))
    base = Path(wanted.anchor) if wanted.is_absolute() else root
    found = base.glob(str(wanted.relative_to(wanted.anchor)))
    return sorted(path for path in found if path.is_file() and not path.name.startswith(".") and path.suffix not in _UNFINISHED)


def import_files(
    root: Path, source: Source, night: date, landing: Landing, *, collected_at: str, progress: Callable[[int], None]
) -> tuple[Status, str | None, str | None, int]:
    """Read every file of the source into its landing place. Out: status, problem, fix, files read.

    Raises SourceError when a required source has no file, or when no file is good.
    """
    again = f"have it sent again, then run: pricewatch collect {source.id} --night {night}"
    pattern = (source.files or "").replace("{night}", night.isoformat())
    paths = matching(root, pattern, night)
    if not paths:
        if source.required:
            raise SourceError(f"no file matches {pattern}", "", again.replace("have it sent again", "have it sent"))
        return "missing", None, None, 0
    problems: list[SourceError] = []
    # Where names say when or for which store a file was made, the same bytes under two names are two deliveries.
    named = source.options.get("made_at") or source.importer == "price_transparency"
    contents = {} if named else _contents(paths)
    taken: dict[str, str] = {}
    read = 0
    for path in paths:
        ref = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        content = contents.get(path)
        if content is not None and content in taken:
            landing.refuse(_repeated(ref, taken[content]))
            continue
        try:
            reading = read_file(path, ref, source)
        except SourceError as error:
            problems.append(error)
            continue
        if content is not None:
            taken[content] = ref
        read += 1
        landing.add(reading.rows, collected_at=collected_at)
        landing.refuse(reading.refused)
        progress(landing.rows)
    if len(problems) == len(paths):
        raise SourceError(_told(problems, len(paths)), "", problems[0].fix or again)
    if problems:
        return "degraded", _told(problems, len(paths)), problems[0].fix or again, read
    return "complete", None, None, read


def _contents(paths: Sequence[Path]) -> dict[Path, str]:
    """SHA-256 of the files that may be the same delivery as another: only those of one size are read for it."""
    sizes = {path: path.stat().st_size for path in paths}
    alike = Counter(sizes.values())
    digests = {}
    for path, size in sizes.items():
        if alike[size] > 1:
            try:
                with path.open("rb") as data:
                    digests[path] = file_digest(data, "sha256").hexdigest()
            except OSError:  # its importer says why it can't be read
                continue
    return digests


def _repeated(ref: str, first: str) -> pl.DataFrame:
    """One refusal that names a whole file: the bytes of one that was taken."""
    reason = f"the same delivery as {first}, byte for byte: taken once"
    return pl.DataFrame({"source_ref": [ref], "reason": [reason], "row": [None]}, schema_overrides={"row": pl.String})


def _told(problems: list[SourceError], files: int) -> str:
    """Several problems in one sentence: how many of how many, the first few in full."""
    words = "; ".join(str(problem) for problem in problems[:_SHOWN])
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return f"{len(problems)} of {files} files refused: {words}{more}" if files > 1 else words
