"""What an incident is called: where, what, and which product. A narrow screen cuts the end, so where comes first.

    app and web: price change has not arrived (2026-03-09)
    store, zone Z3: promotion not given (P-2218)
    store 0367: another zone's price (Z2)
    brand Roma: shown without tax
    everywhere: wrong price - Espresso 1 kg
    file inbox/*/app.csv: many faults at once, mostly wrong price
    store: wrong price, here and there

What went wrong is the cause where one is known, whatever rules saw it, else what its check is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pricewatch.engine import causes
from pricewatch.engine.checks import registry

Part = tuple[tuple[str, str], ...]
"""One part of a scope: its columns and their values, `(("channel", "store"), ("zone", "Z3"))`."""

MOST = 3
"""Parts that a title names one by one; of more, it says how many. Of several products it always does: nobody reads SKUs."""

_PLURAL = {"location": "stores", "sku": "products", "category": "categories"}


def scope_text(root: str | None, parts: Sequence[Part]) -> str:
    """A scope as data: `promotion=P-2218 channel=store zone=Z3`; several parts `channel=app zone=Z1 | channel=store zone=Z3`.

    Parts that differ in their last column only are one: `channel=app,web`, `channel=store location=0003,0417`.
    """
    said = []
    for shared, group in groupby(parts, key=lambda part: (part[:-1], part[-1:] and part[-1][0])):
        first, values = shared[0], [part[-1][1] for part in group if part]
        named = [f"{name}={value}" for name, value in first]
        said.append(" ".join([*named, f"{shared[1]}={','.join(values)}"] if values else named))
    where = " | ".join(text for text in said if text)
    return " ".join(text for text in (root, where) if text)


def title(
    *,
    market: str | None,
    parts: Sequence[Part],
    check: str,
    cause: str,
    root: str | None,
    mixed: bool,
    scattered: bool,
    product: str | None,
) -> str:
    """One line that a manager reads. `market`: where there are several; `root`: `P-2218`; `product`: where it is the only one."""
    what = registry()[check].title
    if mixed:
        told = f"many faults at once, mostly {what}"
    elif scattered:
        told = f"{causes.title(cause) or what}, here and there"
    else:
        told = (causes.title(cause) or what) + (f" ({root})" if root else "")
    where = ", ".join(filter(None, [market, _where(parts, named_apart=product is None)]))
    return f"{where}: {told}" + (f" - {product}" if product else "")


def _where(parts: Sequence[Part], *, named_apart: bool) -> str:
    """Where it is, in words: `store, zone Z3`, `app and web`, `14 stores`, `web, 5 products`, `everywhere`. Without any
    part, not even an empty one, it is about the sources themselves.

    `named_apart`: whether a product has to be named here, for want of its name at the end of the title.
    """
    named = [phrase for part in parts if (phrase := _phrase(part, with_product=named_apart))]
    if not named:
        return "everywhere" if parts else "sources"
    last = parts[0][-1][0] if parts[0] else ""
    if len(named) > MOST or (len(named) > 1 and last == "sku"):
        channels = {dict(part).get("channel", "") for part in parts}
        shared = channels.pop() if len(channels) == 1 and last not in ("channel", "location") else ""
        return ", ".join(filter(None, [shared, f"{len(named)} {_PLURAL.get(last, f'{last}s')}"]))
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _phrase(part: Part, *, with_product: bool) -> str:
    """One part in words. A store is known by its number."""
    scope = dict(part)
    channel, store, sku = scope.pop("channel", ""), scope.pop("location", ""), scope.pop("sku", "")
    words = [f"store {store}" if store else channel, *(f"{name} {value}" for name, value in scope.items())]
    return ", ".join(filter(None, [*words, f"product {sku}" if sku and with_product else ""]))
