"""What a page of an API leads to: an answer in, the parameters or the URL of the next pages out. Pure.

A number of pages or products that the first page announces lets the others be asked for side by side; otherwise one page leads
to the next, until one is empty. A page shorter than asked is no end: servers cap the size that is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from pricewatch.collect.api.options import ByCursor, ByLink, ByOffset, ByPage, OnePage, Paging
from pricewatch.collect.api.paths import Scope, text_at
from pricewatch.collect.api.records import NotAsDeclared

_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_LINK = re.compile(r"<(?P<url>[^>]*)>(?P<notes>[^<]*)")
_NEXT = re.compile(r"""rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|'next'|next\b)""", re.IGNORECASE)

MOST_PAGES = 100_000
"""A number of pages above this is a mistake of the API, not a shop: it is not believed."""


@dataclass(frozen=True)
class Ask:
    """One page to ask for."""

    parameters: dict[str, str] = field(default_factory=dict)
    """Of the paging, besides those of every request."""
    url: str | None = None
    """Where the page names the next one whole; None = the source's own."""
    numbers: tuple[str, ...] = ()
    """Which of the parameters are numbers, where that matters: variables of GraphQL are typed."""
    last: bool = False
    """An announced page: it leads to no further one, and an empty one is a mistake of the API."""

    def onwards(self, parameters: Mapping[str, str], *, last: bool = False) -> Ask:
        """The same with other parameters."""
        return replace(self, parameters=self.parameters | dict(parameters), last=last)


def first(paging: Paging) -> Ask:
    """The first page."""
    if isinstance(paging, OnePage):
        return Ask(last=True)
    size = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
    if isinstance(paging, ByPage):
        return Ask({paging.parameter: str(paging.first)} | size, numbers=(paging.parameter, *size))
    if isinstance(paging, ByOffset):
        return Ask({paging.parameter: "0"} | size, numbers=(paging.parameter, *size))
    return Ask(size, numbers=tuple(size))


def further(paging: Paging, ask: Ask, answer: Any, *, got: int, url: str, headers: Mapping[str, str]) -> Iterator[Ask]:
    """The pages that one leads to. `got`: products on it; `headers` by lower-case name.

    Raises NotAsDeclared when it does not say what it should, or when an announced page is empty.
    """
    scope = Scope(answer, {}, ())
    if ask.last:
        if got == 0 and not isinstance(paging, OnePage):
            raise NotAsDeclared("is empty, although the first page announces it")
    elif isinstance(paging, ByPage):
        yield from _by_page(paging, ask, scope, got, headers)
    elif isinstance(paging, ByOffset):
        yield from _by_offset(paging, ask, scope, got)
    elif isinstance(paging, ByCursor):
        yield from _by_cursor(paging, ask, scope)
    elif isinstance(paging, ByLink):
        where = text_at(scope, paging.at) if paging.at else linked(headers.get("link", ""))
        if where:
            yield Ask(url=urljoin(url, where))


def _by_page(paging: ByPage, ask: Ask, scope: Scope, got: int, headers: Mapping[str, str]) -> Iterator[Ask]:
    number = int(ask.parameters[paging.parameter])
    if paging.pages or paging.pages_header:
        pages = _announced(scope, paging.pages, "pages", headers, paging.pages_header)
    elif paging.total:
        total = _total(scope, paging.total, got)
        pages = -(-total // got) if got else 0
    elif got:
        yield ask.onwards({paging.parameter: str(number + 1)})
        return
    else:
        return
    _believed(pages)
    for further_number in range(number + 1, number + pages):
        yield ask.onwards({paging.parameter: str(further_number)}, last=True)


def _by_offset(paging: ByOffset, ask: Ask, scope: Scope, got: int) -> Iterator[Ask]:
    offset = int(ask.parameters[paging.parameter])
    if paging.total is None:
        if got:
            yield ask.onwards({paging.parameter: str(offset + got)})
        return
    total = _total(scope, paging.total, got)
    _believed(total // max(got, 1))
    for further_offset in range(got, total, max(got, 1)):
        yield ask.onwards({paging.parameter: str(further_offset)}, last=True)


def _by_cursor(paging: ByCursor, ask: Ask, scope: Scope) -> Iterator[Ask]:
    more = text_at(scope, paging.more) if paging.more else None
    if paging.more and more not in ("true", "false"):
        raise NotAsDeclared(f"does not say whether there are more pages: no true or false at '{paging.more}' (options: paging)")
    cursor = text_at(scope, paging.cursor)
    if more == "false" or (cursor is None and more is None):
        return
    if cursor is None:
        raise NotAsDeclared(f"says there are more pages, but not where: nothing at '{paging.cursor}' (options: paging)")
    yield ask.onwards({paging.parameter: cursor})


def _total(scope: Scope, where: str, got: int) -> int:
    total = _announced(scope, where, "products")
    if total and not got:
        raise NotAsDeclared(f"is empty, although it announces {total} products")
    return total


def _announced(
    scope: Scope, where: str | None, what: str, headers: Mapping[str, str] | None = None, header: str | None = None
) -> int:
    told = text_at(scope, where) if where else (headers or {}).get((header or "").lower())
    if told is None or not _NUMBER.fullmatch(told):
        place, key = (f"'{where}'", what) if where else (f"header '{header}'", "pages_header")
        key = "total" if key == "products" else key
        raise NotAsDeclared(f"does not say how many {what} there are: no number at {place} (options: paging.{key})")
    return int(told)


def _believed(pages: int) -> None:
    if pages > MOST_PAGES:
        raise NotAsDeclared(f"announces {pages} pages; more than {MOST_PAGES} are not believed")


def linked(header: str) -> str | None:
    """The URL with rel=next of an HTTP header Link (RFC 8288); None when there is none."""
    return next((found["url"] for found in _LINK.finditer(header) if _NEXT.search(found["notes"])), None)
