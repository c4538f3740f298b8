"""A file that is off as a whole: the same difference, or the same ratio, on many products that nothing else explains.

    inbox/tills.csv, observed 05:10    57 products are 0.30 dearer than decided, each for no reason of its own: the file is.

A rise of 3 % is the ratio 103 %: 2.99 becomes 3.08 and 0.55 becomes 0.57, each rounded half up. A ratio is whole percent: any two
prices have some ratio, and few have a whole one.
"""

from __future__ import annotations

import polars as pl

from pricewatch.domain import money
from pricewatch.domain.texts import formatted
from pricewatch.engine.causes import PRICED, UNKNOWN

AT_LEAST = 20
"""Products of one file and instant that are off by the same."""

SHARE = 10
"""They are at least one in so many of its products that are off without a cause: of ten thousand, twenty are alike by chance."""

_FILE = ["source", "file", "observed_at"]
_observed, _expected, _delta = pl.col("observed"), pl.col("expected"), pl.col("delta")


def bad_imports(rows: pl.DataFrame) -> pl.DataFrame:
    """Candidates without a cause of their own that share their difference: `candidate`, `import_words`, `import_file`.

    In: candidates with `candidate`, their number, and `cause`. A shared difference in money comes before a shared ratio; of
    several ratios that fit, the one that most products share. A source that states a time for each row has no instant in common.
    """
    unexplained = rows.filter(
        pl.col("cause") == UNKNOWN, pl.col("subject").is_in(PRICED), _observed != _expected, _expected > 0
    ).select(
        "candidate", "item", "observed", "expected", "currency", "source", "observed_at",
        file=pl.col("source_ref").str.replace(r":[0-9]+$", ""),
        delta=_observed - _expected,
        percent=(_observed * 200 + _expected) // (_expected * 2),
    )  # fmt: skip
    of_file = unexplained.group_by(_FILE).agg(unexplained=pl.col("item").n_unique())
    by_delta = _shared(unexplained, of_file, "delta")
    by_percent = _shared(unexplained.filter(_exact(pl.col("percent"))), of_file, "percent")
    dearer = pl.when(_delta > 0).then(pl.lit("dearer")).otherwise(pl.lit("cheaper"))
    amount = money.show_expr(_delta.abs(), pl.col("currency"))
    shifted = unexplained.join(by_delta, on=[*_FILE, "delta"], how="inner", nulls_equal=True).select(
        "candidate",
        pl.lit(0).alias("order"),
        "alike",
        "file",
        words=formatted("{} {} than expected, like {} products of {}", amount, dearer, "alike", "file"),
    )
    # A cheap price fits several ratios (0.55 to 0.57 is 103 and 104 %), so it is held against every ratio that its file has.
    scaled = (
        unexplained.drop("percent")
        .join(by_percent, on=_FILE, how="inner", nulls_equal=True)
        .filter(_exact(pl.col("percent")))
        .select(
            "candidate",
            pl.lit(1).alias("order"),
            "alike",
            "file",
            words=formatted("{} % of the expected price, like {} products of {}", "percent", "alike", "file"),
        )
    )
    return (
        pl.concat([shifted, scaled])
        .sort("candidate", "order", "alike", "words", descending=[False, False, True, False])
        .unique("candidate", keep="first", maintain_order=True)
        .select("candidate", import_words="words", import_file="file")
    )


def _exact(percent: pl.Expr) -> pl.Expr:
    """Whether the observed price is so many percent of the expected one, rounded half up."""
    return (percent != 100) & (_observed == money.half_up(_expected * percent, 100))


def _shared(rows: pl.DataFrame, of_file: pl.DataFrame, what: str) -> pl.DataFrame:
    """Differences that enough products of a file have: `_FILE`, the difference, `alike` (how many products)."""
    return (
        rows.group_by(*_FILE, what)
        .agg(alike=pl.col("item").n_unique())
        .join(of_file, on=_FILE, how="inner", nulls_equal=True)
        .filter(pl.col("alike") >= AT_LEAST, pl.col("alike") * SHARE >= pl.col("unexplained"))
        .drop("unexplained")
    )
