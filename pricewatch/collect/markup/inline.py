"""Microdata and RDFa Lite: schema.org in the attributes of a page, as the nodes that JSON-LD would hold.

`itemscope`, `itemtype`, `itemprop`, `itemref` (HTML Living Standard, microdata) and `typeof`, `property`, `resource` (W3C RDFa
Lite). A property that occurs several times is a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HtmlElement
from scrapy.http import TextResponse

_DEEPEST = 12
"""Items inside items; real pages have four."""

_MOST = 5_000
"""Items of one page: `itemref` can make a page refer to itself without end."""

_BY_TAG = {"meta": "content", "link": "href", "a": "href", "img": "src", "time": "datetime", "data": "value", "meter": "value"}


@dataclass(frozen=True)
class _Dialect:
    """The attributes of one way to write it."""

    name: str
    scope: str
    kind: str
    prop: str
    needle: bytes


_DIALECTS = (
    _Dialect("microdata", "itemscope", "itemtype", "itemprop", b"itemprop"),
    _Dialect("RDFa", "typeof", "typeof", "property", b"typeof="),
)


def items(page: TextResponse) -> list[tuple[str, dict[str, Any]]]:
    """The items of a page that are part of no other, each with the dialect's name."""
    root = None
    found: list[tuple[str, dict[str, Any]]] = []
    for dialect in _DIALECTS:
        if dialect.needle not in page.body:
            continue
        root = page.selector.root if root is None else root
        found += [
            (dialect.name, _Items(dialect, root).item(element))
            for element in root.iter(etree.Element)
            if dialect.scope in element.attrib and dialect.prop not in element.attrib
        ]
    return found


class _Items:
    """Reads one item with all that it holds."""

    def __init__(self, dialect: _Dialect, root: HtmlElement) -> None:
        self.dialect, self.root = dialect, root
        self.read = 0

    def item(self, element: HtmlElement, depth: int = 0) -> dict[str, Any]:
        """An item's types and properties."""
        dialect = self.dialect
        node: dict[str, Any] = {"@type": [word for word in (element.get(dialect.kind) or "").split() if word]}
        self.read += 1
        if depth > _DEEPEST or self.read > _MOST:
            return node
        for found in self.properties(element):
            value = self.item(found, depth + 1) if dialect.scope in found.attrib else _value(found)
            for written in (found.get(dialect.prop) or "").split():
                name = written.rsplit("/", 1)[-1].removeprefix("schema:")
                if ":" in name:
                    continue
                if name not in node:
                    node[name] = value
                elif isinstance(node[name], list):
                    node[name].append(value)
                else:
                    node[name] = [node[name], value]
        return node

    def properties(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """The elements that are properties of an item: inside it, or referred to by `itemref`, and not inside another item."""
        waiting = list(reversed(element))
        if self.dialect.name == "microdata":
            referred = (element.get("itemref") or "").split()
            waiting[:0] = [other for other in self.root.iter() if other.get("id") in referred] if referred else []
        while waiting:
            here = waiting.pop()
            if not isinstance(here.tag, str):
                continue
            if self.dialect.prop in here.attrib:
                yield here
            if self.dialect.scope not in here.attrib:
                waiting.extend(reversed(here))


def _value(element: HtmlElement) -> str:
    """A property's text: `content` where it is written, else what the element is made for, else what people read in it."""
    for attribute in ("content", "resource", _BY_TAG.get(element.tag)):
        written = element.get(attribute) if attribute else None
        if written is not None:
            return " ".join(written.split())
    return " ".join(element.text_content().split())
