"""An observation is too old to stand for what customers see now."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
from pydantic import Field

from pricewatch.domain.durations import Duration
from pricewatch.domain.texts import formatted
from pricewatch.engine.checks import Params, check, suspects


class Freshness(Params):
    """How old is too old."""

    max_age: Duration = Field(timedelta(hours=36), description="between observation and audit, for example 36h")


@check(title="observations too old", sentence="{place}: {detail}", needs={"age"})
def freshness(offers: pl.LazyFrame, params: Freshness) -> pl.LazyFrame:
    """Offers observed longer than `max_age` before the audit.

    Their prices are judged all the same, by what was decided when they were seen, as long as that is at most eight days ago.
    Not judged: other sellers' offers.

    Example::

        - id: fresh-prices
          check: freshness
          max_age: 36h
          severity: minor
          owner: it-operations
          why: Yesterday's prices prove nothing about today.
    """
    stale = offers.filter(pl.col("seller").is_null(), pl.col("age") > params.max_age)
    hours = formatted("seen {} hours before the audit", pl.col("age").dt.total_hours())
    return suspects(stale, subject="observed_at", detail=hours)
