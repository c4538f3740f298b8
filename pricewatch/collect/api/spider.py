"""The crawl of a JSON API by declaration: what `spiders/app_api.py` is, and what a spider of one's own can build on.

```python
class Ours(ApiSpider):
    name = "ours"

    def offer(self, page, fields):                   # the last word on each offer; None leaves it out
        return fields | {"seller": None}
```
An answer that tells of errors is a failed page, whatever its status; a page that repeats an earlier one, or leads to another
host, ends the crawl there and is told. Tokens never leave the host of the source's `url`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy.http import Request, Response
from w3lib.url import add_or_replace_parameters

from pricewatch.collect.api.options import Api, declared
from pricewatch.collect.api.paging import Ask, first, further
from pricewatch.collect.api.records import (
    Lacking,
    NotAsDeclared,
    NotJson,
    Offer,
    described,
    identities,
    offers,
    parsed,
    products,
)
from pricewatch.collect.markup.reading import Reading
from pricewatch.collect.spider import PriceSpider, Refused, Row, TryAgain, Unreadable
from pricewatch.domain.errors import Problems, UserError


class ApiSpider(PriceSpider):
    """Offers of a paginated JSON API, REST or GraphQL, by the declared `options` (`options.Api`)."""

    def __init__(self, *, url: str, **facts: Any) -> None:
        super().__init__(url=url, **facts)
        self.mistakes: list[UserError] = []
        self._seen: dict[tuple[Any, ...], str] = {}
        """What pages held -> the page that held it first."""
        self._asked: set[tuple[Any, ...]] = set()
        self._answer: tuple[Response | None, Any] = (None, None)
        try:
            self.api = declared(self.options, Api)
        except UserError as error:
            self.mistakes = list(error.problems) if isinstance(error, Problems) else [error]
            return
        if self.api.graphql is not None and self.api.errors is None:
            self.api = self.api.model_copy(update={"errors": "errors"})
        own = self.base_url + "/" * url.endswith("/")  # some answer at /graphql/ alone
        self.endpoint = own if not self.api.path or own.endswith(self.api.path) else self.base_url + self.api.path

    async def start(self) -> AsyncIterator[Request]:
        """The first page, once for each set of parameters. Nothing is asked for when the options are wrong: that is told."""
        if self._mistaken():
            return
        for chosen in self.api.each or ({},):
            begin = first(self.api.paging)
            self._asked.add((_key(chosen), _number(begin)))
            yield self.ask(begin, chosen)

    def ask(self, ask: Ask, chosen: Mapping[str, str]) -> Request:
        """The request for one page of what is asked for with the `chosen` parameters (of `each`)."""
        api = self.api
        facts = {"ask": ask, "chosen": dict(chosen), "dont_redirect": True}  # a token goes nowhere else
        parameters = {**api.parameters, **chosen, **ask.parameters}
        url, body = self.endpoint, None
        if ask.url is not None:
            url, parameters = ask.url, {}
        if api.graphql is not None:
            body = json.dumps({"query": api.graphql.query, "variables": api.graphql.variables | _typed(parameters, ask.numbers)})
            parameters = {}
        url = add_or_replace_parameters(url, parameters | api.secret_parameters)
        page = self.page(url, follow=self.further_pages, many=True, **facts)
        headers = {"Accept": "application/json", **api.headers}
        if body is None:
            return page.replace(headers=headers)
        return page.replace(method="POST", body=body, headers={"Content-Type": "application/json", **headers})

    def read(self, page: Response) -> Iterator[Row | Refused]:
        """A row for each offer; an item without an id or a price is refused as it came."""
        for found in self._found(page):
            place = "#" + found.place
            if isinstance(found, Lacking):
                yield Refused(page.url + place, found.reason, found.item)
            elif (fields := self.offer(page, found.fields)) is not None:
                yield self.raw(page, ref=place, **({"surface": "api"} | fields))

    def explain(self, page: Response) -> Iterator[Reading]:
        """Every offer with the paths its fields came from, what lacks something, and the pages that this one leads to."""
        for found in self._found(page):
            if isinstance(found, Lacking):
                yield Reading("api", notes=[f"at #{found.place}"], refused=found.reason)
            elif (fields := self.offer(page, found.fields)) is not None:
                reading = Reading("api", notes=[f"at #{found.place}"])
                for name, text in fields.items():
                    path = described(self.api.fields[name]) if name in self.api.fields else "offer()"
                    reading.put(name, text, f"{path} (options: fields.{name})")
                yield reading
        onwards = [_number(request.meta["ask"]) for request in self.further_pages(page)]
        if onwards:
            yield Reading("", notes=[f"leads to {_pages(len(onwards))}, the first: {onwards[0]}"])

    def probe(self, url: str) -> Iterator[Request]:
        """As the source asks: with its headers, once for each set of parameters; the source's own URL as its first page."""
        place = url if "://" in url else f"{self.base_url}/{url.lstrip('/')}"
        for chosen in () if self._mistaken() else self.api.each or ({},):
            own = place.rstrip("/") in (self.base_url, self.endpoint.rstrip("/"))
            yield self.ask(first(self.api.paging) if own else Ask(url=place, last=True), chosen)

    def offer(self, page: Response, fields: dict[str, str | None]) -> dict[str, str | None] | None:  # noqa: ARG002
        """The last word on the fields of an offer; None leaves it out. For spiders of one's own."""
        return fields

    def further_pages(self, page: Response) -> Iterator[Request]:
        """The pages that this one leads to. Unreadable when it is an earlier page once more."""
        ask, chosen = page.meta["ask"], page.meta["chosen"]
        answer = self._parsed(page)
        called = identities(answer, self.api, asked=chosen)
        earlier = self._seen.setdefault((_key(chosen), called), _number(ask)) if called else _number(ask)
        if earlier != _number(ask):
            raise Unreadable(f"repeats the products of an earlier page ({earlier or 'the first'}); what follows is not asked for")
        headers = {name.decode().lower(): b", ".join(values).decode("latin-1") for name, values in page.headers.items()}
        got = len(products(answer, self.api))
        if ask == first(self.api.paging) and not any(self._found(page)):  # for the words of a crawl that has no rows at all
            self.tally.reasons["every product is left out (options: only, never)" if got else "the answer holds no product"] += 1
        try:
            asks = list(further(self.api.paging, ask, answer, got=got, url=page.url, headers=headers))
        except NotAsDeclared as error:
            raise Unreadable(str(error)) from None
        for following in asks:
            wrong = self._astray(following, chosen)
            if wrong is None:
                yield self.ask(following, chosen)
            else:  # this page's own products are right: they land, and the delivery is not whole
                self.tally.lost.append(f"{page.url}: {wrong}; what follows is not asked for")

    def _astray(self, following: Ask, chosen: Mapping[str, str]) -> str | None:
        """Why a next page is not asked for: it was already, or it is on another host, where no token goes."""
        asked, own = urlsplit(following.url or self.endpoint), urlsplit(self.endpoint)
        if (asked.scheme, asked.netloc) != (own.scheme, own.netloc):
            return f"its next page is elsewhere: {asked.scheme}://{asked.netloc}"
        key = (_key(chosen), _number(following))
        if key in self._asked:
            return f"leads back to a page that was asked for ({_number(following)})"
        self._asked.add(key)
        return None

    def _mistaken(self) -> bool:
        """Whether the options are wrong; then that is told, all at once."""
        if self.mistakes:
            self.tally.lost.append(" | ".join(f"{error.where}: {error.what} (fix: {error.fix})" for error in self.mistakes))
        return bool(self.mistakes)

    def _found(self, page: Response) -> Iterator[Offer | Lacking]:
        if self.mistakes:
            raise self.mistakes[0]
        asked = {**self.api.parameters, **page.meta.get("chosen", {})} if page.request else {}
        try:
            yield from offers(self._parsed(page), self.api, asked=asked, today=self._today(), decimal=self.decimal)
        except NotAsDeclared as error:
            raise Unreadable(str(error)) from None

    def _parsed(self, page: Response) -> Any:
        """The page's JSON, parsed once for `read` and `further_pages`. TryAgain when it is none."""
        if self._answer[0] is not page:
            try:
                self._answer = (page, parsed(page.body))
            except NotJson as error:
                raise TryAgain(str(error)) from None
        return self._answer[1]

    def _today(self) -> date:
        return (self.observed_at or datetime.now(UTC)).astimezone(ZoneInfo(self.api.zone)).date()


def _typed(parameters: Mapping[str, str], numbers: tuple[str, ...]) -> dict[str, Any]:
    """Variables of GraphQL are typed: what counts pages is a number, a cursor of digits is not."""
    return {name: int(value) if name in numbers else value for name, value in parameters.items()}


def _pages(number: int) -> str:
    return f"{number} further {'page' if number == 1 else 'pages'}"


def _key(chosen: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(chosen.items()))


def _number(ask: Ask) -> str:
    """How a page is called in messages: what was asked for it."""
    return ask.url or ", ".join(f"{name}={value}" for name, value in ask.parameters.items())
