"""One audit at a time in a workspace.

The lock is the kernel's: it ends with the process that holds it, however that process ends. The file says who holds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pricewatch.domain.errors import WorkspaceError

NAME = ".lock"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Nobody else is in here while the block runs. `folder` is the workspace's `data`, made where there is none.

    Raises `WorkspaceError` at once, naming the other process, when somebody is.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / NAME).open("a+", encoding="ascii")
    except OSError as error:
        fix = "give the user who runs pricewatch the right to write there"
        raise WorkspaceError(f"the workspace can't be locked: {error.strerror}", str(folder), fix) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            process = file.read().strip()
            raise WorkspaceError(
                f"another run is using this workspace (process {process or 'unknown'})",
                str(folder),
                f"wait until it has finished, or stop it: kill {process}" if process else "wait until it has finished",
            ) from error
        except OSError as error:
            fix = "put the workspace's data folder on a disk that can lock files"
            raise WorkspaceError(f"the workspace can't be locked: {error.strerror}", str(folder), fix) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)
