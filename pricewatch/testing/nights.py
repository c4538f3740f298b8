"""The whole engine on one night, and what the night leaves to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from pricewatch.engine.checks import registry
from pricewatch.engine.world import Audit, Memory, Rule, World


def night(given: World, rules: Sequence[Rule], offers: pl.DataFrame, *, memory: Memory | None = None) -> Audit:
    """The whole engine on one night."""
    from pricewatch.runs.judge import audit

    return audit(given, rules, offers=offers.lazy(), memory=memory)


def remembered(audit: Audit, before: Memory | None = None) -> Memory:
    """What a night leaves to the next one: the last row of each finding, and every incident seen so far."""
    earlier = before or Memory()
    return Memory(
        findings=pl.concat([audit.findings, earlier.findings]).unique("fingerprint", keep="first", maintain_order=True),
        waivers=earlier.waivers,
        incidents=pl.concat([earlier.incidents, audit.incidents]),
    )


def rule(
    check: str, *, id: str | None = None, where: str | None = None, severity: str = "major", owner: str = "pricing", **params: Any
) -> Rule:
    """One rule, as YAML would give it."""
    return Rule(
        id=id or check.replace("_", "-"),
        check=check,
        params=registry()[check].params(**params),
        where=where,
        severity=severity,
        owner=owner,
    )
