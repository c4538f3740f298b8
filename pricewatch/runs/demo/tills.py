"""What each store's tills charged since prices last changed: one file a store and night, from Monday to the night.

    store;time;plu;quantity;regular_price;card_price
    00330;2017-06-18 23:30:12;1095275;2;1.85;1.67
    END;1

`time` is the store's wall clock, prices are for one unit, `card_price` is empty where no card discount was given. The trailer
counts the lines, so that a half-written file is seen. A store without a sale sends a file that says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pricewatch.runs.demo.central import location
from pricewatch.runs.demo.derive import Reference
from pricewatch.runs.demo.inbox import decimal, nightly, write


def write_tills(inbox: Path, reference: Reference, night: date) -> int:
    """Writes the night's files into `inbox/<night>/tills/`; the number of till lines."""
    rows = till_rows(reference.lines, night)
    by_store = {str(store): part for (store,), part in rows.group_by("store", maintain_order=True)}
    codes = reference.stores.select(location("store_id")).to_series()
    return sum(
        write(nightly(inbox, night, "tills", f"{code}.csv.gz"), part, trailer=f"END;{part.height}\n")
        for code in codes
        for part in (by_store.get(code, rows.clear()),)
    )


def till_rows(lines: pl.DataFrame, night: date) -> pl.DataFrame:
    """The file's columns, of the lines rung from Monday, when prices change, to the night. In: `Reference.lines`.

    One day's lines of one item and store are one in nine cases out of ten: no evidence that a promotion is not given. Sorted by
    store and time.
    """
    monday = night - timedelta(days=night.weekday())
    return (
        lines.filter(pl.col("at").dt.date().is_between(monday, night))
        .sort("store_id", "at", "product_id", "quantity", "regular_price", "card_price")
        .select(
            store=location("store_id"),
            time=pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S"),
            plu="product_id",
            quantity="quantity",
            regular_price=decimal("regular_price"),
            card_price=decimal("card_price"),
        )
    )
