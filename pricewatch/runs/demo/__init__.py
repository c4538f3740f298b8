"""The demo: three nights of a real grocery retailer with planted faults, and how many of them the audit found.

- `source`: the till lines, products and leaflet marks that are read, and the arithmetic of one line
- `zones`, `decided`, `derive`: price zones, list prices, promotions and the catalogue that must be behind the tills
- `shown`: what webshop, app and marketplace should show then
- `facts`, `kinds`, `faults`: what is planted, where it can mean one thing only; the answer sheet
- `offers`: a night's offers with its faults; `central`, `tills`, `marketplace` and `inbox` write the files
- `pages`, `server`, `shop`: the webshop and the app's API, served on the loopback
- `score`: planted, found, missed, false
- `nights`: plays it all

What is real and what is not is said in `derive`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pricewatch.runs.demo.nights import Played, play

__all__ = ["Played", "play"]


def __getattr__(name: str) -> Any:
    """Loads `nights` when it is asked for: the shop's process lives in this package and needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pricewatch.runs.demo import nights

    return getattr(nights, name)
