"""pricewatch: every price and promotion a retailer shows, held each night against the one that was decided.

The dozen public names, loaded when asked for (`from pricewatch import Workspace`), so that `import pricewatch` costs nothing:

- `Workspace`, `run_night`: a folder with `config/`, `rules/` and `spiders/`, and one night of it
- `audit`, `World`, `Central`, `Memory`, `Audit`, `Run`, `Rule`: the same engine on frames of your own
- `Params`, `check`, `mismatches`, `suspects`: to write a kind of check
- `UserError`: what a user can mend
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pricewatch.domain.errors import UserError
    from pricewatch.engine.checks import Params, check, mismatches, suspects
    from pricewatch.engine.world import Audit, Central, Memory, Rule, Run, World
    from pricewatch.runs.judge import audit
    from pricewatch.runs.night import run_night
    from pricewatch.workspace import Workspace

_HOME = {
    "Audit": "engine.world",
    "Central": "engine.world",
    "Memory": "engine.world",
    "Params": "engine.checks",
    "Rule": "engine.world",
    "Run": "engine.world",
    "UserError": "domain.errors",
    "Workspace": "workspace",
    "World": "engine.world",
    "audit": "runs.judge",
    "check": "engine.checks",
    "mismatches": "engine.checks",
    "run_night": "runs.night",
    "suspects": "engine.checks",
}

__all__ = [
    "Audit",
    "Central",
    "Memory",
    "Params",
    "Rule",
    "Run",
    "UserError",
    "Workspace",
    "World",
    "audit",
    "check",
    "mismatches",
    "run_night",
    "suspects",
]


def __getattr__(name: str) -> Any:
    """A public name, from where it is defined."""
    if name in _HOME:
        return getattr(import_module(f"pricewatch.{_HOME[name]}"), name)
    raise AttributeError(f"module 'pricewatch' has no name '{name}'; there are {', '.join(__all__)}")


def __dir__() -> list[str]:
    """The public names."""
    return [*__all__]
