"""What a product cost, place by place: one line a price that was in force, the newest first."""

from __future__ import annotations

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pricewatch.report import words

COLUMNS = ("price", "was_price", "member_price")


def history(prices: pl.DataFrame, *, sku: str, name: str | None = None) -> RenderableType:
    """The change-only history of one SKU.

    In: `channel`, `location`, `seller` (String), `price`, `was_price`, `member_price` (Int64, minor units of `currency`),
    `currency`, `since`, `until` (instants). One row a price that was in force. Small: one product.
    """
    title = Text(f"{words.plain(sku)} {words.plain(name)}".strip(), style="bold")
    if prices.is_empty():
        return Group(title, Text("No price of it was ever seen."))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("where", overflow="fold")
    # A column that says nothing for this product takes no room.
    shown = [column for column in COLUMNS if prices[column].null_count() < prices.height]
    for column in shown:
        table.add_column(column.removesuffix("_price"), justify="right", no_wrap=True)
    table.add_column("from", no_wrap=True)
    table.add_column("last seen", no_wrap=True)
    before = None
    for row in prices.sort("channel", "location", "seller", "since", descending=[False, False, False, True]).iter_rows(
        named=True
    ):
        where = " ".join(words.plain(row[name]) for name in ("channel", "location", "seller") if row[name])
        cells = [words.amount(row[column], row["currency"]) for column in shown]
        times = [f"{row[name]:%Y-%m-%d %H:%M}" for name in ("since", "until")]
        table.add_row(*(Text(cell) for cell in ("" if where == before else where, *cells, *times)))
        before = where
    return Group(title, table, Text("times are UTC", style="dim"))
