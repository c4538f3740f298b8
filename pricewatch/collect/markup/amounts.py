"""Money in a text that people read: `$2.49` of `$2.49 with card`, `1,99 €` and `100 g` of `1,99 €/100 g`."""

from __future__ import annotations

import re

from lxml.html import HtmlElement
from parsel import Selector

MONEY = (
    r"(?:[A-Z]{3}\s?|[^\w\s.,;:()/%+*=-]\s?)?\d(?:[\d.,'’]|\s(?=\d{3}\b))*(?:\s?(?:[A-Z]{3}\b|[€£¥₹₽₺₩₫฿]|zł|kr|Kč|Ft|lei|лв))?"
)
_MONEY = re.compile(MONEY)
_PER = re.compile(
    rf"(?P<money>{MONEY})\s*(?:/|\b(?:per|par|pro|je|the|le|la|al|por|a|au)\b|\bl['’])\s*(?P<base>\d*[.,]?\d*\s?[^\W\d][^)]*)"
)
_EQUALS = re.compile(rf"(?P<base>[^=(]+)=\s*(?P<money>{MONEY})")
_STRUCK = frozenset({"s", "del", "strike"})
_UNREAD = frozenset({"script", "style", "template", "noscript"})
_SPLIT = re.compile(r"(\d+)\s?([€£$])(\d\d)\b")


def money_in(text: str) -> str:
    """The part of a text that looks like money: `$2.49` of `$2.49 with card`; the whole text when nothing does."""
    found = _MONEY.search(text)
    return " ".join(found.group().split()) if found else text


def unit_price(text: str) -> tuple[str, str | None]:
    """A unit price and what it is for, as written: `19,90 €` and `kg` of `19,90 €/kg` or `(kg = 19,90 €)`; no base, null."""
    found = _EQUALS.search(text) or _PER.search(text)
    if found is None:
        return money_in(text), None
    return money_in(found["money"]), " ".join(found["base"].split()).rstrip(" .;,") or None


def joined_cents(text: str, decimal: str) -> str:
    """`12€99` as `12,99 €`: cents behind the sign. Any other text is as it was."""
    return _SPLIT.sub(rf"\g<1>{decimal}\g<3> \g<2>", text)


def shown(element: Selector, *, struck: bool = False, decimal: str = ".") -> str | None:
    """What people read in an element, blanks normalised; `content` of markup without text.

    `struck`: crossed-out text counts, too. Two raised digits behind a number are its cents; other raised text is a footnote.
    """
    parts: list[str] = []
    _collect(element.root, parts, struck, decimal)
    return " ".join(parts) or element.root.get("content") or None


def _collect(element: HtmlElement, parts: list[str], struck: bool, decimal: str) -> None:
    _add(element.text, parts)
    for child in element:
        if child.tag == "sup" and not struck:
            raised = " ".join(child.text_content().split())
            if parts and re.fullmatch(r"\d\d", raised) and re.fullmatch(r"(?:.*[^\d.,])?\d+", parts[-1]):
                parts[-1] += decimal + raised
            elif parts and re.match(r"[.,]\d\d\b", raised):
                parts[-1] += raised
        elif isinstance(child.tag, str) and child.tag not in _UNREAD and (struck or child.tag not in _STRUCK):
            _collect(child, parts, struck, decimal)
        _add(child.tail, parts)


def _add(text: str | None, parts: list[str]) -> None:
    if text and (plain := " ".join(text.split())):
        parts.append(plain)
