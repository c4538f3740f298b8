"""A YAML file with the line of everything in it, so that every mistake in it is told with `file:line`, what, and a fix.

`read` composes the node tree once; `Document.place(("3", "market"))` walks a location down it. `check` holds a part of it
against a pydantic type and gives the value *and* the problems; `load` does both for a whole file and raises the problems.

YAML 1.2: `NO` is text, `22:30` is text, and of two equal keys neither wins silently: that is a problem of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pricewatch.domain.errors import Problems, UserError
from pricewatch.workspace.mistakes import Loc, in_words

T = TypeVar("T")

_PLACEHOLDER = re.compile(r"\$\{(?:env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|[^}]*\}?)")


@dataclass(frozen=True)
class Document:
    """One YAML file: its plain value, and where each part of it is written."""

    shown: str
    """The file as messages name it: relative to the workspace's root."""
    text: str
    node: Node | None
    """The composed tree; None for an empty file."""
    value: Any
    """Plain Python: dict, list, str, int, float, bool, date, None; placeholders are resolved."""
    problems: tuple[UserError, ...] = ()
    """Equal keys, and variables that are missing from the environment: the value is there all the same."""
    unresolved: frozenset[Loc] = field(default_factory=frozenset)
    """Where a placeholder could not be resolved: told already, so nothing else is said about these places."""

    def place(self, loc: Loc = ()) -> str:
        """`config/sources.yaml:12` for a location such as `(3, "market")`; the nearest parent's line where a key is missing."""
        line = self._find(loc)[0]
        return f"{self.shown}:{line}"

    def written(self, loc: Loc) -> str | None:
        """A scalar as its author wrote it, without quotes, or None; never what an environment variable held: it may be secret."""
        node = self._find(loc)[1]
        if not isinstance(node, ScalarNode):
            return None
        text = self.text[node.start_mark.index : node.end_mark.index].strip()
        return text[1:-1] if node.style in ("'", '"') else text

    def _find(self, loc: Loc) -> tuple[int, Node | None]:
        """The line (from 1) and the node of a location; the node is None where the location ends at a parent."""
        node = self.node
        line = node.start_mark.line + 1 if node is not None else 1
        for part in loc:
            step = _child(node, part)
            if step is None:
                return line, None
            line, node = step
        return line, node


def _child(node: Node | None, part: int | str) -> tuple[int, Node] | None:
    """The line of a key or item and its node; None where there is none."""
    if isinstance(node, MappingNode):
        # the last of two equal keys is the one that counts in the value
        for key, value in reversed(node.value):
            if isinstance(key, ScalarNode) and key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None


def read(path: Path, shown: str | None = None, *, environment: Mapping[str, str] | None = None) -> Document:
    """The file as a `Document`. With `environment`, `${env:NAME}` and `${env:NAME:-default}` in its values are resolved.

    Raises `UserError` where there is no value at all: no such file, no UTF-8, no YAML, or several documents in one file.
    """
    shown = shown or path.name
    text = _text(path, shown)
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # we tell all of them ourselves, each with its line
    try:
        node = yaml.compose(text)
        if node is None:
            return Document(shown, text, None, None)
        walk = _Walk(shown, environment)
        walk.visit(node, ())
        value = yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{shown}:{mark.line + 1}" if mark is not None else shown
        raise UserError(f"this is no YAML: {_syntax(error)}", where, _syntax_fix(error)) from None
    except RecursionError:
        raise UserError("the values are nested too deep", shown, "write fewer levels") from None
    except YAMLError as error:
        raise UserError(f"this is no YAML: {str(error).splitlines()[0]}", shown, "save the file as plain UTF-8 text") from None
    return Document(shown, text, node, value, tuple(walk.problems), frozenset(walk.unresolved))


def check(
    document: Document,
    kind: type[T],
    loc: Loc = (),
    *,
    value: Any = None,
    noun: str = "",
    who: str = "",
    keys: Sequence[str] = (),
) -> tuple[T | None, list[UserError]]:
    """The part of a document at `loc` as `kind`, and every problem in it; the value is None when there is one.

    `value` replaces the document's own (a rule is read in two parts), `noun`, `who` and `keys` say what the
    thing is called, which one it is and which keys it has, where the type and the value alone do not say it.
    """
    given = document.value if value is None else value
    if value is None:
        for part in loc:
            given = given[part]
    try:
        return TypeAdapter(kind).validate_python(given), []
    except ValidationError as error:
        return None, in_words(error, document, kind, loc, given=given, noun=noun, who=who, keys=keys)


def load(path: Path, kind: type[T], shown: str | None = None, *, environment: Mapping[str, str] | None = None) -> T:
    """A whole file as `kind`; raises every problem of it at once."""
    document = read(path, shown, environment=environment)
    value, problems = check(document, kind)
    Problems.raise_if_any([*document.problems, *problems])
    assert value is not None
    return value


class _Walk:
    """One pass over the node tree before values are made: equal keys, aliases inside themselves, placeholders."""

    def __init__(self, shown: str, environment: Mapping[str, str] | None) -> None:
        self.shown, self.environment = shown, environment
        self.problems: list[UserError] = []
        self.unresolved: list[Loc] = []
        self._above: set[int] = set()
        self._done: set[int] = set()

    def visit(self, node: Node, loc: Loc) -> None:
        """Visit a node and all below it; a node that several aliases share is visited once."""
        if id(node) in self._above:
            raise UserError("an alias stands inside its own anchor", self._place(node), "write the value out instead")
        if id(node) in self._done:
            return
        self._done.add(id(node))
        self._above.add(id(node))
        if isinstance(node, MappingNode):
            self._mapping(node, loc)
        elif isinstance(node, SequenceNode):
            for index, item in enumerate(node.value):
                self.visit(item, (*loc, index))
        elif isinstance(node, ScalarNode) and self.environment is not None and str(node.tag).endswith(":str"):
            self._resolve(node, loc)
        self._above.discard(id(node))

    def _mapping(self, node: MappingNode, loc: Loc) -> None:
        first: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else ""
            if name in first:
                again = f"the first is in line {first[name]}"
                self.problems.append(
                    UserError(f"the key '{name}' is here twice; {again}", self._place(key), "keep one of the two")
                )
            first.setdefault(name, key.start_mark.line + 1)
            self.visit(value, (*loc, name))

    def _resolve(self, node: ScalarNode, loc: Loc) -> None:
        """Put the environment's values in place of `${env:NAME}`; an empty variable counts as missing, as in a shell's `:-`."""
        environment = self.environment or {}

        def replace(found: re.Match[str]) -> str:
            name, default = found.groups()
            if name and environment.get(name):
                return environment[name]
            if name and default is not None:
                return str(default)
            self.unresolved.append(loc)
            if name:
                what, fix = f"the environment variable {name} is not set", f"export {name}=..., or write ${{env:{name}:-default}}"
            else:
                what, fix = f"'{found[0]}' is no placeholder", "write ${env:NAME} or ${env:NAME:-default}"
            self.problems.append(UserError(what, self._place(node), fix))
            return found[0]

        if "${" in node.value:
            node.value = _PLACEHOLDER.sub(replace, node.value)

    def _place(self, node: Node) -> str:
        return f"{self.shown}:{node.start_mark.line + 1}"


def _text(path: Path, shown: str) -> str:
    """The file's text: UTF-8, with or without a byte order mark."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(
            "there is no such file", shown, f"write it, or begin with: pricewatch init; looked in {path.parent}"
        ) from None
    except OSError as error:
        raise UserError(f"the file can't be read: {error.strerror}", shown, "look at the file's rights") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError("the file is not UTF-8 text", f"{shown}:{line}", "save it as UTF-8") from None


def _syntax(error: MarkedYAMLError) -> str:
    """The parser's complaint as one line of words."""
    return " ".join(str(part).strip() for part in (error.context, error.problem) if part)


def _syntax_fix(error: MarkedYAMLError) -> str:
    """The one fix that is likeliest for a syntax error."""
    problem = str(error.problem or "")
    if "\\t" in problem or "tab" in problem.lower():
        return "indent with spaces, never with tabs"
    if "mapping values are not allowed" in problem:
        return "check the indentation, and put a text that holds ': ' in quotes"
    if "another document" in problem or "single document" in str(error.context or ""):
        return "keep one document a file: take the line --- out"
    if "could not determine a constructor" in problem:
        return "take the tag that begins with ! out, or put the text in quotes"
    if "alias" in problem:
        return "put a text that begins with * or & in quotes"
    return "check quotes, brackets and indentation on this line and the one above"
