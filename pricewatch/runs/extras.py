"""Packages that only some nights need: looked for at once, so that nobody waits for a message until the rows are read."""

from __future__ import annotations

from importlib import import_module

from pricewatch.domain.errors import UserError


def needs(*packages: str, called: str, option: str, fix: str) -> None:
    """Raises `UserError` where one of the packages can't be imported. `called`: what they are together; `option`: who asks."""
    try:
        for package in packages:
            import_module(package)
    except ImportError as error:
        raise UserError(f"{called} is not installed ({error.name} is missing)", option, fix) from error
