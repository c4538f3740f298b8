"""Which workspace and which night a verb works on: the options every verb shares, read once.

Nothing heavy is imported before a verb runs, so that `--help` answers at once.
"""

from __future__ import annotations

import signal
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pricewatch.domain.errors import UserError

if TYPE_CHECKING:
    from pricewatch.workspace import Workspace

Root = Annotated[
    Path | None,
    # Not `envvar=`: what the command line says, before or behind the verb, goes before PRICEWATCH_WORKSPACE (`Workspace.find`).
    typer.Option(
        "--workspace", "-w", metavar="FOLDER", help="The workspace; else PRICEWATCH_WORKSPACE, else found upwards from here."
    ),
]
NightOption = Annotated[str | None, typer.Option("--night", "-n", metavar="DAY", help="The business day, as 2026-03-14.")]


def open_workspace(root: Path | None) -> Workspace:
    """The workspace at `root`, or the one this folder is in, loaded whole.

    Raises `WorkspaceError` where there is none and `Problems` with everything that is wrong in its files.
    """
    heed_ctrl_c()
    from pricewatch.workspace import Workspace

    return Workspace.load(root if root else Workspace.find())


def heed_ctrl_c() -> None:
    """Have Ctrl-C end whatever is being waited for.

    Polars, when it is loaded, has the system take up again what a signal interrupted: a wait for a silent site, a lock or a pipe
    would go on for ever. It is loaded here, so that this comes after it.
    """
    import polars  # noqa: F401

    signal.siginterrupt(signal.SIGINT, True)


def day(text: str | None, option: str = "--night") -> date | None:
    """The day a user wrote, or None where they wrote none. Raises `UserError` for anything but an ISO day."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"'{text}' is no day", option, "write it as year-month-day, for example 2026-03-14") from None


def data_folder(arguments: list[str]) -> Path | None:
    """The data folder of the workspace a command line was about, for a crash report; None when that can't be told."""
    from pricewatch.workspace import Workspace

    given = [after for before, after in pairwise(arguments) if before in ("--workspace", "-w")]
    try:
        return Workspace.load(Workspace.find(Path(given[-1]) if given else None)).data
    except (UserError, OSError):
        return None
