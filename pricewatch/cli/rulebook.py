"""The verbs `pricewatch rules ...`: what is checked, why, who mends it; whether it is right; the manual of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pricewatch.cli.output import Format, FormatOption, emit
from pricewatch.cli.place import Root, heed_ctrl_c
from pricewatch.domain.errors import Exit, UserError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

rules_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The rules: list them, check them, read their manual.")


@rules_app.command("list")
def list_rules(
    root: Root = None,
    kinds: Annotated[bool, typer.Option("--kinds", help="The kinds of check there are, instead of the rules.")] = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """List the rules, or the kinds of check.

    What each one checks, where, how bad it is and who mends it.

    Example:

      pricewatch rules list --format csv
    """
    from pricewatch.workspace.frames import kind_frame, rule_frame
    from pricewatch.workspace.rules import load_rules

    if kinds:
        return _listed(kind_frame(), ("check", "summary"), form)
    return _listed(rule_frame(load_rules(_root(root) / "rules")), ("id", "check", "severity", "owner", "where", "place"), form)


@rules_app.command("check")
def check_rules(root: Root = None) -> int:
    """Name every mistake in config/ and rules/.

    Configuration, rules, and what they say of each other, all at once.

    Example:

      pricewatch rules check
    """
    from pricewatch.collect.importers import registry
    from pricewatch.runs.night import NO_RULE
    from pricewatch.workspace import Workspace

    loaded = Workspace.load(_root(root), importers=registry())
    if not loaded.rules:
        raise NO_RULE
    counts = ((len(loaded.rules), "rule"), (len(loaded.sources), "source"), (len(loaded.channels), "channel"))
    said = [f"{count} {noun}" if count == 1 else f"{count} {noun}s" for count, noun in counts]
    typer.echo(f"{', '.join(said)}: all right")
    return Exit.CLEAN


@rules_app.command("show")
def show_kind(
    kind: Annotated[str, typer.Argument(help="A kind of check, as in: pricewatch rules list --kinds", metavar="KIND")],
) -> int:
    """Print the manual page of one kind of check.

    What it finds, what it does not judge, its parameters, an example.

    Example:

      pricewatch rules show expected_price
    """
    from pricewatch.engine.checks import registry
    from pricewatch.workspace.mistakes import did_you_mean

    known = registry()
    if kind not in known:
        raise UserError(f"there is no check '{kind}'", fix=did_you_mean(kind, list(known), "checks"))
    page = [kind, "", known[kind].manual, "", "Parameters:", ""]
    page += [f"    {name}: {field.description}" for name, field in known[kind].params.model_fields.items()] or ["    none"]
    typer.echo("\n".join(page))
    return Exit.CLEAN


def _root(root: Path | None) -> Path:
    """The workspace's root, without loading the rest of it: rules can be listed while config/ is being mended."""
    heed_ctrl_c()
    from pricewatch.workspace import Workspace

    return Workspace.at(root) if root else Workspace.find()


def _listed(frame: pl.DataFrame, columns: Sequence[str], how: Format) -> int:
    """The columns that eyes need, the most important ones first; json and csv have all."""
    import polars as pl

    from pricewatch.report.lists import Column, listing

    shown = [Column(name, pl.col(name), matters=number, widest=60) for number, name in enumerate(columns, start=1)]
    emit(frame, how, table=lambda width: listing(frame, shown, width=width))
    return Exit.CLEAN
