"""How well the audit did: planted faults held against what it found on the planted channels.

A fault is *found* when on every night it lives there is a finding of the expected check on its channel and product, with the
expected cause. A finding on a planted channel that belongs to no fault of that night is *false*. Stores are not counted: their
disagreements are the data's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pricewatch.domain.texts import formatted

PLANTED_CHANNELS = ("web", "app", "marketplace")
ALIVE = ("new", "open", "regressed")
"""States that claim that something is wrong tonight."""


@dataclass(frozen=True)
class Score:
    """Counts over all nights, and what is behind those that should be zero."""

    planted: int
    found: int
    missed: pl.DataFrame
    """One row a fault and night that was not found: fault, kind, channel, sku, night, check, cause, said."""
    false: pl.DataFrame
    """One row a false finding: night, channel, sku, check, cause, message."""
    nights: pl.DataFrame
    """One row a night: night, planted, found, missed, false."""

    @property
    def perfect(self) -> bool:
        """Everything found, nothing false."""
        return self.found == self.planted and self.false.is_empty()

    @property
    def sentence(self) -> str:
        """The count: `61 planted, 61 found, 0 missed, 0 false`."""
        missed = self.missed["fault"].n_unique()
        return f"{self.planted} planted, {self.found} found, {missed} missed, {self.false.height} false"

    def lines(self) -> Iterator[str]:
        """What a person reads: what was missed or false, one line each, and at last the sentence."""
        for row in self.missed.iter_rows(named=True):
            said = f"said {row['said']}" if row["said"] else "nothing said"
            wanted = f"{row['check']} ({row['cause'] or 'any cause'})"
            where = f"{row['sku']} on {row['channel']}"
            yield f"missed {row['fault']} {row['night']}: {row['kind']}, {where}: expected {wanted}, {said}"
        for row in self.false.iter_rows(named=True):
            yield f"false {row['night']}: {row['check']} ({row['cause']}), {row['sku']} on {row['channel']}: {row['message']}"
        yield self.sentence


def score(found: Mapping[date, pl.DataFrame], answers: pl.DataFrame) -> Score:
    """The score. In: `tables.Findings` of each played night, and the answer sheet (`faults.answer_sheet`)."""
    alive = (
        answers.with_columns(night=pl.col("nights").str.split("|")).explode("night").with_columns(pl.col("night").str.to_date())
    )
    said = _claims(found)
    key = ["night", "channel", "sku", "check"]
    right = pl.col("cause").is_null() | (pl.col("cause") == pl.col("cause_right"))
    matched = (
        alive.join(said.select(*key, "cause"), on=key, how="left", suffix="_right")
        .with_columns(right=pl.when(pl.col("cause_right").is_not_null()).then(right).otherwise(False))
        .group_by("fault", "kind", "channel", "sku", "night", "check", "cause")
        .agg(right=pl.col("right").any())
    )
    claims = said.group_by("night", "channel", "sku").agg(
        said=formatted("{} ({})", "check", "cause").unique().sort().str.join(", ")
    )
    missed = (
        matched.filter(~pl.col("right"))
        .drop("right")
        .join(claims, on=["night", "channel", "sku"], how="left")
        .sort("fault", "night")
    )
    false = said.join(alive, on=key, how="anti", nulls_equal=True).sort("night", "channel", "sku", "check", nulls_last=True)
    nights = pl.DataFrame({"night": list(found)}, schema={"night": pl.Date}).sort("night")
    for name, rows in (("planted", alive), ("missed", missed), ("false", false)):
        nights = nights.join(rows.group_by("night").agg(pl.len().cast(pl.Int64).alias(name)), on="night", how="left")
    nights = nights.with_columns(pl.col("planted", "missed", "false").fill_null(0)).sort("night")
    nights = nights.select("night", "planted", found=pl.col("planted") - pl.col("missed"), missed="missed", false="false")
    return Score(answers.height, answers.height - missed["fault"].n_unique(), missed, false, nights)


def _claims(found: Mapping[date, pl.DataFrame]) -> pl.DataFrame:
    """What the audits said is wrong on planted channels: night, channel, sku, check, cause, message."""
    schema = {"night": pl.Date} | dict.fromkeys(("channel", "sku", "check", "cause", "message"), pl.String)
    frames = [pl.DataFrame(schema=schema)]
    for night, findings in found.items():
        claims = findings.filter(pl.col("state").is_in(ALIVE), pl.col("channel").is_in(PLANTED_CHANNELS))
        frames.append(claims.select(pl.lit(night).alias("night"), *list(schema)[1:]))
    return pl.concat(frames)
