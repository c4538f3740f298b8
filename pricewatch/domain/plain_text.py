"""Text as people write it in shops, made plain enough to be read by a pattern.

`&minus;20&nbsp;% DÈS 2 ACHETÉS` and `−20 % des 2 achetes` become the same `-20 % des 2 achetes`: entities decoded, tags dropped,
accents off, lower case, one kind of dash, apostrophe and space. Digits stay as written; superscripts become plain (`2ᵉ`, `m²`).
"""

from __future__ import annotations

from html.entities import html5

import polars as pl

_CHARACTERS = (*range(0x20, 0x180), *range(0x2000, 0x2070), 0x1D48, 0x1D49, 0x20AC, 0x2212, 0xFF05)
"""Characters that pages write as numeric entities: Latin letters, punctuation, spaces, dashes, raised d and e, euro, minus."""

_ENTITIES = {
    **{f"&{name}": text for name, text in html5.items() if name.endswith(";") and len(text) == 1 and ord(text) in _CHARACTERS},
    **{f"&#{code};": chr(code) for code in _CHARACTERS},
    **{f"&#x{code:x};": chr(code) for code in _CHARACTERS},
    **{f"&#x{code:X};": chr(code) for code in _CHARACTERS},
}

DASHES = "[\u2010-\u2015\u2212\u2043]"
APOSTROPHES = "[\u2018\u2019\u02bc\u00b4`]"


def _decoded(text: pl.Expr) -> pl.Expr:
    """HTML entities and tags left in a text; twice, for pages escape what was escaped (`&amp;nbsp;`)."""
    marked = pl.when(text.str.contains("[&<]")).then(text)
    ampersands = marked.str.replace_all("&amp;", "&", literal=True)
    return pl.coalesce(ampersands.str.replace_many(_ENTITIES).str.replace_all(r"</?[a-zA-Z][^>]*>", " "), text)


def plain(text: pl.Expr) -> pl.Expr:
    """String: the text in lower case without accents, entities or odd spaces, trimmed; null stays null, no text becomes null."""
    return (
        _decoded(text)
        .str.replace_all(APOSTROPHES, "'")
        .str.normalize("NFKD")
        .str.replace_all(r"[\p{M}\u00ad]+", "")
        .str.replace_all(DASHES, "-")
        .str.replace_all(r"[\s\u200b\ufeff]+", " ")
        .str.strip_chars()
        .str.to_lowercase()
    )
