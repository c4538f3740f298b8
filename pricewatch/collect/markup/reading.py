"""One offer as one surface of a page says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ZERO = "a price of zero"
"""How a refusal calls it: counted by these words."""

_ZERO = re.compile(r"[^\d]*0+(?:[.,]0+)?[^\d]*")
_MACHINE = re.compile(r"\d+\.\d+")


@dataclass
class Reading:
    """Fields of `tables.Raw` as text, each with where in the page it came from; or why they must not be landed."""

    surface: str
    fields: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """By field: the path in the markup or the selector that gave it."""
    notes: list[str] = field(default_factory=list)
    """What was seen and left out, and why; what was mended."""
    refused: str | None = None
    """Why nothing of it is landed; null = it is."""
    url: str | None = None
    """The page that the offer names as its own; null = none."""

    def put(self, name: str, value: str | None, origin: str) -> None:
        """Keep a field; what was said first stays, and blank text says nothing."""
        text = " ".join(value.split()) if value else ""
        if text and name not in self.fields:
            self.fields[name] = text
            self.origins[name] = origin

    def with_decimal(self, sign: str) -> Reading:
        """Numbers as markup writes them (`9.99`, schema.org) in the decimal sign that the source declares for its prices."""
        if sign != ".":
            for name, text in self.fields.items():
                if name.endswith("_text") and _MACHINE.fullmatch(text):
                    self.fields[name] = text.replace(".", sign)
        return self


def is_zero(text: str) -> bool:
    """Whether a price as written is nothing but zeros: `0`, `$0.00`, `0,00 €`. Such a price was forgotten, not decided."""
    return _ZERO.fullmatch(text) is not None
