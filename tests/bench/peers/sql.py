"""DuckDB, one process: the same hand-written SQL over text keys, or over the lake's codes.

python -m tests.bench.peers.sql text WORLD ANSWER
python -m tests.bench.peers.sql coded WORLD ANSWER
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import duckdb

from tests.bench.central import AS_OF, NIGHT

LOOKS_BACK = timedelta(days=8)
QUERY = Path(__file__).with_name("thirteen.sql")
RESTRICTED_TEXT = "(substr({}, 1, 3) IN ('002', '004') OR substr({}, 1, 3) BETWEEN '020' AND '029')"
RESTRICTED_NUMBER = "({} // 100000000000 IN (2, 4) OR {} // 100000000000 BETWEEN 20 AND 29)"
CENTRAL = ("products", "price_list", "promotions")


def text(connection: duckdb.DuckDBPyConnection, world: Path, answer: Path) -> None:
    """Everything by SKU and store as text, as a warehouse has it."""
    for name in ("offers", "history"):
        connection.sql(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{world}/{name}/*.parquet')")
    for name in CENTRAL:
        connection.sql(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{world}/tables/{name}.parquet')")
    connection.sql(f"CREATE VIEW places AS SELECT * FROM read_parquet('{world}/tables/locations.parquet')")
    connection.execute(_query("sku", "store", "VARCHAR", RESTRICTED_TEXT))
    _write(connection, "SELECT rule, store, sku FROM findings", answer)


def coded(connection: duckdb.DuckDBPyConnection, world: Path, answer: Path) -> None:
    """The lake of the workspace: codes of products and places, sorted; text comes back for what is found."""
    lake = world / "workspace" / "data" / "lake"
    connection.sql(f"CREATE VIEW offers AS SELECT * FROM read_parquet('{lake}/offers/{NIGHT}.parquet')")
    connection.sql(f"CREATE VIEW history AS SELECT * FROM read_parquet('{lake}/history/{NIGHT - timedelta(days=1)}.parquet')")
    connection.sql(f"CREATE TABLE items AS FROM read_parquet('{lake}/items.parquet')")
    for name in CENTRAL:
        how = "LEFT JOIN" if name == "promotions" else "JOIN"
        table = f"read_parquet('{world}/tables/{name}.parquet') t"
        connection.sql(f"CREATE TABLE {name} AS SELECT i.item, t.* EXCLUDE (sku) FROM {table} {how} items i USING (sku)")
    connection.sql(
        f"CREATE TABLE places AS SELECT c.place, t.* FROM read_parquet('{world}/tables/locations.parquet') t "
        f"JOIN read_parquet('{lake}/places.parquet') c ON coalesce(c.location, c.channel) = t.store"
    )
    connection.execute(_query("item", "place", "BIGINT", RESTRICTED_NUMBER))
    _write(connection, "SELECT rule, store, sku FROM findings JOIN places USING (place) JOIN items USING (item)", answer)


def _query(item: str, place: str, gtin: str, restricted: str) -> str:
    filled = {
        "item": item,
        "place": place,
        "gtin": gtin,
        "as_of": AS_OF.isoformat(sep=" "),
        "looks_back": (AS_OF - LOOKS_BACK).isoformat(sep=" "),
        "restricted_shown": restricted.replace("{}", "shown_gtin"),
        "restricted_ours": restricted.replace("{}", "our_gtin"),
    }
    query = QUERY.read_text(encoding="utf-8")
    for name, value in filled.items():
        query = query.replace("{" + name + "}", value)
    return query


def _write(connection: duckdb.DuckDBPyConnection, query: str, answer: Path) -> None:
    connection.sql(query).write_parquet(str(answer))


def run(layout: str, world: Path, answer: Path) -> None:
    """Write the findings of one layout."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        {"text": text, "coded": coded}[layout](connection, world, answer)


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
