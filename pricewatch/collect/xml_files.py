"""Records of an XML file, one after another: namespaces do not matter, memory stays flat, nothing outside the file is touched.

A document type is refused whatever stands in it: entities and external files have no business in a price file. A file that is
not well-formed to its last byte is refused whole, in our own words: the parser's would quote what the file holds.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from lxml import etree

from pricewatch.domain.errors import SourceError

Element: TypeAlias = etree._Element

_ENDS_EARLY = frozenset(
    {
        etree.ErrorTypes.ERR_DOCUMENT_END,
        etree.ErrorTypes.ERR_TAG_NOT_FINISHED,
        etree.ErrorTypes.ERR_CDATA_NOT_FINISHED,
        etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED,
        etree.ErrorTypes.ERR_GT_REQUIRED,
        etree.ErrorTypes.ERR_LTSLASH_REQUIRED,
    }
)
_WRONG_BYTES = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_CHAR,
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
        etree.ErrorTypes.I18N_CONV_FAILED,
        etree.ErrorTypes.I18N_NO_OUTPUT,
    }
)
_DECLARED = re.compile(rb"""^[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_WORDS = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: "a tag is closed that is not the one that is open",
    etree.ErrorTypes.ERR_DOCUMENT_EMPTY: "it does not begin with a tag",
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: "it uses an entity that XML does not know",
    etree.ErrorTypes.ERR_NAME_REQUIRED: "a '<' or '&' stands in the text",
}


def records(data: bytes, ref: str, tags: set[str], *, encoding: str | None = None) -> Iterator[tuple[int, Element]]:
    """(line, element) of every element whose name, without its namespace, is one of `tags`, in the order in which they end.

    An element is emptied as soon as the next one is asked for; of wanted elements inside one another the inner one comes first
    and is gone from the outer. `encoding` overrides what the file declares.
    Raises SourceError: not well-formed, cut off, other bytes than its encoding has, a document type, deeper than 256 levels.
    """
    try:
        found = etree.iterparse(
            io.BytesIO(data),
            events=("end",),
            tag=[f"{{*}}{tag}" for tag in sorted(tags)],
            encoding=encoding,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        first = True
        for _, element in found:
            if first:
                _without_document_type(element, ref)
                first = False
            yield element.sourceline or 1, element
            _free(element)
        if first:
            _without_document_type(found.root, ref)
    except etree.XMLSyntaxError as error:
        raise SourceError(_in_words(error), f"{ref}:{max(error.lineno or 1, 1)}", "have it sent again") from None
    except LookupError:
        raise SourceError(
            f"its declared encoding '{encoding}' is unknown", ref, "write for example utf-8 or cp1252 (layout: encoding)"
        ) from None


def encoding_to_read(data: bytes, fallback: str | None) -> str | None:
    """The encoding to read a file in against its own declaration, where that is wrong; None where it is right or unknown.

    A declaration is wrong when the bytes cannot be decoded by it, or are single bytes where it says UTF-16.
    """
    if data.startswith((b"<\0", b"\0<", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    said = _DECLARED.search(data[:200])
    name = said[1].decode("ascii") if said else "utf-8"
    if name.lower().startswith(("utf-16", "ucs-2")):
        return fallback or "utf-8"
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return fallback
    except LookupError:
        return None
    return None


def name_of(element: Element) -> str:
    """An element's name without its namespace: `Sale` for `{http://www.nrf-arts.org/IXRetail/namespace/}Sale`."""
    return _bare(element.tag)


@lru_cache(maxsize=4096)
def _bare(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: Element) -> str | None:
    """The element's own text without blanks around it; null when it has none."""
    return (element.text or "").strip() or None


def attribute(element: Element, name: str) -> str | None:
    """An attribute's value by its name without its namespace (`weightItem` finds `acs:weightItem`); null when it is not there."""
    for key, value in element.items():
        if _bare(key) == name:
            return str(value).strip() or None
    return None


def child_of(element: Element, name: str) -> Element | None:
    """The first child of this name; None when there is none."""
    return next(element.iterchildren(f"{{*}}{name}"), None)


def texts_of(element: Element) -> dict[str, str]:
    """The texts of an element's children by name; of several alike the first. Children without text are not in it."""
    texts: dict[str, str] = {}
    for child in element:
        text = text_of(child)
        if text is not None:
            texts.setdefault(name_of(child), text)
    return texts


def within(element: Element, name: str) -> str | None:
    """The text of the first element of this name, at any depth; null when there is none."""
    found = next(element.iter(f"{{*}}{name}"), None)
    return None if found is None else text_of(found)


def _free(element: Element) -> None:
    """The element and everything before it is given back: the tree never holds more than one record and its ancestors."""
    element.clear()
    step: Element | None = element
    while step is not None:
        parent = step.getparent()
        if parent is not None:
            while step.getprevious() is not None:
                del parent[0]
        step = parent


def _without_document_type(element: Element | None, ref: str) -> None:
    if element is not None and element.getroottree().docinfo.doctype:
        raise SourceError("declares a document type (DOCTYPE), which is never read; nothing was imported", f"{ref}:1")


def _in_words(error: etree.XMLSyntaxError) -> str:
    """What is wrong without a word of the file's content, which may be personal."""
    if error.code == etree.ErrorTypes.ERR_DOCUMENT_END and (error.msg or "").startswith("Extra content"):
        return "is no well-formed XML: something stands behind its last tag; nothing was imported"
    if error.code in _ENDS_EARLY:
        return "is cut off: it ends before its last tag is closed; nothing was imported"
    if error.code in _WRONG_BYTES:
        return "has bytes that its encoding does not have; nothing was imported"
    return f"is no well-formed XML: {_WORDS.get(error.code or 0, 'it cannot be read from here on')}; nothing was imported"
