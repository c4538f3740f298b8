"""pandera alone: four of the thirteen, which look at one row and its catalogue entry, as checks of a schema.

python -m tests.bench.peers.validation WORLD ANSWER
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from tests.bench.central import AS_OF

RULES = ("freshness", "currency_and_tax", "identifier", "price_floor")


def findings(world: Path) -> pl.DataFrame:
    """`rule`, `store`, `sku` of the rows that the schema refuses."""
    offers = pl.scan_parquet(world / "offers" / "*.parquet").filter(pl.col("seller").is_null(), pl.col("surface") != "jsonld")
    catalogue = pl.scan_parquet(world / "tables" / "products.parquet").select("sku", "min_price", "max_price", ours="gtin")
    wide = offers.join(catalogue, on="sku").collect()
    comparable = (pl.col("currency") == "EUR") & pl.col("tax_included")
    prices = [
        pl.col(name).is_between(pl.col("min_price"), pl.col("max_price")).fill_null(True) for name in ("price", "member_price")
    ]
    right = {
        "freshness": pl.lit(AS_OF) - pl.col("observed_at") <= timedelta(hours=36),
        "currency_and_tax": comparable,
        "identifier": pl.col("gtin") == pl.col("ours"),
        "price_floor": pl.all_horizontal(~comparable | pl.all_horizontal(prices)),
    }
    schema = pa.DataFrameSchema(
        {name: pa.Column(dtype, nullable=True) for name, dtype in wide.schema.items()},
        checks=[pa.Check(_holds(verdict), name=rule) for rule, verdict in right.items()],
    )
    try:
        schema.validate(wide, lazy=True)
    except SchemaErrors as refused:
        cases = refused.failure_cases
    else:
        return pl.DataFrame(schema={"rule": pl.String, "store": pl.String, "sku": pl.String})
    rows = cases.select(rule="check", row=pl.col("index")).unique().drop_nulls()
    numbered = wide.select("store", "sku").with_row_index("row").with_columns(pl.col("row").cast(rows.schema["row"]))
    return rows.join(numbered, on="row").select("rule", "store", "sku")


def _holds(verdict: pl.Expr) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(verdict)


if __name__ == "__main__":
    findings(Path(sys.argv[1])).write_parquet(sys.argv[2])
