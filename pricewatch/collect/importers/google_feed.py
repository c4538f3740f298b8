"""Google's product data (TSV, RSS 2.0, Atom) and local inventory: what we tell Google, and through it customers, that we charge.

`price` is the regular price; `sale_price` is what everybody pays while its `sale_price_effective_date` holds, and always where
it has none. Amounts have a decimal point and the code of their currency: `15.00 EUR`. Local inventory has a row of each item and
store (`store_code`).

    15.00 EUR   12.00 EUR   2026-03-01T00:00+0100/2026-03-15T00:00+0100      a feed of 14 March 12:00: 12.00, before 15.00
                                                                             a feed of 15 March 00:00: 15.00
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from pricewatch.collect import headed
from pricewatch.collect.feed_times import Clock, Dated, Unclear, clock
from pricewatch.collect.gathered import Gathered, declared
from pricewatch.collect.google_groups import Group, currency_of, in_cells, shipping_of, unit_price
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.unpack import unpacked
from pricewatch.collect.xml_files import Element, encoding_to_read, records, texts_of
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source


class GoogleFeed(Dated):
    """What a feed does not say by itself."""

    item_id: Literal["external_id", "sku"] = Field("external_id", description="what the feed's id is: external_id or sku")
    shipping_country: str | None = Field(None, description="country whose shipping counts, for example FR")
    shipping_service: str | None = Field(None, description="service whose shipping counts, where a country has several")
    member_tier: str | None = Field(
        None,
        description="loyalty tier whose price is the member price, as program_label/tier_label; null = the only one there is",
    )


_COLUMNS = (
    "observed_at", "location", "external_id", "sku", "gtin", "name", "regular_price_text", "price_text", "was_price_text",
    "member_price_text", "shipping_text", "currency", "promotion", "availability", "unit_price_text", "unit_price_base",
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {
        "id", "title", "gtin", "store_code", "price", "sale_price", "sale_price_effective_date", "availability", "promotion_id",
        "unit_pricing_measure", "unit_pricing_base_measure", "shipping", "loyalty_program",
    }
)  # fmt: skip
_BOUNDS = re.compile(r"\s*[/,]\s*|\s+(?=\d{4}-|null)")
_TIMES = ("lastBuildDate", "updated", "pubDate")
"""When the feed was made, above its items; the first that it says."""


def _recognises(name: str, head: bytes) -> bool:
    """By the namespace of its attributes, by the columns that only Google has, or by its name."""
    first = head.partition(b"\n")[0].lower().replace(b" ", b"_")
    named = b"sale_price_effective_date" in first or b"store_code" in first
    return b"base.google.com/ns/1.0" in head or named or (bool(head) and name.lower().startswith("google"))


@importer("google_feed", recognises=_recognises)
def google_feed(path: Path, ref: str, source: Source) -> Reading:
    """One row of every item, or of every item and store, all String.

    Refused one by one: an item without `id` or `price`, and one whose window leaves open which price holds. Raises SourceError
    for a broken file, one without its columns, and XML without a single item.
    """
    if source.feeds != "offers":
        raise SourceError(f"google_feed files hold no {source.feeds}", f"source '{source.id}'", "feed offers")
    options = declared(GoogleFeed, source)
    data = unpacked(path, ref)
    gathered = Gathered(_COLUMNS)
    if data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t").startswith(b"<"):
        _read_xml(path, data, ref, source, options, gathered)
    else:
        at = clock(path, ref, source, options)
        for place, row in _table(data, ref, source, gathered):
            _item(gathered, place, row, in_cells(row), at, options)
    return gathered.reading()


def _table(data: bytes, ref: str, source: Source, gathered: Gathered) -> Iterator[tuple[str, headed.Row]]:
    needed = [("id",), ("price",)]
    return headed.rows(data, ref, source, gathered, separator="\t", needed=needed, spelled=_attribute, repeated=",")


def _attribute(header: str) -> str:
    """An attribute's name as Google writes it: `Sale price` is `sale_price`, `g:id` is `id`."""
    return header.strip().lower().removeprefix("g:").replace(" ", "_")


def _read_xml(path: Path, data: bytes, ref: str, source: Source, options: GoogleFeed, gathered: Gathered) -> None:
    fallback = source.layout.encoding if source.layout is not None else None
    at: Clock | None = None
    for line, element in records(data, ref, {"item", "entry"}, encoding=encoding_to_read(data, fallback)):
        at = at or clock(path, ref, source, options, _said(element))
        _item(gathered, f"{ref}:{line}", *_attributes(element), at, options)
    if at is None:
        raise SourceError("holds no item and no entry; nothing was imported", ref, "look whether its tags have new names")


def _said(first: Element) -> str | None:
    """When the feed says that it was made, from what stands above its first item."""
    around = first.getparent()
    above = {} if around is None else texts_of(around)
    return next((above[name] for name in _TIMES if name in above), None)


def _attributes(item: Element) -> tuple[headed.Row, dict[str, list[Group]]]:
    """The item's own texts that count here, and its groups apart from them. Descriptions and pictures are not looked at."""
    texts: headed.Row = {}
    groups: dict[str, list[Group]] = {}
    for child in item:
        name = _wanted(child.tag)
        if name is None:
            continue
        if len(child):
            groups.setdefault(name, []).append(texts_of(child))
            continue
        text = (child.text or "").strip()
        if text:
            known = texts.get(name)
            texts[name] = text if known is None else f"{known},{text}" if name == "promotion_id" else known
    return texts, groups


@lru_cache(maxsize=4096)
def _wanted(tag: object) -> str | None:
    """The attribute that a tag is, whatever its namespace; null for those that do not count here."""
    name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
    return name if name in _ATTRIBUTES else None


def _item(
    gathered: Gathered, at: str, texts: headed.Row, groups: dict[str, list[Group]], clock: Clock, options: GoogleFeed
) -> None:
    """One item at the feed's time."""
    regular, sale, window = texts.get("price"), texts.get("sale_price"), texts.get("sale_price_effective_date")
    if texts.get("id") is None:
        gathered.refuse(at, "states no id", texts)
        return
    if regular is None:
        store = texts.get("store_code")
        reason = (
            "states no price" if store is None else "states no price of its own: that of the primary feed holds in this store"
        )
        gathered.refuse(at, reason, texts)
        return
    try:
        reduced = sale is not None and (window is None or clock.holds(*_bounds(window)))
        member = _member_price(groups.get("loyalty_program", []), clock, options)
    except Unclear as error:
        gathered.refuse(at, str(error), texts)
        return
    price = sale if reduced else regular
    per_unit = unit_price(price, texts.get("unit_pricing_measure"), texts.get("unit_pricing_base_measure"))
    promotion = texts.get("promotion_id")
    gathered.add(
        at,
        {
            "observed_at": clock.observed_at,
            "location": texts.get("store_code"),
            options.item_id: texts["id"],
            "gtin": texts.get("gtin"),
            "name": texts.get("title"),
            "regular_price_text": regular,
            "price_text": price,
            "was_price_text": regular if reduced else None,
            "member_price_text": member,
            "shipping_text": shipping_of(groups.get("shipping", []), options.shipping_country, options.shipping_service),
            "currency": currency_of(regular),
            # Which of several it names is in force, the item does not say.
            "promotion": promotion if promotion is not None and "," not in promotion else None,
            "availability": texts.get("availability"),
            "unit_price_text": per_unit,
            "unit_price_base": texts.get("unit_pricing_base_measure") if per_unit is not None else None,
        },
    )


@lru_cache(maxsize=4096)
def _bounds(window: str) -> tuple[str | None, str | None]:
    """The two times of a window, behind a slash, a comma or a blank; an end may be undecided (`null`). Raises Unclear."""
    bounds = _BOUNDS.split(window.strip())
    if len(bounds) != 2 or not all(bounds):
        raise Unclear(f"sale_price_effective_date '{window}' is not start/end")
    start, end = bounds
    if start == "null":
        raise Unclear(f"sale_price_effective_date '{window}' does not say since when")
    return start, None if end == "null" else end


def _member_price(tiers: list[Group], clock: Clock, options: GoogleFeed) -> str | None:
    """What card holders pay at the feed's time; null where tiers differ and none is declared. Raises Unclear."""
    prices = set()
    for tier in tiers:
        label = f"{tier.get('program_label', '')}/{tier.get('tier_label', '')}"
        window = tier.get("member_price_effective_date")
        if "price" in tier and options.member_tier in (None, label) and (window is None or clock.holds(*_bounds(window))):
            prices.add(tier["price"])
    return prices.pop() if len(prices) == 1 else None
