"""What a night comes to: counts and sums over findings, made in Polars so that 300 000 findings cost milliseconds.

A finding counts as wrong tonight in the states new, open and regressed. Resolved ones are right again, unverified ones were
not seen, waived ones were decided: none of these is a wrong price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pricewatch.domain import tables
from pricewatch.engine.findings import MONEY_SUBJECTS

WRONG = ("new", "open", "regressed")
"""States of a finding that is wrong tonight."""

PRICES = MONEY_SUBJECTS
"""Subjects that are money; the others are about data and presence."""


@dataclass(frozen=True)
class Totals:
    """One night in numbers."""

    states: Mapping[str, int]
    """Findings by state; a state without findings is absent."""
    prices: int
    """Wrong tonight, about money."""
    others: int
    """Wrong tonight, about identifiers, presence, sources."""
    critical: int
    places: int
    """Channels and locations with something wrong."""
    at_risk: Mapping[str, int]
    """Minor units a week by currency, of what is wrong tonight."""
    guessed: int
    """Of what is wrong tonight, findings counted as one unit a week because their volume is not known."""
    channels: pl.DataFrame
    """One row a channel (null: about no channel): counts by state, `critical`, `impact` (minor units of `currency` a week)."""

    @property
    def wrong(self) -> int:
        """All findings that are wrong tonight."""
        return self.prices + self.others


def totals(findings: pl.DataFrame) -> Totals:
    """A night's findings (`tables.Findings`) in numbers. Never a row at a time."""
    wrong = pl.col("state").is_in(list(WRONG))
    priced = pl.col("subject").is_in(list(PRICES))
    sums = findings.filter(wrong).select(
        prices=priced.sum(),
        others=(~priced).sum(),
        critical=(pl.col("severity") == "critical").sum(),
        places=pl.struct("market", "channel", "location").filter(pl.col("channel").is_not_null()).n_unique(),
        guessed=(pl.col("volume_known").eq(False) & (pl.col("impact") > 0)).sum(),
    )
    at_risk = (
        findings.filter(wrong, pl.col("currency").is_not_null(), pl.col("impact") > 0)
        .group_by("currency")
        .agg(pl.col("impact").sum())
    )
    states = findings.group_by("state").len()
    return Totals(
        states=dict(states.iter_rows()),
        at_risk=dict(at_risk.iter_rows()),
        channels=_by_channel(findings, wrong),
        **sums.row(0, named=True),
    )


def at_least(findings: pl.DataFrame, severity: str) -> int:
    """Findings that are wrong tonight, of this severity or a worse one (`tables.SEVERITIES`)."""
    counted = list(tables.SEVERITIES[tables.SEVERITIES.index(severity) :])
    return findings.filter(pl.col("state").is_in(list(WRONG)), pl.col("severity").is_in(counted)).height


def _by_channel(findings: pl.DataFrame, wrong: pl.Expr) -> pl.DataFrame:
    """One row a channel and currency of its money, the most expensive first."""
    by = [
        (pl.col("state") == state).sum().alias(state)
        for state in ("new", "open", "regressed", "resolved", "unverified", "waived")
    ]
    return (
        findings.group_by("channel")
        .agg(
            *by,
            critical=(wrong & (pl.col("severity") == "critical")).sum(),
            impact=pl.col("impact").filter(wrong).sum(),
            # A channel lies in one market, so it has one currency.
            currency=pl.col("currency").drop_nulls().first(),
        )
        .sort(["impact", "channel"], descending=[True, False], nulls_last=True)
    )
