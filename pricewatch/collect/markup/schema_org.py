"""Products, variants and offers of schema.org -> readings. The nodes come from JSON-LD or from the page's attributes.

An `AggregateOffer`'s range (`lowPrice`, `highPrice`) is nobody's price. Products that a page only refers to (related ones,
subjects of reviews) are not read: only what stands at the top, in a list, in `@graph`, as `mainEntity`, as an element of a list
of items that holds its offers, or as a variant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pricewatch.collect.markup.prices import each, last_word, read_prices, text
from pricewatch.collect.markup.reading import Reading

_PRODUCTS = frozenset({"Product", "IndividualProduct", "SomeProducts", "ProductModel", "Book", "Vehicle", "Car"})
_USED = frozenset({"UsedCondition", "RefurbishedCondition", "DamagedCondition"})
_GTINS = ("gtin", "gtin14", "gtin13", "gtin12", "gtin8")
_ONWARDS = ("@graph", "mainEntity", "mainEntityOfPage", "hasVariant", "isVariantOf", "model")
_DEEPEST = 12

Node = dict[str, Any]


@dataclass(frozen=True)
class _Product:
    node: Node
    path: str
    group: Node | None
    """The ProductGroup it is a variant of."""


def readings(roots: Sequence[tuple[str, Any]], surface: str, at: datetime | None) -> Iterator[Reading]:
    """One reading for each offer of each product of a page. `roots`: nodes and their names (`JSON-LD 2`); `at`: when it was seen.

    A product without a price of its own gives a reading with notes and no `price_text`.
    """
    known: dict[str, Node] = {}
    for _, root in roots:
        _index(root, known, 0)
    met: set[int] = set()
    for name, root in roots:
        for product in _products(root, name, None, known, 0):
            if id(product.node) not in met:
                met.add(id(product.node))
                yield from _of_product(product, surface, known, at)


def _index(node: Any, known: dict[str, Node], depth: int) -> None:
    """Every node that says more than its `@id`, by it: blocks of one page refer to each other."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for part in node:
            _index(part, known, depth + 1)
    elif isinstance(node, dict):
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            known.setdefault(name, node)
        for value in node.values():
            if isinstance(value, dict | list):
                _index(value, known, depth + 1)


def _resolved(node: Any, known: dict[str, Node]) -> Any:
    """What a reference refers to; any other node is itself."""
    if isinstance(node, dict) and len(node) == 1 and isinstance(node.get("@id"), str):
        return known.get(node["@id"], node)
    return node


def _kinds(node: Node) -> set[str]:
    return {last_word(kind) for kind in each(node.get("@type"))}


def _products(node: Any, path: str, group: Node | None, known: dict[str, Node], depth: int) -> Iterator[_Product]:
    node = _resolved(node, known)
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for part in node:
            yield from _products(part, path, group, known, depth + 1)
    elif isinstance(node, dict):
        kinds = _kinds(node)
        is_group = "ProductGroup" in kinds
        if is_group or kinds & _PRODUCTS:
            yield _Product(node, f"{path} {'ProductGroup' if is_group else 'Product'}", group)
        if "ItemList" in kinds:
            yield from _listed(node, path, known, depth)
        for key in _ONWARDS:
            if node.get(key) is not None:
                yield from _products(node[key], path, node if key in ("hasVariant", "model") else None, known, depth + 1)


def _listed(node: Node, path: str, known: dict[str, Node], depth: int) -> Iterator[_Product]:
    """Products of a list of items that are told with their offers."""
    for part in each(node.get("itemListElement")):
        element = _resolved(part, known)
        item = _resolved(element.get("item"), known) if isinstance(element, dict) and "item" in element else element
        if isinstance(item, dict) and item.get("offers"):
            yield from _products(item, path, None, known, depth + 1)


def _of_product(product: _Product, surface: str, known: dict[str, Node], at: datetime | None) -> Iterator[Reading]:
    node, path = product.node, product.path
    offers = list(_offers(node.get("offers"), f"{path}.offers", known))
    new = [offer for offer, _, kind in offers if kind == "" and last_word(offer.get("itemCondition")) not in _USED]
    members = [(offer, where) for offer, where, kind in offers if kind == "" and offer.get("validForMemberTier")]
    plain = [offer for offer in new if not offer.get("validForMemberTier")]
    for offer, where, kind in offers:
        reading = Reading(surface)
        if kind:
            reading.notes.append(kind)
            _identify(reading, product, None, where, known)
            yield reading
            continue
        if new and offer not in new:
            reading.notes.append(f"{where}: {text(offer.get('price'))} is {last_word(offer.get('itemCondition'))}, not new")
            yield reading
            continue
        if plain and offer.get("validForMemberTier"):
            continue  # told beside the price for everybody
        _identify(reading, product, offer, where, known)
        read_prices(offer, reading, at, where)
        for member, member_path in members if plain else ():
            reading.put("member_price_text", text(member.get("price")), f"{member_path}.price")
        yield reading


def _offers(node: Any, path: str, known: dict[str, Node]) -> Iterator[tuple[Node, str, str]]:
    """Single offers with their path; of an aggregate the offers inside it. Third: why a node is no offer, else empty."""
    node = _resolved(node, known)
    if isinstance(node, list):
        for index, part in enumerate(node):
            yield from _offers(part, f"{path}[{index}]", known)
    elif isinstance(node, dict):
        if "AggregateOffer" not in _kinds(node) and not ("lowPrice" in node and "price" not in node):
            yield node, path, ""
        elif node.get("offers"):
            yield from _offers(node["offers"], f"{path}.offers", known)
        else:
            bounds = " to ".join(filter(None, (text(node.get("lowPrice")), text(node.get("highPrice")))))
            yield node, path, f"{path} is a range ({bounds or 'without bounds'}), nobody's price"


def _identify(reading: Reading, product: _Product, offer: Node | None, path: str, known: dict[str, Node]) -> None:
    """Who and what is offered: of the offer itself first, then of the item it offers, the product, and its group."""
    item = _resolved((offer or {}).get("itemOffered"), known)
    sources: list[tuple[Node, str]] = [(offer, path)] if offer is not None else []
    sources += [(item, f"{path}.itemOffered")] if isinstance(item, dict) else []
    sources += [(product.node, product.path)]
    for node, where in sources:
        for key in ("sku", "productID"):
            reading.put("external_id", text(node.get(key)), f"{where}.{key}")
        for key in _GTINS:
            reading.put("gtin", text(node.get(key)), f"{where}.{key}")
        if node is not offer:
            reading.put("name", text(node.get("name")), f"{where}.name")
        reading.url = reading.url or text(node.get("url"))
    if product.group is not None:
        reading.put("name", text(product.group.get("name")), "ProductGroup.name")
    if offer is None:
        return
    reading.put("availability", last_word(offer.get("availability")), f"{path}.availability")
    seller = _resolved(offer.get("seller"), known)
    reading.put("seller", text(seller.get("name") if isinstance(seller, dict) else seller), f"{path}.seller")
