"""EDIFACT/EANCOM PRICAT, and its CSV flavour: what a supplier charges, and the retail prices it recommends.

Feeds the `price_list` (one row of each product and price) or the `products` (one row of each product). Which of a line's prices
is meant is declared by its codes, `AAE` or `AAE/SRP`: the price type (5125), and what qualifies it, wherever a partner writes it.

    LIN+1++3017620422003:SRV'  PRI+AAE:2.49::SRP'              2.49
    PRI+AAA:250:::NTP:100:PCE'                                 250 for 100 pieces: 2.50

A price that holds only from some quantity on (RNG) is nobody's price for one. The CSV flavour is `H;PRICAT;` with the names of
its columns and a `P;PRICAT;` line a product; its validity `31.12.9999` means until further notice.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import Field

from pricewatch.collect import delimited
from pricewatch.collect.edifact import Segment, interchange
from pricewatch.collect.gathered import Gathered, Options, declared
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.lines import count, numbered_lines, without_trailer
from pricewatch.collect.unpack import named_inside, unpacked
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Layout, Source


class Pricat(Options):
    """What partners agree on between them."""

    sku: Literal["gtin", "buyer", "supplier"] = Field(
        "gtin", description="which number is our SKU: the GTIN (LIN), the buyer's (PIA IN) or the supplier's (PIA SA)"
    )
    zone: str | None = Field(None, description="price zone that the price list is for")
    list_price: tuple[str, ...] = Field(
        ("AAE/RTP", "AAE/SRP", "AAE"), description="codes of the price for the price list; of several the first that a line has"
    )
    cost: tuple[str, ...] = Field(("AAA",), description="codes of the price that becomes the products' cost")
    starts: tuple[str, ...] = Field(("194", "7", "157"), description="DTM qualifiers of the day from which a price holds")
    ends: tuple[str, ...] = Field(("206", "36", "21E"), description="DTM qualifiers of the last day a price holds")
    tax_codes: dict[str, str] = Field(
        default_factory=dict, description="of the CSV flavour: MWST code to percent, for example {'1': '19'}"
    )
    encoding: str | None = Field(None, description="of the EDIFACT flavour, where UNB names the wrong character set")


_COLUMNS = {
    "price_list": ("sku", "zone", "list_price", "valid_from", "valid_to"),
    "products": ("sku", "gtin", "name", "brand", "tax_rate", "cost"),
}
_CSV_NAMES = {
    "sku": "VedesArtikelnummer", "gtin": "EANUPC", "name": "Artikelbezeichnung", "brand": "MarkeText", "tax_rate": "MWST",
    "cost": "GNP_Lieferant", "list_price": "UVPE",
}  # fmt: skip
"""VEDES names; others are declared in the layout's `columns`."""

_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?")
_GERMAN_DAY = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_FOREVER = ("31.12.9999", "99991231", "9999-12-31")
_DELETED = "2"
_CANCELLED = ("1", "3")
"""Message functions (1225) cancellation and deletion; 4, 5 and 9 are change, replace and original."""


class _Unclear(Exception):
    """Why a line gives no row."""


@dataclass
class _Price:
    """One PRI with what stands below it."""

    segment: Segment
    dates: list[Segment] = field(default_factory=list)
    currency: str | None = None
    from_quantity: str = ""
    """The smallest quantity it holds for, as written."""


@dataclass
class _Item:
    """One LIN with what stands below it, up to the next."""

    segment: Segment
    others: list[Segment] = field(default_factory=list)
    dates: list[Segment] = field(default_factory=list)
    prices: list[_Price] = field(default_factory=list)


def _recognises(name: str, head: bytes) -> bool:
    name = named_inside(name)
    return b"PRICAT" in head or "pricat" in name


@importer("pricat", recognises=_recognises)
def pricat(path: Path, ref: str, source: Source) -> Reading:
    """One row of every product (and, for the price list, of every price it has), all String. Seen are these and the refused.

    Raises SourceError when the file is cut off, in another currency than declared, or no PRICAT.
    """
    if source.feeds not in _COLUMNS:
        what = f"a PRICAT holds no {source.feeds}"
        raise SourceError(what, f"source '{source.id}'", f"feed one of: {', '.join(_COLUMNS)} (config/sources.yaml)")
    options = declared(Pricat, source)
    if source.feeds == "price_list" and options.zone is None:
        raise SourceError("a price list is for a zone", f"source '{source.id}', options", "say which: zone: ...")
    data = unpacked(path, ref)
    gathered = Gathered(_COLUMNS[source.feeds])
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:2] in (b"H;", b"P;"):
        _read_table(data, ref, source, options, gathered)
    else:
        _read_message(data, ref, source, options, gathered)
    return gathered.reading()


def _read_message(data: bytes, ref: str, source: Source, options: Pricat, gathered: Gathered) -> None:
    for item, dates in _items(data, ref, source, options):
        at = f"{ref}:{item.segment.line}"
        told = {"LIN": item.segment(0), "item": item.segment(2)}
        told |= {f"PRI {price.segment(0)}": price.segment(0, 1) for price in item.prices}
        try:
            for row in _rows(item, dates, source, options):
                gathered.add(at, row)
        except _Unclear as error:
            gathered.refuse(at, str(error), told)


def _items(data: bytes, ref: str, source: Source, options: Pricat) -> Iterator[tuple[_Item, list[Segment]]]:
    """Every line of every message with the dates of its message."""
    item: _Item | None = None
    dates: list[Segment] = []
    lines = 0
    for segment in interchange(data, ref, "PRICAT", options.encoding):
        if segment.tag in ("UNH", "LIN", "UNS", "CNT", "UNT") and item is not None:
            yield item, dates
            item = None
        if segment.tag == "UNH":
            dates, lines = [], 0
        elif segment.tag == "LIN":
            item, lines = _Item(segment), lines + 1
        elif segment.tag == "CNT" and segment(0) == "2" and segment(0, 1).isdecimal() and int(segment(0, 1)) > lines:
            said = count(int(segment(0, 1)))
            what = f"holds {count(lines)} lines, its control total says {said}; nothing was imported"
            raise SourceError(what, f"{ref}:{segment.line}", "have it sent again")
        elif segment.tag == "BGM" and segment(2) in _CANCELLED:
            raise SourceError("takes a former price list back and holds none; nothing was imported", f"{ref}:{segment.line}")
        elif segment.tag == "CUX" and segment(0, 1):
            if item is not None and item.prices:
                item.prices[-1].currency = segment(0, 1)
            else:
                _same_currency(segment, ref, source)
        elif item is None:
            dates += [segment] if segment.tag == "DTM" else []
        elif segment.tag == "PRI":
            item.prices.append(_Price(segment))
        elif segment.tag == "DTM":
            (item.prices[-1].dates if item.prices else item.dates).append(segment)
        elif segment.tag == "RNG" and item.prices:
            item.prices[-1].from_quantity = segment(1, 1)
        else:
            item.others.append(segment)


def _rows(item: _Item, dates: list[Segment], source: Source, options: Pricat) -> list[dict[str, str | None]]:
    """The rows of one line. Raises _Unclear."""
    if item.segment(1) == _DELETED:
        raise _Unclear("the supplier has deleted it: it has no price any more")
    gtin = item.segment(2) or None
    numbers = {part(1): part(0) for other in item.others if other.tag == "PIA" for part in _each(other)}
    sku = {"gtin": gtin, "buyer": numbers.get("IN"), "supplier": numbers.get("SA")}[options.sku]
    if not sku:
        raise _Unclear(f"states no number of the {options.sku}'s" if options.sku != "gtin" else "states no item number")
    if source.feeds == "products":
        costs = _chosen(item.prices, options.cost, source)
        if len({_amount(price, source) for price in costs}) > 1:
            raise _Unclear(f"states {len(costs)} prices {' or '.join(options.cost)}, and not which one holds")
        row = {"sku": sku, "gtin": gtin, "cost": _amount(costs[0], source) if costs else None}
        return [row | _described(item.others)]
    prices = _chosen(item.prices, options.list_price, source)
    if not prices:
        raise _Unclear(f"states no price {' or '.join(options.list_price)}")
    rows = [_listed(price, [*price.dates, *item.dates, *dates], sku, source, options) for price in prices]
    if len({(row["valid_from"], row["valid_to"]) for row in rows}) < len({tuple(row.values()) for row in rows}):
        raise _Unclear("states several prices for one time: " + ", ".join(str(row["list_price"]) for row in rows))
    return list({tuple(row.values()): row for row in rows}.values())


def _listed(price: _Price, dates: list[Segment], sku: str, source: Source, options: Pricat) -> dict[str, str | None]:
    """One row of the price list. The nearest date counts: the price's, the line's, then the message's."""
    start = next((date for date in dates if date(0) in options.starts), None)
    end = next((date for date in dates if date(0) in options.ends), None)
    if start is None:
        raise _Unclear(f"does not say from when on the price holds (DTM {', '.join(options.starts)})")
    first, last = _day(start)
    return {
        "sku": sku,
        "zone": options.zone,
        "list_price": _amount(price, source),
        "valid_from": first,
        "valid_to": last if end is None else _day(end)[0],
    }


def _chosen(prices: list[_Price], codes: tuple[str, ...], source: Source) -> list[_Price]:
    """The prices of the first code that a line has: those in the source's currency, and for one unit already."""
    ours = [
        price for price in prices if price.currency in (None, source.currency) and _number(price.from_quantity or "0", "RNG") <= 1
    ]
    for code in codes:
        kind, _, qualifier = code.partition("/")
        found = [part for part in ours if part.segment(0) == kind and qualifier in ("", part.segment(0, 2), part.segment(0, 3))]
        if found:
            return found
    return []


def _amount(price: _Price, source: Source) -> str:
    """The price of one: the amount by its unit-price basis. Raises _Unclear where that has no end."""
    amount = _number(price.segment(0, 1), "PRI")
    basis = _number(price.segment(0, 4) or "1", "the unit-price basis of PRI")
    one = amount / basis if basis else Decimal("NaN")
    if not one.is_finite() or one != one.quantize(Decimal("0.000001")):
        raise _Unclear(f"{amount} for {basis} is no exact price of one")
    whole, _, rest = f"{one:f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}{source.decimal}{rest:0<2}" if rest or "." in price.segment(0, 1) or "," in price.segment(0, 1) else whole


def _described(others: list[Segment]) -> dict[str, str | None]:
    """Name, brand and tax rate of a line."""
    row: dict[str, str | None] = {}
    for segment in others:
        text = " ".join(part for part in (segment(2, 3), segment(2, 4)) if part)
        if segment.tag == "IMD" and text:
            if "BRN" in (segment(1), segment(2)):
                row.setdefault("brand", text)
            elif not segment(1):
                row.setdefault("name", text)
        elif segment.tag == "TAX" and segment(1) == "VAT" and segment(4, 3):
            row.setdefault("tax_rate", segment(4, 3))
    return row


def _each(segment: Segment) -> Iterator[Segment]:
    """Each item number of a PIA as a segment of its own."""
    for element in segment.elements[1:]:
        yield Segment(segment.tag, tuple((part,) for part in element), segment.line)


def _day(segment: Segment) -> tuple[str, str | None]:
    """A date as ISO 8601, and the end of a period. Raises _Unclear for formats that are no days."""
    text, form = segment(0, 1), segment(0, 2)
    days = {"102": (8,), "203": (12,), "204": (14,), "718": (8, 8)}.get(form)
    parts = text.split("-") if form == "718" and "-" in text else [text[:8], text[8:]] if form == "718" else [text]
    if days is None or tuple(map(len, parts)) != days or not all(part.isascii() and part.isdigit() for part in parts):
        raise _Unclear(f"its date '{text}' is not written as its format '{form}' says")
    shown = [f"{part[:4]}-{part[4:6]}-{part[6:8]}" for part in parts]
    if len(parts[0]) > 8:
        time = parts[0][8:].ljust(6, "0")
        shown[0] += f"T{time[:2]}:{time[2:4]}:{time[4:]}"
    first = "" if parts[0] in _FOREVER else shown[0]
    return first, (shown[1] if len(shown) > 1 and parts[1] not in _FOREVER else None)


def _number(text: str, what: str) -> Decimal:
    """A number of EDIFACT: comma and point are both the decimal mark, and nothing separates thousands (ISO 9735)."""
    if not _NUMBER.fullmatch(text):
        raise _Unclear(f"'{text}' is no number ({what})")
    return Decimal(text.replace(",", "."))


def _same_currency(segment: Segment, ref: str, source: Source) -> None:
    code = segment(0, 1)
    if source.currency != code:
        what = f"is in {code}, its source declares {source.currency or 'no currency'}; nothing was imported"
        raise SourceError(what, f"{ref}:{segment.line}", f"if that is right, write currency: {code} (config/sources.yaml)")


def _read_table(data: bytes, ref: str, source: Source, options: Pricat, gathered: Gathered) -> None:
    """The CSV flavour: `H` names the columns, each `P` is a product."""
    layout = source.layout or Layout()
    separator = layout.separator if "separator" in layout.model_fields_set else ";"
    lines = numbered_lines(data, layout.encoding, ref)
    try:
        names = delimited.fields_of(lines["line"][0], separator, layout.quote)
    except csv.Error:
        raise SourceError("begins with a line that names no columns; nothing was imported", f"{ref}:1") from None
    if names[:2] != ["H", "PRICAT"]:
        raise SourceError("begins with no line H;PRICAT that names its columns; nothing was imported", ref)
    records = delimited.records(lines, separator, layout.quote, len(names))
    body = without_trailer(records, layout.trailer, ref, separator=separator, above=1).slice(1)
    ours = _columns(names, source, layout, ref)
    whole = pl.col("fields").eq_missing(len(names)) & pl.col("line").str.starts_with(f"P{separator}")
    for number, line, fields in body.filter(~whole).select("number", "line", "fields").iter_rows():
        ragged = delimited.STRAY if fields is None else f"{fields} fields where the header has {len(names)}"
        reason = ragged if fields != len(names) else f"a record of type '{line.partition(separator)[0][:20]}', not P"
        gathered.refuse(f"{ref}:{number}", reason, {"line": line})
    good = body.filter(whole)
    cells = delimited.cells(good, separator, layout.quote, len(names)).select(
        pl.col(f"c{at}").alias(name) for name, at in ours.items()
    )
    needed = "list_price" if source.feeds == "price_list" else "sku"
    for (number, line), said in zip(good.select("number", "line").iter_rows(), cells.iter_rows(named=True), strict=True):
        lacking = next((name for name in ("sku", needed) if said[name] is None), None)
        if lacking is not None:
            gathered.refuse(f"{ref}:{number}", f"states no {names[ours[lacking]]}", {"line": line})
            continue
        row = said | {name: _table_day(said[name]) for name in ("valid_from", "valid_to") if name in said}
        # MWST is a code: 1 is no rate of 1 %.
        row["tax_rate"] = options.tax_codes.get(said.get("tax_rate") or "")
        gathered.add(f"{ref}:{number}", row | {"zone": options.zone})


def _columns(names: list[str], source: Source, layout: Layout, ref: str) -> dict[str, int]:
    """Our column -> place of theirs. Raises SourceError that names what is missing and what there is."""
    theirs: dict[str, str | int] = {name: theirs for name, theirs in _CSV_NAMES.items() if theirs in names}
    theirs |= {name: said for name, said in layout.columns.items() if isinstance(said, str | int)}
    places = {name: said - 1 if isinstance(said, int) else _place(said, names) for name, said in theirs.items()}
    needed = ("sku", "list_price", "valid_from") if source.feeds == "price_list" else ("sku",)
    wrong = [f"no column {theirs.get(name, '')!r} for {name}" for name in theirs if not 0 <= places[name] < len(names)]
    lacking = [name for name in needed if name not in theirs]
    wrong += [f"no column for {name}" for name in lacking]
    if wrong:
        fix = f"say which column it is: source '{source.id}', layout, columns: {{{(lacking or needed)[0]}: ...}}"
        raise SourceError(f"{'; '.join(wrong)}; its columns are: {', '.join(names[2:])}", ref, fix)
    return {name: place for name, place in places.items() if name in (*_COLUMNS[source.feeds], "gtin")}


def _place(name: str, names: list[str]) -> int:
    return names.index(name) if name in names else -1


def _table_day(text: str | None) -> str | None:
    """A day as ISO 8601, from `14.03.2026`, `20260314` or as it stands; null for the last day there is."""
    if text is None or text in _FOREVER:
        return None
    german = _GERMAN_DAY.fullmatch(text)
    if german is not None:
        return f"{german[3]}-{german[2]}-{german[1]}"
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text
