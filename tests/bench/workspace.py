"""The world as a workspace: configuration, rules, central files and the night's raw CSV files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.bench.central import NIGHT

KINDS = (
    "expected_price", "reference_price", "promotion_missing", "promotion_stale", "promotion_early", "was_price", "coverage",
    "identifier", "freshness", "conflict", "currency_and_tax", "channel_parity", "price_floor",
)  # fmt: skip
"""The thirteen kinds of check that all contenders do; each is one rule of that name."""

PARAMETERS = {
    "conflict": ", where: channel_kind = 'web'",
    "channel_parity": ", where: channel_kind = 'marketplace'",
    "currency_and_tax": ", amounts: false",
    "coverage": ", where: \"channel IN ('store', 'web', 'app')\"",
}

CHANNELS = """
- {id: store, name: Stores, kind: store, market: fr, role: own_zone}
- {id: web, name: Webshop, kind: web, market: fr, zone: Z1, role: leader}
- {id: app, name: App, kind: app, market: fr, zone: Z1, role: {same_as: web}}
""" + "".join(
    f"- {{id: mp{n}, name: Marketplace {n}, kind: marketplace, market: fr, zone: Z1, own_seller: Ours, "
    "role: {within: web, from_percent: 0, to_percent: 8}}\n"
    for n in (1, 2)
)

CENTRAL = {"catalogue": "products", "stores": "locations", "price-list": "price_list", "promotions": "promotions"}
"""Central files and the tables they feed."""

SURFACES = {"store": "till", "web": "html", "app": "api", "mp1": "feed", "mp2": "feed"}


def write_setting(root: Path, rules: Path | None = None) -> None:
    """Configuration and rules below `root`; `rules` is a folder of rules to copy instead of the thirteen."""
    layout = 'layout: {format: csv, separator: ";"}'
    central = "".join(
        f'- {{id: {name}, feeds: {feeds}, importer: table_file, market: fr, files: "inbox/{name}.csv", {layout}}}\n'
        for name, feeds in CENTRAL.items()
    )
    offers = "".join(
        f"- {{id: {channel}, feeds: offers, importer: table_file, market: fr, channel: {channel}, surface: {surface}, "
        f'files: "inbox/{{night}}/{channel}/*.csv", time_zone: UTC, {layout}}}\n'
        for channel, surface in SURFACES.items()
    )
    texts = {
        "config/workspace.yaml": "name: Benchmark\n",
        "config/markets.yaml": "- {id: fr, name: France, currency: EUR, time_zone: Europe/Paris, tax_included: true}\n",
        "config/channels.yaml": CHANNELS,
        "config/sources.yaml": central + offers,
    }
    if rules is None:
        texts["rules/thirteen.yaml"] = "".join(
            f"- {{id: {kind}, check: {kind}, severity: major, owner: benchmark{PARAMETERS.get(kind, '')}}}\n" for kind in KINDS
        )
    else:
        texts |= {f"rules/{file.name}": file.read_text(encoding="utf-8") for file in rules.glob("*.yaml")}
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "spiders").mkdir(exist_ok=True)


def write_central(inbox: Path, tables: dict[str, pl.DataFrame]) -> None:
    """The central files: money with its decimals, rates as percent, days as days. In: `world.central_tables`."""
    amounts = {"products": ("min_price", "max_price"), "price_list": ("list_price",), "locations": (), "promotions": ()}
    for name, table in CENTRAL.items():
        frame = tables[table]
        if table == "locations":
            frame = frame.filter(pl.col("location").is_not_null()).select("location", "zone")
        if table == "promotions":
            # percent and money both have two decimals here
            frame = frame.rename({"first_day": "starts_at", "last_day": "ends_at"}).with_columns(_decimals("value"))
        frame = frame.with_columns(_decimals(column) for column in amounts[table])
        inbox.mkdir(parents=True, exist_ok=True)
        frame.write_csv(inbox / f"{name}.csv", separator=";", float_precision=2)


def write_offers(inbox: Path, channel: str, number: int, offers: pl.DataFrame) -> None:
    """One file of a channel's offers, as the channel says them: decimals, ISO times, our name where we are one seller of many."""
    folder = inbox / str(NIGHT) / channel
    folder.mkdir(parents=True, exist_ok=True)
    offers.select(
        location="store" if channel == "store" else pl.lit(None, pl.String),
        sku="sku",
        gtin="gtin",
        seller=pl.col("seller").fill_null("Ours") if channel.startswith("mp") else "seller",
        surface="surface",
        regular_price_text=_decimals("regular_price"),
        price_text=_decimals("price"),
        was_price_text=_decimals("was_price"),
        member_price_text=_decimals("member_price"),
        currency="currency",
        tax_included="tax_included",
        observed_at=pl.col("observed_at").dt.replace_time_zone(None),
    ).write_csv(folder / f"{number:04}.csv", separator=";", float_precision=2, datetime_format="%Y-%m-%d %H:%M:%S")


def _decimals(column: str) -> pl.Expr:
    """Minor units as a number with two decimals, which two digits print exactly."""
    return (pl.col(column) / 100).alias(column)
