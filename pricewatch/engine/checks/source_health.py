"""A source that failed, came thin, or brought much that could not be used."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from pydantic import Field

from pricewatch.domain.durations import Duration
from pricewatch.domain.money import BASIS_POINTS
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check, suspects


class SourceHealth(Params):
    """What a healthy delivery looks like."""

    min_rows_percent: Decimal = Field(
        Decimal(80), ge=0, le=100, description="of the declared expect_rows, percent; 0 = no offers at all are right too"
    )
    max_refused_percent: Decimal = Field(Decimal(2), ge=0, le=100, description="rows refused or quarantined, percent of all")
    max_unmatched_percent: Decimal = Field(
        Decimal(5), ge=0, le=100, description="rows of products unknown to the catalogue, percent"
    )
    max_age: Duration | None = Field(
        None, description="between the newest observation and when it was collected, for example 36h; null = any age"
    )


@check(title="source did not deliver as declared", sentence="{place}: {detail}", scope="night")
def source_health(offers: pl.LazyFrame, params: SourceHealth, *, source_runs: pl.LazyFrame) -> pl.LazyFrame:  # noqa: ARG001 - one signature
    """Sources whose delivery of tonight failed or is not what was declared. One finding a source, with every reason.

    A delivery of offers that reads as complete and holds none is the worst of them: a tag that was renamed, a folder that is
    empty. With `max_age`, so is one whose newest observation is old: a feed that repeats last week's prices is complete, too.

    A source that is not required (`required: false`) and sent no file is no finding: the report names it among what was not seen.

    Example::

        - id: healthy-sources
          check: source_health
          min_rows_percent: 80
          max_refused_percent: 2
          severity: critical
          owner: it-operations
          why: Nothing found without data is worth nothing.
    """
    rows, all_rows = pl.col("rows"), pl.col("rows") + pl.col("refused")
    unusable = pl.col("refused") + pl.col("quarantined")
    # `missing`: nothing came, and nothing had to come
    thin = (pl.col("status") != "missing") & (rows * BASIS_POINTS < pl.col("expected_rows") * int(params.min_rows_percent * 100))
    empty = (pl.col("status") == "complete") & (pl.col("feeds") == "offers") & (rows == 0) & (params.min_rows_percent > 0)
    age = pl.col("started_at") - pl.col("newest")
    old = pl.lit(False) if params.max_age is None else age > params.max_age
    spoilt = unusable * BASIS_POINTS > all_rows * int(params.max_refused_percent * 100)
    strange = pl.col("unmatched") * BASIS_POINTS > rows * int(params.max_unmatched_percent * 100)
    bad = pl.col("status").is_in(["failed", "degraded"])
    reasons = [
        pl.when(bad).then(pl.coalesce("problem", "status")),
        pl.when(~bad & thin).then(formatted("{} rows, {} expected", rows, pl.col("expected_rows"))),
        pl.when(empty & ~thin.fill_null(False)).then(pl.lit("it holds no offers at all")),
        pl.when(old).then(formatted("its newest observation is {} hours old", age.dt.total_hours())),
        pl.when(spoilt).then(formatted("{} of {} rows could not be read", unusable, all_rows)),
        pl.when(strange).then(formatted("{} of {} rows are of unknown products", pl.col("unmatched"), rows)),
    ]
    told = source_runs.with_columns(_words=pl.concat_str(reasons, separator="; ", ignore_nulls=True))
    return suspects(told.filter(pl.col("_words") != ""), subject="delivery", detail=pl.col("_words"))
