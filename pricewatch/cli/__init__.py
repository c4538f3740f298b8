"""The command line: the app, and the border where errors become messages and exit codes.

Verbs live in `work` (what changes something), `look` (what only reads) and `rulebook` (rules). Each is a few lines: read options,
call one function of `runs`, hand its result to one renderer, return one exit code. Heavy imports stay inside the verbs.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from pricewatch.cli import look, work
from pricewatch.cli.place import Root
from pricewatch.cli.rulebook import rules_app
from pricewatch.domain.errors import Exit, SourceError, UserError

app = typer.Typer(
    name="pricewatch",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Holds every price and promotion a retailer shows, on every channel, against the one that was decided.",
    epilog="Begin with: pricewatch demo. Exit codes: 0 clean, 1 findings, 2 wrong input, 3 a source failed, 4 our mistake.",
)
app.add_typer(work.verbs)
app.add_typer(look.verbs)
app.add_typer(rules_app, name="rules")


def _version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"pricewatch {version('pricewatch-omni')}")
        raise typer.Exit


@app.callback()
def _front_door(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
    root: Root = None,
) -> None:
    """Options before the verb. `--workspace` there is the default of the same option behind it, for every verb."""
    if root is not None:
        context.default_map = _defaults(context.command, {"root": root, "workspace": root})


def _defaults(command: Any, here: dict[str, Any]) -> dict[str, Any]:
    """These defaults for every verb below a command, however deep."""
    below = getattr(command, "commands", None)
    return {name: _defaults(verb, here) for name, verb in below.items()} if below else here


def main(arguments: list[str] | None = None) -> int:
    """Run one command; what a user can mend becomes a message, everything else one line. Returns the exit code."""
    if arguments is None:
        # The process is ours, and the system takes its memory back at once; Python would first look everywhere for cycles.
        atexit.register(gc.freeze)
    # A store name with an accent must not stop a report on a terminal that knows ASCII only.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = app(args=arguments, prog_name="pricewatch", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else Exit.CLEAN
    except (UserError, SourceError) as error:
        typer.echo(_message(error), err=True)
        return Exit.USER if isinstance(error, UserError) else Exit.SOURCE
    except TyperException as error:
        typer.echo(_misuse(error), err=True)
        return Exit.USER
    except typer.Abort:
        return 130
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader (head, a pager) has had enough; typer exits by itself then, and never otherwise when it is not standalone.
        # Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CLEAN
    except Exception as error:
        typer.echo(f"pricewatch failed: {type(error).__name__}: {_one_line(error)}; traceback in {_save_traceback()}", err=True)
        return Exit.INTERNAL


def _misuse(error: TyperException) -> str:
    """What is wrong with a command line. A verb without arguments that needs some answers with its help alone."""
    said = error.format_message()
    if said.startswith("Usage: "):
        return said
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "pricewatch"
    said = said.replace("Value error, ", "")
    return f"{command}: {said[:1].lower()}{said[1:]}\n  fix: {command} --help"


def _message(error: UserError | SourceError) -> str:
    """The message a person reads, with the fix on a line of its own."""
    if isinstance(error, SourceError) and error.fix:
        return f"{error}\n  fix: {error.fix}"
    return str(error)


def _one_line(error: BaseException) -> str:
    """The beginning of an error's text."""
    return " ".join(str(error).split())[:200]


def _save_traceback() -> Path:
    """Where the traceback of the present exception was saved: the workspace's data folder, or a temporary one."""
    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    with contextlib.suppress(Exception):
        from pricewatch.cli.place import data_folder

        if folder := data_folder(sys.argv):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(traceback.format_exc())
            return folder / name
    handle, path = tempfile.mkstemp(prefix="pricewatch-", suffix=f"-{name}")
    with os.fdopen(handle, "w") as file:
        file.write(traceback.format_exc())
    return Path(path)
