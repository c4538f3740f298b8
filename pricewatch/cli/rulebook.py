"""The verbs `pricewatch rules ...`: what is checked, why, who mends it; whether it is right and does what it should."""

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
    columns = ("id", "check", "severity", "enabled", "owner", "where", "place")
    return _listed(rule_frame(load_rules(_root(root) / "rules")), columns, form)


@rules_app.command("check")
def check_rules(
    root: Root = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are mistakes too: exit 2.")] = False,
) -> int:
    """Name every mistake in config/ and rules/, and every rule that makes no sense.

    Configuration, rules, their tests, and what they say of each other, all at once. Warnings (rules that can never find
    anything, that repeat or contradict each other) go to stderr and leave the exit code at 0.

    Example:

      pricewatch rules check --strict
    """
    from pricewatch.collect.importers import registry
    from pricewatch.runs.night import NO_RULE, business_date
    from pricewatch.workspace import Workspace
    from pricewatch.workspace.rule_tests import load_cases
    from pricewatch.workspace.rule_warnings import rule_warnings
    from pricewatch.workspace.waivers import waiver_warnings

    loaded = Workspace.load(_root(root), importers=registry())
    if not loaded.rules:
        raise NO_RULE
    cases = load_cases(loaded)
    warnings = rule_warnings(loaded.rules, loaded.channels, loaded.sources)
    warnings += waiver_warnings(loaded.waivers, business_date(loaded))
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    counts = (
        (len(loaded.rules), "rule"),
        (len(cases), "rule test"),
        (len(loaded.sources), "source"),
        (len(loaded.channels), "channel"),
    )
    said = [f"{count} {noun}" if count == 1 else f"{count} {noun}s" for count, noun in counts]
    verdict = {0: "all right", 1: "1 warning"}.get(len(warnings), f"{len(warnings)} warnings")
    typer.echo(f"{', '.join(said)}: {verdict}")
    return Exit.USER if strict and warnings else Exit.CLEAN


@rules_app.command("test")
def run_tests(
    name: Annotated[
        str | None, typer.Argument(help="A file (prices), a rule's id, or a test's name; all without it.", metavar="[NAME]")
    ] = None,
    root: Root = None,
) -> int:
    """Run the rule tests of rules/*.test.yaml: given these offers, expect these findings.

    The whole engine on each small night, with this workspace's markets, channels and sources. Exit 1 when a test fails: rows
    marked - were expected and not found, rows marked + were found and not expected.

    Example:

      pricewatch rules test marketplaces
    """
    from pricewatch.report.rule_tests import difference, failure, summary
    from pricewatch.runs.rule_tests import run_case
    from pricewatch.workspace import Workspace
    from pricewatch.workspace.rule_tests import load_cases, named

    loaded = Workspace.load(_root(root))
    cases = load_cases(loaded)
    if not cases:
        raise UserError("there are no rule tests", "rules/", "write rules/prices.test.yaml beside rules/prices.yaml")
    failed = 0
    chosen = cases if name is None else named(cases, name)
    for case in chosen:
        found = run_case(loaded, case)
        if not found.passed:
            failed += 1
            rows = difference(found.columns, found.equal, found.missing, found.unexpected)
            typer.echo("\n".join(failure(case.place, case.name, case.rules, found.notes, rows)))
    typer.echo(summary(len(chosen), failed))
    return Exit.FINDINGS if failed else Exit.CLEAN


@rules_app.command("schema")
def schema() -> int:
    """Print the JSON Schema of rule files, for completion in editors.

    Example:

      pricewatch rules schema
    """
    import json

    from pricewatch.workspace.rule_schema import rule_schema

    typer.echo(json.dumps(rule_schema(), indent=2, ensure_ascii=False))
    return Exit.CLEAN


Kind = Annotated[str, typer.Argument(help="A kind of check, as in: pricewatch rules list --kinds", metavar="KIND")]


@rules_app.command("docs")
def docs(kind: Kind) -> int:
    """Print the manual page of one kind of check.

    What it finds, what it does not judge, its parameters, an example.

    Example:

      pricewatch rules docs expected_price
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


@rules_app.command("show", hidden=True)
def show_kind(kind: Kind) -> int:
    """The former name of: pricewatch rules docs KIND."""
    return docs(kind)


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
