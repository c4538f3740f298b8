"""How mature a retailer's price policy is, on the three steps of the trade, with the evidence for it.

    1  each channel prices alone
    2  centrally steered: nearly every offer has a price that somebody decided, and nearly all channels show it
    3  locally dynamic inside rules: prices differ by zone and move, and corridors, floors and endings hold them in bounds

A level is reached when all of its claims are met, those of the level below included. Every claim comes with its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pricewatch.domain.money import BASIS_POINTS
from pricewatch.engine.world import Rule

NAMES = {1: "each channel prices alone", 2: "centrally steered", 3: "locally dynamic inside rules"}

BOUNDS = frozenset({"zone_price", "price_floor", "channel_parity", "landed_price", "price_ending", "promotion_cap"})
"""Kinds of check that hold local prices in bounds."""


@dataclass(frozen=True)
class Claim:
    """One condition of a level: what must hold, the number found, the number asked for."""

    level: int
    words: str
    found: str
    asked: str
    met: bool


@dataclass(frozen=True)
class Maturity:
    """The level reached, and every claim that was looked at."""

    level: int
    claims: tuple[Claim, ...]

    @property
    def name(self) -> str:
        """The level in words."""
        return NAMES[self.level]

    @property
    def missing(self) -> tuple[Claim, ...]:
        """What is missing for the next level; nothing on the highest."""
        return tuple(claim for claim in self.claims if claim.level == self.level + 1 and not claim.met)


def maturity(night: pl.DataFrame, rules: Sequence[Rule]) -> Maturity:
    """The maturity of one market.

    In: its rows of `tables.Scores` for one night; the rules in force. A share without anything to share out is not met: what is
    not known is no evidence.
    """
    whole = night.filter(pl.col("scope") == "market").select("measure", "good", "total")
    share = {measure: good * BASIS_POINTS // total for measure, good, total in whole.rows()}
    kinds = sorted(BOUNDS & {rule.check for rule in rules})
    claims = (
        _claim(2, "offers that somebody decided a price for", share.get("decided"), 9_500),
        _claim(2, "offers that show what was decided", share.get("consistent"), 9_500),
        _claim(2, "promotions executed on time", share.get("on_time"), 9_500),
        _claim(3, "products whose price differs between zones", share.get("zoned"), 2_000),
        _claim(3, "list prices that changed within four weeks", share.get("changed"), 1_000),
        _claim(3, "offers that show what was decided", share.get("consistent"), 9_900),
        Claim(3, "kinds of rule that hold prices in bounds", ", ".join(kinds) or "none", "2 or more", len(kinds) > 1),
    )
    reached = [level for level in (2, 3) if all(claim.met for claim in claims if claim.level <= level)]
    return Maturity(max(reached, default=1), claims)


def _claim(level: int, words: str, share: int | None, asked: int) -> Claim:
    found = "nothing to measure" if share is None else f"{share / 100:.1f} %"
    return Claim(level, words, found, f"{asked / 100:g} % or more", share is not None and share >= asked)
