"""Who sells: our own offer told from other people's, by declared names and ids."""

from __future__ import annotations

from collections.abc import Iterable


def alike(one: str | None, other: str | None) -> bool:
    """Whether two names are one seller's: blanks and case say nothing. Nobody is like nobody."""
    return bool(one) and bool(other) and _plain(str(one)) == _plain(str(other))


def ours(names: Iterable[str | None], own: Iterable[str]) -> bool:
    """Whether one of an offer's names (what is shown, an id) is among our own."""
    known = {_plain(name) for name in own}
    return any(name is not None and _plain(name) in known for name in names)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
