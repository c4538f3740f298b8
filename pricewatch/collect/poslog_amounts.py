"""The amounts of a sold POSLog line: from XML elements to the numbers that `till_lines` rebuilds a price from, and to text.

What a modifier is for (one product, several units, the whole receipt, card holders only) is told by codes that each vendor
chooses, so they are the source's options. XML numbers have a decimal point and no exponent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Literal

from pydantic import Field

from pricewatch.collect.gathered import Options
from pricewatch.collect.till_lines import DoesNotAddUp, Meant, Modifier, Reach, TillLine, rebuilt, told
from pricewatch.collect.xml_files import Element, attribute, child_of, name_of, text_of, texts_of, within
from pricewatch.domain import money
from pricewatch.workspace.config import Source

AMOUNTS = ("RegularSalesUnitPrice", "ActualSalesUnitPrice", "ExtendedAmount", "ExtendedDiscountAmount", "DiscountAmount")
_ACTIONS: dict[str, Literal["subtract", "add", "replace"]] = {
    "subtract": "subtract", "sb": "subtract", "add": "add", "ad": "add", "replace": "replace", "rp": "replace"
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,6})?|[+-]?\.\d{1,6}")


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


@dataclass(frozen=True)
class SoldLine:
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
        return {name: self.texts.get(name) for name in ("ItemID", "Quantity", *AMOUNTS)}


def prices(line: SoldLine, source: Source, options: PosLog, meant: Meant) -> dict[str, str | None]:
    """The amounts of a row. Raises DoesNotAddUp with the numbers."""
    till = till_line(line, source, options)
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


def till_line(line: SoldLine, source: Source, options: PosLog) -> TillLine:
    """The numbers of a line. Raises DoesNotAddUp where one is missing or no number."""
    quantity = _number(line.texts.get("Quantity") or "1", "Quantity")
    regular, actual, amount, discount, each = (_number(line.texts.get(name), name) for name in AMOUNTS)
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
    members = coded(part, options.member_codes) or attribute(part, "membershipRequired") == "true"
    return Modifier(action, amount, percent, _number(texts.get("NewPrice"), "NewPrice"), members, about(part, options))


def _reward(part: Element, options: PosLog) -> Modifier:
    """A LoyaltyReward that stands beside the line: negative money for the whole line."""
    texts = texts_of(part)
    amount = _number(texts.get("ExtendedRewardAmount"), "ExtendedRewardAmount") or Decimal(0)
    members = attribute(part, "membershipRequired") == "true" or coded(part, options.member_codes)
    return Modifier("subtract", -amount, members=members, reach=about(part, options), within=False)


def about(part: Element, options: PosLog) -> Reach:
    """What a modifier or a reward is about."""
    rule = child_of(part, "PriceDerivationRule")
    if rule is not None:
        codes = [attribute(rule, "ApplicationType")]
    else:
        codes = [within(part, "RewardLevel"), within(part, "RewardType")]
    if among(codes, options.receipt_codes):
        return "receipt"
    return "several" if among(codes, options.several_codes) else "item"


def coded(part: Element, codes: tuple[str, ...]) -> bool:
    """Whether a modifier carries one of these codes."""
    return bool(codes) and among([attribute(part, "MethodCode"), within(part, "ReasonCode"), within(part, "PromotionID")], codes)


def among(said: list[str | None], codes: tuple[str, ...]) -> bool:
    """Whether one of the codes that a vendor wrote is one of those declared."""
    known = _lower(codes)
    return any(code.lower() in known for code in said if code is not None)


@cache
def _lower(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code.lower() for code in codes)


def tax_included(sale: Element, said: dict[str, str]) -> str | None:
    """`true` or `false` where the line's own tax shows it, else null: then it is as the source declares.

    The flag is about the taxable amount, not the price: 422 taxable without its 33 of tax, of a line of 455, is a price with tax.
    """
    taxable = [part for tax in sale.iterchildren("{*}Tax") for part in tax.iterchildren("{*}TaxableAmount")]
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
