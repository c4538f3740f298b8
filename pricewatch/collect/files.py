"""A source that is files: every file that its glob matches, read by its importer, landed as one delivery.

A half-written file of one store refuses that file only: the others land and the delivery is degraded. When no file is good,
it failed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

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
    for path in paths:
        ref = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        try:
            reading = read_file(path, ref, source)
        except SourceError as error:
            problems.append(error)
            continue
        landing.add(reading.rows, collected_at=collected_at)
        landing.refuse(reading.refused)
        progress(landing.rows)
    if len(problems) == len(paths):
        raise SourceError(_told(problems, len(paths)), "", problems[0].fix or again)
    if problems:
        return "degraded", _told(problems, len(paths)), problems[0].fix or again, len(paths) - len(problems)
    return "complete", None, None, len(paths)


def _told(problems: list[SourceError], files: int) -> str:
    """Several problems in one sentence: how many of how many, the first few in full."""
    words = "; ".join(str(problem) for problem in problems[:_SHOWN])
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    return f"{len(problems)} of {files} files refused: {words}{more}" if files > 1 else words
