"""What nobody may read: tokens of headers and parameters, kept out of rows, reasons and logs."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_SHORTEST = 8
"""A part of a header shorter than this is a word (`Bearer`, `Basic`, `en`), not a secret."""


class Discretion(logging.Filter):
    """Replaces secrets in text, and in every log record it is asked about."""

    def __init__(self, headers: Iterable[str], parameters: Iterable[str]) -> None:
        super().__init__()
        parts = {part for value in headers for part in (value, *value.split()) if len(part) >= _SHORTEST}
        known = parts | {value for value in parameters if value}
        written = {form for value in known for form in (value, quote(value, safe=""), quote(value), quote_plus(value))}
        self._secrets = sorted(written, key=len, reverse=True)

    def __bool__(self) -> bool:
        """Whether there is anything to hide."""
        return bool(self._secrets)

    def hide(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record goes on, without secrets; its traceback too."""
        if self._secrets:
            record.msg, record.args = self.hide(record.getMessage()), ()
            if record.exc_info and not record.exc_text:
                record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_text = self.hide(record.exc_text) if record.exc_text else record.exc_text
        return True
