"""What a reader sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console, RenderableType


@pytest.fixture
def screen() -> Callable[..., str]:
    """The renderable printed at a width, without colour, as in a pipe."""

    def shown(renderable: RenderableType, width: int, **options: Any) -> str:
        out = io.StringIO()
        Console(file=out, width=width, color_system=None, legacy_windows=False, **options).print(renderable)
        return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))

    return shown
