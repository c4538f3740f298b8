"""What a Google item says in groups: shipping by country, prices of loyalty tiers, contents for unit prices.

In XML a group is an element with elements; in TSV one cell, its parts behind colons, several groups behind commas:

    <g:shipping><g:country>FR</g:country><g:price>4.95 EUR</g:price></g:shipping>        FR:::4.95 EUR,BE:::6.95 EUR

A price inside a group is never the item's price.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from pricewatch.domain import money
from pricewatch.domain.measures import DIMENSION_OF, SIZES

Group = dict[str, str]

PARTS = {
    "shipping": ("country", "region", "service", "price"),
    "loyalty_program": (
        "program_label", "tier_label", "price", "cashback_for_future_use", "loyalty_points", "member_price_effective_date",
    ),
}  # fmt: skip
"""The parts of a group in TSV, in their order, where the header does not name them: `shipping(country:price)`."""

_HEADER = re.compile(r"(shipping|loyalty_program)\(([a-z_:]+)\)")
_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([A-Z]{3})")
_MEASURE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?([a-z0-9. ]{1,12})")
_ALIASES = {"cbm": "m3"}


def in_cells(row: dict[str, str | None]) -> dict[str, list[Group]]:
    """The groups of a row of TSV by their names."""
    found: dict[str, list[Group]] = {}
    for name, cell in row.items():
        header = _HEADER.fullmatch(name)
        kind = header[1] if header is not None else name
        if cell is None or kind not in PARTS:
            continue
        parts = header[2].split(":") if header is not None else PARTS[kind]
        for written in cell.split(","):
            # A date has colons of its own: the last part takes what is left.
            values = written.split(":", len(parts) - 1) if parts[-1].endswith("date") else written.split(":")
            found.setdefault(kind, []).append(
                {part: value.strip() for part, value in zip(parts, values, strict=False) if value.strip()}
            )
    return found


def shipping_of(groups: list[Group], country: str | None, service: str | None) -> str | None:
    """What shipping one costs everybody in a country, as written.

    Null where it differs by region or service and none of them is declared, or where several countries have one and none is.
    """
    if not groups:
        return None
    meant = [group for group in groups if country is None or group.get("country", country).upper() == country.upper()]
    if country is None and len({group.get("country") for group in meant}) > 1:
        return None
    everywhere = [group for group in meant if not any(group.get(part) for part in ("region", "postal_code", "location_id"))]
    wanted = [group for group in everywhere if service is None or group.get("service") == service]
    prices = {group["price"] for group in wanted if "price" in group}
    return prices.pop() if len(prices) == 1 else None


def unit_price(price: str | None, measure: str | None, base: str | None) -> str | None:
    """Price x base / measure, as a decimal: 3.00 USD for 150 floz is 2 for a base of 100 floz.

    To four decimals beyond the currency's, half up. Null where a part is missing, unknown, or measures another thing.
    """
    amount = _AMOUNT.fullmatch(price or "")
    content, wanted = _size(measure), _size(base)
    if amount is None or content is None or wanted is None or content[1] != wanted[1]:
        return None
    places = Decimal(1).scaleb(-money.digits(amount[2]) - 4)
    shown = f"{(Decimal(amount[1]) * wanted[0] / content[0]).quantize(places, ROUND_HALF_UP):f}"
    return shown.rstrip("0").rstrip(".")


def currency_of(price: str | None) -> str | None:
    """The code behind an amount; null where none is written."""
    found = re.search(r"(?:^|[^A-Za-z])([A-Z]{3})$", price or "")
    return found[1] if found is not None else None


def _size(text: str | None) -> tuple[Decimal, str] | None:
    found = _MEASURE.fullmatch((text or "").lower())
    if found is None:
        return None
    unit = found[2].replace(" ", "").replace(".", "")
    unit = _ALIASES.get(unit, unit)
    size = Decimal(found[1]) * SIZES.get(unit, 0)
    return (size, DIMENSION_OF[unit]) if size > 0 else None
