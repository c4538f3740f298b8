"""A believable world of a chosen size, made once and kept: for us a workspace of raw files, for peers Parquet of the same rows.

    workspace/          config, rules, inbox: what `pricewatch audit` is given
    shipped/            the same inbox with the rules that pricewatch ships
    tables/*.parquet    catalogue, places, price list, calendar: typed (minor units, basis points, UTC)
    offers/*.parquet    the night's normalised offers (`shown.OFFERS`)
    history/*.parquet   what was shown before, change-only, sorted by SKU
    truth.parquet       `rule`, `store`, `sku` of every finding there must be

    python -m tests.bench.world FOLDER OFFERS SEED [WORKSPACE ...]

Workspaces that are named get a lake with what was shown before. Written in parts of about a million rows, so that memory stays
flat. The same version, seed and size give the same bytes.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tests.bench import central, shown, workspace
from tests.bench.central import Size

VERSION = 1
"""Changes whenever the same size and seed would give other files."""

ROWS = 1_000_000
"""Offers of a part, about."""

SHIPPED = Path(__file__).parents[2] / "rules"


@dataclass(frozen=True)
class World:
    """Where a world lies, and how many offers it has."""

    folder: Path
    offers: int

    @property
    def workspace(self) -> Path:
        """The workspace with the thirteen rules."""
        return self.folder / "workspace"

    @property
    def shipped(self) -> Path:
        """The workspace with the rules that pricewatch ships."""
        return self.folder / "shipped"

    @property
    def truth(self) -> pl.DataFrame:
        """`rule`, `store`, `sku` of every finding there must be."""
        return pl.read_parquet(self.folder / "truth.parquet")


def world(base: Path, size: Size) -> World:
    """The world of that size below `base`, made where it is not there yet."""
    folder = base / f"v{VERSION}-{size.offers}-{size.seed}"
    done = folder / "offers.txt"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        count = make(folder, size)
        done.write_text(f"{count}\n", encoding="utf-8")
    return World(folder, int(done.read_text(encoding="utf-8")))


def make(folder: Path, size: Size) -> int:
    """Write a world; how many rows of offers it has."""
    products, places = central.products(size), central.locations(size)
    tables = central_tables(products, places)
    for name in ("tables", "offers", "history", "workspace/inbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        _typed(name, frame).write_parquet(folder / "tables" / f"{name}.parquet")
    workspace.write_setting(folder / "workspace")
    workspace.write_setting(folder / "shipped", SHIPPED)
    inbox = folder / "workspace" / "inbox"
    (folder / "shipped" / "inbox").symlink_to(inbox.resolve())
    workspace.write_central(inbox, tables)
    written, truths = 0, []
    for number, part in enumerate(_parts(places, max(1, ROWS // products.height))):
        channel = part["channel"][0]
        planted = (shown.on_marketplaces if channel.startswith("mp") else shown.own)(size, products, part)
        offers = shown.shown(planted)
        offers.write_parquet(folder / "offers" / f"{number:04}.parquet")
        workspace.write_offers(inbox, channel, number, offers)
        truths.append(shown.truth(planted))
        written += offers.height
    pl.concat(truths).sort("rule", "store", "sku").write_parquet(folder / "truth.parquet")
    mine = places.filter(~pl.col("channel").str.starts_with("mp"))
    others = places.filter(pl.col("channel").str.starts_with("mp"))
    for number, some in enumerate(products.iter_slices(max(1, ROWS // size.stores))):
        rows = pl.concat([shown.history(some, mine), shown.sellers_before(size, some, others)])
        shown.changes(rows).write_parquet(folder / "history" / f"{number:04}.parquet")
    return written


def central_tables(products: pl.DataFrame, places: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What head office decided, by table, with days as days."""
    catalogue = products.select(
        "sku", pl.col("gtin").cast(pl.String).str.zfill(14), "name", "brand", "category", "channels", "min_price", "max_price",
        tax_rate=pl.lit("20"), weekly_units=pl.col("n") % 50 + 1,
    )  # fmt: skip
    return {
        "products": catalogue,
        "locations": places.select("store", "channel", "location", "zone"),
        "price_list": central.price_list(products),
        "promotions": central.promotions(products),
    }


def _typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The table as normalise would leave it: instants instead of days."""
    if name == "price_list":
        return frame.with_columns(valid_from=_start(pl.col("valid_from")))
    if name == "promotions":
        return frame.with_columns(
            starts_at=_start(pl.col("first_day")), ends_at=_start(pl.col("last_day").dt.offset_by("1d"))
        ).drop("first_day", "last_day")
    return frame


def _start(day: pl.Expr) -> pl.Expr:
    """When a market day begins, in UTC."""
    midnight = day.cast(pl.Datetime("us")).dt.replace_time_zone("Europe/Paris")
    return midnight.dt.convert_time_zone("UTC")


def _parts(places: pl.DataFrame, stores: int) -> list[pl.DataFrame]:
    """Places, so many at a time, each part of one channel; in the order of the places."""
    channels = places.partition_by("channel", maintain_order=True)
    return [part for channel in channels for part in channel.iter_slices(stores)]


def main() -> None:
    """Make the world of the command line and what a contender needs of it; prints where it lies and how many offers it has."""
    from tests.bench import ours

    base, offers, seed, *workspaces = sys.argv[1:]
    made = world(Path(base), Size(int(offers), int(seed)))
    for name in workspaces:
        filled = made.folder / f"{name}.filled"
        if not filled.exists():
            shutil.rmtree(made.folder / name / "data", ignore_errors=True)
            ours.prepare(made.folder / name, made.folder / "history")
            filled.touch()
    sys.stdout.write(f"{made.folder}\n{made.offers}\n")


if __name__ == "__main__":
    main()
