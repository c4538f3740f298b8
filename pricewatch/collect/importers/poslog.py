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
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import Field

from pricewatch.collect.gathered import Gathered, Options, declared
from pricewatch.collect.importers import Reading, importer
from pricewatch.collect.lines import count, unpacked
from pricewatch.collect.till_lines import EITHER, DoesNotAddUp, Meant, Modifier, Reach, TillLine, rebuilt, told, usual
from pricewatch.collect.xml_files import Element, attribute, child_of, name_of, records, text_of, texts_of, within
from pricewatch.domain import money
from pricewatch.domain.errors import SourceError
from pricewatch.workspace.config import Source


class PosLog(Options):
    """What a till vendor decides for itself. Codes are compared without regard to case."""

    extended_amount: Meant | None = Field(
        None, description="the line amount is meant before_discounts or after_discounts; null = found out by the identity test"
    )
    modifier_amount: Literal["line", "unit"] = Field(
        "line", description="an amount taken off is for the whole line, or for one unit"
    )
    member_codes: tuple[str, ...] = Field(
        (), description="MethodCode, ReasonCode or PromotionID of price modifiers for card holders only"
    )
    manual_codes: tuple[str, ...] = Field(
        ("PriceOverride",), description="MethodCode or ReasonCode of prices keyed in by a cashier"
    )
    several_codes: tuple[str, ...] = Field(
        ("MixMatch", "FreeItem"), description="ApplicationType or RewardType of what is taken off several units together"
    )
    receipt_codes: tuple[str, ...] = Field(
        ("Total", "Transaction"), description="ApplicationType or RewardLevel of what is taken off the whole receipt"
    )
    item_types: tuple[str, ...] = Field(("Stock",), description="ItemType of what is an offer; deposits and gift cards are none")
    item_id: Literal["external_id", "sku", "gtin"] = Field("external_id", description="what the retailer's ItemID is")


_COLUMNS = (
    "observed_at", "surface", "location", "external_id", "sku", "gtin", "name", "regular_price_text", "price_text",
    "member_price_text", "currency", "tax_included", "promotion", "quantity", "paid_text",
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,6})?|[+-]?\.\d{1,6}")
_SCANNED = re.compile(r"GTIN|EAN|UPC|JAN|ITF", re.IGNORECASE)
_KINDS = frozenset({"Sale", "Return", "Tender", "Tax", "Discount", "LoyaltyReward", "TenderChange"})
_NEVER_SOLD = re.compile(r"void|cancel|suspend|abort|training|failed", re.IGNORECASE)
_FLAGS = frozenset({"VoidFlag", "CancelFlag", "TrainingModeFlag", "TrainingMode"})
_AMOUNTS = ("RegularSalesUnitPrice", "ActualSalesUnitPrice", "ExtendedAmount", "ExtendedDiscountAmount", "DiscountAmount")
_ACTIONS: dict[str, Literal["subtract", "add", "replace"]] = {
    "subtract": "subtract", "sb": "subtract", "add": "add", "ad": "add", "replace": "replace", "rp": "replace"
}  # fmt: skip
_NO_CURRENCY = "XXX"
_SPELLED = {"RegularSaleUnitPrice": "RegularSalesUnitPrice", "ActualSaleUnitPrice": "ActualSalesUnitPrice"}
_SAMPLE = 1000
"""Discounted lines that the identity test looks at."""


@dataclass(frozen=True)
class _Line:
    """A sold line: where it is, what it says under our names, and the elements its price is rebuilt from."""

    at: str
    row: dict[str, str | None]
    texts: dict[str, str]
    """The texts of the sale's own elements by name."""
    modifiers: list[Element]
    rewards: list[Element]
    tax_included: str | None
    problem: str | None

    def numbers(self) -> dict[str, str | None]:
        """The amounts as written, for those who must mend them. Nothing else of the file is ever shown."""
        return {name: self.texts.get(name) for name in ("ItemID", "Quantity", *_AMOUNTS)}


def _recognises(name: str, head: bytes) -> bool:
    name = name.lower().removesuffix(".gz")
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
            gathered.add(line.at, line.row | _prices(line, source, options, meant))
        except DoesNotAddUp as error:
            gathered.refuse(line.at, str(error), line.numbers())
    return gathered.reading()


def _meaning(data: bytes, ref: str, source: Source, options: PosLog) -> Meant:
    """How the line amounts of this log are meant: the identity test on its first discounted lines."""
    discounted = (
        line
        for line in _sold(data, ref, options)
        if line.problem is None and (line.modifiers or line.rewards or not line.texts.keys().isdisjoint(_AMOUNTS[3:]))
    )
    holds = []
    for line in islice(discounted, _SAMPLE):
        with suppress(DoesNotAddUp):
            holds.append(rebuilt(_till_line(line, source, options)).holds)
    known = usual(holds)
    if known is None and any(found not in (EITHER, frozenset()) for found in holds):
        raise SourceError(
            "its line amounts add up before discounts as often as after them; nothing was imported",
            ref,
            f"say which, in the options of source '{source.id}': {{extended_amount: before_discounts}} or after_discounts",
        )
    return known or "after_discounts"


def _sold(data: bytes, ref: str, options: PosLog) -> Iterator[_Line]:
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
        first = first_at.setdefault(key, line) if key[3] is not None else line
        problem = f"its transaction stands in the file twice, first at line {first}" if first != line else None
        items = [child for child in retail if name_of(child) == "LineItem"]
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
            yield _Line(at, row, said, modifiers, linked, _tax_included(sale, said), problem)
    if not transactions:
        raise SourceError("holds no Transaction: it is no POSLog", ref, "name the importer that reads it (config/sources.yaml)")
    if kinds and _KINDS.isdisjoint(kinds):
        what = f"holds {count(kinds.total())} elements in its receipts' lines, and none of a kind that is known"
        raise SourceError(f"{what}; nothing was imported", ref)


def _offered(item: Element, sale: Element, options: PosLog) -> bool:
    """Whether a Sale is an offer: an article at the till's own price, not given back."""
    kind = attribute(sale, "ItemType")
    manual = attribute(item, "keyedPrice") == "true" or any(_coded(part, options.manual_codes) for part in _modifiers(sale))
    given_back = _quantity(sale).startswith("-")
    return not manual and not given_back and (kind is None or _among([kind], options.item_types))


def _voided(items: list[Element]) -> set[int]:
    """Positions of lines that are void: those that say so, and those that they void, by their link or as the latest alike."""
    voided: set[int] = set()
    sequence_of = {texts_of(item).get("SequenceNumber"): number for number, item in enumerate(items)}
    for number, item in enumerate(items):
        if not (_flagged(item) or any(_flagged(child) for child in item)):
            continue
        voided.add(number)
        links = [part for part in item.iter() if name_of(part) == "ItemLink"]
        linked = {sequence_of[text] for link in links for part in link.iter() if (text := text_of(part)) in sequence_of}
        voided |= linked
        sale = child_of(item, "Sale")
        if not linked and sale is not None and _quantity(sale).startswith("-"):
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
    return [child for child in sale if name_of(child) == "RetailPriceModifier" and not _flagged(child)]


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
    stated = (attribute(part, "Currency") for part in sale if name_of(part) in _AMOUNTS)
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
        if _about(part, options) != "receipt"
    )
    return next((name for name in names if name is not None), None)


def _tax_included(sale: Element, said: dict[str, str]) -> str | None:
    """`true` or `false` where the line's own tax shows it, else null: then it is as the source declares.

    The flag is about the taxable amount, not the price: 422 taxable without its 33 of tax, of a line of 455, is a price with tax.
    """
    taxes = [part for part in sale if name_of(part) == "Tax"]
    taxable = [part for tax in taxes for part in tax if name_of(part) == "TaxableAmount"]
    flags = {attribute(part, "TaxIncludedInTaxableAmountFlag") for part in taxable}
    if flags == {"true"}:
        return "true"
    line = _plain(said.get("ExtendedAmount"))
    if flags != {"false"} or len(taxable) != 1 or line is None:
        return None
    net, tax = _plain(text_of(taxable[0])), _plain(texts_of(taxable[0].getparent()).get("Amount"))
    lines = (line, line - (_plain(said.get("ExtendedDiscountAmount")) or 0))
    if net is None or not tax:
        return None
    return "true" if net + tax in lines else "false" if net in lines else None


def _prices(line: _Line, source: Source, options: PosLog, meant: Meant) -> dict[str, str | None]:
    """The amounts of a row. Raises DoesNotAddUp with the numbers."""
    till = _till_line(line, source, options)
    charged = rebuilt(till)
    if meant not in charged.holds:
        raise DoesNotAddUp(f"its parts do not add up: {told(till)}, which is meant {meant.replace('_', ' ')}")
    written = partial(_written, sign=source.decimal)
    return {
        "regular_price_text": written(charged.regular),
        "price_text": written(charged.one),
        "member_price_text": None if charged.members is None else written(charged.members),
        "quantity": None if charged.line is None else f"{till.quantity.to_integral_value():f}",
        "paid_text": None if charged.line is None else written(charged.line),
        "tax_included": line.tax_included,
    }


def _till_line(line: _Line, source: Source, options: PosLog) -> TillLine:
    """The numbers of a line. Raises DoesNotAddUp where one is missing or no number."""
    quantity = _number(line.texts.get("Quantity") or "1", "Quantity")
    regular, actual, amount, discount, each = (_number(line.texts.get(name), name) for name in _AMOUNTS)
    if amount is None:
        raise DoesNotAddUp("states no line amount (ExtendedAmount)")
    if quantity is None or quantity <= 0:
        raise DoesNotAddUp("states a quantity that is not above zero")
    if discount is None and each is not None:
        discount = each * quantity
    units = quantity if options.modifier_amount == "unit" else Decimal(1)
    modifiers = [_modifier(part, options, units) for part in line.modifiers]
    modifiers += [_reward(part, options) for part in line.rewards]
    code = line.row["currency"] or source.currency
    places = 0 if source.minor_units else money.digits(code) if code is not None else 2
    return TillLine(regular, actual, quantity, amount, None if discount is None else abs(discount), tuple(modifiers), places)


def _modifier(part: Element, options: PosLog, units: Decimal) -> Modifier:
    """One RetailPriceModifier of a line."""
    texts = texts_of(part)
    stated = next((child for name in ("Amount", "Percent") for child in part if name_of(child) == name), None)
    said = attribute(stated, "Action") if stated is not None else None
    action = _ACTIONS.get((said or "subtract").lower())
    if action is None:
        raise DoesNotAddUp(f"a price modifier's action is none of {', '.join(_ACTIONS)}")
    amount = _number(texts.get("Amount"), "Amount of a price modifier")
    if amount is not None and said is None:
        amount = abs(amount)
    if amount is not None and action != "replace":
        amount *= units
    percent = _number(texts.get("Percent"), "Percent of a price modifier")
    members = _coded(part, options.member_codes) or attribute(part, "membershipRequired") == "true"
    return Modifier(action, amount, percent, _number(texts.get("NewPrice"), "NewPrice"), members, _about(part, options))


def _reward(part: Element, options: PosLog) -> Modifier:
    """A LoyaltyReward that stands beside the line: negative money for the whole line."""
    texts = texts_of(part)
    amount = _number(texts.get("ExtendedRewardAmount"), "ExtendedRewardAmount") or Decimal(0)
    members = attribute(part, "membershipRequired") == "true" or _coded(part, options.member_codes)
    return Modifier("subtract", -amount, members=members, reach=_about(part, options), within=False)


def _about(part: Element, options: PosLog) -> Reach:
    """What a modifier or a reward is about."""
    rule = child_of(part, "PriceDerivationRule")
    codes = [
        within(part, "RewardLevel"),
        within(part, "RewardType"),
        attribute(rule, "ApplicationType") if rule is not None else None,
    ]
    if _among(codes, options.receipt_codes):
        return "receipt"
    return "several" if _among(codes, options.several_codes) else "item"


def _coded(part: Element, codes: tuple[str, ...]) -> bool:
    """Whether a modifier carries one of these codes."""
    return bool(codes) and _among([attribute(part, "MethodCode"), within(part, "ReasonCode"), within(part, "PromotionID")], codes)


def _among(said: list[str | None], codes: tuple[str, ...]) -> bool:
    known = {code.lower() for code in codes}
    return any(code.lower() in known for code in said if code is not None)


def _never_sold(element: Element) -> bool:
    """Whether a transaction was cancelled, voided, suspended or for training."""
    told = [element.get("TransactionStatus"), element.get("TypeCode"), texts_of(element).get("TransactionStatus")]
    return _flagged(element) or any(_NEVER_SOLD.search(status) for status in told if status is not None)


def _flagged(element: Element) -> bool:
    return any((attribute(element, name) or "").lower() in ("true", "1") for name in _FLAGS) if element.attrib else False


def _quantity(sale: Element) -> str:
    """Units or weight as written; null is empty. Some vendors leave the element empty and write its attribute."""
    quantity = child_of(sale, "Quantity")
    return "" if quantity is None else text_of(quantity) or attribute(quantity, "Units") or ""


def _plain(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None and _NUMBER.fullmatch(text) else None


def _number(text: str | None, name: str) -> Decimal | None:
    """A decimal of XML Schema (always a point, no exponent); None where there is none."""
    if text is not None and not _NUMBER.fullmatch(text):
        raise DoesNotAddUp(f"its {name} is no number with a decimal point")
    return _plain(text)


def _written(amount: Decimal, sign: str) -> str:
    """An amount as the source's other prices are written, at least two decimals where it has any."""
    text = f"{amount:f}"
    if "." in text:
        whole, _, rest = text.rstrip("0").partition(".")
        text = f"{whole}.{rest:0<2}"
    return text.replace(".", sign)
