"""Choices that look random and are the same on every machine and in every run."""

from __future__ import annotations

from hashlib import blake2b


def draw(*parts: object, below: int) -> int:
    """A number from 0 to `below` - 1, drawn by what it is for."""
    digest = blake2b("|".join(str(part) for part in parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below
