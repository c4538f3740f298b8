"""ARTS/OMG POSLog XML, versions 2 and 6: what tills charged, one row a sold line. Vendors' prefixes do not matter.

The price of one is rebuilt from the line (`collect.till_lines`): a line whose parts do not add up is refused with its numbers.
What a card holder paid less becomes `member_price_text`; what several units cost together is `quantity` and `paid_text`.

No offers, and left out: voided lines and the lines they void, returns, prices keyed in by the cashier, and transactions that were
cancelled, suspended or for training. Bought twice in one receipt is two rows; a transaction that stands in the file twice is one.

Personal data never leaves this file: only the elements named here are read, none of them is about the customer, the card, the
payment or the cashier. `source_ref` is `file:line#till/receipt/line`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from pricewatch.collect.gathered import Gathered, declared
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.lines import count
from pricewatch.collect.poslog_amounts import AMOUNTS, PosLog, SoldLine, about, among, coded, prices, tax_included, till_line
from pricewatch.collect.till_lines import EITHER, DoesNotAddUp, Meant, rebuilt, usual
from pricewatch.collect.unpack import named_inside, unpacked
from pricewatch.collect.xml_files import Element, attribute, child_of, name_of, records, text_of, texts_of, within
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source

_COLUMNS = (
    "observed_at", "surface", "location", "external_id", "sku", "gtin", "name", "regular_price_text", "price_text",
    "member_price_text", "currency", "tax_included", "promotion", "quantity", "paid_text",
)  # fmt: skip
_SCANNED = re.compile(r"GTIN|EAN|UPC|JAN|ITF", re.IGNORECASE)
_KINDS = frozenset({"Sale", "Return", "Tender", "Tax", "Discount", "LoyaltyReward", "TenderChange"})
_NEVER_SOLD = re.compile(r"void|cancel|suspend|abort|training|failed", re.IGNORECASE)
_FLAGS = frozenset({"VoidFlag", "CancelFlag", "TrainingModeFlag", "TrainingMode"})
_NO_CURRENCY = "XXX"
_SPELLED = {"RegularSaleUnitPrice": "RegularSalesUnitPrice", "ActualSaleUnitPrice": "ActualSalesUnitPrice"}
_SAMPLE = 1000
"""Discounted lines that the identity test looks at."""


def _recognises(name: str, head: bytes) -> bool:
    name = named_inside(name)
    return name.endswith(".xml") and (b"POSLog" in head or "poslog" in name or "tlog" in name)


@importer("poslog", recognises=_recognises)
def poslog(path: Path, ref: str, source: Source) -> Reading:
    """One row of every line that was sold, all String. Seen are these lines; what is left out is not counted.

    Raises SourceError when the file is broken, is no POSLog, or its line amounts are as often before as after discounts.
    """
    options = declared(PosLog, source)
    data = unpacked(path, ref)
    meant = options.extended_amount or _meaning(data, ref, source, options)
    gathered = Gathered(_COLUMNS)
    for line in _sold(data, ref, options):
        if line.problem is not None:
            gathered.refuse(line.at, line.problem, line.numbers())
            continue
        try:
            gathered.add(line.at, line.row | prices(line, source, options, meant))
        except DoesNotAddUp as error:
            gathered.refuse(line.at, str(error), line.numbers())
    return gathered.reading()


def _meaning(data: bytes, ref: str, source: Source, options: PosLog) -> Meant:
    """How the line amounts of this log are meant: the identity test on its first discounted lines."""
    discounted = (
        line
        for line in _sold(data, ref, options)
        if line.problem is None and (line.modifiers or line.rewards or not line.texts.keys().isdisjoint(AMOUNTS[3:]))
    )
    holds = []
    for line in islice(discounted, _SAMPLE):
        with suppress(DoesNotAddUp):
            holds.append(rebuilt(till_line(line, source, options)).holds)
    known = usual(holds)
    if known is None and any(found not in (EITHER, frozenset()) for found in holds):
        raise SourceError(
            "its line amounts add up before discounts as often as after them; nothing was imported",
            ref,
            f"say which, in the options of source '{source.id}': {{extended_amount: before_discounts}} or after_discounts",
        )
    return known or "after_discounts"


def _sold(data: bytes, ref: str, options: PosLog) -> Iterator[SoldLine]:
    """Every sold line of every completed sale. Raises SourceError when the file holds none and should."""
    transactions, kinds, first_at = 0, Counter[str](), dict[tuple[str | None, ...], int]()
    for line, transaction in records(data, ref, {"Transaction"}):
        transactions += 1
        retail = child_of(transaction, "RetailTransaction")
        if retail is None or _never_sold(transaction) or _never_sold(retail):
            continue
        texts = texts_of(retail) | texts_of(transaction)
        store = texts.get("RetailStoreID") or within(transaction, "UnitID")
        key = (store, texts.get("WorkstationID"), texts.get("BusinessDayDate"), texts.get("SequenceNumber"))
        first = first_at.get(key) if key[3] is not None else None
        problem = f"its transaction stands in the file twice, first at line {first}" if first is not None else None
        first_at.setdefault(key, line)
        items = list(retail.iterchildren("{*}LineItem"))
        kinds.update(name_of(child) for item in items for child in item)
        rewards = _rewards(items)
        voided = _voided(items)
        for number, item in enumerate(items):
            sale = child_of(item, "Sale")
            if sale is None or number in voided or not _offered(item, sale, options):
                continue
            said = {_SPELLED.get(name, name): text for name, text in texts_of(sale).items()} | {"Quantity": _quantity(sale)}
            sequence = texts_of(item).get("SequenceNumber") or str(number + 1)
            at = f"{ref}:{item.sourceline or line}#{key[1] or ''}/{key[3] or ''}/{sequence}"
            modifiers = _modifiers(sale)
            linked = rewards.get(said.get("OperatorSequence", ""), [])
            row = _row(texts, store, sale, said, options) | {"promotion": _promotion(modifiers + linked, options)}
            yield SoldLine(at, row, said, modifiers, linked, tax_included(sale, said), problem)
    if not transactions:
        raise SourceError("holds no Transaction: it is no POSLog", ref, "name the importer that reads it (config/sources.yaml)")
    if kinds and _KINDS.isdisjoint(kinds):
        what = f"holds {count(kinds.total())} elements in its receipts' lines, and none of a kind that is known"
        raise SourceError(f"{what}; nothing was imported", ref)


def _offered(item: Element, sale: Element, options: PosLog) -> bool:
    """Whether a Sale is an offer: an article at the till's own price, not given back."""
    kind = attribute(sale, "ItemType")
    manual = attribute(item, "keyedPrice") == "true" or any(coded(part, options.manual_codes) for part in _modifiers(sale))
    given_back = _quantity(sale).startswith("-")
    return not manual and not given_back and (kind is None or among([kind], options.item_types))


def _voided(items: list[Element]) -> set[int]:
    """Positions of lines that are void: those that say so, and those that they void, by their link or as the latest alike."""
    voided: set[int] = set()
    sequence_of = {texts_of(item).get("SequenceNumber"): number for number, item in enumerate(items)}
    for number, item in enumerate(items):
        if not (_flagged(item) or any(_flagged(child) for child in item)):
            continue
        voided.add(number)
        links = list(item.iter("{*}ItemLink"))
        linked = {sequence_of[text] for link in links for part in link.iter() if (text := text_of(part)) in sequence_of}
        voided |= linked
        sale = child_of(item, "Sale")
        if not linked and sale is not None and "-" in (_quantity(sale)[:1], texts_of(sale).get("ExtendedAmount", "")[:1]):
            alike = [other for other in range(number) if other not in voided and _article(items[other]) == _article(item)]
            voided |= set(alike[-1:])
    return voided


def _article(item: Element) -> tuple[str | None, ...] | None:
    """What a voiding line and the line it voids have in common: the article, its price and, but for the sign, its quantity."""
    sale = child_of(item, "Sale")
    if sale is None:
        return None
    texts = texts_of(sale)
    article = texts.get("ItemID") or within(sale, "POSItemID")
    return (article, texts.get("RegularSalesUnitPrice"), _quantity(sale).lstrip("+-"))


def _modifiers(sale: Element) -> list[Element]:
    return [child for child in sale.iterchildren("{*}RetailPriceModifier") if not _flagged(child)]


def _rewards(items: list[Element]) -> dict[str, list[Element]]:
    """Money taken off lines by rewards that stand beside them, by the line's operator sequence."""
    found: dict[str, list[Element]] = {}
    for item in items:
        reward = child_of(item, "LoyaltyReward")
        if reward is None or _flagged(item):
            continue
        texts = texts_of(reward)
        # A custom offer's amount counts points or stickers; only money is negative.
        if texts.get("ExtendedRewardAmount", "").startswith("-") and (link := texts.get("OperatorSequenceReference")):
            found.setdefault(link, []).append(reward)
    return found


def _row(texts: dict[str, str], store: str | None, sale: Element, said: dict[str, str], options: PosLog) -> dict[str, str | None]:
    """What a line says besides its amounts. Nothing about people is among it."""
    item, identity = child_of(sale, "ItemID"), child_of(sale, "POSIdentity")
    scanned, kind = said.get("ItemID"), attribute(item, "Type") if item is not None else None
    if identity is not None:
        scanned, kind = within(identity, "POSItemID"), attribute(identity, "POSIDType")
    named = attribute(item, "Name") if item is not None else None
    stated = (attribute(part, "Currency") for part in sale if name_of(part) in AMOUNTS)
    currency = texts.get("CurrencyCode") or next((code for code in stated if code not in (None, _NO_CURRENCY)), None)
    row: dict[str, str | None] = {
        "observed_at": texts.get("EndDateTime") or texts.get("ReceiptDateTime") or texts.get("BeginDateTime"),
        "surface": "till",
        "location": store,
        "gtin": scanned if _SCANNED.match(kind or "") else None,
        "name": said.get("Description") or named,
        "currency": currency,
    }
    return row | {options.item_id: said["ItemID"]} if "ItemID" in said else row


def _promotion(parts: list[Element], options: PosLog) -> str | None:
    """The promotion that the first modifier names, or else its rule. What is taken off the whole receipt is not the line's."""
    names = (
        within(part, "PromotionID") or within(part, "PriceDerivationRuleID")
        for part in parts
        if about(part, options) != "receipt"
    )
    return next((name for name in names if name is not None), None)


def _never_sold(element: Element) -> bool:
    """Whether a transaction was cancelled, voided, suspended or for training."""
    told = [attribute(element, "TransactionStatus"), attribute(element, "TypeCode"), texts_of(element).get("TransactionStatus")]
    return _flagged(element) or any(_NEVER_SOLD.search(status) for status in told if status is not None)


def _flagged(element: Element) -> bool:
    return any(key.rpartition("}")[2] in _FLAGS and value.strip().lower() in ("true", "1") for key, value in element.items())


def _quantity(sale: Element) -> str:
    """Units or weight as written; null is empty. Some vendors leave the element empty and write its attribute."""
    quantity = child_of(sale, "Quantity")
    return "" if quantity is None else text_of(quantity) or attribute(quantity, "Units") or ""
