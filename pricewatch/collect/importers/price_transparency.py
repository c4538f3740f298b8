"""Israeli price transparency files: what every chain must publish for each store, as XML, mostly gzipped.

`Price` and `PriceFull` feed offers, `Promo` and `PromoFull` the promotions, `Stores` and `StoresFull` the locations. The chains
spell the same facts in many ways: tags count without regard to case, whatever wraps them, in UTF-8, UTF-16 or a Hebrew encoding.

    PriceFull7290172900007-083-202409270311.xml    store 083 on 27 September 2024 at 03:11
    PromoFull7290058249350-000-038-20260217-000027.gz    store 038 of sub-chain 000

The file is what is in force when it was made, so `observed_at` is the time in its name; `PriceUpdateDate` says since when.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from pricewatch.collect.gathered import Gathered, Options, declared
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.lines import count
from pricewatch.collect.transparency_promotions import CALENDAR, UnclearPromotion, calendar_rows
from pricewatch.collect.unpack import unpacked
from pricewatch.collect.xml_files import Element, attribute, encoding_to_read, records, texts_of
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source


class PriceTransparency(Options):
    """What a chain's files do not say, or say wrongly."""

    chain: str | None = Field(None, description="13-digit id of the chain; files of another one are refused")
    store_digits: int = Field(0, ge=0, le=13, description="store ids are padded with zeros to so many digits: 83 is 083")
    zone: str | None = Field(None, description="price zone of all its stores; null = the SubChainId of each")
    encoding: str | None = Field(
        None, description="what a file is written in where its own declaration is wrong, for example windows-1255"
    )


@dataclass(frozen=True)
class _Name:
    """What a file's name says."""

    kind: str | None
    """price, promo or stores; None = the name is not the usual one."""
    full: bool
    chain: str | None
    store: str | None
    made_at: str | None
    """ISO 8601, in the chain's time."""


_NAME = re.compile(r"(price|promo|stores?)(full)?(\d{13})?((?:-\d+)*)", re.IGNORECASE)
_KIND_OF = {"offers": "price", "promotions": "promo", "locations": "stores"}
_TAGS_OF = {"price": ("Item", "Product", "Line"), "promo": ("Promotion", "Sale", "Line"), "stores": ("Store", "Line")}
_COLUMNS_OF = {
    "price": (
        "observed_at", "location", "external_id", "gtin", "name", "price_text", "unit_price_text", "unit_price_base",
    ),
    "promo": CALENDAR,
    "stores": ("location", "zone", "name"),
}  # fmt: skip
_EMPTY = 4096
"""A file of more bytes than this without a single record is not empty but misread."""

_UNITS = {
    'ק"ג': "kg", "קג": "kg", "קילו": "kg", "קילוגרם": "kg", "קילוגרמים": "kg", "גרם": "g", "גר": "g", "גרמים": "g",
    "ליטר": "l", "ליטרים": "l", 'מ"ל': "ml", "מל": "ml", "מיליליטר": "ml", "מיליליטרים": "ml", "מטר": "m", "מטרים": "m",
    "יחידה": "piece", "יחידות": "piece", "יח": "piece",
}  # fmt: skip
"""Words of the regulation's units. Others stay as written."""


def _recognises(name: str, head: bytes) -> bool:
    found = _NAME.match(name)
    return bool(head) and found is not None and found[3] is not None


@importer("price_transparency", recognises=_recognises)
def price_transparency(path: Path, ref: str, source: Source) -> Reading:
    """One row of every item, of every item of every promotion, or of every store, all String.

    Raises SourceError for a broken file, one of another kind, chain or store than is said, one with fewer records than it
    promises (`Count`), and one without any record where there must be some.
    """
    kind = _KIND_OF.get(source.feeds)
    if kind is None:
        raise SourceError(
            f"price_transparency files hold no {source.feeds}", f"source '{source.id}'", f"feed one of: {', '.join(_KIND_OF)}"
        )
    options = declared(PriceTransparency, source)
    name = _name(path.name)
    if name.kind not in (None, kind):
        fix = f"narrow files of source '{source.id}' to {kind.capitalize()}* (config/sources.yaml)"
        raise SourceError(f"is a {name.kind} file by its name, and its source feeds {source.feeds}", ref, fix)
    data = unpacked(path, ref)
    tags = {spelled for tag in _TAGS_OF[kind] for spelled in (tag, tag.lower(), tag.upper())}
    gathered = Gathered(_COLUMNS_OF[kind])
    header: dict[str, str] = {}
    parent, found, promised = None, 0, 0
    for line, record in records(data, ref, tags, encoding=encoding_to_read(data, options.encoding)):
        if record.getparent() is not parent:
            # What stands before the records is given back with the first of them.
            parent = record.getparent()
            header |= _before(record)
            promised += _promised(parent)
            _agrees(header, name, options, ref)
        found += 1
        at = f"{ref}:{line}"
        if kind == "price":
            _offer(gathered, at, texts_of(record), header, name, options)
        elif kind == "promo":
            _promotion(gathered, at, record, _store(header, name, options), source)
        else:
            _location(gathered, at, texts_of(record), header, options)
    if found < promised:
        raise SourceError(f"holds {count(found)} records, it promises {count(promised)}; nothing was imported", ref)
    if not found and (kind == "stores" or (kind == "price" and name.full) or len(data) > _EMPTY):
        wanted = ", ".join(_TAGS_OF[kind])
        raise SourceError(f"holds no {kind} record ({wanted}); nothing was imported", ref, "look whether its tags have new names")
    return gathered.reading()


def _name(name: str) -> _Name:
    """What the name says: type, chain, then sub-chain and store, then the time, apart or in one."""
    found = _NAME.match(name)
    if found is None:
        return _Name(None, True, None, None, None)
    numbers = found[4].split("-")[1:]
    time = ""
    if numbers and len(numbers[-1]) in (12, 14):
        time = numbers.pop()
    elif len(numbers) > 1 and len(numbers[-2]) == 8 and len(numbers[-1]) in (4, 6):
        time = numbers.pop(-2) + numbers.pop()
    time = time.ljust(14, "0") if time else ""
    made_at = f"{time[:4]}-{time[4:6]}-{time[6:8]}T{time[8:10]}:{time[10:12]}:{time[12:]}" if time else None
    kind = "stores" if found[1].lower().startswith("store") else found[1].lower()
    return _Name(kind, found[2] is not None, found[3], numbers[-1] if numbers else None, made_at)


def _before(record: Element) -> dict[str, str]:
    """The texts that stand around and before a record, by their names in lower case: chain, sub-chain, store."""
    header: dict[str, str] = {}
    for around in reversed(list(record.iterancestors())):
        header |= {tag.lower(): text for tag, text in texts_of(around).items()}
    return header


def _promised(wrapper: Element | None) -> int:
    """How many records their wrapper says it has; 0 where it does not say."""
    said = attribute(wrapper, "Count") if wrapper is not None else None
    return int(said) if said is not None and said.isascii() and said.isdigit() and len(said) < 10 else 0


def _agrees(header: dict[str, str], name: _Name, options: PriceTransparency, ref: str) -> None:
    """The file, its name and its source mean the same chain, the file and its name the same store."""
    inside = header.get("chainid")
    for chain, said in ((name.chain, "its name says"), (options.chain, "its source declares")):
        if inside is not None and chain is not None and inside != chain:
            raise SourceError(f"is of chain {inside}, {said} {chain}; nothing was imported", ref)
    store = header.get("storeid")
    if store is not None and name.store is not None and name.kind != "stores" and store.lstrip("0") != name.store.lstrip("0"):
        raise SourceError(f"is of store {store}, its name says {name.store}; nothing was imported", ref)


def _store(header: dict[str, str], name: _Name, options: PriceTransparency) -> str | None:
    store = header.get("storeid") or name.store
    return None if store is None else store.zfill(options.store_digits)


def _offer(
    gathered: Gathered, at: str, texts: dict[str, str], header: dict[str, str], name: _Name, options: PriceTransparency
) -> None:
    """One item: its price for everybody, and its unit price, which is often wrong and is told as it stands."""
    said = {tag.lower(): text for tag, text in texts.items()}
    code, price = said.get("itemcode"), said.get("itemprice")
    if code is None or price is None:
        gathered.refuse(at, f"states no {'ItemCode' if code is None else 'ItemPrice'}", texts)
        return
    # ItemType 0 is the chain's own code, 1 a barcode; some chains say neither.
    barcode = said.get("itemtype") != "0" and code.isascii() and code.isdigit() and 8 <= len(code) <= 14
    gathered.add(
        at,
        {
            "observed_at": name.made_at,
            "location": _store(header, name, options),
            "external_id": code,
            "gtin": code if barcode else None,
            "name": said.get("itemname") or said.get("itemnm"),
            "price_text": price,
            "unit_price_text": said.get("unitofmeasureprice"),
            "unit_price_base": _base(said.get("unitofmeasure"), said.get("unitqty")),
        },
    )


def _base(measure: str | None, unit: str | None) -> str | None:
    """What the unit price is for: `100 גרם` is `100 g`; a bare number takes the unit of the content beside it."""
    if measure is None:
        return None
    words = [_UNITS.get(word.strip("'׳.").replace("״", '"'), word) for word in measure.split()]
    if len(words) == 1 and re.fullmatch(r"\d+(\.\d+)?", words[0]):
        number = words[0].rstrip("0").rstrip(".") if "." in words[0] else words[0]
        known = _UNITS.get((unit or "").strip("'׳.").replace("״", '"'))
        return f"{number} {known}" if known is not None and number != "0" else None
    return " ".join(words)


def _promotion(gathered: Gathered, at: str, record: Element, store: str | None, source: Source) -> None:
    """Every item of one promotion; refused as one row where its meaning is not known."""
    try:
        rows = calendar_rows(record, store, source.decimal)
    except UnclearPromotion as error:
        gathered.refuse(at, str(error), texts_of(record))
        return
    for row in rows:
        gathered.add(at, row)


def _location(gathered: Gathered, at: str, texts: dict[str, str], header: dict[str, str], options: PriceTransparency) -> None:
    """One store and its price zone."""
    said = header | {tag.lower(): text for tag, text in texts.items()}
    store, zone = said.get("storeid"), options.zone or said.get("subchainid")
    if store is None or zone is None:
        gathered.refuse(at, "states no StoreId" if store is None else "states no SubChainId, and no zone is declared", texts)
        return
    gathered.add(at, {"location": store.zfill(options.store_digits), "zone": zone, "name": said.get("storename")})
