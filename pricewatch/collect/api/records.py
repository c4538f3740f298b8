"""A JSON answer -> the fields of its offers, or the reason why one has none. Pure: crawls and files are read alike.

Numbers stay the text they were written as: 2.90 is not 2.9, and no price passes through a float.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pricewatch.collect.api.options import Days, FieldAt, Picked, Shape
from pricewatch.collect.api.paths import Number, Scope, Step, as_text, down, each, lists, text_at, value_at
from pricewatch.collect.sellers import ours

IDENTITY = ("external_id", "sku", "gtin")
PRICES = ("price_text", "regular_price_text", "member_price_text")

_WHOLE = re.compile(r"(-?)(\d+)", re.ASCII)
_DECIMALS = re.compile(r"[0-6]")
_REASON_LENGTH = 200


@dataclass(frozen=True)
class Offer:
    """One offer of an answer: raw fields, and its place as a JSON pointer."""

    place: str
    fields: dict[str, str | None]


@dataclass(frozen=True)
class Lacking:
    """One item of an answer that is no offer although it should be."""

    place: str
    reason: str
    item: str | None
    """As it came, as JSON."""


class NotJson(ValueError):
    """The text is no JSON, or not all of it."""


class NotAsDeclared(ValueError):
    """The answer tells of errors, or does not hold what was declared; the message says what."""


def parsed(body: bytes | str) -> Any:
    """JSON with its numbers as text. Raises NotJson."""
    try:
        return json.loads(body, parse_float=Number, parse_int=Number, parse_constant=str)
    except RecursionError:
        raise NotJson("the answer is nested too deep") from None
    except ValueError:
        raise NotJson("the answer is no JSON") from None


def offers(answer: Any, shape: Shape, *, asked: Mapping[str, str], today: date, decimal: str = ".") -> Iterator[Offer | Lacking]:
    """Every offer of an answer in its order; `today` is the day in the shape's zone.

    `decimal` is the sign that the source declares: prices that are JSON numbers, or have implied decimals, are written with it.
    Items that `only` and `never` leave out give nothing. Raises NotAsDeclared when the answer as a whole is none.
    """
    error = trouble(answer, shape.errors)
    if error is not None:
        raise NotAsDeclared(error)
    products(answer, shape)
    for items, place in each(answer, lists(shape.products)):
        if not items:
            yield Lacking(place, f"no list '{place.rpartition('/')[2]}' in a product (options: products)", None)
            continue
        scope = Scope(answer, asked, items)
        if not all(_holds(scope, *condition) for condition in shape.only.items()):
            continue
        if any(_holds(scope, *condition) for condition in shape.never.items()):
            continue
        yield _offer(scope, shape, place, today, decimal)


def products(answer: Any, shape: Shape) -> list[Any]:
    """The outermost list. Raises NotAsDeclared when there is none."""
    steps = lists(shape.products)[0]
    found = down(answer, steps)
    if not isinstance(found, list):
        name = _dotted(steps)
        raise NotAsDeclared(f"holds no list '{name}' (options: products)" if name else "is no list (options: products)")
    return found


def identities(answer: Any, shape: Shape, *, asked: Mapping[str, str]) -> tuple[str, ...]:
    """What the items of an answer are called, in order: two pages with the same are one page given twice."""
    names = [shape.fields[name] for name in IDENTITY if name in shape.fields]
    scopes = (Scope(answer, asked, items) for items, _ in each(answer, lists(shape.products)) if items)
    return tuple(next((text for name in names if (text := _picked(scope, name, None)) is not None), "") for scope in scopes)


def trouble(answer: Any, where: str | None) -> str | None:
    """What an answer says of errors at the declared place, in one line; None when it tells of none."""
    told = value_at(Scope(answer, {}, ()), where) if where else None
    if told in (None, False, "", [], {}, "0", "false"):
        return None
    first = told[0] if isinstance(told, list) else told
    message = first.get("message") if isinstance(first, dict) else first
    text = message if isinstance(message, str) else json.dumps(first, ensure_ascii=False)
    more = f" (and {len(told) - 1} more)" if isinstance(told, list) and len(told) > 1 else ""
    return f"the answer tells of an error: {' '.join(text.split())[:_REASON_LENGTH]}{more}"


def _offer(scope: Scope, shape: Shape, place: str, today: date, decimal: str) -> Offer | Lacking:
    fields = {ours: _picked(scope, theirs, today) for ours, theirs in shape.fields.items()}
    if ours((fields.get("seller"),), shape.own_sellers):
        fields["seller"] = None
    reason = _lack(fields, shape)
    if reason is None and shape.implied_decimals is not None:
        reason = _scale(fields, scope, shape.implied_decimals)
    if decimal != ".":
        for name, text in fields.items():
            if isinstance(text, Number) and name.endswith("_text"):
                fields[name] = text.replace(".", decimal)
    if reason is None:
        return Offer(place, fields)
    return Lacking(place, reason, json.dumps(scope.items[-1], ensure_ascii=False))


def _lack(fields: dict[str, str | None], shape: Shape) -> str | None:
    """Which of the two things without which a row says nothing is missing: a name for the product, a price."""
    lacking = []
    for group in (IDENTITY, PRICES):
        if not any(fields.get(name) for name in group):
            paths = [described(shape.fields[name]) for name in group if name in shape.fields]
            lacking.append(paths[0] if paths else group[0])
    return f"a product without {' and '.join(lacking)}" if lacking else None


def _scale(fields: dict[str, str | None], scope: Scope, implied: int | str) -> str | None:
    """Write whole numbers with their implied decimals, in place: 1105 with two is 11.05. Out: why that can't be done."""
    told = str(implied) if isinstance(implied, int) else text_at(scope, implied)
    if told is None or not _DECIMALS.fullmatch(told):
        return f"does not say how many decimals its prices have: '{told or 'nothing'}' (options: implied_decimals)"
    decimals = int(told)
    for name, text in fields.items():
        if text is None or not name.endswith("_text"):
            continue
        whole = _WHOLE.fullmatch(text)
        if whole is None:
            return f"{name.removesuffix('_text')} '{text}' is no whole number (options: implied_decimals)"
        sign, digits = whole.groups()
        padded = digits.zfill(decimals + 1)
        fields[name] = Number(f"{sign}{padded[:-decimals]}.{padded[-decimals:]}") if decimals else text
    return None


def _picked(scope: Scope, field: FieldAt, today: date | None) -> str | None:
    """The text of one field. `today` None: days don't matter."""
    if isinstance(field, str):
        return text_at(scope, field)
    if isinstance(field, tuple):
        return next((text for text in (_picked(scope, part, today) for part in field) if text is not None), None)
    if not all(_holds(scope, *condition) for condition in field.when.items()):
        return None
    if field.days is not None and today is not None and not _during(scope, field.days, today):
        return None
    text = _picked(scope, field.at, today)
    return field.words.get(text, field.words.get("*", text)) if text is not None else None


def _holds(scope: Scope, where: str, words: str | tuple[str, ...]) -> bool:
    """Whether what stands there is one of the words; `null` is the word for nothing, `*` for anything."""
    value = value_at(scope, where)
    text = as_text(value) or ("..." if value and isinstance(value, list | dict) else "null")
    allowed = (words,) if isinstance(words, str) else words
    return text in allowed or ("*" in allowed and text != "null")


def _during(scope: Scope, days: Days, today: date) -> bool:
    """Whether today lies between two days of the answer, both included. What is no day does not limit."""
    start, end = (_day(text_at(scope, where)) for where in (days.start, days.end))
    return (start is None or start <= today) and (end is None or today <= end)


@cache
def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def described(field: FieldAt) -> str:
    """A field's declaration for messages: its path, or its paths."""
    if isinstance(field, tuple):
        return " or ".join(described(part) for part in field)
    return described(field.at) if isinstance(field, Picked) else field


def _dotted(steps: tuple[Step, ...]) -> str:
    return ".".join(step if isinstance(step, str) else f"[{step[0]}={step[1]}]" for step in steps)
