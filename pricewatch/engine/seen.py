"""What was looked at in a night, small enough to keep: situations, and the places each was met in.

What a report counts and what findings are held against (`census`, `score`) are sums over offers; they are taken over situations
and multiplied out by place only where a place is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

LOOKED_AT = ("compared", "decided", "led")
"""How far an offer was looked at: comparable at all, with its own decided price, with its leader's."""


@dataclass(frozen=True)
class Seen:
    """Leading offers of a night."""

    situations: pl.DataFrame
    """`situation` (UInt32), `item`, `place` (of one of its offers: all are in one market, channel and zone), `seller`,
    `offers` (Int64: how many), `LOOKED_AT` (Boolean: the offer can be compared and is not too old; its own price was decided; its
    leader's is known), and the central rows it was judged by (`census.CENTRAL_ROWS`)."""
    met: pl.DataFrame
    """One row an offer: `situation`, `place`, `file` (Categorical: what it was read from)."""

    @classmethod
    def of(cls, offers: pl.DataFrame) -> Seen:
        """Each offer a situation of its own. In: the columns of `situations` but `situation` and `offers`, and `file`."""
        numbered = offers.with_row_index("situation")
        return cls(numbered.drop("file").with_columns(offers=pl.lit(1, pl.Int64)), numbered.select("situation", "place", "file"))

    @classmethod
    def together(cls, parts: Sequence[Seen]) -> Seen:
        """The offers of several buckets, situations numbered through."""
        starts = [0]
        for part in parts:
            last = part.met["situation"].max()
            starts.append(starts[-1] + (last + 1 if isinstance(last, int) else 0))
        moved = [(pl.col("situation") + start).cast(pl.UInt32) for start in starts]
        return cls(
            pl.concat([part.situations.with_columns(by) for part, by in zip(parts, moved, strict=False)]),
            pl.concat([part.met.with_columns(by) for part, by in zip(parts, moved, strict=False)]),
        )

    def filter(self, *conditions: pl.Expr) -> Seen:
        """The offers whose situations meet all conditions. Numbers stay, so they have gaps."""
        return self._only(self.situations.filter(*conditions))

    def by_place(self, named: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """How many offers (`n`, Int64) each place and file has by `columns`.

        In: `situation` and the columns, one row a situation or more. Counted by a code for each combination: text never meets ten
        million rows.
        """
        kinds = named.select(columns).unique(maintain_order=True).with_row_index("_code")
        coded = named.join(kinds, on=list(columns), how="left", nulls_equal=True).select("situation", "_code")
        offers = self.met.lazy().join(coded.lazy(), on="situation", how="inner")
        counts = offers.group_by("place", "file", "_code").len().collect()
        return counts.join(kinds, on="_code", how="left").select("place", "file", *columns, n=pl.col("len").cast(pl.Int64))

    def of_items(self, items: pl.DataFrame) -> Seen:
        """The offers of some products (`item`)."""
        return self._only(self.situations.join(items, on="item", how="semi"))

    def _only(self, kept: pl.DataFrame) -> Seen:
        return Seen(kept, self.met.join(kept.select("situation"), on="situation", how="semi"))

    def of_files(self, files: pl.DataFrame) -> Seen:
        """The offers read from some files (`file`)."""
        met = self.met.join(files, on="file", how="semi")
        counts = met.group_by("situation").agg(offers=pl.len().cast(pl.Int64))
        return Seen(self.situations.drop("offers").join(counts, on="situation", how="inner"), met)

    @cached_property
    def own(self) -> Seen:
        """The channels' own offers."""
        return self.filter(pl.col("seller").is_null())
