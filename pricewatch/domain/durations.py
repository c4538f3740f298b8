"""Durations as people write them in YAML: `36h`, `30m`, `1d 12h`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_DURATION = re.compile(r"^(?:(\d{1,6})d)?\s*(?:(\d{1,6})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,6})s)?$")


def _duration(value: Any) -> Any:
    """A timedelta from `36h`, `1d 12h`, `90m`; anything else is refused in words a user understands."""
    if isinstance(value, timedelta):
        return value
    parts = _DURATION.match(value.strip()) if isinstance(value, str) and value.strip() else None
    if parts is None:
        raise ValueError(f"'{value}' is no duration; write it with its unit, for example 12h, 30m or 1d")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Duration = Annotated[
    timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "pattern": _DURATION.pattern, "examples": ["36h"]})
]
