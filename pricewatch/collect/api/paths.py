"""Where a value stands in a JSON answer, declared as text.

`prices.price` goes down by keys; a number is a place in a list (`offers.0.price`); `attributes[code=special_price].value` takes
the first of a list that meets the condition. A key with a dot in it is quoted: `"price.net"`. The first character says where it
starts:

```
title             at the product (the innermost list's item)
^title            at the item of the list around it; ^^title one further out
$.shop.currency   at the whole answer
?store            not in the answer: the parameter that was asked with
=true             not in the answer: this very text
```
`[]` ends a list whose items are gone through: `products[].variants[]`; `[]` alone is an answer that is a list itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


class Number(str):
    """A number of an answer, as the text it was written as; its decimal sign is a point."""

    __slots__ = ()


Step = str | tuple[str, str]
"""A key or index, or (key, value): the first item of a list whose key has that value."""

_STEP = re.compile(r'\.?(?:"(?P<quoted>[^"]+)"|(?P<key>[^.\[\]"^?$]+)|\[(?P<name>[^=\[\]]+)=(?P<value>[^\[\]]*)\])')


@dataclass(frozen=True)
class Path:
    """One declared path."""

    text: str
    start: str
    """`` for the item, `^`, `^^` ... for those around it, `$` for the answer, `?` for a parameter, `=` for the text itself."""
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Scope:
    """What a path can start from: one item of an answer, those around it, the answer, and what was asked."""

    answer: Any
    asked: Mapping[str, str]
    items: tuple[Any, ...]
    """From the outermost list to the innermost; empty for the answer as a whole."""


@cache
def path(text: str) -> Path:
    """A path as written. Raises ValueError ("what; fix") when it is none."""
    if text.startswith("="):
        return Path(text, "=", (text[1:],))
    start = re.match(r"\^+|\$|\?|", text)
    assert start is not None
    steps = _steps(text[start.end() :].removeprefix(".") if start[0] == "$" else text[start.end() :], text)
    if start[0] == "?" and (len(steps) != 1 or not isinstance(steps[0], str)):
        raise ValueError(f"'{text}' names no parameter; write ? and one name, for example ?store")
    return Path(text, start[0], steps)


@cache
def lists(text: str) -> tuple[tuple[Step, ...], ...]:
    """The lists to go through, from the outermost: `products[].variants[]` is two. A last `[]` may be left out."""
    parts = text.removesuffix("[]").split("[]")
    return tuple(_steps(part.removeprefix("."), text) for part in parts)


def _steps(rest: str, text: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    at = 0
    while at < len(rest):
        found = _STEP.match(rest, at)
        if found is None or (at == 0 and rest.startswith(".")):
            raise ValueError(f"'{text}' is no path; write keys with dots between them, for example prices.price")
        at = found.end()
        steps.append((found["name"], found["value"]) if found["name"] else found["quoted"] or found["key"])
    return tuple(steps)


def down(node: Any, steps: tuple[Step, ...]) -> Any:
    """What stands below a node; None where nothing does."""
    for step in steps:
        if isinstance(step, tuple):
            name, value = step
            items = node if isinstance(node, list) else []
            node = next((item for item in items if isinstance(item, dict) and as_text(item.get(name)) == value), None)
        elif isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit():
            node = node[int(step)] if int(step) < len(node) else None
        else:
            return None
    return node


def value_at(scope: Scope, text: str) -> Any:
    """What stands at a declared path, seen from a scope; None where nothing does."""
    where = path(text)
    if where.start == "=":
        return where.steps[0]
    if where.start == "?":
        return scope.asked.get(str(where.steps[0]))
    if where.start == "$" or not scope.items:
        return down(scope.answer, where.steps)
    outwards = len(where.start)
    return down(scope.items[-1 - outwards], where.steps) if outwards < len(scope.items) else None


def text_at(scope: Scope, text: str) -> str | None:
    """The text at a declared path; true and false in JSON's words; None where there is none, or a list or object."""
    return as_text(value_at(scope, text))


def as_text(value: Any) -> str | None:
    """A JSON value as text: numbers are text already (`Number`, see `records.parsed`); empty text says nothing."""
    if isinstance(value, Number):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return value.strip() or None if isinstance(value, str) else None


def each(node: Any, levels: tuple[tuple[Step, ...], ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every item of nested lists, with the items around it and its place as a JSON pointer (RFC 6901).

    Of an inner list that is no list, the place alone: `((), "/products/3/variants")`; of one that is null or empty, nothing.
    """
    steps, *deeper = levels
    place = "".join(f"/{_escaped(step)}" for step in steps)
    items = down(node, steps)
    if not isinstance(items, list):
        if items is not None or _absent(node, steps):
            yield (), place
        return
    for index, item in enumerate(items):
        here = f"{place}/{index}"
        if not deeper:
            yield (item,), here
            continue
        for inner, below in each(item, tuple(deeper)):
            yield ((item, *inner) if inner else ()), here + below


def _absent(node: Any, steps: tuple[Step, ...]) -> bool:
    """Whether the last key is not there at all, which is not the same as a null."""
    last = steps[-1] if steps else ""
    owner = down(node, steps[:-1])
    return not (isinstance(owner, dict) and last in owner)


def _escaped(step: Step) -> str:
    shown = step if isinstance(step, str) else f"{step[0]}={step[1]}"
    return shown.replace("~", "~0").replace("/", "~1")
